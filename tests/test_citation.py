"""How the work is cited: the citation file, and references in the common styles."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from lxml import html

from conftest import FERRY, ROOT
from explainer.citation import STYLES, Author, Reference, bibtex
from explainer.site import Site, load_site

CLUB = Author.model_validate({"name": "Ferry & Club"})
LAMP = Author.model_validate({"family-names": "Lamp", "given-names": "Iris Jo"})
OAR = Author.model_validate({"family-names": "Oar", "given-names": "Tomás"})

PAGE = Reference("the-toll", "Who pays?", [CLUB], "The <Ferry>", 1930, 5, "https://ferry.example/a?b&c")
BOOK = Reference("book", "Keep it", [LAMP, OAR], year=1911, note="Lost")
MANY = Reference("many", "Oars", [LAMP, OAR, CLUB], "Boats", 1911, 9)
UNDATED = Reference("undated", "Oars", [LAMP], "Boats")

LINK = '<a href="https://ferry.example/a?b&amp;c">https://ferry.example/a?b&amp;c</a>'
CITED = [
    ("APA", PAGE, f"Ferry &amp; Club. (1930, May). <cite>Who pays?</cite>. The &lt;Ferry&gt;. {LINK}"),
    ("Chicago", PAGE, f"Ferry &amp; Club. “Who pays?” The &lt;Ferry&gt;. May 1930. {LINK}"),
    ("MLA", PAGE, f"Ferry &amp; Club. “Who pays?” <cite>The &lt;Ferry&gt;</cite>, May 1930, {LINK}."),
    ("APA", BOOK, "Lamp, I. J., &amp; Oar, T. (1911). <cite>Keep it</cite>. Lost."),
    ("Chicago", BOOK, "Lamp, Iris Jo, and Tomás Oar. “Keep it.” 1911. Lost."),
    ("MLA", BOOK, "Lamp, Iris Jo, and Tomás Oar. “Keep it.” 1911. Lost."),
    ("APA", MANY, "Lamp, I. J., Oar, T., &amp; Ferry &amp; Club. (1911, September). <cite>Oars</cite>. Boats."),
    ("Chicago", MANY, "Lamp, Iris Jo, Tomás Oar, and Ferry &amp; Club. “Oars.” Boats. September 1911."),
    ("MLA", MANY, "Lamp, Iris Jo, et al. “Oars.” <cite>Boats</cite>, Sept. 1911."),
    ("APA", UNDATED, "Lamp, I. J. (n.d.). <cite>Oars</cite>. Boats."),
    ("Chicago", UNDATED, "Lamp, Iris Jo. “Oars.” Boats."),
]


@pytest.mark.parametrize(("style", "reference", "written"), CITED)
def test_styles(style: str, reference: Reference, written: str) -> None:
    assert STYLES[style](reference) == written


@pytest.mark.parametrize(
    ("reference", "written"),
    [
        (
            PAGE,
            "@misc{the-toll,\n  author = {{Ferry \\& Club}},\n  title = {{Who pays?}},\n  howpublished = {The <Ferry>},\n"
            "  year = {1930},\n  month = may,\n  url = {https://ferry.example/a?b&c},\n}",
        ),
        (
            BOOK,
            "@misc{book,\n  author = {Lamp, Iris Jo and Oar, Tomás},\n  title = {{Keep it}},\n  year = {1911},\n"
            "  note = {Lost},\n}",
        ),
    ],
)
def test_bibtex(reference: Reference, written: str) -> None:
    assert bibtex(reference) == written


# --- The file ----------------------------------------------------------------------------------------------------


def valid(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("root", [ROOT, FERRY], ids=lambda root: root.name)
def test_the_citation_file_is_valid(root: Path) -> None:
    done = valid(root / "CITATION.cff")
    assert done.returncode == 0, done.stdout


def test_an_invalid_citation_file_would_be_found(tmp_path: Path) -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    (tmp_path / "CITATION.cff").write_text(text.replace("type: dataset", "type: poem"), encoding="utf-8")
    done = valid(tmp_path / "CITATION.cff")
    assert done.returncode == 1
    assert "poem" in done.stdout


def test_the_work_has_one_title_everywhere() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    package = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert f"site_name: {cited['title']}\n" in package


# --- On the pages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "cited"),
    [
        ("essay/step-by-step", "Step by step"),
        ("events/hanoi-summit", "Hanoi summit"),
        ("actors/kim-jong-un", "Kim Jong Un"),
        ("glossary/grand-bargain", "Grand bargain"),
        ("actors", None),
        ("claims", None),
        ("about", None),
    ],
)
def test_sections_and_entries_say_how_to_cite_them(built_site: Path, page: str, cited: str | None) -> None:
    parsed = html.document_fromstring((built_site / page / "index.html").read_bytes())
    boxes = parsed.xpath("//article/details[@class='cite-this']")
    assert len(boxes) == (cited is not None)
    for box in boxes:
        assert box.xpath(".//dt/text()") == ["APA", "Chicago", "MLA", "BibTeX"]
        assert all(str(cited) in "".join(words.itertext()) for words in box.xpath(".//dd"))
        assert set(box.xpath(".//a/@href")) == {f"http://127.0.0.1/{page}/"}
        assert "The essay itself: Pacheco Pardo, Ramon. “Waging Peace with North Korea.”" in box.text_content()


def test_without_a_published_site_there_is_no_address(ferry: Site) -> None:
    box = html.fragment_fromstring(ferry.cite_this("essay/the-toll.md", "The toll", None))
    assert box.xpath(".//a") == []
    assert "url" not in box.text_content()
    assert "Lamp, Iris, and Friends of the Ferry. “The toll.” The Ferry, Annotated. 1930." in box.text_content()
    assert "The essay itself: Quill, Ada Maria. “Keep the Ferry.” May 1911." in box.text_content()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("  - name: Friends", "  - nome: Friends", ":8:5: error: a mapping; expected an author with `family-names`"),
        ("    title: Keep the Ferry", "    title: Keep it", ":10:1: error: references without the essay; expected one"),
        ("license: CC-BY-4.0\n", "", ":1:1: error: no `license`"),
        ("title: The Ferry, Annotated", "title: 1911", ":4:8: error: the number 1911; expected text"),
        ("cff-version", "\tcff-version", ":1:1: error: a tab; expected spaces"),
    ],
)
def test_faults_in_the_citation_file(project: Path, old: str, new: str, problem: str) -> None:
    path = project / "CITATION.cff"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    loaded, problems = load_site(project)
    assert loaded is None
    assert any(str(found).startswith(f"CITATION.cff{problem}") for found in problems), json.dumps(
        list(map(str, problems))
    )

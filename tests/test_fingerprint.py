"""The essay's sentences are neither in the repository nor on the site."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path

import pytest

from explainer.site import load_site
from fingerprint import runs

ROOT = Path(__file__).parent.parent
FINGERPRINT = frozenset((Path(__file__).parent / "essay.fingerprint").read_text(encoding="ascii").split())
TEXT = {".md", ".yaml", ".yml", ".py", ".html", ".json", ".txt", ".toml", ".js", ".css", ".svg", ".xml", ".cff"}


def copied(text: str) -> list[str]:
    """The runs of words that the text shares with the essay."""
    return [run for digest, run in runs(text) if digest in FINGERPRINT]


def test_the_fingerprint_is_of_a_whole_essay() -> None:
    assert len(FINGERPRINT) > 900


def test_a_copied_run_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = "One two three four five six seven eight"
    monkeypatch.setattr("test_fingerprint.FINGERPRINT", frozenset(digest for digest, _ in runs(sentence)))
    assert copied("He wrote: “Two, three, four, five, six; seven EIGHT.”") == ["two three four five six seven eight"]
    assert copied("two three four five six seven") == []


def test_no_file_of_the_project_repeats_seven_words_of_the_essay() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    files = [ROOT / name for name in listed if Path(name).suffix in TEXT and (ROOT / name).is_file()]
    assert len(files) > 20
    found = {str(path): hits for path in files if (hits := copied(path.read_text(encoding="utf-8", errors="replace")))}
    assert found == {}


def test_no_page_of_the_site_repeats_seven_words_of_the_essay(built_site: Path) -> None:
    pages = sorted(built_site.rglob("*.html"))
    assert len(pages) > 20
    found = {}
    for path in pages:
        text = html.unescape(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8")))
        if hits := copied(text):
            found[str(path)] = hits
    assert found == {}


def plain(export: str) -> str:
    """The words of an export, whatever its format: lines of a calendar unfolded, escapes and markup undone."""
    unfolded = export.replace("\r\n ", "").replace("\\n", " ")
    return html.unescape(re.sub(r"<[^>]+>", " ", unfolded))


def test_no_export_repeats_seven_words_of_the_essay(built_site: Path) -> None:
    exports = [path for path in (built_site / "data").rglob("*") if path.is_file() and path.suffix != ".html"]
    assert len(exports) > 20
    assert {str(path): hits for path in exports if (hits := copied(plain(path.read_bytes().decode())))} == {}


PLANTED = "one two three, four & five six (seven) eight nine ten eleven twelve thirteen fourteen fifteen sixteen"


@pytest.mark.parametrize(
    ("file", "old", "exports"),
    [
        ("events/events.yaml", "The ferry stops for good.", "dataset.json tables/events.csv events.ics changes.atom"),
        (
            "claims/claims.yaml",
            "One boat is enough for two towns.",
            "dataset.json tables/claims.csv graph.graphml changes.atom",
        ),
        (
            "sources/sources.yaml",
            "Rolls of the harbour",
            "dataset.json tables/sources.csv sources.bib sources.csl.json",
        ),
        ("../docs/essay/the-toll.md", "Tomás Oar wanted half.", "dataset.json tables/notes.csv annotations.jsonld"),
    ],
)
def test_a_run_copied_into_the_data_would_be_found_in_the_exports(
    file: str, old: str, exports: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project / "data" / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, PLANTED), encoding="utf-8")
    site, problems = load_site(project)
    assert site is not None, problems
    monkeypatch.setattr("test_fingerprint.FINGERPRINT", frozenset(digest for digest, _ in runs(PLANTED)))
    made = site.with_exports(lambda path, _: path, absolute=False).exports
    hit = {export.name for export in made.all() if len(copied(plain(export.content.decode()))) == 10}
    assert hit == set(exports.split())

"""Hostile input: in every field and on every page it is refused with its place, or shows as the text that it is."""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

import hostile
from conftest import FERRY, ROOT
from explainer.__main__ import main
from explainer.citation import CITATION_FILE, Citation
from explainer.model import COLLECTIONS, Essay
from explainer.site import load_site
from hostile import CORPUS, Files_, Project, Signature, Slot

FILLED, SLOTS = hostile.filled_project()
PLAIN = [slot for slot in SLOTS if slot.kind == "plain" and slot.owner != "Work.title"]  # that has to be the essay's
PROSE = [slot for slot in SLOTS if slot.kind == "prose"]
FORM = [slot for slot in SLOTS if slot.kind == "form"]

NOT_SHOWN = {"Event.aliases", "Citation.abstract", "Work.title"}
"""Plain texts that only the search and the exports have, and one that has to be the same as another."""

CONFIGURATION = f"""\
INHERIT: {ROOT}/mkdocs.yml
site_name: The Ferry
hooks: [{ROOT}/hooks/mkdocs_hooks.py]
watch: []
theme: {{custom_dir: {ROOT}/theme}}
extra: {{editions: ''}}
nav: [index.md, essay/the-quay.md, essay/the-toll.md, argument.md, claims/index.md, timeline.md, actors/index.md,
      events/index.md, glossary/index.md, sanctions.md, sources/index.md, coverage.md, data/index.md]
exclude_docs: ''
"""


def project_in(folder: Path) -> Project:
    shutil.copytree(FERRY, folder)
    (folder / "mkdocs.yml").write_text(CONFIGURATION, encoding="utf-8")
    return Project(folder, FILLED)


@pytest.fixture(scope="module")
def hostile_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tiny essay with every field filled, with the configuration and the theme of the real site."""
    return project_in(tmp_path_factory.mktemp("hostile") / "ferry")


class Twin:
    """The same project with nothing hostile in it, rendered: what others are measured by."""

    def __init__(self, project: Project) -> None:
        self.sources = sources_of(project, FILLED)
        everything = [*self.sources, *(path.relative_to(FERRY / "docs").as_posix() for path in PAGES)]
        rendered = hostile.render(project.folder, None, whole=everything)
        self.outlines = hostile.export_outlines(rendered)
        # The templates take some attributes away.
        self.signature = hostile.signature(rendered) | hostile.signature(hostile.render(project.folder, None))


PAGES = sorted((FERRY / "docs").rglob("*.md"))

ALWAYS = ("essay/the-toll.md", "essay/the-quay.md")
"""Pages that name most entries, and so have their names and summaries in cards and drawings."""


def sources_of(project: Project, files: Files_) -> Mapping[str, str]:
    project.write(files)
    site, problems = project.read()
    assert site is not None, problems
    return {path: page.markdown for path, page in site.pages.items()}


@pytest.fixture(scope="module")
def twin(hostile_project: Project) -> Twin:
    return Twin(hostile_project)


def faults_of(project: Project, twin: Twin, values: Mapping[Slot, str], *, escaped: bool) -> list[str]:
    """Try values: what is wrong with the pages and exports, or with the refusal."""
    project.write(hostile.with_value(FILLED, values), escaped=escaped)
    site, problems = project.read()
    if site is None:
        return hostile.faults_of_refusal(project.folder, problems)
    changed = [path for path, page in site.pages.items() if twin.sources.get(path) != page.markdown]
    own = [path for path in changed if site.pages[path].entry_id][:1]
    with hostile.no_errors_logged() as logged:
        rendered = hostile.render(project.folder, {*changed, *ALWAYS}, {*own, ALWAYS[0]})
    kinds = {slot.kind for slot in values}
    allowed = hostile.OF_MARKDOWN if "prose" in kinds else ()
    faults = hostile.faults_of_pages(
        hostile.signature(rendered), twin.signature, allowed, addressed="plain" not in kinds
    )
    faults += hostile.faults_of_exports(rendered, twin.outlines)
    faults += [f"logged: {line[:300]}" for line in logged]
    for slot, value in values.items():
        # The first letter may have become a capital.
        if slot.kind == "plain" and slot.owner not in NOT_SHOWN and hostile.squeezed(value)[1:] not in rendered.text:
            faults.append(f"{slot}: not shown as it is: {value[:60]!r}")
    return faults


def numbered(slots: Sequence[Slot], text: str) -> Mapping[Slot, str]:
    """A text for each of several slots, another one for each, as names have to be."""
    if len(slots) == 1:
        return {slots[0]: text}
    return {slot: f"{text} Zq{number}" for number, slot in enumerate(slots)}


SHORT = [text for text in CORPUS if len(text) < 160]
TEXTS = (
    st.sampled_from(CORPUS)
    | st.lists(st.sampled_from(SHORT) | st.text(max_size=12), min_size=1, max_size=4).map("".join)
    | st.lists(st.sampled_from(SHORT), min_size=2, max_size=3).map("\n\n".join)
)
TARGETS: Mapping[str, list[Slot]] = {
    "all plain": PLAIN,
    "all prose": PROSE,
    **{str(slot): [slot] for slot in SLOTS},
}
"""Where a text goes, by name: into one slot, or into all of a kind at once."""

WHERE = st.sampled_from(["all plain", "all prose"]) | st.sampled_from(list(TARGETS))

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]


def test_every_field_of_the_model_is_attacked() -> None:
    assert {slot.owner for slot in SLOTS} >= set(hostile.fields_of([*COLLECTIONS.values(), Essay, Citation]))
    assert len(SLOTS) > 90


def test_harmless_words_are_accepted_everywhere(hostile_project: Project, twin: Twin) -> None:
    for slots in (PLAIN, PROSE):
        assert faults_of(hostile_project, twin, numbered(slots, "Harmless words"), escaped=False) == []
        assert hostile_project.read()[0] is not None


@pytest.mark.parametrize("text", hostile.POLYGLOTS)
def test_what_is_hostile_everywhere_at_once_is_shown(text: str, hostile_project: Project, twin: Twin) -> None:
    slots = [slot for slot in PLAIN if "](" not in text or slot.owner != "Term.definition"]  # which has no Markdown
    assert faults_of(hostile_project, twin, numbered(slots, text), escaped=False) == []
    assert hostile_project.read()[0] is not None


@pytest.mark.parametrize("slot", FORM, ids=str)
def test_what_is_hostile_in_a_field_of_a_form_is_refused(slot: Slot, hostile_project: Project) -> None:
    hostile_project.write(hostile.with_value(FILLED, {slot: hostile.POLYGLOTS[0]}))
    site, problems = hostile_project.read()
    assert site is None
    assert any(problem.at.path == slot.file for problem in problems)
    assert hostile.faults_of_refusal(hostile_project.folder, problems) == []


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("character", hostile.UNSEEN, ids=ascii)
def test_what_nobody_sees_is_refused(character: str, escaped: bool, hostile_project: Project) -> None:
    slot = next(slot for slot in PLAIN if slot.owner == "Event.place")
    hostile_project.write(hostile.with_value(FILLED, {slot: f"a{character}b"}), escaped=escaped)
    site, problems = hostile_project.read()
    assert site is None
    assert any(problem.at.path == slot.file for problem in problems)
    assert hostile.faults_of_refusal(hostile_project.folder, problems) == []


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(where=WHERE, text=TEXTS, escaped=st.booleans())
def test_what_is_hostile_in_a_field_is_refused_or_shown(
    where: str, text: str, escaped: bool, hostile_project: Project, twin: Twin
) -> None:
    assert faults_of(hostile_project, twin, numbered(TARGETS[where], text), escaped=escaped) == []


# --- Pages -------------------------------------------------------------------------------------------------------

PAGE = """\
---
title: {title}
description: {description}
see_also: {see_also}
{field}
---

## Paragraph 1 {{#p1}}

{paragraph}

The [toll](ref:toll) is due.

### {heading}

/// context | {note_title}
    sources: {note_sources}

{note}
///

```{fence}
{option}
```

```diagram
kind: {diagram_kind}
scope: essay
title: {diagram_title}
```
"""

PAGE_PLACES = {
    "title": "The quay",
    "description": "A section.",
    "see_also": "[toll]",
    "field": "hide: [toc]",
    "paragraph": "Words.",
    "heading": "More",
    "note_title": "A note",
    "note_sources": "[gazette-april]",
    "note": "Words.",
    "fence": "diagram",
    "option": "kind: timeline",
    "diagram_kind": "argument",
    "diagram_title": "A drawing",
}
QUAY = "essay/the-quay.md"

SHOWN_TOO = {"index.md", "glossary/toll.md"}
"""Pages that say something of the one that is attacked: what comes before it, and what it mentions."""


def faults_of_page(project: Project, twin: Signature, text: str) -> list[str]:
    path = project.folder / "docs" / QUAY
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    site, problems = project.read()
    if site is None:
        return hostile.faults_of_refusal(project.folder, problems)
    with hostile.no_errors_logged() as logged:
        rendered = hostile.render(project.folder, SHOWN_TOO, {QUAY})
    found = hostile.signature(rendered)
    return hostile.faults_of_pages(found, twin, hostile.OF_PAGES) + [f"logged: {line[:300]}" for line in logged]


@pytest.fixture(scope="module")
def paged_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Another one, whose pages are attacked."""
    return project_in(tmp_path_factory.mktemp("pages") / "ferry")


@pytest.fixture(scope="module")
def page_twin(paged_project: Project) -> Signature:
    (paged_project.folder / "docs" / QUAY).write_text(PAGE.format(**PAGE_PLACES), encoding="utf-8")
    site, problems = paged_project.read()
    assert site is not None, problems
    return hostile.signature(hostile.render(paged_project.folder, SHOWN_TOO, {QUAY}))


def page_with(place: str, text: str, *, quoted: bool) -> str:
    value = json.dumps(text, ensure_ascii=False) if quoted else text
    return PAGE.format(**{**PAGE_PLACES, place: value})


@pytest.mark.parametrize(
    ("place", "text"),
    [
        *((place, text) for place in PAGE_PLACES for text in hostile.POLYGLOTS),
        *(("paragraph", text) for text in (*hostile.LINKS, *hostile.MARKUP)),
        ("heading", "words {: onclick=window.harmed=1 }"),
        *((place, "*words*{: onclick=window.harmed=1 }") for place in ("paragraph", "note")),
    ],
)
def test_what_could_run_on_a_page_is_refused_or_inert(
    place: str, text: str, paged_project: Project, page_twin: Signature
) -> None:
    quoted = place in ("title", "description", "diagram_title", "note_title")
    assert faults_of_page(paged_project, page_twin, page_with(place, text, quoted=quoted)) == []


@pytest.mark.parametrize("text", hostile.LONG, ids=lambda text: ascii(text[:6]))
def test_what_is_long_on_a_page_is_refused_or_inert(text: str, paged_project: Project, page_twin: Signature) -> None:
    assert faults_of_page(paged_project, page_twin, page_with("paragraph", text, quoted=False)) == []


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(place=st.sampled_from(list(PAGE_PLACES)), text=TEXTS, quoted=st.booleans())
def test_what_is_hostile_on_a_page_is_refused_or_inert(
    place: str, text: str, quoted: bool, paged_project: Project, page_twin: Signature
) -> None:
    assert faults_of_page(paged_project, page_twin, page_with(place, text, quoted=quoted)) == []


@pytest.mark.parametrize("character", hostile.UNSEEN, ids=ascii)
def test_what_nobody_sees_on_a_page_is_refused(character: str, paged_project: Project) -> None:
    path = paged_project.folder / "docs" / QUAY
    text = page_with("paragraph", f"a{character}b", quoted=False)
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    site, problems = paged_project.read()
    assert site is None
    assert any(problem.at.path == f"docs/{QUAY}" for problem in problems)
    assert hostile.faults_of_refusal(paged_project.folder, problems) == []


@pytest.mark.parametrize(
    ("place", "text"), [("title", "9" * 100_000), ("option", f"&{'x' * 100_000} y")], ids=["title", "anchor"]
)
def test_a_refusal_is_short_whatever_it_is_about(
    place: str, text: str, paged_project: Project, page_twin: Signature
) -> None:
    assert faults_of_page(paged_project, page_twin, page_with(place, text, quoted=False)) == []


# --- Files -------------------------------------------------------------------------------------------------------

BOMB = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{f'*{chr(97 + n)}, ' * 9}]\n" for n in range(9))

TRICKS = {
    "a Python object": "x: !!python/object/apply:os.system ['touch harmed']\n",
    "a Python name": "x: !!python/name:os.system\n",
    "a tag of its own": "x: !<tag:evil.example,2002:x> y\n",
    "a binary": "x: !!binary aGFybWVk\n",
    "a tag for the whole": "!!python/object:os.x\nx: y\n",
    "an alias bomb": BOMB,
    "an anchor": "x: &y z\n",
    "an alias that leads to itself": "x: &y [*y]\n",
    "a merge": "x: {<<: {a: b}}\n",
    "a directive": "%YAML 9.9\n---\nx: y\n",
    "a second document": "x: y\n---\nx: y\n",
    "deep lists": "x: " + "[" * 50_000 + "\n",
    "deep mappings": "x: " + "{a: " * 10_000 + "\n",
    "deep blocks": "".join(f"{' ' * depth}a:\n" for depth in range(400)),
    "deep block lists": "x:\n  " + "- " * 20_000 + "y\n",
    "a mapping as a key": "? {a: b}\n: c\n",
    "a long key": "x" * 100_000 + ": y\n",
    "a key twice": "x: 1\nx: 2\n",
    "a long number": "x: " + "9" * 100_000 + "\n",
    "a tab": "x:\n\ty: z\n",
    "an escape of half a character": 'x: "\\ud800"\n',
    "an escape of nothing": 'x: "\\0"\n',
    "an end of a file": "x: [a, b\n",
    "a quotation without end": 'x: "a\n',
    "bytes of no text": "x: \udcff\udcfe\n",
    "control characters": "x: a\x1b[2Jb\n",
    "a text of ten thousand lines": "x: |\n" + "  <b>\n" * 10_000,
    "a list": "- x\n",
    "a large file": "# \n" * 400_000,
}
READ_ALIKE = list(hostile.FILES.values())
READ = [
    *(hostile.ESSAY_FILE, CITATION_FILE, READ_ALIKE[0], "front matter", "diagram", "note"),
    *(pytest.param(path, marks=pytest.mark.long) for path in READ_ALIKE[1:]),
]


@pytest.mark.parametrize("file", READ)
@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_of_yaml_are_refused_in_a_moment(trick: str, file: str, project: Path) -> None:
    text, path = TRICKS[trick], file
    if file in PAGE_INSERTS:
        path = f"docs/{QUAY}"
        text = PAGE.format(
            **{**PAGE_PLACES, PAGE_INSERTS[file]: text.replace("\n", "\n    ") if file == "note" else text}
        )
    (project / path).write_text(text, encoding="utf-8", errors="surrogateescape")
    begun = time.monotonic()
    site, problems = load_site(project)
    assert time.monotonic() - begun < 5
    assert site is None
    assert hostile.faults_of_refusal(project, problems) == []
    assert any(problem.at.path == path for problem in problems)
    assert not (project / "harmed").exists()


@pytest.mark.parametrize(
    ("trick", "words"),
    [
        ("a Python object", "the tag `tag:yaml.org,2002:python/object/apply:os.system`"),
        ("a Python name", "the tag `tag:yaml.org,2002:python/name:os.system`"),
        ("a tag of its own", "the tag `tag:evil.example,2002:x`"),
        ("a binary", "the tag `tag:yaml.org,2002:binary`"),
        ("an alias bomb", "the alias *a"),
        ("an alias that leads to itself", "the alias *y"),
        ("an anchor", "the anchor &y"),
        ("a merge", "the key `<<`"),
        ("a second document", "a second YAML document"),
        ("deep lists", "nesting too deep"),
        ("a key twice", "the key `x` a second time"),
        ("an escape of nothing", "the character U+0000"),
        ("a large file", "a file of 1,200,000 bytes"),
    ],
)
def test_tricks_of_yaml_are_refused_for_what_they_are(trick: str, words: str, project: Path) -> None:
    (project / hostile.FILES["events"]).write_text(TRICKS[trick], encoding="utf-8")
    _, problems = load_site(project)
    assert any(problem.found.startswith(words) for problem in problems)


PAGE_INSERTS = {"front matter": "field", "diagram": "option", "note": "note_sources"}

PATHS = ["../../../etc/passwd", "..", ".", "/etc/passwd", "a/b", "a\\b", "C:x", "a%2fb", "%2e%2e", "a..b", "index", "nul",
         "com1", "-a", "a-", "a--b", "A", "a b", "a.md", "a#b", "a?b", "~a", "é", "a\n", "x" * 81, ""]  # fmt: skip


@pytest.mark.parametrize("slot", [slot for slot in FORM if slot.owner in {*COLLECTIONS, "Event.formerly"}], ids=str)
@pytest.mark.parametrize("entry_id", PATHS)
def test_ids_that_are_paths_are_refused(entry_id: str, slot: Slot, hostile_project: Project) -> None:
    hostile_project.write(hostile.with_value(FILLED, {slot: entry_id}))
    site, problems = hostile_project.read()
    assert site is None
    wanted = ("an id", "another one", "at most 80")
    assert any(problem.at.path == slot.file and problem.expected.startswith(wanted) for problem in problems)
    assert hostile.faults_of_refusal(hostile_project.folder, problems) == []


@pytest.mark.parametrize(
    "name", ["a\nb.yaml", "a\x1b[2J.yaml", "a\u202eb.yaml", b"\xff.yaml".decode("utf-8", "surrogateescape")]
)
def test_names_of_files_are_shown_so_that_a_terminal_can_bear_them(
    name: str, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "data" / name).write_text("x: y\n", encoding="utf-8")
    (project / "data" / "actors" / name).write_text("x: y\n", encoding="utf-8")
    for form in ("text", "json", "github"):
        assert main(["--root", str(project), "check", "--format", form]) == 1
        said = capfd.readouterr()
        assert all(line.isprintable() for line in (said.out + said.err).splitlines())


# --- The long run ------------------------------------------------------------------------------------------------

SHARDS, CASES = 20, 500


@pytest.mark.long
@pytest.mark.parametrize("shard", range(SHARDS))
def test_ten_thousand_cases(
    shard: int, hostile_project: Project, twin: Twin, paged_project: Project, page_twin: Signature
) -> None:
    """Three of four cases in fields, the others on pages; every shard has others."""
    unhurried = settings(max_examples=CASES * 3 // 4, deadline=None, database=None, suppress_health_check=SLOW)
    tried = Counter[bool]()  # by whether they were accepted

    @seed(shard)
    @unhurried
    @given(where=WHERE, text=TEXTS, escaped=st.booleans())
    def in_fields(where: str, text: str, escaped: bool) -> None:
        assert faults_of(hostile_project, twin, numbered(TARGETS[where], text), escaped=escaped) == []
        tried[hostile_project.read()[0] is not None] += 1

    @seed(shard)
    @settings(unhurried, max_examples=CASES // 4)
    @given(place=st.sampled_from(list(PAGE_PLACES)), text=TEXTS, quoted=st.booleans())
    def on_pages(place: str, text: str, quoted: bool) -> None:
        assert faults_of_page(paged_project, page_twin, page_with(place, text, quoted=quoted)) == []
        tried[paged_project.read()[0] is not None] += 1

    in_fields()
    on_pages()
    assert tried.total() >= CASES
    assert min(tried[True], tried[False]) > CASES // 10

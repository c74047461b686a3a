"""What is remembered between two builds of one process never shows: a site is the same as if nothing were remembered."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from markdown import Markdown
from mkdocs.commands.build import build
from mkdocs.config import load_config

from conftest import FERRY, ROOT
from explainer.memory import Kept
from test_checking import ACTORS, CLAIMS, EVENTS, QUAY, SOURCES, TERMS, TOLL, change


def test_a_result_is_kept_for_its_key_only() -> None:
    kept: Kept[int] = Kept()
    made: list[int] = []

    def make(result: int) -> Callable[[], int]:
        def maker() -> int:
            made.append(result)
            return result

        return maker

    assert [kept.get("a", 1, make(1)), kept.get("a", 1, make(2)), kept.get("b", 1, make(3))] == [1, 1, 3]
    assert kept.get("a", 2, make(4)) == 4
    assert kept.get("a", 1, make(5)) == 5
    assert made == [1, 3, 4, 5]


Built = dict[str, str]


def build_once(project: Path, out: Path, command: str | None) -> Built:
    """Build, at the start of a process for a command, or as a further build of it; give the hash of each file."""
    config = load_config(str(project / "mkdocs.yml"), site_dir=str(out))
    if command:
        config.plugins.on_startup(command=command, dirty=False)  # type: ignore[arg-type] # a build or a serve
    build(config, serve_url="http://127.0.0.1:8000/")
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(autouse=True, scope="module")
def surroundings() -> Iterator[None]:
    """Quiet, one date for all builds, and a repository, so that pages have links to lines."""
    logging.disable(logging.CRITICAL)
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("REPO_URL", "https://git.example/ferry")
        changed.setenv("SOURCE_DATE_EPOCH", "1546300800")
        yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def essay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tiny essay."""
    project = tmp_path_factory.mktemp("memory") / "ferry"
    shutil.copytree(FERRY, project)
    change(project, "mkdocs.yml", "../../../hooks/", f"{ROOT / 'hooks'}/")
    change(project, "mkdocs.yml", "  name: material", "  name: material\n  custom_dir: theme")
    change(project, "mkdocs.yml", "plugins:", "extra_css: [assets/own.css]\nplugins:")
    for file, text in OWN.items():
        (project / file).parent.mkdir(parents=True, exist_ok=True)
        (project / file).write_text(text, encoding="utf-8")
    return project


OWN = {
    "theme/main.html": '{% extends "base.html" %}{% block extrahead %}<meta name="maker" content="Made">'
    '<meta name="told" content="{{ (structured_data ~ cite_this) | e }}">{% endblock %}',
    "theme/partials/copyright.html": "<p>Ours</p>",
    "docs/assets/own.css": "a { color: red }",
}
"""What the essay has of a theme."""

MORE = """\
quay-plan:
  title: Plan of the quay
  publisher: Westbank
  url: https://ferry.example/plan
  kind: primary
  language: en
"""

# What is edited | its file | the text replaced | its replacement | pages that show it
EDITS = [
    ("nothing", TERMS, "toll:", "toll:", []),
    ("prose", EVENTS, "They met for two days.", "They met for three days.", ["events/toll-meeting"]),
    ("prose that names another", EVENTS, "They met for two days.", "They met of the free passage.", ["events/toll-meeting", "glossary/free-passage"]),
    ("a summary, which cards show", EVENTS, "Quill and the ferryman part without a toll.", "They part.", ["events/toll-meeting", "essay/the-toll", "timeline"]),
    ("a definition, which cards show", TERMS, "What a passenger pays to cross.", "What one pays.", ["glossary/toll", "essay/the-toll"]),
    ("a date, which diagrams and cards show", EVENTS, "date: '1905-06-01'", "date: '1904-06-01'", ["events/ferry-compact-signed", "events/toll-meeting"]),
    ("a name", TERMS, "name: toll", "name: crossing fee", ["glossary/toll", "essay/the-toll"]),
    ("an alias", TERMS, "[passage fee]", "[quarter of the toll]", ["glossary/toll"]),
    ("an offer, which a diagram shows", EVENTS, "a quarter of the toll", "a third of the toll", ["events/toll-meeting", "essay/the-toll"]),
    ("who rests on a source", EVENTS, "sources: [ferry-compact]", "sources: [ferry-compact, harbour-rolls]", ["sources/ha", "events/ferry-compact-signed"]),
    ("the text of a claim, which a section shows", CLAIMS, "One boat is enough for two towns.", "One boat will do.", ["claims", "essay/the-quay"]),
    ("a publisher, which a section shows", SOURCES, "publisher: River Council", "publisher: The Council", ["essay/the-quay", "glossary/toll"]),
    ("the day on which a source was checked", SOURCES, "checked: '2026-11-23'\n  checked_for: both", "checked: '2026-11-25'\n  checked_for: both", ["sources/ga", "events/toll-meeting"]),
    ("the title of a source, which programs read, too", SOURCES, "title: No toll agreed", "title: No toll", ["sources/ga", "events/toll-meeting", "data"]),
    ("the day to which the facts reach, and offices", "data/essay.yaml", "facts_as_of: '1930'", "facts_as_of: '1919'", ["actors/ada-quill", "data"]),
    ("a source more, as all pages of sources say", SOURCES, "gazette-april:\n", f"{MORE}gazette-april:\n", ["sources/fe", "sources/ha", "sources/qu"]),
    ("a former id of a source, on another page", SOURCES, "  title: Rolls of", "  formerly: [quay-rolls]\n  title: Rolls of", ["sources/ha", "sources/qu"]),
    ("the name of an actor, which tells of events", ACTORS, "name: Ada Quill", "name: Ada Quillon", ["actors/ada-quill", "events/toll-meeting"]),
    ("an office, which another page shows", ACTORS, "role: Mayor", "role: First mayor", ["actors/ada-quill", "actors/westbank"]),
    ("a page", QUAY, "Ada Quill says", "Ada Quill writes", ["essay/the-quay"]),
    ("a diagram of a page", TOLL, "kind: positions", "title: Both\nkind: positions", ["essay/the-toll"]),
    ("front matter, which moves the lines below it", QUAY, "see_also: [toll]", "see_also: [toll]\nhide: []", ["essay/the-quay"]),
    ("where a note stands", QUAY, "description: The first section.", "description: >-\n  The first section.", ["essay/the-quay"]),
    ("an id", TERMS, "free-passage:\n", "passage-free:\n  formerly: [free-passage]\n", ["glossary/passage-free", "glossary/free-passage", "glossary"]),
    ("a template of the theme", "theme/main.html", "Made", "Built", ["index", "timeline", "actors/ada-quill"]),
    ("a partial of the theme", "theme/partials/copyright.html", "Ours", "Yours", ["index", "timeline", "actors/ada-quill"]),
    ("a style sheet", "docs/assets/own.css", "red", "green", ["assets/own"]),
    ("what all pages load", "mkdocs.yml", "extra_css: [assets/own.css]", "extra_css: []", ["index", "actors/ada-quill"]),
    ("an extension of Markdown", "mkdocs.yml", "permalink: true", "permalink: false", ["index", "actors/ada-quill"]),
    ("the navigation", "mkdocs.yml", "- essay/the-quay.md", "- The Quay: essay/the-quay.md", ["index", "actors/ada-quill"]),
]  # fmt: skip


@pytest.fixture(scope="module")
def builds(essay: Path) -> tuple[Built, list[Built], list[Built]]:
    """The site as it was; with each edit alone, built from nothing; and the same, built one after another in a process."""
    out = essay.parent / "site"

    def with_each_edit() -> Iterator[Built]:
        for _, file, old, new, _ in EDITS:
            text = (essay / file).read_text(encoding="utf-8")
            change(essay, file, old, new)
            yield build_once(essay, out, None)
            (essay / file).write_text(text, encoding="utf-8")

    before = build_once(essay, out, "build")
    fresh = list(with_each_edit())
    assert build_once(essay, out, "serve") == before
    return before, fresh, list(with_each_edit())


@pytest.mark.parametrize("number", range(len(EDITS)), ids=[edit[0] for edit in EDITS])
def test_an_edit_shows_as_in_a_build_from_nothing(builds: tuple[Built, list[Built], list[Built]], number: int) -> None:
    before, fresh, remembered = builds
    assert remembered[number] == fresh[number]
    changed = {name for name, content in fresh[number].items() if content != before.get(name)}
    for page in EDITS[number][4]:
        assert any(name.startswith((f"{page}.", f"{page}/index.")) for name in changed), page
    assert bool(changed) == bool(EDITS[number][4])


def test_most_pages_are_taken_as_they_were(essay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = essay.parent / "site"
    build_once(essay, out, "serve")
    converted: list[str] = []
    convert = Markdown.convert

    def counted(self: Markdown, source: str) -> str:
        converted.append(source)
        return convert(self, source)

    monkeypatch.setattr(Markdown, "convert", counted)
    change(essay, EVENTS, "They met for two days.", "They met for three days.")
    build_once(essay, out, None)
    change(essay, EVENTS, "They met for three days.", "They met for two days.")
    assert len(converted) == 2  # the event's own page, and the page of the data, which shows their hash

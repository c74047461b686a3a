"""New entries: written where their like stand, in the canonical form, with faults only where facts are missing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from explainer.__main__ import main
from explainer.checking import load
from explainer.form import unformed
from explainer.new import NOUNS, NewEntryError, Written, write_entry
from test_checking import ACTORS, CLAIMS, EVENTS, SOURCES, TERMS


@pytest.fixture
def formed(project: Path) -> Path:
    """The tiny essay in its canonical form."""
    for file in unformed(project):
        (project / file.path).write_text(file.canonical, encoding="utf-8")
    return project


def entry(root: Path, written: Written) -> str:
    lines = (root / written.path).read_text(encoding="utf-8").splitlines()
    return "\n".join(lines[written.first - 1 : written.last])


# What is asked for | its settings | its file | the entry | what is still open
ENTRIES = [
    (
        "actor", ["name=Mildred Post", "kind=person"], ACTORS,
        "mildred-post:\n  kind: person\n  name: Mildred Post\n  summary: ''\n  sources: []",
        ["4:12: error: an empty text", "5:12: error: a list of 0"],
    ),
    (
        "event", ["kind=incident", "title=high water", "date=1912-03", "summary=The quay is flooded: no crossing.", "sources=harbour-rolls,gazette-april"], EVENTS,
        "high-water:\n  kind: incident\n  title: high water\n  date: '1912-03'\n  summary: 'The quay is flooded: no crossing.'\n  sources: [harbour-rolls, gazette-april]",
        [],
    ),
    ("event", ["title=x"], EVENTS, "x:\n  kind: ''\n  title: x\n  date: ''\n  summary: ''\n  sources: []", ["2:9", "4:9", "5:12", "6:12"]),
    (
        "term", ["name=Überfahrt à 2", "see_also=toll", "native={de: Überfahrt}"], TERMS,
        "uberfahrt-a-2:\n  name: Überfahrt à 2\n  native: {de: Überfahrt}\n  definition: ''\n  see_also: [toll]\n  sources: []",
        ["4:15", "6:12"],
    ),
    (
        "claim", ["paragraph=2", "text=The toll is too high.", "outcome.verdict=contested"], CLAIMS,
        "the-toll-is-too-high:\n  paragraph: 2\n  text: The toll is too high.\n  kind: ''\n  outcome:\n    verdict: contested\n    date: ''\n    text: ''",
        ["4:9", "7:11", "8:11"],
    ),
    ("claim", ["paragraph=two"], CLAIMS, "new:\n  paragraph: two\n  text: ''\n  kind: ''\n  outcome:\n    verdict: ''\n    date: ''\n    text: ''", ["2:14", "3:9", "4:9", "6:14", "7:11", "8:11"]),
    (
        "source", ["title='Quoted' #1", "publisher=P", "url=https://x.example/1", "kind=news", "language=en", "checked=2026-11-24", "checked_for=a: b"], SOURCES,
        "quoted-1:\n  title: \"'Quoted' #1\"\n  publisher: P\n  url: https://x.example/1\n  kind: news\n  language: en\n  checked: '2026-11-24'\n  checked_for: 'a: b'",
        ["1:1: warning: the source `quoted-1`, which nothing uses"],
    ),
    (
        "event", ["kind=test", "title=y", "date=1950", "summary=s", "sources=[harbour-rolls]", "participants=[{actor: ada-quill}]", "votes.for=3"], EVENTS,
        "y:\n  kind: test\n  title: y\n  date: '1950'\n  summary: s\n  participants:\n    - {actor: ada-quill}\n  votes: {for: 3}\n  sources: [harbour-rolls]",
        [],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("noun", "settings", "file", "text", "open_points"), ENTRIES)
def test_a_new_entry(
    formed: Path, noun: str, settings: list[str], file: str, text: str, open_points: list[str]
) -> None:
    entry_id = None if any(word.startswith(("name", "title", "text")) for word in settings) else "new"
    written = write_entry(formed, noun, entry_id, None, settings, None)
    assert written.path == file
    assert entry(formed, written) == text
    assert list(unformed(formed)) == []
    problems = load(formed).problems
    assert {problem.at.path for problem in problems} <= {file}
    found = [f"{p.at.line - written.first + 1}:{p.at.column}: {p.severity}: {p.found}" for p in problems]
    assert len(found) == len(open_points), found
    assert all(one.startswith(other) for one, other in zip(found, open_points, strict=True)), found


# Where an entry goes in its file | what is new | its settings | the id before it, and the id after it
PLACES = [
    ("event", "date=1906", "ferry-compact-signed", "toll-meeting"),
    ("event", "date=1900", None, "ferry-compact-signed"),
    ("event", "date=1999", "ferry-stops", None),
    ("claim", "paragraph=1", "c1-one-boat", "c2-ferry-will-stop"),
    ("claim", "paragraph=2", "c2-ferry-will-stop", "c3-share-toll"),
    ("term", "definition=d", "free-passage", None),
]


@pytest.mark.parametrize(("noun", "setting", "before", "after"), PLACES)
def test_an_entry_goes_where_the_order_of_the_file_has_it(
    formed: Path, noun: str, setting: str, before: str | None, after: str | None
) -> None:
    events = formed / EVENTS
    text = events.read_text(encoding="utf-8")
    order = text.index("\ntoll-order:"), text.index("\nferry-stops:")
    events.write_text(text[: order[0]] + text[order[1] :], encoding="utf-8")  # the others are in order of date
    path = formed / write_entry(formed, noun, "new", None, [setting], None).path
    ids = [line.rstrip(":") for line in path.read_text(encoding="utf-8").splitlines() if line[:1].isalnum()]
    at = ids.index("new")
    assert (ids[at - 1] if at else None) == before
    assert (ids[at + 1] if at + 1 < len(ids) else None) == after
    assert list(unformed(formed)) == []


def test_a_file_without_order_gets_it_at_its_end(formed: Path) -> None:
    written = write_entry(formed, "event", "new", None, ["date=1906"], None)
    assert written.last == len((formed / EVENTS).read_text(encoding="utf-8").splitlines())


def test_comments_on_what_follows_stay_with_it(formed: Path) -> None:
    path = formed / CLAIMS
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("c2-ferry", "# Paragraph 2\n\n# The first\nc2-ferry", 1), encoding="utf-8")
    write_entry(formed, "claim", "new", None, ["paragraph=1"], None)
    text = path.read_text(encoding="utf-8")
    assert text.index("new:") < text.index("# Paragraph 2\n\n# The first\nc2-ferry")
    assert list(unformed(formed)) == []


def test_a_file_of_its_own(formed: Path) -> None:
    written = write_entry(formed, "term", "new", Path("data/glossary/more/words.yaml"), [], None)
    assert written == ("data/glossary/more/words.yaml", 3, 6)
    text = (formed / written.path).read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../../schema/glossary.json\n\nnew:\n  name: ''\n")
    assert list(unformed(formed)) == []


def test_the_first_entry_of_a_project(tmp_path: Path) -> None:
    written = write_entry(tmp_path, "actor", "a", None, ["name=A"], None)
    assert written.path == "data/actors/actors.yaml"
    assert list(unformed(tmp_path)) == []


# What is not possible | the kind, the id, the file, the settings | what is said
REFUSALS = [
    ("an id that is used", ("term", "ada-quill", None, []), f"it is used in {ACTORS}:3 "),
    ("an id that is none", ("term", "Ada Quill", None, []), "expected lower-case ASCII words joined by hyphens"),
    ("nothing to make an id of", ("term", None, None, ["name=…"]), "the id ``; expected"),
    ("a field that there is not", ("term", "x", None, ["nme=y"]), "the unknown field `nme`; expected one of `formerly`, `name`"),
    ("a part that there is not", ("claim", "x", None, ["outcome.vrdict=y"]), "the unknown field `vrdict`"),
    ("a part of a text", ("term", "x", None, ["name.first=y"]), "`name` itself"),
    ("no value", ("term", "x", None, ["name"]), "expected FIELD=VALUE"),
    ("YAML that cannot be read", ("term", "x", None, ["sources=[a"]), "YAML that cannot be read"),
    ("a file of another kind", ("term", "x", Path(ACTORS), []), "expected data/glossary/….yaml"),
    ("a file elsewhere", ("term", "x", Path("data/glossary/../../../x.yaml"), []), "expected data/glossary/….yaml"),
    ("a file of another form", ("term", "x", Path("data/glossary/x.yml"), []), "expected data/glossary/….yaml"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "said"), [pytest.param(*row[1:], id=row[0]) for row in REFUSALS])
def test_what_is_not_possible_is_said_and_nothing_written(
    formed: Path, asked: tuple[str, str | None, Path | None, list[str]], said: str
) -> None:
    before = {path: path.read_bytes() for path in formed.rglob("*.y*ml")}
    with pytest.raises(NewEntryError, match=re.escape(said)):
        write_entry(formed, *asked, None)
    assert {path: path.read_bytes() for path in formed.rglob("*.y*ml")} == before


def answering(answers: list[str], asked: list[str]) -> Callable[[str], str]:
    def answer(question: str) -> str:
        asked.append(question)
        return answers[len(asked) - 1]

    return answer


def test_at_a_terminal_everything_that_is_needed_is_asked_for(formed: Path) -> None:
    asked: list[str] = []
    ask = answering(["Night boat", "", "ferry-compact", "", ""], asked)
    written = write_entry(formed, "term", None, None, [], ask)
    assert [question.partition(":")[0] for question in asked] == ["name", "definition", "sources", "id", "file"]
    assert asked[0].splitlines() == [
        "name: As in running prose: capitals only if it always has them.",
        "  (text, at most 200, e.g. balance of power)",
        "> ",
    ]
    assert "(Enter for night-boat)" in asked[3]
    assert f"(Enter for {TERMS}; there are terms.yaml)" in asked[4]
    assert entry(formed, written) == "night-boat:\n  name: Night boat\n  definition: ''\n  sources: [ferry-compact]"


def test_answers_choose_the_id_and_the_file(formed: Path) -> None:
    written = write_entry(formed, "term", None, None, ["name=a", "definition=b"], answering(["", "c", "more.yaml"], []))
    assert written.path == "data/glossary/more.yaml"
    assert entry(formed, written).startswith("c:\n")


@pytest.mark.parametrize("noun", NOUNS)
def test_the_command_says_where_it_wrote_and_what_is_open(
    formed: Path, noun: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["--root", str(formed), "new", noun, "--id", "new"]) == 0
    first, *points = capsys.readouterr().out.splitlines()
    assert first.startswith(f"data/{NOUNS[noun]}/")
    assert first.endswith(": written; what is still to be filled in:")
    assert len(points) >= 3
    assert all(
        ": error: " in point or "which nothing uses" in point or "without `checked`" in point for point in points
    )
    assert main(["--root", str(formed), "new", noun, "--id", "new"]) == 1
    assert "it is used in" in capsys.readouterr().err

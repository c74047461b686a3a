"""Every fault that the checks promise to catch, made one at a time in a small project, with its file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from explainer.checking import Checked, load, nearest_to
from explainer.problems import errors_in

FERRY = Path(__file__).parent / "fixtures" / "ferry"

ACTORS = "data/actors/actors.yaml"
EVENTS = "data/events/events.yaml"
TERMS = "data/glossary/terms.yaml"
CLAIMS = "data/claims/claims.yaml"
SOURCES = "data/sources/sources.yaml"
ESSAY = "data/essay.yaml"
QUAY = "docs/essay/the-quay.md"
TOLL = "docs/essay/the-toll.md"

# What is wrong | file | text replaced | its replacement | line:column | what was found | what was expected
FAULTS = [
    ("YAML syntax", TERMS, "aliases: [passage fee]", "aliases: [passage fee", "4:13", "YAML that cannot be read", "valid YAML"),
    ("tab", TERMS, "  name: toll", "\tname: toll", "2:1", "a tab", "spaces"),
    ("duplicate key", TERMS, "  name: toll\n", "  name: toll\n  name: fare\n", "3:3", "the key `name` a second time", "line 2"),
    ("anchor", TERMS, "name: toll", "name: &t toll", "2:9", "the anchor &t", "anchors are not allowed"),
    ("alias", TERMS, "name: toll", "name: *t", "2:9", "the alias *t", "aliases are not allowed"),
    ("tag", TERMS, "name: toll", "name: !!python/object:os.system toll", "2:9", "the tag", "tags are not allowed"),
    ("second document", TERMS, "free-passage:", "---\nfree-passage:", "8:1", "a second YAML document", "one document"),
    ("control character", TERMS, "name: toll", "name: to\x07ll", "2:11", "the character U+0007", "characters that show"),
    ("list for a file", TERMS, None, "- toll\n- fare\n", "1:1", "a list", "a mapping from id to entry"),
    ("text for an entry", TERMS, "free-passage:\n", "fare: x\nfree-passage:\n", "8:7", "`x`", "a mapping of fields"),
    ("unknown field", TERMS, "  definition: What", "  defintion: What", "4:3", "the unknown field `defintion`", "`definition`?"),
    ("unknown nested field", EVENTS, "- {actor: ada-quill, part:", "- {actor: ada-quill, prt:", "9:26", "the unknown field `prt`", "`part`?"),
    ("missing field", TERMS, "  name: free passage\n", "", "8:1", "no `name`", "the field"),
    ("number for text", TERMS, "name: toll", "name: 7", "2:9", "the number 7", "text: '7' in quotes"),
    ("list for text", TERMS, "name: toll", "name: [toll]", "2:9", "a list", "text"),
    ("text for a list", TERMS, "[passage fee]", "passage fee", "3:12", "`passage fee`", "a list"),
    ("mapping for text", TERMS, "name: toll", "name: {a: b}", "2:9", "a mapping", "text"),
    ("`no` as an id", TERMS, "free-passage:", "no:", "8:1", "the key `no`, which YAML reads as a boolean", "'no' in quotes"),
    ("a long id", TERMS, "free-passage:", f"{'a' * 81}:", "8:1", f"`{'a' * 59}…`", "an id: lower-case ASCII words joined by hyphens, at most 80 characters"),
    ("`no` as text", TERMS, "name: toll", "name: no", "2:9", "`no`, which YAML reads as a boolean", "text: 'no' in quotes"),
    ("nothing as text", TERMS, "name: toll", "name:", "2:8", "which YAML reads as nothing", "in quotes"),
    ("unquoted day", EVENTS, "date: '1905-06-01'", "date: 1905-06-01", "4:9", "`1905-06-01`, which YAML reads as a timestamp", "text: '1905-06-01' in quotes"),
    ("unquoted year", EVENTS, "date: '1913~'", "date: 1913", "45:9", "the number 1913", "text: '1913' in quotes"),
    ("unquoted end of office", ACTORS, "to: '1915'", "to: 1915", "11:11", "the number 1915", "'1915' in quotes"),
    ("malformed date", EVENTS, "'1905-06-01'", "'1 June 1905'", "4:9", "a malformed date: `1 June 1905`", "a date in quotes"),
    ("impossible day", EVENTS, "'1905-06-01'", "'1905-02-29'", "4:9", "February 1905 has no day 29", "a date in quotes"),
    ("impossible month", EVENTS, "'1905-06-01'", "'1905-13-01'", "4:9", "no such month", "a date in quotes"),
    ("reversed span", EVENTS, "'1911-04-02/1911-04-03'", "'1911-04-03/1911-04-02'", "15:9", "a span that ends", "a date in quotes"),
    ("malformed id", TERMS, "free-passage:", "Free_Passage:", "8:1", "`Free_Passage`", "lower-case ASCII words"),
    ("id with a path", TERMS, "free-passage:", "../../x:", "8:1", "`../../x`", "lower-case ASCII words"),
    ("id used twice", TERMS, "free-passage:", "ferry-stops:", "8:1", "the id `ferry-stops` a second time", f"it is used in {EVENTS}:42"),
    ("bad address", SOURCES, "https://ferry.example/rolls", "javascript:alert(1)", "23:8", "`javascript:alert(1)`", "https://"),
    ("bad language", SOURCES, "language: en", "language: English", "7:13", "`English`", "a language tag"),
    ("unknown kind", EVENTS, "kind: summit", "kind: sumit", "13:9", "`sumit`", "`summit`?"),
    ("long definition", TERMS, "What a passenger pays to cross.", "x" * 161, "4:15", "a text of 161 characters", "at most 160"),
    ("no sources", TERMS, "  sources: [ferry-compact]\nfree", "free", "1:1", "no `sources`", "at least one id of a source"),
    ("empty sources", TERMS, "  sources: [ferry-compact]\nfree", "  sources: []\nfree", "7:12", "a list of 0", "at least one id of a source"),
    ("unknown source", TERMS, "[ferry-compact]\nfree", "[ferry-compakt]\nfree", "7:13", "the unknown source `ferry-compakt`", "`ferry-compact`?"),
    ("unknown actor", EVENTS, "- {actor: ada-quill, part", "- {actor: ada-quil, part", "9:15", "the unknown actor `ada-quil`", "`ada-quill`?"),
    ("wrong collection", EVENTS, "- {actor: ada-quill, part", "- {actor: toll, part", "9:15", "`toll`, which is the id of a term", "the id of an actor"),
    ("unknown office of", ACTORS, "of: westbank\n      from: '1901", "of: westbenk\n      from: '1901", "9:11", "the unknown actor `westbenk`", "`westbank`?"),
    ("unknown cause", EVENTS, "causes: [toll-meeting]", "causes: [tol-meeting]", "47:12", "the unknown event `tol-meeting`", "`toll-meeting`?"),
    ("own cause", EVENTS, "causes: [toll-meeting]", "causes: [ferry-stops]", "47:12", "the entry itself", "another entry"),
    ("id twice in a list", TERMS, "[ferry-compact]\nfree", "[ferry-compact, ferry-compact]\nfree", "7:28", "a second time", "once"),
    ("unknown id in a link of the data", TERMS, "Set by the river council.", "See [it](ref:tolls).", "5:29", "`tolls`", "`toll`?"),
    ("unknown id in a page", QUAY, "ref:ferry-compact-signed", "ref:ferry-compact-sined", "14:19", "`ferry-compact-sined`", "`ferry-compact-signed`?"),
    ("unknown id in front matter", QUAY, "see_also: [toll]", "see_also: [tol]", "4:12", "`tol`", "`toll`?"),
    ("unknown field in front matter", QUAY, "see_also:", "seealso:", "4:1", "the unknown field `seealso`", "`see_also`?"),
    ("no title in front matter", QUAY, "title: The quay\n", "", "1:1", "no `title`", "title: …"),
    ("unknown source of a note", QUAY, "[ferry-compact]", "[ferry-compct]", "12:15", "`ferry-compct`", "`ferry-compact`?"),
    ("note without sources", QUAY, "    sources: [ferry-compact]\n", "", "11:1", "a note without sources", "sources: [id, id]"),
    ("note without a title", QUAY, "/// context | The compact", "/// context", "11:1", "a note without a title", "A few words"),
    ("unknown kind of note", QUAY, "/// context", "/// contxt", "11:1", "`contxt`", "context, evidence, counter, since"),
    ("unknown option of a note", QUAY, "    sources: [ferry-compact]", "    sources: [ferry-compact]\n    clock: then", "13:5", "the option `clock`", "sources"),
    ("note never closed", TOLL, "Tomás Oar wanted half.\n///", "Tomás Oar wanted half.", "25:1", "never closed", "`///`"),
    ("unknown kind of diagram", TOLL, "kind: positions", "kind: postions", "17:7", "`postions`", "`positions`?"),
    ("unknown option of a diagram", TOLL, "event: toll-meeting\n", "event: toll-meeting\nevnt: x\n", "19:1", "the unknown field `evnt`", "`event`?"),
    ("unknown id in a diagram", TOLL, "event: toll-meeting\n", "event: toll-meating\n", "18:8", "`toll-meating`", "`toll-meeting`?"),
    ("fence never closed", TOLL, "event: toll-meeting\n```", "event: toll-meeting", "16:1", "never closed", "```"),
    ("name claimed twice", TERMS, "[passage fee]", "[Eastbank]", "3:13", "the name `Eastbank`", f"{ACTORS}:39"),
    ("alias claimed twice", TERMS, "[passage fee]", "[quill]", "3:13", "the name `quill`", f"{ACTORS}:4"),
    ("raw HTML in data", TERMS, "Set by the river council.", "Set <b>by</b> them.", "5:20", "raw HTML", "Markdown"),
    ("javascript link in data", TERMS, "Set by the river council.", "Set [by](javascript:alert(1)) them.", "5:25", "`javascript:alert", "https://"),
    ("relative link in data", TERMS, "Set by the river council.", "Set [by](../x.md) them.", "5:25", "a link to `../x.md`", "ref:<id>"),
    ("attributes in data", TERMS, "Set by the river council.", "'Set [by](https://a.example){onclick=x} them.'", "5:44", "the attributes", "no braces"),
    ("heading in data", TERMS, "Set by the river council.", "'# Set by'", "5:17", "which begins a heading", "paragraphs"),
    ("raw HTML in a folded block", TERMS, "Set by the river council.", ">-\n    Set by\n    the <b>river</b>.", "7:9", "raw HTML", "Markdown"),
    ("raw HTML in a page", QUAY, "Ada Quill says", "Ada <i>Quill</i> says", "9:5", "raw HTML", "Markdown"),
    ("javascript link in a page", QUAY, "Ada Quill says", "[Ada](javascript:x) says", "9:7", "`javascript:x`", "https://"),
    ("Markdown in a definition", TERMS, "What a passenger pays", "What a **passenger** pays", "4:15", "Markdown in a definition", "plain text"),
    ("cause after its effect", EVENTS, "causes: [ferry-compact-signed]\n  measures", "causes: [toll-meeting]\n  measures", "37:12", "the cause `toll-meeting` of 2–3 April 1911", "not later"),
    ("overlapping offices of one role", ACTORS, "    - role: Mayor\n      of: westbank\n      from: '1920'", "    - role: Harbour master\n      of: westbank\n      from: '1910'", "13:7", "a second office of `Harbour master`", "1 February 1901"),
    ("office that ends before it begins", ACTORS, "to: '1915'", "to: '1900'", "11:11", "the end 1900, before the beginning", "ends after"),
    ("tie that ends before it begins", ACTORS, "from: '1901', sources", "from: '1901', until: '1899', sources", "18:58", "the end 1899", "ends after"),
    ("death before birth", ACTORS, "born: '1870'", "born: '1870'\n  died: '1860'", "7:9", "the end 1860", "ends after"),
    ("claim of no paragraph", CLAIMS, "paragraph: 1\n", "paragraph: 4\n", "2:14", "the paragraph 4", "1 to 3"),
    ("paragraph in quotes", CLAIMS, "paragraph: 1\n", "paragraph: '1'\n", "2:14", "`1`", "a whole number"),
    ("verdict of another kind", CLAIMS, "verdict: contested", "verdict: occurred", "6:22", "the verdict `occurred` on an assessment", "borne out"),
    ("prediction without criterion", CLAIMS, "  criterion: No crossing in any month before May 1916.\n", "", "7:1", "without `criterion`", "settle"),
    ("verdict without sources", CLAIMS, "text: Opinions differ., sources: [harbour-rolls]", "text: Opinions differ.", "6:12", "without sources", "a source"),
    ("later source under the essay's clock", CLAIMS, "events: [toll-meeting], sources: [gazette-april]", "sources: [harbour-rolls]", "13:83", "the source `harbour-rolls` of 1930", "nothing later than May 1911"),
    ("later event under the essay's clock", CLAIMS, "events: [toll-meeting], sources: [gazette", "events: [ferry-stops], sources: [gazette", "13:82", "the event `ferry-stops`", "nothing later"),
    ("later source of a note", QUAY, "[ferry-compact]", "[harbour-rolls]", "12:15", "the source `harbour-rolls` of 1930", "`since`"),
    ("later event named in a note", QUAY, "bound both towns.", "bound both towns until the end of the ferry.", "14:68", "the event `ferry-stops`", "nothing later"),
    ("undated source of a note", SOURCES, "  date: '1905-06-01'\n", "", f"{QUAY}:12:15", "the undated source `ferry-compact`", "dated by May 1911"),
    ("paragraph without a note", TOLL, "/// counter | A sceptic\n    sources: [gazette-april, ferry-compact]\n\nTomás Oar wanted half.\n///", "", "21:1", "paragraph 3 without a note", "annotation"),
    ("paragraph without a heading", TOLL, "## Paragraph 3 {#p3}", "## Three", "1:1", "no heading for paragraph 3", "## Paragraph 3 {#p3}"),
    ("paragraph of another section", TOLL, "## Paragraph 3 {#p3}", "## Paragraph 1 {#p1}", "21:1", "paragraph 1", "a paragraph of `the-toll`: 2, 3"),
    ("section without a page", ESSAY, "id: the-toll", "id: the-tolls", "11:5", "without a page", "docs/essay/the-tolls.md"),
    ("source twice", SOURCES, "https://ferry.example/rolls", "https://ferry.example/gazette", "23:8", "the address of `gazette-april`", "10"),
    ("checked for nothing", SOURCES, "  checked_for: offices\n", "", "26:12", "`checked` without `checked_for`", "what it was seen to state"),
    ("data file in no folder", "data/terms/x.yaml", None, "a: b\n", "1:1", "where none is looked for", "data/glossary"),
    ("data file of another ending", "data/glossary/x.yml", None, "a: b\n", "1:1", "where none is looked for", "data/glossary"),
]  # fmt: skip


def change(project: Path, file: str, old: str | None, new: str) -> None:
    """Replace a text that occurs, or the whole file."""
    path = project / file
    path.parent.mkdir(parents=True, exist_ok=True)
    if old is None:
        path.write_text(new, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}: the fault would not be made"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def shown(checked: Checked) -> list[str]:
    """All problems as a contributor sees them."""
    return [str(problem) for problem in checked.problems]


def test_the_small_project_is_without_problems() -> None:
    assert shown(load(FERRY)) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "found", "expected"),
    [pytest.param(*row[1:], id=row[0]) for row in FAULTS],
)
def test_fault(project: Path, file: str, old: str | None, new: str, place: str, found: str, expected: str) -> None:
    change(project, file, old, new)
    checked = load(project)
    start = (place if place.count(":") == 2 else f"{file}:{place}") + ": error: "
    at_place = [line for line in shown(checked) if line.startswith(start)]
    assert any(found in line and expected in line.split("; expected ", 1)[1] for line in at_place), shown(checked)
    assert not checked.ok


def test_all_problems_are_reported_in_one_run(project: Path) -> None:
    for _, file, old, new, *_ in (
        row for row in FAULTS if row[0] in ("long definition", "unknown cause", "raw HTML in a page")
    ):
        change(project, file, old, new)
    assert len({problem.at.path for problem in load(project).problems}) == 3


def test_an_entry_that_is_not_understood_is_not_also_reported_as_unknown(project: Path) -> None:
    change(project, TERMS, "definition: What a passenger pays to cross.", "definition: 7")
    assert [line.split(": ")[0] for line in shown(load(project))] == [f"{TERMS}:4:15"]


def test_entries_of_a_file_that_cannot_be_read_are_not_also_reported_as_unknown(project: Path) -> None:
    change(project, EVENTS, "  title: Ferry compact", "  title: Ferry: compact")
    assert [line.split(": ")[0] for line in shown(load(project))] == [f"{EVENTS}:3:15"]


@pytest.mark.parametrize(
    ("change_to", "found"),
    [
        ("unused", "the source `harbour-deeds`, which nothing uses"),
        ("unchecked", "the source `harbour-rolls` without `checked`"),
    ],
)
def test_warnings_stop_nothing(project: Path, change_to: str, found: str) -> None:
    if change_to == "unused":
        text = (project / SOURCES).read_text(encoding="utf-8")
        copy = (
            text[text.index("harbour-rolls:") :].replace("harbour-rolls:", "harbour-deeds:").replace("/rolls", "/deeds")
        )
        change(project, SOURCES, None, text + copy)
    else:
        change(project, SOURCES, "  checked: '2026-11-23'\n  checked_for: offices\n", "")
    checked = load(project)
    assert [problem.severity for problem in checked.problems] == ["warning"]
    assert found in shown(checked)[0]
    assert checked.ok


def test_text_that_is_not_utf_8(project: Path) -> None:
    (project / TERMS).write_bytes("toll:\n  name: péage\n".encode("latin-1"))
    assert f"{TERMS}:2:10: error: the byte 0xe9, which is not UTF-8; expected text saved as UTF-8" in shown(
        load(project)
    )


def test_a_file_of_more_than_a_megabyte(project: Path) -> None:
    (project / TERMS).write_text("#" * 1_000_001, encoding="utf-8")
    assert any(line.startswith(f"{TERMS}:1:1: error: a file of 1,000,001 bytes") for line in shown(load(project)))


@pytest.mark.parametrize("bomb", ["[" * 100_000, "a: " + "{b: " * 5_000, "&a [" + "*a," * 1000 + "]"])
def test_bombs_do_no_harm(project: Path, bomb: str) -> None:
    (project / TERMS).write_text(bomb, encoding="utf-8")
    assert not load(project).ok


def test_an_empty_project_says_what_it_needs(tmp_path: Path) -> None:
    assert shown(load(tmp_path)) == [
        "CITATION.cff:1:1: error: no such file; expected how this work is cited: title, authors, license, and the essay "
        "under references",
        "data/essay.yaml:1:1: error: no such file; expected the title, date and sections of the essay",
    ]


def test_problems_come_in_order_of_file_and_line(project: Path) -> None:
    change(project, TERMS, "[passage fee]", "[Eastbank]")
    change(project, TERMS, "  name: free passage\n", "")
    change(project, ACTORS, "to: '1915'", "to: '1900'")
    problems = load(project).problems
    assert list(problems) == sorted(problems)
    assert len(errors_in(problems)) >= 3


@pytest.mark.parametrize(("found", "nearest"), [("ferry-stop", "ferry-stops"), ("xyzzy", None)])
def test_nearest(found: str, nearest: str | None) -> None:
    assert nearest_to(found, ["ferry-stops", "toll"]) == nearest

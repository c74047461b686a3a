"""Mistakes that people make, one at a time in the real data: each is reported at its line, with what was expected.

`test_checking` holds every promise of the checks in a small project; here it is the data that matter: their size, their
form, and whatever else in them could hide a mistake.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import ROOT
from explainer.layout import ESSAY, data_files
from explainer.reading import Node, parse_yaml
from explainer.site import load_site

PEOPLE, SUMMITS, TESTS = "data/actors/people.yaml", "data/events/summits.yaml", "data/glossary/tests.yaml"
CLAIMS, SOURCES, RESOLUTIONS = "data/claims/after-hanoi.yaml", "data/sources/summits.yaml", "data/events/sanctions.yaml"
HANOI, ESSAY_YAML = "docs/essay/after-hanoi.md", "data/essay.yaml"

# What is wrong | file | entry (None: the whole file) | a pattern | what takes its place, with ► before the place to be
# reported | what was found | what was expected
MISTAKES = [
    # Ids and references.
    ("a misspelt actor", SUMMITS, "hanoi-summit", r"actor: mike-pompeo", "actor: ►mike-pompea", "the unknown actor `mike-pompea`", "`mike-pompeo`?"),
    ("a misspelt source", SUMMITS, "hanoi-summit", r"sources: \[", "sources: [►cgtn-ri-statment-2019, ", "the unknown source", "`cgtn-ri-statement-2019`?"),
    ("a misspelt cause", SUMMITS, "xi-kim-march-2018", r"causes: \[", "causes: [►hanoi-sumit, ", "the unknown event `hanoi-sumit`", "`hanoi-summit`?"),
    ("a cause that is a person", SUMMITS, "xi-kim-march-2018", r"causes: \[", "causes: [►xi-jinping, ", "`xi-jinping`, which is the id of an actor", "the id of an event"),
    ("an event as its own cause", SUMMITS, "xi-kim-march-2018", r"causes: \[", "causes: [►xi-kim-march-2018, ", "the entry itself", "another entry"),
    ("a source twice", SUMMITS, "trump-accepts-invitation-march-2018", r"  sources: \[yonhap-trump-accepts-2018", "  sources: [yonhap-trump-accepts-2018, ►yonhap-trump-accepts-2018", "a second time", "once"),
    ("an id with capitals", TESTS, None, r"^icbm:", "►ICBM:", "`ICBM`", "lower-case"),
    ("an id with an underscore", TESTS, None, r"^icbm:", "►icb_m:", "`icb_m`", "lower-case"),
    ("the id of something else", TESTS, None, r"^icbm:", "►hanoi-summit:", "the id `hanoi-summit` a second time", "an id of its own"),
    ("a link to nothing", TESTS, "nuclear-test", r"All six", "[All](ref:►nuclear-tests) six", "`nuclear-tests`", "`nuclear-test`?"),
    ("see_also to a source", TESTS, "nuclear-test", r"see_also: \[", "see_also: [►wsj-six-tests-2017, ", "which is the id of a source", "the id of an actor"),
    ("a former id in use", TESTS, "icbm", r"  name:", "  formerly: [►hanoi-summit]\n  name:", "the former id `hanoi-summit`", "nothing else"),
    # Fields.
    ("no summary", SUMMITS, "xi-kim-march-2018", r"(.*\n(?:.*\n)*?)  summary: .*\n", r"►\1", "no `summary`", "the field"),
    ("no sources", TESTS, "icbm", r"(.*\n(?:.*\n)*)  sources: .*\n", r"►\1", "no `sources`", "at least one id"),
    ("a misspelt field", SUMMITS, "xi-kim-march-2018", r"  relevance:", "  ►relevence:", "the unknown field `relevence`", "`relevance`?"),
    ("a field of another kind", TESTS, "icbm", r"  definition:", "  ►date: '2017'\n  definition:", "the unknown field `date`", "one of"),
    ("a misspelt field in a list", SUMMITS, "hanoi-summit", r"mike-pompeo, part:", "mike-pompeo, ►role:", "the unknown field `role`", "one of"),
    ("a field twice", SUMMITS, "xi-kim-march-2018", r"  place: (.*)\n", r"  place: \1\n  ►place: \1" + "\n", "the key `place` a second time", "it once"),
    ("an unknown kind", SUMMITS, "xi-kim-march-2018", r"kind: summit", "kind: ►sumit", "`sumit`", "`summit`?"),
    ("the kind of a source as that of an event", SUMMITS, "xi-kim-march-2018", r"kind: summit", "kind: ►news", "`news`", "one of"),
    ("an unknown tie", PEOPLE, "kim-jong-un", r"kind: relative of", "kind: ►related to", "`related to`", "`relative of`"),
    ("a verdict of another kind", CLAIMS, "c01-positions-hardened", r"verdict: \w+", "verdict: ►occurred", "the verdict `occurred` on a fact", "one of"),
    ("an unknown stance", CLAIMS, "c01-positions-hardened", r"stance: for", "stance: ►pro", "`pro`", "one of"),
    ("a definition that is too long", TESTS, "icbm", r"definition: ", "definition: ►" + "very " * 30, "a text of", "at most 160"),
    ("a summary that is too long", SUMMITS, "xi-kim-march-2018", r"summary: ", "summary: ►" + "very " * 30, "a text of", "at most 200"),
    ("one account only", SUMMITS, "xi-kim-march-2018", r"  causes:", "  accounts:\n    ►- {teller: xi-jinping, says: x, sources: [xinhua-xi-kim-march-2018]}\n  causes:", "a list of 1", "at least 2"),
    ("a text for a list", SUMMITS, "xi-kim-march-2018", r"causes: \[.*\]", "causes: ►hanoi-summit", "`hanoi-summit`", "a list"),
    ("a list for a text", SUMMITS, "xi-kim-march-2018", r"title: (.*)", r"title: ►[\1]", "a list", "text"),
    # Dates.
    ("a date without quotes", SUMMITS, "trump-accepts-invitation-march-2018", r"date: '(.*)'", r"date: ►\1", "which YAML reads as a timestamp", "in quotes"),
    ("a year without quotes", PEOPLE, "kim-jong-il", r"born: '.*'", "born: ►1941", "the number 1941", "'1941' in quotes"),
    ("a date the other way round", SUMMITS, "trump-accepts-invitation-march-2018", r"date: '.*'", "date: ►'08-03-2018'", "a malformed date", "a date in quotes"),
    ("a date in words", SUMMITS, "trump-accepts-invitation-march-2018", r"date: '.*'", "date: ►8 March 2018", "a malformed date", "a date in quotes"),
    ("the 30th of February", SUMMITS, "trump-accepts-invitation-march-2018", r"date: '.*'", "date: ►'2018-02-30'", "February 2018 has no day 30", "a date in quotes"),
    ("a thirteenth month", SUMMITS, "trump-accepts-invitation-march-2018", r"date: '.*'", "date: ►'2018-13'", "no such month", "a date in quotes"),
    ("a span with a hyphen", SUMMITS, "xi-kim-march-2018", r"date: '.*'", "date: ►'2018-03-25 - 2018-03-28'", "a malformed date", "a date in quotes"),
    ("a span the wrong way round", SUMMITS, "hanoi-summit", r"date: '(.*)/(.*)'", r"date: ►'\2/\1'", "a span that ends", "a date in quotes"),
    ("an office that ends before it begins", PEOPLE, "kim-jong-un", r"from: '2016-05'(,|\n *)( ?)to: '2021-01'", r"from: '2021-01'\1\2to: ►'2016-05'", "the end May 2016, before the beginning", "ends after"),
    ("a death before the birth", PEOPLE, "kim-jong-il", r"died: '.*'", "died: ►'1911-12-17'", "the end 17 December 1911", "ends after"),
    ("an effect before its cause", SUMMITS, "winter-olympics-2018", r"causes: \[", "causes: [►hanoi-summit, ", "the cause `hanoi-summit`", "not later"),
    # Sources and the two clocks.
    ("an address without https", SOURCES, "tass-ri-2019", r"url: \S+", "url: ►tass.com/world/1046976", "`tass.com/world/1046976`", "https://"),
    ("a source that is there already", SOURCES, "tass-ri-2019", r"url: \S+", "url: ►https://america.cgtn.com/2019/02/28/dprk-fm-ri-yong-ho-disputes-trump-reason-for-summit-collapse", "the address of `cgtn-ri-statement-2019`", "one entry for an address"),
    ("a language in words", SOURCES, "tass-ri-2019", r"language: en", "language: ►English", "`English`", "a language tag"),
    ("later evidence under the essay's clock", CLAIMS, "c01-positions-hardened", r"clock: then\n((?:.*\n)*?)( +sources: \[)", r"clock: then\n\1\2►kbs-kim-reelected-2026, ", "the source `kbs-kim-reelected-2026`", "nothing later"),
    # Prose.
    ("raw HTML", SUMMITS, "xi-kim-march-2018", r"Kim came", "Kim ►<i>came</i>", "raw HTML", "Markdown"),
    ("a link to a page", TESTS, "nuclear-test", r"All six", "[All](►../x.md) six", "a link to `../x.md`", "ref:<id>"),
    ("Markdown in a definition", TESTS, "icbm", r"definition: A", "definition: ►'A **very** long'  #", "Markdown in a definition", "plain text"),
    ("a name that another has", TESTS, "icbm", r"aliases: \[", "aliases: [►Kim, ", "the name `Kim`", "a name that"),
    # YAML.
    ("a colon in a text", SUMMITS, "trump-accepts-invitation-march-2018", r"title: (.*)", r"title: The letter accepted►: \1", "YAML that cannot be read", "valid YAML"),
    ("a bracket left open", SUMMITS, "hanoi-summit", r"aliases: \[(.*)\]\n(  )date", r"aliases: [\1" + "\n" + r"\2date►", "YAML that cannot be read", "valid YAML"),
    ("a tab", SUMMITS, "xi-kim-march-2018", r"  place:", "►\tplace:", "a tab", "spaces"),
    ("a quote left open", SOURCES, "tass-ri-2019", r"date: '2019-02-28'", "date: '2019-02-28", "YAML that cannot be read", "valid YAML"),
    ("`no` as a text", TESTS, "icbm", r"name: .*", "name: ►no", "which YAML reads as a boolean", "in quotes"),
    ("an anchor", TESTS, "icbm", r"name: ", "name: ►&x ", "the anchor &x", "anchors are not allowed"),
    ("an entry moved in", TESTS, None, r"^icbm:", "  ►icbm:", "the unknown field `icbm`", "one of"),
    # Pages and the essay.
    ("a note of no kind", HANOI, None, r"/// context", "►/// contxt", "`contxt`", "context, evidence"),
    ("a note without sources", HANOI, None, r"/// context(.*)\n    sources: .*\n", r"►/// context\1" + "\n", "a note without sources", "sources: [id, id]"),
    ("a misspelt source of a note", HANOI, None, r"    sources: \[", "    sources: [►hanoitimes-schedul-2019, ", "`hanoitimes-schedul-2019`", "`hanoitimes-schedule-2019`?"),
    ("a misspelt link of a page", HANOI, None, r"\(ref:hanoi-summit\)", "(ref:►hanoi-sumit)", "`hanoi-sumit`", "`hanoi-summit`?"),
    ("a diagram of no kind", HANOI, None, r"kind: positions", "kind: ►position", "`position`", "`positions`?"),
    ("a diagram of nothing", HANOI, None, r"kind: positions\nevent: hanoi-summit", "►kind: positions\nevent: xi-kim-march-2018", "a diagram of nothing", "entries to show"),
    ("no heading for a paragraph", HANOI, None, r"\A---((?:.*\n)*)## Paragraph 1 \{#p1\}", r"►---\1## Paragraph one", "no heading for paragraph 1", "## Paragraph 1 {#p1}"),
    ("a paragraph twice", ESSAY_YAML, None, r"(  - )(id: sanctions-have-peaked\n(?:.*\n)*?    paragraphs: \[)", r"\1►\g<2>1, ", "paragraph 1 in a second section", "only"),
    ("a page that is gone", ESSAY_YAML, None, r"  - id: after-hanoi", "  - ►id: before-hanoi", "without a page", "docs/essay/before-hanoi.md"),
]  # fmt: skip


class Copy:
    """A copy of the real project, to make one mistake in at a time."""

    def __init__(self, root: Path) -> None:
        for name in ("data", "docs"):
            shutil.copytree(ROOT / name, root / name)
        shutil.copy(ROOT / "CITATION.cff", root)
        self.root = root

    @contextmanager
    def with_text(self, file: str, text: str) -> Iterator[None]:
        path = self.root / file
        was = path.read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(was, encoding="utf-8")

    def text(self, file: str) -> str:
        return (self.root / file).read_text(encoding="utf-8")

    def problems(self) -> list[str]:
        return [str(problem) for problem in load_site(self.root)[1] if problem.severity == "error"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("real"))


def test_there_are_fifty_kinds_and_none_is_in_the_data_already(copy: Copy) -> None:
    assert len(MISTAKES) >= 50
    assert copy.problems() == []


@pytest.mark.parametrize(
    ("file", "entry", "pattern", "instead", "found", "expected"),
    [pytest.param(*row[1:], id=row[0]) for row in MISTAKES],
)
def test_a_mistake_is_reported_where_it_is(
    copy: Copy, file: str, entry: str | None, pattern: str, instead: str, found: str, expected: str
) -> None:
    text = copy.text(file)
    start, end = (0, len(text)) if entry is None else extent(text, entry)
    changed, count = re.subn(pattern, instead, text[start:end], count=1, flags=re.MULTILINE)
    assert count == 1, f"{pattern} is not in {entry or file}: the mistake would not be made"
    before, mark, after = (text[:start] + changed + text[end:]).partition("►")
    with copy.with_text(file, before + after):
        problems = copy.problems()
    place = f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}: error: " if mark else f"{file}:"
    here = [problem for problem in problems if problem.startswith(place)]
    assert any(found in problem and expected in problem.partition("; expected ")[2] for problem in here), problems
    assert len({problem.partition(":")[0] for problem in problems}) <= 3, "one mistake is not felt everywhere"


def extent(text: str, entry: str) -> tuple[int, int]:
    match = re.compile(rf"^{entry}:\n(?: .*\n|\n)*", re.MULTILINE).search(text)
    assert match, entry
    return match.start(), match.end()


# --- Mistakes that are made by rule, at places drawn by lot ------------------------------------------------------


class Spot(NamedTuple):
    """A value of the data: its file, its entry, the steps to it, and its node."""

    file: str
    entry: str
    steps: tuple[int | str, ...]
    node: Node


def spots(copy: Copy) -> Sequence[Spot]:
    found: list[Spot] = []

    def walk(file: str, entry: str, steps: tuple[int | str, ...], node: Node) -> None:
        found.append(Spot(file, entry, steps, node))
        if isinstance(node.value, dict):
            for key, (_, value) in node.value.items():
                walk(file, entry, (*steps, key), value)
        elif isinstance(node.value, tuple):
            for index, value in enumerate(node.value):
                walk(file, entry, (*steps, index), value)

    for path, kind in data_files(copy.root / "data"):
        file = path.relative_to(copy.root).as_posix()
        node, _ = parse_yaml(path.read_text(encoding="utf-8"), file)
        assert node is not None
        for entry, (_, value) in node.value.items() if kind != ESSAY else ():
            walk(file, entry, (), value)
    return found


@pytest.fixture(scope="module")
def all_spots(copy: Copy) -> Sequence[Spot]:
    return spots(copy)


def lines_without(text: str, first: int, last: int) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(lines[: first - 1] + lines[last:])


LOTS = range(4)


@pytest.mark.parametrize("lot", LOTS)
def test_a_key_is_deleted(copy: Copy, all_spots: Sequence[Spot], lot: int) -> None:
    needed = [spot for spot in all_spots if len(spot.steps) == 1 and spot.steps[0] in ("kind", "title", "url", "name")]
    spot = random.Random(f"key {lot}").choice(needed)
    text = copy.text(spot.file)
    with copy.with_text(spot.file, lines_without(text, spot.node.at.line, spot.node.at.line)):
        problems = copy.problems()
    line = text[: extent(text, spot.entry)[0]].count("\n") + 1
    assert f"{spot.file}:{line}:1: error: no `{spot.steps[0]}`; expected the field (see data/README.md)" in problems


@pytest.mark.parametrize("lot", LOTS)
def test_an_id_is_misspelt(copy: Copy, all_spots: Sequence[Spot], lot: int) -> None:
    lists = ("sources", "causes", "see_also", "events", "supports")
    ids = [
        spot for spot in all_spots if len(spot.steps) > 1 and spot.steps[-2] in lists and "-" in str(spot.node.value)
    ]
    spot = random.Random(f"id {lot}").choice(ids)
    name = spot.node.value
    wrong = name[:-2] + name[-1] + name[-2] if name[-1] != name[-2] else f"{name}x"
    lines = copy.text(spot.file).splitlines(keepends=True)
    at = spot.node.at
    line = lines[at.line - 1]
    lines[at.line - 1] = line[: at.column - 1] + wrong + line[at.column - 1 + len(name) :]
    with copy.with_text(spot.file, "".join(lines)):
        problems = copy.problems()
    (problem,) = (problem for problem in problems if f"`{wrong}`" in problem.partition(";")[0])
    assert problem.startswith(f"{spot.file}:{at.line}:{at.column}: error: ")
    assert "; expected " in problem
    assert problem.rstrip().endswith("`?") or " the id of " in problem


@pytest.mark.parametrize("lot", LOTS)
def test_two_dates_are_swapped(copy: Copy, all_spots: Sequence[Spot], lot: int) -> None:
    spans = [
        spot
        for spot in all_spots
        if isinstance(spot.node.value, dict)
        and {"role", "from", "to"} <= set(spot.node.value)
        and spot.node.value["to"][1].value != "unknown"
        and spot.node.value["from"][1].value[:4] < spot.node.value["to"][1].value[:4]
    ]
    spot = random.Random(f"dates {lot}").choice(spans)
    start, end = (spot.node.value[key][1] for key in ("from", "to"))
    text = copy.text(spot.file)
    lines = text.splitlines(keepends=True)
    for node, new in sorted(((start, end.value), (end, start.value)), key=lambda pair: pair[0].at, reverse=True):
        line = lines[node.at.line - 1]
        column = node.at.column - 1
        lines[node.at.line - 1] = f"{line[:column]}'{new}'{line[column + len(node.value) + 2 :]}"
    with copy.with_text(spot.file, "".join(lines)):
        problems = copy.problems()
    at = end.at
    assert any(p.startswith(f"{spot.file}:{at.line}:") and ", before the beginning " in p for p in problems), problems


@pytest.mark.parametrize("lot", LOTS)
def test_a_block_is_duplicated(copy: Copy, all_spots: Sequence[Spot], lot: int) -> None:
    spot = random.Random(f"block {lot}").choice([spot for spot in all_spots if not spot.steps])
    text = copy.text(spot.file)
    start, end = extent(text, spot.entry)
    with copy.with_text(spot.file, text[:end] + text[start:end] + text[end:]):
        problems = copy.problems()
    line = text[:end].count("\n") + 1
    assert any(
        p.startswith(
            f"{spot.file}:{line}:1: error: the key `{spot.entry}` a second time; expected it once: it stands in "
        )
        for p in problems
    ), problems


@pytest.mark.parametrize("lot", LOTS)
def test_an_indent_is_broken(copy: Copy, all_spots: Sequence[Spot], lot: int) -> None:
    fields = [spot for spot in all_spots if len(spot.steps) == 1 and spot.steps[0] in ("kind", "sources", "language")]
    spot = random.Random(f"indent {lot}").choice(fields)
    lines = copy.text(spot.file).splitlines(keepends=True)
    number = spot.node.at.line
    key = next(n for n in range(number, 0, -1) if lines[n - 1].startswith(f"  {spot.steps[0]}:"))
    lines[key - 1] = f" {lines[key - 1]}"
    with copy.with_text(spot.file, "".join(lines)):
        problems = copy.problems()
    # What follows a line that is set in too far is read as a part of it, so it may be the next one that does not fit.
    place = re.compile(
        rf"{spot.file}:({key - 1}|{key}|{key + 1}):\d+: error: YAML that cannot be read .*; expected valid"
    )
    assert any(place.match(problem) for problem in problems), problems

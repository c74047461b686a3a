"""The canonical form: what it is, that it says the same, and that it is found once only."""

from __future__ import annotations

import re
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import FERRY, ROOT
from explainer.checking import load
from explainer.form import WIDTH, canonical, entry_text, unformed
from explainer.model import Dataset
from explainer.problems import Position
from explainer.reading import UNSEEN, node_of, parse_yaml

HEAD = "# yaml-language-server: $schema=../schema/events.json"
LONG = " ".join(["word"] * 40)


def formed(text: str, kind: str = "events") -> str:
    """The form of a text, without the first two lines, which are always the same."""
    node, problems = parse_yaml(text, "x.yaml")
    assert node is not None, problems
    assert not problems
    head, empty, rest = canonical(text, node, kind, HEAD).split("\n", 2)
    assert (head, empty) == (HEAD, "")
    return rest


# What is made canonical | as it was | as it is then
CASES = [
    ("order of fields", "a:\n  date: '2001'\n  kind: test\n", "a:\n  kind: test\n  date: '2001'\n"),
    ("unknown fields last", "a:\n  x: y\n  kind: test\n", "a:\n  kind: test\n  x: y\n"),
    ("order of nested fields", "a:\n  participants:\n    - {part: host, actor: b}\n", "a:\n  participants:\n    - {actor: b, part: host}\n"),
    ("entries as they stand", "b:\n  kind: test\na:\n  kind: test\n", "b:\n  kind: test\n\na:\n  kind: test\n"),
    ("one empty line", "a:\n\n  kind: test\n\n\n\nb:\n  kind: test\n\n", "a:\n  kind: test\n\nb:\n  kind: test\n"),
    ("dates in quotes", 'a:\n  date: "2018-02~"\n', "a:\n  date: '2018-02~'\n"),
    ("a span in quotes", "a:\n  date: 2018-02/2018-03\n", "a:\n  date: '2018-02/2018-03'\n"),
    ("no quotes without need", "a:\n  title: 'the title'\n", "a:\n  title: the title\n"),
    ("a colon", 'a:\n  title: "so: it is"\n', "a:\n  title: 'so: it is'\n"),
    ("a hash", 'a:\n  title: "no #1"\n', "a:\n  title: 'no #1'\n"),
    ("an apostrophe", "a:\n  title: '''so'' it is: here'\n", "a:\n  title: \"'so' it is: here\"\n"),
    ("an apostrophe and a quote", "a:\n  title: \"'so' \\\"it\\\" is: here\"\n", "a:\n  title: '''so'' \"it\" is: here'\n"),
    ("an apostrophe inside", "a:\n  title: 'it''s here'\n", "a:\n  title: it's here\n"),
    ("a word that is none", "a:\n  title: 'no'\n", "a:\n  title: 'no'\n"),
    ("a number that is a text", "a:\n  title: '1e3'\n", "a:\n  title: '1e3'\n"),
    ("a comma in a list", "a:\n  aliases:\n    - 'b, c'\n    - d\n", "a:\n  aliases: ['b, c', d]\n"),
    ("a comma elsewhere", "a:\n  title: 'b, c'\n", "a:\n  title: b, c\n"),
    ("a list of ids", "a:\n  causes:\n    - b\n    - c\n", "a:\n  causes: [b, c]\n"),
    ("a long list of ids", f"a:\n  causes: [{', '.join(['some-id'] * 30)}]\n", "a:\n  causes:\n" + "    - some-id\n" * 30),
    ("an empty list", "a:\n  votes: {for: 3, against: []}\n", "a:\n  votes: {for: 3, against: []}\n"),
    ("a mapping of a few words", "a:\n  votes:\n    for: 3\n    against: []\n", "a:\n  votes: {for: 3, against: []}\n"),
    ("a list of one mapping", "a:\n  participants: [{actor: b}]\n", "a:\n  participants:\n    - {actor: b}\n"),
    ("a mapping that is too long", f"a:\n  participants:\n    - {{actor: b, part: {LONG[:149]}}}\n", f"a:\n  participants:\n    - actor: b\n      part: >-\n        {LONG[:149]}\n"),
    ("a mapping with prose", "a:\n  accounts:\n    - {teller: b, says: c, sources: [d]}\n", "a:\n  accounts:\n    - teller: b\n      says: c\n      sources: [d]\n"),
    ("short prose", "a:\n  account: >-\n    What\n    happened.\n", "a:\n  account: What happened.\n"),
    ("long prose", f"a:\n  account: {LONG}\n", f"a:\n  account: >-\n    {' '.join(['word'] * 31)}\n    {' '.join(['word'] * 9)}\n"),
    ("prose in lines", "a:\n  account: \"b\\nc\\n\"\n", "a:\n  account: |\n    b\n    c\n"),
    ("prose in paragraphs", "a:\n  account: >-\n    b\n\n\n    c\n", "a:\n  account: |-\n    b\n\n    c\n"),
    ("a word that is too long", f"a:\n  url: {'x' * 200}\n", f"a:\n  url: {'x' * 200}\n"),
    ("a space at the end", "a:\n  title: 'b '\n", "a:\n  title: 'b '\n"),
    ("nothing", "a:\n  title:\n", "a:\n  title:\n"),
    ("a number", "a:\n  paragraph:   3\n", "a:\n  paragraph: 3\n"),
    ("an entry that is none", "a: b\nc:\n  kind: test\n", "a: b\n\nc:\n  kind: test\n"),
    ("a key in quotes", "a:\n  'no': b\n", "a:\n  'no': b\n"),
    # Comments.
    ("a comment on the file", "# All.\n\na:\n  kind: test\n", "# All.\n\na:\n  kind: test\n"),
    ("a comment on an entry", "a:\n  kind: test\n# b is next\nb:\n  kind: test\n", "a:\n  kind: test\n\n# b is next\nb:\n  kind: test\n"),
    ("a comment on a group", "a:\n  kind: test\n# Group\n\n\n# b\nb:\n  kind: test\n", "a:\n  kind: test\n\n# Group\n\n# b\nb:\n  kind: test\n"),
    ("a comment at the end", "a:\n  kind: test\n\n\n# The end\n", "a:\n  kind: test\n\n# The end\n"),
    ("a comment on a field that moves", "a:\n  # When.\n  date: '2001'\n  kind: test\n", "a:\n  kind: test\n  # When.\n  date: '2001'\n"),
    ("a comment behind a value", "a:\n  date: '2001' # or 2002\n  kind: test\n", "a:\n  kind: test\n  date: '2001'  # or 2002\n"),
    ("a comment behind a fold", f"a:\n  account: >-  # by hand\n    {LONG[:99]}\n    {LONG[:54]}\n", f"a:\n  account: >-  # by hand\n    {LONG[:154]}\n"),
    ("a comment on an item", "a:\n  causes:\n    - b\n    # the other\n    - c\n  kind: test\n", "a:\n  kind: test\n  causes: [b, c]\n  # the other\n"),
    ("a comment inside a list", "a:\n  causes: [b, # one\n    c]\n  kind: test\n", "a:\n  kind: test\n  causes: [b, c]  # one\n"),
    ("a comment at the end of an entry", "a:\n  kind: test\n  # no more\nb:\n  kind: test\n", "a:\n  kind: test\n  # no more\n\nb:\n  kind: test\n"),
    ("a comment that is set in too far", "a:\n      # b\n  kind: test\n", "a:\n  # b\n  kind: test\n"),
    ("a hash in prose", "a:\n  account: >-\n    b\n    # c\n    d\n", "a:\n  account: 'b # c d'\n"),
    ("a hash in quotes", "a:\n  title: 'b #c'  # d\n", "a:\n  title: 'b #c'  # d\n"),
]  # fmt: skip


@pytest.mark.parametrize(("was", "is_then"), [pytest.param(*row[1:], id=row[0]) for row in CASES])
def test_form(was: str, is_then: str) -> None:
    assert formed(was) == is_then
    assert formed(is_then) == is_then


def test_a_mapping_stays_on_its_line_as_long_as_it_fits() -> None:
    line = "    - {actor: b, part: " + "x" * (WIDTH - 24) + "}"
    assert len(line) == WIDTH
    assert formed(f"a:\n  participants:\n{line}\n") == f"a:\n  participants:\n{line}\n"
    assert len(formed(f"a:\n  participants:\n{line[:-1]}x}}\n").splitlines()) == 4


def test_the_first_line_names_the_schema_once() -> None:
    node, _ = parse_yaml(f"{HEAD}\na:\n  kind: test\n", "x.yaml")
    assert node is not None
    text = canonical(f"{HEAD}\na:\n  kind: test\n", node, "events", "# yaml-language-server: $schema=other.json")
    assert text == "# yaml-language-server: $schema=other.json\n\na:\n  kind: test\n"


# Everything that a text can be made of, and what YAML has a meaning for more often than chance would.
TEXTS = st.lists(
    st.one_of(
        st.sampled_from([*" \n#:,'\"[]{}-?&*!|>%@`~=\\\t\u2028\x85\xa0\x07é김", ": ", " #", "no", "1e3", "2019-02", "word"]),
        st.text(max_size=3),
    ),
    max_size=60,
).map(lambda parts: UNSEEN.sub("", "".join(parts))).filter(lambda text: not text.isspace())  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_every_text_is_read_as_it_was(text: str) -> None:
    value: dict[str, object] = {
        "title": text,
        "aliases": (text, text),
        "votes": {"for": 1, "against": (text,)},
        "account": text,
    }
    value |= {"positions": ({"actor": text, "offered": (text,)},), "accounts": ({"says": text},), text or "x": "y"}
    written = entry_text("a", node_of(value), "events")
    node, problems = parse_yaml(written, "x.yaml")
    assert problems == ()
    assert node is not None
    assert node.plain() == {"a": value}
    again = canonical(written, node, "events", HEAD)
    assert again == f"{HEAD}\n\n{written}"


COMMENTS = st.lists(
    st.tuples(st.integers(0, 200), st.sampled_from(["# c", "  # c", "    # c", "          # c"])), max_size=6
)


@settings(max_examples=200, deadline=None)
@given(COMMENTS, st.lists(st.integers(0, 200), max_size=4))
def test_no_comment_is_lost_and_one_pass_is_enough(alone: list[tuple[int, str]], behind: list[int]) -> None:
    lines = EVENTS.splitlines()
    blocks = {
        index for index, line in enumerate(lines) if line.startswith(("    The two", "    for two"))
    }  # inside a folded text
    expected = 0
    for index in behind:
        at = index % len(lines)
        if at not in blocks and lines[at] and "#" not in lines[at]:
            lines[at] += "  # b"
            expected += 1
    for at, comment in sorted(((index % len(lines), comment) for index, comment in alone), reverse=True):
        if at not in blocks and at - 1 not in blocks:
            lines.insert(at, comment)
            expected += 1
    text = "\n".join(lines) + "\n"
    node, problems = parse_yaml(text, "x.yaml")
    assert node is not None, problems
    once = formed(text)
    assert len(re.findall(r"# [bc]$", once, re.MULTILINE)) == expected
    assert formed(once) == once
    now, _ = parse_yaml(once, "x.yaml")
    assert now is not None
    assert now.plain() == node.plain()


EVENTS = (FERRY / "data" / "events" / "events.yaml").read_text(encoding="utf-8").replace(
    "  account: They met for two days.\n", "  account: >-\n    The two met\n    for two days.\n"
)  # fmt: skip


def said(dataset: Dataset | None) -> Any:
    """What a data set says, without the places where it says it."""
    assert dataset is not None
    nowhere = Position("", 0, 0)
    values = {field.name: getattr(dataset, field.name) for field in fields(dataset)}
    return {
        name: [(key, entry.model_copy(update={"at": nowhere})) for key, entry in value.items()]
        if isinstance(value, dict)
        else value
        for name, value in values.items()
    }


@pytest.mark.parametrize("source", [ROOT, FERRY], ids=["site", "ferry"])
def test_the_form_changes_nothing_that_is_read(source: Path, tmp_path: Path) -> None:
    for name in ("data", "docs"):
        shutil.copytree(source / name, tmp_path / name)
    shutil.copy(source / "CITATION.cff", tmp_path)
    before = load(tmp_path)
    for file in unformed(tmp_path):
        (tmp_path / file.path).write_text(file.canonical, encoding="utf-8")
    assert list(unformed(tmp_path)) == []
    after = load(tmp_path)
    assert said(after.dataset) == said(before.dataset)
    assert [problem.found for problem in after.problems] == [problem.found for problem in before.problems]


def test_the_data_are_in_their_form() -> None:
    assert [str(file.problem) for file in unformed(ROOT)] == []


# A change to a file in its form | the place and the problem
FAULTS = [
    ("  kind: test\n", "  kind:  test\n", "4:1: error: `kind: test` behind 2 spaces, which is not the canonical form; expected"),
    ("  date: '2001'\n", "  date: \"2001\"\n", "5:1: error: `date: \"2001\"` behind 2 spaces, which is not the canonical form; expected `date: '2001'`"),
    ("\nb:", "b:", "6:1: error: `b:`, which is not the canonical form; expected an empty line (`make format` writes it)"),
    ("# yaml", "#yaml", "1:1: error: `#yaml-language-server: "),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "problem"), FAULTS)
def test_a_file_out_of_form_is_reported_with_its_first_line(tmp_path: Path, old: str, new: str, problem: str) -> None:
    path = tmp_path / "data" / "events" / "x.yaml"
    path.parent.mkdir(parents=True)
    text = f"{HEAD}\n\na:\n  kind: test\n  date: '2001'\n\nb:\n  kind: policy\n"
    path.write_text(text, encoding="utf-8")
    assert list(unformed(tmp_path)) == []
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    (file,) = unformed(tmp_path)
    assert str(file.problem).startswith(f"data/events/x.yaml:{problem}")
    assert file.difference.startswith("--- data/events/x.yaml\n+++ data/events/x.yaml (canonical)\n@@ ")
    assert "\n-" in file.difference or "\n+" in file.difference


def test_a_file_that_cannot_be_read_is_left_to_the_checks(tmp_path: Path) -> None:
    path = tmp_path / "data" / "events" / "x.yaml"
    path.parent.mkdir(parents=True)
    for text in ("a: [", "a: 1\na: 2\n", "a: &x b\n", "- a\n", ""):
        path.write_text(text, encoding="utf-8")
        assert list(unformed(tmp_path)) == []

"""The strict reader of YAML: values, places, and what it refuses. Faults as contributors meet them: test_checking."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from explainer.problems import Position
from explainer.reading import DEEPEST_NESTING, UNSEEN, Misread, files_under, parse_yaml, read_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1\nb: x", {"a": 1, "b": "x"}),
        ("a: [x, 'no', \"2019\"]", {"a": ("x", "no", "2019")}),
        ("a: >-\n  one\n  two\n", {"a": "one two"}),
        ("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}),
        ("a: {b: {c: d}}", {"a": {"b": {"c": "d"}}}),
        ("a: 012", {"a": Misread("012", "a number")}),
        ("a: 1_000", {"a": Misread("1_000", "a number")}),
        ("a: -1", {"a": Misread("-1", "a number")}),
        ("a: yes", {"a": Misread("yes", "a boolean")}),
        ("a: ~", {"a": Misread("~", "nothing")}),
        ("a: 2019-01-02", {"a": Misread("2019-01-02", "a timestamp")}),
        ("a: 김정은", {"a": "김정은"}),
    ],
)
def test_values(text: str, value: object) -> None:
    node, problems = parse_yaml(text, "x.yaml")
    assert problems == ()
    assert node is not None
    assert node.plain() == value


def test_places() -> None:
    node, _ = parse_yaml("a:\n  - b: c\n    é: d\n", "x.yaml", first_line=10)
    assert node is not None
    assert node.find(("a", 0, "é"))[0].at == Position("x.yaml", 12, 8)
    assert node.find(("a", 0))[0].key_at("é") == Position("x.yaml", 12, 5)
    assert node.find(("a", 7, "x")) == (node.find(("a",))[0], (7, "x"))


def is_seen(text: str) -> bool:
    return not UNSEEN.search(text) and not (text and text.isspace())


@given(
    st.recursive(
        st.text(alphabet=st.characters(codec="utf-8"), max_size=20).filter(is_seen),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.from_regex("[a-z]{1,5}", fullmatch=True), inner, max_size=3)
        ),
        max_leaves=20,
    )
)
def test_whatever_is_written_as_text_reads_back(value: object) -> None:
    node, problems = parse_yaml(yaml.safe_dump({"root": value}, allow_unicode=True, default_style='"'), "x.yaml")
    assert problems == ()
    assert node is not None
    assert node.plain()["root"] == _tuples(value)


def _tuples(value: object) -> object:
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return value


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    node, problems = parse_yaml(text, "x.yaml")
    assert (
        node is not None
        or problems
        or not text.replace("\ufeff", "").strip()
        or text.lstrip().startswith(("#", "---", "...", "%"))
    )


def test_what_yaml_itself_refuses_has_a_place() -> None:
    node, (problem,) = parse_yaml("a: b\nc: \x07d\n", "x.yaml", first_line=5)
    assert node is None
    assert (problem.at, problem.expected) == (("x.yaml", 6, 4), "printable text")


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_nesting_has_an_end(opening: str, closing: str) -> None:
    """The most levels are read; at one more, reading stops where that begins."""
    levels = DEEPEST_NESTING
    assert parse_yaml(f"{opening * levels}{closing * levels}", "x.yaml")[1] == ()
    _, (problem,) = parse_yaml(f"{opening * (levels + 1)}{closing * (levels + 1)}", "x.yaml")
    assert (problem.at, problem.found) == (("x.yaml", 1, levels * len(opening) + 1), "nesting too deep")


def test_a_byte_order_mark_and_windows_line_ends_are_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("\ufeffa: b\r\n".encode())
    assert read_text(path, "x.yaml") == ("a: b\n", ())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    _, problems = read_text(tmp_path / "none.yaml", "none.yaml")
    assert [problem.at for problem in problems] == [("none.yaml", 1, 1)]


def test_files_come_in_one_order(tmp_path: Path) -> None:
    for name in ("b.yaml", "a/z.yaml", "a.yaml", "c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [path.relative_to(tmp_path).as_posix() for path in files_under(tmp_path, ".yaml")] == [
        "a.yaml",
        "a/z.yaml",
        "b.yaml",
    ]

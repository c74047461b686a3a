"""The forms in which problems are reported."""

from __future__ import annotations

import json

import pytest

from explainer.problems import Position, Problem, error, shortened, warning
from explainer.reporting import FORMATS

# What is special | the problem | the workflow command
COMMANDS = [
    ("an error", error(Position("data/a.yaml", 3, 5), "`x`", "a date"), "::error file=data/a.yaml,line=3,col=5::`x`; expected a date"),
    ("a warning", warning(Position("data/a.yaml", 1, 1), "x", "y"), "::warning file=data/a.yaml,line=1,col=1::x; expected y"),
    ("colons", error(Position("a.yaml", 1, 1), "a: b, c", "::error::d"), "::error file=a.yaml,line=1,col=1::a: b, c; expected ::error::d"),
    ("a percent sign", error(Position("a.yaml", 1, 1), "5%0A", "y"), "::error file=a.yaml,line=1,col=1::5%250A; expected y"),
    ("lines that nothing escaped", Problem(Position("a.yaml", 1, 1), "error", "a\r\nb", "y"), "::error file=a.yaml,line=1,col=1::a%0D%0Ab; expected y"),
    ("a path that nothing escaped", Problem(Position("a,b:c%\n.yaml", 1, 1), "error", "x", "y"), "::error file=a%2Cb%3Ac%25%0A.yaml,line=1,col=1::x; expected y"),
    ("lines", error(Position("a.yaml", 1, 1), "a\r\nb", "y"), "::error file=a.yaml,line=1,col=1::a\\r\\nb; expected y"),
    ("a path of all kinds", error(Position("a,b:c%\n.yaml", 1, 1), "x", "y"), "::error file=a%2Cb%3Ac%25\\n.yaml,line=1,col=1::x; expected y"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "command"), [pytest.param(*row[1:], id=row[0]) for row in COMMANDS])
def test_commands_for_github(problem: Problem, command: str) -> None:
    assert FORMATS["github"]([problem]) == f"{command}\n"


def test_what_is_quoted_is_short_and_in_one_line() -> None:
    assert shortened("a\n b") == "`a b`"
    assert shortened("x" * 60) == f"`{'x' * 60}`"
    assert shortened("x" * 61) == f"`{'x' * 59}…`"
    assert shortened("\x07" * 61, limit=10) == "`\\x07\\x07\\…`"


def test_json_has_everything() -> None:
    problems = [error(Position("a.yaml", 3, 5), "`é`", "a date"), warning(Position("b.yaml", 1, 1), "x", "y")]
    assert json.loads(FORMATS["json"](problems)) == {
        "errors": 1,
        "warnings": 1,
        "problems": [
            {"path": "a.yaml", "line": 3, "column": 5, "severity": "error", "found": "`é`", "expected": "a date"},
            {"path": "b.yaml", "line": 1, "column": 1, "severity": "warning", "found": "x", "expected": "y"},
        ],
    }


def test_text_is_one_line_each() -> None:
    assert (
        FORMATS["text"]([error(Position("a.yaml", 3, 5), "`x`", "y")] * 2) == "a.yaml:3:5: error: `x`; expected y\n" * 2
    )


@pytest.mark.parametrize("name", FORMATS)
def test_no_problems(name: str) -> None:
    written = FORMATS[name]([])  # type: ignore[index] # the names are its keys
    assert (json.loads(written)["problems"] if name == "json" else written) in ([], "")

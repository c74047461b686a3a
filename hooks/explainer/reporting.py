"""Problems, in the forms in which people and programs read them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from .problems import Problem, errors_in

Format = Literal["text", "github", "json"]


def as_text(problems: Sequence[Problem]) -> str:
    """One line for each, as compilers write them; editors and terminals make links of them."""
    return "".join(f"{problem}\n" for problem in problems)


def as_github(problems: Sequence[Problem]) -> str:
    """Workflow commands of GitHub Actions, which shows each problem beside its line in the pull request.

    See "Workflow commands for GitHub Actions" in GitHub's documentation; the escapes are those of its toolkit.
    """
    lines = []
    for problem in problems:
        path, line, column = problem.at
        message = _escaped(f"{problem.found}; expected {problem.expected}")
        place = f"file={_escaped_property(path)},line={line},col={column}"
        lines.append(f"::{problem.severity} {place}::{message}\n")
    return "".join(lines)


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def as_json(problems: Sequence[Problem]) -> str:
    """One object: how many errors and warnings there are, and all of them."""
    errors = len(errors_in(problems))
    listed = [
        {
            "path": problem.at.path,
            "line": problem.at.line,
            "column": problem.at.column,
            "severity": problem.severity,
            "found": problem.found,
            "expected": problem.expected,
        }
        for problem in problems
    ]
    whole = {"errors": errors, "warnings": len(problems) - errors, "problems": listed}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


FORMATS: Mapping[Format, Callable[[Sequence[Problem]], str]] = {"text": as_text, "github": as_github, "json": as_json}
"""How to write problems, by the name of the format."""

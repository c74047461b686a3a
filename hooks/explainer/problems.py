"""What is wrong with the input, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Position(NamedTuple):
    """A place in an input file.

    `path` is written as it should be shown: relative to the project folder, with forward slashes. `line` and `column`
    count from 1; the column counts characters, not bytes.
    """

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with the input.

    `found` says what is there, `expected` what should be; neither ends in a full stop. An error stops the build, a
    warning does not.
    """

    at: Position
    severity: Severity
    found: str
    expected: str

    def __str__(self) -> str:
        """Give the problem in the form that editors and compilers agree on: ``path:line:column: error: …``."""
        path, line, column = self.at
        return f"{path}:{line}:{column}: {self.severity}: {self.found}; expected {self.expected}"


def error(at: Position, found: str, expected: str) -> Problem:
    """Make a problem that stops the build."""
    return _problem(at, "error", found, expected)


def warning(at: Position, found: str, expected: str) -> Problem:
    """Make a problem that is worth mending but stops nothing."""
    return _problem(at, "warning", found, expected)


def _problem(at: Position, severity: Severity, found: str, expected: str) -> Problem:
    """Make a problem that any terminal can show, whatever the input holds and however its files are called."""
    shown = (_printable(text if len(text) <= 1000 else f"{text[:999]}…") for text in (found, expected))
    return Problem(at._replace(path=_printable(at.path)), severity, *shown)


def _printable(text: str) -> str:
    if text.isprintable():  # as most are
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def errors_in(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Keep only the problems that stop the build."""
    return tuple(problem for problem in problems if problem.severity == "error")


def shortened(text: str, limit: int = 60) -> str:
    """Quote a piece of input inside a message: on one line, of bounded length, with control characters escaped."""
    flat = " ".join(text.split())
    shown = _printable(flat)
    return f"`{shown if len(shown) <= limit else shown[: limit - 1] + '…'}`"

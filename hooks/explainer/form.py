"""The canonical form of a data file: one way to write what it says, so that a change shows only what it changes.

- First the comment by which editors find the schema, then an empty line. One empty line between entries.
- Fields in the order of the model; entries, and the items of lists, as they stand.
- A list or a mapping on one line if it fits there, else one item a line. Never on one line: a mapping with prose, a list
  of mappings.
- A text in quotes only where it needs them, single ones if it can; a date always. A text that is too long for its line
  is folded (``>-``), one of several lines is written as it is (``|-``).
- Comments stay before what they stood before, or behind what they stood behind.

The form depends on what a file says and on its comments, not on how it was written; and it reads as what it was made
from.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from .fields import field_names, holds_prose, part_in
from .layout import ESSAY, KINDS, SCHEMA_COMMENT, data_files, schema_comment
from .model import Part
from .problems import Position, Problem, error, shortened
from .reading import Misread, Node, parse_yaml, read_text, reads_as_text

WIDTH = 160
"""Columns of the longest line, if what is on it can be broken."""

INDENT = 2


@dataclass(frozen=True, slots=True)
class Unformed:
    """A file that is not in its canonical form. `path` is as problems show it."""

    path: str
    text: str
    canonical: str

    @property
    def problem(self) -> Problem:
        """Where the file leaves the form for the first time."""
        found, wanted = self.text.split("\n"), self.canonical.split("\n")
        line = next((n for n, (one, other) in enumerate(zip(found, wanted, strict=False)) if one != other), None)
        if line is None:
            line = min(len(found), len(wanted)) - 1
        shown = [_shown(lines[line]) if line < len(lines) else "the end of the file" for lines in (found, wanted)]
        at = Position(self.path, line + 1, 1)
        return error(at, f"{shown[0]}, which is not the canonical form", f"{shown[1]} (`make format` writes it)")

    @property
    def difference(self) -> str:
        """What `make format` would change, as a unified diff."""
        lines = difflib.unified_diff(
            self.text.splitlines(), self.canonical.splitlines(), self.path, f"{self.path} (canonical)", "", "", 1, ""
        )
        return "\n".join(lines)


def _shown(line: str) -> str:
    indent = len(line) - len(line.lstrip())
    if not line.strip():
        return "an empty line"
    return shortened(line) + (f" behind {indent} spaces" if indent else "")


def unformed(root: Path, data: str = "data") -> Iterator[Unformed]:
    """Go through the data files of a project that are not in their canonical form.

    Files with faults that keep them from being read are passed over; the checks report those.
    """
    folder = root / data
    for path, kind in data_files(folder):
        shown = path.relative_to(root).as_posix()
        text, problems = read_text(path, shown)
        node, faults = parse_yaml(text, shown)
        if problems or faults or node is None or not isinstance(node.value, dict):
            continue
        wanted = canonical(text, node, kind, schema_comment(path.relative_to(folder), kind))
        if wanted != text:
            yield Unformed(shown, text, wanted)


def canonical(text: str, root: Node, kind: str, head: str) -> str:
    """Write a data file in its canonical form.

    Args:
        text: The file as it is, for its comments.
        root: What it says: a mapping.
        kind: Which of `layout.KINDS` it is.
        head: Its first line (see `layout.schema_comment`).
    """
    if kind == ESSAY:
        lines = list(_mapping(root, 0, KINDS[kind]))
    else:
        entries = root.value.items()
        lines = [line for entry_id, (at, node) in entries for line in _entry(at, node, entry_id, KINDS[kind])]
    return "\n".join([head, "", *_with_comments(lines, _comments(text, root))]) + "\n"


def entry_text(entry_id: str, entry: Node, kind: str) -> str:
    """Write one entry as it stands in a file of its kind."""
    return "".join(f"{line.text}\n" for line in _entry(entry.at, entry, entry_id, KINDS[kind]))


# --- Lines -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the form. `begins` says where in the file stood what begins on it, if anything does."""

    text: str
    begins: tuple[Position, ...] = ()
    opens_entry: bool = False


def _entry(at: Position, node: Node, entry_id: str, kind: type[Part]) -> Iterator[_Line]:
    if isinstance(node.value, dict) and node.value:
        yield _Line(f"{_scalar(entry_id)}:", (at,), opens_entry=True)
        yield from _mapping(node, INDENT, kind)
    else:
        first, *rest = _value(f"{_scalar(entry_id)}:", (at,), node, 0, None)
        yield _Line(first.text, first.begins, opens_entry=True)
        yield from rest


def _mapping(node: Node, indent: int, kind: type[Part] | None) -> Iterator[_Line]:
    for key in _ordered(node, kind):
        at, value = node.value[key]
        yield from _value(f"{_scalar(key)}:", (at,), value, indent, part_in(kind, key))


def _ordered(node: Node, kind: type[Part] | None) -> list[str]:
    """The keys of a mapping: known ones in the order of the model, then the others as they stand."""
    known = field_names(kind)
    found = node.value
    return [*(key for key in known if key in found), *(key for key in found if key not in known)]


def _value(
    lead: str, begins: tuple[Position, ...], node: Node, indent: int, kind: type[Part] | None
) -> Iterator[_Line]:
    """Write a value behind its key, or behind the dash of a list."""
    pad = " " * indent
    value = node.value
    if isinstance(value, str):
        yield from _text(f"{pad}{lead}", begins, value, indent + INDENT)
    elif not isinstance(value, (dict, tuple)):
        yield _Line(f"{pad}{lead} {_number(value)}".rstrip(), begins)
    elif (flow := _flow(node, kind)) is not None and (not value or len(pad) + len(lead) + 1 + len(flow) <= WIDTH):
        yield _Line(f"{pad}{lead} {flow}", begins)
    elif isinstance(value, dict) and lead == "-":
        first, *rest = _mapping(node, indent + INDENT, kind)
        yield _Line(f"{pad}- {first.text.lstrip()}", (*begins, *first.begins))
        yield from rest
    else:
        yield _Line(f"{pad}{lead}", begins)
        if isinstance(value, dict):
            yield from _mapping(node, indent + INDENT, kind)
        else:
            for item in value:
                dash = item.at._replace(column=max(item.at.column - INDENT, 1))
                yield from _value("-", (dash,), item, indent + INDENT, kind)


def _flow(node: Node, kind: type[Part] | None) -> str | None:
    """Write a value on one line, inside another one; None if it has to have lines of its own."""
    value = node.value
    if isinstance(value, str):
        return None if "\n" in value else _scalar(value, in_flow=True)
    if isinstance(value, dict):
        if value and holds_prose(kind):
            return None
        fields = [(key, _flow(value[key][1], part_in(kind, key))) for key in _ordered(node, kind)]
        if any(flow is None for _, flow in fields):
            return None
        return "{" + ", ".join(f"{_scalar(key, in_flow=True)}: {flow}" for key, flow in fields) + "}"
    if isinstance(value, tuple):
        items = [None if isinstance(item.value, dict) else _flow(item, kind) for item in value]
        return None if None in items else "[" + ", ".join(map(str, items)) + "]"
    return _number(value) or None


def _number(value: int | Misread) -> str:
    return value.raw if isinstance(value, Misread) else str(value)


# --- Texts -------------------------------------------------------------------------------------------------------

_ESCAPED = re.compile("[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Characters that can stand in a YAML file only as escapes in double quotes, or would be taken for ends of lines."""

_GAP = re.compile("(?<! ) (?! )")
"""A single space: where a folded text may be broken."""

_NEWLINE = "\n"

_QUOTED = re.compile(
    r"""[-?:,\[\]{}#&*!|>'"%@`=<~\s]"""  # indicators
    r"|\d{4}(-\d\d){0,2}~?(/|$)"  # dates
    r"|[-+.]?\d[\d_.,:eExXoO+-]*$"  # what some version of YAML takes for a number
)
"""The beginning of a text that needs quotes, or has them so that people see what it is."""


def _text(lead: str, begins: tuple[Position, ...], text: str, indent: int) -> Iterator[_Line]:
    """Write a text behind its key; on lines of its own with an indent, if it does not fit or has several."""
    line = f"{lead} {_scalar(text)}"
    plain = not _has_escapes(text) and text[:1] not in (" ", "\n")
    if plain and "\n" in text and not text.endswith("\n\n"):
        yield _Line(f"{lead} {'|' if text.endswith(_NEWLINE) else '|-'}", begins)
        for part in text.removesuffix("\n").split("\n"):
            yield _Line(f"{' ' * indent}{part}" if part else "")
    elif plain and len(line) > WIDTH and text[-1] != " " and _GAP.search(text):
        yield _Line(f"{lead} >-", begins)
        for part in _folded(text, WIDTH - indent):
            yield _Line(f"{' ' * indent}{part}")
    else:
        yield _Line(line, begins)


def _folded(text: str, width: int) -> Iterator[str]:
    """Break a text at single spaces into lines that are as long as they may be."""
    rest = text
    while len(rest) > width:
        at = rest.rfind(" ", 0, width + 1)
        while at > 0 and not _GAP.match(rest, at):
            at = rest.rfind(" ", 0, at)
        if at <= 0:  # a word that is longer than a line
            gap = _GAP.search(rest, width)
            if gap is None:
                break
            at = gap.start()
        yield rest[:at]
        rest = rest[at + 1 :]
    yield rest


def _has_escapes(text: str) -> bool:
    if text.isascii():  # as most are
        return not (text.isprintable() or text.replace("\n", "").isprintable())
    return _ESCAPED.search(text) is not None


@lru_cache(100_000)
def _scalar(text: str, *, in_flow: bool = False) -> str:
    """Write a text on one line, in quotes if it needs them; ids, which are most of them, come again and again."""
    if "\n" in text or _has_escapes(text):
        return '"' + re.sub(r'["\\\n]|' + _ESCAPED.pattern, _escape, text) + '"'
    if _is_plain(text, in_flow=in_flow):
        return text
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _is_plain(text: str, *, in_flow: bool) -> bool:
    if not text or _QUOTED.match(text) or text[-1] in ": " or ": " in text or " #" in text:
        return False
    return reads_as_text(text) and not (in_flow and re.search(r"[,\[\]{}]", text))


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in '"\\':
        return f"\\{character}"
    if character in "\n\t":
        return {"\n": "\\n", "\t": "\\t"}[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# --- Comments ----------------------------------------------------------------------------------------------------


class _Comment(NamedTuple):
    """A comment. `alone` if nothing else is on its line, `apart` if an empty line follows."""

    at: Position
    text: str
    alone: bool
    apart: bool


_QUOTED_KEY = re.compile(r"""'(?:[^']|'')*'|"(?:[^"\\]|\\.)*\"""")
_HASH = re.compile(r"(?:^|(?<=[ \t]))#", re.MULTILINE)


def _comments(text: str, root: Node) -> list[_Comment]:
    """Find the comments of a file, without the one that names the schema."""
    found: list[_Comment] = []
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    spans = sorted(_spans(text, root, starts))
    for match in _HASH.finditer(text):
        start = match.start()
        line = bisect_right(starts, start) - 1
        before = bisect_right(spans, (start, len(text))) - 1
        if (before >= 0 and start < spans[before][1]) or (found and found[-1].at.line == line + 1):
            continue  # in a text, or in a comment
        comment = text[start:].partition("\n")[0].rstrip()
        if line == 0 and comment.startswith(SCHEMA_COMMENT):
            continue
        following = text[starts[line + 1] :].partition("\n")[0] if line + 1 < len(starts) else "-"
        alone = not text[starts[line] : start].strip()
        at = Position(root.at.path, line + 1, start - starts[line] + 1)
        found.append(_Comment(at, comment, alone, not following.strip()))
    return found


def _spans(text: str, node: Node, starts: list[int]) -> Iterator[tuple[int, int]]:
    """The stretches of a file that are texts, keys or values, in which a # is no comment."""
    if isinstance(node.value, dict):
        for at, value in node.value.values():
            start = starts[at.line - 1] + at.column - 1
            quoted = _QUOTED_KEY.match(text, start)
            yield start, quoted.end() if quoted else text.index(":", start)
            yield from _spans(text, value, starts)
    elif isinstance(node.value, tuple):
        for value in node.value:
            yield from _spans(text, value, starts)
    else:
        start = starts[node.at.line - 1] + node.at.column - 1
        written = node.written or (node.value if isinstance(node.value, str) else _number(node.value))
        # The first line of a block (`>-`) may end in a comment.
        header = len(written.partition("\n")[0]) if written.startswith(("|", ">")) and node.written else 0
        yield start + header, start + len(written)


def _with_comments(lines: list[_Line], comments: list[_Comment]) -> Iterator[str]:
    """Put the comments where they belong, and the empty lines between entries."""
    places = sorted((place, index) for index, line in enumerate(lines) for place in line.begins)
    positions = [place for place, _ in places]
    before: dict[int, list[_Comment]] = {}
    after: dict[int, list[str]] = {}
    behind: dict[int, str] = {}
    for comment in comments:
        following = bisect_left(positions, comment.at)
        last = following - 1
        if not comment.alone and last >= 0:
            index = places[last][1]
            if positions[last].line == comment.at.line and index not in behind:
                behind[index] = comment.text
            else:
                before.setdefault(index, []).append(comment)
        elif last >= 0 and _belongs_above(comment, positions[last], positions[following : following + 1]):
            index = places[last][1]
            end = next((n for n in range(index + 1, len(lines)) if lines[n].begins), len(lines))
            after.setdefault(end, []).append(f"{_indent_of(lines[index])}{comment.text}")
        else:
            index = places[following][1] if following < len(places) else len(lines)
            before.setdefault(index, []).append(comment)
    for index, line in enumerate([*lines, _Line("", opens_entry=True)]):
        yield from after.get(index, ())
        last_line = index == len(lines)
        heads = before.get(index, [])
        if line.opens_entry and index and (heads or not last_line):
            yield ""
        for number, comment in enumerate(heads):
            yield f"{_indent_of(line)}{comment.text}"
            if line.opens_entry and comment.apart and not (last_line and number == len(heads) - 1):
                yield ""
        if not last_line:
            yield line.text + (f"  {behind[index]}" if index in behind else "")


def _belongs_above(comment: _Comment, above: Position, below: Sequence[Position]) -> bool:
    """Whether a comment on its own line is at the end of what stands above it, as its indent says."""
    if above.column == 1:
        return False
    return comment.at.column > 1 if not below else above.column >= below[0].column < comment.at.column


def _indent_of(line: _Line) -> str:
    return line.text[: len(line.text) - len(line.text.lstrip())]

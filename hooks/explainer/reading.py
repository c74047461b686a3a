"""YAML text to plain values that remember where they stood.

The only module that opens input files. It reads a strict subset of YAML 1.1, straight from the parser's events, so that
nothing is lost on the way (PyYAML's own loader keeps the last of two equal keys without a word, and expands aliases).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from .problems import Position, Problem, error, shortened

LARGEST_FILE: Final = 1_000_000
"""Bytes. No file that people edit by hand is larger, and one that is could be meant to exhaust the machine."""

DEEPEST_NESTING: Final = 12
"""Levels of mappings and lists. The model needs seven."""

UNSEEN: Final = re.compile(
    "["
    "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f"  # control characters, which terminals obey and XML cannot hold
    "\\u202a-\\u202e\\u2066-\\u2069"  # they turn the text around them
    "\\u00ad\\u180e\\u200b\\u2060-\\u2064\\u206a-\\u206f\\ufeff\\ufff9-\\ufffb\\U000e0000-\\U000e007f"  # they have no width
    "\\u115f\\u1160\\u2800\\u3164\\uffa0"  # letters and signs that are blank
    "\\u2028\\u2029"  # they end a line for some programs only
    "\\ud800-\\udfff\\ufdd0-\\ufdef"  # no characters at all
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
"""Characters that nobody sees. Names with them pass for others, and what they do to a page depends on the browser.

Joiners and the marks of direction for single characters are not among them: some scripts cannot be written without.
"""

_WORDS: Final = re.compile(r"\S+")
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Final = yaml.resolver.Resolver()
_TEXT_TAG: Final = "tag:yaml.org,2002:str"
_READ_AS: Final = {
    "tag:yaml.org,2002:bool": "a boolean",
    "tag:yaml.org,2002:int": "a number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:null": "nothing",
    "tag:yaml.org,2002:timestamp": "a timestamp",
    "tag:yaml.org,2002:merge": "a merge key",
    "tag:yaml.org,2002:value": "a default value",
}


@dataclass(frozen=True, slots=True)
class Misread:
    """A scalar that YAML does not read as text: `raw` is how it is written, `read_as` what YAML makes of it."""

    raw: str
    read_as: str


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value of a data file and the place where it begins.

    `value` is a text, a whole number, a `Misread`, a tuple of nodes, or a dict from key to (place of the key, node);
    `written` how a text stands in the file, if that is not just as it reads. Two nodes are equal only if they are one.
    """

    at: Position
    value: Any
    written: str | None = None

    def place(self, offset: int) -> Position:
        """Give the place in the file of an offset in this text.

        Exact for texts in one line and for blocks; within a quoted text with escapes, close.
        """
        if self.written is None:
            return self.at._replace(column=self.at.column + offset)
        # YAML folds lines and keeps words: find the same word in the text as it is written.
        read, written = _words(self.value), _words(self.written)
        before = bisect_right(read, offset)
        in_block = self.written[0] in "|>"
        index = before - 1 + in_block
        if not before or index >= len(written):
            return self.at
        inside = offset - read[before - 1]
        start = written[index] + inside + (index == 0 and not in_block)
        line = self.written.count("\n", 0, start)
        column = start - (self.written.rfind("\n", 0, start) + 1) + (1 if line else self.at.column)
        return Position(self.at.path, self.at.line + line, column)

    def plain(self) -> Any:
        """Give the value without places: texts, numbers, tuples and dicts. A `Misread` stays as it is."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, (_, node) in self.value.items()}
        if isinstance(self.value, tuple):
            return tuple(node.plain() for node in self.value)
        return self.value

    def find(self, steps: tuple[int | str, ...]) -> tuple[Node, tuple[int | str, ...]]:
        """Follow keys and indices as far as they lead; give the node reached and the steps that led nowhere."""
        node = self
        for taken, step in enumerate(steps):
            if isinstance(node.value, dict) and step in node.value:
                node = node.value[step][1]
            elif isinstance(node.value, tuple) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
            else:
                return node, steps[taken:]
        return node, ()

    def key_at(self, key: str) -> Position:
        """Where a key of this mapping stands; where the mapping begins, if it has no such key."""
        return self.value[key][0] if isinstance(self.value, dict) and key in self.value else self.at


@lru_cache(16)
def _words(text: str) -> tuple[int, ...]:
    """Where the words of a text begin: a text with one problem often has many."""
    return tuple(match.start() for match in _WORDS.finditer(text))


def node_of(value: Any) -> Node:
    """Make a node, at no place, of plain texts, numbers, lists and mappings; nodes among them stay as they are."""
    if isinstance(value, Node):
        return value
    nowhere = Position("", 1, 1)
    if isinstance(value, dict):
        return Node(nowhere, {key: (nowhere, node_of(each)) for key, each in value.items()})
    if isinstance(value, (list, tuple)):
        return Node(nowhere, tuple(map(node_of, value)))
    return Node(nowhere, value)


def read_text(path: Path, shown: str) -> tuple[str, tuple[Problem, ...]]:
    """Read a UTF-8 file.

    Args:
        path: The file.
        shown: How problems name it.

    Returns:
        The text, empty if it cannot be read; the problems.
    """
    start = Position(shown, 1, 1)
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            return "", (error(start, f"a file of {size:,} bytes", f"at most {LARGEST_FILE:,} bytes; split it"),)
        data = path.read_bytes()
    except OSError as problem:
        return "", (error(start, f"a file that cannot be read ({problem.strerror})", "a readable file"),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        before = data[: problem.start].decode("utf-8")
        at = Position(shown, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        return "", (error(at, f"the byte 0x{data[problem.start]:02x}, which is not UTF-8", "text saved as UTF-8"),)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return text, _unseen_characters(text, shown)


@lru_cache(512)
def _unseen_characters(text: str, shown: str) -> tuple[Problem, ...]:
    """Report the first of the characters that nobody sees in each line."""
    lines = ((number, _find_unseen(line)) for number, line in enumerate(text.split("\n"), 1))
    return tuple(_unseen(Position(shown, number, match.start() + 1), match[0]) for number, match in lines if match)


def _find_unseen(text: str) -> re.Match[str] | None:
    # Most lines are of letters that Python knows at once to be seen: the expression has many ranges to try for each.
    return None if text.isascii() and text.isprintable() else UNSEEN.search(text)


def _unseen(at: Position, character: str) -> Problem:
    return error(at, f"the character U+{ord(character):04X}, which nobody sees", "characters that show")


def read_yaml(path: Path, shown: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """Read a YAML file; like `parse_yaml`, with the problems of `read_text`."""
    text, problems = read_text(path, shown)
    return (None, problems) if problems else parse_yaml(text, shown)


@lru_cache(512)
def parse_yaml(text: str, shown: str, first_line: int = 1) -> tuple[Node | None, tuple[Problem, ...]]:
    """Read YAML.

    Args:
        text: The text of one document. (One that was read before is not read again: of a project that is being
            edited, most files are as they were.)
        shown: The path to name in problems.
        first_line: The line of the file on which the text begins.

    Returns:
        The value, or None if it is empty or cannot be read; everything that is wrong with it. Problems of form
        (syntax, tabs) end the reading; the others (duplicate keys, aliases, tags) are all reported.
    """
    builder = _Builder(text, shown, first_line - 1)
    try:
        for event in iter(_LOADER(text).get_event, None):
            if not builder.take(event):
                break
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        at = builder.position(mark) if mark else Position(shown, first_line, 1)
        line = text.split("\n")[mark.line] if mark and mark.line < text.count("\n") + 1 else ""
        tab = line.find("\t", 0, len(line) - len(line.lstrip()) + 1)
        if tab >= 0:
            at = Position(shown, at.line, tab + 1)
            builder.problems.append(error(at, "a tab", "spaces for indentation"))
        else:
            what = " ".join(filter(None, (problem.problem, problem.context)))
            builder.problems.append(error(at, f"YAML that cannot be read ({what})", "valid YAML"))
        return None, tuple(builder.problems)
    except yaml.YAMLError as problem:
        what = " ".join(str(problem).split())
        at = _position_of_offset(text, getattr(problem, "position", 0) or 0, shown, first_line)
        builder.problems.append(error(at, f"YAML that cannot be read ({what})", "printable text"))
        return None, tuple(builder.problems)
    return builder.root, tuple(builder.problems)


def _position_of_offset(text: str, offset: int, shown: str, first_line: int) -> Position:
    before = text[:offset]
    return Position(shown, before.count("\n") + first_line, len(before) - (before.rfind("\n") + 1) + 1)


def forget_texts() -> None:
    """Let go of the texts that were read last, and of what they say."""
    _unseen_characters.cache_clear()
    parse_yaml.cache_clear()
    _plain_tag.cache_clear()


class _Builder:
    """Builds one `Node` from parser events. One use, one thread."""

    def __init__(self, text: str, shown: str, lines_before: int) -> None:
        self._text = text
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self._shown = shown
        self._lines_before = lines_before
        self._documents = 0
        # Of every open mapping or list: where it began, what it holds so far, and for mappings the key that waits.
        self._open: list[tuple[Position, dict[str, tuple[Position, Node]] | list[Node]]] = []
        self._keys: list[tuple[Position, str] | None] = []

    def position(self, mark: Any) -> Position:
        return Position(self._shown, mark.line + 1 + self._lines_before, mark.column + 1)

    def take(self, event: Event) -> bool:
        """Add one event. False when reading must stop."""
        if isinstance(event, ScalarEvent):  # as most are
            at = self.position(event.start_mark)
            if event.anchor or event.tag:
                self._refuse_extras(event, at)
            self._add_scalar(event, at)
            return True
        if isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            begun, held = self._open.pop()
            self._keys.pop()
            self._add(Node(begun, held if isinstance(held, dict) else tuple(held)))
            return True
        at = self.position(event.start_mark)
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self.problems.append(error(at, "a second YAML document", "one document in a file (no `---`)"))
                return False
        elif isinstance(event, AliasEvent):
            self.problems.append(error(at, f"the alias *{event.anchor}", "the value itself: aliases are not allowed"))
            self._add(Node(at, Misread(f"*{event.anchor}", "an alias")))
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            self._refuse_extras(event, at)
            if len(self._open) >= DEEPEST_NESTING:
                self.problems.append(error(at, "nesting too deep", f"at most {DEEPEST_NESTING} levels"))
                return False
            if self._waits_for_key():
                self.problems.append(error(at, "a mapping or list as a key", "a name"))
                return False
            self._open.append((at, {} if isinstance(event, MappingStartEvent) else []))
            self._keys.append(None)
        return True

    def _waits_for_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1][1], dict) and self._keys[-1] is None

    def _refuse_extras(self, event: Any, at: Position) -> None:
        if event.anchor:
            self.problems.append(error(at, f"the anchor &{event.anchor}", "plain data: anchors are not allowed"))
        if event.tag:
            self.problems.append(error(at, f"the tag {shortened(event.tag)}", "plain data: tags are not allowed"))

    def _add_scalar(self, event: ScalarEvent, at: Position) -> None:
        text = event.value
        plain = event.implicit[0]
        # A file has none of these in itself (see `read_text`), but quoted texts have escapes.
        if unseen := _find_unseen(text):
            self.problems.append(_unseen(at, unseen[0]))
        elif text.isspace():
            self.problems.append(error(at, "a text of nothing but space", "some text"))
        tag = _plain_tag(text) if plain else _TEXT_TAG
        if not self._waits_for_key():
            assert event.start_mark is not None and event.end_mark is not None  # noqa: PT018, S101 - parsers set marks
            written = self._text[event.start_mark.index : event.end_mark.index]
            self._add(Node(at, _scalar(text, tag), None if written == text else written))
            return
        held = self._open[-1][1]
        assert isinstance(held, dict)  # noqa: S101 - only mappings wait for keys
        if tag != _TEXT_TAG:
            read_as = _READ_AS.get(tag, "not text")
            self.problems.append(
                error(at, f"the key {shortened(text)}, which YAML reads as {read_as}", f"text: '{text}' in quotes")
            )
        if text in held:
            first = held[text][0]
            self.problems.append(
                error(
                    at, f"the key {shortened(text)} a second time", f"it once: it stands in line {first.line} already"
                )
            )
        self._keys[-1] = (at, text)

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        held = self._open[-1][1]
        if isinstance(held, list):
            held.append(node)
            return
        key = self._keys[-1]
        if key is None:  # an alias in the place of a key, reported already
            return
        held.setdefault(key[1], (key[0], node))
        self._keys[-1] = None


@lru_cache(100_000)
def _plain_tag(text: str) -> str:
    """Tell what YAML 1.1 takes a plain scalar for; ids and keys, which are most of them, come again and again."""
    return str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)))  # type: ignore[no-untyped-call]


def reads_as_text(text: str) -> bool:
    """Whether YAML takes a text for a text if it stands without quotes, and not for a number or a boolean."""
    return _plain_tag(text) == _TEXT_TAG


def _scalar(text: str, tag: str) -> Any:
    if tag == _TEXT_TAG:
        return text
    if tag == "tag:yaml.org,2002:int" and text.isascii() and text.isdigit() and str(int(text[:18])) == text:
        return int(text)
    return Misread(text, _READ_AS.get(tag, "not text"))


def files_under(folder: Path, suffix: str) -> Iterator[Path]:
    """Go through the files of a folder and its subfolders that end in `suffix`, in one order on every machine."""
    found: Callable[[Path], str] = Path.as_posix
    yield from sorted((path for path in folder.rglob(f"*{suffix}") if path.is_file()), key=found)


def read_sums(path: Path) -> dict[str, str]:
    """Read a list of checksums, as ``sha256sum`` writes them: the sum of each file by its name.

    Raises:
        OSError: The list cannot be read.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}

"""Reading the hand-written Markdown: what the checks and the pages need to know of it, with places.

Markdown is read line by line and only as far as needed: front matter, headings of paragraphs, note blocks, diagram
fences, and links by id. Turning it into HTML is the work of Python-Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .model import Clock
from .problems import Position, Problem, error
from .reading import Node, parse_yaml

Place = Callable[[int], Position]
"""Gives the place in the file of an offset in a text."""

NoteKind = Literal["context", "evidence", "counter", "since"]

NOTE_CLOCKS: Mapping[NoteKind, Clock] = {
    "context": "then",
    "evidence": "then",
    "counter": "then",
    "since": "since",
}
"""The kinds of note, in the order in which they are explained, and the clock that each belongs to."""

_FENCE = re.compile(r"^( {0,3})(`{3,}|~{3,})\s*(\S*)")
_BLOCK = re.compile(r"^///+\s*(?:([\w-]+)\s*(?:\|\s*(.*?)\s*)?)?$")
_PARAGRAPH = re.compile(r"^##\s.*\{[^}]*#p(\d+)[^}]*\}\s*$")
_HEADING = re.compile(r"^#{1,6}\s")
_ID_LINK = re.compile(r"\]\(\s*<?ref:([^)\s>]*)")
_CODE_SPAN = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_RAW_HTML = re.compile(r"<(?!https?://)(?=[A-Za-z/!?])")
_LINK_TARGET = re.compile(r"\]\(\s*<?([^)\s>]*)|^ {0,3}\[[^\]]+\]:\s*<?(\S*)", re.MULTILINE)
_ATTRIBUTES = re.compile(r"\{:?[^}\n]*\}")
_HARMLESS_ATTRIBUTES = re.compile(r"\{:?\s*(?:[#.][\w-]+\s*)+\}")
_DATA_ONLY = re.compile(r"^ {0,3}(?:#{1,6}\s|(?:=+|-{2,})\s*$|///|```|~~~)|!\[", re.MULTILINE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.&#;-]*:")


@dataclass(frozen=True, slots=True)
class IdLink:
    """A link to an entry by its id: ``[words](ref:some-id)``."""

    at: Position
    target: str


@dataclass(frozen=True, slots=True)
class Note:
    """An annotation of a paragraph. `sources` are ids with their places; `body` begins at `body_at`."""

    at: Position
    kind: NoteKind
    title: str
    paragraph: int | None
    sources: tuple[tuple[Position, str], ...]
    body: str
    body_at: Position


@dataclass(frozen=True, slots=True)
class Fence:
    """A ``diagram`` fence: the options written in it, None if they cannot be read."""

    at: Position
    options: Node | None


@dataclass(frozen=True, slots=True)
class Page:
    """A hand-written page. `path` is relative to the folder of pages, with forward slashes."""

    path: str
    at: Position
    front_matter: Node | None
    paragraphs: tuple[tuple[Position, int], ...]
    notes: tuple[Note, ...]
    fences: tuple[Fence, ...]
    links: tuple[IdLink, ...]

    @property
    def notes_by_paragraph(self) -> Mapping[int, tuple[Note, ...]]:
        """The notes of each paragraph, in their order."""
        found: dict[int, list[Note]] = {}
        for note in self.notes:
            if note.paragraph is not None:
                found.setdefault(note.paragraph, []).append(note)
        return {number: tuple(notes) for number, notes in found.items()}


def parse_page(text: str, path: str, shown: str) -> tuple[Page, tuple[Problem, ...]]:
    """Read a Markdown page.

    Args:
        text: The page.
        path: Its path relative to the folder of pages.
        shown: Its path as problems name it.

    Returns:
        What it holds, and everything that is wrong with its form.
    """
    reader = _PageReader(text, shown)
    reader.read()
    body = "\n".join(reader.prose)
    place = places_in(body, Position(shown, 1, 1))
    page = Page(
        path,
        Position(shown, 1, 1),
        reader.front_matter,
        tuple(reader.paragraphs),
        tuple(reader.notes),
        tuple(reader.fences),
        tuple(id_links(body, place)),
    )
    return page, (*reader.problems, *markup_problems(body, place, in_data=False))


def id_links(text: str, place: Place) -> Iterator[IdLink]:
    """Go through the links by id in a text."""
    for match in _ID_LINK.finditer(_without_code(text)):
        yield IdLink(place(match.start(1)), match[1])


def with_addresses(text: str, address: Callable[[str], str]) -> str:
    """Put addresses in the place of links by id, for Markdown that leaves the site.

    Args:
        text: Markdown.
        address: Gives the address of an entry by its id.
    """
    pieces, reached = [], 0
    for match in _ID_LINK.finditer(_without_code(text)):
        pieces += [text[reached : match.start(1) - len("ref:")], address(match[1])]
        reached = match.end(1)
    return "".join(pieces) + text[reached:]


def places_in(text: str, at: Position) -> Place:
    """Give the places of a text that begins at `at` in the file and keeps its lines there."""

    def place(offset: int) -> Position:
        line = text.count("\n", 0, offset)
        column = offset - (text.rfind("\n", 0, offset) + 1)
        return Position(at.path, at.line + line, (at.column if line == 0 else 1) + column)

    return place


def markup_problems(text: str, place: Place, *, in_data: bool) -> Iterator[Problem]:
    """Go through the markup that may not stand in prose.

    Args:
        text: Markdown.
        place: Gives the place of an offset in it.
        in_data: Whether it is a field of the data, where links lead outside or to ids, and structure is made by the
            page around it; pages may have headings, images, links to files, ids and classes.
    """
    bare = _without_code(text)
    for match in _RAW_HTML.finditer(bare):
        yield error(place(match.start()), "raw HTML or a bare `<`", "Markdown (write `&lt;` for the sign)")
    for match in _LINK_TARGET.finditer(bare):
        group = 1 if match[1] is not None else 2
        target = match[group]
        allowed = target.startswith(("http://", "https://", "ref:"))
        if allowed or not (in_data or _SCHEME.match(target) or target.startswith("//")):
            continue
        yield error(place(match.start(group)), f"a link to `{target[:60]}`", "https://… or ref:<id>")
    for match in _ATTRIBUTES.finditer(bare):
        if in_data or not _HARMLESS_ATTRIBUTES.fullmatch(match[0]):
            expected = "no braces" if in_data else "an id or classes only, such as {#name .class}"
            yield error(place(match.start()), f"the attributes `{match[0][:60]}`", expected)
    if in_data:
        for match in _DATA_ONLY.finditer(bare):
            found = f"`{match[0].strip()}`, which begins a heading, block, fence or image"
            yield error(place(match.start()), found, "paragraphs, lists, emphasis and links only")


def _without_code(text: str) -> str:
    """Blank out code spans, keeping every offset."""
    return _CODE_SPAN.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


class _PageReader:
    """Reads one page, line by line. One use."""

    def __init__(self, text: str, shown: str) -> None:
        self.problems: list[Problem] = []
        self.front_matter: Node | None = None
        self.paragraphs: list[tuple[Position, int]] = []
        self.notes: list[Note] = []
        self.fences: list[Fence] = []
        # The lines of the page with everything blanked that is not prose (front matter, fences, block options).
        self.prose: list[str] = []
        self._lines = text.split("\n")
        self._shown = shown
        self._paragraph: int | None = None

    def read(self) -> None:
        index = self._read_front_matter()
        while index < len(self._lines):
            line = self._lines[index]
            if fence := _FENCE.match(line):
                index = self._read_fence(index, fence)
            elif (block := _BLOCK.match(line)) and block[1]:
                index = self._read_note(index, block)
            else:
                if heading := _PARAGRAPH.match(line):
                    self._paragraph = int(heading[1])
                    self.paragraphs.append((Position(self._shown, index + 1, 1), self._paragraph))
                elif _HEADING.match(line) and not line.startswith("###"):
                    self._paragraph = None
                self.prose.append(line)
                index += 1

    def _blank(self, count: int) -> None:
        self.prose.extend([""] * count)

    def _read_front_matter(self) -> int:
        if not self._lines or self._lines[0].strip() != "---":
            return 0
        for end in range(1, len(self._lines)):
            if self._lines[end].strip() in ("---", "..."):
                node, problems = parse_yaml("\n".join(self._lines[1:end]), self._shown, first_line=2)
                self.front_matter = node
                self.problems.extend(problems)
                self._blank(end + 1)
                return end + 1
        self.problems.append(error(Position(self._shown, 1, 1), "front matter without an end", "a second `---`"))
        self._blank(len(self._lines))
        return len(self._lines)

    def _read_fence(self, index: int, fence: re.Match[str]) -> int:
        closing = re.compile(rf"^ {{0,3}}{re.escape(fence[2][0])}{{{len(fence[2])},}}\s*$")
        end = next((i for i in range(index + 1, len(self._lines)) if closing.match(self._lines[i])), None)
        at = Position(self._shown, index + 1, 1)
        if end is None:
            self.problems.append(error(at, "a fence that is never closed", f"`{fence[2]}` on a line of its own"))
            end = len(self._lines) - 1
        elif fence[3] == "diagram":
            text = "\n".join(self._lines[index + 1 : end])
            node, problems = parse_yaml(text, self._shown, first_line=index + 2)
            self.problems.extend(problems)
            self.fences.append(Fence(at, node))
            if node is None and not problems:
                self.problems.append(error(at, "an empty diagram", "at least `kind: …`"))
        self._blank(end + 1 - index)
        return end + 1

    def _read_note(self, index: int, block: re.Match[str]) -> int:
        at = Position(self._shown, index + 1, 1)
        kind = next((known for known in NOTE_CLOCKS if known == block[1]), None)
        if kind is None:
            kinds = ", ".join(NOTE_CLOCKS)
            self.problems.append(error(at, f"a note of the kind `{block[1]}`", f"one of {kinds}"))
        body_start = index + 1
        while body_start < len(self._lines) and self._lines[body_start].startswith("    "):
            body_start += 1
        end = next((i for i in range(body_start, len(self._lines)) if self._lines[i].strip() == "///"), None)
        if end is None:
            self.problems.append(error(at, "a note that is never closed", "`///` on a line of its own"))
            end = len(self._lines)
        body = "\n".join(self._lines[body_start:end])
        sources = self._note_sources(index + 1, body_start, at)
        if kind is not None:
            title = block[2] or ""
            if not title:
                self.problems.append(error(at, "a note without a title", f"`/// {kind} | A few words`"))
            if not body.strip():
                self.problems.append(error(at, "an empty note", "its text between the options and `///`"))
            body_at = Position(self._shown, body_start + 1, 1)
            self.notes.append(Note(at, kind, title, self._paragraph, sources, body, body_at))
        self._blank(body_start - index)
        self.prose.extend(self._lines[body_start:end])
        self._blank(min(end + 1, len(self._lines)) - end)
        return end + 1

    def _note_sources(self, start: int, end: int, at: Position) -> tuple[tuple[Position, str], ...]:
        options, problems = parse_yaml("\n".join(self._lines[start:end]), self._shown, first_line=start + 1)
        self.problems.extend(problems)
        values = options.value if options and isinstance(options.value, dict) else {}
        for key, (place, _) in values.items():
            if key != "sources":
                self.problems.append(error(place, f"the option `{key}` of a note", "`sources: [id, id]` and no other"))
        listed = values["sources"][1].value if "sources" in values else ()
        if not isinstance(listed, tuple) or not listed:
            if not problems:
                self.problems.append(error(at, "a note without sources", "`    sources: [id, id]` on the next line"))
            return ()
        texts = [(node.at, node.value) for node in listed if isinstance(node.value, str)]
        for node in listed:
            if not isinstance(node.value, str):
                self.problems.append(error(node.at, "something that is not an id", "an id of a source"))
        return tuple(texts)

"""Reading the hand-written Markdown: what the checks and the pages need to know of it, with places.

Markdown is read line by line and only as far as needed: front matter, headings of paragraphs, note blocks, diagram
fences, and links by id. Turning it into HTML is the work of Python-Markdown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .model import Clock, is_address
from .problems import Position, Problem, error, shortened
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

# What follows judges Markdown without being its parser, so it is stricter than that: where the two could differ on where
# a fence or a link ends, the text is refused, and what may or may not be code is judged as if it were none.
_INSIDE = r"^[ \t]*(?:(?:>|[*+-]|\d{1,9}[.)])[ \t]*)*"
"""The beginning of a line, in lists and quotations or not."""

_FENCE = re.compile(r"^(`{3,}|~{3,})(\w*)\s*$")
_FENCE_ANYWHERE = re.compile(rf"{_INSIDE}(?:`{{3}}|~{{3}})")
_BLOCK = re.compile(r"^///\s*(?:([\w-]+)\s*(?:\|\s*(.*?)\s*)?)?$")
_BLOCK_ANYWHERE = re.compile(rf"{_INSIDE}///")
_PARAGRAPH = re.compile(r"^##\s.*\{[^}]*#p([0-9]{1,9})\b[^}]*\}\s*$")
_HEADING = re.compile(r"^#{1,6}\s")
_ID_LINK = re.compile(r"\]\(\s*<?ref:([^)\s>]*)")
_RAW_HTML = re.compile(r"<(?=[A-Za-z/!?])(?!https?://[^\s<>\"'`]+>)")
_BARE_ADDRESS = re.compile(r"<(https?://[^\s<>\"'`]+)>")
_LINK = re.compile(r"\]\(\s*(?:<[^\s<>]*>|[^\s()<>]*)(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\s*\)")
_LINK_TARGET = re.compile(r"\]\(\s*<?([^\s<>]*(?=>)|[^)\s<>]*)")
_LINK_BEGUN = re.compile(r"\]\(")
_DEFINITION = re.compile(rf"{_INSIDE}\[[^\[\]]*\]:", re.MULTILINE)
_ON_THE_SITE = re.compile(r"(?!//)[\w./#?=~+-]*")
_ATTRIBUTES = re.compile(r"\{[^}\n]*\}?|\}")
_HARMLESS_ATTRIBUTES = re.compile(r"\{:?[ ]*(?:[#.][A-Za-z][A-Za-z0-9_-]*[ ]*)+\}")
_CODE_SPAN = re.compile(r"`[^`\n]*`")
_NOT_CODE = re.compile(r"``|\\`|`[^`]*<[!?]")
_DATA_ONLY = re.compile(rf"{_INSIDE}(?:#{{1,6}}\s|(?:=+|-{{2,}})\s*$|///|```|~~~)|!\[", re.MULTILINE)
_DEEP = re.compile(r"^(?:[ \t]*(?:>|[*+-][ \t]|\d{1,9}[.)][ \t])){9}|^[ \t]{33}", re.MULTILINE)
_CROWDED = re.compile(r"(?:[\[\]()*_`!&#<>|\\~^][ \t]*){33}")


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
    starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(offset: int) -> Position:
        line = bisect_right(starts, offset) - 1
        return Position(at.path, at.line + line, (at.column if line == 0 else 1) + offset - starts[line])

    return place


def markup_problems(text: str, place: Place, *, in_data: bool) -> Iterator[Problem]:
    """Go through the markup that may not stand in prose.

    Args:
        text: Markdown.
        place: Gives the place of an offset in it.
        in_data: Whether it is a field of the data, where links lead outside or to ids, and structure is made by the
            page around it; pages may have headings, images, links to files, ids and classes.
    """
    text = _without_code(text)
    for match in _RAW_HTML.finditer(text):
        yield error(place(match.start()), "raw HTML or a bare `<`", "Markdown (write `&lt;` for the sign)")
    yield from _link_problems(text, place, in_data=in_data)
    for match in _ATTRIBUTES.finditer(text):
        if in_data or not _HARMLESS_ATTRIBUTES.fullmatch(match[0]):
            expected = "no braces" if in_data else "an id or classes only, such as {#name .class}"
            yield error(place(match.start()), f"the attributes {shortened(match[0])}", expected)
    for match in _DEEP.finditer(text):
        yield error(place(match.start()), "nesting too deep", "at most eight lists and quotations in one another")
    for match in _CROWDED.finditer(text):
        yield error(place(match.start()), "more than 32 signs of Markdown in a row", "some words among them")
    if in_data:
        for match in _DATA_ONLY.finditer(text):
            found = f"{shortened(match[0])}, which begins a heading, block, fence or image"
            yield error(place(match.start()), found, "paragraphs, lists, emphasis and links only")


def _is_image(text: str, end: int) -> bool:
    """Whether the brackets that close at an offset are those of an image."""
    depth = 0
    for offset in range(end, max(-1, end - 2000), -1):
        depth += {"]": 1, "[": -1}.get(text[offset], 0)
        if depth == 0:
            return offset > 0 and text[offset - 1] == "!"
    return "![" in text[:end]


def _without_code(text: str) -> str:
    """Blank out spans of code, keeping every offset, where every parser finds them in the same places.

    That is so where backticks come one by one and in pairs on each line, and none is escaped.
    """
    lines = text.split("\n") if "`" in text else []
    if not lines or _NOT_CODE.search(text) or any(line.count("`") % 2 for line in lines):
        return text
    return _CODE_SPAN.sub(lambda match: " " * len(match[0]), text)


def _link_problems(text: str, place: Place, *, in_data: bool) -> Iterator[Problem]:
    expected = "https://… or ref:<id>"
    for match in _BARE_ADDRESS.finditer(text):
        if not is_address(match[1]):
            yield error(place(match.start(1)), f"a link to {shortened(match[1])}", expected)
    for begun in _LINK_BEGUN.finditer(text):
        target = _LINK_TARGET.match(text, begun.start())
        assert target is not None  # noqa: S101 - it begins like this
        on_the_site = not in_data and _ON_THE_SITE.fullmatch(target[1])
        if _is_image(text, begun.start()) and not on_the_site:
            yield error(
                place(target.start(1)),
                f"an image at {shortened(target[1])}",
                "a file of the site: no page loads others",
            )
        elif not (on_the_site or is_address(target[1]) or target[1].startswith("ref:")):
            yield error(place(target.start(1)), f"a link to {shortened(target[1])}", expected)
        elif not _LINK.match(text, begun.start()):
            yield error(place(begun.start()), "a link whose end is not clear", "`[words](https://…)`, on one line")
    for match in _DEFINITION.finditer(text):
        yield error(place(match.start()), f"the definition {shortened(match[0])}", "the address in the link itself")


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
                self._refuse_nested(index, line)
                if heading := _PARAGRAPH.match(line):
                    self._paragraph = int(heading[1])
                    self.paragraphs.append((Position(self._shown, index + 1, 1), self._paragraph))
                elif _HEADING.match(line) and not line.startswith("###"):
                    self._paragraph = None
                self.prose.append(line)
                index += 1

    def _refuse_nested(self, index: int, line: str) -> None:
        """Report what begins a fence or a note elsewhere than at the margin, or in a form that is not read here."""
        at = Position(self._shown, index + 1, 1)
        if _FENCE_ANYWHERE.match(line):
            expected = "a fence by itself at the left margin, with one word after it or none"
            self.problems.append(error(at, f"the fence {shortened(line)}", expected))
        elif _BLOCK_ANYWHERE.match(line):
            self.problems.append(error(at, f"the block {shortened(line)}", "notes of the form `/// kind | Title`"))

    def _blank(self, count: int) -> None:
        self.prose.extend([""] * count)

    def _read_front_matter(self) -> int:
        # As MkDocs reads it: at the margin, and with a line after it.
        if self._lines[0].rstrip() != "---":
            return 0
        for end in range(1, len(self._lines) - 1):
            if self._lines[end].rstrip() in ("---", "..."):
                node, problems = parse_yaml("\n".join(self._lines[1:end]), self._shown, first_line=2)
                self.front_matter = node
                self.problems.extend(problems)
                self._blank(end + 1)
                return end + 1
        self.problems.append(error(Position(self._shown, 1, 1), "front matter without an end", "a second `---`"))
        self._blank(len(self._lines))
        return len(self._lines)

    def _read_fence(self, index: int, fence: re.Match[str]) -> int:
        closed = next((i for i in range(index + 1, len(self._lines)) if self._lines[i].rstrip() == fence[1]), None)
        end = len(self._lines) - 1 if closed is None else closed
        at = Position(self._shown, index + 1, 1)
        for inner in range(index + 1, end):
            if fence[1][:3] in self._lines[inner]:
                self._refuse_nested(inner, self._lines[inner])
        if closed is None:
            self.problems.append(error(at, "a fence that is never closed", f"`{fence[1]}` on a line of its own"))
        elif fence[2] == "diagram":
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
        for inner in range(body_start, end):
            self._refuse_nested(inner, self._lines[inner])
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
        head = self._lines[index]  # the title is Markdown, too
        self.prose.append(" " * len(head[: block.start(2)]) + block[2] if block[2] else "")
        self._blank(body_start - index - 1)
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

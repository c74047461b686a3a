"""The parts of a section page: notes beside their paragraph, and the claims that a paragraph makes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block

from .linking import entry_link
from .model import Claim, Dataset, Source
from .prose import NOTE_CLOCKS, NoteKind

NOTE_WORDS: dict[NoteKind, str] = {
    "context": "Context",
    "evidence": "Evidence",
    "counter": "Counter-argument",
    "since": "Since then",
}
"""What readers see as the kind of a note."""

NoteChanges = Mapping[tuple[int, int], Sequence[tuple[str, str]]]
"""The links by which a note is changed, as words and address, by its paragraph and its number in it."""

_PARAGRAPH_ID = re.compile(r"p([0-9]{1,9})")
_STASHED = re.compile(r"\x02wzxhzdk:(\d+)\x03")


def citation(source: Source) -> Element:
    """Make the short form in which a note names its source: publisher and date, linked to the source itself."""
    link = Element("a", {"href": source.url, "class": "cite"})
    # Atomic, for it is plain text, and inline Markdown is still to be read.
    link.text = AtomicString(f"{source.publisher}, {source.date}" if source.date else source.publisher)
    return link


def note_blocks(dataset: Dataset) -> BlocksExtension:
    """Make the Markdown extension for ``/// context | Title`` and the other kinds of note."""

    class _NoteBlock(Block):  # type: ignore[misc] # the library has no types
        ARGUMENT = True
        OPTIONS: ClassVar[dict[str, Any]] = {"sources": ([], _list_of_ids)}

        def on_create(self, parent: Element) -> Element:
            kind = self.NAME
            note = SubElement(parent, "details", {"class": f"annotation annotation--{kind}", "open": "open"})
            note.set("data-clock", NOTE_CLOCKS[kind])
            summary = SubElement(note, "summary")
            word = SubElement(summary, "span", {"class": "annotation__kind"})
            word.text = NOTE_WORDS[kind]
            word.tail = " "
            title = SubElement(summary, "span", {"class": "annotation__title"})
            title.text = self.argument
            SubElement(note, "div", {"class": "annotation__body"})
            return note

        def on_add(self, block: Element) -> Element:
            return block[1]

        def on_end(self, block: Element) -> None:
            line = SubElement(block[1], "p", {"class": "annotation__sources no-links"})
            label = SubElement(line, "span", {"class": "annotation__label"})
            label.text = "Sources: " if len(self.options["sources"]) > 1 else "Source: "
            for index, source_id in enumerate(self.options["sources"]):
                if index:
                    line[-1].tail = " · "
                line.append(citation(dataset.sources[source_id]))

    kinds = [type(f"{kind.title()}Block", (_NoteBlock,), {"NAME": kind}) for kind in NOTE_CLOCKS]

    class _NoteBlocks(BlocksExtension):  # type: ignore[misc] # the library has no types
        def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:  # noqa: N802 - the library's name
            for kind in kinds:
                block_mgr.register(kind, self.getConfigs())

    return _NoteBlocks()


def _list_of_ids(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("not a list of ids")
    return value


class ParagraphTreeprocessor(Treeprocessor):
    """Sets each paragraph of the essay in a section of its own: heading, text with its claims, notes, figures."""

    def __init__(self, md: Markdown, dataset: Dataset, page: str, changes: NoteChanges) -> None:
        """Prepare for the page of a section."""
        super().__init__(md)
        self._changes = changes
        self._dataset = dataset
        self._page = page

    def run(self, root: Element) -> None:
        """Regroup the children of `root`, in place."""
        children, paragraph = list(root), None
        root[:] = []
        for child in children:
            if child.tag in ("h1", "h2", "hr"):
                paragraph = self._begin(root, child)
            if paragraph is None:
                root.append(child)
            elif child.tag == "details":
                (paragraph.later if child.get("data-clock") == "since" else paragraph.notes).append(child)
                add_changes(child, self._changes.get((paragraph.number, paragraph.note_count()), ()))
            elif self._is_figure(child):
                paragraph.figures.append(child)
            elif child.tag != "h2":
                paragraph.text.append(child)
        for section in root.iterfind("section"):
            for column in list(section):
                if not len(column) and column.tag == "div":
                    section.remove(column)

    def _begin(self, root: Element, heading: Element) -> _Paragraph | None:
        match = _PARAGRAPH_ID.fullmatch(heading.get("id") or "") if heading.tag == "h2" else None
        if not match:
            return None
        section = SubElement(root, "section", {"class": "paragraph", "aria-labelledby": heading.get("id", "")})
        section.append(heading)
        paragraph = _Paragraph(
            number=int(match[1]),
            text=SubElement(section, "div", {"class": "paragraph__text"}),
            claims=SubElement(section, "div", {"class": "paragraph__claims"}),
            notes=SubElement(section, "div", {"class": "paragraph__notes"}),
            figures=SubElement(section, "div", {"class": "paragraph__figures"}),
            later=SubElement(section, "div", {"class": "paragraph__later"}),
        )
        for claim in self._dataset.claims_of(int(match[1])):
            paragraph.claims.append(claim_card(claim, entry_link(claim, self._page)))
        return paragraph

    def _is_figure(self, element: Element) -> bool:
        match = _STASHED.fullmatch((element.text or "").strip())
        if element.tag != "p" or len(element) or not match:
            return False
        stashed = self.md.htmlStash.rawHtmlBlocks[int(match[1])]
        return isinstance(stashed, str) and stashed.lstrip().startswith("<figure")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """The parts of one paragraph on the page."""

    number: int
    text: Element
    claims: Element
    notes: Element
    figures: Element
    later: Element

    def note_count(self) -> int:
        """How many notes it has so far, by both clocks."""
        return len(self.notes) + len(self.later)


def add_changes(note: Element, links: Sequence[tuple[str, str]]) -> None:
    """Add to the line of a note's sources the links by which it is changed; in a part of its own, which prints hide."""
    if not links:
        return
    box = SubElement(note[-1][-1], "span", {"class": "edits"})
    box.text = " · "
    for words, address in links:
        if len(box):
            box[-1].tail = " · "
        SubElement(box, "a", {"href": address, "class": "edit"}).text = words


def claim_card(claim: Claim, href: str) -> Element:
    """Make the card of a claim: its kind and outcome as chips, and its text, linked to its place in the ledger."""
    card = Element("p", {"class": f"claim claim--{claim.kind} no-links"})
    for text, name in ((claim.kind, "kind"), (claim.outcome.verdict, "outcome")):
        chip = SubElement(card, "span", {"class": f"chip chip--{name} chip--{text.replace(' ', '-')}"})
        if name == "outcome":
            chip.set("data-clock", "since")
        chip.text, chip.tail = text, " "
    link = SubElement(card, "a", {"href": href, "class": "claim__text"})
    link.text = claim.text
    return card

"""The PDF edition: the book, set by Typst as a tagged document (PDF/UA-1)."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import Any

import fontpkg_noto_sans_arabic
import noto_cjk_sans_otc
import pikepdf
import typst
from lxml import etree, html

from .book import SVG, Book, Chapter, Part, Place, make_book, text_of
from .building import BuiltSite
from .identity import EditionError, Identity

Node = str | dict[str, Any]
"""A text, or what `assets/book.typ` says."""

COMPACT = ("glossary/", "sources/")
"""Chapters that are looked up, not read, are set in two columns."""

_TEMPLATE = Path(__file__).parent / "assets" / "book.typ"
FONTS = [str(Path(str(noto_cjk_sans_otc.FONT_PATH)).parent), str(fontpkg_noto_sans_arabic.ROOT / "files")]
"""Beside them the Latin ones that Typst brings; none of the machine's, so that the result is the same everywhere."""

_FIGURE_FONT = "Noto Sans CJK KR"
_HEADING = re.compile(r"h([2-6])")
_BLOCKS = frozenset({"p", "div", "section", "ul", "ol", "dl", "table", "figure", "pre"})
_INLINE = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "cite": "em", "small": "small"}


def write_pdf(site: BuiltSite, identity: Identity, out: Path) -> None:
    """Write the edition.

    Raises:
        EditionError: It cannot be set, for example because a character is in none of the fonts; the text says why.
    """
    book = make_book(site, identity.address)
    with tempfile.TemporaryDirectory(prefix="pdf-") as temporary:
        folder = Path(temporary)
        setter = _Setter(book, folder)
        contents = {
            "title": identity.title,
            "authors": identity.authors,
            "description": identity.description,
            "keywords": [f"{label}: {text}" for label, text in identity.statements()],
            "date": identity.made.timetuple()[:3],
            "language": site.language,
            "statements": list(identity.statements()),
            "nodes": list(setter.nodes()),
        }
        (folder / "book.json").write_text(json.dumps(contents, ensure_ascii=False), encoding="utf-8")
        shutil.copyfile(_TEMPLATE, folder / "book.typ")
        try:
            written = typst.compile(
                str(folder / "book.typ"),
                root=str(folder),
                font_paths=FONTS,
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards="ua-1",
                timestamp=int(identity.made.timestamp()),
            )
        except typst.TypstError as problem:
            raise EditionError(f"it cannot be set: {problem}") from problem
        assert isinstance(written, bytes)  # noqa: S101 - a PDF is one file
    # Most of it are the small objects of the tags, which only streams of objects compress: a third is left.
    smaller = BytesIO()
    with pikepdf.open(BytesIO(written)) as document:
        document.save(smaller, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    out.write_bytes(smaller.getbuffer())  # the library ends the process if it writes a file to a disk that is full


class _Setter:
    """Turns the chapters into nodes, and writes the figures to files."""

    def __init__(self, book: Book, folder: Path) -> None:
        self._book, self._folder = book, folder
        self._figures = 0
        self._linked = {
            target
            for chapter in book.chapters()
            for href in chapter.body.xpath(".//a/@href")
            if isinstance(target := book.target(chapter.path, href), Place)
        }

    def nodes(self) -> Iterator[Node]:
        """Go through the whole book."""
        for part in self._book.parts:
            yield from self._part(part)

    def _part(self, part: Part) -> Iterator[Node]:
        if part.title:
            yield {"k": "h", "level": 1, "c": [part.title]}
        for chapter in part.chapters:
            level = 2 if part.title else 1
            yield self._title(chapter, level)
            made = list(self._content(chapter, level))
            for entry in chapter.entries:
                made += [self._title(entry, level + 1), *self._content(entry, level + 1)]
            yield from [{"k": "columns", "c": made}] if chapter.path.startswith(COMPACT) else made

    def _title(self, chapter: Chapter, level: int) -> Node:
        return {"k": "h", "level": level, "c": [chapter.title], "label": _label(Place(chapter.path, ""))}

    def _content(self, chapter: Chapter, level: int) -> Iterator[Node]:
        if chapter.anchor:
            yield from self._marks(chapter.path, chapter.anchor)
        yield from self._blocks(chapter.body, chapter.path, level)

    def _marks(self, path: str, anchor: str | None) -> Iterator[Node]:
        place = Place(path, anchor or "")
        if anchor and place in self._linked:
            yield {"k": "div", "classes": [], "c": [], "label": _label(place)}

    def _blocks(self, element: html.HtmlElement, path: str, level: int) -> list[Node]:
        """Convert what an element holds: texts and inline elements between blocks become paragraphs of their own."""
        made: list[Node] = []
        inline: list[Node] = []

        def close() -> None:
            trimmed = _trimmed(inline)
            if trimmed:
                made.append(
                    {"k": "p", "classes": [], "c": trimmed}
                    if made or _has_block(element)
                    else {"k": "span", "classes": [], "lang": "", "c": trimmed}
                )
            inline.clear()

        inline.append(_flat(element.text))
        for child in element:
            if child.tag in _BLOCKS or _HEADING.fullmatch(child.tag):
                close()
                made += self._block(child, path, level)
            else:
                inline += self._inline(child, path)
            inline.append(_flat(child.tail))
        close()
        return made

    def _block(self, element: html.HtmlElement, path: str, level: int) -> Iterator[Node]:
        classes = element.get("class", "").split()
        label = self._label_of(element, path)
        heading = _HEADING.fullmatch(element.tag)
        if heading:
            content = _trimmed(self._inlines(element, path))
            yield {"k": "h", "level": level + int(heading[1]) - 1, "c": content, **label}
        elif element.tag == "p":
            yield {"k": "p", "classes": classes, "c": _trimmed(self._inlines(element, path)), **label}
        elif "mentions" in classes:
            items = (self._inlines(item, path) for item in element.findall("li"))
            run_on = [node for item in items for node in (" · ", *_trimmed(item))][1:]
            yield {"k": "p", "classes": classes, "c": run_on, **label}  # hundreds, at times: a list would fill pages
        elif element.tag in {"ul", "ol"}:
            yield {
                "k": element.tag,
                "items": [self._item(item, path, level) for item in element.findall("li")],
                **label,
            }
        elif element.tag == "dl":
            yield {"k": "dl", "items": list(self._definitions(element, path, level)), **label}
        elif element.tag == "table":
            yield self._table(element, path, level) | label
        elif element.tag == "figure":
            yield from self._figure(element, path, level, label)
        elif element.tag == "pre":
            yield {"k": "pre", "text": element.text_content().rstrip("\n")}
        else:
            yield {"k": "div", "classes": classes, "c": self._blocks(element, path, level), **label}

    def _label_of(self, element: html.HtmlElement, path: str) -> dict[str, str]:
        place = Place(path, element.get("id", ""))
        return {"label": _label(place)} if place.anchor and place in self._linked else {}

    def _item(self, element: html.HtmlElement, path: str, level: int) -> list[Node]:
        return [*self._marks(path, element.get("id")), *self._blocks(element, path, level)]

    def _definitions(self, element: html.HtmlElement, path: str, level: int) -> Iterator[tuple[list[Node], list[Node]]]:
        term: list[Node] = []
        for child in element:
            if child.tag == "dt":
                term = _trimmed(self._inlines(child, path))
            elif child.tag == "dd":
                yield term, self._blocks(child, path, level)
                term = []

    def _table(self, element: html.HtmlElement, path: str, level: int) -> dict[str, Any]:
        rows = [[self._item(cell, path, level) for cell in row.xpath("./td | ./th")] for row in element.iter("tr")]
        head = rows.pop(0) if element.find("thead") is not None else None
        return {"k": "table", "weights": _weights(element), "head": head, "rows": rows}

    def _figure(self, element: html.HtmlElement, path: str, level: int, label: dict[str, str]) -> Iterator[Node]:
        drawing = element.find(f".//{{{SVG}}}svg")
        caption = element.find("figcaption")
        if drawing is None:
            yield {"k": "div", "classes": [], "c": self._blocks(element, path, level), **label}
            return
        self._figures += 1
        name = f"figure-{self._figures}.svg"
        (self._folder / name).write_bytes(_drawing(drawing))
        told = [text for tag in ("title", "desc") for text in [drawing.findtext(f"{{{SVG}}}{tag}")] if text]
        yield {
            "k": "figure",
            "file": name,
            "alt": ". ".join(text.rstrip(".") for text in told) + ".",
            "width": float(drawing.get("width", "600")),
            "height": float(drawing.get("height", "400")),
            "caption": [] if caption is None else _trimmed(self._inlines(caption, path)),
            **label,
        }
        for twin in element.xpath("./*[not(self::figcaption)][not(.//*[local-name() = 'svg'])]"):
            yield from self._block(twin, path, level)

    def _inlines(self, element: html.HtmlElement, path: str) -> list[Node]:
        made: list[Node] = [_flat(element.text)]
        for child in element:
            made += [*self._inline(child, path), _flat(child.tail)]
        return made

    def _inline(self, element: html.HtmlElement, path: str) -> Iterator[Node]:
        label = self._label_of(element, path)
        if element.tag == "br":
            yield {"k": "br"}
        elif element.tag in {"code", "kbd"}:
            yield {"k": "code", "text": element.text_content()}
        elif element.tag == "a" and (target := self._book.target(path, element.get("href", ""))) is not None:
            inside = isinstance(target, Place)
            to = _label(target) if isinstance(target, Place) else target
            yield {"k": "a", "inside": inside, "to": to, "c": self._inlines(element, path), **label}
        elif element.tag in _INLINE:
            yield {"k": _INLINE[element.tag], "c": self._inlines(element, path)}
        else:
            classes, language = element.get("class", "").split(), element.get("lang", "")
            yield {"k": "span", "classes": classes, "lang": language, "c": self._inlines(element, path), **label}


def _weights(table: html.HtmlElement) -> list[int]:
    """Share out the width of a table: to each column by its longest text, within limits."""
    columns = zip_longest(*(map(text_of, row.xpath("./td | ./th")) for row in table.iter("tr")), fillvalue="")
    return [min(max(8, *map(len, column)), 60) for column in columns]


def _label(place: Place) -> str:
    return f"{place.path}#{place.anchor}"


def _has_block(element: html.HtmlElement) -> bool:
    return any(child.tag in _BLOCKS for child in element)


def _flat(text: str | None) -> str:
    """Collapse white space as HTML does, but keep no-break spaces."""
    return re.sub(r"[ \t\r\n]+", " ", text or "")


def _trimmed(nodes: Sequence[Node]) -> list[Node]:
    """Take away the white space at both ends of a block."""
    made = [node for node in nodes if node != ""]
    while made and isinstance(made[0], str) and not made[0].strip(" "):
        made.pop(0)
    while made and isinstance(made[-1], str) and not made[-1].strip(" "):
        made.pop()
    if made and isinstance(made[0], str):
        made[0] = made[0].lstrip(" ")
    if made and isinstance(made[-1], str):
        made[-1] = made[-1].rstrip(" ")
    return made


def _drawing(svg: etree._Element) -> bytes:
    """Write a drawing as a file, with the font that the document has. Its links stay behind: a picture has none."""
    copy = etree.fromstring(etree.tostring(svg, with_tail=False))
    copy.set("font-family", _FIGURE_FONT)
    etree.cleanup_namespaces(copy)
    written: bytes = etree.tostring(copy, encoding="utf-8")
    return written

"""The built site as a book: its pages in reading order, without what only a browser has a use for.

The EPUB and the PDF are two forms of it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from lxml import html

from explainer.exports import FOLDER

from .building import BuiltSite, NavigationItem
from .identity import EditionError

INDEX = "index.html"

LEFT_OUT = (f"{FOLDER}/{INDEX}", "downloads.html")
"""Pages about files that a book does not hold."""

_NOT_PRINTED = (
    "script",
    "button",
    "*[contains(concat(' ', @class, ' '), ' headerlink ')]",
    "*[contains(concat(' ', @class, ' '), ' cite-this ')]",
    "*[contains(concat(' ', @class, ' '), ' timeline-filter ')]",
    "*[contains(concat(' ', @class, ' '), ' md-content__button ')]",
    "details[.//pre and contains(@class, 'diagram__more')]",  # the source of a diagram
)
"""What of an article is for the screen only, as XPath steps: addresses to copy, forms, and the source of diagrams."""

_PRINTED_ATTRIBUTES = frozenset({"id", "class", "href", "lang", "datetime", "colspan", "rowspan", "scope", "start"})

_SVG_CASE = {
    name.lower(): name
    for name in (
        *("viewBox", "refX", "refY", "markerWidth", "markerHeight", "markerUnits", "preserveAspectRatio"),
        *("textLength", "lengthAdjust", "gradientUnits", "gradientTransform", "patternUnits", "clipPathUnits"),
        *("clipPath", "linearGradient", "radialGradient", "textPath"),
    )
}
"""Names of SVG with capitals, which a parser of HTML loses (HTML Standard, 13.2.6.5)."""

SVG = "http://www.w3.org/2000/svg"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A page: its path in the built site, its title, its content (without its title), and the entries it lists."""

    path: str
    title: str
    body: html.HtmlElement
    anchor: str
    entries: tuple[Chapter, ...] = ()

    def walk(self) -> Iterator[Chapter]:
        """Go through the chapter and its entries."""
        yield self
        for entry in self.entries:
            yield from entry.walk()


@dataclass(frozen=True, slots=True)
class Part:
    """A group of chapters, as the navigation has it; without a title if the navigation has a page by itself there."""

    title: str
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the book: a chapter, and an anchor in it, empty for its beginning."""

    path: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Book:
    """The whole book. `anchors` are those of each chapter; `address` is where the site is published, if it is."""

    parts: tuple[Part, ...]
    anchors: Mapping[str, frozenset[str]]
    address: str

    def chapters(self) -> Iterator[Chapter]:
        """Go through all chapters and entries in reading order."""
        for part in self.parts:
            for chapter in part.chapters:
                yield from chapter.walk()

    def target(self, path: str, href: str) -> Place | str | None:
        """Find what a link leads to.

        Args:
            path: The chapter that it is in.
            href: Its address.

        Returns:
            A place in the book, an address on the web, or None if it leads to what only the site has, and it is not
            known where that is.
        """
        if urlsplit(href).scheme:
            return href
        relative, anchor = urldefrag(href)
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(relative))) if relative else path
        if target in self.anchors:
            return Place(target, anchor if anchor in self.anchors[target] else "")
        # The site that is published may have its pages at addresses of folders; its files are where they are here.
        return urljoin(self.address, target) if self.address and not target.endswith(".html") else None


def make_book(site: BuiltSite, address: str) -> Book:
    """Read the built pages.

    Args:
        site: The built site.
        address: Where the site is published; empty if that is not known.

    Raises:
        EditionError: A page of the navigation is not there, or diagrams are left to the reader's browser.
    """
    listed = {item.path for top in site.navigation for item in (top, *top.children)}
    parts = []
    for top in site.navigation:
        items = [item for item in (top.children or (top,)) if item.path not in LEFT_OUT]
        parts.append(Part(top.title if top.children else "", tuple(_chapter(site, item, listed) for item in items)))
    book = Book(tuple(parts), {}, address)
    if any(chapter.body.find_class("mermaid") for chapter in book.chapters()):
        raise EditionError("it needs diagrams that the build has drawn, and DIAGRAMS=browser leaves them to a browser")
    return Book(book.parts, {chapter.path: _anchors(chapter) for chapter in book.chapters()}, address)


def _chapter(site: BuiltSite, item: NavigationItem, listed: set[str | None]) -> Chapter:
    assert item.path is not None  # noqa: S101 - groups within groups are not used by the navigation
    found = read_page(site, item.path)
    if found is None:
        raise EditionError(f"{item.path} has no article with a title")
    folder, name = posixpath.split(item.path)
    if name != INDEX or not folder:
        return found
    own = [path for path in site.paths if posixpath.dirname(path) == folder and path.endswith(".html")]
    own = [path for path in own if path not in listed]
    links = [posixpath.normpath(posixpath.join(folder, href)) for href in found.body.xpath(".//a/@href")]
    order = {path: number for number, path in reversed(list(enumerate(links)))}
    own.sort(key=lambda path: (order.get(path, len(order)), path))
    return replace(found, entries=tuple(page for path in own if (page := read_page(site, path))))


def _anchors(chapter: Chapter) -> frozenset[str]:
    return frozenset(chapter.body.xpath(".//@id")) | {chapter.anchor}


def read_page(site: BuiltSite, path: str) -> Chapter | None:
    """Read a built page and leave what is to be printed of it; None for a page that only leads to another."""
    content = (site.folder / path).read_bytes()
    document = html.document_fromstring(content, parser=html.HTMLParser(encoding="utf-8"))
    articles = document.xpath("//article")
    heading = articles[0].find(".//h1") if articles else None
    if heading is None:
        return None
    body = articles[0]
    for step in _NOT_PRINTED:
        for element in body.xpath(f".//{step}"):
            element.drop_tree()
    title = " ".join(heading.text_content().split())
    anchor = heading.get("id", "")
    heading.drop_tree()
    for element in list(body.iter()):
        if not isinstance(element.tag, str):
            element.drop_tree()  # a comment
    _print(body)
    return Chapter(path, title, body, anchor)


def text_of(element: html.HtmlElement) -> str:
    """Give the text of an element in one line."""
    return " ".join(element.text_content().split())


def _print(element: html.HtmlElement) -> None:
    """Reduce an element and what it holds to what can be printed. What folds on the screen is open, under its title."""
    if element.tag == "svg":
        _restore_case(element)
        return
    aligned = element.get("align")
    for name in set(element.attrib) - _PRINTED_ATTRIBUTES:
        del element.attrib[name]
    if aligned:
        element.set("class", f"{element.get('class', '')} {aligned}".strip())
    if element.tag == "details":
        element.tag = "div"
    elif element.tag == "summary":
        element.tag = "p"
        element.set("class", "summary")
    for child in element:
        _print(child)


def _restore_case(element: html.HtmlElement) -> None:
    element.attrib.pop("xmlns", None)
    for each in element.iter():
        each.tag = f"{{{SVG}}}{_SVG_CASE.get(each.tag, each.tag)}"
        for name, value in list(each.attrib.items()):
            if name in _SVG_CASE:
                del each.attrib[name]
                each.set(_SVG_CASE[name], value)

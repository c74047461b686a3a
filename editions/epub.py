"""The EPUB edition (https://www.w3.org/TR/epub-33/): one document for each page, with a table of contents of all."""

from __future__ import annotations

import posixpath
import uuid
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

from lxml import etree, html
from lxml.builder import ElementMaker

from .archive import add
from .book import SVG, Book, Chapter, Place, make_book
from .building import BuiltSite
from .identity import Identity

_XHTML = "http://www.w3.org/1999/xhtml"
_OPS = "http://www.idpf.org/2007/ops"
_OPF = "http://www.idpf.org/2007/opf"
_DC = "http://purl.org/dc/elements/1.1/"
_XLINK = "http://www.w3.org/1999/xlink"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TYPE = f"{{{_OPS}}}type"

_H = ElementMaker(namespace=_XHTML, nsmap={None: _XHTML, "epub": _OPS})
_P = ElementMaker(namespace=_OPF, nsmap={None: _OPF, "dc": _DC})

_FOLDER = "EPUB"
_NAVIGATION, _TITLE_PAGE, _STYLE, _PACKAGE = "nav.xhtml", "title.xhtml", "book.css", "package.opf"

_ABOUT = "About this edition"

_CONTAINER = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles>
    <rootfile full-path="{_FOLDER}/{_PACKAGE}" media-type="application/oebps-package+xml"/>
  </rootfiles>
</container>
"""

_ACCESSIBILITY = {
    "schema:accessMode": ("textual", "visual"),
    "schema:accessModeSufficient": ("textual",),
    "schema:accessibilityFeature": ("structuralNavigation", "tableOfContents", "readingOrder", "longDescription"),
    "schema:accessibilityHazard": ("none",),
    "schema:accessibilitySummary": ("Every diagram has a title, a description and a table or list of what it shows.",),
}
"""As https://www.w3.org/TR/epub-a11y-11/ asks; the last is a sentence for readers."""


def write_epub(site: BuiltSite, identity: Identity, out: Path) -> None:
    """Write the edition."""
    book = make_book(site, identity.address)
    chapters = list(book.chapters())
    documents = {_NAVIGATION: _navigation(book, site, identity), _TITLE_PAGE: _title_page(site, identity)}
    documents |= {_document(chapter.path): _page(chapter, book, site) for chapter in chapters}
    drawn = {_document(chapter.path) for chapter in chapters if chapter.body.find(f".//{{{SVG}}}svg") is not None}
    with zipfile.ZipFile(out, "w") as archive:
        # First and uncompressed, so that the file can be told from its first bytes (OCF, 4.3).
        add(archive, "mimetype", b"application/epub+zip", identity, zipfile.ZIP_STORED)
        add(archive, "META-INF/container.xml", _CONTAINER.encode(), identity)
        add(archive, f"{_FOLDER}/{_PACKAGE}", _written(_package(documents, drawn, site, identity)), identity)
        add(archive, f"{_FOLDER}/{_STYLE}", (Path(__file__).parent / "assets" / "book.css").read_bytes(), identity)
        for name, document in documents.items():
            add(archive, f"{_FOLDER}/{name}", _written(document, "<!DOCTYPE html>"), identity)


def _document(path: str) -> str:
    return path.removesuffix(".html") + ".xhtml"


def _written(root: etree._Element, doctype: str | None = None) -> bytes:
    etree.cleanup_namespaces(root, keep_ns_prefixes=["epub", "dc"])
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, doctype=doctype)
    return written


def _frame(title: str, name: str, site: BuiltSite, *content: etree._Element) -> etree._Element:
    """Make a document around its content."""
    style = posixpath.relpath(_STYLE, posixpath.dirname(name) or ".")
    head = _H.head(_H.title(title), _H.link(rel="stylesheet", type="text/css", href=style))
    return _H.html(head, _H.body(*content), {"lang": site.language, _XML_LANG: site.language})


def _page(chapter: Chapter, book: Book, site: BuiltSite) -> etree._Element:
    body = _H.section(_H.h1(chapter.title, **({"id": chapter.anchor} if chapter.anchor else {})))
    for child in chapter.body:
        body.append(_converted(child, chapter.path, book))
    return _frame(chapter.title, _document(chapter.path), site, body)


def _converted(element: html.HtmlElement, path: str, book: Book) -> etree._Element:
    """Copy an element into the namespace of XHTML, with its links leading to where the book has their targets."""
    drawn = element.tag.startswith("{")
    copy = etree.Element(element.tag if drawn else f"{{{_XHTML}}}{element.tag}", nsmap={None: SVG if drawn else _XHTML})
    copy.text, copy.tail = element.text, element.tail
    for name, value in element.attrib.items():
        if name == "href":
            target = book.target(path, value)
            if target is not None:
                # EPUB has SVG 1.1, whose links are of XLink.
                copy.set(f"{{{_XLINK}}}href" if drawn else "href", _address(target, path))
        elif name == "lang":
            copy.set("lang", value)
            copy.set(_XML_LANG, value)
        else:
            copy.set(name, value)
    if drawn and element.tag.endswith("}a") and not copy.attrib:
        copy.tag = f"{{{SVG}}}g"
    for child in element:
        copy.append(_converted(child, path, book))
    return copy


def _address(target: Place | str, path: str) -> str:
    if isinstance(target, str):
        return target
    anchor = f"#{target.anchor}" if target.anchor else ""
    if target.path == path and anchor:
        return anchor
    return posixpath.relpath(_document(target.path), posixpath.dirname(path) or ".") + anchor


def _title_page(site: BuiltSite, identity: Identity) -> etree._Element:
    facts = _H.dl(*(part for label, text in identity.statements() for part in (_H.dt(label), _H.dd(text))))
    section = _H.section(
        _H.h1(identity.title),
        _H.p(", ".join(identity.authors)),
        _H.p(identity.description),
        facts,
        {_TYPE: "titlepage"},
    )
    return _frame(identity.title, _TITLE_PAGE, site, section)


def _navigation(book: Book, site: BuiltSite, identity: Identity) -> etree._Element:
    contents = [_H.li(_H.a(_ABOUT, href=_TITLE_PAGE))]
    for part in book.parts:
        items = [_listed(chapter) for chapter in part.chapters]
        contents += [_H.li(_H.span(part.title), _H.ol(*items))] if part.title else items
    first = next(book.chapters())
    landmarks = (("titlepage", _TITLE_PAGE, _ABOUT), ("toc", _NAVIGATION, "Contents"))
    marks = [*landmarks, ("bodymatter", _document(first.path), "Beginning")]
    return _frame(
        "Contents",
        _NAVIGATION,
        site,
        _H.nav(_H.h1("Contents"), _H.ol(*contents), {_TYPE: "toc", "id": "toc"}),
        _H.nav(
            _H.h2("Landmarks"),
            _H.ol(*(_H.li(_H.a(title, {_TYPE: kind, "href": name})) for kind, name, title in marks)),
            {_TYPE: "landmarks", "id": "landmarks", "hidden": "hidden"},
        ),
    )


def _listed(chapter: Chapter) -> etree._Element:
    item = _H.li(_H.a(chapter.title, href=_document(chapter.path)))
    if chapter.entries:
        item.append(_H.ol(*map(_listed, chapter.entries)))
    return item


def _package(documents: Collection[str], drawn: set[str], site: BuiltSite, identity: Identity) -> etree._Element:
    items, spine = [_P.item({"id": "style", "href": _STYLE, "media-type": "text/css"})], []
    for number, name in enumerate(documents):
        item = {"id": f"d{number}", "href": name, "media-type": "application/xhtml+xml"}
        properties = ["nav"] if name == _NAVIGATION else ["svg"] if name in drawn else []
        items.append(_P.item(item, **({"properties": properties[0]} if properties else {})))
        spine.append(_P.itemref(idref=f"d{number}"))
    spine[0], spine[1] = spine[1], spine[0]  # the title page comes before the contents
    return _P.package(
        _P.metadata(*_metadata(site, identity)),
        _P.manifest(*items),
        _P.spine(*spine),
        {
            "version": "3.0",
            "unique-identifier": "edition",
            _XML_LANG: site.language,
            "prefix": "schema: http://schema.org/",
        },
    )


def _metadata(site: BuiltSite, identity: Identity) -> Iterator[etree._Element]:
    dublin_core = ElementMaker(namespace=_DC)
    moment = f"{identity.made:%Y-%m-%dT%H:%M:%SZ}"
    edition = uuid.uuid5(uuid.NAMESPACE_OID, f"{identity.title}/{identity.data_hash}/{moment}")
    yield dublin_core.identifier(edition.urn, id="edition")
    yield dublin_core.title(identity.title)
    yield dublin_core.language(site.language)
    for author in identity.authors:
        yield dublin_core.creator(author)
    yield dublin_core.date(f"{identity.made:%Y-%m-%d}")
    yield dublin_core.description(f"{identity.description} Facts as of {identity.facts_as_of}.")
    yield dublin_core.rights(f"{identity.licence} ({identity.licence_address})")
    yield dublin_core.source(identity.essay_citation)
    yield _P.meta(moment, property="dcterms:modified")
    yield _P.meta(identity.citation, property="dcterms:bibliographicCitation")
    yield _P.meta(f"sha256:{identity.data_hash}", property="dcterms:hasVersion")
    for name, values in _ACCESSIBILITY.items():
        for value in values:
            yield _P.meta(value, property=name)

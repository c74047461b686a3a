"""Names in rendered prose become links to their entries, and who mentions whom is kept.

Works on the tree that Python-Markdown builds, after inline markup is understood and before MkDocs resolves links, so
that MkDocs validates every link that is made here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from .cards import card_of
from .model import Actor, AnyEntry, Claim, Dataset, Event, Named, Source, Term
from .names import NameIndex

NEVER_LINKED = frozenset((
    "a", "h1", "h2", "h3", "h4", "h5", "h6", "summary", "code", "pre", "kbd", "samp", "blockquote", "q", "script",
    "style", "svg",
))  # fmt: skip
"""Elements whose text stays as it is: links, headings, summaries (they are buttons), code and quotations."""

NOT_LINKED_CLASS = "no-links"
"""An element of this class, and all in it, is left alone: ``{.no-links}`` after a paragraph."""

NO_CARDS_CLASS = "no-cards"
"""Links in an element of this class get no card: what it would say stands beside them."""

NOT_PRINTED_CLASS = "edit"
"""A link of this class is for readers at a screen, and a print leaves it out."""

_ID_SCHEME = "ref:"


def page_of(entry: AnyEntry) -> tuple[str, str]:
    """Give the generated page that shows an entry (its source path), and the anchor on it, empty for a page of its own."""
    match entry:
        case Actor():
            return f"actors/{entry.id}.md", ""
        case Event():
            return f"events/{entry.id}.md", ""
        case Term():
            return f"glossary/{entry.id}.md", ""
        case Claim():
            return f"claims/p{entry.paragraph}.md", entry.id
        case Source():
            return f"sources/{shelf_of(entry)}.md", entry.id


def shelf_of(source: Source) -> str:
    """Name the page of the bibliography that holds a source: the first two letters of its id, or ``0-9``.

    One page for all, or for a letter, would be too heavy to load; whatever else the sources could be divided by (kind,
    publisher, year) may be corrected one day, and an address should outlive that. Ids are permanent.
    """
    return source.id[:2].rstrip("-") if source.id[0].isalpha() else "0-9"


def relative_link(target: str, anchor: str, page: str) -> str:
    """Give the link from one Markdown file to another as MkDocs wants it: relative, with the file's own name."""
    folder = page.rpartition("/")[0] + "/"
    # Generated pages have thousands of links; `posixpath.relpath` would ask for the working folder twice for each.
    near = target.removeprefix(folder)
    path = near if near != target else "../" * page.count("/") + target
    return f"{path}#{anchor}" if anchor else path


def address_of(path: str, anchor: str = "") -> str:
    """Give the address of a page from the root of the site: that of its folder, as site generators make them."""
    page = path.removesuffix("index.md") if path.endswith("index.md") else path.removesuffix(".md")
    folder = page if not path.endswith(".md") or not page or page.endswith("/") else f"{page}/"
    return f"{folder}#{anchor}" if anchor else folder


def entry_link(entry: AnyEntry, page: str) -> str:
    """Give the link to an entry from a page."""
    return relative_link(*page_of(entry), page)


def entry_on(dataset: Dataset, path: str) -> Named | None:
    """Give the entry that a page is about, None for other pages: `page_of` the other way round."""
    try:
        entry = dataset.entry(posixpath.basename(path).removesuffix(".md"))
    except KeyError:
        return None
    return entry if isinstance(entry, Named) and page_of(entry) == (path, "") else None


@lru_cache(100_000)
def _target(folder: str, href: str) -> str:
    """Give the source path of the page that a link from a page of a folder leads to; the same links stand on many."""
    return posixpath.normpath(posixpath.join(folder, href.partition("#")[0]))


class Heading(NamedTuple):
    """A place on a page that has an address: the page's source path, and the anchor of the heading above it."""

    page: str
    anchor: str


@dataclass
class Mentions:
    """Who mentions whom, gathered while the pages of one build are rendered."""

    _places: dict[str, dict[Heading, None]] = field(default_factory=dict)
    _of_pages: dict[str, dict[tuple[str, Heading], None]] = field(default_factory=dict)

    def add(self, entry_id: str, place: Heading) -> None:
        """Note that the prose at a place mentions an entry."""
        self._places.setdefault(entry_id, {})[place] = None
        self._of_pages.setdefault(place.page, {})[entry_id, place] = None

    def of(self, entry_id: str) -> tuple[Heading, ...]:
        """Where an entry is mentioned, in the order in which the pages were rendered."""
        return tuple(self._places.get(entry_id, ()))

    def on(self, page: str) -> tuple[tuple[str, Heading], ...]:
        """What a page mentions, and where on it."""
        return tuple(self._of_pages.get(page, ()))


class LinkingTreeprocessor(Treeprocessor):
    """Links names, resolves links by id, and records both as mentions."""

    def __init__(
        self, md: Markdown, dataset: Dataset, names: NameIndex, page: str, own_id: str | None, mentions: Mentions | None
    ) -> None:
        """Prepare for one page.

        Args:
            md: The converter.
            dataset: The entries.
            names: Their names.
            page: The page's source path.
            own_id: The entry that the page is about, which is not linked to itself.
            mentions: Where to record mentions; None for pages that list entries, which link no names by themselves.
        """
        super().__init__(md)
        self._dataset = dataset
        self._names = names
        self._page = page
        self._own_id = own_id
        self._mentions = mentions
        self._folder = posixpath.dirname(page)
        self._anchor = ""
        self._linked: set[str] = set()
        self._carded: set[str] = set()

    def run(self, root: Element) -> None:
        """Link everything below `root`, in place.

        Give the first link to an entry's page what its card says, for all of the page, and every link to elsewhere what
        a print says.
        """
        self._walk(root, linkable=self._mentions is not None, cards=True)

    def _walk(self, element: Element, *, linkable: bool, cards: bool) -> None:
        tag = element.tag
        if classes := element.get("class"):
            names = classes.split()
            linkable = linkable and NOT_LINKED_CLASS not in names
            cards = cards and NO_CARDS_CLASS not in names
        if tag == "a":
            self._finish(element, cards=cards)
        elif tag in ("h2", "h3"):
            self._anchor = element.get("id") or self._anchor
            self._linked.clear()  # in a section each entry is linked once
        elif tag == "details":
            self._linked.clear()  # and in a note
        inside = linkable and tag not in NEVER_LINKED
        index = 0
        if inside and element.text:
            element.text, links = self._split(element.text, cards=cards)
            for link in links:
                element.insert(index, link)
                index += 1
        while index < len(element):
            child = element[index]
            self._walk(child, linkable=inside, cards=cards)
            index += 1
            if inside and child.tail:
                child.tail, links = self._split(child.tail, cards=cards)
                for link in links:
                    element.insert(index, link)
                    index += 1

    def _finish(self, link: Element, *, cards: bool) -> None:
        """Complete a link that a person made, or `pages`. Ids that nobody knows have been reported by the checks."""
        href = link.get("href", "")
        if href.startswith(_ID_SCHEME):
            entry = self._dataset.entry(href.removeprefix(_ID_SCHEME))
            self._dress(link, entry)
            self._record(entry.id)
        elif href.startswith(("https://", "http://")):
            if not _has_class(link, NOT_PRINTED_CLASS):
                link.set("data-address", printed_address(href))
            return
        elif found := entry_on(self._dataset, _target(self._folder, href)):
            entry = found
        else:
            return
        if cards:
            self._add_card(link, entry)

    def _add_card(self, link: Element, entry: AnyEntry) -> None:
        if isinstance(entry, Named) and entry.id not in self._carded:
            self._carded.add(entry.id)
            link.attrib.update(card_of(entry))

    def _split(self, text: str, *, cards: bool) -> tuple[str, list[Element]]:
        """Cut a text at the mentions in it: what stands before the first, and the links with what follows each."""
        before, reached = text, 0
        links: list[Element] = []
        for start, end, entry_id in self._fresh(text):
            piece = text[reached:start]
            if links:
                links[-1].tail = piece
            else:
                before = piece
            link = Element("a")
            link.text = text[start:end]
            entry = self._dataset.entry(entry_id)
            self._dress(link, entry)
            self._record(entry_id)
            if cards:
                self._add_card(link, entry)
            links.append(link)
            reached = end
        if links:
            links[-1].tail = text[reached:]
        return before, links

    def _fresh(self, text: str) -> Iterator[tuple[int, int, str]]:
        for mention in self._names.find(text):
            if mention.entry_id != self._own_id and mention.entry_id not in self._linked:
                yield mention

    def _dress(self, link: Element, entry: AnyEntry) -> None:
        link.set("href", entry_link(entry, self._page))
        link.set("class", f"entry entry--{kind_of(entry)}")

    def _record(self, entry_id: str) -> None:
        self._linked.add(entry_id)
        if self._mentions is not None:
            self._mentions.add(entry_id, Heading(self._page, self._anchor))


@lru_cache(100_000)
def printed_address(url: str) -> str:
    """Shorten an address to what a reader of a print needs to find it: site and path, at most 60 characters."""
    parts = urlsplit(url)
    short = (parts.hostname or "").removeprefix("www.") + parts.path.rstrip("/")
    return short if len(short) <= 60 else short[:59] + "…"


def kind_of(entry: AnyEntry) -> str:
    """Name the kind of an entry in one lower-case word, for classes and labels."""
    return type(entry).__name__.lower()


def _has_class(element: Element, name: str) -> bool:
    classes = element.get("class")
    return classes is not None and name in classes.split()


def structural_neighbours(dataset: Dataset) -> Mapping[str, frozenset[str]]:
    """For each entry, the entries whose pages name it in a list made from the data, and that its own page lists too.

    A mention there says nothing that the page does not say already.
    """
    found: dict[str, set[str]] = {}

    def tie(one: str, other: str) -> None:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)

    for actor_id, events in dataset.events_of.items():
        for event in events:
            tie(actor_id, event.id)
    for event in dataset.events.values():
        for cause in event.causes:
            tie(cause, event.id)
    for actor in dataset.actors.values():
        for relation in actor.ties:
            tie(actor.id, relation.to)
    return {entry_id: frozenset(others) for entry_id, others in found.items()}

"""Puts the parts together: a project folder to everything that a site generator needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from html import escape
from pathlib import Path
from typing import Any

from markdown import Extension

from . import checking
from .citation import Citation, Publication, Reference, cite_this
from .diagrams import draw
from .downloads import PAGE as DOWNLOADS_PAGE
from .downloads import Download, with_downloads
from .exports import NO_EXPORTS, Exports, exports
from .extension import ExplainerExtension, PageContext, diagram_fence
from .forge import Forge
from .linking import Heading, Mentions, page_of, structural_neighbours
from .model import Dataset, Section
from .names import names_of
from .pages import MENTIONED_IN, GeneratedPage, all_pages, data_page, note_changes, section_head, see_also
from .problems import Problem, error
from .prose import Page
from .reading import parse_yaml
from .records import Keep, made_anew, note_records
from .redirects import Redirect, redirects
from .sections import NoteChanges
from .structured_data import HOME, Shown, as_script, page_graph, told_on
from .views import parse_view

_FENCE = "```diagram"
_DIAGRAM = re.compile(rf"^{_FENCE}\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that mentions an entry, for readers: the page's source path, an anchor on it, and both their titles."""

    page: str
    anchor: str
    title: str


@dataclass(frozen=True)
class Site:
    """Everything about one build. Made anew for each, so that nothing is carried over."""

    dataset: Dataset
    citation: Citation
    written: tuple[Page, ...]
    pages: Mapping[str, GeneratedPage]
    exports: Exports = NO_EXPORTS
    downloads: tuple[Download, ...] = ()
    forge: Forge = field(default_factory=Forge)
    context: PageContext = field(default_factory=PageContext)
    _mentions: Mentions = field(default_factory=Mentions)

    def markdown_extension(self) -> Extension:
        """Give the extension that links names, sets notes and groups paragraphs."""
        return ExplainerExtension(self.dataset, self.context, self._mentions)

    def fence(self, *, in_browser: bool) -> dict[str, Any]:
        """Give the entry for ``custom_fences`` of pymdownx.superfences that draws diagrams."""
        formatter = diagram_fence(self.dataset, self.context, in_browser=in_browser)
        return {"name": "diagram", "class": "diagram", "format": formatter}

    def begin_page(self, path: str, url_of: Callable[[str], str], markdown: str = "") -> None:
        """Prepare for the rendering of a page.

        Args:
            path: Its source path.
            url_of: Gives the address of a page, as seen from this one, by its source path.
            markdown: Its text, by which `extension.where_used` tells what it needs.
        """
        generated = self.pages.get(path)
        context = self.context
        context.page, context.markdown = path, markdown
        context.own_id = generated.entry_id if generated else None
        context.links_names = generated is None or generated.entry_id is not None
        context.is_section = path in self.section_paths
        context.is_generated = generated is not None
        context.notes = self._note_changes(path) if context.is_section else {}

        def address(target: str | Section) -> str:
            if isinstance(target, Section):
                return url_of(f"{checking.SECTION_FOLDER}/{target.id}.md")
            path, anchor = page_of(self.dataset.entry(target))
            return url_of(path) + (f"#{anchor}" if anchor else "")

        context.address = address

    def end_page(self) -> None:
        """Take apart the converter of the page begun last, if it has been rendered.

        It and its parts refer to one another, and to the tree of the page: left to itself, all that waits for the garbage
        collector, which takes longer to free it.
        """
        converter, self.context.converter = self.context.converter, None
        if converter is not None:
            vars(converter.parser).clear()
            vars(converter).clear()

    def _note_changes(self, path: str) -> NoteChanges:
        page = next(page for page in self.written if page.path == path)
        return {
            (paragraph, number): note_changes(self.forge, path, note, paragraph, number)
            for paragraph, notes in page.notes_by_paragraph.items()
            for number, note in enumerate(notes, 1)
        }

    def markdown_of(self, path: str, markdown: str, front_matter: Mapping[str, Any]) -> str:
        """Complete the Markdown of a hand-written page: the head of a section, a list that it is to have."""
        parts = [with_downloads(markdown, self.downloads) if path == DOWNLOADS_PAGE else markdown]
        if path in self.section_paths:
            parts.insert(0, section_head(self.dataset, path, markdown))
        if front_matter.get("see_also"):
            parts.append(see_also(self.dataset, path, front_matter["see_also"]))
        return "\n\n".join(parts)

    def rendering_key(self, markdown: str) -> tuple[object, ...]:
        """Give what the rendering of the page begun last depends on, beside the cards of the entries that it links to."""
        page = self.context
        fences = _DIAGRAM.finditer(markdown) if _FENCE in markdown else ()
        drawn = tuple(
            draw(parse_view(options.plain()), self.dataset, self._page_of)
            for options in (parse_yaml(match[1], page.page)[0] for match in fences)
            if options is not None and isinstance(options.value, dict)
        )
        return page.page, markdown, self._names, drawn, page.notes, self._cited if page.is_section else None

    def _page_of(self, target: str | Section) -> str:
        """Tell where a diagram links to, whatever page it is on: quicker than its address, and as good to compare."""
        return target.id if isinstance(target, Section) else "#".join(page_of(self.dataset.entry(target)))

    @cached_property
    def _names(self) -> str:
        """Whatever decides where a link is set and where it leads, as one text to compare."""
        named = [(entry.id, type(entry).__name__, names_of(entry)) for entry in self.dataset.named()]
        return repr((named, sorted(self.pages), [page.path for page in self.written]))

    @cached_property
    def _cited(self) -> str:
        """Whatever the pages of sections show of claims and sources, as one text to compare."""
        claims = [
            (claim.id, claim.paragraph, claim.text, claim.kind, claim.outcome.verdict)
            for claim in self.dataset.claims.values()
        ]
        sources = [
            (source.id, source.publisher, source.date, source.url, source.title)
            for source in self.dataset.sources.values()
        ]
        return repr((claims, sources))

    def mentions_on(self, path: str) -> tuple[tuple[str, Heading], ...]:
        """Give what a page mentions, once it has been rendered."""
        return self._mentions.on(path)

    def add_mentions(self, mentions: Iterable[tuple[str, Heading]]) -> None:
        """Add the mentions of a page that is not rendered again."""
        for entry_id, place in mentions:
            self._mentions.add(entry_id, place)

    @cached_property
    def redirects(self) -> tuple[Redirect, ...]:
        """The pages that lead on from where pages were before their entries were renamed."""
        return tuple(redirects(self.dataset))

    def without_texts(self) -> Site:
        """Let go of the texts of the generated pages, once the site generator has them."""
        return replace(self, pages={path: replace(page, markdown="") for path, page in self.pages.items()})

    def exports_key(self) -> object:
        """Give what the files of the data set depend on, beside the addresses."""
        return self.dataset, self.citation, list(note_records(self.dataset, self.written))

    def with_exports(self, address: Callable[[str, str], str], *, absolute: bool, keep: Keep = made_anew) -> Site:
        """Add the files of the data set, and the page that lists them.

        Args:
            address: Gives the address of a page by its source path, and of an anchor on it, as seen from the files.
            absolute: Whether that is its address on the web.
            keep: Where to look for them, and for parts of them, before they are made.
        """
        publication = Publication(self.citation, address, absolute)
        made: Exports = keep(
            "exports", self.exports_key(), lambda: exports(self.dataset, self.written, publication, keep)
        )
        page = data_page(self.dataset, made, self.citation)
        return replace(self, exports=made, pages={**self.pages, page.path: page})

    def structured_data(
        self, path: str, title: str, description: str, address: Callable[[str, str], str], keep: Keep = made_anew
    ) -> str:
        """Say what a page is about, as the content of a script element of the type ``application/ld+json``.

        Args:
            path: The source path of the page.
            title: Its title.
            description: Its description.
            address: Gives the address of a page by its source path, and of an anchor on it, as seen from this page.
            keep: Where to look for it before it is made.
        """
        shown = Shown(path, title, description, self._trail(path))

        def described() -> str:
            written = {page.path: page for page in self.written}
            publication = Publication(self.citation, address, absolute=False)
            return as_script(page_graph(shown, self.dataset, written, self.exports, publication))

        told = told_on(path, self.dataset)
        if told is None:
            return described()
        script: str = keep(f"structured data of {path}", (shown, self.citation, told), described)
        return script

    def _trail(self, path: str) -> tuple[tuple[str, str], ...]:
        if path == HOME:
            return ()
        index = f"{path.rpartition('/')[0]}/{HOME}"
        above = ((index, self.pages[index].title),) if index in self.pages and index != path else ()
        return ((HOME, self.citation.title), *above)

    def cite_this(self, path: str, title: str, address: str | None, keep: Keep = made_anew) -> str:
        """Make the box that says how to cite a page, as HTML; empty for pages that only list others.

        Args:
            path: The source path of the page.
            title: Its title.
            address: Its address on the web, None if that is not known.
            keep: Where to look for it before it is made.
        """
        generated = self.pages.get(path)
        if path not in self.section_paths and not (generated and generated.entry_id):
            return ""
        work, essay = self.citation, self.dataset.essay
        rests_on = work.work(essay.title)
        assert rests_on is not None  # noqa: S101 - the checks see to it
        date = essay.facts_as_of.start
        key = path.rpartition("/")[2].removesuffix(".md")
        page = Reference(key, title, work.authors, work.title, date.year, date.month, address)
        itself = Reference(
            "essay", rests_on.title, rests_on.authors, "", rests_on.year, rests_on.month, None, rests_on.notes
        )
        box: str = keep(f"citation of {path}", (page, itself), partial(cite_this, page, itself))
        return box

    @cached_property
    def section_paths(self) -> tuple[str, ...]:
        """The source paths of the sections of the essay, in order."""
        return tuple(f"{checking.SECTION_FOLDER}/{section.id}.md" for section in self.dataset.essay.sections)

    def mentions_of(self, entry_id: str, titles: Mapping[str, str]) -> tuple[Mention, ...]:
        """List where an entry is mentioned, once all pages are rendered: the essay first, then other pages by title.

        Pages that the entry's own page lists anyway (its events, its ties) are left out.

        Args:
            entry_id: The entry.
            titles: The title of each page by its source path.
        """
        listed = self._neighbours.get(entry_id, frozenset())
        found: dict[tuple[tuple[int, int], str, str], Mention] = {}
        for page, anchor in self._mentions.of(entry_id):
            generated = self.pages.get(page)
            if generated and (generated.entry_id is None or generated.entry_id in listed):
                continue
            mention, place = self._mention(page, anchor, titles)
            found.setdefault((place, mention.title, mention.page), mention)
        return tuple(found[key] for key in sorted(found))

    def mentioned_in(self, entry_id: str, titles: Mapping[str, str], address: Callable[[str, str], str]) -> str:
        """Make the list that takes the place of `MENTIONED_IN` on the page of an entry, as HTML.

        Args:
            entry_id: The entry.
            titles: The title of each page by its source path.
            address: Gives the address of a page by its source path, and of an anchor on it, as seen from this page.
        """
        mentions = self.mentions_of(entry_id, titles)
        items = (
            f'<li><a href="{escape(address(mention.page, mention.anchor))}">{escape(mention.title)}</a></li>'
            for mention in mentions
        )
        return f'<ul class="mentions">{"".join(items)}</ul>' if mentions else "<p>Nowhere else yet.</p>"

    @cached_property
    def _section_numbers(self) -> Mapping[str, int]:
        return {path: number for number, path in enumerate(self.section_paths, 1)}

    def _mention(self, page: str, anchor: str, titles: Mapping[str, str]) -> tuple[Mention, tuple[int, int]]:
        """Make a mention, and give its place among others: the numbers of its section and paragraph, or after them all."""
        title, sections = titles[page], self._section_numbers
        if page in sections:
            number = anchor.removeprefix("p")
            paragraph = int(number) if number.isdigit() else 0
            words = f"{sections[page]} {title}" + (f", paragraph {paragraph}" if paragraph else "")
            return Mention(page, anchor, words), (sections[page], paragraph)
        return Mention(page, "", title), (len(sections) + 1, 0)

    @property
    def _neighbours(self) -> Mapping[str, frozenset[str]]:
        if not self._neighbours_found:
            self._neighbours_found.update(structural_neighbours(self.dataset))
        return self._neighbours_found

    _neighbours_found: dict[str, frozenset[str]] = field(default_factory=dict)


_NO_FORGE = Forge()


def load_site(
    root: Path, forge: Forge = _NO_FORGE, data: str = "data", docs: str = "docs", keep: Keep = made_anew
) -> tuple[Site | None, tuple[Problem, ...]]:
    """Read a project.

    Args:
        root: The project folder.
        forge: Where readers change and report things.
        data: The data folder in it.
        docs: The folder of hand-written pages in it.
        keep: Where to look for what is made of a part of the data before it is made.

    Returns:
        The site, None if there are errors; all problems.
    """
    checked = checking.load(root, data, docs)
    if checked.dataset is None or checked.citation is None:
        return None, checked.problems
    empty = tuple(_empty_diagrams(checked.dataset, checked.pages))
    if empty:
        return None, tuple(sorted((*checked.problems, *empty)))
    pages = {page.path: page for page in all_pages(checked.dataset, checked.pages, forge, keep)}
    return Site(checked.dataset, checked.citation, checked.pages, pages, forge=forge), checked.problems


def _empty_diagrams(dataset: Dataset, pages: Iterable[Page]) -> Iterator[Problem]:
    for page in pages:
        for fence in page.fences:
            if fence.options is not None and draw(parse_view(fence.options.plain()), dataset, lambda _: "#") is None:
                yield error(fence.options.at, "a diagram of nothing", "options for which there are entries to show")


__all__ = ["MENTIONED_IN", "Heading", "Mention", "Site", "load_site"]

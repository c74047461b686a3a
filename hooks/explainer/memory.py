"""What one process has rendered, to be used again in its next build: while somebody edits, most pages stay as they are.

A page is used again if everything that it is rendered from is as it was. What is published comes from a process of its
own, so it never depends on this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .linking import Card, Heading, card_of
from .model import Dataset


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page as it was rendered: `key` is what it was rendered from, `rest` what the site generator knows of it."""

    key: object
    content: str
    mentions: tuple[tuple[str, Heading], ...]
    rest: Any


@dataclass
class Kept:
    """The last result for each name, with what it was made from."""

    _results: dict[str, tuple[object, Any]] = field(default_factory=dict)

    def get(self, name: str, key: object, make: Callable[[], Any]) -> Any:
        """Give the last result for a name if it was made from the same key, else make it."""
        kept = self._results.get(name)
        if kept is None or kept[0] != key:
            kept = self._results[name] = key, make()
        return kept[1]


@dataclass
class Memory:
    """The pages of the last build, by source path, and the cards that were on them.

    It also keeps what takes longest of what others do with pages: reading their HTML for the search, and filling in
    the theme's templates.
    """

    _pages: dict[str, Rendered] = field(default_factory=dict)
    _entries: Kept = field(default_factory=Kept)
    _files: Kept = field(default_factory=Kept)
    _cards: Mapping[str, Card] = field(default_factory=dict)

    def begin(self, dataset: Dataset) -> None:
        """Begin a build: forget the pages that name an entry whose card has changed, which stands on links to it."""
        cards = {entry.id: card_of(entry) for entry in dataset.named()}
        changed = [entry_id for entry_id, card in self._cards.items() if cards.get(entry_id) != card]
        self._pages = {
            path: page
            for path, page in self._pages.items()
            if not any(entry_id in page.content for entry_id in changed)
        }
        self._cards = cards

    def recall(self, path: str, key: object) -> Rendered | None:
        """Give a page if it would be rendered alike."""
        page = self._pages.get(path)
        return page if page is not None and page.key == key else None

    def keep(self, path: str, page: Rendered) -> None:
        """Keep a page for the next build."""
        self._pages[path] = page

    def remember_entries(self, index: Any) -> None:
        """Let the index of Material's search take the entries of a page that is as it was from the last build."""
        add = index.add_entry_from_context

        def add_once(page: Any) -> None:
            before = len(index.entries)

            def added() -> list[Any]:
                add(page)
                found: list[Any] = index.entries[before:]
                return found

            key = page.content, page.title, repr(page.meta)
            index.entries[before:] = self._entries.get(page.url, key, added)

        index.add_entry_from_context = add_once

    def templates(self, environment: Any, common: object) -> _Templates:
        """Give the theme's templates, which fill in a page that is as it was only once.

        Args:
            environment: The theme's environment.
            common: What all pages show alike.
        """
        return _Templates(environment, self._files, common)


@dataclass(frozen=True)
class _Templates:
    """An environment whose templates remember."""

    _environment: Any
    _files: Kept
    _common: object

    def __getattr__(self, name: str) -> Any:
        return getattr(self._environment, name)

    def get_template(self, name: str) -> _Template:
        return _Template(self._environment.get_template(name), self._files, self._common)


@dataclass(frozen=True)
class _Template:
    """A template that remembers."""

    _template: Any
    _files: Kept
    _common: object

    def render(self, context: Mapping[str, Any]) -> Any:
        page = context.get("page")
        if page is None:
            return self._template.render(context)
        near = [other.url if other else None for other in (page.previous_page, page.next_page)]
        own = page.content, page.title, repr(page.meta), page.edit_url, page.canonical_url, near
        told = context.get("structured_data"), context.get("cite_this")
        return self._files.get(page.url, (self._common, own, told), lambda: self._template.render(context))

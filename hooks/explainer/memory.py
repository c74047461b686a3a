"""What one process has made, to be used again in its next build: while somebody edits, most of a site stays as it is.

A result is used again only if everything that it was made from is as it was. What is published comes from a process of
its own, so it never depends on this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from .cards import CARD_NAME, card_of
from .hosting import InlineScripts
from .linking import Heading
from .model import Dataset

T = TypeVar("T")


@dataclass
class Kept(Generic[T]):
    """The last result for each name, with the key that says what it was made from."""

    _results: dict[str, tuple[object, T]] = field(default_factory=dict)

    def get(self, name: str, key: object, make: Callable[[], T]) -> T:
        """Give the last result for a name if it was made from an equal key, else make it."""
        kept = self._results.get(name)
        if kept is None or kept[0] != key:
            kept = self._results[name] = key, make()
        return kept[1]

    def forget(self, unfit: Callable[[T], bool]) -> None:
        """Forget the results for which a function says so."""
        self._results = {name: kept for name, kept in self._results.items() if not unfit(kept[1])}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page as it was rendered; `rest` is what the site generator knows of it beside its content."""

    content: str
    mentions: tuple[tuple[str, Heading], ...]
    rest: Any


class _Compiled(BytecodeCache):
    """Compiled templates, which Jinja takes only if the source is the same."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._codes.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.bytecode_to_string()


@dataclass
class Memory:
    """The last build: parts of its data, its pages as they were read and rendered, what the search has of them, and their files.

    All of it is for one configuration and one state of the theme: when either changes, begin with a new one.
    """

    parts: Kept[Any] = field(default_factory=Kept)
    read: Kept[tuple[str, dict[str, Any]]] = field(default_factory=Kept)
    pages: Kept[Rendered] = field(default_factory=Kept)
    searched: Kept[list[Any]] = field(default_factory=Kept)
    files: Kept[str] = field(default_factory=Kept)
    scripts: Kept[InlineScripts] = field(default_factory=Kept)
    theme_files: Kept[list[str]] = field(default_factory=Kept)
    compiled: BytecodeCache = field(default_factory=_Compiled)
    _cards: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def begin(self, dataset: Dataset) -> None:
        """Begin a build: forget the pages with links to an entry whose card, which stands on them, has changed."""
        cards = {entry.id: card_of(entry) for entry in dataset.named()}
        changed = [entry_id for entry_id, card in self._cards.items() if cards.get(entry_id) != card]
        self.pages.forget(
            lambda page: CARD_NAME in page.content and any(entry_id in page.content for entry_id in changed)
        )
        self._cards = cards

    def environment(self, make: Callable[[], Any]) -> Any:
        """Make the theme's environment, which compiles no template again that is as it was.

        It looks among the theme's ten thousand files only once for those to copy.
        """
        made = make()
        made.bytecode_cache = self.compiled
        find = made.list_templates

        def list_templates(extensions: Any = None, filter_func: Any = None) -> list[str]:
            key = extensions, getattr(filter_func, "__code__", None)
            return self.theme_files.get("", key, partial(find, extensions, filter_func))

        made.list_templates = list_templates
        return made

    def index_once(self, search: Any) -> Callable[..., None]:
        """Give a function in the place of that of the theme's search which reads a page: it reads only what is new.

        Args:
            search: The theme's plugin, with an index of its own for this build.
        """
        entries = search.search_index.entries

        def index_or_recall(context: Any, *, page: Any, **rest: Any) -> None:
            before = len(entries)

            def added() -> list[Any]:
                search.on_page_context(context, page=page, **rest)
                return list(entries[before:])

            entries[before:] = self.searched.get(page.url, _own(page), added)

        return index_or_recall

    def templates(self, environment: Any, common: object) -> _Templates:
        """Give the theme's templates, which fill in a page that is as it was only once.

        Args:
            environment: The theme's environment.
            common: What all pages show alike.
        """
        return _Templates(environment, self.files, common)


def _own(page: Any) -> object:
    """Give what is a page's own. Its table of contents is compared by identity: it is as old as its rendering."""
    return page.content, page.toc, page.title, repr(page.meta)


@dataclass(frozen=True)
class _Templates:
    """An environment whose templates remember."""

    _environment: Any
    _files: Kept[str]
    _common: object

    def __getattr__(self, name: str) -> Any:
        return getattr(self._environment, name)

    def get_template(self, name: str) -> _Template:
        return _Template(self._environment.get_template(name), self._files, self._common)


@dataclass(frozen=True)
class _Template:
    """A template that remembers."""

    _template: Any
    _files: Kept[str]
    _common: object

    def render(self, context: Mapping[str, Any]) -> str:
        page = context.get("page")
        if page is None:
            return str(self._template.render(context))
        near = [other.url if other else None for other in (page.previous_page, page.next_page)]
        told = context.get("structured_data"), context.get("cite_this")
        key = self._common, _own(page), page.edit_url, page.canonical_url, near, told
        return self._files.get(page.url, key, lambda: str(self._template.render(context)))

"""The Markdown extension: links, notes, paragraphs and diagrams, for one page at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown import Extension, Markdown
from markdown.extensions.toc import slugify

from .diagrams import Address, draw
from .linking import LinkingTreeprocessor, Mentions
from .model import Dataset
from .names import NameIndex
from .reading import parse_yaml
from .rendering import figure, render_svg
from .sections import NoteChanges, ParagraphTreeprocessor, note_blocks
from .views import parse_view


@dataclass
class PageContext:
    """What the extension must know of the page that is being rendered. One for a build; changed from page to page.

    `page` is the source path, `markdown` its text (by which `where_used` tells what it needs), `own_id` the entry it is
    about, `address` gives the final address of an entry or a section as seen from the page. `notes` has, for each note of
    a section by its paragraph and its number there, where it is changed and where a mistake in it is reported.
    `links_names` is off on pages that list entries; `is_section` is on for sections of the essay; `is_generated` for pages
    made from the data, in which nobody writes notes. `converter` is what renders the page.
    """

    page: str = ""
    markdown: str = ""
    own_id: str | None = None
    links_names: bool = True
    is_section: bool = False
    is_generated: bool = False
    address: Address = field(default=lambda target: f"#{target}")
    notes: NoteChanges = field(default_factory=dict)
    converter: Markdown | None = None


class ExplainerExtension(Extension):
    """Adds what this package does to Python-Markdown."""

    def __init__(self, dataset: Dataset, context: PageContext, mentions: Mentions) -> None:
        """Prepare for one build."""
        super().__init__()
        self._dataset = dataset
        self._names = NameIndex(dataset.named())
        self._context = context
        self._mentions = mentions
        self._notes = note_blocks(dataset)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        """Register everything. MkDocs makes a new converter for each page, so the context is that of the page."""
        context = self._context
        context.converter = md
        if not context.is_generated:  # most pages are, and looking for notes in each block takes its time
            self._notes.extendMarkdown(md)
        linking = LinkingTreeprocessor(
            md,
            self._dataset,
            self._names,
            context.page,
            context.own_id,
            self._mentions if context.links_names else None,
        )
        # After inline markup (20) and attributes (8), before the table of contents (5) and MkDocs' links (0).
        md.treeprocessors.register(linking, "explainer_links", 7)
        if context.is_section:
            # After the links, so that the text of notes and claims is settled.
            paragraphs = ParagraphTreeprocessor(md, self._dataset, context.page, context.notes)
            md.treeprocessors.register(paragraphs, "explainer_paragraphs", 6)


_CODE = "```", "~~~"
_SIGNS: Mapping[str, Sequence[str]] = {
    "fenced_code": _CODE,
    "footnotes": ("[^",),
    "pymdownx.superfences": _CODE,
    "tables": ("|",),
}
"""What a page needs to have, one or another, for an extension to have anything to do on it."""

_INLINE_SIGNS: Mapping[str, str] = {
    "backtick": "`",
    "escape": "\\",
    "reference": "[",
    "link": "[",
    "image_link": "!",
    "image_reference": "!",
    "short_reference": "[",
    "short_image_ref": "!",
    "autolink": "<",
    "automail": "@",
    "html": "<",
    "entity": "&",
    "em_strong": "*_",
}
"""The characters of which a page needs one, for an inline pattern of Python-Markdown to match anything on it.

No longer signs: where Markdown cuts an element of HTML out of a text, what stood around it comes together.
"""

_DIAGRAM = re.compile(r"(?<=\n\n)```diagram\n(?:[a-z_]+: [^`\n]*\n)*```\n")
"""The fence of a diagram, as generated pages have it. No inline code begins or ends there, unless another fence is open."""

_OTHERS = frozenset(("abbr", "attr_list", "md_in_html", "toc"))
"""Extensions that every page gets, and that bring no text into it which its Markdown does not have."""


def where_used(
    extensions: Sequence[str | Extension], configs: Mapping[str, Any], context: PageContext
) -> list[str | Extension]:
    """Let converters have only what a page has a sign of: some extensions, and the inline patterns of Markdown itself.

    Each extension looks for its own in every block of a page, each pattern in every text, and most pages have it nowhere.
    Some extensions also take long to be set up.

    Args:
        extensions: All extensions, by name or as they are. If there is one by name that may bring in other text
            (snippets), or inline patterns that work together with those of Markdown, all stay.
        configs: The configuration of each by its name.
        context: The page that is being rendered.

    Returns:
        The extensions to configure a converter with.
    """
    named = {extension for extension in extensions if isinstance(extension, str)}
    if not named <= _SIGNS.keys() | _OTHERS:
        return list(extensions)
    return [
        *(
            _WhereUsed(extension, configs, context) if isinstance(extension, str) and extension in _SIGNS else extension
            for extension in extensions
        ),
        _InlineWhereUsed(context),
    ]


class _WhereUsed(Extension):
    """Adds another extension to a converter if the page has a sign of what that is for."""

    def __init__(self, name: str, configs: Mapping[str, Any], context: PageContext) -> None:
        super().__init__()
        self._name = name
        self._configs = configs
        self._context = context

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        if any(sign in self._context.markdown for sign in _SIGNS[self._name]):
            md.registerExtensions([self._name], self._configs)


class _InlineWhereUsed(Extension):
    """Takes the inline patterns from a converter of which the page has no sign."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        text = self._context.markdown
        without_diagrams = _DIAGRAM.sub("", text)
        if not any(fence in without_diagrams for fence in _CODE):
            text = without_diagrams
        for name, signs in _INLINE_SIGNS.items():
            if not any(sign in text for sign in signs):
                md.inlinePatterns.deregister(name)


def anchor(heading: str, separator: str) -> str:
    """Make the anchor of a heading; none begins like the ids by which the theme finds its own elements."""
    return slugify(heading, separator).lstrip("_")


def diagram_fence(dataset: Dataset, context: PageContext, *, in_browser: bool) -> Callable[..., str]:
    """Make the formatter of ``diagram`` fences for pymdownx.superfences.

    Args:
        dataset: The entries.
        context: The page that is being rendered.
        in_browser: Leave drawing to Mermaid in the reader's browser.

    Returns:
        A formatter that gives the figure, or nothing where the view is empty.
    """

    def format_fence(source: str, *_: Any, **__: Any) -> str:
        options, _ = parse_yaml(source, context.page)
        if options is None or not isinstance(options.value, dict):
            return ""
        diagram = draw(parse_view(options.plain()), dataset, context.address)
        if diagram is None:
            return ""
        return figure(diagram, None if in_browser else render_svg(diagram))

    return format_fence

"""What the theme's search is given to read of a page: less than all of it, for it takes its time over each tag.

It turns a page into sections with a title and a text, keeps few kinds of tags, and reads the others, and whole sections, only
to leave them out. Taken out beforehand, they cost a tenth of that, and the index is the same, but for white space around an
element that is empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_ATTRIBUTES = r"""(?:\s(?:[^>"']|"[^"]*"|'[^']*')*)?"""
_INLINE = "a|em|small|span|strong|time"

# The theme's search leaves out the text of a permalink, too.
_UNREAD = re.compile(rf'<a class="headerlink"[^>]*>[^<]*</a>|</?(?:{_INLINE}){_ATTRIBUTES}>')

_LEFT_OUT = re.compile(rf"<(?:{_INLINE})\b[^>]*\sdata-search-exclude|</?[A-Z]")
"""Elements whose tags are not just left out but tell what else is; and tags that may end as others than they begin."""

_SECTION_LEFT_OUT = re.compile(
    r"(<h([1-6])\b[^>]*\sdata-search-exclude\b[^>]*>[^<]*(?:<(?!/h\2>)[^<]*)*</h\2>)[^<]*(?:<(?!h[1-6]\b)[^<]*)*"
)
_MARK = re.compile(r'data-search-\w+="[^"]+"')


def _without_marks(html: str) -> str:
    """Take out of a page the marks for the search, each with the space before it, as the theme's search does."""
    *before, last = _MARK.split(html)
    return "".join([*(part[:-1] if part[-1:].isspace() else part for part in before), last])


Index = Callable[..., None]
"""Takes, as ``on_page_context`` of a plugin does, a context, which it does not use, and a page by its name."""


def what_is_indexed(html: str, *, flat: bool) -> str:
    """Take out of a page what the theme's search would leave out.

    Args:
        html: The content of the page.
        flat: Whether none of its headings is within another element, so that a section ends where the next one begins.
    """
    if flat:
        html = _SECTION_LEFT_OUT.sub(r"\1", html)
    return html if _LEFT_OUT.search(html) else _UNREAD.sub("", html)


def indexing(index: Index, is_flat: Callable[[Any], bool]) -> Index:
    """Give a function that lets another index what it would not leave out, in the place of that.

    Args:
        index: The other. It would take its own marks out of the content of a page.
        is_flat: Whether a page is flat; see `what_is_indexed`.
    """

    def index_less(context: Any, *, page: Any, **rest: Any) -> None:
        content = page.content
        page.content = what_is_indexed(content, flat=is_flat(page))
        index(context, page=page, **rest)
        page.content = _without_marks(content)

    return index_less

"""While somebody edits: the problems of the last edit on every page that is shown, until they are mended."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from .problems import Problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_SHOWN = 20
"""How many problems the notice lists."""

_BODY = re.compile(rb"<body[^>]*>")


def panel(problems: Sequence[Problem]) -> str:
    """Make the notice that stands above a page, as HTML."""
    lines = [escape(str(problem)) for problem in problems[:MOST_SHOWN]]
    if len(problems) > MOST_SHOWN:
        lines.append(f"and {len(problems) - MOST_SHOWN} more, which are in the terminal")
    listed = "".join(f"<li>{line}</li>" for line in lines)
    return (
        '<aside class="md-banner" role="alert"><div class="md-banner__inner md-grid md-typeset">'
        "<p><strong>The last edit has not been built.</strong> This is the site as it was before; it follows as soon as "
        f"these problems are mended:</p><ul>{listed}</ul></div></aside>"
    )


def with_panel(app: WSGIApplication, problems: Callable[[], Sequence[Problem]]) -> WSGIApplication:
    """Give a web application that puts the notice on the pages of another, while there are problems.

    Args:
        app: The application that serves the site.
        problems: Gives the problems of the last edit.
    """

    def noticed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = problems()
        if not found:
            return app(environ, start_response)
        answer: list[tuple[str, list[tuple[str, str]]]] = []

        def keep(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
            answer.append((status, headers))
            return lambda _: None

        parts = app(environ, keep)
        status, headers = answer[0]
        if not any(name.lower() == "content-type" and value.startswith("text/html") for name, value in headers):
            start_response(status, headers)
            return parts
        page = b"".join(parts)
        notice = panel(found).encode()
        body = _BODY.search(page)
        at = body.end() if body else 0
        page = page[:at] + notice + page[at:]
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, [*kept, ("Content-Length", str(len(page)))])
        return [page]

    return noticed

"""Addresses that pages had before their entries were renamed: small pages that lead on, without a script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from .linking import page_of
from .model import Dataset, Named


@dataclass(frozen=True, slots=True)
class Redirect:
    """An old page: its source path, if it were a page still, and the entry that it was about."""

    path: str
    entry: Named


def redirects(dataset: Dataset) -> Iterator[Redirect]:
    """Go through the old pages of all entries that have pages of their own."""
    for entry in dataset.named():
        for former_id in entry.formerly:
            yield Redirect(page_of(entry.model_copy(update={"id": former_id}))[0], entry)


def redirect_page(title: str, href: str, canonical: str) -> str:
    """Make the HTML of an old page.

    Args:
        title: What the page is called now.
        href: Where it is, as seen from the old page.
        canonical: Where it is, for search engines: the same or, if it is known, the full address.
    """
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="0; url={escape(href)}">
<link rel="canonical" href="{escape(canonical)}">
<title>{escape(title)}</title>
</head>
<body>
<p>This page has moved: <a href="{escape(href)}">{escape(title)}</a></p>
</body>
</html>
"""

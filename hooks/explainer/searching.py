"""The index of the search in parts, for sites whose index is more than a phone should load as a whole.

Pagefind makes it, of what the theme's search has found on the pages: so both know the same pages, leave out the same
sections, and weigh titles and other names above the text. In the browser the theme's own search goes on asking and
showing; `searching.js` answers it in the place of the theme's worker, and loads the parts that a question needs.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

INDEX = "search/search_index.json"
"""Where the theme's search has its index."""

PARTS = "search/parts"
"""Where the parts are. The worker looks for them there."""

_WORKER = Path(__file__).with_suffix(".js")

MOST = 1_000_000
"""The bytes, compressed, of an index that a phone may load as a whole."""

_NEEDED = ("pagefind.js", "pagefind-entry.json", "*.pf_meta", "wasm.*.pagefind", "fragment/*", "index/*")
"""What is needed of all that Pagefind writes: not its own interfaces."""


class SearchError(Exception):
    """The index cannot be split; the text says why."""


def worker_script() -> str:
    """Give the script that answers the theme's search from the parts."""
    return _WORKER.read_text(encoding="utf-8")


def too_heavy(site: Path) -> float | None:
    """Give the compressed size of the index of a built site, in megabytes, if that is more than a phone should load."""
    plain = (site / INDEX).read_bytes()
    if len(plain) <= MOST:
        return None
    if len(gzip.compress(plain, 1)) <= MOST:  # the quickest compression, and what servers send is smaller
        return None
    size = len(gzip.compress(plain, 6))
    return size / 1e6 if size > MOST else None


def pagefind() -> Path:
    """Give the program that makes the parts.

    Raises:
        SearchError: It is not installed.
    """
    try:
        from pagefind.service import get_executable  # noqa: PLC0415 - optional
    except ImportError as missing:
        raise SearchError("pagefind is not installed: use `make site SEARCH=parts`") from missing
    program = get_executable()
    if program is None:
        raise SearchError("pagefind has no program for this platform: build without SEARCH=parts")
    return program


def split_index(site: Path, language: str) -> tuple[str, ...]:
    """Put the index of a built site into parts, and leave of the theme's own what says how to search.

    Args:
        site: The folder of the site.
        language: The language of its text, as a code of two letters.

    Returns:
        The paths of the parts in the site.

    Raises:
        SearchError: The program is not there, or fails.
        OSError: A file cannot be read or written.
    """
    program = pagefind()
    index = json.loads((site / INDEX).read_text(encoding="utf-8"))
    with TemporaryDirectory() as folder:
        pages, made = Path(folder, "pages"), Path(folder, "made")
        pages.mkdir()
        for number, document in enumerate(documents(index["docs"], language)):
            (pages / f"{number:06}.html").write_text(document, encoding="utf-8")
        command = [str(part) for part in (program, "--silent", "--site", pages, "--output-path", made)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no text of others
        if done.returncode:
            said = " ".join(f"{done.stdout} {done.stderr}".split()) or f"it ended with {done.returncode}"
            raise SearchError(f"pagefind cannot split the index of the search: {said}")
        parts = sorted(path.relative_to(made) for pattern in _NEEDED for path in made.glob(pattern))
        for part in parts:
            (site / PARTS / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made / part, site / PARTS / part)
    (site / INDEX).write_text(json.dumps({**index, "docs": []}, separators=(",", ":")), encoding="utf-8")
    return tuple(f"{PARTS}/{part.as_posix()}" for part in parts)


def documents(sections: Iterable[Mapping[str, Any]], language: str) -> Iterator[str]:
    """Write what the theme's search has of each page as a page for Pagefind, which reads nothing else.

    Args:
        sections: The entries of the theme's index: one for the head of each page, one for each section of it. Their
            titles, texts and tags are HTML.
        language: The language of the text.
    """
    for location, found in groupby(sections, lambda section: str(section["location"]).partition("#")[0]):
        yield _document(location, list(found), language)


def _document(location: str, sections: Sequence[Mapping[str, Any]], language: str) -> str:
    head = sections[0]
    weight = max(0.0, min(float(head.get("boost", 1)), 10.0))  # what Pagefind knows of weights
    names = ", ".join(map(str, head.get("tags", ())))
    body = [head["text"]]
    for section in sections[1:]:
        anchor = str(section["location"]).partition("#")[2]
        body.append(f'<h2 id="{escape(anchor)}">{section["title"]}</h2>{section["text"]}')
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8"></head><body>'
        f'<meta data-pagefind-meta="location[content]" content="{escape(location)}">'
        # Not part of the text: an excerpt would begin with what stands above it.
        f'<h1 data-pagefind-ignore data-pagefind-meta="title">{head["title"]}</h1>'
        f'<p data-pagefind-ignore data-pagefind-meta="names">{names}</p>'
        f'<main data-pagefind-weight="{weight:g}">{"".join(body)}</main></body></html>'
    )

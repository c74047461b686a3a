"""The sources in the formats of reference managers: BibTeX and CSL-JSON.

The author of a source is one text in the data, which may name several people or a body; it is passed on as one name,
as no rule divides the names of all languages rightly.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .citation import bibtex_entry, in_tex
from .dates import MONTHS, Date, Point
from .model import Dataset, Source, SourceKind

_CSL_TYPES: Mapping[SourceKind, str] = {
    "primary": "document",
    "news": "article-newspaper",
    "analysis": "webpage",
    "reference": "webpage",
}


def bibtex(dataset: Dataset) -> str:
    """Write all sources in BibTeX (UTF-8), keyed by their ids.

    Dates stand twice: as ``year`` and ``month``, which BibTeX knows, and as ``date`` in full, which BibLaTeX and
    reference managers prefer.
    """
    return "\n\n".join(_bibtex_of(source) for source in dataset.sources.values()) + "\n"


def _bibtex_of(source: Source) -> str:
    date = source.date
    fields = {
        "author": f"{{{{{in_tex(source.author)}}}}}" if source.author else "",
        "title": f"{{{{{in_tex(source.title)}}}}}",
        "howpublished": f"{{{in_tex(source.publisher)}}}",
        "date": f"{{{date.text}}}" if date else "",
        "year": f"{{{date.year}}}" if date else "",
        "month": MONTHS[date.start.month - 1][:3].lower() if date and date.start.month else "",
        "url": f"{{{source.url}}}",
        "urldate": f"{{{source.checked.iso}}}" if source.checked else "",
        "keywords": f"{{{source.kind}}}",
        "langid": f"{{{source.language}}}",
        "annote": f"{{{in_tex(source.checked_for)}}}" if source.checked_for else "",
    }
    return bibtex_entry("misc", source.id, fields)


def csl_json(dataset: Dataset) -> str:
    """Write all sources in CSL-JSON (version 1.0.2 of the Citation Style Language), one a line."""
    lines = (json.dumps(_csl_of(source), ensure_ascii=False) for source in dataset.sources.values())
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _csl_of(source: Source) -> Mapping[str, Any]:
    kind = _CSL_TYPES[source.kind]
    fields = {
        "id": source.id,
        "type": kind,
        "title": source.title,
        "author": [{"literal": source.author}] if source.author else None,
        "publisher" if kind == "document" else "container-title": source.publisher,
        "issued": _csl_date(source.date) if source.date else None,
        "URL": source.url,
        "accessed": _csl_date(source.checked) if source.checked else None,
        "language": source.language,
        "keyword": source.kind,
        "annote": source.checked_for,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _csl_date(date: Date) -> Mapping[str, Any]:
    points = [date.start] if date.start == date.end else [date.start, date.end]
    written: dict[str, Any] = {"date-parts": [_parts(point) for point in points]}
    if any(point.approximate for point in points):
        written["circa"] = True
    return written


def _parts(point: Point) -> list[int]:
    return [part for part in (point.year, point.month, point.day) if part is not None]

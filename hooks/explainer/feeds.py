"""The data as what happened when: a calendar of the events, and a feed of the entries by when their facts changed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import partial
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from icalendar import Calendar, vDate, vDatetime, vText, vUri
from icalendar.parser import Contentline

from .citation import Publication
from .linking import kind_of, page_of
from .model import Claim, Dataset, Event, Named
from .records import Keep, made_anew

FEED = "data/changes.atom"
"""The file, from the root of the site: it has to name itself."""

_ATOM = "http://www.w3.org/2005/Atom"


def calendar(
    dataset: Dataset, changed: Mapping[str, datetime.date], publication: Publication, keep: Keep = made_anew
) -> bytes:
    """Write all events as a calendar of all-day entries (iCalendar, RFC 5545).

    A span is one entry from its first day to its last. Where only the month or the year of an event is known, its entry
    stands on the first day of it: an entry that filled a whole year would hide every other one. Its title then begins
    with what is known (``about 1913: …``), and it is tentative, as is every event whose date is approximate.

    Args:
        dataset: The entries.
        changed: The day on which each changed.
        publication: Where the work appears.
        keep: Where to look for the entry of an event before it is made: to write one takes the library a while.
    """
    written = Calendar()
    written.add("prodid", "-//explainer//events//EN")
    written.add("version", "2.0")
    title = " ".join(publication.citation.title.split())  # the library writes the second of these as it is
    written.add("name", title)
    written.add("x-wr-calname", title)
    opening, end, closing = written.to_ical().rpartition(b"END:")
    entries = []
    for event in dataset.events.values():
        address = publication.address(*page_of(event)) if publication.absolute else None
        told = event, changed[event.id], publication.permanent_id(event.id), address
        entries.append(keep(f"calendar entry of {event.id}", told, partial(_calendar_entry, *told)))
    return b"".join((opening, *entries, end, closing))


def _calendar_entry(event: Event, changed: datetime.date, uid: str, url: str | None) -> bytes:
    date = event.date
    exact = (
        date.start.day is not None and date.end.day is not None and not (date.start.approximate or date.end.approximate)
    )
    last = date.last if exact or date.start != date.end else date.first
    stamp = vDatetime(_midnight(changed))
    properties: dict[str, Any] = {
        "SUMMARY": vText(event.heading if exact else f"{date}: {event.heading}"),
        "DTSTART;VALUE=DATE": vDate(date.first),
        "DTEND;VALUE=DATE": vDate(last + datetime.timedelta(days=1)),
        "DTSTAMP": stamp,
        "UID": vText(uid),
        "CATEGORIES": vText(event.kind),
        "DESCRIPTION": vText(event.summary + (f" ({event.date_note})" if event.date_note else "")),
        "LAST-MODIFIED": stamp,
        **({"LOCATION": vText(event.place)} if event.place else {}),
        "STATUS": vText("CONFIRMED" if exact else "TENTATIVE"),
        "TRANSP": vText("TRANSPARENT"),
        **({"URL": vUri(url)} if url else {}),
    }
    # The library's own component would look at each property time and again.
    written = (f"{name}:{value.to_ical().decode()}" for name, value in properties.items())
    lines = ("BEGIN:VEVENT", *written, "END:VEVENT")
    return b"".join(bytes(Contentline(line).to_ical()) + b"\r\n" for line in lines)  # type: ignore[no-untyped-call]


def feed(dataset: Dataset, changed: Mapping[str, datetime.date], publication: Publication) -> bytes:
    """Write all entries but the sources as a feed, the latest changed first (Atom, RFC 4287).

    Args:
        dataset: The entries.
        changed: The day on which each changed.
        publication: Where the work appears.
    """
    entries: list[Named | Claim] = [*dataset.named(), *dataset.claims.values()]
    entries.sort(key=lambda entry: (-changed[entry.id].toordinal(), entry.id))
    citation = publication.citation
    head = [
        _text("title", citation.title),
        _text("id", publication.permanent_id("feed")),
        _text("updated", _atom_time(max(changed.values(), default=dataset.essay.facts_as_of.last))),
        *(f" <author>\n {_text('name', author.name)} </author>\n" for author in citation.authors),
        _text("rights", citation.licence),
        _link("self", "application/atom+xml", publication.address(FEED, "")),
        _link("alternate", "text/html", publication.address("index.md", "")),
    ]
    parts = (
        f"<?xml version='1.0' encoding='utf-8'?>\n<feed xmlns=\"{_ATOM}\" xml:lang=\"en\">\n",
        *head,
        *(_feed_entry(entry, changed[entry.id], publication) for entry in entries),
        "</feed>\n",
    )
    return "".join(parts).encode()


def _feed_entry(entry: Named | Claim, day: datetime.date, publication: Publication) -> str:
    told = (
        f"{entry.kind.capitalize()}; outcome so far: {entry.outcome.verdict}"
        if isinstance(entry, Claim)
        else entry.summary
    )
    elements = (
        _text("title", entry.heading),
        _text("id", publication.permanent_id(entry.id)),
        _text("updated", _atom_time(day)),
        _link("alternate", "text/html", publication.address(*page_of(entry))),
        f' <category term="{kind_of(entry)}" />\n',
        _text("summary", told),
    )
    return f" <entry>\n {' '.join(elements)} </entry>\n"


def _text(name: str, text: str) -> str:
    return f" <{name}>{escape(text)}</{name}>\n"


def _link(relation: str, media_type: str, address: str) -> str:
    return f' <link rel="{relation}" type="{media_type}" href={quoteattr(address)} />\n'


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


def _atom_time(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"

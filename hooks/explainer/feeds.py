"""The data as what happened when: a calendar of the events, and a feed of the entries by when their facts changed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import lru_cache
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from icalendar import Calendar
from icalendar import Event as CalendarEntry

from .citation import Publication
from .linking import kind_of, page_of
from .model import Claim, Dataset, Event, Named

FEED = "data/changes.atom"
"""The file, from the root of the site: it has to name itself."""

_ATOM = "http://www.w3.org/2005/Atom"


def calendar(dataset: Dataset, changed: Mapping[str, datetime.date], publication: Publication) -> bytes:
    """Write all events as a calendar of all-day entries (iCalendar, RFC 5545).

    A span is one entry from its first day to its last. Where only the month or the year of an event is known, its entry
    stands on the first day of it: an entry that filled a whole year would hide every other one. Its title then begins
    with what is known (``about 1913: …``), and it is tentative, as is every event whose date is approximate.

    Args:
        dataset: The entries.
        changed: The day on which each changed.
        publication: Where the work appears.
    """
    written = Calendar()
    written.add("prodid", "-//explainer//events//EN")
    written.add("version", "2.0")
    title = " ".join(publication.citation.title.split())  # the library writes the second of these as it is
    written.add("name", title)
    written.add("x-wr-calname", title)
    opening, end, closing = written.to_ical().rpartition(b"END:")
    entries = (
        _calendar_entry(
            event,
            changed[event.id],
            publication.permanent_id(event.id),
            publication.address(*page_of(event)) if publication.absolute else None,
        )
        for event in dataset.events.values()
    )
    return b"".join((opening, *entries, end, closing))


# To write one takes the library a while, and of a project that is being edited most are as they were.
@lru_cache(10_000)
def _calendar_entry(event: Event, changed: datetime.date, uid: str, url: str | None) -> bytes:
    date = event.date
    exact = (
        date.start.day is not None and date.end.day is not None and not (date.start.approximate or date.end.approximate)
    )
    last = date.last if exact or date.start != date.end else date.first
    stamp = _midnight(changed)
    entry = CalendarEntry()
    entry.add("uid", uid)
    entry.add("dtstamp", stamp)
    entry.add("last-modified", stamp)
    entry.add("dtstart", date.first)
    entry.add("dtend", last + datetime.timedelta(days=1))
    entry.add("summary", event.heading if exact else f"{date}: {event.heading}")
    entry.add("description", event.summary + (f" ({event.date_note})" if event.date_note else ""))
    if event.place:
        entry.add("location", event.place)
    entry.add("categories", [event.kind])
    entry.add("status", "CONFIRMED" if exact else "TENTATIVE")
    entry.add("transp", "TRANSPARENT")
    if url:
        entry.add("url", url)
    return bytes(entry.to_ical())


def feed(dataset: Dataset, changed: Mapping[str, datetime.date], publication: Publication) -> bytes:
    """Write all entries but the sources as a feed, the latest changed first (Atom, RFC 4287).

    Args:
        dataset: The entries.
        changed: The day on which each changed.
        publication: Where the work appears.
    """
    entries: list[Named | Claim] = [*dataset.named(), *dataset.claims.values()]
    entries.sort(key=lambda entry: (-changed[entry.id].toordinal(), entry.id))
    root = Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _text(root, "title", publication.citation.title)
    _text(root, "id", publication.permanent_id("feed"))
    _text(root, "updated", _atom_time(max(changed.values(), default=dataset.essay.facts_as_of.last)))
    for author in publication.citation.authors:
        _text(SubElement(root, "author"), "name", author.name)
    _text(root, "rights", publication.citation.licence)
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": publication.address(FEED, "")})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": publication.address("index.md", "")})
    for entry in entries:
        root.append(_feed_entry(entry, changed[entry.id], publication))
    indent(root, " ")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _feed_entry(entry: Named | Claim, day: datetime.date, publication: Publication) -> Element:
    element = Element("entry")
    _text(element, "title", entry.heading)
    _text(element, "id", publication.permanent_id(entry.id))
    _text(element, "updated", _atom_time(day))
    SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": publication.address(*page_of(entry))})
    SubElement(element, "category", {"term": kind_of(entry)})
    told = (
        f"{entry.kind.capitalize()}; outcome so far: {entry.outcome.verdict}"
        if isinstance(entry, Claim)
        else entry.summary
    )
    _text(element, "summary", told)
    return element


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


def _atom_time(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"

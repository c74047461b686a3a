"""The whole data set as plain values, the one form that all exports are made from, and its hash.

A record has the fields of the data files, under the same names and in the same words; a field without a value is left
out, as it is there. Dates keep their EDTF form.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from .checking import SECTION_FOLDER
from .dates import Date
from .fields import marked_values
from .model import COLLECTIONS, AnyEntry, Dataset, Entry, Part, Ref
from .prose import NOTE_CLOCKS, Page

T = TypeVar("T")

Record = Mapping[str, Any]

Keep = Callable[[str, object, Callable[[], Any]], Any]
"""Gives the last result under a name if its key is as it was, else what the function makes."""


def made_anew(_name: str, _key: object, make: Callable[[], Any]) -> Any:
    """Keep nothing."""
    return make()


def records_of(dataset: Dataset, written: Sequence[Page], keep: Keep = made_anew) -> Mapping[str, Any]:
    """Give everything: the essay's record, and a list of records for each collection and for the notes."""
    found: dict[str, Any] = {"essay": plain_value(dataset.essay)}
    for name in COLLECTIONS:
        entries = list(getattr(dataset, name).values())
        found[name] = keep(f"records of {name}", entries, partial(_each, "record", plain_value, entries, keep))
    found["notes"] = list(note_records(dataset, written))
    return found


def _each(what: str, make: Callable[[AnyEntry], T], entries: Iterable[AnyEntry], keep: Keep) -> list[T]:
    """Make something of each entry, or take what was made of it before: of a collection, an edit changes few."""
    return [keep(f"{what} of {entry.id}", entry, partial(make, entry)) for entry in entries]


def plain_value(value: Any) -> Any:
    """Turn a value of the model into what JSON can hold."""
    if isinstance(value, str):  # as most are
        return value
    if isinstance(value, Part):
        held = ((key, getattr(value, name)) for name, key in _fields(type(value)))
        return {key: plain_value(item) for key, item in held if item not in (None, (), {})}
    if isinstance(value, Date):
        return value.text
    if isinstance(value, tuple):
        return [plain_value(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


@cache
def _fields(kind: type[Part]) -> tuple[tuple[str, str], ...]:
    """The fields of a part, by their names in the model and in a record: all but the place in a data file."""
    hidden = ("at",) if issubclass(kind, Entry) else ()
    return tuple((name, info.alias or name) for name, info in kind.model_fields.items() if name not in hidden)


def note_records(dataset: Dataset, written: Sequence[Page]) -> Iterator[Record]:
    """Go through the notes in the order of the essay. Their ids count them within a paragraph: ``p6-2``."""
    pages = {page.path: page for page in written}
    for section in dataset.essay.sections:
        by_paragraph = pages[f"{SECTION_FOLDER}/{section.id}.md"].notes_by_paragraph
        for paragraph in section.paragraphs:
            for number, note in enumerate(by_paragraph.get(paragraph, ()), 1):
                yield {
                    "id": f"p{paragraph}-{number}",
                    "section": section.id,
                    "paragraph": paragraph,
                    "kind": note.kind,
                    "clock": NOTE_CLOCKS[note.kind],
                    "title": note.title,
                    "body": note.body.strip(),
                    "sources": [source for _, source in note.sources],
                }


def canonical(value: Any) -> bytes:
    """Write a value in the JSON Canonicalization Scheme (RFC 8785).

    Records hold no fractions, and their keys are ASCII: sorted keys and no spaces are then all that it asks for.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of(records: Mapping[str, Any], keep: Keep = made_anew) -> str:
    """Give the SHA-256 of the canonical form: what tells whether two editions hold the same data."""
    members = (
        canonical(name) + b":" + keep(f"canonical {name}", value, partial(canonical, value))
        for name, value in sorted(records.items())
    )
    return hashlib.sha256(b"{" + b",".join(members) + b"}").hexdigest()


class Citing(NamedTuple):
    """An entry names a source, for itself or for a part of it: ``offices/2`` is its second office."""

    collection: str
    entry: str
    part: str
    source: str


def citations(dataset: Dataset, keep: Keep = made_anew) -> list[Citing]:
    """List which entry names which source, for which part of it, in the order of the data."""
    found: list[Citing] = []
    for name in COLLECTIONS:
        entries = list(getattr(dataset, name).values())
        listed = keep(
            f"citations of {name}", entries, partial(_each, "citations", partial(_cited, name), entries, keep)
        )
        found += chain.from_iterable(listed)
    return found


def _cited(collection: str, entry: AnyEntry) -> list[Citing]:
    found = []
    for steps, marker, value in marked_values(entry):
        if isinstance(marker, Ref) and marker.collections == ("sources",):
            part = "/".join(str(step + 1) if isinstance(step, int) else step for step in steps[:-2])
            found.append(Citing(collection, entry.id, part, value))
    return found


def changes(dataset: Dataset, cited: Iterable[Citing]) -> Mapping[str, datetime.date]:
    """Give the day on which the facts of each entry but the sources changed: when its sources were last checked.

    A fact comes with its source, and a source with the day on which somebody read it; nothing else is dated. For
    an entry none of whose sources has been checked it is the day to which the facts of the whole work reach.
    """
    checked_on = {source.id: source.checked.last for source in dataset.sources.values() if source.checked}
    found: dict[str, datetime.date] = {}
    for citing in cited:
        if (day := checked_on.get(citing.source)) is not None:
            found[citing.entry] = max(day, found.get(citing.entry, day))
    entries: tuple[AnyEntry, ...] = (*dataset.named(), *dataset.claims.values())
    return {entry.id: found.get(entry.id, dataset.essay.facts_as_of.last) for entry in entries}

"""The records as tables: one CSV file for each collection and each list within its entries, and how they hang together.

The tables follow from the model alone. A text, number or date is a column; a list of parts is a table of its own, whose
rows say which entry they belong to and their place in its list, from 1; a list of ids likewise; a part that is no list
becomes columns with its name before theirs; a list of plain texts, and names by language, are JSON in their cell. All
sources of all entries are in one table. A date stands in its EDTF form, and beside it are the first and the last day
that it can mean, for programs that know only days.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from itertools import chain
from typing import Any, Literal, get_args, get_origin

from .citation import Publication
from .dates import Date, parse_date
from .fields import annotations_of, parts_of
from .model import COLLECTIONS, Part, Ref, Section
from .prose import NOTE_CLOCKS
from .records import Citing, Keep, Record, made_anew

DESCRIPTOR = "datapackage.json"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A table: its fields and keys as a Table Schema describes them, and its rows by field name."""

    name: str
    description: str
    fields: tuple[Mapping[str, Any], ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[Mapping[str, Any], ...]
    rows: Sequence[Row] = field(repr=False)

    @cached_property
    def csv(self) -> bytes:
        """The table in CSV (RFC 4180), UTF-8, with a line of field names."""
        written = io.StringIO()
        writer = csv.writer(written)
        names = [field["name"] for field in self.fields]
        writer.writerow(names)
        writer.writerows([_cell(row.get(name, "")) for name in names] for row in self.rows)
        return written.getvalue().encode()


_as_json = json.JSONEncoder(ensure_ascii=False).encode
_COMMANDS = ("=", "+", "-", "@", "\uff0b", "\uff0d", "\uff1d", "\uff20")
"""What a text begins with that a spreadsheet takes for a formula, in either width."""


def _cell(value: Any) -> str:
    """Write a value; before a text that a spreadsheet would run stands an apostrophe, by which it knows a text."""
    if not isinstance(value, str):
        return _as_json(value)
    if value[:1].isalnum():  # as most do
        return value
    return f"'{value}" if value.lstrip().startswith(_COMMANDS) else value


def tables(records: Mapping[str, Any], cited: Iterable[Citing], keep: Keep = made_anew) -> Iterator[Table]:
    """Make all tables: those of the sections, of each collection, of the notes, and of who cites which source."""
    sections = [{"number": number, **section} for number, section in enumerate(records["essay"]["sections"], 1)]
    made = [*_tables_of("sections", Section, [((record["id"],), record) for record in sections], _Owner((), ()))]
    for name, kind in COLLECTIONS.items():
        made += keep(f"tables of {name}", records[name], partial(_tables_of_collection, name, kind, records[name]))
    made += _notes_table(records["notes"]), _citations_table(cited, records["notes"])
    for table in made:  # a table like the last one is that one, which has been written as CSV already
        yield keep(f"table {table.name}", table, partial(_itself, table))


def _itself(table: Table) -> Table:
    return table


def _tables_of_collection(name: str, kind: type[Part], records: Sequence[Record]) -> tuple[Table, ...]:
    return tuple(_tables_of(name, kind, [((record["id"],), record) for record in records], _Owner((), ())))


def datapackage(made: Iterable[Table], publication: Publication, data_hash: str) -> str:
    """Describe the tables as a Frictionless Tabular Data Package (version 1), with types and foreign keys."""
    citation = publication.citation
    described: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in citation.title.lower()).split()),
        "title": citation.title,
        "licenses": [{"name": citation.licence, "path": citation.licence_address}],
        "contributors": [{"title": author.name, "role": "author"} for author in citation.authors],
        "dataHash": f"sha256:{data_hash}",
    }
    if citation.abstract:
        described["description"] = citation.abstract
    if publication.absolute:
        described["homepage"] = publication.address("index.md", "")
    described["resources"] = [_resource(table) for table in made]
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _resource(table: Table) -> Mapping[str, Any]:
    content = table.csv
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": table.name.replace("-", ": ").capitalize(),
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {
            "fields": list(table.fields),
            "primaryKey": list(table.primary_key),
            **({"foreignKeys": list(table.foreign_keys)} if table.foreign_keys else {}),
        },
    }


@dataclass(frozen=True, slots=True)
class _Owner:
    """What the rows of a table belong to: the fields that name it, and the reference that they make."""

    fields: tuple[Mapping[str, Any], ...]
    foreign_keys: tuple[Mapping[str, Any], ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field["name"] for field in self.fields)


@dataclass
class _Draft:
    """A table in the making, and the tables of the lists in its entries: field, kind of part (None for ids), its target."""

    fields: list[Mapping[str, Any]]
    foreign_keys: list[Mapping[str, Any]]
    lists: list[tuple[tuple[str, ...], type[Part] | None, Ref | None]]


Owned = tuple[tuple[str, ...], Record]
"""A record with the values that name what it belongs to and itself."""


def _tables_of(name: str, kind: type[Part], records: Sequence[Owned], owner: _Owner) -> Iterator[Table]:
    """Make the table of a kind of part, and those of the lists in it."""
    own = [_field("number", "integer", required=True)] if owner.fields else []
    draft = _Draft([*owner.fields, *own], list(owner.foreign_keys), [])
    if kind is Section:
        draft.fields.append(_field("number", "integer", required=True))
    _add_fields(draft, kind, ())
    names = frozenset(field["name"] for field in draft.fields)
    keys = (*owner.names, "number") if owner.fields else ("id",)
    rows = [_row(names, keys, key, record) for key, record in records]
    yield Table(name, _first_line(kind), tuple(draft.fields), keys, tuple(draft.foreign_keys), rows)
    singular = name.rpartition("-")[2].removesuffix("s")
    for steps, part, ref in draft.lists:
        child = f"{name}-{'-'.join(steps).replace('_', '-')}"
        heads = (*owner.names, singular)
        held = [((*key, str(n)), item) for key, record in records for n, item in enumerate(_at(record, steps), 1)]
        reference = {"fields": _one(heads), "reference": {"resource": name, "fields": _one(keys)}}
        types = (*("string" for _ in owner.fields), "integer" if owner.fields else "string")
        owning = _Owner(
            tuple(_field(head, kind, required=True) for head, kind in zip(heads, types, strict=True)), (reference,)
        )
        if part is not None:
            yield from _tables_of(child, part, held, owning)
        else:
            assert ref is not None  # noqa: S101 - a list is of parts or of ids
            yield _links_table(child, ref, held, owning)


def _links_table(name: str, ref: Ref, held: Sequence[tuple[tuple[str, ...], Any]], owner: _Owner) -> Table:
    fields = (*owner.fields, _field("number", "integer", required=True), _field("target", "string", required=True))
    foreign = [*owner.foreign_keys, *_foreign_key("target", ref)]
    keys = (*owner.names, "number")
    rows = [{**dict(zip(keys, key, strict=True)), "target": value} for key, value in held]
    wanted = ", ".join(ref.collections)
    return Table(name, f"Ids of entries in {wanted}.", fields, keys, tuple(foreign), rows)


def _add_fields(draft: _Draft, kind: type[Part], steps: tuple[str, ...]) -> None:
    """Add a column for each plain field of a kind of part, and note the lists in it."""
    for attribute, info in kind.model_fields.items():
        if attribute == "at":
            continue
        name = info.alias or attribute
        here = (*steps, name)
        column = "_".join(here)
        said = list(annotations_of(info))
        ref = next((marker for marker in said if isinstance(marker, Ref)), None)
        part = next(parts_of(info), None)
        many = any(get_origin(a) is tuple for a in said)
        required = info.is_required() and not steps
        if part is not None and not many:
            _add_fields(draft, part, here)
        elif part is not None or (many and ref is not None):
            if ref is None or "sources" not in ref.collections:
                draft.lists.append((here, part, ref))
        elif many or any(get_origin(a) is dict for a in said):
            draft.fields.append(_field(column, "array" if many else "object"))
        elif any(a is Date for a in said):
            draft.fields.append(_field(column, "string", required=required))
            draft.fields += [_field(f"{column}_{end}", "date") for end in ("first", "last")]
        elif any(a is int for a in said):
            draft.fields.append(_field(column, "integer", required=required))
        else:
            choices = [c for a in said if get_origin(a) is Literal for c in get_args(a)]
            draft.fields.append(_field(column, "string", required=required, choices=choices))
            draft.foreign_keys += _foreign_key(column, ref) if ref else []


def _field(name: str, kind: str, *, required: bool = False, choices: Sequence[str] = ()) -> Mapping[str, Any]:
    constraints: dict[str, Any] = {"required": True} if required else {}
    if choices:
        constraints["enum"] = list(choices)
    return {"name": name, "type": kind, **({"constraints": constraints} if constraints else {})}


def _foreign_key(name: str, ref: Ref) -> list[Mapping[str, Any]]:
    """Refer to a table. Fields that may hold ids of several collections can not: the format has no way to say so."""
    if len(ref.collections) != 1:
        return []
    return [{"fields": name, "reference": {"resource": ref.collections[0], "fields": "id"}}]


def _one(names: Sequence[str]) -> str | list[str]:
    return names[0] if len(names) == 1 else list(names)


def _row(names: frozenset[str], keys: Sequence[str], key: Sequence[str], record: Record) -> Row:
    row: dict[str, Any] = dict(zip(keys, key, strict=True))
    _add_values(row, names, record, ())
    return row


def _add_values(row: dict[str, Any], names: frozenset[str], record: Record, steps: tuple[str, ...]) -> None:
    """Fill the columns of a row; those of a date's days too, unless it says that the date is not known."""
    for name, value in record.items():
        column = "_".join((*steps, name))
        if column in names:
            row[column] = value
            if f"{column}_first" in names and value != "unknown":
                row[f"{column}_first"], row[f"{column}_last"] = _days(value)
        elif isinstance(value, Mapping):
            _add_values(row, names, value, (*steps, name))


@lru_cache(10_000)
def _days(text: str) -> tuple[str, str]:
    """Give the first and the last day that a date can mean; many sources were checked on one day."""
    date = parse_date(text)
    return date.first.isoformat(), date.last.isoformat()


def _at(record: Record, steps: Sequence[str]) -> Sequence[Any]:
    value: Any = record
    for step in steps:
        value = value.get(step, {}) if isinstance(value, Mapping) else {}
    return value or ()


def _notes_table(notes: Sequence[Record]) -> Table:
    fields = (
        _field("id", "string", required=True),
        _field("section", "string", required=True),
        _field("paragraph", "integer", required=True),
        _field("kind", "string", required=True, choices=list(NOTE_CLOCKS)),
        _field("clock", "string", required=True, choices=sorted(set(NOTE_CLOCKS.values()))),
        _field("title", "string", required=True),
        _field("body", "string", required=True),
    )
    rows = [{name: value for name, value in note.items() if name != "sources"} for note in notes]
    foreign = {"fields": "section", "reference": {"resource": "sections", "fields": "id"}}
    return Table("notes", "An annotation of a paragraph.", fields, ("id",), (foreign,), rows)


def _citations_table(cited: Iterable[Citing], notes: Iterable[Record]) -> Table:
    """Say which source which entry or note names, and for which part of it."""
    names = Citing._fields
    fields = tuple(_field(name, "string", required=name != "part") for name in names)
    of_notes = (Citing("notes", note["id"], "", source) for note in notes for source in note["sources"])
    rows = [citing._asdict() for citing in chain(cited, of_notes)]
    foreign = {"fields": "source", "reference": {"resource": "sources", "fields": "id"}}
    description = "Which entry, and which part of it, names which source."
    return Table("citations", description, fields, names, (foreign,), rows)


def _first_line(kind: type[Part]) -> str:
    return (kind.__doc__ or "").strip().partition("\n")[0]

"""The data set in the formats that other programs read. Pure functions: entries and notes in, files out.

The bytes depend on the data, the citation and the addresses only: no clock, no machine, no order of sets.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from . import bibliography, feeds, graphs, tables
from .citation import Publication
from .model import COLLECTIONS, ID_PATTERN, Dataset, Essay
from .prose import NOTE_CLOCKS, Page
from .records import Keep, Record, changes, citations, hash_of, made_anew, records_of
from .schemas import described

FOLDER = "data"
"""The folder of the site that holds the files."""

FORMAT_VERSION = "1.0"
"""Of the JSON file: the first number grows when something is renamed or taken away, the second when something is added."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file. `path` begins at the root of the site; `what` and `opening` are Markdown, for the page that lists it."""

    path: str
    title: str
    media_type: str
    what: str
    opening: str
    content: bytes

    @property
    def name(self) -> str:
        """The path within the folder of the exports."""
        return self.path.removeprefix(f"{FOLDER}/")


@dataclass(frozen=True, slots=True)
class Exports:
    """All files: `files` in the order in which they are told of, and the CSV tables, which have their own place."""

    files: tuple[Export, ...]
    tables: tuple[Export, ...]
    data_hash: str

    def all(self) -> Iterator[Export]:
        """Go through every file."""
        yield from self.files
        yield from self.tables


NO_EXPORTS = Exports((), (), "")


def exports(dataset: Dataset, written: Sequence[Page], publication: Publication, keep: Keep = made_anew) -> Exports:
    """Make all files.

    Args:
        dataset: The entries.
        written: The hand-written pages, for their notes.
        publication: Where the work appears; its addresses are for files in the folder of the exports.
        keep: Where to look for a part of them, which belongs to one collection, before it is made.
    """
    records = records_of(dataset, written, keep)
    data_hash = hash_of(records, keep)
    cited = citations(dataset, keep)
    changed = changes(dataset, cited)
    sources = list(dataset.sources.values())
    made = list(tables.tables(records, cited, keep))
    descriptor = tables.datapackage(made, publication, data_hash)
    files = (
        Export(
            f"{FOLDER}/dataset.json",
            "Everything, as JSON",
            "application/json",
            "The essay's outline, all entries and all notes in one file, with the fields of the data files.",
            "any program that reads JSON; `jq '.data.events[] | .title' dataset.json`",
            dataset_json(dataset, records, data_hash, publication, keep).encode(),
        ),
        Export(
            f"{FOLDER}/dataset.schema.json",
            "Its schema",
            "application/schema+json",
            "What `dataset.json` may hold, field by field (JSON Schema 2020-12).",
            "editors and validators that know JSON Schema",
            dataset_schema().encode(),
        ),
        Export(
            f"{FOLDER}/tables/{tables.DESCRIPTOR}",
            "Tables, as CSV",
            "application/json",
            f"The same as {len(made)} tables, described with types and foreign keys as a Frictionless Data Package.",
            "`frictionless validate datapackage.json`; each table by itself in any spreadsheet",
            descriptor.encode(),
        ),
        Export(
            f"{FOLDER}/sources.bib",
            "Sources, as BibTeX",
            "application/x-bibtex",
            "The bibliography; keys are the ids of the sources.",
            "Zotero, JabRef, LaTeX",
            keep("BibTeX", sources, partial(bibliography.bibtex, dataset)).encode(),
        ),
        Export(
            f"{FOLDER}/sources.csl.json",
            "Sources, as CSL-JSON",
            "application/vnd.citationstyles.csl+json",
            "The bibliography once more, for what formats citations by the Citation Style Language.",
            "Zotero, Pandoc, citeproc",
            keep("CSL-JSON", sources, partial(bibliography.csl_json, dataset)).encode(),
        ),
        Export(
            f"{FOLDER}/graph.graphml",
            "Ties, as GraphML",
            "application/graphml+xml",
            "Actors, events and claims, and what ties them to one another.",
            "Gephi, yEd, Cytoscape, NetworkX",
            graphs.graphml(dataset, publication),
        ),
        Export(
            f"{FOLDER}/events.ics",
            "Events, as a calendar",
            "text/calendar",
            "All events as all-day entries.",
            "Thunderbird, Apple Calendar, Google Calendar and others, by import",
            feeds.calendar(dataset, changed, publication, keep),
        ),
        Export(
            graphs.ANNOTATIONS,
            "Notes, as Web Annotations",
            "application/ld+json",
            "All notes, each with the address of its paragraph, its text, its kind and its sources.",
            "programs that know the W3C Web Annotation Data Model, or RDF",
            graphs.web_annotations(dataset, records["notes"], publication).encode(),
        ),
        Export(
            feeds.FEED,
            "Changes, as a feed",
            "application/atom+xml",
            "All entries but the sources, the latest changed first.",
            "any feed reader",
            feeds.feed(dataset, changed, publication),
        ),
    )
    listed = tuple(
        Export(
            f"{FOLDER}/tables/{table.name}.csv",
            table.name,
            "text/csv",
            f"{table.description} {len(table.rows)} rows.",
            "",
            table.csv,
        )
        for table in made
    )
    return Exports(files, listed, data_hash)


def dataset_json(
    dataset: Dataset,
    records: Mapping[str, Any],
    data_hash: str,
    publication: Publication,
    keep: Keep = made_anew,
) -> str:
    """Write everything as JSON, one entry a line, with what it is, whose it is, and the hash of its data."""
    citation = publication.citation
    head = {
        "$schema": "dataset.schema.json",
        "format": FORMAT_VERSION,
        "title": citation.title,
        "authors": [author.name for author in citation.authors],
        "license": citation.licence,
        "facts_as_of": dataset.essay.facts_as_of.text,
        "data_hash": f"sha256:{data_hash}",
    }
    opening = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    members = ",\n".join(
        f'"{name}": {keep(f"lines of {name}", value, partial(_one_a_line, value))}' for name, value in records.items()
    )
    return f'{opening},\n "data": {{\n{members}\n}}\n}}\n'


def _one_a_line(value: Any) -> str:
    if not isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return "[\n" + ",\n".join(json.dumps(item, ensure_ascii=False) for item in value) + "\n]"


@cache
def dataset_schema() -> str:
    """Describe `dataset_json` as a JSON Schema (draft 2020-12), from the model."""
    definitions = dict(described(Essay))
    for kind in COLLECTIONS.values():
        definitions |= described(kind)
        entry = definitions[kind.__name__]
        entry["properties"] = {"id": {"type": "string", "pattern": ID_PATTERN}, **entry["properties"]}
        entry["required"] = ["id", *entry["required"]]
    members: dict[str, Any] = {"essay": {"$ref": f"#/$defs/{Essay.__name__}"}}
    for name, kind in COLLECTIONS.items():
        members[name] = {"type": "array", "items": {"$ref": f"#/$defs/{kind.__name__}"}}
    members["notes"] = {"type": "array", "items": _NOTE_SCHEMA}
    text = {"type": "string"}
    head = {
        "$schema": text,
        "format": {"const": FORMAT_VERSION},
        "title": text,
        "authors": {"type": "array", "items": text},
        "license": {"description": "An identifier of the SPDX licence list.", **text},
        "facts_as_of": definitions["Essay"]["properties"]["facts_as_of"],
        "data_hash": {
            "description": "SHA-256 of the member `data` in its canonical form (RFC 8785).",
            "pattern": "^sha256:[0-9a-f]{64}$",
            **text,
        },
        "data": _closed(members),
    }
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_closed(head), "$defs": definitions}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _closed(properties: Mapping[str, Any]) -> Record:
    """Describe an object that has all of these members and no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


_NOTE_SCHEMA = _closed(
    {
        "id": {"description": "Counts the notes of a paragraph; it changes when notes are added.", "type": "string"},
        "section": {"type": "string"},
        "paragraph": {"type": "integer"},
        "kind": {"enum": list(NOTE_CLOCKS)},
        "clock": {"enum": sorted(set(NOTE_CLOCKS.values()))},
        "title": {"type": "string"},
        "body": {"description": "Markdown, with links by id (`ref:some-id`).", "type": "string"},
        "sources": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    }
)

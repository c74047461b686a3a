"""The data as graphs: GraphML of what is tied to what, and the notes as Web Annotations in JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any
from xml.sax.saxutils import escape

from .checking import SECTION_FOLDER
from .citation import Publication
from .linking import kind_of, page_of
from .model import Actor, Claim, Dataset, Event
from .prose import NoteKind, with_addresses
from .records import Record

ANNOTATIONS = "data/annotations.jsonld"
"""The file, from the root of the site: it has to name itself."""

_NODE_KEYS = ("type", "kind", "label", "date", "address")
_EDGE_KEYS = ("type", "detail")
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"

Edge = tuple[str, str, str, str]
"""From, to, type and detail."""


def edges(dataset: Dataset) -> Iterator[Edge]:
    """Go through what ties actors, events and claims to one another.

    An actor *takes part* in an event (detail: its part); a *cause* leads to an event; an actor has a *tie* to another
    (detail: its kind); a claim *supports* or *opposes* another; an event is *evidence* on a claim (detail: for it,
    against it or mixed, and on which clock).
    """
    for event in dataset.events.values():
        for who in event.participants:
            yield who.actor, event.id, "takes part", who.part or ""
        for cause in event.causes:
            yield cause, event.id, "cause", ""
    for actor in dataset.actors.values():
        for tie in actor.ties:
            yield actor.id, tie.to, "tie", tie.kind
    for claim in dataset.claims.values():
        for other in claim.supports:
            yield claim.id, other, "supports", ""
        for other in claim.opposes:
            yield claim.id, other, "opposes", ""
        for evidence in claim.evidence:
            for event_id in evidence.events:
                yield event_id, claim.id, "evidence", f"{evidence.stance}, {evidence.clock}"


def graphml(dataset: Dataset, publication: Publication) -> bytes:
    """Write actors, events and claims as nodes and `edges` as directed edges, in GraphML."""
    keys = (
        f' <key id="{domain}-{name}" for="{domain}" attr.name="{name}" attr.type="string" />\n'
        for domain, names in (("node", _NODE_KEYS), ("edge", _EDGE_KEYS))
        for name in names
    )
    entries: Iterable[Actor | Event | Claim] = chain(
        dataset.actors.values(), dataset.events.values(), dataset.claims.values()
    )
    parts = (
        f"<?xml version='1.0' encoding='utf-8'?>\n<graphml xmlns=\"{_GRAPHML}\">\n",
        *keys,
        ' <graph id="data" edgedefault="directed">\n',
        *(_node(entry, publication.address(*page_of(entry))) for entry in entries),
        *(_edge(number, edge) for number, edge in enumerate(edges(dataset), 1)),
        " </graph>\n</graphml>\n",
    )
    return "".join(parts).encode()


def _node(entry: Actor | Event | Claim, address: str) -> str:
    date = entry.date.text if isinstance(entry, Event) else ""
    told = _described("node", _NODE_KEYS, (kind_of(entry), entry.kind, entry.heading, date, address))
    return f'  <node id="{entry.id}">\n{told}  </node>\n'


def _edge(number: int, edge: Edge) -> str:
    source, target, kind, detail = edge
    told = _described("edge", _EDGE_KEYS, (kind, detail))
    return f'  <edge id="e{number}" source="{source}" target="{target}">\n{told}  </edge>\n'


def _described(domain: str, names: Sequence[str], values: Sequence[str]) -> str:
    told = zip(names, values, strict=True)
    return "".join(f'   <data key="{domain}-{name}">{escape(value)}</data>\n' for name, value in told if value)


MOTIVATIONS: Mapping[NoteKind, str] = {
    "context": "describing",
    "evidence": "assessing",
    "counter": "replying",
    "since": "commenting",
}
"""What a note of each kind is for, in the words of the Web Annotation Data Model."""


def web_annotations(dataset: Dataset, notes: Sequence[Record], publication: Publication) -> str:
    """Write all notes as one collection of the W3C Web Annotation Data Model (2017), in JSON-LD.

    The target of a note is the address of its paragraph on the page that paraphrases it; nothing of the essay is
    quoted. Its bodies are its text in Markdown, its kind as a tag, and its sources.

    Args:
        dataset: The entries.
        notes: The records of the notes.
        publication: Where the work appears.
    """
    citation = publication.citation
    address = publication.address(ANNOTATIONS, "")

    def entry_address(entry_id: str) -> str:
        return publication.address(*page_of(dataset.entry(entry_id)))

    def annotation(note: Record) -> Mapping[str, Any]:
        page = f"{SECTION_FOLDER}/{note['section']}.md"
        text = with_addresses(note["body"], entry_address)
        purpose = MOTIVATIONS[note["kind"]]
        sources = (dataset.sources[source].url for source in note["sources"])
        return {
            "id": publication.permanent_id(f"{note['paragraph']}/{note['kind']}/{note['title']}"),
            "type": "Annotation",
            "motivation": purpose,
            "label": note["title"],
            "target": publication.address(page, f"p{note['paragraph']}"),
            "body": [
                {"type": "TextualBody", "purpose": purpose, "format": "text/markdown", "language": "en", "value": text},
                {"type": "TextualBody", "purpose": "tagging", "value": note["kind"]},
                *({"type": "SpecificResource", "purpose": "linking", "source": url} for url in sources),
            ],
        }

    head = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": address,
        "type": "AnnotationCollection",
        "label": citation.title,
        "creator": [{"type": "Person" if a.family else "Organization", "name": a.name} for a in citation.authors],
        "rights": citation.licence_address,
        "total": len(notes),
    }
    first = {"id": f"{address}#page", "type": "AnnotationPage", "startIndex": 0}
    items = ",\n".join(json.dumps(annotation(note), ensure_ascii=False) for note in notes)
    return f'{json.dumps(head, ensure_ascii=False)[:-1]},\n"first": {json.dumps(first)[:-1]},\n"items": [\n{items}\n]}}}}\n'

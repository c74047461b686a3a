"""What the data folder holds, as immutable values.

The classes are the data dictionary: field names, types and descriptions are the single source for the reader, the
checks and the documentation. Two markers in the annotations drive the checks: `Ref` (the field holds an id of another
entry) and `Prose` (the field holds Markdown).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints

from .dates import Date
from .problems import Position

ID_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
ADDRESS_PATTERN = r"^https?://[^\s<>\"'`{}|\\^]+$"
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a field that holds the id of an entry of one of these collections."""

    collections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """Marks a field that holds Markdown; every other text is plain."""


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Markdown = Annotated[str, StringConstraints(min_length=1, max_length=20_000), Prose()]
Address = Annotated[str, StringConstraints(pattern=ADDRESS_PATTERN, max_length=2000)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE_PATTERN)]

ActorId = Annotated[Id, Ref(("actors",))]
EventId = Annotated[Id, Ref(("events",))]
ClaimId = Annotated[Id, Ref(("claims",))]
SourceId = Annotated[Id, Ref(("sources",))]
EntryId = Annotated[Id, Ref(("actors", "events", "terms"))]
AnyId = Annotated[Id, Ref(("actors", "events", "terms", "claims"))]

Sources = Annotated[tuple[SourceId, ...], Field(min_length=1)]

ActorKind = Literal["person", "state", "organisation", "group"]
TieKind = Literal[
    "part of",
    "member of",
    "allied with",
    "treaty with",
    "sanctions",
    "relative of",
    "succeeded",
    "negotiates with",
    "leads",
]
EventKind = Literal[
    "summit",
    "meeting",
    "agreement",
    "resolution",
    "test",
    "statement",
    "policy",
    "conflict",
    "incident",
    "politics",
    "economy",
    "publication",
]
SourceKind = Literal["primary", "news", "analysis", "reference"]
ClaimKind = Literal["fact", "assessment", "prediction", "recommendation"]
Clock = Literal["then", "since"]
Stance = Literal["for", "against", "mixed"]
Verdict = Literal[
    "occurred",
    "partly",
    "did not occur",
    "unresolved",
    "untestable",
    "followed",
    "partly followed",
    "not followed",
    "confirmed",
    "imprecise",
    "disputed",
    "mistaken",
    "borne out",
    "contested",
    "not borne out",
]

_REVERSED_TIES: Mapping[TieKind, str] = {
    "part of": "includes",
    "member of": "has as a member",
    "sanctions": "sanctioned by",
    "succeeded": "succeeded by",
    "leads": "led by",
}

VERDICTS: Mapping[ClaimKind, tuple[Verdict, ...]] = {
    "prediction": ("occurred", "partly", "did not occur", "unresolved", "untestable"),
    "recommendation": ("followed", "partly followed", "not followed", "untestable"),
    "fact": ("confirmed", "imprecise", "disputed", "mistaken"),
    "assessment": ("borne out", "contested", "not borne out", "untestable"),
}
"""Which outcomes each kind of claim can have."""

UNSOURCED_VERDICTS: tuple[Verdict, ...] = ("unresolved", "untestable")
"""Outcomes that say only that nothing is settled, and so may stand without a source."""


class Part(BaseModel):
    """A mapping of the data: unknown fields are errors, values do not change."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


class Entry(Part):
    """A thing with an id and a place in a data file. The first two fields are not written inside the entry."""

    id: Id
    at: Position


class Office(Part):
    """An office that somebody held."""

    role: Line
    of: ActorId | None = None
    start: Date = Field(alias="from")
    end: Date | Literal["unknown"] | None = Field(default=None, alias="to")
    sources: Sources

    @property
    def ended(self) -> Date | None:
        """When it ended, if it did and the day is known."""
        return self.end if isinstance(self.end, Date) else None

    def held_on(self, date: Date) -> bool:
        """Whether it was held at some time within `date`; an end that is not known counts as not held."""
        if self.end == "unknown":
            return False
        return self.start.first <= date.last and (self.ended is None or self.ended.last >= date.first)

    @property
    def tenure(self) -> str:
        """When it was held, for readers."""
        if self.end is None:
            return f"since {self.start}"
        return f"{self.start} – {self.ended or 'end not known'}"


class Tie(Part):
    """A lasting relation to another actor, told once, from one end."""

    kind: TieKind
    to: ActorId
    start: Date | None = Field(default=None, alias="from")
    until: Date | None = None
    note: Text | None = None
    sources: Sources

    @property
    def reversed(self) -> str:
        """What the relation is called from its other end."""
        return _REVERSED_TIES.get(self.kind, self.kind)


class Actor(Entry):
    """A person, state, organisation or group."""

    kind: ActorKind
    name: Line
    native: dict[Language, Line] = {}
    aliases: tuple[Line, ...] = ()
    summary: Line
    description: Markdown | None = None
    born: Date | None = None
    died: Date | None = None
    offices: tuple[Office, ...] = ()
    ties: tuple[Tie, ...] = ()
    sources: Sources

    @property
    def heading(self) -> str:
        """What the entry is called."""
        return self.name


class Participant(Part):
    """Who took part in an event, and how."""

    actor: ActorId
    part: Text | None = None


class Account(Part):
    """An event as one party tells it."""

    teller: ActorId
    says: Markdown
    date: Date | None = None
    sources: Sources


class Stand(Part):
    """What one side offered and asked."""

    actor: ActorId
    offered: tuple[Text, ...] = ()
    asked: tuple[Text, ...] = ()
    sources: Sources


class Measure(Part):
    """One thing that a resolution forbids, caps or requires."""

    subject: Line
    text: Text


class Votes(Part):
    """How a resolution was adopted."""

    in_favour: StrictInt = Field(alias="for", ge=0)
    against: tuple[Line, ...] = ()
    abstained: tuple[Line, ...] = ()


class Event(Entry):
    """Something that happened."""

    kind: EventKind
    title: Line
    aliases: tuple[Line, ...] = ()
    date: Date
    date_note: Text | None = None
    place: Line | None = None
    symbol: Line | None = None
    summary: Line
    account: Markdown | None = None
    outcome: Markdown | None = None
    relevance: Markdown | None = None
    participants: tuple[Participant, ...] = ()
    accounts: Annotated[tuple[Account, ...], Field(min_length=2)] | None = None
    positions: tuple[Stand, ...] = ()
    causes: tuple[EventId, ...] = ()
    measures: tuple[Measure, ...] = ()
    votes: Votes | None = None
    sources: Sources

    @property
    def heading(self) -> str:
        """What the entry is called, with the capital of a title."""
        return self.title[:1].upper() + self.title[1:]


class Term(Entry):
    """A word or phrase that needs explaining."""

    name: Line
    native: dict[Language, Line] = {}
    aliases: tuple[Line, ...] = ()
    definition: Annotated[str, StringConstraints(min_length=1, max_length=160)]
    explanation: Markdown | None = None
    see_also: tuple[AnyId, ...] = ()
    sources: Sources

    @property
    def heading(self) -> str:
        """What the entry is called, with the capital of a title."""
        return self.name[:1].upper() + self.name[1:]

    @property
    def summary(self) -> str:
        """The definition, under the name that actors and events use for their one-liner."""
        return self.definition


class Evidence(Part):
    """What speaks for or against a claim."""

    stance: Stance
    clock: Clock
    text: Markdown
    events: tuple[EventId, ...] = ()
    sources: Sources


class Dissent(Part):
    """The best case for another verdict."""

    text: Markdown
    sources: tuple[SourceId, ...] = ()


class Outcome(Part):
    """How a claim has fared."""

    verdict: Verdict
    date: Date
    text: Markdown
    sources: tuple[SourceId, ...] = ()
    dissent: Dissent | None = None


class Claim(Entry):
    """Something that the essay argues, in our words."""

    paragraph: StrictInt
    text: Text
    kind: ClaimKind
    supports: tuple[ClaimId, ...] = ()
    opposes: tuple[ClaimId, ...] = ()
    criterion: Text | None = None
    evidence: tuple[Evidence, ...] = ()
    outcome: Outcome

    @property
    def heading(self) -> str:
        """What the entry is called."""
        return self.text


class Source(Entry):
    """Where a fact was read."""

    title: Text
    author: Line | None = None
    publisher: Line
    date: Date | None = None
    url: Address
    archived: Address | None = None
    kind: SourceKind
    language: Language
    checked: Date | None = None
    checked_for: Text | None = None

    @property
    def heading(self) -> str:
        """What the entry is called."""
        return self.title


class Section(Part):
    """A run of paragraphs that is read on one page, `<folder of sections>/<id>.md`."""

    id: Id
    title: Line
    sentence: Text
    paragraphs: Annotated[tuple[StrictInt, ...], Field(min_length=1)]


class Essay(Part):
    """The text that is annotated."""

    title: Line
    author: ActorId
    written: Date
    facts_as_of: Date
    publication: Markdown
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]

    @property
    def paragraphs(self) -> tuple[int, ...]:
        """The numbers of its paragraphs, in order."""
        return tuple(chain.from_iterable(section.paragraphs for section in self.sections))

    def section_of(self, paragraph: int) -> Section:
        """Find the section that holds a paragraph.

        Raises:
            KeyError: no section holds it.
        """
        for section in self.sections:
            if paragraph in section.paragraphs:
                return section
        raise KeyError(paragraph)


COLLECTIONS: Mapping[str, type[Entry]] = {
    "actors": Actor,
    "events": Event,
    "terms": Term,
    "claims": Claim,
    "sources": Source,
}
"""The collections of a data set, by the name that `Ref` and `Dataset` use."""

FOLDERS: Mapping[str, str] = {
    "actors": "actors",
    "events": "events",
    "glossary": "terms",
    "claims": "claims",
    "sources": "sources",
}
"""Which folder of `data/` holds which collection."""

AnyEntry = Actor | Event | Term | Claim | Source
Named = Actor | Event | Term
"""The entries that prose can mention by name."""


@dataclass(frozen=True)
class Dataset:
    """Everything in the data folder, checked. Mappings are ordered: see `checking.load` for the order."""

    essay: Essay
    actors: Mapping[str, Actor]
    events: Mapping[str, Event]
    terms: Mapping[str, Term]
    claims: Mapping[str, Claim]
    sources: Mapping[str, Source]

    def entry(self, entry_id: str) -> AnyEntry:
        """Find an entry of any collection by its id.

        Raises:
            KeyError: there is none.
        """
        return self._entries[entry_id]

    @cached_property
    def _entries(self) -> Mapping[str, AnyEntry]:
        return {**self.actors, **self.events, **self.terms, **self.claims, **self.sources}

    def named(self) -> Iterator[Named]:
        """Go through the entries that prose can mention by name."""
        return chain(self.actors.values(), self.events.values(), self.terms.values())

    @cached_property
    def consequences(self) -> Mapping[str, tuple[str, ...]]:
        """Which later events each event led to: the causes, read the other way."""
        found: dict[str, list[str]] = {}
        for event in self.events.values():
            for cause in event.causes:
                found.setdefault(cause, []).append(event.id)
        return {cause: tuple(effects) for cause, effects in found.items()}

    @cached_property
    def events_of(self) -> Mapping[str, tuple[Event, ...]]:
        """The events that each actor took part in or told an account of, in order of date."""
        found: dict[str, list[Event]] = {}
        for event in self.events.values():
            involved = {
                **{participant.actor: None for participant in event.participants},
                **{account.teller: None for account in event.accounts or ()},
                **{stand.actor: None for stand in event.positions},
            }
            for actor in involved:
                found.setdefault(actor, []).append(event)
        return {actor: tuple(events) for actor, events in found.items()}

    @cached_property
    def ties_of(self) -> Mapping[str, tuple[tuple[str, Tie, str], ...]]:
        """The ties of each actor, told from either end, as (the actor that tells it, the tie, the other end)."""
        found: dict[str, list[tuple[str, Tie, str]]] = {}
        for actor in self.actors.values():
            for tie in actor.ties:
                found.setdefault(actor.id, []).append((actor.id, tie, tie.to))
                found.setdefault(tie.to, []).append((actor.id, tie, actor.id))
        return {actor: tuple(ties) for actor, ties in found.items()}

    @cached_property
    def claims_on(self) -> Mapping[str, tuple[Claim, ...]]:
        """The claims whose evidence names each event."""
        found: dict[str, dict[str, Claim]] = {}
        for claim in self.claims.values():
            for evidence in claim.evidence:
                for event in evidence.events:
                    found.setdefault(event, {})[claim.id] = claim
        return {event: tuple(claims.values()) for event, claims in found.items()}

    def claims_of(self, paragraph: int) -> tuple[Claim, ...]:
        """The claims that a paragraph makes, in the order of the data."""
        return tuple(claim for claim in self.claims.values() if claim.paragraph == paragraph)

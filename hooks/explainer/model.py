"""What the data folder holds, as immutable values.

The classes are the data dictionary: field names, types and descriptions are the single source for the reader, the
checks, the schemas for editors and the tables of the data dictionary. Two markers in the annotations drive the checks:
`Ref` (the field holds an id of another entry) and `Prose` (the field holds Markdown).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetJsonSchemaHandler, StrictInt, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from .dates import Date
from .problems import Position

ID_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
ADDRESS_PATTERN = r"^https?://[^\s<>\"'`{}|\\^]+$"
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"

SINGULAR: Mapping[str, str] = {
    "actors": "actor",
    "events": "event",
    "terms": "term",
    "claims": "claim",
    "sources": "source",
}
"""What one entry of each collection is called."""


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a field that holds the id of an entry of one of these collections."""

    collections: tuple[str, ...]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Say in the schema whose id it is."""
        return {**handler(schema), "title": " or ".join(SINGULAR[name] for name in self.collections) + " id"}


@dataclass(frozen=True, slots=True)
class Prose:
    """Marks a field that holds Markdown; every other text is plain."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Say in the schema that it is prose."""
        return {**handler(schema), "title": "prose"}


def is_address(text: str) -> bool:
    """Whether a text is an address of the web that programs can take apart: some that look like one are not."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        return False


def _with_a_host(address: str) -> str:
    if not is_address(address):
        raise PydanticCustomError("address", "a web address with a host, such as https://archive.example/page")
    return address


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Markdown = Annotated[str, StringConstraints(min_length=1, max_length=20_000), Prose()]
Address = Annotated[str, StringConstraints(pattern=ADDRESS_PATTERN, max_length=2000), AfterValidator(_with_a_host)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE_PATTERN)]

ActorId = Annotated[Id, Ref(("actors",))]
EventId = Annotated[Id, Ref(("events",))]
ClaimId = Annotated[Id, Ref(("claims",))]
SourceId = Annotated[Id, Ref(("sources",))]
EntryId = Annotated[Id, Ref(("actors", "events", "terms"))]
AnyId = Annotated[Id, Ref(("actors", "events", "terms", "claims"))]

_SOURCES = "Where it was read."
_SOURCES_EXAMPLE = ["final-act-of-vienna"]
_NATIVE = "The name in its own language or languages, by BCP 47 tag."
_ALIASES = "Other names under which prose may mention it. An alias that reads as an everyday word is a bad alias."

Sources = Annotated[tuple[SourceId, ...], Field(min_length=1, description=_SOURCES, examples=[_SOURCES_EXAMPLE])]
Native = dict[Language, Line]
Aliases = tuple[Line, ...]

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
    formerly: tuple[Id, ...] = Field(
        default=(),
        description="Ids that it had before. Their addresses lead to it, and nothing else may have them.",
        examples=[["vienna-congress"]],
    )


class Office(Part):
    """An office that somebody held."""

    role: Line = Field(description="What the office is called.", examples=["Foreign minister"])
    of: ActorId | None = Field(default=None, description="The body or state it belongs to.", examples=["austria"])
    start: Date = Field(alias="from", description="When it began.", examples=["1809-10-08"])
    end: Date | Literal["unknown"] | None = Field(
        default=None,
        alias="to",
        description="When it ended; absent while it is held, `unknown` if nobody knows.",
        examples=["1848-03-13", "unknown"],
    )
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

    kind: TieKind = Field(description="What the actor is to the other one.")
    to: ActorId = Field(description="The other actor.", examples=["prussia"])
    start: Date | None = Field(default=None, alias="from", description="When it began.", examples=["1815-11-20"])
    until: Date | None = Field(default=None, description="When it ended.", examples=["1848"])
    note: Text | None = Field(default=None, description="What else is to be said of it.", examples=["renewed in 1818"])
    sources: Sources

    @property
    def reversed(self) -> str:
        """What the relation is called from its other end."""
        return _REVERSED_TIES.get(self.kind, self.kind)


class Actor(Entry):
    """A person, state, organisation or group."""

    kind: ActorKind = Field(description="What sort of actor it is.")
    name: Line = Field(
        description="As the site writes it; family name first where that is the custom.",
        examples=["Klemens von Metternich"],
    )
    native: Native = Field(default={}, description=_NATIVE, examples=[{"de": "Klemens von Metternich"}])
    aliases: Aliases = Field(default=(), description=_ALIASES, examples=[["Metternich", "Prince Metternich"]])
    summary: Line = Field(
        description="One plain sentence that says who or what it is.",
        examples=["Foreign minister of Austria from 1809 and host of the Congress of Vienna."],
    )
    description: Markdown | None = Field(default=None, description="More, if there is more to say.")
    born: Date | None = Field(default=None, description="For people.", examples=["1773-05-15"])
    died: Date | None = Field(default=None, description="For people.", examples=["1859-06-11"])
    offices: tuple[Office, ...] = Field(default=(), description="What a person has held, and when.")
    ties: tuple[Tie, ...] = Field(
        default=(), description="Lasting relations to other actors. Tell each once, from either end."
    )
    sources: Sources

    @property
    def heading(self) -> str:
        """What the entry is called."""
        return self.name


class Participant(Part):
    """Who took part in an event, and how."""

    actor: ActorId = Field(description="Who it was.", examples=["austria"])
    part: Text | None = Field(default=None, description="What they did there.", examples=["host"])


class Account(Part):
    """An event as one party tells it."""

    teller: ActorId = Field(description="Whose account it is.", examples=["prussia"])
    says: Markdown = Field(description="What they say happened.")
    date: Date | None = Field(default=None, description="When they said it.", examples=["1815-06-10"])
    sources: Sources


class Stand(Part):
    """What one side offered and asked."""

    actor: ActorId = Field(description="Whose it was.", examples=["prussia"])
    offered: tuple[Text, ...] = Field(default=(), description="What it was ready to give.", examples=[["Ansbach"]])
    asked: tuple[Text, ...] = Field(default=(), description="What it wanted.", examples=[["all of Saxony"]])
    sources: Sources


class Measure(Part):
    """One thing that a resolution forbids, caps or requires."""

    subject: Line = Field(description="One or two words.", examples=["slave trade"])
    text: Text = Field(
        description="What is forbidden, capped or required.", examples=["condemned; each state sets a date for its end"]
    )


class Votes(Part):
    """How a resolution was adopted."""

    in_favour: StrictInt = Field(alias="for", ge=0, description="How many voted for it.", examples=[7])
    against: tuple[Line, ...] = Field(default=(), description="Who voted against it.", examples=[["Spain"]])
    abstained: tuple[Line, ...] = Field(default=(), description="Who abstained.", examples=[[]])


class Event(Entry):
    """Something that happened."""

    kind: EventKind = Field(
        description="What sort of event it is: leaders meet at a `summit`, officials at a `meeting`; a `policy` is a "
        "decision, a law or a withdrawal; `politics` is an election or a change of office."
    )
    title: Line = Field(description="A noun phrase that no other entry has.", examples=["Congress of Vienna"])
    aliases: Aliases = Field(default=(), description=_ALIASES, examples=[["Vienna settlement"]])
    date: Date = Field(description="A date or a span, local to the place.", examples=["1814-11-01/1815-06-09"])
    date_note: Text | None = Field(
        default=None, description="What the date does not say.", examples=["delegates came from September on"]
    )
    place: Line | None = Field(default=None, description="Where it was.", examples=["Vienna, Austria"])
    symbol: Line | None = Field(default=None, description="The symbol of a document.", examples=["CTS 64/453"])
    summary: Line = Field(
        description="One plain sentence.",
        examples=["The powers that had beaten Napoleon redrew the map of Europe."],
    )
    account: Markdown | None = Field(default=None, description="What happened.")
    outcome: Markdown | None = Field(default=None, description="What came of it, directly.")
    relevance: Markdown | None = Field(default=None, description="Why it matters to the essay.")
    participants: tuple[Participant, ...] = Field(
        default=(),
        description="Who took part; those who matter most first, because drawings of meetings show the first two people.",
    )
    accounts: Annotated[tuple[Account, ...], Field(min_length=2)] | None = Field(
        default=None,
        description="Rival accounts, where the parties tell it differently: one for each teller, never merged, at least "
        "two.",
    )
    positions: tuple[Stand, ...] = Field(default=(), description="What each side offered and asked.")
    causes: tuple[EventId, ...] = Field(
        default=(),
        description="Earlier events that led to this one; consequences are worked out from them.",
        examples=[["battle-of-leipzig"]],
    )
    measures: tuple[Measure, ...] = Field(default=(), description="For resolutions: what they decide, one by one.")
    votes: Votes | None = Field(default=None, description="For resolutions: how they were adopted.")
    sources: Sources

    @property
    def heading(self) -> str:
        """What the entry is called, with the capital of a title."""
        return self.title[:1].upper() + self.title[1:]

    @property
    def actors(self) -> tuple[str, ...]:
        """The ids of the actors that took part in it, tell an account of it or took a stand at it."""
        parts = (participant.actor for participant in self.participants)
        tellers = (account.teller for account in self.accounts or ())
        sides = (stand.actor for stand in self.positions)
        return tuple(dict.fromkeys(chain(parts, tellers, sides)))


class Term(Entry):
    """A word or phrase that needs explaining."""

    name: Line = Field(
        description="As in running prose: capitals only if it always has them.", examples=["balance of power"]
    )
    native: Native = Field(default={}, description=_NATIVE, examples=[{"fr": "équilibre européen"}])
    aliases: Aliases = Field(
        default=(),
        description=f"{_ALIASES} Plurals in -s are found by themselves.",
        examples=[["equilibrium of Europe"]],
    )
    definition: Annotated[str, StringConstraints(min_length=1, max_length=160)] = Field(
        description="What it means, in plain text: it is what the hover card shows.",
        examples=["A state of affairs in which no power is strong enough to dominate the others."],
    )
    explanation: Markdown | None = Field(default=None, description="More, if there is more to say.")
    see_also: tuple[AnyId, ...] = Field(
        default=(), description="Other entries that a reader may want next.", examples=[["congress-of-vienna"]]
    )
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

    stance: Stance = Field(description="Which way it points.")
    clock: Clock = Field(description="`then`: known by the essay's date; `since`: later.")
    text: Markdown = Field(description="What the evidence is.")
    events: tuple[EventId, ...] = Field(
        default=(), description="Events that it is about.", examples=[["congress-of-vienna"]]
    )
    sources: Sources


class Dissent(Part):
    """The best case for another verdict."""

    text: Markdown = Field(description="The case, as its advocates would put it.")
    sources: tuple[SourceId, ...] = Field(default=(), description=_SOURCES, examples=[_SOURCES_EXAMPLE])


class Outcome(Part):
    """How a claim has fared."""

    verdict: Verdict = Field(
        description="For each kind of claim: "
        + "; ".join(f"{kind}: " + ", ".join(f"`{verdict}`" for verdict in VERDICTS[kind]) for kind in VERDICTS)
        + "."
    )
    date: Date = Field(description="The date to which the evidence reaches.", examples=["1848-03"])
    text: Markdown = Field(description="Why.")
    sources: tuple[SourceId, ...] = Field(
        default=(),
        description=f"{_SOURCES} Needed unless the verdict is one of "
        + ", ".join(f"`{verdict}`" for verdict in UNSOURCED_VERDICTS)
        + ".",
        examples=[_SOURCES_EXAMPLE],
    )
    dissent: Dissent | None = Field(default=None, description="The best case that it should be another.")


class Claim(Entry):
    """Something that the essay argues, in our words."""

    paragraph: StrictInt = Field(description="The number of the paragraph that makes it.", examples=[3])
    text: Text = Field(
        description='A paraphrase in one sentence, as a claim (not "the author says …").',
        examples=["The settlement will keep the peace for a generation."],
    )
    kind: ClaimKind = Field(description="What sort of claim it is.")
    supports: tuple[ClaimId, ...] = Field(
        default=(), description="Other claims of the essay that this one is offered for.", examples=[["c2-no-revenge"]]
    )
    opposes: tuple[ClaimId, ...] = Field(
        default=(), description="Other claims of the essay that this one is offered against.", examples=[["c4-new-war"]]
    )
    criterion: Text | None = Field(
        default=None,
        description="What would settle it, as could have been fixed on the essay's date; needed for predictions and "
        "recommendations.",
        examples=["No war between two of the five powers before 1835."],
    )
    evidence: tuple[Evidence, ...] = Field(default=(), description="What speaks for and against it.")
    outcome: Outcome = Field(description="How it has fared.")

    @property
    def heading(self) -> str:
        """What the entry is called."""
        return self.text


class Source(Entry):
    """Where a fact was read."""

    title: Text = Field(description="As the source gives it.", examples=["Final Act of the Congress of Vienna"])
    author: Line | None = Field(default=None, description="Who wrote it.", examples=["Friedrich von Gentz"])
    publisher: Line = Field(description="Who published it.", examples=["Wikisource"])
    date: Date | None = Field(
        default=None,
        description="When it was published or, for a document, made; absent if it is undated.",
        examples=["1815-06-09"],
    )
    url: Address = Field(
        description="The address at which it was seen.", examples=["https://archive.example/final-act-of-vienna"]
    )
    archived: Address | None = Field(
        default=None, description="The address of an archived copy.", examples=["https://web.example/1815/final-act"]
    )
    kind: SourceKind = Field(description="`primary` is a document or a statement by a party.")
    language: Language = Field(description="Its language: a BCP 47 tag.", examples=["en", "zh-Hans"])
    checked: Date | None = Field(
        default=None,
        description="When someone last read it; without it the site marks the source as unchecked.",
        examples=["2026-11-23"],
    )
    checked_for: Text | None = Field(
        default=None,
        description="The facts that the reader saw it state; needed with `checked`.",
        examples=["the signatories, and the date of the signing"],
    )

    @property
    def heading(self) -> str:
        """What the entry is called."""
        return self.title


class Section(Part):
    """A run of paragraphs that is read on one page, `<folder of sections>/<id>.md`."""

    id: Id = Field(description="The name of its page.", examples=["after-the-war"])
    title: Line = Field(description="What it is called.", examples=["After the war"])
    sentence: Text = Field(description="The section in one plain sentence.")
    paragraphs: Annotated[tuple[StrictInt, ...], Field(min_length=1)] = Field(
        description="The numbers of its paragraphs.", examples=[[1, 2]]
    )

    @property
    def span(self) -> str:
        """Which paragraphs it holds, for readers."""
        first, last = self.paragraphs[0], self.paragraphs[-1]
        return f"paragraph {first}" if first == last else f"paragraphs {first}–{last}"


class Essay(Part):
    """The text that is annotated."""

    title: Line = Field(description="What it is called.", examples=["On the Peace of Vienna"])
    author: ActorId = Field(description="Who wrote it.", examples=["friedrich-von-gentz"])
    written: Date = Field(
        description="When it was written: what was known *then* was known by this date.", examples=["1815-06"]
    )
    facts_as_of: Date = Field(description="The date to which the site is up to date.", examples=["2026-11"])
    publication: Markdown = Field(description="What is known of where and when it appeared.")
    sections: Annotated[tuple[Section, ...], Field(min_length=1)] = Field(description="Its sections, in order.")

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
        """The events that each actor has to do with (see `Event.actors`), in order of date."""
        found: dict[str, list[Event]] = {}
        for event in self.events.values():
            for actor in event.actors:
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
    def holders_of(self) -> Mapping[str, tuple[tuple[Office, Actor], ...]]:
        """The offices of each actor that people have held there, as (the office, who held it), in order of time."""
        found: dict[str, list[tuple[Office, Actor]]] = {}
        for actor in self.actors.values():
            for office in actor.offices:
                if office.of:
                    found.setdefault(office.of, []).append((office, actor))
        return {place: tuple(sorted(held, key=lambda h: (h[0].start, h[1].id))) for place, held in found.items()}

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

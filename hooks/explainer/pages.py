"""Dataset to generated pages: Markdown, with the place in the data that edits it.

The Markdown is complete in itself: links are relative links to files, as a person would write them. Prose of the data
goes in as it is; every plain text goes through `plain`.
"""

from __future__ import annotations

import datetime
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from html import escape
from itertools import groupby, permutations
from typing import NamedTuple

from .checking import SECTION_FOLDER
from .citation import Citation
from .diagrams import who_met
from .exports import FOLDER, FORMAT_VERSION, Export, Exports
from .fields import marked_values
from .forge import Forge
from .linking import entry_link, page_of, relative_link, shelf_of
from .model import (
    COLLECTIONS,
    VERDICTS,
    Actor,
    ActorKind,
    AnyEntry,
    Claim,
    ClaimKind,
    Clock,
    Dataset,
    Essay,
    Event,
    EventKind,
    Evidence,
    Office,
    Ref,
    Source,
    SourceKind,
    Stance,
    Term,
)
from .problems import Position
from .prose import NOTE_CLOCKS, Note, Page
from .records import Keep, made_anew
from .sections import NOTE_WORDS

MENTIONED_IN = "<!-- mentioned in -->"
"""Stands in an entry's page where the list of its mentions goes once all pages are rendered."""

FEW_NOTES = 4
"""A paragraph with fewer notes than this is thinly annotated."""

STALE_AFTER = datetime.timedelta(days=365)
"""How long a judgement of a claim stands before somebody should look again."""

WORDS_PER_MINUTE = 230
"""How fast people read expository English silently, about (Brysbaert 2019 gives 238 for non-fiction)."""


@dataclass(frozen=True, slots=True)
class GeneratedPage:
    """A page made from data. `path` is its source path; `entry_id` the entry it is about, if it is about one."""

    path: str
    title: str
    markdown: str
    edit_at: Position | None
    entry_id: str | None = None


_MARKUP = re.compile(r"[\\`*_{}\[\]#|~^!&<>]|(?<=:)//|^\d+[.)]|^[-+=:]")
"""What means something to Markdown or HTML, anywhere or at the start of a block."""


@lru_cache(100_000)  # a title stands on many pages
def plain(text: str) -> str:
    """Write a plain text in Markdown so that it shows as it is, whatever characters it holds."""
    flat = " ".join(text.split())
    # Entities work everywhere; a backslash only before the characters that some extension has declared.
    return _MARKUP.sub(lambda match: "".join(f"&#{ord(character)};" for character in match[0]), flat)


def all_pages(
    dataset: Dataset, written: Sequence[Page], forge: Forge, keep: Keep = made_anew
) -> Iterator[GeneratedPage]:
    """Make every generated page.

    Args:
        dataset: The entries.
        written: The hand-written pages, for the sources that their notes rest on, and for the coverage page.
        forge: Where to edit or report an entry.
        keep: Where to look for a page of sources before it is made.
    """
    for actor in dataset.actors.values():
        yield _actor_page(dataset, actor, forge)
    for event in dataset.events.values():
        yield _event_page(dataset, event, forge)
    for term in dataset.terms.values():
        yield _term_page(dataset, term, forge)
    yield _actors_index(dataset)
    yield _events_index(dataset)
    yield _glossary_index(dataset)
    yield from _claims_pages(dataset, forge)
    yield from _sources_pages(dataset, written, forge, keep)
    yield _timeline_page(dataset)
    yield _argument_page(dataset)
    yield _sanctions_page(dataset)
    yield _coverage_page(dataset, written)


def section_head(dataset: Dataset, path: str, markdown: str) -> str:
    """Make the head of a section's page: where it stands in the essay, its title, and the section in one sentence.

    Args:
        dataset: The entries.
        path: The source path of the page.
        markdown: Its text, for the reading time.
    """
    essay = dataset.essay
    number, section = next((n, s) for n, s in enumerate(essay.sections, 1) if path == f"{SECTION_FOLDER}/{s.id}.md")
    minutes = max(1, round(len(markdown.split()) / WORDS_PER_MINUTE))
    eyebrow = _classed(
        f"Section {number} of {len(essay.sections)} · {section.span} · {minutes} min", "eyebrow no-links"
    )
    return "\n\n".join([f"# {plain(section.title)}", eyebrow, _classed(plain(section.sentence), "lead no-links")])


def see_also(dataset: Dataset, path: str, ids: Iterable[str]) -> str:
    """Make the list of entries that the front matter of a hand-written page names."""
    lines = (f"{_link(entry, path)}" for entry in map(dataset.entry, ids))
    return _section("See also", "see-also", _items(lines, "no-links"))


# --- Building blocks ---------------------------------------------------------------------------------------------


def _page(
    path: str,
    title: str,
    description: str,
    blocks: Iterable[str],
    entry: AnyEntry | None = None,
    search: Mapping[str, object] | None = None,
) -> GeneratedPage:
    # JSON is YAML, whatever its strings hold.
    front = [f"title: {json.dumps(title, ensure_ascii=False)}"]
    front.append(f"description: {json.dumps(_clipped(description, 155), ensure_ascii=False)}")
    if search:
        front.append(f"search: {json.dumps(search)}")
    if isinstance(entry, Actor | Event | Term) and entry.aliases:
        # The search weighs tags above titles: who types an alias in full is looking for this entry.
        front.append(f"tags: {json.dumps(entry.aliases, ensure_ascii=False)}")
    body = "\n\n".join(block for block in blocks if block)
    markdown = "---\n" + "\n".join(front) + f"\n---\n\n# {plain(title)}\n\n{body}\n"
    owned = entry if entry and path.endswith(f"/{entry.id}.md") else None
    return GeneratedPage(path, title, markdown, entry.at if entry else None, owned.id if owned else None)


_OWN_PAGE = {"boost": 2}
"""For the search: what is about an entry ranks above what mentions it."""


def _clipped(text: str, limit: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rsplit(" ", 1)[0] + "…"


def _link(entry: AnyEntry, page: str, words: str | None = None) -> str:
    return f"[{plain(words or entry.heading)}]({entry_link(entry, page)})"


def _classed(text: str, classes: str) -> str:
    return f"{text}\n{{: {' '.join('.' + name for name in classes.split())} }}"


def _items(lines: Iterable[str], classes: str = "") -> str:
    listed = "\n".join(f"- {line}" for line in lines)
    return _box(classes, listed) if listed and classes else listed


def _section(heading: str, anchor: str, *blocks: str, searched: bool = True) -> str:
    body = "\n\n".join(block for block in blocks if block)
    # Lists of links to elsewhere would crowd out, in the results of a search, the pages that they link to.
    attributes = f"#{anchor}" if searched else f"#{anchor} data-search-exclude=true"
    return f"## {heading} {{{attributes}}}\n\n{body}" if body else ""


def _box(classes: str, *blocks: str, clock: Clock | None = None) -> str:
    body = "\n\n".join(block for block in blocks if block)
    clocked = f' data-clock="{clock}"' if clock else ""
    return f'<div class="{classes}"{clocked} markdown="1">\n\n{body}\n\n</div>'


def _span(classes: str, text: str) -> str:
    return f'<span class="{classes}">{plain(text)}</span>'


def _cite(dataset: Dataset, ids: Iterable[str]) -> str:
    """Name sources in the short form, after a statement."""
    return " · ".join(_short_citation(dataset.sources[source_id]) for source_id in ids)


def _short_citation(source: Source) -> str:
    words = f"{source.publisher}, {source.date}" if source.date else source.publisher
    return f"[{plain(words)}](<{source.url}>){{: .cite }}"


def _sources_section(dataset: Dataset, page: str, ids: Iterable[str]) -> str:
    listed = _items((_long_citation(dataset.sources[i], page) for i in ids), "sources no-links")
    return _section("Sources", "sources", listed, searched=False)


def _long_citation(source: Source, page: str) -> str:
    facts = [plain(source.author) if source.author else "", f"[{plain(source.title)}](<{source.url}>){{: .cite }}"]
    facts += [plain(source.publisher), str(source.date) if source.date else "undated"]
    checked = f"checked {source.checked}" if source.checked else "not checked yet"
    record = f"[{checked}]({entry_link(source, page)}){{: .record }}"
    return ", ".join(filter(None, facts)) + f" ({record})"


def _changes(forge: Forge, entry: AnyEntry) -> Iterator[str]:
    """Links by which a reader changes an entry, or reports a mistake in it; none without a forge."""
    page, anchor = page_of(entry)
    address = page.removesuffix("index.md") if page.endswith("/index.md") else f"{page.removesuffix('.md')}/"
    report = forge.report_address(_clipped(entry.heading, 80), entry.id, f"{address}#{anchor}" if anchor else address)
    for words, target in (("edit", forge.edit_address(entry.at)), ("report a mistake", report)):
        if target:
            yield f"[{words}](<{target}>){{: .edit }}"


def _with_changes(line: str, forge: Forge, entry: AnyEntry) -> str:
    """Add those links to a line of facts, in a part of their own, which prints hide together with what separates them."""
    links = "".join(f" · {link}" for link in _changes(forge, entry))
    return f'{line}<span class="edits">{links}</span>' if links else line


def note_changes(forge: Forge, path: str, note: Note, paragraph: int, number: int) -> tuple[tuple[str, str], ...]:
    """Give the links by which a reader changes a note, or reports a mistake in it, as words and addresses.

    Args:
        forge: Where that is done; without a repository there are no links.
        path: The source path of the page.
        note: The note.
        paragraph: Its paragraph.
        number: Its number among the notes of the paragraph, from 1.
    """
    place = f"{path.removesuffix('.md')}/#p{paragraph}"
    report = forge.report_address(_clipped(note.title, 80), f"p{paragraph}-{number}", place)
    targets = (("edit", forge.edit_address(note.at)), ("report a mistake", report))
    return tuple((words, target) for words, target in targets if target)


def _change_line(forge: Forge, entry: AnyEntry) -> str:
    links = " · ".join(_changes(forge, entry))
    return _classed(links, "changes no-links") if links else ""


def _anchors(entry: AnyEntry) -> str:
    """The ids that an entry had before, as places to come to, where it shares its page with others."""
    return "".join(f'<span id="{former_id}"></span>' for former_id in entry.formerly)


def _named(entry: Actor | Term) -> str:
    return " · ".join(f'<span lang="{tag}">{plain(text)}</span>' for tag, text in entry.native.items())


def _also(entry: Actor | Term) -> str:
    """Name the aliases, so that a reader who looks for one of them finds the page."""
    return f"also: {plain(', '.join(entry.aliases))}" if entry.aliases else ""


def _diagram(**options: object) -> str:
    # JSON is YAML: options of any kind in one line each.
    lines = "\n".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in options.items())
    return f"```diagram\n{lines}\n```"


def _event_line(event: Event, page: str) -> str:
    return f'<time datetime="{event.date.iso}">{event.date}</time> {_link(event, page)}: {plain(event.summary)}'


def _events_list(events: Iterable[Event], page: str) -> str:
    return _items((_event_line(event, page) for event in events), "event-list no-links no-cards")


def _mentions() -> str:
    return _section("Mentioned in", "mentioned-in", MENTIONED_IN, searched=False)


# --- One entry ---------------------------------------------------------------------------------------------------


def _actor_page(dataset: Dataset, actor: Actor, forge: Forge) -> GeneratedPage:
    path = f"actors/{actor.id}.md"
    born, died = (f"born {actor.born}" if actor.born else ""), (f"died {actor.died}" if actor.died else "")
    lives = ", ".join(filter(None, (born, died)))
    facts = [actor.kind.capitalize(), _named(actor), lives, _also(actor)]
    events = dataset.events_of.get(actor.id, ())
    ties = dataset.ties_of.get(actor.id, ())
    network = len(ties) + len(events) > 1
    blocks = [
        _classed(" · ".join(filter(None, facts)), "eyebrow"),
        _classed(plain(actor.summary), "lead"),
        actor.description or "",
        _then_and_now(dataset, actor, path),
        _section("Offices", "offices", _offices(dataset, actor, path)),
        _section("Who held office there", "held-here", _office_holders(dataset, actor, path)),
        _section(
            "Ties", "ties", _diagram(kind="network", actor=actor.id) if network else "", _ties(dataset, actor, path)
        ),
        _section("Events", "events", _events_list(events, path), searched=False),
        _mentions(),
        _sources_section(dataset, path, actor.sources),
        _change_line(forge, actor),
    ]
    return _page(path, actor.name, f"{actor.name}: {actor.summary}", blocks, actor, _OWN_PAGE)


def _then_and_now(dataset: Dataset, actor: Actor, path: str) -> str:
    """What a person was on the essay's date, and what the person is now."""
    if actor.kind != "person" or not (actor.offices or actor.died):
        return ""
    columns = []
    for date, clock in ((dataset.essay.written, "then"), (dataset.essay.facts_as_of, "since")):
        if actor.died and actor.died.last < date.first:
            words = [f"Died {actor.died}."]
        else:
            held = (office for office in actor.offices if office.held_on(date))
            words = [_office(dataset, office, path) for office in held] or ["No office recorded here."]
        columns.append(_box(f"then-now__{clock}", _classed(f"In {date}", "then-now__date"), _items(words)))
    return _section("Then and now", "then-and-now", _box("then-now", *columns))


def _office(dataset: Dataset, office: Office, path: str) -> str:
    return plain(office.role) + (f", {_link(dataset.actors[office.of], path)}" if office.of else "")


def _offices(dataset: Dataset, actor: Actor, path: str) -> str:
    ordered = sorted(actor.offices, key=lambda office: office.start)
    lines = (f"{_office(dataset, o, path)}: {o.tenure} ({_cite(dataset, o.sources)})" for o in ordered)
    return _items(lines, "no-links")


def _office_holders(dataset: Dataset, actor: Actor, path: str) -> str:
    held = dataset.holders_of.get(actor.id, ())
    lines = (f"{_link(holder, path)}: {plain(office.role)}, {office.tenure}" for office, holder in held)
    return _items(lines, "no-links")


def _ties(dataset: Dataset, actor: Actor, path: str) -> str:
    lines = []
    for teller, tie, other in dataset.ties_of.get(actor.id, ()):
        words = tie.kind if teller == actor.id else tie.reversed
        when = [f"from {tie.start}" if tie.start else "", f"until {tie.until}" if tie.until else ""]
        notes = [" ".join(filter(None, when)), plain(tie.note) if tie.note else "", _cite(dataset, tie.sources)]
        lines.append(f"{words} {_link(dataset.actors[other], path)} ({'; '.join(filter(None, notes))})")
    return _items(lines, "no-links")


def _event_page(dataset: Dataset, event: Event, forge: Forge) -> GeneratedPage:
    path = f"events/{event.id}.md"
    date = f'<time datetime="{event.date.iso}">{event.date}</time>'
    note = f" ({plain(event.date_note)})" if event.date_note else ""
    facts = [event.kind.capitalize(), date + note, plain(event.place or ""), plain(event.symbol or "")]
    blocks = [
        _classed(" · ".join(filter(None, facts)), "eyebrow"),
        _classed(plain(event.summary), "lead"),
        _section("What happened", "what-happened", event.account or ""),
        _section("What came of it", "outcome", event.outcome or ""),
        _section("Who took part", "participants", _participants(dataset, event, path)),
        _section("How each side tells it", "accounts", _accounts(dataset, event, path)),
        _positions(dataset, event, path),
        _section("What it decided", "measures", _votes(event), _measures(event)),
        _section("Before and after", "before-and-after", _chain(dataset, event, path), searched=False),
        _section("Why it matters to the essay", "relevance", event.relevance or "", _bearing(dataset, event, path)),
        _mentions(),
        _sources_section(dataset, path, event.sources),
        _change_line(forge, event),
    ]
    return _page(path, event.heading, f"{event.heading}, {event.date}: {event.summary}", blocks, event, _OWN_PAGE)


def _participants(dataset: Dataset, event: Event, path: str) -> str:
    lines = (
        _link(dataset.actors[who.actor], path) + (f": {plain(who.part)}" if who.part else "")
        for who in event.participants
    )
    return _items(lines, "no-links")


def _accounts(dataset: Dataset, event: Event, path: str) -> str:
    boxes = []
    for account in event.accounts or ():
        teller = _link(dataset.actors[account.teller], path)
        when = f", {account.date}" if account.date else ""
        head = _classed(f"**{teller}**{when}", "account__teller")
        cited = _classed(f"Source: {_cite(dataset, account.sources)}", "account__sources no-links")
        boxes.append(_box("account", head, account.says, cited))
    return _box("accounts", *boxes) if boxes else ""


def _positions(dataset: Dataset, event: Event, path: str) -> str:
    if not event.positions:
        return ""
    cited = (f"{_link(dataset.actors[s.actor], path)}: {_cite(dataset, s.sources)}" for s in event.positions)
    diagram = _diagram(kind="positions", event=event.id)
    return _section("What each side offered and asked", "positions", diagram, _items(cited, "no-links"))


def _votes(event: Event) -> str:
    if event.votes is None:
        return ""
    votes = event.votes
    cast = [f"{votes.in_favour} in favour"]
    cast.append(f"{len(votes.against)} against" + (f" ({plain(', '.join(votes.against))})" if votes.against else ""))
    cast.append(
        f"{len(votes.abstained)} abstaining" + (f" ({plain(', '.join(votes.abstained))})" if votes.abstained else "")
    )
    return f"Votes: {', '.join(cast)}."


def _measures(event: Event) -> str:
    lines = (f"**{plain(m.subject[:1].upper() + m.subject[1:])}**: {plain(m.text)}" for m in event.measures)
    return _items(lines, "measures")


def _chain(dataset: Dataset, event: Event, path: str) -> str:
    after = dataset.consequences.get(event.id, ())
    if not event.causes and not after:
        return ""
    parts = [_diagram(kind="causes", event=event.id, depth=1) if len(event.causes) + len(after) > 1 else ""]
    for heading, ids in (("What led to it", event.causes), ("What it led to", after)):
        if ids:
            ordered = sorted((dataset.events[i] for i in ids), key=lambda e: (e.date, e.id))
            parts += [f"### {heading}", _events_list(ordered, path)]
    return "\n\n".join(filter(None, parts))


def _bearing(dataset: Dataset, event: Event, path: str) -> str:
    claims = dataset.claims_on.get(event.id, ())
    if not claims:
        return ""
    lines = (f"{_link(claim, path)} ({_paragraph_link(dataset, claim.paragraph, path)})" for claim in claims)
    return "It bears on these claims:\n\n" + _items(lines, "no-links")


def _paragraph_link(dataset: Dataset, number: int, path: str) -> str:
    target = f"{SECTION_FOLDER}/{dataset.essay.section_of(number).id}.md"
    return f"[paragraph {number}]({relative_link(target, f'p{number}', path)})"


def _term_page(dataset: Dataset, term: Term, forge: Forge) -> GeneratedPage:
    path = f"glossary/{term.id}.md"
    see = (dataset.entry(entry_id) for entry_id in term.see_also)
    blocks = [
        _classed(" · ".join(filter(None, ("Term", _named(term), _also(term)))), "eyebrow no-links"),
        _classed(plain(term.definition), "lead"),
        term.explanation or "",
        _section("See also", "see-also", _items((_link(entry, path) for entry in see), "no-links")),
        _mentions(),
        _sources_section(dataset, path, term.sources),
        _change_line(forge, term),
    ]
    return _page(path, term.heading, f"{term.heading}: {term.definition}", blocks, term, _OWN_PAGE)


# --- Lists of entries --------------------------------------------------------------------------------------------

_KINDS_OF_ACTORS: Mapping[ActorKind, tuple[str, str]] = {
    "person": ("People", "people"),
    "state": ("States", "states"),
    "organisation": ("Organisations", "organisations"),
    "group": ("Groups", "groups"),
}


def _actors_index(dataset: Dataset) -> GeneratedPage:
    path = "actors/index.md"
    sections = []
    for kind, (heading, anchor) in _KINDS_OF_ACTORS.items():
        cards = []
        for actor in dataset.actors.values():
            if actor.kind == kind:
                native = f" <small>{_named(actor)}</small>" if actor.native else ""
                cards.append(f"{_link(actor, path)}{native}<br>{plain(actor.summary)}")
        sections.append(_section(heading, anchor, _items(cards, "cards no-cards"), searched=False))
    matrix = _meetings_matrix(dataset, path)
    meetings = _section("Who met whom", "meetings", matrix, _diagram(kind="meetings", title="Who met whom"))
    lead = "The people, states and bodies that the essay and these notes name."
    return _page(path, "Actors", lead, [_classed(lead, "lead"), *sections, meetings])


MOST_COLUMNS = 4
"""How many people stand at the head of the matrix of meetings: as many as a page has room for."""


def _meetings_matrix(dataset: Dataset, path: str) -> str:
    """Lay out the meetings of people: those who met most others across, all who met one of them down."""
    met: dict[str, dict[str, list[Event]]] = {}
    for event in dataset.events.values():
        if event.kind in ("summit", "meeting"):
            people = [actor.id for actor in who_met(dataset, event) if actor.kind == "person"]
            for one, other in permutations(people, 2):
                met.setdefault(one, {}).setdefault(other, []).append(event)
    if not met:
        return ""
    ranked = sorted(met, key=lambda one: (-len(met[one]), -sum(map(len, met[one].values())), one))
    columns = ranked[:MOST_COLUMNS]
    rows = []
    for one in ranked:
        cells = [
            ", ".join(_link(event, path, str(event.date.start)) for event in met[one].get(column, ()))
            for column in columns
        ]
        if any(cells):
            rows.append([_link(dataset.actors[one], path), *cells])
    header = ["Person", *(_link(dataset.actors[column], path) for column in columns)]
    return _box("matrix no-links", _table(header, rows))


def _events_index(dataset: Dataset) -> GeneratedPage:
    path = "events/index.md"
    kinds = sorted({event.kind for event in dataset.events.values()})
    sections = [
        _section(
            _PLURALS[kind],
            kind,
            _events_list((event for event in dataset.events.values() if event.kind == kind), path),
            searched=False,
        )
        for kind in kinds
    ]
    lead = f"{len(dataset.events)} events by kind, each in order of date."
    timeline = f"The same events in one sequence: the [timeline]({relative_link('timeline.md', '', path)})."
    return _page(path, "Events", lead, [_classed(lead, "lead"), timeline, *sections])


_PLURALS: Mapping[EventKind, str] = {
    "summit": "Summits",
    "meeting": "Meetings",
    "agreement": "Agreements",
    "resolution": "Resolutions",
    "test": "Tests",
    "statement": "Statements",
    "policy": "Decisions and laws",
    "conflict": "Conflicts",
    "incident": "Incidents",
    "politics": "Politics",
    "economy": "Economy",
    "publication": "Publications",
}


def _glossary_index(dataset: Dataset) -> GeneratedPage:
    path = "glossary/index.md"
    sections = []
    for letter, terms in groupby(dataset.terms.values(), key=lambda term: term.name[:1].upper()):
        lines = (f"{_link(term, path)}: {plain(term.definition)}" for term in terms)
        sections.append(
            _section(plain(letter), f"letter-{ord(letter[0])}", _items(lines, "terms no-cards"), searched=False)
        )
    lead = f"{len(dataset.terms)} words and phrases, explained."
    return _page(path, "Glossary", lead, [_classed(lead, "lead"), *sections])


def _timeline_page(dataset: Dataset) -> GeneratedPage:
    path = "timeline.md"
    essay = dataset.essay
    rows = [
        (event.date.year, _event_line(event, path) + _filtered_by(event, essay)) for event in dataset.events.values()
    ]
    before = sum(event.date.first <= essay.written.last for event in dataset.events.values())
    mark = f'<time datetime="{essay.written.iso}">{essay.written}</time>: the essay\n    {{: .timeline__essay }}'
    rows.insert(before, (essay.written.year, mark))
    classes = "timeline event-list no-cards"
    sections = [
        _section(str(year), f"y{year}", _items((line for _, line in lines), classes), searched=False)
        for year, lines in groupby(rows, key=lambda row: row[0])
    ]
    lead = f"{len(dataset.events)} events, from {rows[0][0]} to {rows[-1][0]}; dates are local to the place."
    return _page(path, "Timeline", lead, [_classed(lead, "lead"), _timeline_filter(dataset), *sections])


def _filtered_by(event: Event, essay: Essay) -> str:
    """What scripts filter the timeline by, as attributes of the event's line."""
    clock = ' data-clock="since"' if event.date.first > essay.written.last else ""
    return f'\n    {{: data-kind="{event.kind}" data-actors="{" ".join(event.actors)}"{clock} }}'


def _timeline_filter(dataset: Dataset) -> str:
    """The place where a script puts the filter, with the words for what there is to choose."""
    kinds = {event.kind for event in dataset.events.values()}
    involved = [actor for actor in dataset.actors.values() if actor.id in dataset.events_of]
    actors = {
        heading: {actor.id: actor.name for actor in involved if actor.kind == kind}
        for kind, (heading, _) in _KINDS_OF_ACTORS.items()
    }
    choices = {
        "kinds": {kind: name for kind, name in _PLURALS.items() if kind in kinds},
        "actors": {heading: group for heading, group in actors.items() if group},
    }
    attributes = " ".join(
        f'data-{name}="{escape(json.dumps(told, ensure_ascii=False))}"' for name, told in choices.items()
    )
    return f'<div class="timeline-filter" {attributes}></div>'


def _argument_page(dataset: Dataset) -> GeneratedPage:
    path = "argument.md"
    essay = dataset.essay
    lead = "How the claims of the essay support and oppose one another, as a whole and section by section."
    blocks = [_classed(lead, "lead"), _diagram(kind="argument", scope="essay", title="The argument as a whole")]
    for number, section in enumerate(essay.sections, 1):
        target = relative_link(f"{SECTION_FOLDER}/{section.id}.md", "", path)
        heading = f"{number} {plain(section.title)}"
        cards = (
            f"{_chips(claim)} {_link(claim, path)}"
            for paragraph in section.paragraphs
            for claim in dataset.claims_of(paragraph)
        )
        read = f"{plain(section.sentence)} [Read the section]({target})."
        blocks.append(_section(heading, section.id, read, _items(cards, "claim-list")))
    return _page(path, "Argument map", lead, blocks)


def _sanctions_page(dataset: Dataset) -> GeneratedPage:
    path = "sanctions.md"
    rungs = [event for event in dataset.events.values() if event.measures]
    lead = f"{len(rungs)} rounds of measures in order of date: what each added, and who voted how."
    blocks = [_classed(lead, "lead"), _diagram(kind="sanctions", title="The ladder") if rungs else ""]
    for event in rungs:
        facts = [str(event.date), plain(event.symbol or "")]
        heading = f"## {plain(event.title)} {{#{event.id}}}"
        more = f"[More on {plain(event.title)}]({entry_link(event, path)})"
        head = _classed(" · ".join(filter(None, facts)), "eyebrow")
        blocks += [heading, head, plain(event.summary), _votes(event), _measures(event), more]
    return _page(path, "Sanctions ladder", lead, blocks)


# --- Claims ------------------------------------------------------------------------------------------------------


def _chips(claim: Claim) -> str:
    outcome = claim.outcome.verdict
    return (
        f'<span class="chip chip--kind chip--{claim.kind}">{claim.kind}</span> '
        f'<span class="chip chip--outcome chip--{outcome.replace(" ", "-")}" data-clock="since">{outcome}</span>'
    )


def _claims_pages(dataset: Dataset, forge: Forge) -> Iterator[GeneratedPage]:
    """Make the ledger, a line for each claim, and a page for each paragraph, with all that is to be said of its claims."""
    path = "claims/index.md"
    lead = (
        f"{len(dataset.claims)} claims of the essay in our words, each with what would settle it, what speaks for and "
        "against it, and how it has fared. Claims are recorded; people are not graded."
    )
    blocks = [_classed(lead, "lead"), _tally(dataset)]
    told: list[int] = []
    for number, section in enumerate(dataset.essay.sections, 1):
        target = relative_link(f"{SECTION_FOLDER}/{section.id}.md", "", path)
        claims = [claim for paragraph in section.paragraphs for claim in dataset.claims_of(paragraph)]
        told += dict.fromkeys(claim.paragraph for claim in claims)
        # Whoever comes with an id finds the line: until claims had pages of paragraphs, this page had all of them.
        lines = (
            f'<span id="{claim.id}"></span>{_anchors(claim)}{_chips(claim)} {_link(claim, path)}' for claim in claims
        )
        heading = f"{number} [{plain(section.title)}]({target})"
        blocks.append(_section(heading, section.id, _items(lines, "claim-list no-links"), searched=False))
    yield _page(path, "Claims, and how they fared", lead, blocks)
    for before, paragraph, after in zip([None, *told], told, [*told[1:], None], strict=False):
        yield _paragraph_claims(dataset, paragraph, (before, after), forge)


def _paragraph_claims(
    dataset: Dataset, paragraph: int, neighbours: tuple[int | None, int | None], forge: Forge
) -> GeneratedPage:
    claims = dataset.claims_of(paragraph)
    path, _ = page_of(claims[0])
    title = f"Claims of paragraph {paragraph}"
    lead = f"What the essay claims there, in our words: {len(claims)} of its {len(dataset.claims)} claims, and how they fared."
    section = dataset.essay.section_of(paragraph)
    eyebrow = f"{plain(section.title)} · {_paragraph_link(dataset, paragraph, path)}"
    ways = [
        f"[Claims of paragraph {number}]({relative_link(page_of(dataset.claims_of(number)[0])[0], '', path)})"
        for number in neighbours
        if number is not None
    ]
    ways.insert(bool(neighbours[0]), f"[All claims]({relative_link('claims/index.md', '', path)})")
    blocks = [_classed(eyebrow, "eyebrow no-links"), _classed(lead, "lead")]
    blocks += [_claim(dataset, claim, path, forge) for claim in claims]
    return _page(path, title, f"{title}: {claims[0].text}", [*blocks, " · ".join(ways)])


def _tally(dataset: Dataset) -> str:
    rows = []
    for kind, verdicts in VERDICTS.items():
        counts = [sum(c.kind == kind and c.outcome.verdict == v for c in dataset.claims.values()) for v in verdicts]
        if sum(counts):
            shown = ", ".join(f"{count} {verdict}" for verdict, count in zip(verdicts, counts, strict=True) if count)
            rows.append(f"| {_CLAIM_PLURALS[kind]} | {sum(counts)} | {shown} |")
    if not rows:
        return ""
    return "| Kind | Claims | Outcomes |\n| --- | --- | --- |\n" + "\n".join(rows)


_CLAIM_PLURALS: Mapping[ClaimKind, str] = {
    "prediction": "Predictions",
    "recommendation": "Recommendations",
    "assessment": "Assessments",
    "fact": "Facts",
}

_STANCES: Mapping[Stance, str] = {"for": "For", "against": "Against", "mixed": "Both ways"}


def _claim(dataset: Dataset, claim: Claim, path: str, forge: Forge) -> str:
    outcome = claim.outcome
    head = _with_changes(_chips(claim), forge, claim)
    parts = [f"## {plain(claim.text)} {{#{claim.id}}}", _classed(_anchors(claim) + head, "claim-head no-links")]
    if claim.criterion:
        parts.append(f"**What would settle it.** {plain(claim.criterion)}")
    cited = f" ({_cite(dataset, outcome.sources)})" if outcome.sources else ""
    verdict = f"**Outcome by {outcome.date}: {outcome.verdict}.** {outcome.text.strip()}{cited}"
    parts.append(f'{verdict}\n{{: data-clock="since" }}')
    parts += [_case(dataset, claim, path)]
    for heading, ids in (("Offered in support of", claim.supports), ("Offered against", claim.opposes)):
        if ids:
            links = " · ".join(_link(dataset.claims[i], path) for i in ids)
            parts.append(_classed(f"{heading}: {links}", "claim-links no-links"))
    return "\n\n".join(filter(None, parts))


def _case(dataset: Dataset, claim: Claim, path: str) -> str:
    """What speaks for and against a claim, by clock, and the best case for another verdict; closed, for its length."""
    headings: Mapping[Clock, str] = {"then": f"Known by {dataset.essay.written}", "since": "Since then"}
    boxes = []
    for clock, heading in headings.items():
        evidence = [item for item in claim.evidence if item.clock == clock]
        if evidence:
            lines = [_classed(heading, "evidence__clock"), *(_evidence(dataset, item, path) for item in evidence)]
            boxes.append(_box(f"evidence evidence--{clock}", *lines, clock=clock))
    words = ["Evidence"] if boxes else []
    if dissent := claim.outcome.dissent:
        cited = f" ({_cite(dataset, dissent.sources)})" if dissent.sources else ""
        case = f"**The case for another verdict.** {dissent.text.strip()}{cited}"
        boxes.append(f'{case}\n{{: data-clock="since" }}')
        words.append("the case for another verdict")
    if not boxes:
        return ""
    summary = " and ".join(words)
    body = "\n\n".join(boxes)
    return (
        f'<details class="claim-case" markdown="1">\n<summary>{summary[0].upper()}{summary[1:]}</summary>\n\n'
        f"{body}\n\n</details>"
    )


def _evidence(dataset: Dataset, item: Evidence, path: str) -> str:
    events = ", ".join(_link(dataset.events[i], path) for i in item.events)
    tail = f" See {events}." if events else ""
    return f"**{_STANCES[item.stance]}.** {item.text.strip()}{tail} ({_cite(dataset, item.sources)})"


# --- Sources and coverage ----------------------------------------------------------------------------------------

_SOURCE_KINDS: Mapping[SourceKind, str] = {
    "primary": "Primary documents and statements",
    "news": "News reports",
    "analysis": "Analysis",
    "reference": "Reference works",
}


def _sources_pages(dataset: Dataset, written: Sequence[Page], forge: Forge, keep: Keep) -> Iterator[GeneratedPage]:
    """Make the bibliography: an index of publishers, and a page for each beginning of an id (see `shelf_of`)."""
    path = "sources/index.md"
    sources = dataset.sources.values()
    shelves = {shelf: list(held) for shelf, held in groupby(sorted(sources, key=shelf_of), key=shelf_of)}
    moved = _moved(dataset)
    checked = sum(source.checked is not None for source in sources)
    lead = f"{len(sources)} sources; {checked} of them read and checked, with the date and what was looked for."
    kinds = Counter(source.kind for source in sources)
    rows = [[heading, str(kinds[kind])] for kind, heading in _SOURCE_KINDS.items() if kinds[kind]]
    blocks = [_classed(lead, "lead"), _table(["Kind", "How many"], rows)]
    for letter, names in groupby(shelves, key=lambda shelf: shelf[0] if shelf[0].isalpha() else shelf):
        lines = []
        for shelf in names:
            publishers = Counter(source.publisher for source in shelves[shelf])
            listed = " · ".join(f"{plain(name)}&nbsp;({count})" for name, count in publishers.items())
            lines.append(f"[{shelf.upper()}]({relative_link(f'sources/{shelf}.md', '', path)}): {listed}")
        blocks.append(_section(letter.upper(), f"shelf-{letter}", _items(lines, "no-links")))
    yield _page(path, "Sources", lead, blocks)
    users = _users_of_sources(dataset, written)
    for shelf in sorted({*shelves, *moved}):
        held, former = shelves.get(shelf, []), moved.get(shelf, {})
        used = [users.get(source.id, ()) for source in held]
        key = held, used, former, len(sources), forge
        yield keep(f"shelf {shelf}", key, partial(_shelf_page, shelf, held, used, former, len(sources), forge))


def _moved(dataset: Dataset) -> Mapping[str, Mapping[str, Source]]:
    """The sources that stood on another page of the bibliography under a former id: by that page, and by that id."""
    found: dict[str, dict[str, Source]] = {}
    for source in dataset.sources.values():
        for former_id in source.formerly:
            shelf = shelf_of(source.model_copy(update={"id": former_id}))
            if shelf != shelf_of(source):
                found.setdefault(shelf, {})[former_id] = source
    return found


def _shelf_page(
    shelf: str,
    held: Sequence[Source],
    used: Sequence[Sequence[Use]],
    moved: Mapping[str, Source],
    of_all: int,
    forge: Forge,
) -> GeneratedPage:
    """Make a page of the bibliography; of what uses the sources it is given only what it shows."""
    path = f"sources/{shelf}.md"
    names = list(dict.fromkeys(source.publisher for source in held))
    span = " to ".join(dict.fromkeys([*names[:1], *names[-1:]]))
    title = f"Sources: {shelf.upper()}"
    lead = f"{len(held)} of the {of_all} sources" + (f", by publisher: {span}." if span else ".")
    back = f"[All publishers]({relative_link('sources/index.md', '', path)})"
    blocks = [_classed(plain(lead), "lead"), back]
    for publisher, published in groupby(zip(held, used, strict=True), key=lambda pair: pair[0].publisher):
        records = [_source_record(source, users, path, forge) for source, users in published]
        anchor = "publisher-" + "-".join(re.findall(r"\w+", publisher.casefold()))
        blocks.append(_section(plain(publisher), anchor, *records))
    links = (f'<span id="{former_id}"></span>{_link(source, path)}' for former_id, source in moved.items())
    blocks.append(_section("On another page now", "moved", _items(links)))
    # What a source was read for stands on the pages that rest on it, which is where a search should lead.
    return _page(path, title, lead, blocks, search={"exclude": True})


def _source_record(source: Source, users: Sequence[Use], path: str, forge: Forge) -> str:
    facts = [plain(source.author or ""), source.kind, str(source.date) if source.date else "undated"]
    if source.language != "en":
        facts.append(f"in {source.language}")
    if source.archived:
        facts.append(f"[archived copy](<{source.archived}>)")
    checked = (
        f"Checked {source.checked} for: {plain(source.checked_for or '')}" if source.checked else "Not checked yet."
    )
    used = " · ".join(f"[{plain(use.words)}]({relative_link(use.page, use.anchor, path)})" for use in users)
    lines = [
        f"### [{plain(source.title)}](<{source.url}>) {{#{source.id}}}",
        _classed(_anchors(source) + _with_changes(" · ".join(filter(None, facts)), forge, source), "source__facts"),
        _classed(checked, "source__checked"),
        _classed(f"Used in: {used}", "source__users no-cards") if used else "",
    ]
    return "\n\n".join(filter(None, lines))


class Use(NamedTuple):
    """What rests on a source, an entry or the notes on a paragraph, as its link says: words, page and anchor."""

    words: str
    page: str
    anchor: str


def _users_of_sources(dataset: Dataset, written: Iterable[Page]) -> Mapping[str, tuple[Use, ...]]:
    found: dict[str, dict[Use, None]] = {}
    for page in written:
        for number, notes in page.notes_by_paragraph.items():
            use = Use(f"paragraph {number}", page.path, f"p{number}")
            for _, source in (cited for note in notes for cited in note.sources):
                found.setdefault(source, {})[use] = None
    for entry in (*dataset.named(), *dataset.claims.values()):
        use = Use(entry.heading, *page_of(entry))
        for _, marker, value in marked_values(entry):
            if isinstance(marker, Ref) and "sources" in marker.collections:
                found.setdefault(value, {})[use] = None
    return {source: tuple(users) for source, users in found.items()}


def _coverage_page(dataset: Dataset, written: Sequence[Page]) -> GeneratedPage:
    path = "coverage.md"
    pages = {page.path: page for page in written}
    kinds = tuple(NOTE_CLOCKS)
    header = ["Paragraph", *(NOTE_WORDS[kind] for kind in kinds), "Claims", "Sources"]
    rows = []
    for section in dataset.essay.sections:
        page = pages[f"{SECTION_FOLDER}/{section.id}.md"]
        for number in section.paragraphs:
            notes = page.notes_by_paragraph.get(number, ())
            counts = [str(sum(note.kind == kind for note in notes)) for kind in kinds]
            cited = len({source for note in notes for _, source in note.sources})
            target = relative_link(page.path, f"p{number}", path)
            claims = len(dataset.claims_of(number))
            rows.append([f"[{number}]({target}) {plain(section.title)}", *counts, str(claims), str(cited)])
    table = _box("tally", _table(header, rows))
    lead = f"What is annotated, how well, and what is still wanted. Facts as of {dataset.essay.facts_as_of}."
    figures = _table(
        ["What", "How many"],
        [
            ["Notes", str(sum(len(page.notes) for page in written))],
            *([name.capitalize(), str(len(entries))] for name, entries in _collections(dataset)),
        ],
    )
    return _page(
        path,
        "Coverage",
        lead,
        [
            _classed(lead, "lead"),
            _section("Figures", "figures", figures, searched=False),
            _section("Paragraph by paragraph", "paragraphs", table),
            _section("Paragraphs with few notes", "thin", _thin_paragraphs(dataset, pages, path)),
            _section("Sources that nobody has checked yet", "unchecked", _unchecked_sources(dataset, path)),
            _section("Claims to judge again", "stale", _stale_claims(dataset, path)),
            _section("Entries without a name in their own language", "nameless", _nameless_entries(dataset, path)),
        ],
    )


def _thin_paragraphs(dataset: Dataset, pages: Mapping[str, Page], path: str) -> str:
    lines = []
    for section in dataset.essay.sections:
        page = pages[f"{SECTION_FOLDER}/{section.id}.md"]
        for number in section.paragraphs:
            notes = len(page.notes_by_paragraph.get(number, ()))
            if notes < FEW_NOTES:
                counted = f"{notes} note{'' if notes == 1 else 's'}"
                lines.append(f"{_paragraph_link(dataset, number, path)}: {counted}")
    return _items(lines) or f"None: every paragraph has at least {FEW_NOTES} notes."


def _unchecked_sources(dataset: Dataset, path: str) -> str:
    unchecked = (source for source in dataset.sources.values() if source.checked is None)
    return _items(_link(source, path) for source in unchecked) or "None: every source has been read and checked."


def _stale_claims(dataset: Dataset, path: str) -> str:
    """List the claims whose evidence ends more than a year before the facts of the whole work do, the oldest first."""
    as_of = dataset.essay.facts_as_of.first
    stale = [claim for claim in dataset.claims.values() if as_of - claim.outcome.date.last > STALE_AFTER]
    stale.sort(key=lambda claim: (claim.outcome.date.last, claim.paragraph, claim.id))
    lines = (f"{_link(claim, path)} ({claim.outcome.verdict}, by {claim.outcome.date})" for claim in stale)
    return _items(lines) or "None: the evidence on every claim reaches to within a year of the facts on this site."


def _nameless_entries(dataset: Dataset, path: str) -> str:
    lines = []
    for word, entries in (("Actors", dataset.actors), ("Terms", dataset.terms)):
        nameless = [entry for entry in entries.values() if not entry.native]
        if nameless:
            lines.append(f"{word}: " + " · ".join(_link(entry, path) for entry in nameless))
    if not lines:
        return "None: every actor and term has one."
    note = "Nothing is wanted where the name is in the language of this site to begin with."
    return f"{note}\n\n{_items(lines, 'no-cards')}"


def _collections(dataset: Dataset) -> Iterator[tuple[str, Mapping[str, AnyEntry]]]:
    for name in COLLECTIONS:
        yield name, getattr(dataset, name)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


# --- Data --------------------------------------------------------------------------------------------------------


def data_page(dataset: Dataset, made: Exports, citation: Citation) -> GeneratedPage:
    """Make the page that lists the files of the data set, with what each is, its size and what opens it."""
    path = f"{FOLDER}/index.md"
    as_of = dataset.essay.facts_as_of
    lead = f"Everything that this site knows, in the formats that other programs read. Facts as of {as_of}."
    licence = f"[{plain(citation.licence)}](<{citation.licence_address}>)"
    terms = (
        f"Licence: {licence}. The essay itself is not in these files, and nor are its sentences.\n\n"
        f"Data hash: `sha256:{made.data_hash}`. Two copies with the same hash hold the same data, whatever their age."
    )
    files = _items(
        (
            f"{_file_link(file, file.title)} <small>{_size(file)}</small><br>{file.what} Opens with: {file.opening}."
            for file in made.files
        ),
        "cards no-cards",
    )
    tables = _table(
        ["Table", "A row is", "Size"],
        ([_file_link(file, file.title), file.what, _size(file)] for file in made.tables),
    )
    blocks = [
        _classed(plain(lead), "lead"),
        terms,
        _section("Files", "files", files),
        _section("Tables", "tables", _TABLES_NOTE, tables),
        *(_section(heading, anchor, text) for heading, anchor, text in _FORMAT_NOTES),
    ]
    return _page(path, "Data", lead, blocks)


def _file_link(file: Export, words: str) -> str:
    return f"[{plain(words)}]({file.name})"


def _size(file: Export) -> str:
    size = len(file.content)
    return f"{size / 1_000_000:.1f}&nbsp;MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))}&nbsp;kB"


_TABLES_NOTE = """\
One table for each collection, and one for each list within its entries, whose rows name the entry and count from 1. A
list of plain texts, and names by language, are JSON in their cell. A text that a spreadsheet would take for a formula has
an apostrophe before it, which is not in the data. Beside each date stand the first and the last day
that it can mean. `citations` says which source is named by which entry, and for which part of it."""

_FORMAT_NOTES = (
    (
        "The JSON file",
        "json",
        f"""\
The version of its form is `format`, now {FORMAT_VERSION}: the first number grows when something is renamed or taken away,
the second when something is added. `data` has the member `essay`, and a list for each collection and for the notes.
Fields are those of the data files, in the same words; one without a value is left out. Dates are in the Extended
Date/Time Format (ISO 8601-2). Prose is Markdown, with links by id (`ref:some-id`). Ids of entries are permanent; those of
notes count the notes of a paragraph.

`data_hash` is the SHA-256 of `data` in the JSON Canonicalization Scheme (RFC 8785), which this repeats:

    jq -cjS .data dataset.json | sha256sum""",
    ),
    (
        "The calendar",
        "calendar",
        """\
Every event is an all-day entry that leaves the day free; a span of days is one entry. Where only the month or the year
is known, the entry stands on its first day, since one that filled a year would hide the others. It is then marked as
tentative, as every event with an approximate date is, and its title begins with what is known: *about 1913: …*""",
    ),
    (
        "The notes",
        "annotations",
        """\
Each note is an annotation of the page that paraphrases its paragraph. Its purpose follows from its kind: background
*describes*, evidence *assesses*, a counter-argument *replies*, and what has happened since is a *comment*. Its kind is
a tag besides, and its sources are linked.""",
    ),
    (
        "The ties",
        "graph",
        """\
Edges have a `type` and often a `detail`: an actor *takes part* in an event (its part), an event is a *cause* of another,
an actor has a *tie* to another (what kind), a claim *supports* or *opposes* another, an event is *evidence* on a claim
(for, against or mixed, and by which clock).""",
    ),
    (
        "The feed",
        "feed",
        """\
The facts of an entry are dated by the newest check of one of its sources: a fact comes with its source, and a source
with the day on which somebody last read it. Nothing else is dated in the data.""",
    ),
    (
        "The bibliography",
        "bibliography",
        """\
The author of a source is one name, even where it lists several people: no rule divides the names of all languages
rightly. What a source was read for is its annotation.""",
    ),
)
"""What is to know of a format beyond its own standard: heading, anchor and text."""

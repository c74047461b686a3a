"""Views of the data set to diagrams: Mermaid text, and the same as a table.

All kinds are drawn as Mermaid flowcharts: the one kind whose nodes can all be links, whose text wraps, and which every
version of Mermaid draws alike. Sizes are kept to what can be read on a phone without shrinking.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from .cards import card_of
from .model import Actor, AnyEntry, Claim, Dataset, Event, Named, Office, Section
from .views import AnyView, Argument, Causes, Meetings, Network, Offices, Positions, Sanctions, Timeline

MOST_NODES = 24
"""How many nodes a diagram may have; the table beside it always has everything."""

NODES_IN_A_ROW = 3

MOST_IN_A_RANK = 6
"""How many causes or consequences of one degree are drawn; pages of events list all beside the drawing."""

LONGEST_LABEL = 90
"""How many characters of a claim or an offer a node shows; the table has all."""

Address = Callable[[str | Section], str]
"""Gives the address of an entry, by its id, or of a section of the essay, as seen from the page."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a table's cell: text that may be a link, which may have a card.

    Two diagrams that show the same are equal: of an entry a cell has only what is shown.
    """

    text: str
    href: str | None = None
    card: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The text twin of a diagram. A cell is a sequence of pieces."""

    header: tuple[str, ...]
    rows: tuple[tuple[tuple[Cell, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """A drawn view: `title` names it, `description` tells what it shows to those who do not see it, `caption` adds."""

    kind: str
    title: str
    description: str
    caption: str | None
    mermaid: str
    table: Table


# --- Mermaid text ------------------------------------------------------------------------------------------------

_HARMLESS = frozenset(" ,.!?()/'-")
"""The ASCII punctuation that means nothing to Mermaid inside a label."""

_NAMED = {"&": "#amp;", "<": "#lt;", ">": "#gt;"}

_LIST_MARK = re.compile(r"(?:\d+[.)]|[-])")
"""What Mermaid takes for the beginning of a Markdown list at the start of a label."""

_PLACEHOLDERS = frozenset("ﬂß")
"""Characters of the marks by which Mermaid hides entity codes from its own parser (``encodeEntities``)."""


@lru_cache(50_000)  # a title stands in many diagrams
def label(text: str) -> str:
    """Write a text as a label of Mermaid, between quotes, so that it shows as it is, whatever it holds.

    White space becomes single spaces; what XML and so no drawing can hold (control characters, lone surrogates,
    non-characters) goes. Characters that could end the label or begin a directive, an entity, a tag or Markdown are
    written as Mermaid's entity codes, a name or number between ``#`` and ``;``.
    """
    shown = "".join(filter(_showable, " ".join(text.split()))).strip()
    listed = _LIST_MARK.match(shown)
    coded_at = listed.end() - 1 if listed else -1
    return '"' + "".join(c if _harmless(c) and i != coded_at else _coded(c) for i, c in enumerate(shown)) + '"'


def _showable(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cs") and ord(character) & 0xFFFE != 0xFFFE


def _harmless(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in _HARMLESS
    return character not in _PLACEHOLDERS


def _coded(character: str) -> str:
    return _NAMED.get(character, f"#{ord(character)};")


def clipped(text: str, limit: int = LONGEST_LABEL) -> str:
    """Shorten a text to whole words within a number of characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:.–- ") + "…"


# Text is measured a seventh larger than it is drawn (see rendering.py): fonts differ in width from reader to reader.
CONFIG = """\
---
config:
  theme: base
  look: classic
  fontFamily: arial,sans-serif
  themeVariables: {fontSize: 16px}
  htmlLabels: false
  flowchart: {htmlLabels: false, curve: basis, wrappingWidth: 200, nodeSpacing: 16, rankSpacing: 40, padding: 8}
---
"""


@dataclass
class _Flowchart:
    """A flowchart that is being put together. Nodes are keyed by whatever they stand for, and numbered as they come."""

    address: Address
    direction: str = "LR"
    _numbers: dict[str, str] = field(default_factory=dict)
    _lines: list[str] = field(default_factory=list)

    def node(self, key: str, lines: Sequence[str], classes: str, target: str | Section | None) -> None:
        """Add a node of one or more lines of text, which links to an entry or a section; once for a key."""
        if key in self._numbers:
            return
        number = self._numbers[key] = f"n{len(self._numbers)}"
        text = label(lines[0])[:-1] + "".join("<br/>" + label(line)[1:-1] for line in lines[1:]) + '"'
        self._lines.append(f"  {number}[{text}]:::{classes}")
        if target is not None:
            self._lines.append(f'  click {number} href "{self.address(target)}"')

    def edge(self, one: str, other: str, words: str = "", *, line: str = "-->") -> None:
        """Join two nodes, with words on the line or none."""
        named = f"|{label(words)}|" if words else ""
        self._lines.append(f"  {self._numbers[one]} {line}{named} {self._numbers[other]}")

    def rows(self, keys: Sequence[str]) -> None:
        """Lay nodes out like words on a page, row below row."""
        for start in range(0, len(keys), NODES_IN_A_ROW):
            for one, other in pairwise(keys[start : start + NODES_IN_A_ROW]):
                self.edge(one, other, line="---")

    @property
    def size(self) -> int:
        return len(self._numbers)

    def text(self, title: str, description: str) -> str:
        told = f"  accTitle: {_one_line(title)}\n  accDescr: {_one_line(description)}\n"
        return f"{CONFIG}flowchart {self.direction}\n{told}" + "\n".join(self._lines) + "\n"


def _one_line(text: str) -> str:
    """Keep of a text what the titles of Mermaid can hold: they know no escapes."""
    return " ".join(re.sub(r"[^\w ,.()'’–-]|_", " ", text).split())


# --- Drawing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What the function for one kind gives: the parts of a diagram that depend on it."""

    title: str
    description: str
    chart: _Flowchart
    table: Table


def draw(view: AnyView, dataset: Dataset, address: Address) -> Diagram | None:
    """Draw a view.

    Args:
        view: What to show; its references exist in the data set.
        dataset: The entries.
        address: Where the nodes link to.

    Returns:
        The diagram, None if there is nothing to show.
    """
    drawn = _drawn(view, dataset, address)
    if drawn is None:
        return None
    title = view.title or drawn.title
    caption = view.caption
    if drawn.chart.size < len(drawn.table.rows) and isinstance(view, (Timeline, Sanctions)):
        rest = f"The drawing shows {drawn.chart.size} of {len(drawn.table.rows)}; the table has all."
        caption = f"{caption} {rest}" if caption else rest
    mermaid = drawn.chart.text(title, drawn.description)
    return Diagram(view.kind, title, drawn.description, caption, mermaid, drawn.table)


def _drawn(view: AnyView, dataset: Dataset, address: Address) -> _Drawn | None:
    match view:
        case Timeline():
            return _timeline(view, dataset, address)
        case Meetings():
            return _meetings(view, dataset, address)
        case Network():
            return _network(view, dataset, address)
        case Argument(scope="essay"):
            return _whole_argument(dataset, address)
        case Argument():
            return _argument(view, dataset, address)
        case Causes():
            return _causes(view, dataset, address)
        case Sanctions():
            return _sanctions(view, dataset, address)
        case Offices():
            return _offices(view, dataset, address)
        case Positions():
            return _positions(view, dataset, address)
        case _:
            raise TypeError(f"no drawing for {type(view).__name__}")


def _linked(entry: AnyEntry, address: Address) -> Cell:
    return Cell(entry.heading, address(entry.id), card_of(entry) if isinstance(entry, Named) else None)


def _names(entries: Iterable[AnyEntry], address: Address) -> tuple[Cell, ...]:
    pieces: list[Cell] = []
    for entry in entries:
        pieces += [Cell(", ")] * bool(pieces) + [_linked(entry, address)]
    return tuple(pieces)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _narrower(edges: Iterable[tuple[str, str]]) -> str:
    """Choose the direction of Mermaid's that makes the drawing of a graph narrower: from the left, or from the top.

    Screens scroll down more easily than sideways. A rank takes a quarter more room along the direction, for the words
    on its lines, than a node takes across it.
    """
    pairs = list(edges)
    ranks = dict.fromkeys((node for pair in pairs for node in pair), 0)
    for _ in ranks:  # the longest way to a node has fewer steps than there are nodes, where nothing goes in circles
        moved = [(end, ranks[start] + 1) for start, end in pairs if ranks[start] + 1 > ranks[end]]
        if not moved:
            break
        ranks.update(moved)
    sizes = Counter(ranks.values())
    return "LR" if len(sizes) * 5 <= max(sizes.values(), default=1) * 4 else "TB"


def _most_connected(dataset: Dataset, events: Sequence[Event], limit: int = MOST_NODES) -> list[Event]:
    """Keep the events that most others, and most claims, have to do with; in the order given."""

    def connections(event: Event) -> int:
        effects, claims = dataset.consequences.get(event.id, ()), dataset.claims_on.get(event.id, ())
        return len(event.causes) + len(effects) + len(claims)

    kept = {event.id for event in sorted(events, key=lambda event: (-connections(event), event.date))[:limit]}
    return [event for event in events if event.id in kept]


def _add_event(chart: _Flowchart, event: Event, *more: str, classes: str = "event") -> str:
    chart.node(event.id, [str(event.date), event.heading, *more], classes, event.id)
    return event.id


def _timeline(view: Timeline, dataset: Dataset, address: Address) -> _Drawn | None:
    pool = dataset.events_of.get(view.actor, ()) if view.actor else dataset.events.values()
    events = [event for event in pool if view.covers(event.date) and event.kind in view.kinds]
    if not events:
        return None
    chart = _Flowchart(address)
    chart.rows([_add_event(chart, event) for event in _most_connected(dataset, events)])
    whose = f" of {dataset.actors[view.actor].heading}" if view.actor else ""
    span = f"{events[0].date} – {events[-1].date}" if len(events) > 1 else str(events[0].date)
    rows = tuple(((Cell(str(e.date)),), (_linked(e, address),), (Cell(e.summary),)) for e in events)
    description = f"{_counted(len(events), 'event')}{whose} in order of date, row by row."
    return _Drawn(f"Timeline{whose}, {span}", description, chart, Table(("Date", "Event", "What happened"), rows))


def who_met(dataset: Dataset, event: Event) -> list[Actor]:
    """Tell who met at an event: the two people named first, or whoever took part where fewer than two people are named."""
    actors = [dataset.actors[participant.actor] for participant in event.participants]
    people = [actor for actor in actors if actor.kind == "person"]
    return people[:2] if len(people) > 1 else actors


def _meetings(view: Meetings, dataset: Dataset, address: Address) -> _Drawn | None:
    found = [e for e in dataset.events.values() if e.kind in view.kinds and view.covers(e.date)]
    meetings = [event for event in found if len(who_met(dataset, event)) > 1]
    if not meetings:
        return None
    shown = _most_connected(dataset, meetings, MOST_NODES * 2 // 3)
    often = Counter(actor.id for event in shown for actor in who_met(dataset, event))
    chart = _Flowchart(address)
    for event in shown:
        # Whoever met most often stands at the left, so that the drawing opens like a fan.
        first, *others = sorted(who_met(dataset, event), key=lambda actor: (-often[actor.id], actor.id))
        for actor in (first, *others):
            chart.node(actor.id, [actor.heading], f"actor-{actor.kind}", actor.id)
        _add_event(chart, event)
        chart.edge(first.id, event.id, line="---")
        for other in others:
            chart.edge(event.id, other.id, line="---")
    rows = tuple(
        ((Cell(str(e.date)),), (_linked(e, address),), _names(who_met(dataset, e), address), (Cell(e.place or ""),))
        for e in meetings
    )
    description = f"{_counted(len(meetings), 'meeting')}, each between those who took part in it."
    return _Drawn("Who met whom", description, chart, Table(("Date", "Meeting", "Who met", "Where"), rows))


def _network(view: Network, dataset: Dataset, address: Address) -> _Drawn | None:
    centre = dataset.actors[view.actor]
    words: dict[str, list[str]] = {}
    for teller, tie, other in dataset.ties_of.get(centre.id, ()):
        words.setdefault(other, []).append(tie.kind if teller == centre.id else tie.reversed)
    together = Counter(
        participant.actor
        for event in dataset.events_of.get(centre.id, ())
        for participant in event.participants
        if participant.actor != centre.id
    )
    by_events = sorted(together, key=lambda actor: (-together[actor], actor))
    others = [*words, *(actor for actor in by_events if actor not in words)]
    if not others:
        return None
    chart = _Flowchart(address)
    chart.node(centre.id, [centre.heading], f"actor-{centre.kind}", centre.id)
    rows: list[tuple[tuple[Cell, ...], ...]] = []
    for other in others:
        actor = dataset.actors[other]
        ties = list(dict.fromkeys(words.get(other, ())))
        shared = [_counted(together[other], "shared event")] if together[other] else []
        if len(rows) < MOST_NODES // 2:
            chart.node(other, [actor.heading], f"actor-{actor.kind}", other)
            chart.edge(centre.id, other, ", ".join(ties or shared), line="---")
        rows.append(((_linked(actor, address),), (Cell(", ".join(ties)),), (Cell(str(together[other] or "")),)))
    description = f"{centre.heading} and {_counted(len(others), 'other')}, joined by ties or by events they share."
    return _Drawn(f"{centre.heading}: ties", description, chart, Table(("Who", "Tie", "Shared events"), tuple(rows)))


def _add_claim(chart: _Flowchart, claim: Claim) -> None:
    chart.node(claim.id, [f"¶{claim.paragraph} {claim.kind}", clipped(claim.text)], f"claim-{claim.kind}", claim.id)


def _argument(view: Argument, dataset: Dataset, address: Address) -> _Drawn | None:
    sections = {section.id: section for section in dataset.essay.sections}
    paragraphs = sections[view.section].paragraphs if view.section else (view.paragraph or 0,)
    own = [claim for number in paragraphs for claim in dataset.claims_of(number)]
    if not own:
        return None
    ids = {claim.id for claim in own}
    edges = [edge for edge in _arguments(dataset) if ids & {edge[0], edge[2]}]
    chart = _Flowchart(address, _narrower((one, other) for one, _, other in edges))
    for claim in own:
        _add_claim(chart, claim)
    for one, relation, other in edges:
        if chart.size < MOST_NODES or {one, other} <= ids:
            _add_claim(chart, dataset.claims[one])
            _add_claim(chart, dataset.claims[other])
            chart.edge(one, other, relation, line="-->" if relation == "supports" else "-.->")
    where = sections[view.section].title if view.section else f"paragraph {view.paragraph}"
    shown = [*own, *(dataset.claims[i] for i in dict.fromkeys(i for a, _, b in edges for i in (a, b)) if i not in ids)]
    rows = tuple(_claim_row(dataset, claim, address) for claim in shown)
    description = f"{_counted(len(own), 'claim')} and what they support or oppose."
    table = Table(("Paragraph", "Claim", "Kind", "Supports", "Opposes"), rows)
    return _Drawn(f"The argument: {where}", description, chart, table)


def _claim_row(dataset: Dataset, claim: Claim, address: Address) -> tuple[tuple[Cell, ...], ...]:
    supports, opposes = (_names((dataset.claims[i] for i in ids), address) for ids in (claim.supports, claim.opposes))
    return (Cell(str(claim.paragraph)),), (_linked(claim, address),), (Cell(claim.kind),), supports, opposes


def _arguments(dataset: Dataset) -> Iterator[tuple[str, str, str]]:
    """Every pair of claims of which one supports or opposes the other."""
    for claim in dataset.claims.values():
        for relation, ids in (("supports", claim.supports), ("opposes", claim.opposes)):
            for other in ids:
                yield claim.id, relation, other


def _whole_argument(dataset: Dataset, address: Address) -> _Drawn:
    essay = dataset.essay
    weights: Counter[tuple[str, str, str]] = Counter()
    for one, relation, other in _arguments(dataset):
        start, end = (essay.section_of(dataset.claims[i].paragraph).id for i in (one, other))
        if start != end:
            weights[start, relation, end] += 1
    chart = _Flowchart(address, _narrower((start, end) for start, _, end in weights))
    for number, section in enumerate(essay.sections, 1):
        chart.node(section.id, [f"{number} {section.title}", section.span], "section", section)
    for (start, relation, end), count in weights.items():
        chart.edge(
            start,
            end,
            f"{relation} ×{count}" if count > 1 else relation,
            line="-->" if relation == "supports" else "-.->",
        )
    rows = []
    for section in essay.sections:
        relations = [
            (
                Cell(f"{relation} "),
                Cell(next(s.title for s in essay.sections if s.id == end), address(_section(dataset, end))),
            )
            for (start, relation, end) in weights
            if start == section.id
        ]
        joined = tuple(piece for i, pair in enumerate(relations) for piece in ((Cell("; "),) if i else ()) + pair)
        rows.append(((Cell(section.title, address(section)),), (Cell(section.sentence),), joined))
    description = f"The {len(essay.sections)} sections of the essay, and which supports or opposes which by its claims."
    table = Table(("Section", "In one sentence", "Its claims"), tuple(rows))
    return _Drawn("The argument as a whole", description, chart, table)


def _section(dataset: Dataset, section_id: str) -> Section:
    return next(section for section in dataset.essay.sections if section.id == section_id)


def _causes(view: Causes, dataset: Dataset, address: Address) -> _Drawn | None:
    centre = dataset.events[view.event]
    ranks = {centre.id: 0}
    for direction in (-1, 1):
        frontier = [centre.id]
        for step in range(1, view.depth + 1):
            near = dict.fromkeys(other for one in frontier for other in _neighbours(dataset, one, direction))
            events = [dataset.events[other] for other in near if other not in ranks]
            frontier = [event.id for event in _most_connected(dataset, events, MOST_IN_A_RANK)]
            ranks.update(dict.fromkeys(frontier, direction * step))
    if len(ranks) == 1:
        return None
    shown = sorted((dataset.events[i] for i in ranks), key=lambda event: (event.date, event.id))
    pairs = ((cause, event.id) for event in shown for cause in event.causes if cause in ranks)
    chart = _Flowchart(address, _narrower(pair for pair in pairs if ranks[pair[1]] - ranks[pair[0]] == 1))
    for event in shown:
        _add_event(chart, event, classes="event-centre" if event.id == centre.id else "event")
    rows = []
    for event in shown:
        causes = [cause for cause in event.causes if cause in ranks]
        for cause in causes:
            if ranks[event.id] - ranks[cause] == 1:  # a short cut would tear the ranks apart; the table has it
                chart.edge(cause, event.id)
        led = _names((dataset.events[cause] for cause in causes), address)
        rows.append(((Cell(str(event.date)),), (_linked(event, address),), led))
    description = f"{_counted(len(shown) - 1, 'event')} that led to {centre.heading} or followed from it."
    table = Table(("Date", "Event", "Led to by"), tuple(rows))
    return _Drawn(f"Causes and consequences: {centre.heading}", description, chart, table)


def _neighbours(dataset: Dataset, event_id: str, direction: int) -> tuple[str, ...]:
    return dataset.events[event_id].causes if direction < 0 else dataset.consequences.get(event_id, ())


def _sanctions(view: Sanctions, dataset: Dataset, address: Address) -> _Drawn | None:
    rungs = [event for event in dataset.events.values() if event.measures and view.covers(event.date)]
    if not rungs:
        return None
    chart = _Flowchart(address)
    shown = _most_connected(dataset, rungs)
    chart.rows([_add_event(chart, e, clipped(", ".join(m.subject for m in e.measures), 70)) for e in shown])
    rows = tuple(
        ((Cell(str(e.date)),), (_linked(e, address),), (Cell("; ".join(f"{m.subject}: {m.text}" for m in e.measures)),))
        for e in rungs
    )
    description = (
        f"{_counted(len(rungs), 'round')} of measures in order of date, row by row, each with what it is about."
    )
    return _Drawn("The ladder of measures", description, chart, Table(("Date", "Decision", "What it added"), rows))


def _offices(view: Offices, dataset: Dataset, address: Address) -> _Drawn | None:
    chart = _Flowchart(address)
    rows = []
    for actor in (dataset.actors[i] for i in view.actor):
        held = [office for office in sorted(actor.offices, key=lambda o: o.start) if _overlaps(view, office)]
        if not held:
            continue
        chart.node(actor.id, [actor.heading], f"actor-{actor.kind}", actor.id)
        before = actor.id
        for index, office in enumerate(held):
            of = dataset.actors[office.of] if office.of else None
            role = f"{office.role}, {of.heading}" if of else office.role
            chart.node(f"{actor.id} {index}", [office.tenure, role], "office", of.id if of else None)
            chart.edge(before, f"{actor.id} {index}", line="---")
            before = f"{actor.id} {index}"
            rows.append(
                (
                    (_linked(actor, address),),
                    (Cell(office.role),),
                    _names([of] if of else [], address),
                    (Cell(office.tenure),),
                )
            )
    if not rows:
        return None
    table = Table(("Who", "Office", "Of", "When"), tuple(rows))
    return _Drawn("Who held what, when", f"{_counted(len(rows), 'office')}, by holder.", chart, table)


def _overlaps(view: Offices, office: Office) -> bool:
    begins_late = view.end is not None and office.start.first > view.end.last
    ended_early = view.start is not None and office.ended is not None and office.ended.last < view.start.first
    return not begins_late and not ended_early


def _positions(view: Positions, dataset: Dataset, address: Address) -> _Drawn | None:
    event = dataset.events[view.event]
    if not event.positions:
        return None
    chart = _Flowchart(address)
    rows = []
    for stand in event.positions:
        actor = dataset.actors[stand.actor]
        chart.node(actor.id, [actor.heading], f"actor-{actor.kind}", actor.id)
        for what, texts in (("offered", stand.offered), ("asked", stand.asked)):
            for index, text in enumerate(texts):
                key = f"{actor.id} {what} {index}"
                chart.node(key, [clipped(text)], f"stand-{what}", None)
                chart.edge(actor.id, key, what, line="-->" if what == "offered" else "-.->")
        offered, asked = ("; ".join(texts) for texts in (stand.offered, stand.asked))
        rows.append(((_linked(actor, address),), (Cell(offered),), (Cell(asked),)))
    sides = _counted(len(event.positions), "side")
    description = f"What each of {sides} offered and asked at: {event.heading}."
    table = Table(("Side", "Offered", "Asked"), tuple(rows))
    return _Drawn(f"On the table: {event.heading}", description, chart, table)

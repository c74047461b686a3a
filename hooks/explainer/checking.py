"""Data folder and pages to one checked `Dataset`, or to everything that is wrong with them.

No check stops at the first problem, and a mistake in one place is reported there and not again wherever it is felt: an
entry that cannot be understood still counts as existing for those that refer to it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from . import model
from .citation import CITATION_FILE, LICENCE_PATTERN, Citation
from .dates import EXPECTED_DATE, Date
from .fields import Step, field_names, marked_values, part_at
from .layout import ESSAY, ESSAY_FILE, kind_of
from .model import (
    COLLECTIONS,
    FOLDERS,
    SINGULAR,
    UNSOURCED_VERDICTS,
    VERDICTS,
    AnyEntry,
    Claim,
    Dataset,
    Entry,
    Essay,
    Event,
    Named,
    Part,
    Ref,
    Source,
)
from .names import NameIndex, names_of
from .problems import Position, Problem, error, errors_in, shortened, warning
from .prose import NOTE_CLOCKS, IdLink, Page, Place, id_links, markup_problems, parse_page, places_in
from .reading import Misread, Node, files_under, forget_texts, read_text, read_yaml
from .views import parse_view, view_class

SECTION_FOLDER = "essay"
"""The folder of the hand-written pages that holds one page for each section."""

PAGE_FIELDS: Mapping[str, int] = {"title": 200, "description": 1000, "see_also": 0, "hide": 0}
"""What front matter may hold; for texts, at most how many characters."""

PARTS_TO_HIDE = ("navigation", "toc", "footer")
"""What `hide` in front matter may name."""

RESERVED_IDS = frozenset(
    ("index", "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
)
"""Ids whose pages would be those of whole collections, or have names that Windows has no files for."""

T = TypeVar("T")
P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of checking: the data set and the citation are None if there are errors."""

    dataset: Dataset | None
    citation: Citation | None
    pages: tuple[Page, ...]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether there are no errors."""
        return self.dataset is not None


@dataclass(frozen=True, slots=True)
class _Understood(Generic[T]):
    """A mapping of a data file as it is understood by itself, whatever else there is: its value, and what it refers to.

    `references` are the ids in its fields, each with its place and the collections that it may be of; `links` are those
    in its prose.
    """

    value: T
    problems: tuple[Problem, ...]
    references: tuple[tuple[Position, str, tuple[str, ...]], ...] = ()
    links: tuple[IdLink, ...] = ()


@dataclass(slots=True)
class _Draft:
    """What has been read so far.

    `ids` has every id that occurs, understood or not; `said` what the essay and each entry say; `nodes` where each entry
    is; `former` which entries once had an id.
    """

    problems: list[Problem] = field(default_factory=list)
    essay: Essay | None = None
    essay_node: Node | None = None
    citation: Citation | None = None
    citation_node: Node | None = None
    entries: dict[str, dict[str, AnyEntry]] = field(default_factory=lambda: {name: {} for name in COLLECTIONS})
    said: list[tuple[Part, _Understood[Any]]] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)
    ids: dict[str, tuple[str, Position]] = field(default_factory=dict)
    former: dict[str, list[tuple[str, Position]]] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)

    def of(self, collection: str) -> Iterable[Any]:
        return self.entries[collection].values()

    def named(self) -> Iterator[Named]:
        for collection in ("actors", "events", "terms"):
            yield from self.of(collection)

    def all(self) -> Iterator[AnyEntry]:
        for entries in self.entries.values():
            yield from entries.values()

    def node(self, entry_id: str, *steps: Step) -> Node:
        """The node of a value of an entry, or of the nearest mapping around where it would be."""
        return self.nodes[entry_id].find(steps)[0]

    def place(self, entry_id: str, *steps: Step) -> Position:
        """Where a value of an entry stands; where its mapping stands, if the value does not."""
        node, left = self.nodes[entry_id].find(steps)
        if left and isinstance(left[0], str):
            return node.key_at(left[0])
        return node.at


def load(root: Path, data: str = "data", docs: str = "docs") -> Checked:
    """Read and check everything.

    Args:
        root: The project folder; problems name files relative to it.
        data: The data folder in it.
        docs: The folder of hand-written pages in it.

    Returns:
        The data set, the pages, and every problem in order of file and line. Entries are in the order in which a
        reader meets them: actors and terms by name, events by date, claims by paragraph, sources by publisher and date.
    """
    draft = _Draft()
    _read_citation(draft, root)
    _read_data(draft, root, data)
    _read_pages(draft, root, docs)
    for check in _CHECKS:
        draft.problems.extend(check(draft))
    problems = tuple(sorted(set(draft.problems)))
    if errors_in(problems) or draft.essay is None:
        return Checked(None, None, tuple(draft.pages), problems)
    return Checked(_dataset(draft, draft.essay), draft.citation, tuple(draft.pages), problems)


def _dataset(draft: _Draft, essay: Essay) -> Dataset:
    def ordered(collection: str, key: Callable[[Any], Any]) -> dict[str, Any]:
        return {entry.id: entry for entry in sorted(draft.of(collection), key=key)}

    return Dataset(
        essay=essay,
        actors=ordered("actors", lambda actor: (actor.name.casefold(), actor.id)),
        events=ordered("events", lambda event: (event.date, event.id)),
        terms=ordered("terms", lambda term: (term.name.casefold(), term.id)),
        claims=ordered("claims", lambda claim: (claim.paragraph, claim.at, claim.id)),
        sources=ordered("sources", lambda source: (source.publisher.casefold(), str(source.date or ""), source.id)),
    )


# --- Reading -----------------------------------------------------------------------------------------------------


def _read_citation(draft: _Draft, root: Path) -> None:
    start = Position(CITATION_FILE, 1, 1)
    if not (root / CITATION_FILE).is_file():
        expected = "how this work is cited: title, authors, license, and the essay under references"
        draft.problems.append(error(start, "no such file", expected))
        return
    node, problems = read_yaml(root / CITATION_FILE, CITATION_FILE)
    draft.problems.extend(problems)
    draft.citation_node = node
    if node is not None and isinstance(node.value, dict):
        draft.citation = _taken(draft, _understood(Citation, node, node.at))
    elif not problems:
        draft.problems.append(error(start, "no mapping", "title, authors, license, references …"))


def _read_data(draft: _Draft, root: Path, data: str) -> None:
    folder = root / data
    essay = folder / ESSAY_FILE
    if not essay.is_file():
        draft.problems.append(
            error(Position(f"{data}/{ESSAY_FILE}", 1, 1), "no such file", "the title, date and sections of the essay")
        )
    for path in files_under(folder, "") if folder.is_dir() else ():
        shown = path.relative_to(root).as_posix()
        kind = kind_of(path.relative_to(folder))
        start = Position(shown, 1, 1)
        if kind == ESSAY:
            _read_essay(draft, path, shown)
        elif kind is not None:
            _read_entries(draft, path, shown, FOLDERS[kind])
        elif path.suffix in (".yaml", ".yml"):
            folders = ", ".join(f"{data}/{name}/*.yaml" for name in FOLDERS)
            draft.problems.append(
                error(start, "a data file where none is looked for", f"{data}/{ESSAY_FILE}, {folders}")
            )


def _read_essay(draft: _Draft, path: Path, shown: str) -> None:
    node, problems = read_yaml(path, shown)
    draft.problems.extend(problems)
    draft.essay_node = node
    if node is None or not isinstance(node.value, dict):
        if not problems:
            draft.problems.append(error(Position(shown, 1, 1), "no mapping", "title, author, written, sections …"))
        return
    understood = _understood(Essay, node, node.at)
    draft.essay = _taken(draft, understood)
    if draft.essay is not None:
        draft.said.append((draft.essay, understood))


_ENTRY_LINE = re.compile(r"['\"]?([a-z0-9]+(?:-[a-z0-9]+)*)['\"]?:", re.ASCII)
"""A line with the id of an entry: nothing but that and comments begins in the first column of a data file."""


def _read_entries(draft: _Draft, path: Path, shown: str, collection: str) -> None:
    root, problems = read_yaml(path, shown)
    draft.problems.extend(problems)
    if root is None:
        # What is in the file is not known, but which entries there are is: they count as existing.
        for number, line in enumerate(read_text(path, shown)[0].splitlines(), 1):
            if match := _ENTRY_LINE.match(line):
                draft.ids.setdefault(match[1], (collection, Position(shown, number, 1)))
        return
    if not isinstance(root.value, dict):
        draft.problems.append(error(root.at, _described(root), "a mapping from id to entry"))
        return
    for entry_id, (at, node) in root.value.items():
        if not re.fullmatch(model.ID_PATTERN, entry_id, re.ASCII) or len(entry_id) > 80:
            expected = "an id: lower-case ASCII words joined by hyphens, at most 80 characters"
            draft.problems.append(error(at, f"{shortened(entry_id)}", expected))
            continue
        if entry_id in RESERVED_IDS:
            draft.problems.append(error(at, f"the id `{entry_id}`", "another one: this is the name of another page"))
            continue
        if entry_id in draft.ids:
            other = draft.ids[entry_id][1]
            expected = f"an id of its own: it is used in {other.path}:{other.line} already"
            draft.problems.append(error(at, f"the id `{entry_id}` a second time", expected))
            continue
        draft.ids[entry_id] = (collection, at)
        draft.nodes[entry_id] = node
        if not isinstance(node.value, dict):
            draft.problems.append(error(node.at, _described(node), "a mapping of fields"))
            continue
        former = node.find(("formerly",))[0].value
        for item in former if isinstance(former, tuple) else ():
            if isinstance(item.value, str):
                draft.former.setdefault(item.value, []).append((entry_id, item.at))
        understood = _understood(COLLECTIONS[collection], node, at, entry_id)
        entry: Any = _taken(draft, understood)
        if entry is not None:
            draft.entries[collection][entry_id] = entry
            draft.said.append((entry, understood))


def _read_pages(draft: _Draft, root: Path, docs: str) -> None:
    folder = root / docs
    for path in files_under(folder, ".md") if folder.is_dir() else ():
        shown = path.relative_to(root).as_posix()
        text, problems = read_text(path, shown)
        draft.problems.extend(problems)
        if not problems:
            page, found = parse_page(text, path.relative_to(folder).as_posix(), shown)
            draft.pages.append(page)
            draft.problems.extend(found)


def forget_files() -> None:
    """Let go of what was read, which is kept for the next check: with every value goes the place where it stands."""
    forget_texts()
    _understood.cache_clear()


# --- Shape: fields and types -------------------------------------------------------------------------------------


def _taken(draft: _Draft, understood: _Understood[T]) -> T:
    """Take over the problems of something that is understood, and give it."""
    draft.problems.extend(understood.problems)
    return understood.value


@lru_cache(2**15)
def _understood(kind: type[P], node: Node, at: Position, entry_id: str | None = None) -> _Understood[P | None]:
    """Make a value of the model from a mapping, and tell what it refers to and all that is wrong with it by itself.

    A mapping that was read before gives the same value once more, not an equal one: what is made of it can be kept.
    """
    value, problems = _validated(kind, node, at, entry_id)
    if value is None:
        return _Understood(None, problems)
    references: list[tuple[Position, str, tuple[str, ...]]] = []
    links: list[IdLink] = []
    found: list[Problem] = [*problems, *_repeats(value, node)]
    for steps, marker, text in marked_values(value):
        said = node.find(steps)[0]
        if isinstance(marker, Ref):
            references.append((said.at, text, marker.collections))
        else:
            links += id_links(text, said.place)
            # Prose in the data holds no raw HTML, no structure, and links only outside or to ids.
            found += markup_problems(text, said.place, in_data=True)
    return _Understood(value, tuple(found), tuple(references), tuple(links))


def _repeats(part: Part, root: Node) -> Iterator[Problem]:
    """No list of ids names the same one twice."""
    seen: set[tuple[tuple[Step, ...], str]] = set()
    for steps, marker, value in marked_values(part):
        if isinstance(marker, Ref) and steps and isinstance(steps[-1], int):
            key = (steps[:-1], value)
            if key in seen:
                yield error(root.find(steps)[0].at, f"`{value}` a second time", "each id once in a list")
            seen.add(key)


def _validated(kind: type[P], node: Node, at: Position, entry_id: str | None) -> tuple[P | None, tuple[Problem, ...]]:
    """Make a value of the model from a mapping, or report everything that keeps it from being one."""
    given: Mapping[str, Any] = {} if entry_id is None else {"id": entry_id, "at": at}
    plain = node.plain()
    problems = []
    for name in given:
        if name in plain:
            problems.append(error(node.key_at(name), f"the field `{name}`", "no such field: it is the entry's key"))
            del plain[name]
    try:
        return kind.model_validate({**plain, **given}), tuple(problems)
    except ValidationError as invalid:
        seen: set[tuple[Position, str]] = set()
        for details in invalid.errors(include_url=False):
            problem = _shape_problem(kind, node, at, details)
            # The members of a union fail one by one, at one place: the first says enough.
            key = (problem.at, "" if details["type"] not in ("missing", "extra_forbidden") else problem.found)
            if key not in seen:
                seen.add(key)
                problems.append(problem)
        return None, tuple(problems)


def _shape_problem(kind: type[Part], root: Node, at: Position, details: ErrorDetails) -> Problem:
    steps = tuple(step for step in details["loc"] if isinstance(step, (int, str)))
    node, left = root.find(steps)
    what, context = details["type"], details.get("ctx", {})
    place = node.at if steps and node is not root else at
    if what == "missing":
        expected = "at least one id of a source" if steps[-1] == "sources" else "the field (see data/README.md)"
        return error(place, f"no `{steps[-1]}`", expected)
    if what == "extra_forbidden":
        # `find` went to the value; the key is what is wrong.
        parent, _ = root.find(steps[:-1])
        known = field_names(part_at(kind, steps[:-1]))
        return error(
            parent.key_at(str(steps[-1])),
            f"the unknown field {shortened(str(steps[-1]))}",
            _one_of(str(steps[-1]), known),
        )
    if isinstance(node.value, Misread) and not left:
        raw = node.value.raw
        return error(place, f"{shortened(raw)}, which YAML reads as {node.value.read_as}", f"text: '{raw}' in quotes")
    if left and what in ("string_type", "date") and isinstance(node.value, Misread):
        raw = node.value.raw
        return error(place, f"{shortened(raw)}, which YAML reads as {node.value.read_as}", f"text: '{raw}' in quotes")
    found = _described(node)
    match what:
        case "date":
            return error(place, f"{context['found']}: {found}", EXPECTED_DATE)
        case "literal_error":
            allowed = re.findall(r"'([^']*)'", str(context["expected"]))
            return error(place, found, _one_of(str(node.value), allowed))
        case "string_type":
            return error(place, found, "text" + (f": '{node.value}' in quotes" if isinstance(node.value, int) else ""))
        case "string_too_long":
            return error(place, f"a text of {len(node.value):,} characters", f"at most {context['max_length']:,}")
        case "string_too_short":
            return error(place, "an empty text", "some text, or no such field")
        case "too_short":
            expected = "at least one id of a source" if steps[-1] == "sources" else f"at least {context['min_length']}"
            return error(place, f"a list of {context['actual_length']}", expected)
        case "string_pattern_mismatch":
            return error(place, found, _PATTERNS[context["pattern"]])
        case "int_type" | "int_from_float":
            return error(place, found, "a whole number, without quotes")
        case "tuple_type":
            return error(place, found, "a list")
        case "dict_type" | "model_type" | "model_attributes_type":
            return error(place, found, "a mapping of fields")
        case _:
            return error(place, found, details["msg"][:1].lower() + details["msg"][1:])


_PATTERNS: Mapping[str, str] = {
    model.ID_PATTERN: "an id: lower-case ASCII words joined by hyphens",
    model.ADDRESS_PATTERN: "a web address that begins with https:// or http://",
    model.LANGUAGE_PATTERN: "a language tag such as en, ko or zh-Hans",
    LICENCE_PATTERN: "the SPDX identifier of a licence, such as CC-BY-4.0",
}


def _described(node: Node) -> str:
    match node.value:
        case Misread(raw, _):
            return shortened(raw)
        case dict():
            return "a mapping"
        case tuple():
            return "a list"
        case int():
            return f"the number {node.value}"
        case text:
            return shortened(text) if text else "an empty text"


def _one_of(found: str, known: Sequence[str]) -> str:
    listed = "one of " + ", ".join(f"`{name}`" for name in known)
    nearest = nearest_to(found, known)
    return f"`{nearest}`? ({listed})" if nearest else listed


def nearest_to(found: str, known: Iterable[str]) -> str | None:
    """Give the known name that a misspelt one was most likely meant to be, None if none is near."""
    best = process.extractOne(found, known, scorer=fuzz.ratio, score_cutoff=60)
    return best[0] if best else None


# --- References --------------------------------------------------------------------------------------------------


def _unknown(draft: _Draft, target: str, wanted: tuple[str, ...], at: Position) -> Problem | None:
    """Check one reference."""
    kinds = " or ".join(SINGULAR[name] for name in wanted)
    known = draft.ids.get(target)
    if known is None and target in draft.former:
        now = draft.former[target][0][0]
        return error(at, f"the former id `{target}`", f"`{now}`, as it is called now")
    if known is None:
        candidates = [entry_id for entry_id, (collection, _) in draft.ids.items() if collection in wanted]
        nearest = nearest_to(target, candidates)
        expected = f"`{nearest}`?" if nearest else f"the id of an entry in {', '.join(_folders(wanted))}"
        return error(at, f"the unknown {kinds} `{target[:80]}`", expected)
    if known[0] not in wanted:
        return error(at, f"`{target}`, which is the id of {_a(SINGULAR[known[0]])}", f"the id of {_a(kinds)}")
    return None


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _folders(collections: tuple[str, ...]) -> list[str]:
    return [f"data/{folder}" for folder, collection in FOLDERS.items() if collection in collections]


def check_references(draft: _Draft) -> Iterator[Problem]:
    """Every id that is referred to exists, and is of the right collection."""
    everything = tuple(COLLECTIONS)
    for part, said in draft.said:
        for at, target, collections in said.references:
            if problem := _unknown(draft, target, collections, at):
                yield problem
            elif isinstance(part, Entry) and target == part.id:
                yield error(at, f"`{target}`, the entry itself", "the id of another entry")
        for link in said.links:
            if problem := _unknown(draft, link.target, everything, link.at):
                yield problem
    for page in draft.pages:
        for link in page.links:
            if problem := _unknown(draft, link.target, everything, link.at):
                yield problem
        for note in page.notes:
            for at, source in note.sources:
                if problem := _unknown(draft, source, ("sources",), at):
                    yield problem


def check_former_ids(draft: _Draft) -> Iterator[Problem]:
    """What was once the id of an entry is that of no other, so that its address can lead to the entry."""
    for former_id, entries in draft.former.items():
        known = draft.ids.get(former_id)
        places = [*([known[1]] if known else []), *(at for _, at in entries)]
        if former_id in RESERVED_IDS:
            yield error(entries[0][1], f"the former id `{former_id}`", "another one: this is the name of another page")
        for at in places[1:]:
            expected = f"an id that nothing else has or had: see {places[0].path}:{places[0].line}"
            yield error(at, f"the former id `{former_id}`", expected)


def check_names(draft: _Draft) -> Iterator[Problem]:
    """A name belongs to one entry."""
    owners: dict[str, tuple[str, Position]] = {}
    for entry in draft.named():
        own = "title" if isinstance(entry, Event) else "name"
        places = [(own,), *(("aliases", index) for index in range(len(entry.aliases)))]
        for name, steps in zip(names_of(entry), places, strict=False):  # native names may coincide between languages
            at = draft.place(entry.id, *steps)
            owner, first = owners.setdefault(name.casefold(), (entry.id, at))
            if first != at:
                whose = "this entry has" if owner == entry.id else f"`{owner}` has"
                yield error(at, f"the name {shortened(name)}", f"a name that {whose} not in {first.path}:{first.line}")


# --- Facts and sources -------------------------------------------------------------------------------------------


def check_sources(draft: _Draft) -> Iterator[Problem]:
    """Every source is used and has been checked."""
    used = {target for _, said in draft.said for _, target, collections in said.references if "sources" in collections}
    used |= {link.target for _, said in draft.said for link in said.links}
    used |= {source for page in draft.pages for note in page.notes for _, source in note.sources}
    used |= {link.target for page in draft.pages for link in page.links}
    addresses: dict[str, Source] = {}
    for source in draft.of("sources"):
        if source.id not in used:
            yield warning(source.at, f"the source `{source.id}`, which nothing uses", "a use of it, or its removal")
        if source.checked is None:
            yield warning(source.at, f"the source `{source.id}` without `checked`", "the date of the last reading")
        elif source.checked_for is None:
            yield error(
                draft.place(source.id, "checked"), "`checked` without `checked_for`", "what it was seen to state"
            )
        first = addresses.setdefault(source.url, source)
        if first is not source:
            expected = f"one entry for an address: it stands in {first.at.path}:{first.at.line} already"
            yield error(draft.place(source.id, "url"), f"the address of `{first.id}` a second time", expected)


def check_term_plainness(draft: _Draft) -> Iterator[Problem]:
    """A definition is plain text: it is shown where nothing else can be."""
    for term in draft.of("terms"):
        if "](" in term.definition or "**" in term.definition:
            yield error(draft.place(term.id, "definition"), "Markdown in a definition", "plain text")


# --- Time --------------------------------------------------------------------------------------------------------


def check_causes(draft: _Draft) -> Iterator[Problem]:
    """No effect is dated before its cause."""
    events = draft.entries["events"]
    for event in draft.of("events"):
        for index, cause_id in enumerate(event.causes):
            cause = events.get(cause_id)
            if isinstance(cause, Event) and event.date.last < cause.date.first:
                yield error(
                    draft.place(event.id, "causes", index),
                    f"the cause `{cause_id}` of {cause.date}, after its effect of {event.date}",
                    "a cause that is not later than its effect",
                )


def check_lives(draft: _Draft) -> Iterator[Problem]:
    """Offices, ties and lives end after they begin, and nobody holds one office twice at a time."""
    for actor in draft.of("actors"):
        if actor.born and actor.died and actor.died.last < actor.born.first:
            yield _reversed(draft.place(actor.id, "died"), actor.born, actor.died)
        for index, tie in enumerate(actor.ties):
            if tie.start and tie.until and tie.until.last < tie.start.first:
                yield _reversed(draft.place(actor.id, "ties", index, "until"), tie.start, tie.until)
        for index, office in enumerate(actor.offices):
            if office.ended and office.ended.last < office.start.first:
                yield _reversed(draft.place(actor.id, "offices", index, "to"), office.start, office.ended)
        for index, office in enumerate(actor.offices):
            for earlier in actor.offices[:index]:
                if (earlier.role, earlier.of) == (office.role, office.of) and _surely_overlap(earlier, office):
                    at = draft.place(actor.id, "offices", index)
                    expected = f"an end before it begins of the one that begins on {earlier.start}"
                    yield error(at, f"a second office of {shortened(office.role)} at the same time", expected)


def _reversed(at: Position, start: Date, end: Date) -> Problem:
    return error(at, f"the end {end}, before the beginning {start}", "a span that ends after it begins")


def _surely_overlap(one: model.Office, other: model.Office) -> bool:
    """Whether two offices overlap whatever the days that the dates leave open; an unknown end proves nothing."""
    if "unknown" in (one.end, other.end):
        return False
    ends = [office.ended.first if office.ended else datetime.date.max for office in (one, other)]
    return max(one.start.last, other.start.last) < min(ends)


def check_clocks(draft: _Draft) -> Iterator[Problem]:
    """What stands under the essay's clock rests on nothing later than the essay."""
    if draft.essay is None:
        return
    names = NameIndex(draft.named())
    for claim in draft.of("claims"):
        for index, evidence in enumerate(claim.evidence):
            if evidence.clock == "then":
                place = ("evidence", index)
                for number, source in enumerate(evidence.sources):
                    yield from _later(draft, source, draft.place(claim.id, *place, "sources", number))
                for number, event in enumerate(evidence.events):
                    yield from _later(draft, event, draft.place(claim.id, *place, "events", number))
                yield from _later_mentions(draft, names, evidence.text, draft.node(claim.id, *place, "text").place)
    for page in draft.pages:
        for note in page.notes:
            if NOTE_CLOCKS[note.kind] == "then":
                for at, source in note.sources:
                    yield from _later(draft, source, at)
                yield from _later_mentions(draft, names, note.body, places_in(note.body, note.body_at))


def _later_mentions(draft: _Draft, names: NameIndex, text: str, place: Place) -> Iterator[Problem]:
    for mention in names.find(text):
        if mention.entry_id in draft.entries["events"]:
            yield from _later(draft, mention.entry_id, place(mention.start))
    for match in re.finditer(r"\]\(ref:([^)\s]+)", text):
        yield from _later(draft, match[1], place(match.start(1)))


def _later(draft: _Draft, entry_id: str, at: Position) -> Iterator[Problem]:
    """Report an event or source that could not be known when the essay was written."""
    assert draft.essay is not None  # noqa: S101 - the caller looked
    entry = draft.entries["sources"].get(entry_id) or draft.entries["events"].get(entry_id)
    if not isinstance(entry, (Event, Source)):
        return
    written = draft.essay.written
    if entry.date is None:
        yield error(at, f"the undated source `{entry_id}` under the essay's clock", f"one dated by {written}")
    elif (entry.date.first if isinstance(entry, Event) else entry.date.last) > written.last:
        what = "event" if isinstance(entry, Event) else "source"
        expected = f"nothing later than {written} (or a note of the kind `since`, `clock: since`)"
        yield error(at, f"the {what} `{entry_id}` of {entry.date} under the essay's clock", expected)


# --- The essay, its claims and its pages -------------------------------------------------------------------------


def check_claims(draft: _Draft) -> Iterator[Problem]:
    """Claims belong to a paragraph and have the outcome that their kind allows."""
    paragraphs = draft.essay.paragraphs if draft.essay else ()
    for claim in draft.of("claims"):
        if draft.essay and claim.paragraph not in paragraphs:
            expected = f"a paragraph of the essay, {paragraphs[0]} to {paragraphs[-1]}"
            yield error(draft.place(claim.id, "paragraph"), f"the paragraph {claim.paragraph}", expected)
        yield from _check_outcome(draft, claim)


def _check_outcome(draft: _Draft, claim: Claim) -> Iterator[Problem]:
    allowed = VERDICTS[claim.kind]
    outcome = claim.outcome
    if outcome.verdict not in allowed:
        at = draft.place(claim.id, "outcome", "verdict")
        yield error(at, f"the verdict `{outcome.verdict}` on {_a(claim.kind)}", _one_of(outcome.verdict, allowed))
    if claim.kind in ("prediction", "recommendation") and claim.criterion is None:
        yield error(claim.at, f"{_a(claim.kind)} without `criterion`", "what would settle it, fixed in advance")
    if not outcome.sources and outcome.verdict not in UNSOURCED_VERDICTS:
        at = draft.place(claim.id, "outcome")
        yield error(at, f"the verdict `{outcome.verdict}` without sources", "at least one id of a source")


def check_sections(draft: _Draft) -> Iterator[Problem]:
    """Every section has its page, and every paragraph its heading and a note there."""
    if draft.essay is None or draft.essay_node is None:
        return
    pages = {page.path: page for page in draft.pages}
    seen: dict[int, str] = {}
    for index, section in enumerate(draft.essay.sections):
        at = draft.essay_node.find(("sections", index))[0].at
        for number in section.paragraphs:
            if seen.setdefault(number, section.id) != section.id:
                yield error(at, f"paragraph {number} in a second section", f"it in `{seen[number]}` only")
        page = pages.get(f"{SECTION_FOLDER}/{section.id}.md")
        if page is None:
            yield error(at, f"the section `{section.id}` without a page", f"docs/{SECTION_FOLDER}/{section.id}.md")
            continue
        yield from _check_paragraphs(page, section)
    known = {f"{SECTION_FOLDER}/{section.id}.md" for section in draft.essay.sections}
    for page in draft.pages:
        if page.path not in known:
            for note in page.notes:
                yield error(note.at, "a note outside a section of the essay", "notes on the pages of sections only")


def _check_paragraphs(page: Page, section: model.Section) -> Iterator[Problem]:
    found = {number: at for at, number in reversed(page.paragraphs)}
    for number in section.paragraphs:
        if number not in found:
            yield error(page.at, f"no heading for paragraph {number}", f"`## Paragraph {number} {{#p{number}}}`")
        elif number not in page.notes_by_paragraph:
            yield error(found[number], f"paragraph {number} without a note", "at least one annotation")
    for at, number in page.paragraphs:
        if number not in section.paragraphs:
            yield error(
                at, f"paragraph {number}", f"a paragraph of `{section.id}`: {', '.join(map(str, section.paragraphs))}"
            )
        elif found[number] != at:
            yield error(at, f"paragraph {number} a second time", f"it once: it stands in line {found[number].line}")
    for note in page.notes:
        if note.paragraph is None:
            yield error(note.at, "a note before any paragraph", "a note below the heading of its paragraph")


def check_front_matter(draft: _Draft) -> Iterator[Problem]:
    """Front matter has known fields, and refers to entries that exist."""
    for page in draft.pages:
        node = page.front_matter
        fields = node.value if node and isinstance(node.value, dict) else {}
        if node is not None and not isinstance(node.value, dict):
            yield error(node.at, _described(node), "front matter of the form `name: value`")
        for name in ("title", "description"):
            if name not in fields:
                yield error(page.at, f"no `{name}` in the front matter", f"`{name}: …` between `---` lines at the top")
            elif not isinstance(text := fields[name][1].value, str) or not text:
                yield error(fields[name][1].at, _described(fields[name][1]), "text")
            elif len(text) > PAGE_FIELDS[name]:
                found = f"a text of {len(text):,} characters"
                yield error(fields[name][1].at, found, f"at most {PAGE_FIELDS[name]:,}")
        for name, (at, value) in fields.items():
            if name not in PAGE_FIELDS:
                yield error(at, f"the unknown field {shortened(name)}", _one_of(name, tuple(PAGE_FIELDS)))
            elif name == "hide":
                yield from _not_to_hide(value)
            elif name == "see_also":
                if not isinstance(value.value, tuple):
                    yield error(value.at, _described(value), "a list of ids")
                for item in value.value if isinstance(value.value, tuple) else ():
                    if not isinstance(item.value, str):
                        yield error(item.at, _described(item), "a list of ids")
                    elif problem := _unknown(draft, item.value, ("actors", "events", "terms", "claims"), item.at):
                        yield problem


def _not_to_hide(value: Node) -> Iterator[Problem]:
    if not isinstance(value.value, tuple):
        yield error(value.at, _described(value), f"a list of {', '.join(PARTS_TO_HIDE)}")
        return
    for item in value.value:
        if item.value not in PARTS_TO_HIDE:
            yield error(item.at, _described(item), _one_of(str(item.value), PARTS_TO_HIDE))


def check_diagrams(draft: _Draft) -> Iterator[Problem]:
    """Diagram fences name a kind and options that there are, and entries that exist."""
    for page in draft.pages:
        for fence in page.fences:
            if fence.options is None:
                continue
            if not isinstance(fence.options.value, dict):
                yield error(fence.options.at, _described(fence.options), "options of the form `kind: …`")
                continue
            plain = fence.options.plain()
            try:
                view = parse_view(plain)
            except ValidationError as invalid:
                for details in invalid.errors(include_url=False):
                    yield _shape_problem(view_class(plain), fence.options, fence.options.at, details)
                continue
            for steps, marker, value in marked_values(view):
                if isinstance(marker, Ref):
                    at = fence.options.find(steps)[0].at
                    if problem := _unknown(draft, value, marker.collections, at):
                        yield problem
            yield from _unknown_part(draft, fence.options, plain)


def _unknown_part(draft: _Draft, options: Node, plain: Mapping[str, Any]) -> Iterator[Problem]:
    """Check the parts of the essay that a diagram names."""
    if draft.essay is None:
        return
    if "section" in plain and plain["section"] not in (ids := [section.id for section in draft.essay.sections]):
        at = options.find(("section",))[0].at
        yield error(at, f"the unknown section {shortened(str(plain['section']))}", _one_of(str(plain["section"]), ids))
    if "paragraph" in plain and plain["paragraph"] not in draft.essay.paragraphs:
        at = options.find(("paragraph",))[0].at
        yield error(at, f"the unknown paragraph {plain['paragraph']}", "a paragraph of the essay")


def check_citation(draft: _Draft) -> Iterator[Problem]:
    """Whether the citation names the essay, which has to be cited for itself."""
    if draft.essay is None or draft.citation is None or draft.citation_node is None:
        return
    title = draft.essay.title
    if draft.citation.work(title) is None:
        at = draft.citation_node.key_at("references")
        yield error(at, "references without the essay", f"one of them with the title {shortened(title)}")


_CHECKS: tuple[Callable[[_Draft], Iterable[Problem]], ...] = (
    check_references,
    check_former_ids,
    check_names,
    check_sources,
    check_term_plainness,
    check_causes,
    check_lives,
    check_clocks,
    check_claims,
    check_sections,
    check_citation,
    check_front_matter,
    check_diagrams,
)

"""What a page is about, in the vocabulary of schema.org, as JSON-LD for the page's head.

Every page gets a graph: the page itself, the trail that leads to it, and the thing that it is about. The thing and the
page are told apart by their ids (``…/actors/x/#entry`` is the actor, ``…/actors/x/`` the page). Nothing is claimed that
the data do not say: a claim is a Claim and not a ClaimReview, which would have to rate it; an approximate date is left
out, as the vocabulary has no way to mark it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .checking import SECTION_FOLDER
from .citation import Author, Publication
from .exports import FOLDER, Exports
from .linking import entry_on, page_of
from .model import Actor, ActorKind, Claim, Dataset, Event, Named, Section, Source, Term
from .prose import Page
from .sections import NOTE_WORDS

Thing = Mapping[str, Any]

HOME = "index.md"
GLOSSARY = "glossary/index.md"
DATA = f"{FOLDER}/index.md"
SOURCES = "sources/"
"""Begins the paths of pages of the bibliography, of which nothing is told but what they are."""
CLAIMS = "claims/"
"""Begins the paths of pages of claims."""

_ACTOR_TYPES: Mapping[ActorKind, str] = {
    "person": "Person",
    "state": "Country",
    "organisation": "Organization",
    "group": "Thing",
}
"""What each kind of actor is. A group (a public, an elite) is none of the bodies that the vocabulary knows."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page that is about to be written. `trail` has the source path and title of each page above it."""

    path: str
    title: str
    description: str
    trail: Sequence[tuple[str, str]]


def as_script(graph: Thing) -> str:
    """Write a graph so that it can stand in a script element: no ``<``, so nothing in it ends or opens one."""
    return json.dumps(graph, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def page_graph(
    shown: Shown, dataset: Dataset, written: Mapping[str, Page], exports: Exports, publication: Publication
) -> Thing:
    """Describe a page.

    Args:
        shown: The page.
        dataset: The entries.
        written: The hand-written pages by source path, for the notes of a section.
        exports: The files of the data page.
        publication: Where the work appears; its addresses are for this page.
    """
    return _Describer(shown, dataset, written, exports, publication).graph()


def told_on(path: str, dataset: Dataset) -> object | None:
    """Give what the description of a page is made of, beside what all pages tell: it is as that is.

    None for the few pages of which that is not to be told more quickly than the description is made.
    """
    entry = entry_on(dataset, path)
    if entry is None:
        return () if path.startswith(SOURCES) else None
    sources = [dataset.sources[source] for source in entry.sources]
    actors = [dataset.actors[actor] for actor in entry.actors] if isinstance(entry, Event) else []
    return entry, sources, actors, dataset.essay.facts_as_of


class _Describer:
    """Describes one page. One use."""

    def __init__(
        self,
        shown: Shown,
        dataset: Dataset,
        written: Mapping[str, Page],
        exports: Exports,
        publication: Publication,
    ) -> None:
        self._shown = shown
        self._dataset = dataset
        self._written = written
        self._exports = exports
        self._publication = publication
        self._citation = publication.citation

    def graph(self) -> Thing:
        things = [self._page(), *self._subject()]
        if self._shown.trail:
            things.append(self._breadcrumbs())
        return {"@context": "https://schema.org", "@graph": things}

    def _address(self, path: str, anchor: str = "") -> str:
        return self._publication.address(path, anchor)

    # --- The page and where it belongs ---------------------------------------------------------------------------

    def _page(self) -> Thing:
        shown = self._shown
        section = self._section()
        page: dict[str, Any] = {
            "@type": "Article" if section else "WebPage",
            "@id": self._address(shown.path),
            "url": self._address(shown.path),
            "headline" if section else "name": shown.title,
            "description": shown.description,
            "inLanguage": "en",
            "isPartOf": {"@id": self._address(HOME, "website")},
            "license": self._citation.licence_address,
        }
        entry = entry_on(self._dataset, shown.path)
        if section:
            page |= self._of_section(section)
        elif entry is not None:
            page["mainEntity"] = {"@id": self._address(shown.path, "entry")}
            page["citation"] = [self._source(self._dataset.sources[source]) for source in entry.sources]
        elif claims := self._claims_shown():
            page["hasPart"] = [self._claim(claim) for claim in claims]
        elif shown.path in (GLOSSARY, DATA):
            page["mainEntity"] = {"@id": self._address(shown.path, "entry")}
        return page

    def _breadcrumbs(self) -> Thing:
        steps = [*self._shown.trail, (self._shown.path, self._shown.title)]
        return {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": number, "name": title, "item": self._address(path)}
                for number, (path, title) in enumerate(steps, 1)
            ],
        }

    def _authors(self) -> list[Thing]:
        return [_author(author) for author in self._citation.authors]

    # --- What the page is about ----------------------------------------------------------------------------------

    def _subject(self) -> Iterator[Thing]:
        path = self._shown.path
        entry = entry_on(self._dataset, path)
        if path == HOME:
            yield self._website()
            yield self._essay()
        elif path == GLOSSARY:
            yield self._glossary()
        elif path == DATA:
            yield self._data()
        elif entry is not None:
            yield self._entry(entry)

    def _website(self) -> Thing:
        return {
            "@type": "WebSite",
            "@id": self._address(HOME, "website"),
            "url": self._address(HOME),
            "name": self._citation.title,
            "description": self._shown.description,
            "inLanguage": "en",
            "author": self._authors(),
            "license": self._citation.licence_address,
            "about": {"@id": self._address(HOME, "essay")},
        }

    def _essay(self) -> Thing:
        """The essay itself, of which the site has no text: title, author and date."""
        essay = self._dataset.essay
        author = self._dataset.actors[essay.author]
        return {
            "@type": "Article",
            "@id": self._address(HOME, "essay"),
            "name": essay.title,
            "author": {"@type": _ACTOR_TYPES[author.kind], "@id": self._id_of(author), "name": author.name},
            "dateCreated": essay.written.iso,
        }

    def _section(self) -> Section | None:
        sections = self._dataset.essay.sections
        return next((s for s in sections if self._shown.path == f"{SECTION_FOLDER}/{s.id}.md"), None)

    def _of_section(self, section: Section) -> Thing:
        claims = [claim for number in section.paragraphs for claim in self._dataset.claims_of(number)]
        return {
            "position": self._dataset.essay.sections.index(section) + 1,
            "abstract": section.sentence,
            "author": self._authors(),
            "about": {"@id": self._address(HOME, "essay")},
            # What they say stands on their own page, and the sources of the notes in the exports: twice on this one,
            # the heaviest pages to load, they would make it a sixth heavier.
            "mentions": [{"@type": "Claim", "@id": self._id_of(claim)} for claim in claims],
            "hasPart": list(self._notes(section)),
        }

    def _notes(self, section: Section) -> Iterator[Thing]:
        by_paragraph = self._written[self._shown.path].notes_by_paragraph
        for number in section.paragraphs:
            for note in by_paragraph.get(number, ()):
                yield {
                    "@type": "CreativeWork",
                    "name": note.title,
                    "genre": NOTE_WORDS[note.kind],
                    "url": self._address(self._shown.path, f"p{number}"),
                }

    def _claims_shown(self) -> list[Claim]:
        """Give the claims that the page shows."""
        if not self._shown.path.startswith(CLAIMS):  # as those of most pages do not
            return []
        return [claim for claim in self._dataset.claims.values() if page_of(claim)[0] == self._shown.path]

    def _claim(self, claim: Claim) -> Thing:
        section = self._dataset.essay.section_of(claim.paragraph)
        where = self._address(f"{SECTION_FOLDER}/{section.id}.md", f"p{claim.paragraph}")
        return {
            "@type": "Claim",
            "@id": self._id_of(claim),
            "url": self._id_of(claim),
            "text": claim.text,
            "genre": claim.kind,
            "description": f"By {claim.outcome.date}: {claim.outcome.verdict}.",
            "appearance": {"@id": self._address(HOME, "essay")},
            "subjectOf": {"@id": where},
        }

    def _glossary(self) -> Thing:
        return {
            "@type": "DefinedTermSet",
            "@id": self._address(GLOSSARY, "entry"),
            "name": self._shown.title,
            "hasDefinedTerm": [
                {"@type": "DefinedTerm", "@id": self._id_of(term), "name": term.name}
                for term in self._dataset.terms.values()
            ],
        }

    def _data(self) -> Thing:
        return {
            "@type": "Dataset",
            "@id": self._address(DATA, "entry"),
            "name": self._citation.title,
            "description": self._citation.abstract or self._shown.description,
            "creator": self._authors(),
            "license": self._citation.licence_address,
            "identifier": f"sha256:{self._exports.data_hash}",
            "isAccessibleForFree": True,
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": file.title,
                    "encodingFormat": file.media_type,
                    "contentUrl": self._address(file.path),
                }
                for file in self._exports.files
            ],
        }

    # --- Entries -------------------------------------------------------------------------------------------------

    def _id_of(self, entry: Named | Claim) -> str:
        path, anchor = page_of(entry)
        return self._address(path, anchor or "entry")

    def _entry(self, entry: Named) -> Thing:
        names = _names_of(entry)
        thing = {
            "@id": self._id_of(entry),
            "name": entry.heading if isinstance(entry, Event) else entry.name,
            **({"alternateName": names} if names else {}),
            "description": entry.summary,
            "url": self._address(self._shown.path),
        }
        match entry:
            case Actor():
                return {"@type": _ACTOR_TYPES[entry.kind], **thing, **_of_actor(entry, self._dataset)}
            case Event():
                return {"@type": "Event", **thing, **self._of_event(entry)}
            case Term():
                return {"@type": "DefinedTerm", **thing, "inDefinedTermSet": self._address(GLOSSARY, "entry")}

    def _of_event(self, event: Event) -> Thing:
        told: dict[str, Any] = {}
        if not event.date.start.approximate:
            told["startDate"] = event.date.iso
        if event.date.start != event.date.end and not event.date.end.approximate:
            told["endDate"] = event.date.text.rpartition("/")[2]
        if event.place:
            told["location"] = event.place
        involved = (self._dataset.actors[actor] for actor in event.actors)
        about = [{"@type": _ACTOR_TYPES[a.kind], "@id": self._id_of(a), "name": a.name} for a in involved]
        return {**told, "about": about} if about else told

    def _source(self, source: Source) -> Thing:
        return {"@type": "CreativeWork", "name": source.title, "url": source.url}


def _author(author: Author) -> Thing:
    return {"@type": "Organization" if author.body else "Person", "name": author.name}


def _names_of(entry: Named) -> list[Any]:
    native: Iterable[tuple[str, str]] = () if isinstance(entry, Event) else entry.native.items()
    return [*entry.aliases, *({"@language": tag, "@value": name} for tag, name in native)]


def _of_actor(actor: Actor, dataset: Dataset) -> Thing:
    if actor.kind != "person":
        return {}
    told: dict[str, Any] = {}
    for name, date in (("birthDate", actor.born), ("deathDate", actor.died)):
        if date and not date.start.approximate:
            told[name] = date.iso
    held = [office.role for office in actor.offices if office.held_on(dataset.essay.facts_as_of)]
    return {**told, "jobTitle": held} if held else told

"""Projects of any size, to see how the cost of a build grows with the data.

The words are invented; what counts is in proportion to the data of the real site, as they were in November 2026: for
each event so many actors, terms and sources, sentences of that length, and a name in every other sentence. The essay
stays as long as it is, for it does not grow with what is known about it. The same size gives the same bytes.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import yaml

from explainer.reading import LARGEST_FILE

ROOT = Path(__file__).parent.parent
PER_EVENT: Mapping[str, float] = {"actors": 0.32, "glossary": 0.4, "sources": 6.4}
"""How many other entries there are for each event."""

PER_SHELF = 8
"""How many sources have ids that begin with the same two letters, and so stand on one page; more if the letters run out."""

SECTIONS, PARAGRAPHS, CLAIMS, NOTES = 7, 2, 4, 10
"""Of the essay: its sections; the paragraphs of a section; the claims and the notes of a paragraph."""

FIRST_DAY = date(1950, 1, 1)
WRITTEN, AS_OF = "2019-03", "2026-11"
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in ("a", "e", "i", "o", "u", "ai", "ou")]


class _Writer:
    """Words, names and entries, from a source of chance with a fixed seed."""

    def __init__(self, events: int) -> None:
        self._chance = random.Random(events)  # noqa: S311 - no secret
        self._taken: set[str] = set()
        counts = {"events": events, **{kind: round(events * share) for kind, share in PER_EVENT.items()}}
        self.ids = {kind: [f"{kind}-{number}" for number in range(1, count + 1)] for kind, count in counts.items()}
        self.ids["sources"] = [f"{_letters(number // PER_SHELF)}-{number}" for number in range(counts["sources"])]
        self._sources = cycle(self.ids["sources"])
        self.names = {
            entry_id: self._name() for kind in ("actors", "events", "glossary") for entry_id in self.ids[kind]
        }

    def word(self) -> str:
        return "".join(self._chance.choices(SYLLABLES, k=self._chance.choice((1, 2, 2, 3))))

    def _name(self) -> str:
        while (name := f"{self.word()} {self.word()}".title()) in self._taken:
            pass
        self._taken.add(name)
        return name

    def prose(self, sentences: int) -> str:
        """Write sentences of some 14 words, with the name of an entry in every other one."""
        return " ".join(self._sentence(number % 2 == 0) for number in range(sentences))

    def _sentence(self, named: bool) -> str:
        words = [self.word() for _ in range(self._chance.randint(9, 18))]
        if named:
            words.insert(4, self.names[self.some(self._chance.choice(("actors", "events", "glossary")), 1)[0]])
        return f"{' '.join(words).capitalize() if not named else ' '.join(words)}."

    def some(self, kind: str, count: int) -> list[str]:
        return self._chance.sample(self.ids[kind], min(count, len(self.ids[kind])))

    def sources(self, count: int) -> list[str]:
        """Take the next ones, so that each is used."""
        return list(islice(self._sources, count))

    def actor(self, number: int, entry_id: str) -> Mapping[str, Any]:
        kind = ("person", "person", "state", "organisation")[number % 4]
        offices = [
            {
                "role": self.word().title(),
                "from": f"{year}-05-03",
                "to": f"{year + 9}-05-02",
                "sources": self.sources(1),
            }
            for year in (1990, 2000)[: 2 if kind == "person" else 0]
        ]
        other = self.some("actors", 2)
        ties = [{"kind": "treaty with", "to": one, "sources": self.sources(1)} for one in other if one != entry_id]
        return {
            "kind": kind,
            "name": self.names[entry_id],
            "native": {"ko": "".join(chr(0xAC00 + self._chance.randrange(11_000)) for _ in range(3))},
            "summary": self.prose(1),
            "description": self.prose(4),
            **({"offices": offices} if offices else {}),
            "ties": ties[:1],
            "sources": self.sources(3),
        }

    def event(self, number: int, entry_id: str) -> Mapping[str, Any]:
        # Causes are near in time, as in history; so a drawing of causes stays as large as it is.
        earlier = self.ids["events"][max(0, number - 20) : number]
        day = FIRST_DAY + timedelta(days=number * 25_000 // len(self.ids["events"]))
        kind = ("summit", "meeting", "statement", "agreement", "test", "policy", "politics", "economy")[number % 8]
        return {
            "kind": kind,
            "title": self.names[entry_id],
            "date": day.isoformat(),
            "place": self.word().title(),
            "summary": self.prose(1),
            "account": self.prose(6),
            "outcome": self.prose(3),
            "relevance": self.prose(2),
            "participants": [{"actor": actor, "part": self.word()} for actor in self.some("actors", 4)],
            "causes": self._chance.sample(earlier, min(2, len(earlier))),
            "sources": self.sources(5),
        }

    def term(self, _: int, entry_id: str) -> Mapping[str, Any]:
        return {
            "name": self.names[entry_id],
            "definition": self.prose(1)[:159],
            "explanation": self.prose(5),
            "see_also": self.some("events", 3),
            "sources": self.sources(4),
        }

    def source(self, number: int, entry_id: str) -> Mapping[str, Any]:
        return {
            "title": self.prose(1),
            "publisher": f"{self.word()} {self.word()}".title(),
            "date": (FIRST_DAY + timedelta(days=number % 25_000)).isoformat(),
            "url": f"https://archive.example/{entry_id}",
            "kind": ("news", "primary", "analysis")[number % 3],
            "language": "en",
            "checked": "2026-11-24",
            "checked_for": self.prose(2),
        }

    def claim(self, number: int) -> Mapping[str, Any]:
        evidence = [
            {
                "stance": stance,
                "clock": "since",
                "text": self.prose(2),
                "events": self.some("events", 1),
                "sources": self.sources(2),
            }
            for stance in ("for", "against")
        ]
        return {
            "paragraph": number // CLAIMS + 1,
            "text": self.prose(1),
            "kind": "assessment",
            "evidence": evidence,
            "outcome": {
                "verdict": "contested",
                "date": AS_OF,
                "text": self.prose(2),
                "sources": self.sources(2),
            },
        }

    def section(self, number: int) -> str:
        """Write the page of a section: its paragraphs, with notes, and a diagram."""
        parts = [f"---\ntitle: Part {number + 1}\ndescription: Part {number + 1} of the essay.\n---\n"]
        for paragraph in range(number * PARAGRAPHS + 1, (number + 1) * PARAGRAPHS + 1):
            parts.append(f"## Paragraph {paragraph} {{#p{paragraph}}}\n\n{self.prose(5)}\n")
            for _ in range(NOTES):
                sources = ", ".join(self.sources(2))
                parts.append(f"/// since | {self.word().title()}\n    sources: [{sources}]\n\n{self.prose(4)}\n///\n")
        parts.append(f"```diagram\nkind: causes\nevent: {self.ids['events'][-1 - number]}\ndepth: 2\n```\n")
        return "\n".join(parts)


def _letters(number: int) -> str:
    """Give two letters for a number, which begin anew after all pairs of them."""
    first, second = divmod(number % len(ascii_lowercase) ** 2, len(ascii_lowercase))
    return ascii_lowercase[first] + ascii_lowercase[second]


def write_project(folder: Path, events: int) -> Path:
    """Write a project with the real site's theme and configuration.

    Args:
        folder: An empty folder.
        events: How many events it is to have.

    Returns:
        The configuration of MkDocs.
    """
    writer = _Writer(events)
    for part in ("theme", "hooks", "docs/assets"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "CITATION.cff", folder)
    makers = {"actors": writer.actor, "events": writer.event, "glossary": writer.term, "sources": writer.source}
    for kind in ("actors", "events", "glossary"):
        entries = [(entry_id, makers[kind](number, entry_id)) for number, entry_id in enumerate(writer.ids[kind])]
        _write(folder / "data" / kind, entries)
    claims = [(f"c{number + 1}", writer.claim(number)) for number in range(SECTIONS * PARAGRAPHS * CLAIMS)]
    _write(folder / "data" / "claims", claims)
    sources = [(entry_id, writer.source(number, entry_id)) for number, entry_id in enumerate(writer.ids["sources"])]
    _write(folder / "data" / "sources", sources)
    (folder / "docs" / "essay").mkdir(parents=True)
    ids = [f"part-{number + 1}" for number in range(SECTIONS)]
    for number, section in enumerate(ids):
        (folder / "docs" / "essay" / f"{section}.md").write_text(writer.section(number), encoding="utf-8")
    (folder / "docs" / "index.md").write_text("---\ntitle: Home\ndescription: Home.\n---\n\n# Home\n", encoding="utf-8")
    essay = _essay(writer, ids)
    (folder / "data" / "essay.yaml").write_text(_yaml(essay), encoding="utf-8")
    return _write_configuration(folder, ids)


def _essay(writer: _Writer, sections: Sequence[str]) -> Mapping[str, Any]:
    spans = [[number * PARAGRAPHS + 1 + n for n in range(PARAGRAPHS)] for number in range(len(sections))]
    return {
        "title": yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["references"][0]["title"],
        "author": writer.ids["actors"][0],
        "written": WRITTEN,
        "facts_as_of": AS_OF,
        "publication": "Unpublished.",
        "sections": [
            {"id": section, "title": section.capitalize(), "sentence": writer.prose(1), "paragraphs": span}
            for section, span in zip(sections, spans, strict=True)
        ],
    }


def _write(folder: Path, entries: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Write entries to as many files as their size asks for."""
    folder.mkdir(parents=True)
    for number, text in enumerate(_files(entries), 1):
        (folder / f"part-{number}.yaml").write_text(text, encoding="utf-8")


def _files(entries: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    texts: list[str] = []
    for entry_id, entry in entries:
        text = _yaml({entry_id: entry})
        if sum(map(len, texts)) + len(text) > LARGEST_FILE // 4:  # a character of another script takes three bytes
            yield "".join(texts)
            texts = []
        texts.append(text)
    yield "".join(texts)


def _yaml(value: Mapping[str, Any]) -> str:
    return str(yaml.dump(value, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=120))


def _write_configuration(folder: Path, sections: Sequence[str]) -> Path:
    """Write the real site's configuration, with a navigation of what there is."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    before, _, rest = text.partition("\nnav:\n")
    _, _, after = rest.partition("\n\n")
    pages = ["index.md", *(f"essay/{section}.md" for section in sections)]
    config = folder / "mkdocs.yml"
    config.write_text(f"{before}\nnav: [{', '.join(pages)}]\n\n{after}", encoding="utf-8")
    return config

"""What every edition says of itself: which work it is, of which day, under which licence, and from which data."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from explainer.citation import Reference, chicago
from explainer.dates import Date
from explainer.records import hash_of, records_of
from explainer.site import load_site


class EditionError(Exception):
    """An edition cannot be made; the text says why, for whoever gave the command."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What every edition says of itself. `name` is the stem of its file; `made` the moment that its dates are of, UTC."""

    name: str
    title: str
    authors: tuple[str, ...]
    description: str
    licence: str
    licence_address: str
    facts_as_of: Date
    data_hash: str
    made: datetime
    address: str
    citation: str
    essay_citation: str

    def statements(self) -> Iterator[tuple[str, str]]:
        """Go through what has to stand in every edition, as pairs of a label and a plain text."""
        yield "Facts as of", str(self.facts_as_of)
        yield "Edition of", f"{self.made:%Y-%m-%d}"
        yield "Licence", f"{self.licence} ({self.licence_address})"
        yield "Cite as", self.citation
        yield "The essay", f"{self.essay_citation} It is not reproduced here."
        yield "Data hash", f"sha256:{self.data_hash}"
        if self.address:
            yield "On the web", self.address

    def as_text(self) -> str:
        """Write them as a plain text file, with the title above."""
        return "\n".join([self.title, "", *(f"{label}: {text}" for label, text in self.statements()), ""])


def identify(root: Path, name: str, made: datetime, address: str) -> Identity:
    """Read what the work is from its data and its `CITATION.cff`.

    Args:
        root: The project folder.
        name: What the files of the editions are called, without extension.
        made: The moment to date them with.
        address: Where the site is published; empty if that is not known.

    Raises:
        EditionError: There are errors in the data; they have been printed to the standard error.
    """
    site, problems = load_site(root)
    for problem in problems:
        print(problem, file=sys.stderr)
    if site is None:
        raise EditionError("there are errors in the data and the pages")
    essay, work = site.dataset.essay, site.citation
    date = essay.facts_as_of.start
    itself = Reference("work", work.title, work.authors, "", date.year, date.month, address or None)
    rests_on = work.work(essay.title)
    if rests_on is None:
        raise EditionError("CITATION.cff does not name the essay among its references")
    original = Reference(
        "essay", rests_on.title, rests_on.authors, "", rests_on.year, rests_on.month, note=rests_on.notes
    )
    return Identity(
        name=name,
        title=work.title,
        authors=tuple(author.name for author in work.authors),
        description=work.abstract or work.title,
        licence=work.licence,
        licence_address=work.licence_address,
        facts_as_of=essay.facts_as_of,
        data_hash=hash_of(records_of(site.dataset, site.written)),
        made=made.astimezone(UTC),
        address=address,
        citation=_text(chicago(itself)),
        essay_citation=_text(chicago(original)),
    )


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))

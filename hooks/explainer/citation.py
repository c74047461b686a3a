"""How the work and the essay are cited: what `CITATION.cff` says of them, and references in the common styles.

The file follows the Citation File Format 1.2.0, which forges and reference managers read; a part of it is read here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Annotated

from pydantic import ConfigDict, Field, StrictInt, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from .dates import MONTHS
from .model import Line, Part, Text

CITATION_FILE = "CITATION.cff"
LICENCE_PATTERN = r"^[A-Za-z0-9.+-]+$"

_SHORT_MONTHS = ("Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
"""As the MLA shortens them."""


class _Described(Part):
    """A mapping of `CITATION.cff`, which may hold more than is read here."""

    model_config = ConfigDict(extra="ignore")


class Author(_Described):
    """A person, by both names, or a body, by its one."""

    family: Line | None = Field(default=None, alias="family-names")
    given: Line | None = Field(default=None, alias="given-names")
    body: Line | None = Field(default=None, alias="name")

    @model_validator(mode="after")
    def _has_a_name(self) -> Author:
        if not (self.body or (self.family and self.given)):
            expected = "an author with `family-names` and `given-names`, or with `name`"
            raise PydanticCustomError("author", "{expected}", {"expected": expected})
        return self

    @property
    def name(self) -> str:
        """The name as it is spoken."""
        return self.body or f"{self.given} {self.family}"

    @property
    def listed(self) -> str:
        """The name as it stands at the head of a list: ``Family, Given``."""
        return self.body or f"{self.family}, {self.given}"

    @property
    def initials(self) -> str:
        """The name with initials for given names: ``Family, G.``."""
        given = "".join(f" {name[0]}." for name in (self.given or "").split())
        return self.body or f"{self.family},{given}"


Authors = Annotated[tuple[Author, ...], Field(min_length=1)]


class Work(_Described):
    """A work that `references` of the file names."""

    title: Text
    authors: Authors
    year: StrictInt | None = None
    month: Annotated[StrictInt, Field(ge=1, le=12)] | None = None
    notes: Text | None = None


class Citation(_Described):
    """What `CITATION.cff` says: title, authors and licence of the work, and the works that it rests on."""

    title: Line
    authors: Authors
    licence: Annotated[str, StringConstraints(pattern=LICENCE_PATTERN)] = Field(alias="license")
    abstract: Text | None = None
    references: Annotated[tuple[Work, ...], Field(min_length=1)]

    @property
    def licence_address(self) -> str:
        """Where the licence can be read: the SPDX list, whose identifiers the format uses."""
        return f"https://spdx.org/licenses/{self.licence}.html"

    def work(self, title: str) -> Work | None:
        """Find a work among the references by its title."""
        return next((work for work in self.references if work.title == title), None)


@dataclass(frozen=True)
class Publication:
    """Where the work appears. `address` gives the address of a page by its source path, and of an anchor on it.

    Addresses are absolute if it is known where the site is published (`absolute`); otherwise they are relative to the
    place that they are for.
    """

    citation: Citation
    address: Callable[[str, str], str]
    absolute: bool

    def permanent_id(self, name: str) -> str:
        """Give a thing an id that does not depend on where the work is: a URN, made from the title and a name."""
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self.citation.title}/{name}").urn


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reference names. `within` is the work that a page belongs to, empty for a work of its own."""

    key: str
    title: str
    authors: Sequence[Author]
    within: str = ""
    year: int | None = None
    month: int | None = None
    address: str | None = None
    note: str | None = None


def apa(reference: Reference) -> str:
    """Write a reference in HTML, by the manual of the American Psychological Association (7th edition)."""
    date = ", ".join(filter(None, (_number(reference.year), _month(reference, MONTHS)))) or "n.d."
    parts = [
        _joined([author.initials for author in reference.authors], "&amp;"),
        f"({date})",
        f"<cite>{escape(reference.title, quote=False)}</cite>",
        escape(reference.within, quote=False),
    ]
    return _ended(parts, reference)


def chicago(reference: Reference) -> str:
    """Write a reference in HTML as in a bibliography by the Chicago Manual of Style (17th edition)."""
    date = " ".join(filter(None, (_month(reference, MONTHS), _number(reference.year))))
    parts = [_inverted(reference.authors), _quoted(reference.title), escape(reference.within, quote=False), date]
    return _ended(parts, reference)


def mla(reference: Reference) -> str:
    """Write a reference in HTML, by the handbook of the Modern Language Association (9th edition)."""
    authors = reference.authors
    named = f"{escape(authors[0].listed, quote=False)}, et al" if len(authors) > 2 else _inverted(authors)
    date = " ".join(filter(None, (_month(reference, _SHORT_MONTHS), _number(reference.year))))
    within = f"<cite>{escape(reference.within, quote=False)}</cite>" if reference.within else ""
    container = ", ".join(filter(None, (within, date, _link(reference.address))))
    note = escape(reference.note or "", quote=False)
    return " ".join(_stopped(part) for part in (named, _quoted(reference.title), container, note) if part)


def bibtex(reference: Reference) -> str:
    """Write a reference as an entry of BibTeX; months are its macros, everything else is in braces."""
    authors = " and ".join(f"{{{in_tex(a.body)}}}" if a.body else in_tex(a.listed) for a in reference.authors)
    fields = {
        "author": f"{{{authors}}}",
        "title": f"{{{{{in_tex(reference.title)}}}}}",
        "howpublished": f"{{{in_tex(reference.within)}}}" if reference.within else "",
        "year": f"{{{reference.year}}}" if reference.year else "",
        "month": MONTHS[reference.month - 1][:3].lower() if reference.month else "",
        "url": f"{{{reference.address}}}" if reference.address else "",
        "note": f"{{{in_tex(reference.note)}}}" if reference.note else "",
    }
    return bibtex_entry("misc", reference.key, fields)


def bibtex_entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """Write an entry of BibTeX; its values are written out already, and empty ones are left out."""
    lines = "".join(f"  {name} = {value},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{lines}}}"


_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        # BibTeX counts braces, those after a backslash too.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        **{character: f"\\{character}" for character in "&%$#_"},
    }
)


def in_tex(text: str) -> str:
    """Write a plain text so that TeX shows it as it is; two hyphens in a row would make a dash."""
    return " ".join(text.split()).translate(_TEX).replace("--", "-{}-")


STYLES: Mapping[str, Callable[[Reference], str]] = {"APA": apa, "Chicago": chicago, "MLA": mla}
"""The styles that are text, by their names."""


def cite_this(page: Reference, essay: Reference) -> str:
    """Make the box at the end of a page that says how to cite it, as HTML.

    Args:
        page: The page.
        essay: The essay, which is somebody else's work and has to be cited for itself.
    """
    shown = "".join(f"<dt>{name}</dt><dd>{write(page)}</dd>" for name, write in STYLES.items())
    return (
        '<details class="cite-this"><summary>Cite this page</summary>'
        f"<dl>{shown}<dt>BibTeX</dt><dd><pre><code>{escape(bibtex(page), quote=False)}</code></pre></dd></dl>"
        f"<p>The essay itself: {chicago(essay)}</p></details>"
    )


def _number(value: int | None) -> str:
    return str(value) if value else ""


def _month(reference: Reference, names: Sequence[str]) -> str:
    return names[reference.month - 1] if reference.month else ""


def _joined(names: Sequence[str], word: str) -> str:
    """Join names as in a list of authors; `word` is HTML, and stands before the last."""
    shown = [escape(name, quote=False) for name in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])}, {word} {shown[-1]}"


def _inverted(authors: Sequence[Author]) -> str:
    return _joined([authors[0].listed, *(author.name for author in authors[1:])], "and")


def _quoted(title: str) -> str:
    text = escape(title, quote=False)
    return f"“{text}”" if text.endswith(("?", "!")) else f"“{text}.”"


def _link(address: str | None) -> str:
    return f'<a href="{escape(address)}">{escape(address, quote=False)}</a>' if address else ""


def _stopped(part: str) -> str:
    return part if part.endswith((".", ".”", "?”", "!”")) else f"{part}."


def _ended(parts: Sequence[str], reference: Reference) -> str:
    note = escape(reference.note or "", quote=False)
    written = " ".join(_stopped(part) for part in (*parts, note) if part)
    # No full stop after an address: it would be taken for a part of it.
    return " ".join(filter(None, (written, _link(reference.address))))

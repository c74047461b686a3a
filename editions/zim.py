"""The ZIM edition, for Kiwix: the built site in one file, with titles and texts to search.

The format is described at https://wiki.openzim.org/wiki/ZIM_file_format.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
import uuid
from pathlib import Path

import typst
from libzim.writer import Creator, Hint, IndexData, Item, StringProvider

from .book import read_page, text_of
from .building import BuiltSite
from .identity import EditionError, Identity

_ISO_639_3 = {"de": "deu", "en": "eng", "es": "spa", "fr": "fra", "ja": "jpn", "ko": "kor", "zh": "zho"}
"""The codes of languages that the format asks for, by those of ISO 639-1."""

_ICON_SIZE = 48
"""Pixels; the one size that every ZIM file has to have."""

_UUID_AT = 8
_XAPIAN = b"\x0f\rXapian Glass"
_XAPIAN_ID_AFTER = len(_XAPIAN) + 2
"""The id of a Xapian database follows its magic and two bytes of its version."""

_TYPES = {
    "atom": "application/atom+xml",
    "bib": "application/x-bibtex",
    "graphml": "application/graphml+xml",
    "ics": "text/calendar",
    "js": "text/javascript",
    "jsonld": "application/ld+json",
}
"""Media types by extension, where the table of the machine may lack one or differ."""


class _Text(IndexData):  # type: ignore[misc]
    """What the full-text index has of a page: its article, not the navigation around it."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title, self._text = title, text

    def has_indexdata(self) -> bool:
        return True

    def get_title(self) -> str:
        return self._title

    def get_content(self) -> str:
        return self._text

    def get_keywords(self) -> str:
        return ""

    def get_wordcount(self) -> int:
        return len(self._text.split())

    def get_geoposition(self) -> None:
        return None


class _File(Item):  # type: ignore[misc]
    """A file of the site. Pages have a title and a text to search; other files have neither."""

    def __init__(self, path: str, content: bytes, title: str, text: str | None) -> None:
        super().__init__()
        self._path, self._content, self._title, self._text = path, content, title, text

    def get_path(self) -> str:
        return self._path

    def get_title(self) -> str:
        return self._title

    def get_mimetype(self) -> str:
        extension = self._path.rpartition(".")[2]
        return _TYPES.get(extension) or mimetypes.guess_type(self._path)[0] or "application/octet-stream"

    def get_contentprovider(self) -> StringProvider:
        return StringProvider(self._content)

    def get_hints(self) -> dict[Hint, bool]:
        return {Hint.FRONT_ARTICLE: self._text is not None}

    def get_indexdata(self) -> IndexData | None:
        return _Text(self._title, self._text) if self._text else None


def write_zim(site: BuiltSite, identity: Identity, out: Path) -> None:
    """Write the edition.

    Raises:
        EditionError: The format has no code for the language of the site.
    """
    language = _ISO_639_3.get(site.language)
    if language is None:
        raise EditionError(f"no ISO 639-3 code is known for the language {site.language!r}")
    creator = Creator(out).config_indexing(True, language).config_nbworkers(1)  # several finish in any order
    creator.set_mainpath("index.html")
    with creator:
        creator.add_illustration(_ICON_SIZE, _icon(site))
        for name, value in _metadata(identity, language).items():
            creator.add_metadata(name, value)
        for path in site.paths:
            content = (site.folder / path).read_bytes()
            page = read_page(site, path) if path.endswith(".html") else None
            title, text = (page.title, f"{page.title}\n{text_of(page.body)}") if page else (path, None)
            creator.add_item(_File(path, content, title, text))
    out.write_bytes(_with_fixed_ids(out.read_bytes()))


def _metadata(identity: Identity, language: str) -> dict[str, str]:
    """Give the entries that https://wiki.openzim.org/wiki/Metadata asks for, and our own."""
    authors = ", ".join(identity.authors)
    return {
        "Title": identity.title[:30],
        "Description": _clipped(identity.description, 80),
        "LongDescription": "\n".join(f"{label}: {text}" for label, text in identity.statements()),
        "Language": language,
        "Name": identity.name,
        "Creator": authors,
        "Publisher": authors,
        "Date": f"{identity.made:%Y-%m-%d}",
        "License": identity.licence,
        "Source": identity.address or identity.title,
        "Tags": "_ftindex:yes;_pictures:yes;_videos:no;_details:yes",
        "Citation": identity.citation,
        "Facts-As-Of": identity.facts_as_of.text,
        "Data-Hash": f"sha256:{identity.data_hash}",
    }


def _clipped(text: str, limit: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:(") + "…"


def _icon(site: BuiltSite) -> bytes:
    """Draw the picture of the site in the size that the format asks for."""
    content = (
        f"#set page(width: {_ICON_SIZE}pt, height: {_ICON_SIZE}pt, margin: 0pt, fill: none)\n"
        f'#image("{site.icon}", width: 100%, height: 100%)\n'
    )
    drawn = typst.compile(  # type: ignore[call-overload]  # its stubs want the root to be bytes, as the text is
        content.encode(), root=str(site.folder), format="png", ppi=72, ignore_system_fonts=True
    )
    assert isinstance(drawn, bytes)  # noqa: S101 - one page
    return drawn


def _with_fixed_ids(content: bytes) -> bytes:
    """Replace the ids that the library draws by lot with ones made from all the rest, and correct the checksum."""
    fixed = bytearray(content[:-16])
    places = [_UUID_AT, *(found.start() + _XAPIAN_ID_AFTER for found in re.finditer(re.escape(_XAPIAN), content))]
    for place in places:
        fixed[place : place + 16] = bytes(16)
    rest = hashlib.sha256(fixed).hexdigest()
    for number, place in enumerate(places):
        fixed[place : place + 16] = uuid.uuid5(uuid.NAMESPACE_OID, f"{rest}/{number}").bytes
    return bytes(fixed) + hashlib.md5(fixed, usedforsecurity=False).digest()

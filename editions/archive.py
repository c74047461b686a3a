"""The zip edition: the built site in one folder, to unpack and open."""

from __future__ import annotations

import zipfile
from pathlib import Path

from .building import BuiltSite
from .identity import Identity

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first moment that the format can say."""


def write_zip(site: BuiltSite, identity: Identity, out: Path) -> None:
    """Write the edition. Everything is in one folder, so that unpacking it litters nothing."""
    with zipfile.ZipFile(out, "w") as archive:
        for path in site.paths:
            add(archive, f"{identity.name}/{path}", (site.folder / path).read_bytes(), identity)


def add(
    archive: zipfile.ZipFile, name: str, content: bytes, identity: Identity, method: int = zipfile.ZIP_DEFLATED
) -> None:
    """Add a member that depends on its name, its content and the date of the edition only.

    The date is in UTC, and the system that the format asks for is the same everywhere.
    """
    entry = zipfile.ZipInfo(name, max(identity.made.timetuple()[:6], _EARLIEST))
    entry.create_system = 3  # Unix, whose permissions follow
    entry.external_attr = 0o100644 << 16
    archive.writestr(entry, content, method, compresslevel=9)

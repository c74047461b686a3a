"""The page of downloads: the editions for readers without a network, if the build was given them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .reading import read_sums

PAGE = "downloads.md"
"""The source path of the hand-written page that the list of files goes into."""

FOLDER = "downloads"
"""The folder of the site that holds the files."""

SUMS = "SHA256SUMS"
"""The file that lists the editions of a folder."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file to offer: where it is, its size in bytes, its SHA-256, and the day that it was made (ISO 8601)."""

    file: Path
    size: int
    sha256: str
    made: str

    @property
    def path(self) -> str:
        """Where the site has it."""
        return f"{FOLDER}/{self.file.name}"


def find_downloads(folder: Path, made: str) -> tuple[Download, ...]:
    """Find the editions in a folder.

    Args:
        folder: The folder, with a list of their sums.
        made: The day that they were made.

    Raises:
        OSError: The list, or a file that it names, is not there.
    """
    sums = read_sums(folder / SUMS)
    return tuple(Download(folder / name, (folder / name).stat().st_size, sha256, made) for name, sha256 in sums.items())


def with_downloads(markdown: str, downloads: Sequence[Download]) -> str:
    """Put the list of files before the first section of the page, or say that there are none."""
    head, line, rest = markdown.partition("\n## ")
    return f"{head}\n\n{_listed(downloads) if downloads else _NONE}\n{line}{rest}"


_NONE = """\
The copy of the site that you see comes without these files. Whoever has the project makes all of them with one command,
`make offline`, and a site that offers them with `make site EDITIONS=1`."""


def _listed(downloads: Sequence[Download]) -> str:
    rows = (
        f"| [{each.file.name}]({each.path}) | {each.size / 1_000_000:.1f}&nbsp;MB | `{each.sha256}` |"
        for each in downloads
    )
    days = ", ".join(sorted({each.made for each in downloads}))
    return "\n".join([f"Made on {days}:", "", "| File | Size | SHA-256 |", "|---|---|---|", *rows])

"""Compressed copies beside the files of a built site, for servers that send them as they are.

The same bytes for the same file everywhere: zopfli, whose version is pinned, and not zlib, which is another one in every
build of Python.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = frozenset(
    {
        *(".atom", ".bib", ".css", ".csv", ".graphml", ".html", ".ics", ".js", ".json", ".jsonld", ".map", ".svg"),
        *(".txt", ".xml"),
    }
)
"""Of the files that are worth compressing: text."""


class CompressionError(Exception):
    """Something that is needed is not there, or cannot be written."""


@dataclass(frozen=True, slots=True)
class Compressed:
    """How many files have copies now, and the sizes of all of them together, in bytes."""

    files: int
    plain: int
    gzip: int
    brotli: int


def compress(folder: Path) -> Compressed:
    """Put a ``.gz`` and a ``.br`` beside every file of text in a folder and the folders in it, if they are smaller.

    Raises:
        CompressionError: A package is not installed, the folder is not there, or a file cannot be written.
    """
    try:
        from brotli import compress as brotli  # noqa: PLC0415 - optional
        from zopfli.gzip import compress as gzip  # noqa: PLC0415 - optional
    except ImportError as missing:
        raise CompressionError(f"{missing.name} is not installed: use `make site COMPRESS=1`") from missing
    if not folder.is_dir():
        raise CompressionError(f"{folder}: there is no such folder")

    def beside(path: Path) -> tuple[int, int, int]:
        plain = path.read_bytes()
        # All that zopfli can do takes fifteen times as long, for two thousandths of the size.
        copies = {".gz": gzip(plain, numiterations=1, blocksplittingmax=3), ".br": brotli(plain, quality=11)}
        if max(map(len, copies.values())) >= len(plain):
            return 0, 0, 0
        for suffix, copy in copies.items():
            path.with_name(path.name + suffix).write_bytes(copy)
        return len(plain), len(copies[".gz"]), len(copies[".br"])

    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES and path.is_file()]
    try:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            sizes = [size for size in threads.map(beside, paths) if size[0]]
    except OSError as problem:
        raise CompressionError(f"{problem.filename}: cannot be compressed: {problem.strerror}") from problem
    plain, gzipped, brotlied = (sum(column) for column in zip(*sizes, strict=True)) if sizes else (0, 0, 0)
    return Compressed(len(sizes), plain, gzipped, brotlied)

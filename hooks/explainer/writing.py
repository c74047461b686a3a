"""Writing so that nothing is half there: whole files, and one writer for a folder at a time."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has none: there, two builds at once do not learn of each other
    fcntl = None  # type: ignore[assignment]


class BusyError(Exception):
    """Another process is writing to a folder; the text says so, for whoever gave the command."""


def write_whole(path: Path, content: str) -> None:
    """Write a text file in UTF-8 so that, whatever happens, it is as it was or as it should be.

    Raises:
        OSError: It cannot be written; it is as it was.
    """
    # In the same folder, for only there is a change of names one step.
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_text(content, encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def told(problem: OSError) -> str:
    """Say in a line what could not be read or written, and why."""
    where = f"{problem.filename}: " if problem.filename else ""
    return f"{where}{problem.strerror or problem}"


def keep_to_one(folder: Path) -> ExitStack:
    """Keep a folder to this process until what is given is closed, or the process ends in whatever way.

    The folder is made if it is not there. Nothing is written to it.

    Raises:
        BusyError: Another process keeps it.
        OSError: It cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = ExitStack()
    if fcntl is None:
        return kept
    descriptor = os.open(folder, os.O_RDONLY)
    kept.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as busy:
        kept.close()
        raise BusyError(f"another build is writing to {folder}: try again when it is done") from busy
    return kept

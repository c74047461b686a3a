"""Makes all editions: each by itself, so that one that fails keeps none of the others from being made."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from explainer.writing import keep_to_one, told, write_whole

from .archive import write_zip
from .building import BuiltSite, build_site
from .epub import write_epub
from .identity import EditionError, Identity
from .pdf import write_pdf
from .zim import write_zim

Maker = Callable[[BuiltSite, Identity, Path], None]
"""Writes an edition of the site to a file; what it raises says why it cannot."""

MAKERS: Mapping[str, Maker] = {"zip": write_zip, "zim": write_zim, "epub": write_epub, "pdf": write_pdf}
"""By the extension of the file."""

SUMS = "SHA256SUMS"
PARTIAL = ".partial"
"""The folder in which each is made."""


def make_editions(
    root: Path, out: Path, identity: Identity, say: Callable[[str], None], makers: Mapping[str, Maker] = MAKERS
) -> list[str]:
    """Build the site and make every edition of it.

    A file appears under its own name when it is complete. Those of an earlier run are removed first, so that what is
    there is of one run.

    Args:
        root: The project folder.
        out: The folder to write to.
        identity: What the editions say of themselves.
        say: Shows a line of progress.
        makers: What makes them, by extension.

    Returns:
        What failed, a line for each edition; empty if nothing did.

    Raises:
        EditionError: The site cannot be built, so that there is nothing to make them of.
        BusyError: Another run is making editions in the folder.
        OSError: The folder cannot be written to.
    """
    with keep_to_one(out):
        return _make_all(root, out, identity, say, makers)


def _make_all(
    root: Path, out: Path, identity: Identity, say: Callable[[str], None], makers: Mapping[str, Maker]
) -> list[str]:
    (out / SUMS).unlink(missing_ok=True)
    for name in (f"{identity.name}.{extension}" for extension in makers):
        (out / name).unlink(missing_ok=True)
    failures, sums = [], []
    with tempfile.TemporaryDirectory(prefix="editions-") as temporary:
        say("building the site ...")
        begun = time.monotonic()
        site = build_site(root, Path(temporary) / "site", identity)
        say(f"built in {time.monotonic() - begun:.1f} s: {len(site.paths)} files")
        for extension, make in makers.items():
            final = out / f"{identity.name}.{extension}"
            say(f"making {final.name} ...")
            begun = time.monotonic()
            try:
                _complete(make, site, identity, final)
            except Exception as problem:  # whatever a library raises: the others are still made
                why = _why(problem)
                failures.append(f"{final.name} cannot be made: {why}")
                say(failures[-1])
                continue
            content = final.read_bytes()
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {final.name}\n")
            say(f"{final.name:30} {len(content) / 1e6:7.2f} MB {time.monotonic() - begun:7.1f} s")
    write_whole(out / SUMS, "".join(sums))
    return failures


def _why(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return told(problem)
    return str(problem) if isinstance(problem, EditionError) else repr(problem)


def _complete(make: Maker, site: BuiltSite, identity: Identity, final: Path) -> None:
    # A folder, for libraries put files of their own beside what they write; in the same one, for only there is a change
    # of names one step.
    partial = final.parent / PARTIAL
    shutil.rmtree(partial, ignore_errors=True)  # of a run that was killed
    partial.mkdir()
    try:
        make(site, identity, partial / final.name)
        (partial / final.name).rename(final)
    finally:
        shutil.rmtree(partial)

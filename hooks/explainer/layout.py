"""Where the facts are: which files there are in the data folder, and what each of them holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from .model import COLLECTIONS, FOLDERS, Essay, Part
from .reading import files_under

ESSAY_FILE = "essay.yaml"
ESSAY = "essay"
"""What the one file that is not in a folder holds, among `KINDS`."""

SCHEMAS = "schema"
"""The folder of the data folder that holds the schemas, `<kind>.json`."""

SCHEMA_COMMENT = "# yaml-language-server:"
"""How the comment that names the schema of a file begins."""

KINDS: Mapping[str, type[Part]] = {
    ESSAY: Essay,
    **{folder: COLLECTIONS[collection] for folder, collection in FOLDERS.items()},
}
"""The kinds of data files: the essay's, and those of each folder with the class of the entries in them."""


def kind_of(path: PurePath) -> str | None:
    """Tell which of `KINDS` a file is, by its path in the data folder; None if it is not a data file."""
    if path.as_posix() == ESSAY_FILE:
        return ESSAY
    in_folder = path.suffix == ".yaml" and len(path.parts) > 1 and path.parts[0] in FOLDERS
    return path.parts[0] if in_folder else None


def data_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Go through the data files of a data folder, each with its kind, in one order on every machine."""
    for path in files_under(folder, ".yaml"):
        kind = kind_of(path.relative_to(folder))
        if kind is not None:
            yield path, kind


def schema_comment(path: PurePath, kind: str) -> str:
    """The first line of a data file, by which editors find its schema.

    Args:
        path: The path of the file in the data folder.
        kind: Which of `KINDS` it is.
    """
    return f"{SCHEMA_COMMENT} $schema={'../' * (len(path.parts) - 1)}{SCHEMAS}/{kind}.json"

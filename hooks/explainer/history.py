"""Whether the ids of an earlier state of the data still lead somewhere. The only module that asks git."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from .layout import ESSAY, data_files, kind_of
from .problems import Position, Problem, error
from .reading import read_yaml

Address = tuple[str, str]
"""What makes the address of an entry: its kind (one of `layout.KINDS`) and its id."""


class HistoryError(Exception):
    """The earlier state cannot be read: there is no git, no repository, or no such revision in it."""


def vanished(root: Path, revision: str, data: str = "data") -> Iterator[Problem]:
    """Go through the entries of an earlier state whose addresses lead nowhere now.

    Args:
        root: The project folder, in a git repository.
        revision: The state to compare with, as git names it: a branch, a tag, a commit.
        data: The data folder.

    Raises:
        HistoryError: see there.
    """
    now = _addresses(root, data)
    for (kind, entry_id), at in _addresses_at(root, revision, data).items():
        if (kind, entry_id) not in now:
            found = f"the id `{entry_id}` of {revision}, which is gone from {data}/{kind}"
            yield error(at, found, f"an entry there with it, or with `formerly: [{entry_id}]`")


def _addresses(root: Path, data: str) -> set[Address]:
    found = set()
    for path, kind in data_files(root / data):
        node, _ = read_yaml(path, path.relative_to(root).as_posix())
        if kind == ESSAY or node is None or not isinstance(node.value, dict):
            continue
        for entry_id, (_, entry) in node.value.items():
            former = entry.find(("formerly",))[0].value
            ids = [item.value for item in former] if isinstance(former, tuple) else []
            found |= {(kind, each) for each in (entry_id, *ids)}
    return found


_ENTRY = r"^['\"]?[a-z0-9]+(-[a-z0-9]+)*['\"]?:"
"""A line with the id of an entry. Nothing else begins in the first column of a data file but comments."""


def _addresses_at(root: Path, revision: str, data: str) -> Mapping[Address, Position]:
    commit = _git(root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").strip()
    found = {}
    for line in _git(root, "grep", "--null", "--line-number", "-E", "-e", _ENTRY, commit, "--", data).splitlines():
        name, number, text = line.split("\0", 2)
        path = name.removeprefix(f"{commit}:")
        kind = kind_of(PurePosixPath(path).relative_to(data))
        if kind is not None and kind != ESSAY:
            found[kind, text.partition(":")[0].strip("'\"")] = Position(path, int(number), 1)
    return found


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)  # noqa: S603, S607 - git, and arguments of our own
    except OSError as problem:
        raise HistoryError(f"git cannot be run: {problem.strerror}") from problem
    if done.returncode > (arguments[0] == "grep"):  # `git grep` says by 1 that it has found nothing
        raise HistoryError(done.stderr.strip() or f"git {arguments[0]} failed")
    return done.stdout

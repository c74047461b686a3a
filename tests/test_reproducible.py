"""The same input gives the same site, byte for byte: elsewhere, later, and on a machine that is set up otherwise."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import FERRY, ROOT
from programs import needed

PARTS = ["data", "docs", "hooks", "theme", "mkdocs.yml", "CITATION.cff"]
"""What the real site is built of."""

SETTINGS = {
    "NO_MKDOCS_2_WARNING": "1",
    "SOURCE_DATE_EPOCH": "1546300800",
    "MERMAID_IN_BROWSER": "false",
    "PYTHONDONTWRITEBYTECODE": "1",
}
PLACES = {
    "here": {"TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
    # Python reads and writes ASCII there, wherever nobody has said which encoding is meant.
    "another folder \u2013 \ub458": {
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONHASHSEED": "2",
    },
}
ADDRESSES = {"SITE_URL": "http://127.0.0.1/", "REPO_URL": "https://git.example/waging-peace"}


def copied(essay: str, folder: Path) -> Path:
    """Copy an essay, and the hooks, into a folder; give its configuration."""
    if essay == "tiny":
        shutil.copytree(ROOT / "hooks", folder / "hooks", ignore=shutil.ignore_patterns("__pycache__"))
        return Path(shutil.copytree(FERRY, folder / "tests" / "fixtures" / "ferry")) / "mkdocs.yml"
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        folder.mkdir(exist_ok=True)
        copy(ROOT / part, folder / part)
    return folder / "mkdocs.yml"


def built(configuration: Path, out: Path, *before: str, **environment: str) -> dict[str, bytes]:
    """Build a site with a command before the build's own; give all its files."""
    command = [*before, sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(configuration), "-d", str(out)]
    settings = {**os.environ, "SITE_URL": "", "REPO_URL": "", **SETTINGS, **environment}
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def faults_of(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """The files that only one of two sites has, or that differ."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


ESSAYS = ["tiny", pytest.param("real", marks=pytest.mark.long)]


@pytest.mark.parametrize("essay", ESSAYS)
def test_the_site_is_the_same_in_another_place(essay: str, tmp_path: Path) -> None:
    addresses = ADDRESSES if essay == "real" else {}
    one, other = (
        built(copied(essay, tmp_path / place), tmp_path / place / "site", **environment, **addresses)
        for place, environment in PLACES.items()
    )
    assert len(one) > 80
    assert faults_of(one, other) == []


@pytest.mark.parametrize("essay", ESSAYS)
def test_the_site_is_the_same_at_another_time(essay: str, tmp_path: Path) -> None:
    """The clock of the process is another one, and so are the times of the files it reads."""
    clock = needed("faketime")
    configuration = copied(essay, tmp_path)
    now = built(configuration, tmp_path / "now")
    for path in tmp_path.rglob("*"):
        os.utime(path, (86_400, 86_400))
    later = built(configuration, tmp_path / "later", clock, "2031-02-03 04:05:06", TZ="UTC")
    assert faults_of(now, later) == []

"""The invented projects of the benchmark: valid, in proportion, and the same each time; and where their builds go."""

from __future__ import annotations

import json
import subprocess
import sys
from math import ceil
from pathlib import Path

import scale
from explainer.site import load_site
from synthetic import NOTES, PARAGRAPHS, PER_EVENT, PER_SHELF, SECTIONS, write_project


def test_a_project_of_any_size_is_valid(tmp_path: Path) -> None:
    for events in (30, 60):
        site, problems = load_site(write_project(tmp_path / str(events), events).parent)
        assert problems == ()
        assert site is not None
        data = site.dataset
        found = {"actors": len(data.actors), "glossary": len(data.terms), "sources": len(data.sources)}
        assert found == {kind: round(events * share) for kind, share in PER_EVENT.items()}
        shelves = [path for path in site.pages if path.startswith("sources/") and path != "sources/index.md"]
        assert len(shelves) == ceil(len(data.sources) / PER_SHELF)
        assert len(data.events) == events
        assert len(data.essay.paragraphs) == SECTIONS * PARAGRAPHS
        assert sum(len(page.notes) for page in site.written) == SECTIONS * PARAGRAPHS * NOTES


def test_it_is_the_same_each_time(tmp_path: Path) -> None:
    one, other = (write_project(tmp_path / name, 30).parent for name in ("one", "other"))
    files = [path.relative_to(one) for path in sorted(one.rglob("*")) if path.is_file()]
    assert len(files) > 50
    for path in files:
        assert (one / path).read_bytes() == (other / path).read_bytes()


def test_of_every_part_of_a_build_the_time_is_told(tmp_path: Path) -> None:
    config = write_project(tmp_path / "project", 10)
    # In a process of its own, as the benchmark does it: what is timed is patched there.
    command = [sys.executable, scale.__file__, "--shares-of", str(config)]
    spent = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    assert list(spent) == list(scale.PARTS)
    assert all(seconds > 0 for seconds in spent.values()), spent

"""``make bench-scale``: how the cost of a build grows from a hundred to ten thousand events.

For each size an invented project (see `synthetic`) is built with its hooks, and the same pages, generated beforehand (see
`pregenerated`), by plain MkDocs with the same theme, in turn. Times are the processor's, of the fastest of five rounds, or
fewer for sizes that take long; drawing is timed within them. One more build, in a process of its own, tells where the time
goes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from pkgutil import resolve_name
from typing import Any
from unittest.mock import patch

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig

from build import build, with_meter
from explainer.site import load_site
from pregenerated import write_pregenerated
from synthetic import write_project

SIZES = (100, 1_000, 10_000)
PARTS = (
    "reading and checking",
    "generating",
    "exports",
    "hooks, the rest",
    "Markdown",
    "templates",
    "search",
    "MkDocs, the rest",
)


def main() -> None:
    """Measure, and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of events (default: %(default)s)")
    parser.add_argument("--shares-of", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.shares_of:
        print(json.dumps(shares(options.shares_of)))
        return
    print(f"{platform.platform()}; Python {platform.python_version()}; {', '.join(map(named, PACKAGES))}\n")
    print("| " + " | ".join(COLUMNS) + " |")
    print("|" + " ---: |" * len(COLUMNS))
    for events in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            print("| " + " | ".join(measured(Path(folder), events)) + " |", flush=True)


PACKAGES = ("mkdocs", "mkdocs-material", "Markdown", "merman", "pydantic")
COLUMNS = (
    "events", "entries", "pages", "diagrams", "hooks, s", "of it drawing, s", "ms a diagram", "plain MkDocs, s",
    "hooks without drawing / plain", "ms an entry", "peak memory, MB", "site, MB", "search index, gzip, MB", *(f"{part}, %" for part in PARTS),
)  # fmt: skip


def named(package: str) -> str:
    """Name a package and its version."""
    return f"{package} {version(package)}"


def rounds(events: int) -> int:
    """How often to build: a quick build is as easily disturbed as it is repeated."""
    return max(1, min(5, 3_000 // events))


def measured(folder: Path, events: int) -> Iterator[str]:
    """Give the cells of a row."""
    config = write_project(folder / "project", events)
    site, problems = load_site(config.parent)
    if site is None:
        sys.exit("\n".join(map(str, problems)))
    entries = sum(map(len, (site.dataset.actors, site.dataset.events, site.dataset.terms, site.dataset.claims)))
    pages = len(site.pages) + len(site.written)
    plain = write_pregenerated(config.parent, site, folder / "plain")
    del site
    metered = with_meter(config)
    builds = [(build(metered, folder / "out"), build(plain, folder / "out-plain")) for _ in range(rounds(events))]
    ours, theirs = (min(costs, key=lambda cost: cost.seconds) for costs in zip(*builds, strict=True))
    size = sum(path.stat().st_size for path in (folder / "out").rglob("*") if path.is_file())
    index = gzip.compress((folder / "out" / "search" / "search_index.json").read_bytes())
    yield from (f"{number:,}" for number in (events, entries, pages, ours.diagrams))
    yield f"{ours.seconds:.1f}"
    yield f"{ours.drawing:.1f}"
    yield f"{ours.drawing / ours.diagrams * 1000:.1f}"
    yield f"{theirs.seconds:.1f}"
    yield f"{(ours.seconds - ours.drawing) / theirs.seconds:.2f}"
    yield f"{ours.seconds / entries * 1000:.1f}"
    yield f"{ours.memory:.0f}"
    yield f"{size / 1e6:.0f}"
    yield f"{len(index) / 1e6:.2f}"
    command = [sys.executable, __file__, "--shares-of", str(config)]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    spent: dict[str, float] = json.loads(told)
    yield from (f"{spent[part] / sum(spent.values()) * 100:.0f}" for part in PARTS)


# --- Where the time goes ------------------------------------------------------------------------------------------


class _Clock:
    """Adds the processor's time up by parts. What is called within a part, and is one itself, counts for itself only."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(PARTS, 0.0)
        self._running = ["MkDocs, the rest"]
        self._since = time.process_time()

    def _turn(self) -> None:
        now = time.process_time()
        self.spent[self._running[-1]] += now - self._since
        self._since = now

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        self._turn()
        self._running.append(name)
        try:
            yield
        finally:
            self._turn()
            self._running.pop()

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def doing(*given: Any, **named: Any) -> Any:
            with self.part(name):
                result = work(*given, **named)
                return list(result) if isinstance(result, Iterator) else result

        return doing


def _found(name: str) -> Callable[..., Any]:
    """Find a function or method by its dotted name."""
    found: Callable[..., Any] = resolve_name(name)
    return found


SEARCH = ("material.plugins.search.plugin", "explainer.indexing")
"""Where the handlers of events are that make the index of the search."""


def _time_handlers(config: MkDocsConfig, clock: _Clock) -> None:
    """Have the handlers of all events timed. Those of pages only once the files are known: then the hooks look for one."""

    def time_them(events: Iterable[str]) -> None:
        for event in events:
            handlers = config.plugins.events[event]
            handlers[:] = [
                clock.timed("search" if handler.__module__ in SEARCH else "hooks, the rest", handler)
                for handler in handlers
            ]

    of_pages = [event for event in config.plugins.events if event.startswith("page_")]
    time_them(config.plugins.events.keys() - of_pages)
    config.plugins.events["files"].append(lambda _files, config: time_them(of_pages))


def shares(config: Path) -> dict[str, float]:
    """Build a project in this process, and give the seconds that each part took. Drawing counts for the Markdown."""
    logging.getLogger("mkdocs").setLevel(logging.ERROR)
    clock = _Clock()
    timed = {
        "explainer.checking.load": "reading and checking",
        "explainer.site.all_pages": "generating",
        "explainer.site.exports": "exports",
        "markdown.Markdown.convert": "Markdown",
        "jinja2.Template.render": "templates",
    }
    with tempfile.TemporaryDirectory() as out:
        loaded = load_config(str(config), site_dir=out)
        _time_handlers(loaded, clock)
        patches = [patch(target, clock.timed(name, _found(target))) for target, name in timed.items()]
        for each in patches:
            each.start()
        mkdocs_build(loaded)
        for each in patches:
            each.stop()
    with clock.part("MkDocs, the rest"):
        return clock.spent


if __name__ == "__main__":
    main()

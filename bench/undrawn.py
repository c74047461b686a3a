"""``make bench-undrawn``: what the hooks add to plain MkDocs where no page has a diagram.

Diagrams aside, the hooks are to add little to a build. With drawings, that is hard to tell: plain MkDocs reads them as HTML,
which the hooks spare it. So here both sides have an empty figure in the place of each (see `no_drawing` and `pregenerated`).
Builds of the two run side by side, one on each core, so that a slow moment of the machine falls on both: the ratio of a
pair tells more than that of the fastest, which may be of different hours. One core is what a build uses.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from build import Cost, build, with_hooks, without_drawing
from explainer.site import load_site
from pregenerated import write_pregenerated
from scale import SIZES
from synthetic import write_project


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="numbers of events (default: %(default)s)")
    sizes = parser.parse_args().sizes
    print("| | pages | pairs | hooks, s | plain MkDocs, s | hooks / plain | |")
    print("|---| ---: | ---: | ---: | ---: | ---: | --- |")
    with tempfile.TemporaryDirectory() as folder:
        print(measured(Path(folder), with_hooks(Path(folder)), "the site itself", pairs=7), flush=True)
    for events in sizes:
        with tempfile.TemporaryDirectory() as folder:
            config = write_project(Path(folder) / "project", events)
            pairs = max(1, min(7, 5_000 // events))
            print(measured(Path(folder), config, f"{events:,} events", pairs=pairs), flush=True)


def measured(folder: Path, config: Path, name: str, *, pairs: int) -> str:
    """Build a project in both ways, side by side, and give the row: medians of the seconds and of the ratios of pairs."""
    site, problems = load_site(config.parent)
    if site is None:
        sys.exit("\n".join(map(str, problems)))
    pages = len(site.pages) + len(site.written)
    configs = without_drawing(config), write_pregenerated(config.parent, site, folder / "plain", drawn=False)
    del site
    if pairs > 1:
        side_by_side(*configs, folder)  # the first round warms the caches of the machine
    costs = [side_by_side(*configs, folder) for _ in range(pairs)]
    ratios = [ours.seconds / theirs.seconds for ours, theirs in costs]
    seconds = (median(cost.seconds for cost in side) for side in zip(*costs, strict=True))
    cells = (name, f"{pages:,}", str(pairs), *(f"{value:.1f}" for value in seconds), f"{median(ratios):.2f}")
    return f"| {' | '.join(cells)} | ({min(ratios):.2f} to {max(ratios):.2f}) |"


def side_by_side(ours: Path, theirs: Path, folder: Path) -> tuple[Cost, Cost]:
    """Build two projects at the same time."""
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(build, ours, folder / "out-hooks")
        second = threads.submit(build, theirs, folder / "out-plain")
        return first.result(), second.result()


if __name__ == "__main__":
    main()

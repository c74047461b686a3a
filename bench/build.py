"""``make bench``: what the hooks add to a build, and how the cost grows with the data.

Builds take turns, so that a slow moment of the machine falls on all: the site with its hooks; the same pages, generated
beforehand, by MkDocs with the same theme and no hooks (see `pregenerated`); and the site with all of its data doubled.
Drawing is timed within the builds, by a hook of its own (see `build_meter`). Builds after an edit, as under ``make serve``,
are timed in this process.

Every figure is that of the fastest round, for whatever else the machine does can only add to it; the spread stands beside
it. Trust the ratios more than the seconds.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config

from explainer.checking import forget_files, load
from explainer.diagrams import Diagram, draw
from explainer.site import Site, load_site
from pregenerated import FENCE, HOOKS, view_of, write_pregenerated

ROOT = Path(__file__).parent.parent
COPY = "-copy"
SUMMARY = re.compile(r"^([a-z0-9-]+):\n(?:  .*\n)*?  (summary: [A-Z].{1,120})\n", re.MULTILINE)
"""An event, and its summary, if that has room for more words."""

FIRST_PARAGRAPH = "## Paragraph 1 {#p1}\n\n"
PARTS = ("data", "docs", "theme", "hooks")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5, help="how often each build is timed (default: 5)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), rounds)


def measure(folder: Path, rounds: int) -> None:
    """Make the projects, time them in turn, and print the figures."""
    site, problems = load_site(ROOT)
    if site is None:
        sys.exit("\n".join(map(str, problems)))
    configs = {
        "hooks": with_meter(with_hooks(folder)),
        "plain": write_pregenerated(ROOT, site, folder / "plain"),
        "double": doubled(folder),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in configs}
    for number in range(rounds + 1):
        for name, config in configs.items():
            cost = build(config, folder / f"out-{name}")
            if number:  # the first round warms the caches of the machine
                costs[name].append(cost)
    taken = {name: [cost.seconds for cost in values] for name, values in costs.items()}
    fastest = {name: min(values) for name, values in taken.items()}
    ours = min(costs["hooks"], key=lambda cost: cost.seconds)
    edits = time_edits(with_hooks(folder / "served"), folder / "out-served", rounds)
    checking = min(timed(load_anew) for _ in range(rounds))
    pages = len(site.pages) + len(site.written)
    print(f"{pages} pages, {ours.diagrams} diagrams; the fastest of {rounds} rounds, in turn")
    print(f"build with hooks              {fastest['hooks']:6.2f} s   ({spread(taken['hooks'])})")
    print(f"  of it, drawing the diagrams {ours.drawing:6.2f} s   ({ours.drawing / ours.diagrams * 1000:.1f} ms each)")
    print(f"same pages, plain MkDocs      {fastest['plain']:6.2f} s   ({spread(taken['plain'])})")
    print(f"hooks without drawing / plain {(ours.seconds - ours.drawing) / fastest['plain']:6.2f}")
    print(f"build with the data doubled   {fastest['double']:6.2f} s   ({spread(taken['double'])})")
    print(f"doubled / single              {fastest['double'] / fastest['hooks']:6.2f}")
    for what, values in edits.items():
        print(f"{f'an edit of {what}, served':29} {min(values):6.2f} s   ({spread(values)})")
    print(f"reading and checking alone    {checking:6.2f} s")
    print(f"peak memory of a build        {max(cost.memory for cost in costs['hooks']):6.0f} MB")


def load_anew() -> None:
    """Read and check the data and the pages, and nothing of them remembered."""
    forget_files()
    load(ROOT)


def spread(values: list[float]) -> str:
    """Show the least and the most."""
    return f"{min(values):.2f} to {max(values):.2f}"


def timed(work: Any) -> float:
    """Give the processor's time that a call took, in seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


@dataclass(frozen=True, slots=True)
class Cost:
    """What a build took of the processor's time, in seconds, as other work on the machine does not count.

    If the project has been given a meter (see `with_meter`): how much of that went into how many diagrams, and the most
    memory that was in use, in MB.
    """

    seconds: float
    drawing: float = 0
    diagrams: int = 0
    memory: float = 0


def build(config: Path, out: Path) -> Cost:
    """Build in a process of its own."""
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", str(config), "-d", str(out)]
    with tempfile.TemporaryFile() as said, tempfile.NamedTemporaryFile() as meter:
        # The hooks are compiled once, as the packages are, whatever is set here.
        settings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "BUILD_METER": meter.name}
        process = subprocess.Popen(command, stdout=said, stderr=said, env=settings)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{config}: {said.read().decode()}")
        told = json.loads(Path(meter.name).read_bytes() or b"{}")
    return Cost(used.ru_utime + used.ru_stime, **told)


def time_edits(config: Path, out: Path, rounds: int) -> dict[str, list[float]]:
    """Time the builds that follow an edit under ``make serve``, in this process, as there they are in that of the server.

    Until a reader sees an edit it takes up to 0.6 s more: MkDocs looks at the files twice a second, and waits for 0.1 s.
    """

    def build_again(command: Literal["serve"] | None = None) -> None:
        loaded = load_config(str(config), site_dir=str(out))
        if command:
            loaded.plugins.on_startup(command=command, dirty=False)
        mkdocs_build(loaded, serve_url="http://127.0.0.1:8000/")

    event, _, summary = editable_event(config.parent)
    page = min(config.parent.glob("docs/essay/*.md"))
    logging.getLogger("mkdocs").setLevel(logging.ERROR)
    build_again("serve")
    taken: dict[str, list[float]] = {"an event": [], "a page": []}
    texts = {path: path.read_text(encoding="utf-8") for path in (event, page)}
    for number in range(rounds):
        for what, path, before in (("an event", event, summary), ("a page", page, FIRST_PARAGRAPH)):
            path.write_text(texts[path].replace(before, f"{before} Edited {number}.", 1), encoding="utf-8")
            taken[what].append(timed(build_again))
    return taken


def editable_event(project: Path) -> tuple[Path, str, str]:
    """Find an event to edit: its file, its id, and its summary as it is written."""
    for path in sorted(project.glob("data/events/*.yaml")):
        if found := SUMMARY.search(path.read_text(encoding="utf-8")):
            return path, found[1], found[2]
    sys.exit("no event has a short summary in one line")


def diagrams_of(root: Path, site: Site) -> tuple[Diagram, ...]:
    """Give the diagrams of a project's site."""
    sources = [page.markdown for page in site.pages.values()]
    sources += [(root / "docs" / page.path).read_text(encoding="utf-8") for page in site.written]
    views = (view_of(fence[1]) for source in sources for fence in FENCE.finditer(source))
    return tuple(filter(None, (draw(view, site.dataset, lambda _: "#") for view in views)))


def with_hooks(folder: Path) -> Path:
    """Copy the project."""
    project = folder / "hooks"
    for part in PARTS:
        shutil.copytree(ROOT / part, project / part)
    shutil.copy(ROOT / "CITATION.cff", project)
    return Path(shutil.copy(ROOT / "mkdocs.yml", project))


def with_meter(config: Path) -> Path:
    """Give a project the hook that measures; see `build_meter`."""
    return _with_another_hook(config, "build_meter")


def without_drawing(config: Path) -> Path:
    """Give a project the hook that leaves its figures empty; see `no_drawing`."""
    return _with_another_hook(config, "no_drawing")


def _with_another_hook(config: Path, name: str) -> Path:
    """Write the configuration of a project anew, beside it, with a hook of the benchmark's after its own."""
    hook = Path(__file__).with_name(f"{name}.py")
    text = config.read_text(encoding="utf-8").replace(HOOKS, f"hooks: [hooks/mkdocs_hooks.py, {hook}]\n")
    other = config.with_name(f"mkdocs-{name}.yml")
    other.write_text(text, encoding="utf-8")
    return other


def doubled(folder: Path) -> Path:
    """Copy the project with a second copy of every entry, under ids and names of its own."""
    config = with_hooks(folder / "twice")
    files = sorted((config.parent / "data").glob("*/*.yaml"))
    collections = {path: yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {} for path in files}
    ids = {entry_id for entries in collections.values() for entry_id in entries}
    for path, entries in collections.items():
        again = {f"{entry_id}{COPY}": copied(entry, ids) for entry_id, entry in entries.items()}
        text = yaml.dump(again, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=1000)
        path.with_name(f"{path.stem}{COPY}.yaml").write_text(text, encoding="utf-8")
    return config


def copied(value: Any, ids: set[str], field: str = "") -> Any:
    """Copy a value of the data so that its references lead to copies and its names clash with nothing."""
    if isinstance(value, dict):
        return {key: copied(item, ids, key) for key, item in value.items()}
    if isinstance(value, list):
        return [copied(item, ids, field) for item in value]
    if not isinstance(value, str):
        return value
    if value in ids and field != "kind":
        return value + COPY
    if field in ("name", "title", "aliases"):
        return f"{value} Copied"
    if field == "url":
        return f"{value}{'&' if '?' in value else '?'}copy"
    return re.sub(r"\]\(ref:([a-z0-9-]+)\)", rf"](ref:\1{COPY})", value)


if __name__ == "__main__":
    main()

"""``make bench``: what the hooks add to a build, and how the cost grows with the data.

Three builds take turns, so that a slow moment of the machine falls on all: the site with its hooks; the same pages,
generated beforehand, by MkDocs with the same theme and no hooks; and the site with all of its data doubled. Drawing is
measured apart, in this process. Every figure is the median of the rounds; trust the ratios more than the seconds.
"""

from __future__ import annotations

import argparse
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from explainer.checking import load
from explainer.diagrams import draw
from explainer.rendering import figure, render_svg
from explainer.site import Site, load_site
from explainer.views import parse_view

ROOT = Path(__file__).parent.parent
COPY = "-copy"
PARTS = ("data", "docs", "theme", "hooks")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5, help="how often each build is timed (default: 5)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), rounds)


def measure(folder: Path, rounds: int) -> None:
    """Make the three projects, time them in turn, and print the figures."""
    site, problems = load_site(ROOT)
    if site is None:
        sys.exit("\n".join(map(str, problems)))
    configs = {"hooks": with_hooks(folder), "plain": without_hooks(folder, site), "double": doubled(folder)}
    taken: dict[str, list[float]] = {name: [] for name in configs}
    for number in range(rounds + 1):
        for name, config in configs.items():
            seconds = build(config, folder / f"out-{name}")
            if number:  # the first round warms the caches of the machine
                taken[name].append(seconds)
    median = {name: statistics.median(values) for name, values in taken.items()}
    diagrams, drawing = time_drawing(site)
    checking = statistics.median(timed(lambda: load(ROOT)) for _ in range(rounds))
    rest = median["hooks"] - drawing
    pages = len(site.pages) + len(site.written)
    print(f"{pages} pages, {diagrams} diagrams; medians of {rounds} rounds, in turn")
    print(f"build with hooks              {median['hooks']:6.2f} s   ({spread(taken['hooks'])})")
    print(f"  of it, drawing the diagrams {drawing:6.2f} s   ({drawing / diagrams * 1000:.1f} ms each)")
    print(f"same pages, plain MkDocs      {median['plain']:6.2f} s   ({spread(taken['plain'])})")
    print(f"hooks without drawing / plain {rest / median['plain']:6.2f}")
    print(f"build with the data doubled   {median['double']:6.2f} s   ({spread(taken['double'])})")
    print(f"doubled / single              {median['double'] / median['hooks']:6.2f}")
    print(f"reading and checking alone    {checking:6.2f} s")
    print(f"peak memory of a build        {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:6.0f} MB")


def spread(values: list[float]) -> str:
    """Show the least and the most."""
    return f"{min(values):.2f} to {max(values):.2f}"


def timed(work: Any) -> float:
    """Time a call, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def build(config: Path, out: Path) -> float:
    """Time a build as a whole process, in seconds."""
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", str(config), "-d", str(out)]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{config}: {done.stderr}")
    return taken


def time_drawing(site: Site) -> tuple[int, float]:
    """Count the diagrams of the site, and time drawing them, in seconds."""
    sources = [page.markdown for page in site.pages.values()]
    sources += [(ROOT / "docs" / page.path).read_text(encoding="utf-8") for page in site.written]
    views = [
        parse_view(
            {key: tuple(value) if isinstance(value, list) else value for key, value in yaml.safe_load(text).items()}
        )
        for source in sources
        for text in re.findall(r"^```diagram\n(.*?)^```", source, re.DOTALL | re.MULTILINE)
    ]

    def draw_all() -> None:
        for view in views:
            diagram = draw(view, site.dataset, lambda _: "#")
            if diagram is not None:
                figure(diagram, render_svg(diagram))

    draw_all()
    return len(views), statistics.median(timed(draw_all) for _ in range(3))


def with_hooks(folder: Path) -> Path:
    """Copy the project."""
    project = folder / "hooks"
    for part in PARTS:
        shutil.copytree(ROOT / part, project / part)
    return Path(shutil.copy(ROOT / "mkdocs.yml", project / "mkdocs.yml"))


def without_hooks(folder: Path, site: Site) -> Path:
    """Write every page as Markdown, for MkDocs alone; diagrams are left out, notes are plain text."""
    project = folder / "plain"
    shutil.copytree(ROOT / "docs", project / "docs")
    shutil.copytree(ROOT / "theme", project / "theme")
    texts = {page.path: page.markdown for page in site.pages.values()}
    for page in site.written:
        markdown = (ROOT / "docs" / page.path).read_text(encoding="utf-8")
        body = markdown.split("---\n", 2)[2]
        head = markdown[: len(markdown) - len(body)]
        texts[page.path] = head + site.markdown_of(page.path, re.sub(r"\]\(ref:[^)]*\)", "](#)", body), {})
    for path, text in texts.items():
        target = project / "docs" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(re.sub(r"^```diagram\n.*?^```\n", "", text, flags=re.DOTALL | re.MULTILINE), encoding="utf-8")
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for line in ("hooks: [hooks/mkdocs_hooks.py]\n", "watch: [data, hooks]\n", "  custom_dir: theme\n"):
        config = config.replace(line, "")
    (project / "mkdocs.yml").write_text(config, encoding="utf-8")
    return project / "mkdocs.yml"


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

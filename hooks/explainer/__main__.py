"""``python -m explainer``: the checks and the generated pages, without a site generator."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .problems import errors_in
from .site import load_site


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit status: 0, or 1 if there are errors in the input.
    """
    parser = argparse.ArgumentParser(prog="python -m explainer", description="Check the data, or write the pages.")
    parser.add_argument("--root", type=Path, default=Path(), help="the project folder (default: this one)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="report every problem in the data and the pages")
    pages = commands.add_parser("pages", help="write the generated pages as Markdown files")
    pages.add_argument("--out", type=Path, required=True, help="the folder to write them to")
    chosen = parser.parse_args(arguments)
    return _check(chosen.root) if chosen.command == "check" else _write_pages(chosen.root, chosen.out)


def _check(root: Path) -> int:
    site, problems = load_site(root)
    for problem in problems:
        print(problem, file=sys.stderr)
    errors = len(errors_in(problems))
    warnings = len(problems) - errors
    if site is None:
        print(f"errors: {errors}, warnings: {warnings}", file=sys.stderr)
        return 1
    dataset = site.dataset
    notes = sum(len(page.notes) for page in site.written)
    print(
        f"{len(dataset.actors)} actors, {len(dataset.events)} events, {len(dataset.terms)} terms, "
        f"{len(dataset.claims)} claims, {len(dataset.sources)} sources, {notes} notes; "
        f"errors: 0, warnings: {warnings}"
    )
    return 0


def _write_pages(root: Path, out: Path) -> int:
    site, problems = load_site(root)
    for problem in problems:
        print(problem, file=sys.stderr)
    if site is None:
        return 1
    for page in site.pages.values():
        path = out / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.markdown, encoding="utf-8")
    print(f"{len(site.pages)} pages written to {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

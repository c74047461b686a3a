"""``python -m explainer``: the checks, the generated pages and the exports, without a site generator."""

from __future__ import annotations

import argparse
import os
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
    parser = argparse.ArgumentParser(
        prog="python -m explainer", description="Check the data, or write the pages or the data."
    )
    parser.add_argument("--root", type=Path, default=Path(), help="the project folder (default: this one)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="report every problem in the data and the pages")
    pages = commands.add_parser("pages", help="write the generated pages as Markdown files")
    pages.add_argument("--out", type=Path, required=True, help="the folder to write them to")
    export = commands.add_parser("export", help="write the data in the formats that other programs read")
    export.add_argument("--out", type=Path, required=True, help="the folder to write to")
    site_url = os.environ.get("SITE_URL", "")
    export.add_argument("--site-url", default=site_url, help="where the site is published (default: $SITE_URL)")
    chosen = parser.parse_args(arguments)
    match chosen.command:
        case "check":
            return _check(chosen.root)
        case "pages":
            return _write_pages(chosen.root, chosen.out)
        case _:
            return _write_exports(chosen.root, chosen.out, chosen.site_url)


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


def _write_exports(root: Path, out: Path, site_url: str) -> int:
    site, problems = load_site(root)
    for problem in problems:
        print(problem, file=sys.stderr)
    if site is None:
        return 1
    base = f"{site_url.rstrip('/')}/" if site_url else "../"
    made = site.with_exports(lambda path, anchor: base + _address(path, anchor), absolute=bool(site_url)).exports
    for export in made.all():
        path = out / export.name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(export.content)
        except OSError as problem:
            print(f"{path}: cannot be written: {problem.strerror}", file=sys.stderr)
            return 1
    print(f"{len(list(made.all()))} files written to {out}; data hash sha256:{made.data_hash}")
    return 0


def _address(path: str, anchor: str) -> str:
    """Give the address of a page from the root of the site: that of its folder, as site generators make them."""
    page = path.removesuffix("index.md") if path.endswith("index.md") else path.removesuffix(".md")
    folder = page if not path.endswith(".md") or not page or page.endswith("/") else f"{page}/"
    return f"{folder}#{anchor}" if anchor else folder


if __name__ == "__main__":
    sys.exit(main())

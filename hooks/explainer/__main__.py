"""``python -m explainer``: the checks, the editing of the data, the generated pages, the exports and more, without MkDocs."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from pathlib import Path

from .compression import CompressionError, compress
from .form import unformed
from .history import HistoryError, vanished
from .linking import address_of
from .new import NOUNS, NewEntryError, write_entry
from .problems import errors_in
from .reading import read_text
from .reporting import FORMATS
from .schemas import schema_files, with_tables
from .site import load_site
from .writing import told, write_whole
from .zensical import CONFIGURATION, ProjectError, write_project

LONGEST_DIFFERENCE = 40
"""Lines of differences that are shown; `make format` and git show the rest."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit status: 0, or 1 if there are errors in the input.
    """
    parser = argparse.ArgumentParser(
        prog="python -m explainer", description="Check or edit the data, or write the pages or the data."
    )
    parser.add_argument("--root", type=Path, default=Path(), help="the project folder (default: this one)")
    commands = parser.add_subparsers(dest="command", required=True)

    check = commands.add_parser("check", help="report every problem in the data and the pages")
    check.add_argument("--form", action="store_true", help="also report files that are not in their canonical form")
    check.add_argument("--against", metavar="REVISION", help="also report ids of this git revision that are gone")
    check.add_argument("--format", choices=FORMATS, default="text", help="how to write problems (default: text)")
    check.set_defaults(run=_check)

    form = commands.add_parser("format", help="put the data files into their canonical form")
    form.set_defaults(run=_format)

    new = commands.add_parser("new", help="write a new entry, and leave open what is not known yet")
    new.add_argument("kind", choices=NOUNS)
    new.add_argument("--id", help="its id (default: made from what it is called)")
    new.add_argument("--file", type=Path, help="the file to write it to (default: the one with most of its like)")
    new.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="the value of a field")
    new.set_defaults(run=_new)

    schema = commands.add_parser("schema", help="write the schemas for editors, and the tables of the data dictionary")
    schema.add_argument("--out", type=Path, required=True, help="the folder of the schemas, in the data folder")
    schema.set_defaults(run=_write_schemas)

    site_url = os.environ.get("SITE_URL", "")
    pages = commands.add_parser(
        "pages", help="write all pages and files, and a configuration to build them by Zensical"
    )
    pages.add_argument("--out", type=Path, required=True, help="the folder to write them to")
    pages.add_argument("--site-url", default=site_url, help="where the site is published (default: $SITE_URL)")
    pages.set_defaults(run=_write_pages)

    export = commands.add_parser("export", help="write the data in the formats that other programs read")
    export.add_argument("--out", type=Path, required=True, help="the folder to write to")
    export.add_argument("--site-url", default=site_url, help="where the site is published (default: $SITE_URL)")
    export.set_defaults(run=_write_exports)

    compression = commands.add_parser("compress", help="put compressed copies beside the files of a built site")
    compression.add_argument("folder", type=Path, help="the folder of the site")
    compression.set_defaults(run=_compress)

    chosen = parser.parse_args(arguments)
    try:
        status: int = chosen.run(chosen)
    except OSError as problem:
        print(told(problem), file=sys.stderr)
        return 1
    return status


def _check(chosen: argparse.Namespace) -> int:
    site, found = load_site(chosen.root)
    files = list(unformed(chosen.root)) if chosen.form else []
    try:
        gone = list(vanished(chosen.root, chosen.against)) if chosen.against else []
    except HistoryError as trouble:
        print(f"--against {chosen.against}: {trouble}", file=sys.stderr)
        return 1
    problems = sorted([*found, *(file.problem for file in files), *gone])
    errors = len(errors_in(problems))
    figures = f"errors: {errors}, warnings: {len(problems) - errors}"
    if site is not None:
        dataset = site.dataset
        notes = sum(len(page.notes) for page in site.written)
        figures = (
            f"{len(dataset.actors)} actors, {len(dataset.events)} events, {len(dataset.terms)} terms, "
            f"{len(dataset.claims)} claims, {len(dataset.sources)} sources, {notes} notes; {figures}"
        )
    for_people = chosen.format == "text"
    print(FORMATS[chosen.format](problems), end="", file=sys.stderr if for_people else sys.stdout)
    if for_people:
        _show_differences(file.difference for file in files)
    print(figures, file=sys.stdout if for_people and not errors else sys.stderr)
    return 1 if errors else 0


def _show_differences(differences: Iterable[str]) -> None:
    lines = chain.from_iterable(difference.splitlines() for difference in differences)
    for line in islice(lines, LONGEST_DIFFERENCE):
        print(line, file=sys.stderr)
    if next(lines, None) is not None:
        print("… and so on: `make format` makes these changes, and `git diff` shows them", file=sys.stderr)


def _format(chosen: argparse.Namespace) -> int:
    files = list(unformed(chosen.root))
    for file in files:
        write_whole(chosen.root / file.path, file.canonical)
        print(file.path)
    return 0


def _new(chosen: argparse.Namespace) -> int:
    ask = input if sys.stdin.isatty() else None
    try:
        written = write_entry(chosen.root, chosen.kind, chosen.id, chosen.file, chosen.set, ask)
    except NewEntryError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    path, first, last = written
    print(f"{path}:{first}: written; what is still to be filled in:")
    _, problems = load_site(chosen.root)
    open_points = [found for found in problems if found.at.path == path and first <= found.at.line <= last]
    print(FORMATS["text"](open_points) or "nothing\n", end="")
    return 0


def _write_schemas(chosen: argparse.Namespace) -> int:
    out: Path = chosen.out
    out.mkdir(parents=True, exist_ok=True)
    for name, text in schema_files():
        write_whole(out / name, text)
    dictionary = out.parent / "README.md"
    if dictionary.is_file():
        text, problems = read_text(dictionary, dictionary.as_posix())
        if problems:
            print(FORMATS["text"](problems), end="", file=sys.stderr)
            return 1
        write_whole(dictionary, with_tables(text))
    return 0


def _write_pages(chosen: argparse.Namespace) -> int:
    root, out, site_url = chosen.root, chosen.out, chosen.site_url
    site, problems = load_site(root)
    for problem in problems:
        print(problem, file=sys.stderr)
    if site is None:
        return 1
    base = f"{site_url.rstrip('/')}/" if site_url else ""
    site = site.with_exports(lambda path, anchor: (base or "../") + address_of(path, anchor), absolute=bool(site_url))
    try:
        written = write_project(root, out, site, base)
    except ProjectError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    print(f"{written} pages written to {out}; zensical build -f {out / CONFIGURATION} makes {out / 'site'} of them")
    return 0


def _write_exports(chosen: argparse.Namespace) -> int:
    root, out, site_url = chosen.root, chosen.out, chosen.site_url
    site, problems = load_site(root)
    for problem in problems:
        print(problem, file=sys.stderr)
    if site is None:
        return 1
    base = f"{site_url.rstrip('/')}/" if site_url else "../"
    made = site.with_exports(lambda path, anchor: base + address_of(path, anchor), absolute=bool(site_url)).exports
    for export in made.all():
        path = out / export.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(export.content)
    print(f"{len(list(made.all()))} files written to {out}; data hash sha256:{made.data_hash}")
    return 0


def _compress(chosen: argparse.Namespace) -> int:
    try:
        made = compress(chosen.folder)
    except CompressionError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    kilobytes = (f"{size / 1000:.0f} kB" for size in (made.plain, made.gzip, made.brotli))
    print("{} files compressed: {}, as gzip {}, as brotli {}".format(made.files, *kilobytes))
    return 0


if __name__ == "__main__":
    gc.disable()  # a run is short and needs all that it makes: looking for what it does not costs a third of its time
    sys.exit(main())

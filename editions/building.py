"""Builds the variant of the site that the editions are made of: one that opens from files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mkdocs.config import load_config

from .identity import EditionError, Identity

CONFIGURATION = "mkdocs.offline.yml"
"""In the project folder; it inherits from the configuration of the site."""

SHIM = "assets/javascripts/iframe-worker.js"
"""Where that configuration looks for what makes the search work from files."""

STATEMENT = "README.txt"

_LEFT_OUT = ("404.html", "_headers", "sitemap.xml", "sitemap.xml.gz")
"""What only a server has a use for."""

_NOT_FOR_EDITIONS = {"EDITIONS_FOLDER": "", "SERVER_FOLDER": "", "POLICY_IN_PAGES": "false"}
"""Settings that are for the site alone, turned off: the environment may be that of its build."""

_ASSETS = Path(__file__).parent / "assets"


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A place in the navigation: a page, by its path in the built site, or a group of places with a title."""

    title: str
    path: str | None
    children: tuple[NavigationItem, ...] = ()


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """The built variant: its folder, its files as sorted paths in it, its navigation, and what its configuration says.

    `language` is an ISO 639-1 code; `icon` the path of a picture that stands for the site.
    """

    folder: Path
    paths: tuple[str, ...]
    navigation: tuple[NavigationItem, ...]
    language: str
    icon: str


def build_site(root: Path, out: Path, identity: Identity) -> BuiltSite:
    """Build the variant into a folder, and add what an edition says of itself.

    Raises:
        EditionError: The build failed; the text holds what it said.
    """
    configuration = root / CONFIGURATION
    if not configuration.is_file():
        raise EditionError(f"{configuration} is not there")
    epoch = str(int(identity.made.timestamp()))
    done = subprocess.run(  # noqa: S603 - our own interpreter and configuration
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "-f", str(configuration), "-d", str(out)],
        env={**os.environ, "SOURCE_DATE_EPOCH": epoch, "NO_MKDOCS_2_WARNING": "1", **_NOT_FOR_EDITIONS},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise EditionError(f"the site cannot be built:\n{done.stdout}{done.stderr}".rstrip())
    for name in _LEFT_OUT:
        (out / name).unlink(missing_ok=True)
    for source_map in out.rglob("*.map"):
        source_map.unlink()
    shutil.copyfile(_ASSETS / "iframe-worker.js", out / SHIM)
    (out / STATEMENT).write_text(identity.as_text(), encoding="utf-8")
    paths = tuple(sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()))
    config = load_config(str(configuration))
    theme = config.theme
    return BuiltSite(out, paths, tuple(_items(config.nav or [])), theme["language"], theme["favicon"])


def _items(nav: list[Any]) -> Iterator[NavigationItem]:
    """Read MkDocs' form of a navigation: addresses, or mappings of one title to an address or a list."""
    for item in nav:
        title, target = next(iter(item.items())) if isinstance(item, dict) else ("", item)
        if isinstance(target, list):
            yield NavigationItem(title, None, tuple(_items(target)))
        else:
            yield NavigationItem(title, target.removesuffix(".md") + ".html")

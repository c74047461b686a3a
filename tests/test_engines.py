"""The next engine: ProperDocs, which carries MkDocs 1.6 on, makes the same site of the same project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import FERRY, ROOT, mkdocs_build

GENERATOR = re.compile(rb'<meta name="generator" content="mkdocs-[^"]+">')
"""What a page says of the program that made it."""


def files_of(site: Path) -> dict[str, bytes]:
    """The files of a site, by their paths, but for the name of the program that made it."""
    paths = (path for path in site.rglob("*") if path.is_file())
    return {path.relative_to(site).as_posix(): GENERATOR.sub(b"", path.read_bytes()) for path in paths}


@pytest.mark.parametrize("essay", ["ferry_site", "built_site"])
def test_properdocs_makes_the_same_site(essay: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Byte for byte: whatever the tests find of the one is true of the other."""
    by_mkdocs: Path = request.getfixturevalue(essay)
    config = {"ferry_site": FERRY, "built_site": ROOT}[essay] / "mkdocs.yml"
    addresses = {"SITE_URL": "http://127.0.0.1/", "REPO_URL": "https://git.example/waging-peace"}
    settings = {"MERMAID_IN_BROWSER": "false", **addresses} if essay == "built_site" else {}
    done = mkdocs_build(config, tmp_path / "site", engine="properdocs", **settings)
    assert done.returncode == 0, done.stderr
    home = (tmp_path / "site" / "index.html").read_bytes()
    assert b"ProperDocs" in GENERATOR.search(home)[0]  # type: ignore[index] # there is none: the test has failed
    assert files_of(tmp_path / "site") == files_of(by_mkdocs)

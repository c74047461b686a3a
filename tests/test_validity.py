"""Every page is valid HTML, by the Nu HTML checker. Nothing that it reports is filtered."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from conftest import ROOT
from programs import needed, needed_from_npm

CHECKER = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


@pytest.fixture(scope="module")
def java() -> str:
    """The program that runs the checker."""
    needed_from_npm(CHECKER)
    return needed("java")


def reported(java: str, folder: Path) -> list[str]:
    """What the checker has against the pages in a folder, warnings included."""
    command = [java, "-jar", str(CHECKER), "--format", "json", "--stdout", "--exit-zero-always"]
    done = subprocess.run(
        [*command, "--skip-non-html", str(folder)], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    return [
        f"{message['url'].removeprefix(folder.as_uri())}:{message.get('lastLine', '?')}: {message['message']}"
        for message in json.loads(done.stdout)["messages"]
    ]


def test_the_checker_reports_what_is_wrong(java: str, tmp_path: Path) -> None:
    page = '<!doctype html><html lang="en"><title>t</title><p id="a">One<p id="a">Two</html>'
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    assert any("Duplicate ID" in message for message in reported(java, tmp_path))


def test_every_page_is_valid(java: str, built_site: Path) -> None:
    assert reported(java, built_site) == []

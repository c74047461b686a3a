"""What a test does without a program that it needs: it fails where the machine could have had it, else says why it is skipped."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import programs


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its PATH, on which so nothing can be installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def add(folder: Path, program: str) -> None:
    (folder / program).symlink_to(sys.executable)


def test_a_program_that_is_there_is_given(nowhere: Path) -> None:
    add(nowhere, "java")
    assert programs.needed("java") == str(nowhere / "java")


def test_a_program_that_cannot_be_had_is_a_reason_to_skip(nowhere: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match=r"zimcheck .* apt install zim-tools.* is NOT tested"):
        programs.needed("zimcheck")


def test_a_program_that_could_have_been_installed_is_a_failure(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(nowhere, "apt-get")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    with pytest.raises(pytest.fail.Exception, match="zimcheck is not installed"):
        programs.needed("zimcheck")


@pytest.mark.parametrize(("npm", "outcome"), [(False, pytest.skip.Exception), (True, pytest.fail.Exception)])
def test_a_package_of_npm(nowhere: Path, npm: bool, outcome: type[BaseException]) -> None:
    assert programs.needed_from_npm(nowhere) == nowhere
    if npm:
        add(nowhere, "npm")
    with pytest.raises(outcome, match=r"there is no axe\.min\.js, which npm brings"):
        programs.needed_from_npm(nowhere / "axe.min.js")


def test_the_browser_is_without_all_that_playwright_wants_it_without(chromium: Browser) -> None:
    """Of the lists of features the browser heeds the last, which is the tests' own."""
    command = chromium.new_browser_cdp_session().send("SystemInfo.getInfo")["commandLine"]
    lists = [set(found.split(",")) for found in re.findall(r" --disable-features=(\S+)", command)]
    assert len(lists) > 1
    assert set().union(*lists) == lists[-1]

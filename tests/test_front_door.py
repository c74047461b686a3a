"""What whoever comes to the project meets first: the make targets, the locks, the files of the repository."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import browser as browser_finder
from conftest import ROOT

# Put together here, so that this file does not name them itself.
REGISTRIES = [
    ".".join(parts) for parts in (("pypi", "org"), ("files", "pythonhosted", "org"), ("registry", "npmjs", "org"))
]
ELSEWHERE = ["/".join(parts) for parts in (("..", "shared"), ("", "work", "main"), ("", "root", ""), ("", "home", ""))]


def committed() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**settings, **environment}, capture_output=True, text=True, check=False
    )


def test_make_alone_says_what_there_is() -> None:
    done = make()
    assert done.returncode == 0
    offered = [line.split()[0] for line in done.stdout.splitlines()]
    assert offered[:7] == ["help", "serve", "site", "check", "new", "schema", "test"]
    assert all(len(line.split()) > 2 for line in done.stdout.splitlines())


def test_what_is_set_up_is_not_set_up_again() -> None:
    done = make("--dry-run", "check")
    assert "pip install" not in done.stdout
    assert "explainer check" in done.stdout


def test_an_old_python_is_refused_with_the_way_out(tmp_path: Path) -> None:
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    done = make("check", f"VENV={tmp_path / 'venv'}", f"PYTHON={old}")
    assert done.returncode != 0
    assert "Python 3.11 or later is needed" in done.stderr


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-offline.txt", "requirements-test.txt"])
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(lines) > 5
    for line in lines:
        assert re.match(r"[a-z0-9._-]+==\S+", line), line
        assert "--hash=sha256:" in line, line


def test_the_lock_of_npm_names_no_address_to_load_from() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages["node_modules/mermaid"]["version"]
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert not [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")]


@pytest.mark.parametrize("words", [*REGISTRIES, *ELSEWHERE])
def test_no_file_names_a_registry_or_a_place_on_some_machine(words: str) -> None:
    files = committed()
    assert len(files) > 50
    # After a letter or a digit it is the middle of an address on the web, which sources have.
    named = re.compile(rb"(?<![A-Za-z0-9])" + re.escape(words.encode()))
    assert [str(path) for path in files if named.search(path.read_bytes())] == []


def test_ci_runs_the_tests_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = [line for line in script.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert lines[-1] == "exec make test </dev/null"
    assert all(line.startswith(("set ", "cd ")) for line in lines[:-1])


def test_the_readme_names_the_commands_and_what_it_links_to_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make serve" in text
    assert "make test" in text
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (ROOT / target).is_file(), target


def test_without_any_browser_the_tests_stop_and_say_what_to_do(tmp_path: Path) -> None:
    nothing = {"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path), "HOME": str(tmp_path)}
    program = "import browser; browser.install = lambda: None; raise SystemExit(browser.main())"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT / "tests", env=nothing, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "apt install chromium" in done.stderr


def test_a_browser_on_the_path_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "google-chrome").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "google-chrome").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser_finder.path() == str(tmp_path / "google-chrome")

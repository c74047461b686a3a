"""Every recipe of CONTRIBUTING.md, followed to the letter in a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

COPIED = ["data", "docs", "hooks", "theme", "Makefile", "CITATION.cff", "mkdocs.yml", "pyproject.toml", "requirements.txt", "requirements-offline.txt", "requirements-test.txt"]  # fmt: skip


class Block(NamedTuple):
    """A fenced block: its language, the file it is the whole of, if it says so, and what is in it."""

    language: str
    title: str | None
    text: str


def blocks_of(text: str) -> Iterator[Block]:
    fence = re.compile(r'^(`{3,})(\w+)(?: title="([^"]+)")?\n(.*?)^\1$', re.MULTILINE | re.DOTALL)
    for match in fence.finditer(text):
        yield Block(match[2], match[3], match[4])


def recipes() -> dict[str, Sequence[Block]]:
    """The blocks of each recipe by its title."""
    part = TEXT.partition("\n## Recipes\n")[2].partition("\n## Review\n")[0]
    titled = [section.partition("\n") for section in part.split("\n### ")[1:]]
    return {title: list(blocks_of(text)) for title, _, text in titled}


RECIPES = recipes()

ANOTHER = "Annotate another essay"

# What a recipe says that it builds on.
BUILDS_ON = {"Add an event": ["Add a source"], "Add an actor": ["Add a source"]}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project, as a contributor has it, with what is installed already."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
    installed(folder)
    return folder


def installed(folder: Path) -> None:
    (folder / ".venv").symlink_to(ROOT / ".venv")


def follow(folder: Path, block: Block) -> None:
    """Do what a block says."""
    if block.title:
        path = folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
    elif block.language == "sh":
        done = run(folder, block.text)
        assert done.returncode == 0, f"{block.text}\n{done.stdout}\n{done.stderr}"
        if (folder.parent / "another").is_dir() and not (folder.parent / "another" / ".venv").exists():
            installed(folder.parent / "another")
    elif block.language == "diff":
        patch(folder, block.text)
    else:
        assert block.language == "yaml"
        assert any(block.text in path.read_text(encoding="utf-8") for path in folder.glob("data/*/*.yaml")), block.text


def run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "GIT_"))}
    settings["PIP_NO_INDEX"] = "1"  # all is there; a recipe that has it installed again would change it for all tests
    return subprocess.run(
        ["sh", "-euc", script], cwd=folder, env=settings, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )  # fmt: skip


def patch(folder: Path, text: str) -> None:
    """Apply a diff by the words of its hunks; there are no line numbers in them, which a later edit would put out."""
    for file, hunks in re.findall(
        r"^--- a/\S+\n\+\+\+ b/(\S+)\n((?:[@ +-].*\n|\n)*?)(?=--- a/|\Z)", text, re.MULTILINE
    ):
        path = folder / file
        for hunk in re.split(r"^@@ .*\n", hunks, flags=re.MULTILINE)[1:]:
            lines = hunk.splitlines()
            old = "\n".join(line[1:] for line in lines if line[:1] in " -")
            new = "\n".join(line[1:] for line in lines if line[:1] in " +")
            was = path.read_text(encoding="utf-8")
            if not old:
                path.write_text(was + new + "\n", encoding="utf-8")
                continue
            assert was.count(old) == 1, f"{file} has {was.count(old)} times what CONTRIBUTING.md changes once:\n{old}"
            path.write_text(was.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in RECIPES if name != ANOTHER])
def test_a_recipe_works(copy: Path, name: str) -> None:
    assert RECIPES[name]
    for earlier in [*BUILDS_ON.get(name, []), name]:
        for block in RECIPES[earlier]:
            follow(copy, block)
    assert re.search(r"^make check$", RECIPES[name][-1].text, re.MULTILINE), "that it went well is to show"


BRIDGE = ROOT / "tests" / "fixtures" / "bridge"
"""What the recipe for another essay writes, beside what it copies from this project."""

MADE = {".venv", "site", "__pycache__"}


def own_files(project: Path) -> dict[str, str]:
    """The files of a project that this one does not have alike, by their paths: none that is installed, built or copied."""
    paths = (path for path in project.rglob("*") if not MADE & set(path.relative_to(project).parts) and path.is_file())
    named = {path.relative_to(project).as_posix(): path.read_bytes() for path in paths}
    ours = {name: (ROOT / name).read_bytes() for name in named if (ROOT / name).is_file()}
    return {name: content.decode() for name, content in named.items() if content != ours.get(name)}


def test_another_essay_is_what_the_recipe_makes(copy: Path) -> None:
    for block in RECIPES[ANOTHER]:
        follow(copy, block)
    found = own_files(copy.parent / "another")
    if os.environ.get("UPDATE_GOLDEN"):
        shutil.rmtree(BRIDGE, ignore_errors=True)
        for name, text in found.items():
            (BRIDGE / name).parent.mkdir(parents=True, exist_ok=True)
            (BRIDGE / name).write_text(text, encoding="utf-8")
    assert found == own_files(BRIDGE)
    page = (copy.parent / "another" / "site" / "essay" / "the-bridge" / "index.html").read_text(encoding="utf-8")
    assert "annotation--evidence" in page


def test_there_is_a_recipe_for_everything_that_is_promised() -> None:
    nouns = ["actor", "event", "term", "claim", "source", "rival account", "diagram", "kind of diagram"]
    expected = {"Fix a fact", "Annotate a paragraph", ANOTHER}
    expected |= {f"Add a{'n' if noun[0] in 'ae' else ''} {noun}" for noun in nouns}
    assert expected <= set(RECIPES)


def test_a_recipe_that_no_longer_fits_is_noticed(copy: Path) -> None:
    (block,) = (block for block in RECIPES["Fix a fact"] if block.language == "diff")
    follow(copy, block)
    with pytest.raises(AssertionError, match="0 times what CONTRIBUTING"):
        follow(copy, block)


def test_what_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", re.sub(r"^(`{3,}).*?^\1$", "", TEXT, flags=re.MULTILINE | re.DOTALL)):
        assert target.startswith("https://") or (ROOT / target).exists(), target

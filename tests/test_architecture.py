"""The shape of the code: which module may import which, and that it knows no subject."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HOOKS = Path(__file__).parent.parent / "hooks"
PACKAGE = HOOKS / "explainer"

# From the top: a module may import only from lines below its own.
LAYERS = [
    {"mkdocs_hooks", "__main__"},
    {"zensical"},
    {"site"},
    {"pages", "extension", "structured_data", "memory"},
    {"sections", "exports", "downloads"},
    {"tables", "bibliography", "graphs", "feeds"},
    {"records", "redirects"},
    {"linking", "rendering"},
    {"diagrams", "new"},
    {"checking", "form", "schemas", "history"},
    {"names", "prose", "views", "citation", "cards"},
    {"fields", "layout", "forge"},
    {"reading", "model", "reporting", "serving"},
    {"assets", "dates", "problems", "theming", "hosting", "compression", "indexing", "searching", "writing"},
]

# Words of this site's subject; the code must build any essay.
SUBJECT = re.compile(
    r"korea|pyongyang|seoul|washington|hanoi|kim\b|trump|dprk|pardo|waging|nuclear|missile|moon\b|beijing|libya|\biran",
    re.IGNORECASE,
)


def layer(module: str) -> int:
    return next(number for number, modules in enumerate(LAYERS) if module in modules)


def modules() -> list[Path]:
    return [HOOKS / "mkdocs_hooks.py", *sorted(path for path in PACKAGE.glob("*.py") if path.stem != "__init__")]


def imported(path: Path) -> set[str]:
    """The modules of the package that a file imports, and the outside packages, by their first name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.level or (node.module or "").startswith("explainer"):
                inner = (node.module or "").removeprefix("explainer").lstrip(".")
                found |= {f"explainer.{inner or name.name}" for name in node.names}
            else:
                found.add((node.module or "").split(".")[0])
    return found


def test_every_module_has_its_place() -> None:
    assert {path.stem for path in modules()} == set().union(*LAYERS)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_imports_run_down(path: Path) -> None:
    inner = {name.removeprefix("explainer.") for name in imported(path) if name.startswith("explainer.")}
    upward = {name for name in inner if layer(name) <= layer(path.stem)}
    assert upward == set()


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_only_the_hooks_file_knows_mkdocs(path: Path) -> None:
    assert ("mkdocs" in imported(path)) == (path.stem == "mkdocs_hooks")


@pytest.mark.parametrize("path", sorted(HOOKS.rglob("*.py")), ids=lambda path: path.stem)
def test_the_code_knows_no_subject(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [match[0] for match in SUBJECT.finditer(text)] == []


def test_only_reading_opens_input_files() -> None:
    openers = {"read_text", "read_bytes", "open"}
    found = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in openers and isinstance(called.value, ast.Name):
                found.add(path.stem)
    # The others open what was built, and a folder to keep it.
    assert found == {"reading", "compression", "searching", "writing"}

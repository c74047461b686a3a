"""The pages that the benchmark has plain MkDocs make are those that the hooks make: else it would compare two things."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import html

from build import build, with_hooks, without_drawing
from explainer.site import load_site
from pregenerated import write_pregenerated
from synthetic import write_project


@pytest.mark.parametrize(
    ("invented", "drawn"), [(False, True), (True, True), (True, False)], ids=["real", "invented", "undrawn"]
)
def test_plain_mkdocs_makes_the_same_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, invented: bool, drawn: bool
) -> None:
    for name, value in {"SITE_URL": "", "REPO_URL": "", "MERMAID_IN_BROWSER": "false"}.items():
        monkeypatch.setenv(name, value)
    ours = write_project(tmp_path / "project", 30) if invented else with_hooks(tmp_path)
    site, _ = load_site(ours.parent)
    assert site is not None
    plain = write_pregenerated(ours.parent, site, tmp_path / "plain", drawn=drawn)
    assert "hooks" not in plain.read_text(encoding="utf-8")
    configs = {"by-hooks": ours if drawn else without_drawing(ours), "by-mkdocs": plain}
    for out, config in configs.items():
        build(config, tmp_path / out)
    wanted, found = (pages_of(tmp_path / out) for out in ("by-hooks", "by-mkdocs"))
    assert found.keys() == wanted.keys()
    assert len(wanted) > (100 if invented else 600)
    drawings = sum('<figure class="diagram' in page.read_text(encoding="utf-8") for page in wanted.values())
    assert (drawings > 10) == drawn
    for path in wanted:
        assert shown(found[path]) == shown(wanted[path]), path
    assert searched(tmp_path / "by-mkdocs") == searched(tmp_path / "by-hooks")


def pages_of(site: Path) -> dict[str, Path]:
    return {path.relative_to(site).as_posix(): path for path in site.rglob("*.html")}


def shown(page: Path) -> list[tuple[str, dict[str, str], str, str]]:
    """All elements of a page and their texts; without what finds its scripts and styles, which have hashes in their names."""
    root = html.parse(str(page)).getroot()
    return [
        (element.tag, attributes_of(element), words(element.text), words(element.tail))
        for element in root.iter("*")
        if element.tag not in ("link", "script") or element.get("type") == "application/ld+json"
    ]


def searched(site: Path) -> dict[str, tuple[str, str, list[str]]]:
    """What the search knows of each section; the lines of the Markdown, of which its white space is, are others."""
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    return {
        section["location"]: (section["title"], "".join(section["text"].split()), section.get("tags", []))
        for section in index["docs"]
    }


def attributes_of(element: html.HtmlElement) -> dict[str, str]:
    return {name: words(value) for name, value in element.attrib.items()}


def words(text: str | None) -> str:
    return " ".join((text or "").split())

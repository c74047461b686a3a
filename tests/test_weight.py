"""What a first view costs: bytes, movement and other hosts; and that the search, which waits, then works."""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from conftest import Watched

MOST = 110_000
"""Bytes of a first view, everything compressed."""

SEEN = 0.0005
"""A layout shift that rounds to 0.001. A browser that is busy may draw a page before it has read it all, which is less."""

# How far things moved, and which: https://web.dev/articles/cls
SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries())
      shifts.push([shift.value, ...shift.sources.map(({node}) => node?.outerHTML?.slice(0, 120) ?? String(node))]);
  }).observe({type: 'layout-shift', buffered: true});
}"""


def compressed(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 9))


def page_files(site: Path) -> list[Path]:
    """The pages, the heaviest first."""
    return sorted(site.rglob("index.html"), key=compressed, reverse=True)


@pytest.mark.parametrize("width", [390, 1400])
def test_the_heaviest_page_is_light(width: int, built_site: Path, site_url: str, watched: Watched) -> None:
    heaviest = page_files(built_site)[0].parent.relative_to(built_site).as_posix()
    asked: set[str] = set()
    page = watched.page
    page.set_viewport_size({"width": width, "height": 844})
    page.on("request", lambda request: asked.add(urlsplit(request.url).path.strip("/")))
    page.goto(f"{site_url}{heaviest}/")
    page.wait_for_load_state("networkidle")
    files = [built_site / path for path in sorted(asked)]
    sizes = {str(f.relative_to(built_site)): compressed(f / "index.html" if f.is_dir() else f) for f in files}
    assert len(sizes) > 5
    assert sum(sizes.values()) <= MOST, sizes


def late(route: Route) -> None:
    """Let a picture come when the page has long been drawn, as on a slow line."""
    time.sleep(0.3)
    route.continue_()


@pytest.mark.parametrize("width", [390, 820, 1400])
def test_nothing_moves(width: int, built_site: Path, site_url: str, chromium: Browser) -> None:
    heaviest = page_files(built_site)[0].parent.relative_to(built_site).as_posix()
    context = chromium.new_context(viewport={"width": width, "height": 844})
    context.add_init_script(f"({SHIFTS})()")
    context.route("**/*.svg", late)
    page = context.new_page()
    moved = {}
    for address in (
        "", "essay/after-hanoi/", f"{heaviest}/", "actors/", "actors/kim-jong-un/", "events/hanoi-summit/", "timeline/",
        "glossary/", "claims/", "fared/",
    ):  # fmt: skip
        page.goto(site_url + address)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(200)
        shifts = page.evaluate("window.shifts")
        if sum(value for value, *_ in shifts) >= SEEN:
            moved[address] = shifts
    context.close()
    assert moved == {}


def results(page: Page, words: str) -> list[str]:
    page.locator("[data-md-component=search-query]").fill(words)
    found = page.locator(".md-search-result__item a.md-search-result__link")
    expect(found.first).to_be_visible(timeout=30_000)
    return [link.get_attribute("href") or "" for link in found.all()]


def look_around(page: Page, address: str) -> None:
    """Open a page and do what somebody does who does not search."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.mouse.wheel(0, 2000)
    page.keyboard.press("Tab")
    page.wait_for_timeout(300)


def test_the_search_is_loaded_by_who_searches(site_url: str, watched: Watched) -> None:
    page = watched.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    look_around(page, site_url)
    assert [url for url in asked if "search" in url] == []
    page.keyboard.press("/")
    assert any("hanoi-summit" in address for address in results(page, "Hanoi summit"))
    assert {urlsplit(url).path.rpartition("/")[2][:6] for url in asked if "search" in url} == {"search"}


def test_the_words_searched_for_are_marked_on_the_page_found(site_url: str, watched: Watched) -> None:
    page = watched.page
    page.goto(f"{site_url}glossary/libya-model/?h=libya")
    expect(page.locator("article mark").first).to_have_text("Libya")

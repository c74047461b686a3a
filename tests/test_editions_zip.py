"""The zip edition in a real browser: unpacked, opened from a file, with no network at all."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request, expect

import browser as browser_finder

KINDS_OF_PAGES = [
    "index", "essay/after-hanoi", "essay/other-callers", "argument", "claims/index", "fared", "timeline", "actors/index",
    "actors/kim-jong-un", "events/index", "events/hanoi-summit", "events/resolution-2270", "glossary/index",
    "glossary/libya-model", "sanctions", "sources/index", "sources/kb", "coverage", "about", "standards", "data/index",
    "downloads",
]  # fmt: skip


@pytest.fixture(scope="module")
def unpacked(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site, in a place whose name has to be escaped in addresses."""
    place = tmp_path_factory.mktemp("zip") / "A folder – 오프라인 & more (100%)"
    with zipfile.ZipFile(editions / "waging-peace.zip") as archive:
        assert archive.testzip() is None
        assert {name.split("/")[0] for name in archive.namelist()} == {"waging-peace"}
        archive.extractall(place)
    return place / "waging-peace"


@pytest.fixture(scope="module")
def cut_off(driver: tuple[Playwright, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser in a network namespace of its own, which has no way out; without one where that is not allowed."""
    playwright, executable = driver
    for options in ("-n", "-rn"):
        if shutil.which("unshare") and subprocess.run(["unshare", options, "true"], check=False).returncode == 0:
            wrapper = tmp_path_factory.mktemp("browser") / "browser"
            wrapper.write_text(f'#!/bin/sh\nexec unshare {options} "{executable}" "$@"\n', encoding="utf-8")
            wrapper.chmod(0o755)
            executable = str(wrapper)
            break
    else:
        print("no network namespace can be made here: requests are watched, but the network is NOT cut")
    launched = playwright.chromium.launch(executable_path=executable, args=list(browser_finder.FLAGS))
    yield launched
    launched.close()


class Offline:
    """A page, and a list of everything that should not happen on it."""

    def __init__(self, context: BrowserContext, folder: Path) -> None:
        self.faults: list[str] = []
        self._folder = folder
        context.on("request", self._asked)
        context.on("requestfailed", lambda request: self.faults.append(f"not there: {request.url}"))
        self.page: Page = context.new_page()
        self.page.on("console", lambda m: self.faults.append(f"console: {m.text}") if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self._folder.as_uri(), "data:", "blob:", "about:")):
            self.faults.append(f"a request to elsewhere: {request.url}")

    def open(self, path: str) -> Page:
        """Open a page of the site by its path, without extension."""
        self.page.goto((self._folder / f"{path}.html").as_uri())
        return self.page


@pytest.fixture
def offline(cut_off: Browser, unpacked: Path) -> Iterator[Offline]:
    """A fresh page; afterwards nothing may have gone wrong on it."""
    context = cut_off.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(30_000)
    opened = Offline(context, unpacked)
    yield opened
    context.close()
    assert opened.faults == []


def test_the_network_is_cut(cut_off: Browser) -> None:
    context = cut_off.new_context()
    page = context.new_page()
    with pytest.raises(Exception, match="ERR_"):
        page.goto("http://192.0.2.1/", timeout=3000)
    context.close()


@pytest.mark.parametrize("path", KINDS_OF_PAGES)
def test_every_kind_of_page_opens_with_style_and_scripts(path: str, offline: Offline) -> None:
    page = offline.open(path)
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_role("group", name="Show notes as of")).to_be_visible()
    assert page.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1400


def test_every_link_and_file_of_every_page_is_in_the_folder(unpacked: Path) -> None:
    missing = []
    for path in unpacked.rglob("*.html"):
        document = html.document_fromstring(path.read_bytes(), base_url=path.as_uri())
        for _, _, link, _ in document.iterlinks():
            address = link.partition("#")[0].partition("?")[0]
            if address and ":" not in address and not (path.parent / address).is_file():
                missing.append((path.name, link))
    assert missing == []


@pytest.mark.parametrize(
    ("words", "found"),
    [("Libya model", "glossary/libya-model.html"), ("김정은", "actors/kim-jong-un.html")],
)
def test_the_search_finds_latin_and_hangul(words: str, found: str, offline: Offline) -> None:
    page = offline.open("essay/after-hanoi")
    query = page.locator("[data-md-component=search-query]")
    query.fill(words)
    query.press("End")  # the page looks at the words when a key is let go
    results = page.locator(".md-search-result__item a.md-search-result__link")
    expect(results.first).to_be_visible(timeout=120_000)  # the index is made on the page's own thread
    assert any(found in (link.get_attribute("href") or "") for link in results.all()[:5])
    results.first.click()
    expect(page.locator("h1")).to_be_visible()


def test_a_link_shows_its_card_and_leads_on(offline: Offline) -> None:
    page = offline.open("essay/after-hanoi")
    link = page.locator(".paragraph__text a.entry--actor").first
    link.hover()
    expect(page.locator("#entry-card")).to_be_visible()
    expect(page.locator("#entry-card")).to_contain_text(link.get_attribute("data-card-name") or "?")
    link.click()
    expect(page.locator("h1")).to_be_visible()
    assert "/actors/" in page.url


def test_the_timeline_can_be_filtered(offline: Offline) -> None:
    page = offline.open("timeline")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"All \d+ events"))
    page.get_by_label("What").select_option(label="Summits")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"\d+ of \d+ events"))
    kinds = page.locator(".timeline li[data-kind]:visible").evaluate_all("(all) => all.map((one) => one.dataset.kind)")
    assert set(kinds) == {"summit"}


def test_the_clock_hides_what_came_later(offline: Offline) -> None:
    page = offline.open("essay/after-hanoi")
    later = page.locator(".annotation--since").first
    expect(later).to_be_visible()
    page.get_by_role("button", name="March 2019").click()
    expect(later).to_be_hidden()
    page.get_by_role("button", name="today").click()
    expect(later).to_be_visible()


def test_a_diagram_shows_and_leads_on(offline: Offline) -> None:
    page = offline.open("essay/other-callers")
    expect(page.locator(".diagram__drawing").first).to_be_visible()
    page.locator(".diagram__drawing a", has_text="Xi Jinping").first.click()
    expect(page.locator("h1")).to_contain_text("Xi Jinping")

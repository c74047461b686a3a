"""The ZIM edition: checked by the format's own tools, read by its library, and used in Kiwix's server."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from libzim.reader import Archive
from libzim.search import Query, Searcher
from libzim.suggestion import SuggestionSearcher
from playwright.sync_api import Browser, Page, expect

from programs import needed

# All but -A: zimcheck 3.1 reports a "Full Title index table outside" for every file of libzim 3.7 or later
# (openzim/zim-tools, issue 484).
CHECKS = ["-0", "-C", "-M", "-F", "-P", "-R", "-U", "-X", "-L"]


@pytest.fixture(scope="module")
def zim(editions: Path) -> Path:
    return editions / "waging-peace.zim"


def zimcheck(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([needed("zimcheck"), *CHECKS, str(file)], capture_output=True, text=True, check=False)


def test_the_library_finds_it_whole(zim: Path) -> None:
    archive = Archive(zim)
    assert archive.check()
    assert archive.has_fulltext_index
    assert archive.has_title_index
    assert archive.main_entry.get_item().path == "index.html"
    assert archive.get_illustration_item(48).mimetype == "image/png"
    needed = ("Title", "Description", "Language", "Name", "Creator", "Publisher", "Date", "License")
    assert [name for name in needed if not archive.get_metadata(name)] == []
    assert archive.get_metadata("Language") == b"eng"


def test_it_passes_the_checks_of_the_format(zim: Path) -> None:
    done = zimcheck(zim)
    assert done.returncode == 0, done.stdout
    assert "Overall Test Status: Pass" in done.stdout
    assert "ERROR" not in done.stdout


def test_the_checks_see_a_damaged_byte(zim: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.zim"
    content = bytearray(zim.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    assert not Archive(damaged).check()
    assert zimcheck(damaged).returncode != 0


@pytest.mark.parametrize(
    ("words", "found"), [("Libya model", "glossary/libya-model.html"), ("Punggye-ri", "glossary/punggye-ri.html")]
)
def test_the_full_text_is_found(words: str, found: str, zim: Path) -> None:
    search = Searcher(Archive(zim)).search(Query().set_query(words))
    assert search.getEstimatedMatches() > 0
    assert found in set(search.getResults(0, 10))


@pytest.mark.parametrize(
    ("words", "found"), [("Hanoi sum", "events/hanoi-summit.html"), ("Kim Jo", "actors/kim-jong-un.html")]
)
def test_a_title_is_suggested(words: str, found: str, zim: Path) -> None:
    assert found in set(SuggestionSearcher(Archive(zim)).suggest(words).getResults(0, 20))


@pytest.fixture(scope="module")
def kiwix(zim: Path) -> Iterator[str]:
    """The address of Kiwix's server with the file, on this machine only."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [needed("kiwix-serve"), "--address=127.0.0.1", f"--port={port}", str(zim)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    for _ in range(100):
        try:
            urlopen(address, timeout=5).close()
            break
        except OSError:
            time.sleep(0.1)
    yield address
    server.terminate()
    server.wait(10)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of the browser. Kiwix's own pages ask for files that it does not have, so only ours are watched."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    yield context.new_page()
    context.close()


def test_a_reader_finds_a_page_in_kiwix_by_its_text(kiwix: str, page: Page) -> None:
    page.goto(f"{kiwix}search?content=waging-peace&pattern=Biegun+Stanford")
    page.get_by_role("link", name="Biegun's Stanford speech").first.click()
    expect(page.locator("h1")).to_contain_text("Biegun's Stanford speech")


def test_a_reader_finds_a_page_in_kiwix_by_its_title(kiwix: str, page: Page) -> None:
    page.goto(f"{kiwix}suggest?content=waging-peace&term=Hanoi")
    assert "events/hanoi-summit.html" in page.content()


@pytest.mark.parametrize("path", ["index", "essay/other-callers", "actors/kim-jong-un", "timeline", "sources/kb"])
def test_pages_in_kiwix_have_style_scripts_and_diagrams(path: str, kiwix: str, page: Page) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("response", lambda r: faults.append(r.url) if r.status >= 400 and "/waging-peace/" in r.url else None)
    page.goto(f"{kiwix}waging-peace/{path}.html")
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_role("group", name="Show notes as of")).to_be_visible()
    for drawing in page.locator(".diagram__drawing").all():
        expect(drawing).to_be_visible()
    assert faults == []


def test_the_site_search_works_in_kiwix_too(kiwix: str, page: Page) -> None:
    page.goto(f"{kiwix}waging-peace/index.html")
    query = page.locator("[data-md-component=search-query]")
    query.fill("김정은")
    query.press("End")
    results = page.locator(".md-search-result__item a.md-search-result__link")
    expect(results.first).to_be_visible(timeout=60_000)
    assert any("actors/kim-jong-un.html" in (link.get_attribute("href") or "") for link in results.all()[:5])

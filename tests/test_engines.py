"""Other engines: ProperDocs, which carries MkDocs 1.6 on, makes the same site; Zensical the same articles in its own."""

from __future__ import annotations

import copy
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import pytest
from lxml import html
from playwright.sync_api import expect

from conftest import FERRY, ROOT, Watched, mkdocs_build, served
from test_checking import TERMS, change
from test_site import dead_links, pages_of

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


# --- Zensical ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """A site by MkDocs and by Zensical, and what the diagrams, notes and cards in it are at least."""

    by_mkdocs: Path
    by_zensical: Path
    diagrams: int
    notes: int
    cards: int


def run(*command: str, site_url: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program of Python's as `docs/engines.md` says."""
    settings = {**os.environ, "PYTHONPATH": str(ROOT / "hooks"), "SITE_URL": site_url}
    program = [sys.executable, "-m", *command]
    return subprocess.run(program, env=settings, capture_output=True, text=True, check=False)


def pages_written(root: Path, out: Path, site_url: str = "") -> Path:
    """Write the pages of a project, and give the configuration by which Zensical builds them."""
    done = run("explainer", "--root", str(root), "pages", "--out", str(out), site_url=site_url)
    assert done.returncode == 0, done.stderr
    return out / "mkdocs.yml"


def zensical_build(root: Path, out: Path, site_url: str = "") -> Path:
    """Build a project by Zensical, its warnings being errors."""
    done = run("zensical", "build", "--clean", "--strict", "-f", str(pages_written(root, out, site_url)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout + done.stderr
    return out / "site"


@pytest.fixture(scope="module", params=["ferry", "real"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    out = tmp_path_factory.mktemp("zensical") / "out"
    if request.param == "ferry":
        return Pair(request.getfixturevalue("ferry_site"), zensical_build(FERRY, out), 8, 4, 50)
    by_zensical = zensical_build(ROOT, out, "http://127.0.0.1/")
    return Pair(request.getfixturevalue("built_site"), by_zensical, 250, 100, 5000)


def article_of(address: str, page: html.HtmlElement) -> str:
    """The article of a page, in a form in which two engines can be compared: what `docs/engines.md` lists is left out."""
    (article,) = page.xpath("//article")
    article = copy.deepcopy(article)
    around = "a[@id='__skip'] | .//a[contains(@class, 'md-content__button')] | .//nav[@class='md-tags'] | .//form"
    edits = "*[contains(@class, 'changes') or contains(@class, 'edits')] | .//details[@class='cite-this']"
    for element in article.xpath(f".//{around} | .//{edits}"):
        element.drop_tree()
    for mentions in article.xpath(".//ul[@class='mentions']"):  # in the order of titles, of which the home page has two
        mentions[:] = sorted(mentions, key=lambda item: str(item[0].get("href")))
    for element in article.iter("*"):
        element.attrib.pop("data-search-exclude", None)
        if "href" in element.attrib:
            element.set("href", urljoin(f"http://127.0.0.1/{address}", element.get("href")))
    for home in article.xpath(".//ul[@class='mentions']//a[@href='http://127.0.0.1/']"):
        home.text = "Home"
    article.attrib.clear()
    article.tail = None
    text = html.tostring(article, encoding="unicode")
    # Of a diagram its id depends on the addresses in its source, as they are written.
    text = re.sub(r"mm-[0-9a-f]{10}", "mm", re.sub(r' href "[^"]*"', "", text))
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", text))


def test_zensical_makes_the_same_articles(pair: Pair) -> None:
    wanted, found = pages_of(pair.by_mkdocs), pages_of(pair.by_zensical)
    assert found.keys() == wanted.keys()
    for address in wanted.keys() - {"404.html"}:
        assert article_of(address, found[address]) == article_of(address, wanted[address]), address
    assert titles_of(found) == titles_of(wanted)
    least = {
        "//article//figure[contains(@class, 'diagram')]//*[local-name() = 'svg']": pair.diagrams,
        "//article//details[contains(@class, 'annotation')]": pair.notes,
        "//article//a[@data-card-name]": pair.cards,
    }
    for there, number in least.items():
        assert sum(len(page.xpath(there)) for page in found.values()) >= number, there


def titles_of(pages: Mapping[str, html.HtmlElement]) -> dict[str, tuple[str, str]]:
    """The title and the description of each page but those that the project's own part of the theme words."""
    return {
        address: (page.findtext(".//title"), page.xpath("string(//meta[@name='description']/@content)"))
        for address, page in pages.items()
        if address not in ("", "404.html")
    }


def test_no_link_or_anchor_is_dead_under_zensical(pair: Pair) -> None:
    assert dead_links(pages_of(pair.by_zensical), pair.by_zensical) == set()


def test_zensical_has_all_files_for_programs(pair: Pair) -> None:
    wanted, found = files_of(pair.by_mkdocs / "data"), files_of(pair.by_zensical / "data")
    for files in (wanted, found):
        del files["index.html"]
    # A file of the folder can be named by its name, or by way of the folder above.
    assert {path: content.replace(b"../data/", b"") for path, content in found.items()} == wanted


@pytest.mark.parametrize("pair", ["real"], indirect=True)
@pytest.mark.parametrize("way", ["hover", "focus"])
def test_a_card_opens_under_zensical(way: str, pair: Pair, watched: Watched) -> None:
    page = watched.page
    with served(pair.by_zensical) as url:
        page.goto(f"{url}essay/other-callers/")
        page.mouse.move(5, 5)
        link, card = page.locator("article a[data-card-name]").first, page.locator(".entry-card")
        link.evaluate("link => link.scrollIntoView({block: 'center'})")
        expect(card).to_be_hidden()
        if way == "hover":
            link.hover()
        else:
            page.keyboard.press("Shift")  # the keyboard is in use, so that focus is visible
            link.focus()
        expect(card).to_be_visible()
        expect(card.locator(".entry-card__text")).to_have_text(link.get_attribute("data-card-text") or "?")


def test_an_old_address_leads_on_under_zensical(project: Path, tmp_path: Path) -> None:
    change(project, TERMS, "  name: toll\n", "  formerly: [fare]\n  name: toll\n")
    site = zensical_build(project, tmp_path / "out")
    assert 'content="0; url=../toll/"' in (site / "glossary" / "fare" / "index.html").read_text(encoding="utf-8")
    assert dead_links(pages_of(site), site) == set()


def test_a_mistake_made_since_the_pages_were_written_is_told_of(project: Path, tmp_path: Path) -> None:
    configuration = pages_written(project, tmp_path / "out")
    change(project, TERMS, "  name: toll\n", "  name: 7\n")
    done = run("zensical", "build", "--clean", "--strict", "-f", str(configuration))
    assert done.returncode == 1
    assert f"Error: {TERMS}:2:9: error: the number 7; expected text: '7' in quotes" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr

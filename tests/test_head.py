"""What the head of a page says to those who list, share and save it; and the page for addresses that do not exist."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import expect

from conftest import ROOT, Watched

ADDRESS = "http://127.0.0.1/"
"""Where the site of the tests says that it is published."""


def head_of(site: Path, address: str) -> dict[str, str]:
    """What the head says, by the name, property or relation it is said under."""
    path = site / address / "index.html" if not address.endswith(".html") else site / address
    page = html.document_fromstring(path.read_bytes())
    said = {meta.get("name") or meta.get("property"): meta.get("content") for meta in page.xpath("//head/meta")}
    said |= {link.get("rel"): link.get("href") for link in page.xpath("//head/link")}
    return {**said, "title": page.findtext(".//title"), "lang": page.get("lang")}


@pytest.mark.parametrize(
    ("address", "title", "kind"),
    [
        ("", "Waging Peace, Annotated", "website"),
        ("essay/no-grand-bargain/", "No grand bargain", "article"),
        ("actors/kim-jong-un/", "Kim Jong Un", "article"),
        ("glossary/libya-model/", "Libya model", "article"),
    ],
)
def test_a_page_tells_how_to_show_a_link_to_it(address: str, title: str, kind: str, built_site: Path) -> None:
    said = head_of(built_site, address)
    assert said["og:title"] == title
    assert said["title"].startswith(title)
    assert said["og:description"] == said["description"]
    assert said["og:type"] == kind
    assert said["og:url"] == said["canonical"] == ADDRESS + address
    assert said["og:site_name"] == "Waging Peace, Annotated"
    assert said["og:locale"] == "en_GB"
    assert said["og:image"] == f"{ADDRESS}assets/preview.png"
    assert said["twitter:card"] == "summary_large_image"
    assert said["lang"] == "en"
    assert said["icon"].endswith("assets/mark.svg")


def test_quotation_marks_in_a_description_do_not_end_it(built_site: Path) -> None:
    said = head_of(built_site, "events/fire-and-fury-2017")
    assert '"' in said["description"]
    assert len(said["description"]) > 60


def test_the_picture_is_as_large_as_is_said(built_site: Path) -> None:
    said = head_of(built_site, "")
    start = (built_site / "assets" / "preview.png").read_bytes()[:24]
    assert start[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", start[16:]) == (int(said["og:image:width"]), int(said["og:image:height"]))


def test_pictures_load_fast() -> None:
    assert [path.name for path in (ROOT / "docs" / "assets").glob("*.png") if path.stat().st_size > 150_000] == []


def test_without_an_address_nothing_claims_one(browser_drawn_site: Path) -> None:
    said = head_of(browser_drawn_site, "essay/no-grand-bargain/")
    assert said["og:title"] == "No grand bargain"
    assert not {"canonical", "og:url", "og:image"} & said.keys()


@pytest.mark.parametrize("address", ["nowhere/", "essay/nowhere/else/at/all/"])
def test_a_dead_address_leads_on_from_any_depth(
    address: str, watched: Watched, site_url: str, built_site: Path
) -> None:
    page = watched.page
    body = (built_site / "404.html").read_text(encoding="utf-8")
    # Status 200, for what is watched takes any other for a fault.
    page.route(site_url + address, lambda route: route.fulfill(body=body, content_type="text/html"))
    for place, heading in (("Home", "Waging Peace, Annotated"), ("After Hanoi", "After Hanoi"), ("Timeline", "Timeline"),
                           ("Actors", "Actors"), ("Glossary", "Glossary")):  # fmt: skip
        page.goto(site_url + address)
        expect(page.locator("h1")).to_have_text("Page not found")
        page.locator("article").get_by_role("link", name=place, exact=True).click()
        expect(page.locator("h1")).to_contain_text(heading)
    page.goto(site_url + address)
    page.keyboard.press("/")
    page.keyboard.type("Libya")
    expect(page.locator(".md-search-result__item").first).to_be_visible()


def test_a_dead_address_is_not_listed(built_site: Path) -> None:
    assert head_of(built_site, "404.html")["robots"] == "noindex"
    assert "robots" not in head_of(built_site, "")

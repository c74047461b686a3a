"""A page on paper: what is printed, in which colours, and where pages may break. Chromium prints as it shows print."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

SECTION = "essay/no-grand-bargain/"
PAPER = {"width": 660, "height": 950}
"""The text area of an A4 page, in CSS pixels."""


@pytest.fixture(scope="module", params=["light", "dark"])
def printed(request: pytest.FixtureRequest, chromium: Browser, site_url: str) -> Iterator[Page]:
    """A section as it is printed, after a reader has closed all notes and turned back to the essay's date."""
    context = chromium.new_context(viewport=PAPER, color_scheme=request.param)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(site_url + SECTION)
    page.get_by_role("button", name="March 2019", exact=True).click()
    page.evaluate("for (const note of document.querySelectorAll('details')) note.open = false")
    page.emulate_media(media="print", color_scheme=request.param)
    yield page
    context.close()


@pytest.mark.parametrize("kind", ["context", "evidence", "counter", "since"])
def test_every_note_is_printed(kind: str, printed: Page) -> None:
    notes = printed.locator(f".annotation--{kind} .annotation__body")
    assert notes.count() > 2
    for note in notes.all():
        box = note.bounding_box()
        assert box
        assert box["height"] > 20
        # What a closed note holds back has a box, too.
        assert note.evaluate("note => note.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true})")


@pytest.mark.parametrize(
    "selector",
    [
        ".md-header", ".md-sidebar--primary", ".md-sidebar--secondary", ".md-footer__inner", ".md-content__button",
        ".headerlink", ".edits", ".md-skip", ".clock", ".md-search", ".diagram__more", ".diagram__enlarge",
    ],
)  # fmt: skip
def test_nothing_to_click_is_printed(selector: str, printed: Page) -> None:
    found = printed.locator(selector)
    assert found.count() > 0
    for element in found.all():
        expect(element).not_to_be_visible()


def test_nothing_that_separated_it_is_left(printed: Page) -> None:
    lines = printed.locator(".annotation__sources").evaluate_all("lines => lines.map(line => line.innerText.trim())")
    assert len(lines) > 10
    assert [line for line in lines if line.endswith("·")] == []


def test_print_is_dark_on_white(printed: Page) -> None:
    assert printed.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    inks = printed.evaluate(
        """() => [...document.querySelectorAll("article *")].filter((element) => element.checkVisibility()
          && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()))
          .map((element) => element.closest("svg") ? getComputedStyle(element).fill : getComputedStyle(element).color)"""
    )
    assert len(inks) > 100
    assert [ink for ink in inks if sum(map(int, re.findall(r"\d+", ink)[:3])) > 400] == []


def test_links_to_elsewhere_are_printed_with_their_address(printed: Page) -> None:
    address = "link => getComputedStyle(link, '::after').content"
    cited = printed.locator(".annotation__sources .cite")
    assert cited.count() > 20
    for link in cited.all():
        shown = str(link.evaluate(address))
        assert re.fullmatch(r'" \([a-z0-9.-]+\.[a-z]+(/.*)?\)"', shown), shown
        assert len(shown) <= 65
    inner = printed.locator("article a.entry")
    assert inner.count() > 20
    assert {str(link.evaluate(address)) for link in inner.all()} == {"none"}


def test_drawings_are_printed_whole(printed: Page) -> None:
    drawings = printed.locator(".diagram__drawing")
    assert drawings.count() > 1
    for drawing in drawings.all():
        box = drawing.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PAPER["width"]
        assert box["height"] <= PAPER["height"]
        assert drawing.evaluate("drawing => getComputedStyle(drawing.parentElement).overflow") == "visible"


@pytest.mark.parametrize(
    ("selector", "rule", "value"),
    [
        (".annotation", "breakInside", "avoid"),
        (".claim", "breakInside", "avoid"),
        ("figure.diagram", "breakInside", "avoid"),
        (".paragraph > h2", "breakAfter", "avoid"),
        (".annotation > summary", "breakAfter", "avoid"),
    ],
)
def test_pages_break_between_things(selector: str, rule: str, value: str, printed: Page) -> None:
    found = printed.locator(selector)
    assert found.count() > 1
    assert {each.evaluate(f"each => getComputedStyle(each).{rule}") for each in found.all()} == {value}


def test_a_section_prints_to_a_few_pages(printed: Page) -> None:
    pdf = printed.pdf(format="A4")
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 12


def test_a_wide_drawing_has_a_page_of_its_own_across(chromium: Browser, site_url: str) -> None:
    page = chromium.new_page(viewport=PAPER)  # type: ignore[arg-type]
    page.goto(f"{site_url}essay/walking-away/")
    page.emulate_media(media="print")
    wide = page.locator(".diagram--wide .diagram__drawing")
    expect(wide).to_have_count(1)
    shrunk = wide.evaluate("drawing => drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width")
    assert shrunk > 0.5  # of text that is 16 pixels high
    sheets = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(format="A4"))
    assert [float(width) > float(height) for width, height in sheets].count(True) == 1
    page.close()

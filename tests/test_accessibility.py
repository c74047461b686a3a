"""What axe finds on every kind of page, and what it cannot: focus, the drawer by keyboard, zoom, motion.

Every single page is walked in ``test_all_pages.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from conftest import ROOT
from programs import needed_from_npm
from test_browser import KINDS_OF_PAGES

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = 1400, 390

ALL_RULES: Mapping[str, object] = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
}
OF_COLOURS_AND_SIZES = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
COLOURS_AND_SIZES: Mapping[str, object] = {"type": "rule", "values": OF_COLOURS_AND_SIZES}

# For axe on a page that has it: colours and sizes only in the content, and all else everywhere. A run by all rules then
# prepares the page once for both, where one run for each would do so twice.
ONLY_IN_CONTENT = f"""
axe.configure({{rules: {json.dumps(OF_COLOURS_AND_SIZES)}.map((id) => ({{id, selector: ".md-content, .md-content *"}}))}});
"""

# A page is told of its width with the next frame, and only then makes code that scrolls reachable by keyboard.
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"

RUN_AXE = """(rules) => axe.run(document,
  {runOnly: rules, resultTypes: ["violations"], preload: false, iframes: false})
  .then((found) => found.violations.flatMap((fault) =>
    fault.nodes.map((node) => `${fault.id}: ${node.target.join(" ")}: ${node.failureSummary}`)))"""


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe, in full."""
    return needed_from_npm(AXE).read_text(encoding="utf-8")


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser context of a width, a colour scheme and whatever else is asked for."""
    made: list[BrowserContext] = []

    def context(width: int, scheme: str = "light", **more: Any) -> BrowserContext:
        size: Any = {"width": width, "height": 844}
        made.append(chromium.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce", **more))  # type: ignore[arg-type]
        return made[-1]

    yield context
    for each in made:
        each.close()


def faults(page: Page, rules: Mapping[str, object] = ALL_RULES) -> list[str]:
    """What axe objects to on a page, one line for each element; by some rules only, if they are given."""
    return list(page.evaluate(RUN_AXE, rules))


# --- axe ---------------------------------------------------------------------------------------------------------


def test_axe_objects_to_what_is_wrong(axe: str, opened: Callable[..., BrowserContext]) -> None:
    page = opened(WIDE).new_page()
    page.set_content('<html lang="en"><title>t</title><main><h1 style="color: #aaa">Pale</h1><img src="x"></main>')
    page.evaluate(axe + ";0")
    assert {fault.split(":")[0] for fault in faults(page)} == {"color-contrast", "image-alt"}
    assert {fault.split(":")[0] for fault in faults(page, COLOURS_AND_SIZES)} == {"color-contrast"}


WRONG = """<html lang="en"><title>t</title><style>
  .pale { color: #aaa }
  .pale a { color: #999; text-decoration: none }
  .low { overflow: auto; height: 20px }
  button { display: block; border: 0; padding: 0; width: 9px; height: 9px }
</style><main>%s<div class="md-content">%s</div></main>"""
WRONG_PART = """<p class="pale">Pale, before <a href="/a">a link</a> in it.</p>
<div class="low"><p>One</p><p>Two</p></div>
<button aria-label="a"></button><button aria-label="b"></button>
<img src="x"><input>"""


def test_axe_looks_for_colours_and_sizes_in_the_content_and_for_all_else_everywhere(
    axe: str, opened: Callable[..., BrowserContext]
) -> None:
    page = opened(WIDE).new_page()
    found = []
    for parts in (("", WRONG_PART), (WRONG_PART, "")):
        page.set_content(WRONG % parts)
        page.evaluate(axe + ONLY_IN_CONTENT + ";0")
        found += [{fault.split(":")[0] for fault in faults(page, rules)} for rules in (ALL_RULES, COLOURS_AND_SIZES)]
    in_content, of_content, around, of_around = found
    assert {*OF_COLOURS_AND_SIZES, "image-alt", "label"} <= in_content
    assert of_content == set(OF_COLOURS_AND_SIZES)
    assert around == in_content - of_content
    assert of_around == set()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_axe_objects_to_nothing_on_any_kind_of_page(
    scheme: str, width: int, axe: str, opened: Callable[..., BrowserContext], site_url: str
) -> None:
    context = opened(width, scheme)
    context.add_init_script(axe)
    page = context.new_page()
    found = {}
    for address in (*KINDS_OF_PAGES, "404.html"):
        page.goto(site_url + address)
        page.evaluate(TWO_FRAMES)
        if wrong := faults(page):
            found[address] = wrong
    assert found == {}


def search(page: Page) -> None:
    page.locator("[data-md-component=search-query]").fill("Libya")
    expect(page.locator(".md-search-result__item").first).to_be_visible()


def open_drawer(page: Page) -> None:
    page.locator("label.md-header__button[for=__drawer]").click()
    expect(page.locator(".md-nav__heading").first).to_be_in_viewport()


def open_everything(page: Page) -> None:
    page.evaluate("for (const closed of document.querySelectorAll('details:not([open])')) closed.open = true")


def show_card(page: Page) -> None:
    page.keyboard.press("Shift")  # the keyboard is in use, so that focus is visible
    page.locator("article a[data-card-name]").first.focus()
    expect(page.locator(".entry-card")).to_be_visible()


def enlarge(page: Page) -> None:
    page.get_by_role("button", name="Enlarge").first.click()
    expect(page.locator("dialog.enlarged")).to_be_visible()


def turn_back(page: Page) -> None:
    page.get_by_role("button", name="March 2019", exact=True).click()


STATES: list[tuple[str, Callable[[Page], None], int]] = [
    ("essay/other-callers/", search, WIDE),
    ("essay/other-callers/", search, NARROW),
    ("essay/other-callers/", open_drawer, NARROW),
    ("claims/", open_drawer, NARROW),
    ("essay/other-callers/", open_everything, WIDE),
    ("essay/other-callers/", open_everything, NARROW),
    ("claims/p7/", open_everything, NARROW),
    ("essay/other-callers/", show_card, WIDE),
    ("essay/other-callers/", show_card, NARROW),
    ("essay/other-callers/", enlarge, WIDE),
    ("essay/other-callers/", enlarge, NARROW),
    ("essay/other-callers/", turn_back, WIDE),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("address", "act", "width"), STATES)
def test_axe_objects_to_nothing_that_opens(
    address: str,
    act: Callable[[Page], None],
    width: int,
    scheme: str,
    axe: str,
    opened: Callable[..., BrowserContext],
    site_url: str,
) -> None:
    page = opened(width, scheme).new_page()
    page.goto(site_url + address)
    act(page)
    page.evaluate(axe + ";0")
    assert faults(page) == []


# --- The keyboard ------------------------------------------------------------------------------------------------

# Where the keyboard is: what it is called, and what of a mark for it is missing. The mark is an outline of the element
# itself, of the label of a hidden control, or of the node of a drawing.
STOP = """() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const outlined = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 5 && box.height > 5 && box.right > 0 && box.left < innerWidth && box.bottom > 0
      && box.top < innerHeight && element.checkVisibility({visibilityProperty: true, opacityProperty: true});
  };
  const node = at.closest(".node")?.querySelector("rect");
  const labels = [...document.querySelectorAll("label")].filter((label) => seen(label) && outlined(label));
  const marked = at.matches("input.md-toggle, input.md-option") ? labels.length === 1
    : node ? seen(node) && getComputedStyle(node).strokeWidth === "2px" : seen(at) && outlined(at);
  const name = at.getAttribute("aria-label") || at.textContent.trim().slice(0, 40);
  return {name: `${at.localName} ${name}`, marked, inside: Boolean(at.closest("article"))};
}"""


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("address", ["", "essay/other-callers/", "timeline/", "actors/kim-jong-un/", "sources/yo/"])
def test_the_focus_is_always_seen(
    address: str, width: int, opened: Callable[..., BrowserContext], site_url: str
) -> None:
    page = opened(width).new_page()
    page.goto(site_url + address)
    stops: list[dict[str, object]] = []
    for _ in range(120):
        page.keyboard.press("Tab")
        # A card that shows on focus would cover the next link; Escape takes it away, and nothing else.
        page.keyboard.press("Escape") if stops and stops[-1]["inside"] else None
        stop = page.evaluate(STOP)
        if stop is None:
            break
        if not stop["marked"]:
            page.wait_for_timeout(300)  # the search unfolds when the focus comes to it
            stop = page.evaluate(STOP)
        stops.append(stop)
    assert len(stops) > 25
    assert [stop["name"] for stop in stops if not stop["marked"]] == []
    assert any(stop["inside"] for stop in stops)


# Of what has the focus, how many pixels are behind the header; those of a figure taller than the window do not count.
COVERED = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const header = document.querySelector(".md-header").getBoundingClientRect();
  const out = at === document.body || at.closest(".md-header, .md-skip") || box.height > innerHeight / 2;
  return out ? null : [`${at.localName} ${at.textContent.trim().slice(0, 40)}`, Math.max(0, header.bottom - box.top)];
}"""


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("address", ["essay/other-callers/", "timeline/"])
def test_the_header_covers_nothing_that_has_the_focus(
    address: str, width: int, opened: Callable[..., BrowserContext], site_url: str
) -> None:
    page = opened(width).new_page()
    page.goto(site_url + address)
    page.locator("article :is(p, li) a >> nth=-1").focus()
    found = []
    for _ in range(80):
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Escape")  # a card
        found.append(page.evaluate(COVERED))
    stops = [stop for stop in found if stop]
    assert len(stops) > 60
    assert [(name, pixels) for name, pixels in stops if pixels > 0] == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_first_stop_skips_to_the_content(width: int, opened: Callable[..., BrowserContext], site_url: str) -> None:
    page = opened(width).new_page()
    page.goto(f"{site_url}essay/after-hanoi/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(STOP)["inside"]


@pytest.mark.parametrize("with_script", [True, False])
def test_the_drawer_opens_by_keyboard(with_script: bool, opened: Callable[..., BrowserContext], site_url: str) -> None:
    page = opened(NARROW, java_script_enabled=with_script).new_page()
    page.goto(f"{site_url}essay/after-hanoi/")
    link = page.locator(".md-sidebar--primary a", has_text="Glossary")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#__drawer")).to_be_focused()
    expect(link).not_to_be_visible()
    page.keyboard.press("Space")
    expect(link).to_be_visible()
    expect(link).to_be_in_viewport()


def test_the_drawer_holds_the_focus_until_it_is_closed(opened: Callable[..., BrowserContext], site_url: str) -> None:
    page = opened(NARROW).new_page()
    page.goto(f"{site_url}essay/after-hanoi/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator(".md-sidebar--primary [aria-current]")).to_be_focused()
    stops = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        stops.add(page.evaluate("document.activeElement.closest('.md-sidebar, #__drawer, .md-skip, body').className"))
    assert not {
        stop for stop in stops if "primary" not in stop and "toggle" not in stop and "skip" not in stop and stop
    }
    page.keyboard.press("Escape")
    expect(page.locator("#__drawer")).to_be_focused()
    expect(page.locator(".md-sidebar--primary a", has_text="Glossary")).not_to_be_visible()
    page.locator("article a").first.focus()
    assert page.evaluate(STOP)["inside"]


def test_the_page_behind_the_drawer_is_back_on_a_wider_screen(
    opened: Callable[..., BrowserContext], site_url: str
) -> None:
    page = opened(NARROW).new_page()
    page.goto(f"{site_url}essay/after-hanoi/")
    open_drawer(page)
    page.set_viewport_size({"width": WIDE, "height": 844})
    expect(page.locator("#__drawer")).not_to_be_checked()
    page.locator("article a.entry").first.click()
    expect(page.locator("h1")).not_to_have_text("After Hanoi")


# --- Zoom and motion ---------------------------------------------------------------------------------------------

# Texts that stick out of the window, but for those in frames that scroll.
CUT_OFF = """() => {
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  const framed = (element) => {
    for (; element !== document.body; element = element.parentElement) if (scrolls(element)) return true;
    return false;
  };
  const found = [];
  for (const element of document.querySelectorAll("article *, .md-header *, .md-footer *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    const box = element.getBoundingClientRect();
    if (own && box.width > 1 && box.right > innerWidth + 1 && element.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !framed(element))
      found.push(`${element.localName}.${element.className}: ${element.textContent.trim().slice(0, 40)}`);
  }
  return found;
}"""


def test_nothing_is_lost_at_400_percent(opened: Callable[..., BrowserContext], site_url: str) -> None:
    """A window of 1280 by 1024 zoomed to 400 % (WCAG 1.4.10)."""
    context = opened(320)
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 256})
    for address in (*KINDS_OF_PAGES, "404.html"):
        page.goto(site_url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        assert page.evaluate(CUT_OFF) == [], address


MOVING = """() => [...document.querySelectorAll("*")].filter((element) =>
  ["", "::before", "::after"].some((part) => {
    const style = getComputedStyle(element, part || null);
    const longest = Math.max(...style.transitionDuration.split(",").map(parseFloat));
    return longest > 0 || style.animationName !== "none" || style.scrollBehavior === "smooth";
  })).map((element) => element.className)"""


def test_nothing_moves_for_who_asks_for_less_motion(
    opened: Callable[..., BrowserContext], chromium: Browser, site_url: str
) -> None:
    page = opened(NARROW).new_page()
    page.goto(f"{site_url}essay/other-callers/")
    open_drawer(page)
    assert page.evaluate(MOVING) == []
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING) != []

"""The site in a real browser, as readers use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from conftest import Watched, served

KINDS_OF_PAGES = [
    "", "essay/after-hanoi/", "essay/other-callers/", "essay/prosperity/", "argument/", "claims/", "timeline/", "actors/",
    "actors/kim-jong-un/", "actors/un-security-council/", "events/", "events/hanoi-summit/", "events/resolution-2270/",
    "glossary/", "glossary/libya-model/", "sanctions/", "sources/", "coverage/", "about/", "standards/",
]  # fmt: skip


def test_a_reader_clicks_from_home_to_the_glossary(watched: Watched, site_url: str) -> None:
    page = watched.page
    page.goto(site_url)
    page.locator("article").get_by_role("link", name="After Hanoi", exact=True).first.click()
    expect(page.locator("h1")).to_contain_text("After Hanoi")
    page.locator("#p1 ~ .paragraph__text").get_by_role("link", name="Kim Jong Un").first.click()
    expect(page.locator("h1")).to_contain_text("Kim Jong Un")
    page.locator(".event-list").get_by_role("link", name="Hanoi summit", exact=True).first.click()
    expect(page.locator("h1")).to_contain_text("Hanoi summit")
    page.locator("article a.entry--term").first.click()
    expect(page.locator(".eyebrow").first).to_contain_text("Term")


@pytest.mark.parametrize(
    ("clicks", "address", "answer"),
    [
        pytest.param(
            ["Hanoi summit", "What each side offered and asked"],
            "events/hanoi-summit/",
            "On the table: Hanoi summit",
            id="the offers in Hanoi",
        ),
        pytest.param(
            ["People, states and organisations", "Choe Son Hui"],
            "actors/choe-son-hui/",
            "foreign minister since June 2022",
            id="who Choe Son-hui is",
        ),
        pytest.param(
            ["How the essay fared", "further resolution with UN sanctions"],
            "claims/p2/",
            "The Security Council will not tighten its sanctions",
            id="whether the forecast of sanctions held",
        ),
    ],
)
def test_a_question_is_answered_in_three_clicks(
    clicks: list[str], address: str, answer: str, watched: Watched, site_url: str
) -> None:
    page = watched.page
    page.goto(site_url)
    assert len(clicks) <= 3
    for name in clicks:
        page.locator("article, .md-sidebar--secondary").get_by_role("link", name=name, exact=True).first.click()
    assert page.url.split("#")[0] == site_url + address
    expect(page.locator("article").get_by_text(answer).first).to_be_in_viewport()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Cheong Wa Dae", "actors/blue-house/"),
        ("김정은", "actors/kim-jong-un/"),
        ("Libya model", "glossary/libya-model/"),
    ],
)
def test_search_finds_an_entry_by_name_alias_and_script(
    words: str, found: str, watched: Watched, site_url: str
) -> None:
    page = watched.page
    page.goto(site_url)
    page.locator("[data-md-component=search-query]").fill(words)
    results = page.locator(".md-search-result__item a.md-search-result__link")
    expect(results.first).to_be_visible(timeout=30_000)  # the index is made in the browser
    addresses = [link.get_attribute("href") or "" for link in results.all()[:5]]
    assert any(found in address for address in addresses), addresses


# Headings whose link to themselves stands alone on a line, below the words: a gap, as the link shows only when pointed at.
ALONE = """() => [...document.querySelectorAll('article .headerlink')].filter((link) => {
  const words = document.createRange();
  words.setStart(link.parentElement, 0);
  words.setEndBefore(link);
  return link.getBoundingClientRect().top >= words.getBoundingClientRect().bottom;
}).map((link) => link.parentElement.textContent)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_pages_fit_the_screen_and_nothing_goes_wrong(scheme: str, width: int, chromium: Browser, site_url: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    opened = Watched(context)
    for address in KINDS_OF_PAGES:
        opened.page.goto(site_url + address)
        opened.page.wait_for_load_state("networkidle")
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert opened.page.evaluate(ALONE) == [], address
        body = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, body[4:-1].split(","))) > 384) == (scheme == "light"), address
    context.close()
    assert opened.faults == []


def test_what_is_covered_is_seen_at_a_glance_on_a_phone(chromium: Browser, site_url: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{site_url}coverage/")
    table = page.locator(".tally table")
    last = table.locator("th").last.bounding_box()
    assert last
    assert last["x"] + last["width"] <= 390
    assert table.evaluate("table => table.scrollWidth <= table.parentElement.clientWidth")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_diagrams_are_legible_and_their_text_fits(scheme: str, chromium: Browser, site_url: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    tried = 0
    for address in (
        "", "essay/after-hanoi/", "essay/other-callers/", "essay/no-grand-bargain/", "essay/walking-away/", "argument/",
        "sanctions/", "actors/kim-jong-un/",
    ):  # fmt: skip
        page.goto(site_url + address)
        for drawing in page.locator(".diagram__drawing").all():
            expect(drawing).to_be_visible()
            measured = drawing.evaluate(MEASURE)
            assert round(measured["size"], 1) >= 12, address
            assert measured["overflowing"] == [], address
            assert measured["contrast"] >= 4.5, address
            tried += 1
    assert tried >= 10
    context.close()


# Effective size of the smallest text, texts that stick out of their node, and the least contrast of a label on its node.
MEASURE = """(svg) => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((v) => {
      const c = colour.startsWith('rgb') ? v / 255 : Number(v);
      return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const sizes = [], overflowing = [], contrasts = [];
  for (const node of svg.querySelectorAll('.node')) {
    const box = node.querySelector('rect').getBoundingClientRect();
    const ground = luminance(getComputedStyle(node.querySelector('rect')).fill);
    for (const text of node.querySelectorAll('text')) {
      const style = getComputedStyle(text), place = text.getBoundingClientRect(), ink = luminance(style.fill);
      sizes.push(parseFloat(style.fontSize) * scale);
      contrasts.push((Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05));
      if (place.left < box.left || place.right > box.right || place.top < box.top - 2 || place.bottom > box.bottom + 2)
        overflowing.push(text.textContent);
    }
  }
  for (const text of svg.querySelectorAll('.edge-labels text'))
    sizes.push(parseFloat(getComputedStyle(text).fontSize) * scale);
  return {size: Math.min(...sizes), overflowing, contrast: Math.min(...contrasts)};
}"""


def test_a_node_of_a_diagram_leads_to_its_entry(watched: Watched, site_url: str) -> None:
    page = watched.page
    page.goto(f"{site_url}essay/other-callers/")
    page.locator(".diagram__drawing a", has_text="Xi Jinping").first.click()
    expect(page.locator("h1")).to_contain_text("Xi Jinping")


def test_a_diagram_opens_as_a_table_by_keyboard(watched: Watched, site_url: str) -> None:
    page = watched.page
    page.goto(f"{site_url}essay/other-callers/")
    summary = page.get_by_text("As a table").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".diagram table").first).to_be_visible()


def test_the_clock_hides_what_came_later_and_stays_from_page_to_page(watched: Watched, site_url: str) -> None:
    page = watched.page
    page.goto(f"{site_url}essay/after-hanoi/")
    later, earlier = page.locator(".annotation--since").first, page.locator(".annotation--context").first
    expect(later).to_be_visible()
    page.get_by_role("button", name="March 2019").click()
    expect(later).to_be_hidden()
    expect(earlier).to_be_visible()
    page.goto(f"{site_url}essay/prosperity/")
    expect(page.locator(".annotation--since").first).to_be_hidden()
    page.get_by_role("button", name="today").click()
    expect(page.locator(".annotation--since").first).to_be_visible()


def test_without_javascript_there_is_no_switch_and_no_room_for_one(chromium: Browser, site_url: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site_url}essay/after-hanoi/")
    expect(page.locator(".clock")).to_have_count(1)
    expect(page.locator(".clock")).to_be_hidden()
    assert page.locator(".clock").bounding_box() is None
    context.close()


def test_a_page_is_complete_without_javascript(chromium: Browser, site_url: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site_url}essay/after-hanoi/")
    for kind in ("context", "evidence", "counter", "since"):
        expect(page.locator(f".annotation--{kind} .annotation__body").first).to_be_visible()
    expect(page.locator(".diagram__drawing").first).to_be_visible()
    context.close()


@pytest.fixture(scope="module")
def browser_drawn_url(browser_drawn_site: Path) -> Iterator[str]:
    with served(browser_drawn_site) as url:
        yield url


def test_the_browser_draws_the_same_text_with_a_local_mermaid(watched: Watched, browser_drawn_url: str) -> None:
    page = watched.page
    for address, kind in (("essay/other-callers/", "meetings"), ("sanctions/", "sanctions"), ("argument/", "argument")):
        page.goto(browser_drawn_url + address)
        figure = page.locator(f".diagram--{kind}").first
        expect(figure.locator(".mermaid svg")).to_be_visible()
        assert "Syntax error" not in figure.inner_text()
        assert "#" not in figure.locator(".mermaid").inner_text()
    page.goto(f"{browser_drawn_url}essay/other-callers/")
    page.locator(".mermaid svg a", has_text="Xi Jinping").first.click()
    expect(page.locator("h1")).to_contain_text("Xi Jinping")

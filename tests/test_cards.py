"""Cards of entries: on hover, on focus and on touch, as WCAG 1.4.13 asks; and links without them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from conftest import Watched

PAGE = "essay/other-callers/"
LINK = "article a[data-card-name]"


@pytest.fixture
def reading(watched: Watched, site_url: str) -> Page:
    """A section of the essay, the pointer away from all links."""
    watched.page.goto(site_url + PAGE)
    watched.page.mouse.move(5, 5)
    return watched.page


@pytest.fixture
def touching(chromium: Browser, site_url: str) -> Iterator[Page]:
    """The same on a phone."""
    size = {"width": 390, "height": 844}
    context = chromium.new_context(viewport=size, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    opened = Watched(context)
    opened.page.goto(site_url + PAGE)
    yield opened.page
    context.close()
    assert opened.faults == []


def card_of(page: Page) -> Locator:
    return page.locator(".entry-card")


def link_of(page: Page, index: int = 0) -> Locator:
    link = page.locator(f"{LINK} >> nth={index}")
    link.evaluate("link => link.scrollIntoView({block: 'center'})")
    return link


def show_by(way: str, link: Locator) -> None:
    if way == "hover":
        link.hover()
    else:
        link.page.keyboard.press("Shift")  # the keyboard is in use, so that focus is visible
        link.focus()
    expect(card_of(link.page)).to_be_visible()


def leave_by(way: str, link: Locator) -> None:
    if way == "hover":
        link.page.mouse.move(5, 5)
    else:
        link.blur()


@pytest.mark.parametrize("way", ["hover", "focus"])
def test_a_card_shows_what_the_link_carries_until_it_is_left(way: str, reading: Page) -> None:
    link, card = link_of(reading), card_of(reading)
    expect(card).to_be_hidden()
    show_by(way, link)
    for attribute, part in (("name", "name"), ("facts", "facts"), ("text", "text")):
        told = link.get_attribute(f"data-card-{attribute}")
        assert told
        expect(card.locator(f".entry-card__{part}")).to_have_text(told)
    expect(card.locator(".entry-card__open")).to_be_hidden()
    expect(card).to_have_role("tooltip")
    assert link.get_attribute("aria-describedby") == card.get_attribute("id")
    reading.wait_for_timeout(600)
    expect(card).to_be_visible()
    leave_by(way, link)
    expect(card).to_be_hidden()
    assert link.get_attribute("aria-describedby") is None


def test_a_card_takes_the_place_of_the_tooltip(reading: Page) -> None:
    assert reading.locator(f"{LINK}[title]").count() == 0
    show_by("hover", link_of(reading))
    expect(reading.locator(".md-tooltip2")).to_have_count(0)


def test_a_pointer_that_passes_shows_nothing(reading: Page) -> None:
    seen = link_of(reading).evaluate(
        """async (link) => {
          const card = document.querySelector('.entry-card'), seen = [];
          const meet = async (type, time) => {
            link.dispatchEvent(new PointerEvent(type, {pointerType: 'mouse'}));
            await new Promise((done) => setTimeout(done, time));
            seen.push(!card.hidden);
          };
          await meet('pointerenter', 50);
          await meet('pointerleave', 400);
          return seen;
        }"""
    )
    assert seen == [False, False]


def test_the_pointer_can_rest_on_the_card(reading: Page) -> None:
    link, card = link_of(reading), card_of(reading)
    show_by("hover", link)
    box = card.bounding_box()
    assert box
    reading.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2, steps=8)
    reading.wait_for_timeout(700)
    expect(card).to_be_visible()
    reading.mouse.move(5, 5)
    expect(card).to_be_hidden()


def test_a_pointer_that_strays_on_its_way_to_the_card_keeps_it(reading: Page) -> None:
    card = card_of(reading)
    show_by("hover", link_of(reading))
    strayed = card.evaluate(
        """async (card) => {
          const to = (element, type) => element.dispatchEvent(new PointerEvent(type, {pointerType: 'mouse'}));
          to(document.querySelector('[aria-describedby=entry-card]'), 'pointerleave');
          await new Promise((done) => setTimeout(done, 100));
          to(card, 'pointerenter');
          await new Promise((done) => setTimeout(done, 600));
          return card.hidden;
        }"""
    )
    assert not strayed


def test_a_link_opened_in_another_tab_does_not_keep_its_card(reading: Page) -> None:
    link, card = link_of(reading), card_of(reading)
    with reading.context.expect_page() as opened:
        link.click(modifiers=["ControlOrMeta"])
    opened.value.close()
    reading.mouse.move(5, 5)
    expect(card).to_be_hidden()
    assert link.get_attribute("aria-describedby") is None


@pytest.mark.parametrize("way", ["hover", "focus"])
def test_escape_puts_the_card_away_until_the_link_is_met_again(way: str, reading: Page) -> None:
    link, card = link_of(reading), card_of(reading)
    show_by(way, link)
    reading.keyboard.press("Escape")
    expect(card).to_be_hidden()
    reading.wait_for_timeout(400)
    expect(card).to_be_hidden()
    leave_by(way, link)
    show_by(way, link)


def test_the_focused_links_card_outlasts_a_pointer_elsewhere(reading: Page) -> None:
    link = link_of(reading)
    show_by("focus", link)
    for x in (5, 60, 5):
        reading.mouse.move(x, 300)
    reading.wait_for_timeout(500)
    expect(card_of(reading)).to_be_visible()


def test_the_card_follows_the_keyboard_from_link_to_link(reading: Page) -> None:
    link_of(reading).focus()
    for _ in range(3):
        reading.keyboard.press("Tab")
        name = reading.evaluate("document.activeElement.dataset.cardName")
        assert name
        expect(card_of(reading).locator(".entry-card__name")).to_have_text(name)


def test_a_click_follows_the_link_at_once(reading: Page) -> None:
    link = link_of(reading)
    name = link.get_attribute("data-card-name")
    link.click()
    expect(reading.locator("h1")).to_contain_text(name or "?")


def test_the_first_tap_shows_the_card_whose_link_follows(touching: Page) -> None:
    link, card = link_of(touching), card_of(touching)
    before, name = touching.url, link.get_attribute("data-card-name")
    link.tap()
    expect(card).to_be_visible()
    assert touching.url == before
    card.get_by_role("link", name="Open").tap()
    expect(touching.locator("h1")).to_contain_text(name or "?")


def test_a_second_tap_follows_the_link(touching: Page) -> None:
    link = link_of(touching)
    name = link.get_attribute("data-card-name")
    link.tap()
    expect(card_of(touching)).to_be_visible()
    link.tap()
    expect(touching.locator("h1")).to_contain_text(name or "?")


def test_a_tap_elsewhere_puts_the_card_away_and_one_on_another_link_replaces_it(touching: Page) -> None:
    card = card_of(touching)
    link_of(touching).tap()
    expect(card).to_be_visible()
    touching.touchscreen.tap(4, 200)
    expect(card).to_be_hidden()
    for index in (1, 20):
        other = link_of(touching, index)
        other.tap()
        expect(card.locator(".entry-card__name")).to_have_text(other.get_attribute("data-card-name") or "")


def test_a_card_on_touch_goes_with_escape_too(touching: Page) -> None:
    link_of(touching).tap()
    expect(card_of(touching)).to_be_visible()
    touching.keyboard.press("Escape")
    expect(card_of(touching)).to_be_hidden()


def test_a_click_without_a_finger_follows_even_on_touch(touching: Page) -> None:
    touching.touchscreen.tap(4, 200)
    link = link_of(touching)
    name = link.get_attribute("data-card-name")
    link.evaluate("link => link.click()")
    expect(touching.locator("h1")).to_contain_text(name or "?")


# Each link in turn, in the middle and at the edges of the window: where its card does not fit, or hides the link.
MISPLACED = """async () => {
  const found = [], card = document.querySelector('.entry-card'), page = document.documentElement;
  const header = document.querySelector('.md-header').getBoundingClientRect().bottom;
  const places = ['center', 'end', 'start'];
  const all = [...document.querySelectorAll('article a[data-card-name]')];
  const links = all.filter((link) => link.checkVisibility({contentVisibilityAuto: true}) && link.getClientRects().length);
  for (const [index, link] of links.entries()) {
    link.scrollIntoView({block: places[index % 3], behavior: 'instant'});
    if (places[index % 3] === 'start') scrollBy({top: -header - 1, behavior: 'instant'});
    link.focus({preventScroll: true});
    for (let turn = 0; turn < 20 && card.hidden; turn++) await new Promise((done) => setTimeout(done, 5));
    const box = card.getBoundingClientRect(), own = link.getBoundingClientRect();
    const apart = box.bottom <= own.top + 0.5 || box.top >= own.bottom - 0.5;
    const room = own.bottom + box.height <= innerHeight || own.top - box.height >= header;
    const inside = box.left >= 0 && box.right <= page.clientWidth
      && (!room || (box.top >= header && box.bottom <= innerHeight));
    if (card.hidden || !apart || !inside || page.scrollWidth > page.clientWidth)
      found.push([link.textContent, card.hidden, JSON.stringify(box), JSON.stringify(own)]);
    link.blur();
    await new Promise((done) => setTimeout(done, 5));
  }
  return [links.length, found];
}"""


@pytest.mark.parametrize("width", [390, 1400])
def test_no_card_leaves_the_window_or_covers_its_link(width: int, watched: Watched, site_url: str) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(site_url + PAGE)
    page.keyboard.press("Shift")
    tried, misplaced = page.evaluate(MISPLACED)
    assert tried > 50
    assert misplaced == []


def test_a_card_stays_in_the_window_when_that_gets_narrow(reading: Page) -> None:
    show_by("focus", link_of(reading, 3))
    reading.set_viewport_size({"width": 390, "height": 844})
    reading.wait_for_timeout(200)
    assert reading.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("motion", "animation"), [("reduce", "none"), ("no-preference", "entry-card")])
def test_reduced_motion_is_respected(motion: str, animation: str, reading: Page) -> None:
    reading.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
    show_by("hover", link_of(reading))
    assert card_of(reading).evaluate("card => getComputedStyle(card).animationName") == animation


@pytest.mark.parametrize(
    ("address", "links"),
    [
        ("actors/kim-jong-un/", ".no-links:not(.no-cards, .sources) li > a:not(.cite)"),
        ("events/hanoi-summit/", "#participants + .no-links a"),
        ("claims/p7/", ".evidence a:not(.cite)"),
    ],
)
def test_links_of_generated_pages_have_cards(address: str, links: str, watched: Watched, site_url: str) -> None:
    page = watched.page
    page.goto(site_url + address)
    found = page.locator(links)
    assert found.count() >= 2
    assert found.evaluate_all("links => links.filter((link) => !link.dataset.cardName).map((l) => l.outerHTML)") == []


@pytest.mark.parametrize("place", [".diagram__drawing a", "table a"])
def test_nodes_of_a_drawing_and_links_of_its_table_have_cards(place: str, reading: Page) -> None:
    figure = reading.locator("figure.diagram--meetings").first
    figure.get_by_text("As a table").click()
    links = figure.locator(place)
    assert links.count() > 5
    assert links.evaluate_all("links => links.filter((link) => !link.dataset.cardText).map((l) => l.outerHTML)") == []
    for way in ("hover", "focus"):
        link = figure.locator(place, has_text="Xi Jinping").first
        show_by(way, link)
        expect(card_of(reading).locator(".entry-card__name")).to_have_text("Xi Jinping")
        reading.keyboard.press("Escape")
        expect(card_of(reading)).to_be_hidden()
        leave_by(way, link)


def test_a_card_of_a_node_lies_above_the_enlarged_drawing_and_escape_takes_only_the_card(reading: Page) -> None:
    reading.get_by_role("button", name="Enlarge").first.click()
    dialog, card = reading.locator("dialog"), card_of(reading)
    show_by("focus", dialog.locator("svg a", has_text="Xi Jinping").first)
    assert card.evaluate(
        """(card) => {
          const { x, y, width, height } = card.getBoundingClientRect();
          return card.contains(document.elementFromPoint(x + width / 2, y + height / 2));
        }"""
    )
    reading.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(dialog).to_be_visible()
    reading.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_every_link_to_an_entry_shows_the_same_card_as_the_first(reading: Page) -> None:
    links = reading.locator("article a[data-card-name='North Korea']")
    assert links.count() > 3
    cards = links.evaluate_all("links => links.map(({dataset}) => [dataset.cardFacts, dataset.cardText].join())")
    assert len(set(cards)) == 1


@pytest.mark.parametrize("address", ["timeline/", "events/", "glossary/", "actors/"])
def test_lists_that_say_it_all_have_none(address: str, watched: Watched, site_url: str) -> None:
    page = watched.page
    page.goto(site_url + address)
    assert page.locator("article li").count() > 20
    assert page.locator("article li a[data-card-name]").count() == 0


def test_without_javascript_there_is_a_tooltip(chromium: Browser, site_url: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site_url + PAGE)
    assert page.locator(LINK).first.get_attribute("title")
    assert card_of(page).count() == 0
    context.close()


def test_a_copy_on_the_disk_has_cards_without_any_network(chromium: Browser, built_site: Path) -> None:
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto((built_site / PAGE / "index.html").as_uri())
    show_by("hover", link_of(page))
    context.close()

"""Drawings as large as the window: opened, zoomed, read and left by keyboard, by touch, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from conftest import Watched, served

PAGE = "essay/other-callers/"
SEVERAL = "essay/no-grand-bargain/"
"""A page with more than one drawing."""


@pytest.fixture
def reading(watched: Watched, site_url: str) -> Page:
    """A page with drawings."""
    watched.page.goto(site_url + PAGE)
    return watched.page


@pytest.fixture
def touching(chromium: Browser, site_url: str) -> Iterator[Page]:
    """The same on a phone, in the dark."""
    size = {"width": 390, "height": 844}
    context = chromium.new_context(viewport=size, has_touch=True, is_mobile=True, color_scheme="dark")  # type: ignore[arg-type]
    opened = Watched(context)
    opened.page.goto(site_url + PAGE)
    yield opened.page
    context.close()
    assert opened.faults == []


def opener(page: Page) -> Locator:
    return page.get_by_role("button", name="Enlarge").first


def dialog(page: Page) -> Locator:
    return page.locator("dialog")


def frame_on_the_page(page: Page) -> str:
    """The frame of the first figure, with its place in it."""
    frame = page.locator("figure.diagram .diagram__frame").first
    return str(frame.evaluate("frame => [...frame.parentNode.children].indexOf(frame) + frame.outerHTML"))


def drawn_width(page: Page) -> float:
    box = dialog(page).locator("svg").bounding_box()
    assert box
    return box["width"]


def test_every_figure_has_a_button_that_names_it(reading: Page, site_url: str) -> None:
    reading.goto(site_url + SEVERAL)
    figures = reading.locator("figure.diagram")
    assert figures.count() > 1
    for figure in figures.all():
        button = figure.get_by_role("button", name="Enlarge")
        expect(button).to_have_accessible_name(f"Enlarge: {figure.locator('figcaption strong').inner_text()}")
        expect(button).to_be_visible()


def test_by_keyboard_it_opens_zooms_scrolls_and_closes_where_it_was_opened(reading: Page) -> None:
    before = frame_on_the_page(reading)
    opener(reading).focus()
    height = reading.evaluate("scrollY")
    reading.keyboard.press("Enter")
    expect(dialog(reading)).to_be_visible()
    expect(dialog(reading)).to_have_accessible_name(reading.locator(".diagram figcaption strong").first.inner_text())
    frame = dialog(reading).locator(".diagram__frame")
    expect(frame).to_be_focused()
    reading.keyboard.press("ArrowDown")
    # Not `wait_for_function`, which evaluates a text in the page, where the policy forbids it.
    reading.wait_for_timeout(300)
    assert frame.evaluate("frame => frame.scrollTop") > 0
    for name in ("Zoom out", "Zoom in", "Fit", "Close"):
        expect(dialog(reading).get_by_role("button", name=name, exact=True)).to_be_visible()
    dialog(reading).get_by_role("button", name="Zoom in").focus()
    width = drawn_width(reading)
    reading.keyboard.press("Enter")
    assert drawn_width(reading) == pytest.approx(width * 1.25, rel=0.01)
    expect(dialog(reading).get_by_role("status")).to_have_text("125 %")
    reading.keyboard.press("Escape")
    expect(dialog(reading)).to_be_hidden()
    expect(opener(reading)).to_be_focused()
    assert reading.evaluate("scrollY") == height
    after = frame_on_the_page(reading)
    assert after.replace(' style=""', "") == before


def test_tab_stays_in_the_dialog_and_reaches_the_nodes(reading: Page) -> None:
    opener(reading).press("Enter")
    reading.keyboard.press("Tab")
    node = reading.evaluate("document.activeElement.closest('dialog a') && document.activeElement.textContent")
    assert node
    for _ in range(60):
        reading.keyboard.press("Tab")
        assert reading.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )


def test_a_node_leads_to_its_entry(reading: Page) -> None:
    opener(reading).click()
    dialog(reading).locator("svg a", has_text="Xi Jinping").first.click()
    expect(reading.locator("h1")).to_contain_text("Xi Jinping")


@pytest.mark.parametrize("modifier", [None, "ControlOrMeta"])
def test_following_a_node_puts_the_page_back_unless_it_opens_elsewhere(modifier: str | None, reading: Page) -> None:
    opener(reading).click()
    node = dialog(reading).locator("svg a").first
    node.evaluate("node => node.addEventListener('click', (event) => event.preventDefault())")
    node.click(modifiers=[modifier] if modifier else None)  # type: ignore[list-item]
    expect(dialog(reading)).to_be_visible(visible=bool(modifier))


def test_one_dialog_serves_all_drawings_of_a_page(reading: Page, site_url: str) -> None:
    reading.goto(site_url + SEVERAL)
    buttons = reading.get_by_role("button", name="Enlarge")
    for button in (buttons.nth(0), buttons.nth(1), buttons.nth(0)):
        button.click()
        name = f"Enlarge: {dialog(reading).locator('.enlarged__title').inner_text()}"
        expect(button).to_have_accessible_name(name)
        expect(dialog(reading).locator("svg")).to_have_count(1)
        dialog(reading).get_by_role("button", name="Close").click()
        expect(dialog(reading)).to_be_hidden()
        expect(button).to_be_focused()
    assert reading.locator("dialog").count() == 1


def test_no_id_is_there_twice_while_it_is_open(reading: Page) -> None:
    opener(reading).click()
    ids = reading.locator("[id]").evaluate_all("all => all.map((element) => element.id)")
    assert len(ids) == len(set(ids))


def test_zoom_keeps_the_middle_has_its_limits_and_fit_shows_it_all(reading: Page) -> None:
    opener(reading).click()
    tools = {name: dialog(reading).get_by_role("button", name=name) for name in ("Zoom out", "Zoom in", "Fit")}
    for name, words in (("Zoom in", "500 %"), ("Zoom out", "10 %")):
        tools[name].evaluate("button => { for (let turn = 0; turn < 25; turn++) button.click(); }")
        expect(dialog(reading).get_by_role("status")).to_have_text(words)
    tools["Fit"].click()
    frame = dialog(reading).locator(".diagram__frame")
    fitted = "frame => frame.scrollWidth <= frame.clientWidth + 1 && frame.scrollHeight <= frame.clientHeight + 1"
    assert frame.evaluate(fitted)
    assert drawn_width(reading) > 100
    for _ in range(6):
        tools["Zoom in"].click()
    middle = "frame => (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight"
    assert frame.evaluate(middle) == pytest.approx(0.5, abs=0.03)


def test_the_page_behind_does_not_scroll(reading: Page) -> None:
    opener(reading).click()
    before = reading.evaluate("scrollY")
    dialog(reading).get_by_role("button", name="Fit").click()
    reading.mouse.move(700, 500)
    reading.mouse.wheel(0, 400)
    reading.wait_for_timeout(300)
    assert reading.evaluate("scrollY") == before


def test_on_a_phone_it_fills_the_window_and_is_legible_at_once(touching: Page) -> None:
    frame = touching.locator(".diagram__frame").first
    frame.evaluate("frame => { frame.scrollLeft = 70; }")
    opener(touching).tap()
    assert dialog(touching).bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    text = dialog(touching).locator("svg text").first
    assert (text.bounding_box() or {"height": 0})["height"] >= 12
    dialog(touching).get_by_role("button", name="Fit").tap()
    assert drawn_width(touching) <= 390
    assert touching.evaluate("document.documentElement.scrollWidth") <= 390
    for button in dialog(touching).get_by_role("button").all():
        box = button.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert min(box["width"], box["height"]) >= 24
    background = dialog(touching).evaluate("dialog => getComputedStyle(dialog).backgroundColor")
    assert sum(map(int, background[4:-1].split(","))) < 200
    dialog(touching).get_by_role("button", name="Close").tap()
    expect(dialog(touching)).to_be_hidden()
    assert frame.evaluate("frame => frame.scrollLeft") == 70


@pytest.mark.parametrize("width", [390, 1400])
def test_nothing_moves_when_the_buttons_come(width: int, chromium: Browser, site_url: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    script = "**/assets/javascripts/enlarge.*.js"
    page.route(script, lambda route: route.abort())
    page.goto(site_url + PAGE)
    places = "all => all.map((element) => element.getBoundingClientRect().top)"
    before = page.locator("article .diagram, article .diagram__more, article p").evaluate_all(places)
    page.unroute(script)
    page.reload()
    expect(opener(page)).to_be_visible()
    after = page.locator("article .diagram, article .diagram__more, article p:not(dialog p, .entry-card p)")
    kept = after.evaluate_all(places)
    assert len(before) > 20
    assert kept == before[: len(kept)]
    context.close()


def test_without_javascript_there_is_no_button(chromium: Browser, site_url: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site_url + PAGE)
    expect(page.locator(".diagram__frame svg").first).to_be_visible()
    expect(page.get_by_role("button", name="Enlarge")).to_have_count(0)
    context.close()


def test_an_open_table_has_the_whole_width(reading: Page) -> None:
    more = reading.locator(".diagram__more").first
    more.locator("summary").click()
    box, figure = more.bounding_box(), reading.locator("figure.diagram").first.bounding_box()
    assert box
    assert figure
    assert box["width"] == pytest.approx(figure["width"], abs=1)


def test_a_drawing_made_in_the_browser_is_enlarged_too(watched: Watched, browser_drawn_site: Path) -> None:
    page = watched.page
    with served(browser_drawn_site) as url:
        page.goto(f"{url}argument/")
        expect(page.locator(".diagram__frame .mermaid svg").first).to_be_visible()
        opener(page).click()
        dialog(page).get_by_role("button", name="Fit").click()
        box = dialog(page).locator("svg").bounding_box()
        assert box
        assert 1000 < box["width"] <= 1400
        page.keyboard.press("Escape")
        expect(page.locator(".diagram__frame .mermaid svg").first).to_be_visible()

"""The timeline's filter, and the timeline without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from conftest import Watched

EVENTS = ".timeline li[data-kind]"
ESSAY = ".timeline__essay"


@pytest.fixture
def timeline(watched: Watched, site_url: str) -> Page:
    """The timeline, with nothing chosen."""
    watched.page.goto(f"{site_url}timeline/")
    return watched.page


def who(page: Page) -> Locator:
    return page.get_by_label("Who")


def what(page: Page) -> Locator:
    return page.get_by_label("What")


def shown(page: Page) -> list[tuple[str, list[str]]]:
    """Kind and actors of each event that is to be seen."""
    found: list[tuple[str, list[str]]] = page.locator(f"{EVENTS}:visible").evaluate_all(
        "items => items.map(({dataset}) => [dataset.kind, dataset.actors.split(' ')])"
    )
    return [(kind, actors) for kind, actors in found]


@pytest.mark.parametrize(("name", "actor"), [("Xi Jinping", "xi-jinping"), ("South Korea", "south-korea")])
def test_by_actor_and_by_kind_only_those_events_are_left(name: str, actor: str, timeline: Page) -> None:
    every = shown(timeline)
    who(timeline).select_option(label=name)
    wanted = [(kind, actors) for kind, actors in every if actor in actors]
    assert 0 < len(wanted) < len(every)
    assert shown(timeline) == wanted
    expect(timeline.get_by_role("status")).to_have_text(f"{len(wanted)} of {len(every)} events")
    what(timeline).select_option("summit")
    wanted = [(kind, actors) for kind, actors in wanted if kind == "summit"]
    assert wanted
    assert shown(timeline) == wanted
    expect(timeline.get_by_role("status")).to_have_text(f"{len(wanted)} of {len(every)} events")
    timeline.get_by_role("button", name="Show all").click()
    assert shown(timeline) == every
    expect(timeline.get_by_role("status")).to_have_text(f"All {len(every)} events")


def test_every_choice_finds_something_and_not_everything(timeline: Page) -> None:
    everything = timeline.locator(EVENTS).count()
    for select in (who(timeline), what(timeline)):
        found = select.evaluate(
            """(select, events) => [...select.options].filter(({value}) => value).map(({value}) => {
              select.value = value;
              select.dispatchEvent(new Event('change', {bubbles: true}));
              return [value, [...document.querySelectorAll(events)].filter(({hidden}) => !hidden).length];
            })""",
            EVENTS,
        )
        assert len(found) > 5
        assert [value for value, count in found if not 0 < count < everything] == []
        timeline.get_by_role("button", name="Show all").click()


def test_periods_without_events_hide_with_their_headings(timeline: Page) -> None:
    who(timeline).select_option("xi-jinping")
    what(timeline).select_option("summit")
    years = timeline.locator(f"{EVENTS}:visible time").evaluate_all("all => all.map((t) => t.dateTime.slice(0, 4))")
    years += timeline.locator(f"{ESSAY} time").evaluate_all("all => all.map((t) => t.dateTime.slice(0, 4))")
    anchors = [f"y{year}" for year in sorted(set(years))]
    assert timeline.locator("article h2:visible").evaluate_all("all => all.map((h) => h.id)") == anchors
    contents = timeline.locator(".md-nav--secondary a[href^='#y']:visible")
    assert contents.evaluate_all("all => all.map((a) => a.hash.slice(1))") == anchors


def test_the_essays_date_is_a_line_of_its_own_that_stays(timeline: Page) -> None:
    essay = timeline.locator(ESSAY)
    expect(essay).to_have_text("March 2019: the essay")
    dates = timeline.locator(".timeline li").evaluate_all(
        "items => items.map((li) => [li.classList.contains('timeline__essay'), li.querySelector('time').dateTime])"
    )
    place = next(index for index, (marked, _) in enumerate(dates) if marked)
    assert all(date < "2019-04" for _, date in dates[:place])
    assert all(date >= "2019-04" for _, date in dates[place + 1 :])
    what(timeline).select_option("conflict")
    expect(essay).to_be_visible()


def test_the_address_holds_the_choice_for_reload_and_back(timeline: Page) -> None:
    who(timeline).select_option("xi-jinping")
    what(timeline).select_option("summit")
    assert timeline.url.endswith("timeline/?actor=xi-jinping&kind=summit")
    chosen = shown(timeline)
    timeline.reload()
    assert shown(timeline) == chosen
    timeline.locator(f"{EVENTS}:visible a").first.click()
    expect(timeline).not_to_have_url("timeline/")
    timeline.go_back()
    expect(timeline.locator(f"{EVENTS}:visible")).to_have_count(len(chosen))
    expect(who(timeline)).to_have_value("xi-jinping")
    timeline.get_by_role("button", name="Show all").click()
    assert timeline.url.endswith("timeline/")


@pytest.mark.parametrize(
    ("query", "actor", "kind", "address"),
    [
        ("?actor=moon-jae-in", "moon-jae-in", "", "?actor=moon-jae-in&kind=test#y2018"),
        ("?kind=statement&actor=moon-jae-in", "moon-jae-in", "statement", "?kind=test&actor=moon-jae-in#y2018"),
        ("?actor=nobody-at-all&kind=nothing", "", "", "?actor=nobody-at-all&kind=test#y2018"),
        ("?h=word", "", "", "?h=word&kind=test#y2018"),
    ],
)
def test_a_shared_address_restores_the_choice_and_keeps_its_other_parts(
    query: str, actor: str, kind: str, address: str, watched: Watched, site_url: str
) -> None:
    page = watched.page
    page.goto(f"{site_url}timeline/{query}#y2018")
    expect(who(page)).to_have_value(actor)
    expect(what(page)).to_have_value(kind)
    assert all(select.evaluate("select => select.selectedIndex >= 0") for select in (who(page), what(page)))
    assert {told for told, _ in shown(page)} == {kind} or not kind
    assert all(actor in actors for _, actors in shown(page)) or not actor
    if not actor:
        return
    what(page).select_option("test")
    assert page.url.endswith(f"timeline/{address}")


def test_back_from_another_period_restores_what_was_chosen_there(timeline: Page) -> None:
    what(timeline).select_option("summit")
    timeline.evaluate("location.hash = 'y2019'")
    what(timeline).select_option("statement")
    timeline.go_back()
    expect(what(timeline)).to_have_value("summit")
    assert {kind for kind, _ in shown(timeline)} == {"summit"}


def test_the_filter_works_by_keyboard_alone(timeline: Page) -> None:
    who(timeline).focus()
    timeline.keyboard.type("Xi Jin")
    timeline.keyboard.press("Tab")
    expect(what(timeline)).to_be_focused()
    timeline.keyboard.type("Summits")
    timeline.keyboard.press("Tab")
    assert {kind for kind, actors in shown(timeline) if "xi-jinping" in actors} == {"summit"}
    expect(timeline.get_by_role("button", name="Show all")).to_be_focused()
    timeline.keyboard.press("Enter")
    expect(timeline.get_by_role("status")).to_contain_text("All")


def dates_of(page: Page) -> list[str]:
    dates: list[str] = page.locator(f"{EVENTS}:visible time").evaluate_all("all => all.map((t) => t.dateTime)")
    return dates


def test_the_clock_folds_away_what_came_after_the_essay(timeline: Page) -> None:
    every = dates_of(timeline)
    timeline.get_by_role("button", name="March 2019").click()
    known = dates_of(timeline)
    assert known == [date for date in every if date < "2019-04"]
    assert 0 < len(known) < len(every)
    expect(timeline.get_by_role("status")).to_have_text(f"All {len(known)} events up to the essay")
    expect(timeline.locator(ESSAY)).to_be_visible()
    assert timeline.locator("article h2:visible").last.get_attribute("id") == "y2019"
    assert timeline.locator(".md-nav--secondary a[href='#y2020']:visible").count() == 0
    timeline.reload()
    assert dates_of(timeline) == known
    what(timeline).select_option("summit")
    summits = dates_of(timeline)
    expect(timeline.get_by_role("status")).to_have_text(f"{len(summits)} of {len(known)} events up to the essay")
    timeline.get_by_role("button", name="today").click()
    assert len(dates_of(timeline)) > len(summits)
    assert {kind for kind, _ in shown(timeline)} == {"summit"}
    timeline.get_by_role("button", name="Show all").click()
    assert dates_of(timeline) == every


@pytest.mark.parametrize("width", [390, 820, 1400])
def test_nothing_moves_when_the_filter_comes(width: int, chromium: Browser, site_url: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    script = "**/assets/javascripts/timeline.*.js"
    first = page.locator(".timeline").first
    page.route(script, lambda route: route.abort())
    page.goto(f"{site_url}timeline/")
    before = first.bounding_box()
    page.unroute(script)
    page.reload()
    expect(page.get_by_role("status")).to_be_visible()
    assert first.bounding_box() == before
    context.close()


def test_without_javascript_it_is_a_plain_list_of_all(chromium: Browser, site_url: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site_url}timeline/?kind=summit")
    assert page.locator(f"{EVENTS}:visible").count() == page.locator(EVENTS).count() > 100
    assert page.locator("select:visible").count() == 0
    assert (page.locator(".timeline-filter").bounding_box() or {"height": 0})["height"] == 0
    context.close()


def test_it_filters_in_a_copy_on_the_disk(chromium: Browser, built_site: Path) -> None:
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto((built_site / "timeline" / "index.html").as_uri())
    what(page).select_option("summit")
    assert {kind for kind, _ in shown(page)} == {"summit"}
    assert page.url.endswith("?kind=summit")
    page.reload()
    expect(what(page)).to_have_value("summit")
    context.close()

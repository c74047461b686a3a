"""One walk in the browser over every page of the site: by the rules of accessibility, and under the site's policy.

It takes longer than all else in the browser, so all that is to be known of every page is looked at in one go.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from test_accessibility import COLOURS_AND_SIZES, NARROW, ONLY_IN_CONTENT, TWO_FRAMES, WIDE, axe, faults
from test_hosting import reporting

__all__ = ["axe"]  # a fixture

Faults = Mapping[str, list[str]]
"""What is wrong with pages, by their paths from the root of the site."""


@pytest.fixture(scope="module")
def walked(axe: str, chromium: Browser, built_site: Path, site_url: str) -> tuple[Faults, Faults]:
    """What axe objects to; what the browser reports: errors, answers of 400 and above, requests elsewhere, violations.

    Axe has every rule on the whole page but those of colours and sizes, which it has on the content: once wide and
    light, once narrow and dark, since colours do not depend on the width, nor sizes on colours. The frame around the
    content is the same everywhere, and `test_accessibility` has all rules on it in all four combinations.
    """
    addresses = sorted(path.relative_to(built_site).as_posix() for path in built_site.rglob("*.html"))
    assert len(addresses) > 600
    inaccessible: dict[str, list[str]] = {}
    reported: dict[str, list[str]] = {}
    with reporting(chromium, reduced_motion="reduce") as watched:
        watched.page.context.add_init_script(axe + ONLY_IN_CONTENT)
        page = watched.page
        for address in addresses:
            page.set_viewport_size({"width": WIDE, "height": 844})
            page.goto(site_url + address.removesuffix("index.html"))
            wrong = faults(page)
            page.set_viewport_size({"width": NARROW, "height": 844})
            page.evaluate("document.body.setAttribute('data-md-color-scheme', 'slate')")
            page.evaluate(TWO_FRAMES)
            wrong += [f"narrow and dark: {fault}" for fault in faults(page, COLOURS_AND_SIZES)]
            if wrong:
                inaccessible[address] = wrong
            if watched.faults:
                reported[address] = [*watched.faults]
                watched.faults.clear()
    return inaccessible, reported


def test_axe_objects_to_nothing_on_any_page(walked: tuple[Faults, Faults]) -> None:
    assert walked[0] == {}


def test_the_browser_reports_nothing_of_any_page(walked: tuple[Faults, Faults]) -> None:
    """No page goes against the Content-Security-Policy, nor asks another host for anything."""
    assert walked[1] == {}

"""How long a contributor waits, under ``make serve``, until the browser shows an edit: `make bench`, or by itself.

The real site is served from a copy, with its files in memory as by `make serve`, and edited. Times are what passes until
the page in the browser shows the edit: that somebody else uses the machine counts.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as NotInTime

import browser
from build import FIRST_PARAGRAPH, editable_event, with_hooks
from servers import edited

ROUNDS = 5
LONGEST = 60
"""Seconds until we give up."""


def main() -> None:
    """Measure and print."""
    memory = Path("/dev/shm")  # noqa: S108 - where the Makefile has the site, too
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        scratch = Path(folder)
        config = with_hooks(scratch)
        with edited(config, scratch, scratch / "log.txt") as address, sync_playwright() as playwright:
            window = playwright.chromium.launch(executable_path=browser.path(), args=list(browser.FLAGS))
            page = window.new_page()
            page.set_default_timeout(LONGEST * 1000)
            measure(config.parent, address, page)
            window.close()


def measure(project: Path, address: str, page: Page) -> None:
    """Edit an entry, break it, mend it, and edit a page, some times over; print the medians."""
    events, entry, summary = editable_event(project)
    section = min(project.glob("docs/essay/*.md"))
    texts = {path: path.read_text(encoding="utf-8") for path in (events, section)}
    waits: dict[str, list[float]] = {}
    for number in range(ROUNDS):
        words = f"Edited {number}."
        shown = f"document.querySelector('article')?.textContent.includes('{words}')"
        notice = "document.querySelector('[role=alert]')"
        for what, file, path, old, new, seen in (
            ("an edit of an event", events, f"events/{entry}/", summary, f"{summary} {words}", shown),
            ("a broken event", events, f"events/{entry}/", f"\n{entry}:\n", f"\n{entry}:\n  wrong: x\n", f"{notice} !== null"),
            ("its mending", events, f"events/{entry}/", summary, summary, f"{notice} === null"),
            ("an edit of a page", section, f"essay/{section.stem}/", FIRST_PARAGRAPH, f"{FIRST_PARAGRAPH} {words} ", shown),
        ):  # fmt: skip
            page.goto(address + path)
            time.sleep(1)  # as somebody has been reading for a while
            start = time.monotonic()
            file.write_text(texts[file].replace(old, new, 1), encoding="utf-8")
            try:
                page.wait_for_function(seen)
            except NotInTime:
                sys.exit(f"{what} does not show within {LONGEST} s at {page.url}")
            waits.setdefault(what, []).append(time.monotonic() - start)
    print(f"until the browser shows it; median of {ROUNDS} rounds, load {os.getloadavg()[0]:.1f}")
    for what, values in waits.items():
        print(f"{what:29} {median(values):6.2f} s   ({min(values):.2f} to {max(values):.2f})")


if __name__ == "__main__":
    main()

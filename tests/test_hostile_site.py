"""The whole site, built of hostile data and opened in a real browser: nothing runs, and nothing is asked of elsewhere."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import Browser, Dialog

import hostile
from conftest import ROOT, Watched, mkdocs_build, served
from hostile import Slot
from test_hostile import ALWAYS, FILLED, PLAIN, PROSE, project_in

RUNS = [text for text in (*hostile.MARKUP, *hostile.LANGUAGES, *hostile.MARKDOWN) if len(text) < 110]
IN_PROSE = [
    "*a* **b** `<script>window.harmed=1</script>` [c](https://a.example/?x=&quot;onclick=1)",
    "javascript:window.harmed=1 <https://a.example/x> &lt;img src=x onerror=window.harmed=1&gt;",
    "| a | `<b>` |\n|---|---|\n| [x](ref:toll) | \" onmouseover=window.harmed=1 |",
    "> - 1. *x* &#60;script&#62;window.harmed=1&#60;/script&#62;",
    "*[toll]: \" onclick=window.harmed=1\n\nThe toll.",
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny essay with another hostile text in every field of text."""
    project = project_in(tmp_path_factory.mktemp("site") / "ferry")
    shutil.copytree(ROOT / "docs" / "assets", project.folder / "docs" / "assets")
    values: dict[Slot, str] = {}
    for slots, texts in ((PLAIN, RUNS), (PROSE, IN_PROSE)):
        for first, slot in enumerate(slots):
            for number in range(first, first + len(texts)):  # some are refused: they are the subject of the other tests
                # Every plain text could run something in most of the places where it is shown.
                runs = hostile.POLYGLOTS[0] if slots is PLAIN else ""
                values[slot] = f"{runs}{texts[number % len(texts)]} Zq{number}"
                project.write(hostile.with_value(FILLED, values))
                if project.read()[0] is not None:
                    break
    out = project.folder.parent / "site"
    done = mkdocs_build(project.folder / "mkdocs.yml", out)
    assert done.returncode == 0, done.stdout + done.stderr
    (out / "favicon.ico").touch()  # a browser asks for it on pages without an icon, as those that lead on are
    return out


def test_the_search_index_has_no_markup_of_the_data(hostile_site: Path) -> None:
    index = json.loads((hostile_site / "search" / "search_index.json").read_text(encoding="utf-8"))
    found = {
        (element.tag, *element.attrib)
        for entry in index["docs"]
        for text in (entry["title"], entry["text"], *entry.get("tags", ()))  # all of which the theme takes for HTML
        for element in html.fromstring(f"<main>{text}</main>").iter()
    }
    assert found <= {("main",), *((tag,) for tag in ("p", "ul", "ol", "li", "code", "pre"))}


@pytest.fixture(scope="module")
def hostile_url(hostile_site: Path) -> Iterator[str]:
    with served(hostile_site) as url:
        yield url


def _another_than(address: str) -> Callable[[str], bool]:
    return lambda url: not url.endswith(address)


def test_nothing_runs_in_the_browser(hostile_site: Path, hostile_url: str, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(10_000)
    watched = Watched(context)
    page = watched.page

    def refuse(dialog: Dialog) -> None:
        watched.faults.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", refuse)
    addresses = sorted(path.relative_to(hostile_site).as_posix() for path in hostile_site.rglob("*.html"))
    assert len(addresses) > 25
    for address in addresses:
        page.goto(hostile_url + address)
        if 'http-equiv="refresh"' in (hostile_site / address).read_text(encoding="utf-8"):
            page.wait_for_url(_another_than(address))
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        for link in page.locator("article a.entry").all()[:3]:
            if link.is_visible():
                link.hover()
        page.wait_for_timeout(100)
        assert page.evaluate("window.harmed") is None, address
        assert page.url.startswith(hostile_url), address
    assert any(ALWAYS[0].removesuffix(".md") in address for address in addresses)
    page.goto(hostile_url + "timeline/")
    for choice in page.locator(".timeline-filter select").all():
        choice.select_option(index=1)
    index = (hostile_site / "search" / "search_index.json").read_text(encoding="utf-8")
    marks = sorted(set(re.findall(r"\bZq\d+\b", index)))
    assert len(marks) > 20
    page.goto(hostile_url)
    results = page.locator(".md-search-result__item")
    seen = 0
    for words in marks[::4]:
        page.locator("[data-md-component=search-query]").fill(words)
        if not seen:
            results.first.wait_for(timeout=60_000)  # the index is made in the browser
        page.wait_for_timeout(250)
        seen += results.count()
        assert page.evaluate("window.harmed") is None, words
        handlers = page.locator(".md-search-result__list").evaluate(
            "list => [...list.querySelectorAll('*')].flatMap(one => [one.localName, ...one.getAttributeNames()])"
        )
        assert not {"script", "img", "iframe", "style", "base", "form"} & set(handlers), words
        assert not [name for name in handlers if name.startswith("on")]
    assert seen > 10
    context.close()
    assert watched.faults == []

"""The search whose index is in parts (``make site SEARCH=parts``), in a real browser and under the site's own policy."""

from __future__ import annotations

import gzip
import json
import random
import shutil
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from conftest import FERRY, ROOT, Watched, mkdocs_build, rules_of, served
from explainer.hosting import IMMUTABLE
from explainer.searching import INDEX, PARTS, split_index
from test_faults import told_in_a_line, without
from test_hosting import reading
from test_weight import compressed, look_around

__all__ = ["reading"]  # a fixture

MOST = 200_000
"""Bytes of the first search, compressed, with the program that searches."""


def build(project: Path, out: Path, config: str = "mkdocs.yml", **environment: str) -> CompletedProcess[str]:
    """Build a copy of the tiny essay with its index in parts."""
    path = project / "mkdocs.yml"
    text = path.read_text(encoding="utf-8").replace("../../../hooks/", f"{ROOT / 'hooks'}/")
    if "extra:" not in text:
        text += "extra: {search: !ENV [SEARCH, parts], policy_in_pages: !ENV [POLICY_IN_PAGES, false]}\n"
    path.write_text(text, encoding="utf-8")
    return mkdocs_build(project / config, out, **environment)


@pytest.fixture(scope="module")
def ferry_in_parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parts")
    done = build(Path(shutil.copytree(FERRY, folder / "ferry")), folder / "site")
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def in_parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real site."""
    out = tmp_path_factory.mktemp("parts") / "site"
    addresses = {"SITE_URL": "http://127.0.0.1/", "REPO_URL": "https://git.example/waging-peace"}  # as `built_site` has
    done = mkdocs_build(ROOT / "mkdocs.yml", out, SEARCH="parts", MERMAID_IN_BROWSER="false", **addresses)
    assert done.returncode == 0, done.stderr
    return out


def write(page: Page, words: str) -> None:
    """Write all letters at once: so there is one answer, and none of half a word. The theme waits for a key."""
    page.keyboard.insert_text(words)
    page.keyboard.press("End")


def results(page: Page, words: str) -> Locator:
    """Open the search, write words into it, and wait for the pages that have them."""
    page.keyboard.press("/")
    write(page, words)
    found = page.locator(".md-search-result__item")
    expect(found.first).to_be_attached(timeout=30_000)
    return found


def first(page: Page, site: Path, words: str, start: str = "") -> str:
    """The path of the page that a search shows first, on a page of a site."""
    with served(site) as url:
        page.goto(f"{url}{start}")
        link = results(page, words).first.locator("a").first
        return urlsplit(str(link.get_attribute("href"))).path


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Ada Quill", "/actors/ada-quill/"),
        ("passage fee", "/glossary/toll/"),
        ("the ferryman", "/actors/tomas-oar/"),
        ("서안", "/actors/westbank/"),
        ("Tomas Oa", "/actors/tomas-oar/"),
        ("wanted half", "/essay/the-toll/"),
    ],
)
def test_an_entry_is_found_by_name_alias_script_and_text(
    words: str, found: str, reading: Watched, ferry_in_parts: Path
) -> None:
    assert first(reading.page, ferry_in_parts, words, "essay/the-quay/") == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Kim Jong Un", "/actors/kim-jong-un/"),
        ("Cheong Wa Dae", "/actors/blue-house/"),
        ("김정은", "/actors/kim-jong-un/"),
        ("Libya model", "/glossary/libya-model/"),
        ("sanctions", "/glossary/sanctions/"),
        ("Bolton", "/actors/john-bolton/"),
        ("hanoi summi", "/events/hanoi-summit/"),
    ],
)
def test_an_entry_stands_above_the_pages_that_mention_it(
    words: str, found: str, reading: Watched, in_parts: Path
) -> None:
    assert first(reading.page, in_parts, words) == found


def test_both_searches_know_the_same_pages_and_sections(in_parts: Path, built_site: Path) -> None:
    """And leave out the same."""
    whole = {entry["location"] for entry in json.loads((built_site / INDEX).read_text(encoding="utf-8"))["docs"]}
    parts = set()
    for path in (in_parts / PARTS / "fragment").iterdir():
        page = json.loads(gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd"))
        location = page["meta"]["location"]
        parts |= {location, *(f"{location}#{anchor['id']}" for anchor in page["anchors"])}
    assert parts == whole
    assert len(whole) > 2000
    assert json.loads((in_parts / INDEX).read_text(encoding="utf-8"))["docs"] == []


def test_nothing_of_it_is_loaded_before_somebody_searches_and_then_little(reading: Watched, in_parts: Path) -> None:
    page, asked = reading.page, set[str]()
    page.on("request", lambda request: asked.add(urlsplit(request.url).path))
    with served(in_parts) as url:
        look_around(page, url)
        assert [path for path in asked if "search" in path] == []
        before = set(asked)
        results(page, "Kim Jong Un")
        page.wait_for_load_state("networkidle")
    loaded = {path: compressed(in_parts / path[1:]) for path in asked - before}
    assert len([path for path in loaded if "fragment" in path]) == 15  # as many as are listed
    assert sum(loaded.values()) < MOST, loaded


def test_all_that_have_the_words_are_counted_and_the_best_listed(reading: Watched, in_parts: Path) -> None:
    with served(in_parts) as url:
        reading.page.goto(url)
        found = results(reading.page, "Kim Jong Un")
        count = reading.page.locator(".md-search-result__meta").inner_text()
        assert int(count.split()[0]) > 100
        for _ in range(5):  # the theme shows more of them when the last is reached
            for top in (0, 100_000):
                reading.page.locator(".md-search__scrollwrap").evaluate("(box, top) => box.scrollTo(0, top)", top)
                reading.page.wait_for_timeout(100)
        expect(found).to_have_count(15)


@pytest.mark.parametrize("key", ["/", "s"])
def test_the_keyboard_is_enough(key: str, reading: Watched, ferry_in_parts: Path) -> None:
    page = reading.page
    query = page.locator("[data-md-component=search-query]")
    with served(ferry_in_parts) as url:
        page.goto(url)
        page.keyboard.press(key)
        expect(query).to_be_focused()
        write(page, "Ada Qui")
        expect(page.locator(".md-search-result__link").first).to_be_visible()
        page.keyboard.press("Escape")
        expect(query).not_to_be_focused()
        expect(page.locator(".md-search-result__link").first).not_to_be_visible()
        page.wait_for_timeout(100)  # the theme misses a key that comes in the same moment, faster than any finger
        page.keyboard.press(key)
        expect(page.locator(".md-search-result__link").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        expect(page.locator(".md-search-result__link").first).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url("**/actors/ada-quill/**")


def test_the_words_are_marked_in_the_results_and_a_word_is_completed(reading: Watched, in_parts: Path) -> None:
    page = reading.page
    with served(in_parts) as url:
        page.goto(url)
        found = results(page, "Libya mod")
        expect(found.first.locator("mark").first).to_contain_text("Libya")
        assert [text for text in found.locator("mark").all_text_contents() if text.endswith((".", ",", ":"))] == []
        expect(page.locator(".md-search__suggest")).to_have_text("Libya\xa0model")
        page.keyboard.press("Enter")
        page.wait_for_url("**/glossary/libya-model/?h=libya+mod")
        expect(page.locator("article mark").first).to_be_visible()


def test_words_that_nobody_wrote_are_found_nowhere(reading: Watched, ferry_in_parts: Path) -> None:
    page = reading.page
    with served(ferry_in_parts) as url:
        page.goto(url)
        page.keyboard.press("/")
        page.keyboard.type("zeppelin")
        expect(page.locator(".md-search-result__meta")).to_have_text("No matching documents")


def test_markup_in_names_and_texts_is_shown_as_text(reading: Watched, project: Path, tmp_path: Path) -> None:
    harm = "<img src=x onerror=document.title=1>"
    actors, home = project / "data" / "actors" / "actors.yaml", project / "docs" / "index.md"
    text = actors.read_text(encoding="utf-8")
    actors.write_text(
        text.replace("[Quill]", f"['Quill', '{harm}']").replace("name: Eastbank", f"name: 'East & {harm}'"),
        encoding="utf-8",
    )
    home.write_text(f"---\ntitle: Home\ndescription: None.\n---\n\nZebra & `{harm}` &amp;amp;\n", encoding="utf-8")
    done = build(project, tmp_path / "site")
    assert done.returncode == 0, done.stderr
    with served(tmp_path / "site") as url:
        for words, shown in (("zebra", f"Zebra & {harm} &amp;"), ("east onerror", f"East & {harm}"), ("quill", "Ada")):
            reading.page.goto(url)
            found = results(reading.page, words)
            expect(found.first).to_contain_text(shown)
            assert found.locator("img").count() == 0
            assert reading.page.title() != "1"


@pytest.mark.parametrize("in_pages", [False, True])
def test_only_this_search_may_compile_and_only_where_it_does(
    in_pages: bool, reading: Watched, project: Path, tmp_path: Path, ferry_site: Path
) -> None:
    """A page needs no such right: the worker has the policy that its own file is sent with, and else none."""
    site, word = tmp_path / "site", "'wasm-unsafe-eval'"
    assert build(project, site, POLICY_IN_PAGES=str(in_pages).lower()).returncode == 0
    policy, before = (rules_of(folder)["/*"]["Content-Security-Policy"] for folder in (site, ferry_site))
    assert policy == before.replace("; style-src", f" {word}; style-src")
    assert "unsafe" not in before
    if in_pages:
        (site / "_headers").unlink()
    page = (site / "index.html").read_text(encoding="utf-8")
    assert ("Content-Security-Policy" in page) == in_pages
    assert word not in page
    assert first(reading.page, site, "Ada Quill") == "/actors/ada-quill/"


def test_parts_are_kept_for_a_year_and_what_leads_to_them_is_asked_for(ferry_in_parts: Path) -> None:
    rules = {path: rule.get("Cache-Control") for path, rule in rules_of(ferry_in_parts).items() if PARTS in path}
    (meta,) = (ferry_in_parts / PARTS).glob("*.pf_meta")
    assert rules == {f"/{PARTS}/{name}": IMMUTABLE for name in ("fragment/*", "index/*", meta.name)}


def test_the_same_pages_make_the_same_parts(built_site: Path, in_parts: Path, tmp_path: Path) -> None:
    """In another build, and from the same index again and again."""
    made = []
    for number in range(3):
        shutil.copytree(built_site / "search", tmp_path / str(number) / "search")
        names = split_index(tmp_path / str(number), "en")
        made.append({name: (tmp_path / str(number) / name).read_bytes() for name in names})
    assert made[0] == made[1] == made[2]
    assert len(made[0]) > 300
    paths = [path for path in (in_parts / PARTS).rglob("*") if path.is_file()]
    assert {path.relative_to(in_parts).as_posix(): path.read_bytes() for path in paths} == made[0]


def test_a_site_that_opens_from_files_keeps_its_index_whole(project: Path, tmp_path: Path) -> None:
    assert build(project, tmp_path / "site", "mkdocs.offline.yml").returncode == 0
    assert len(json.loads((tmp_path / "site" / INDEX).read_text(encoding="utf-8"))["docs"]) > 50
    assert not (tmp_path / "site" / PARTS).exists()
    assert "wasm" not in (tmp_path / "site" / "_headers").read_text(encoding="utf-8")


def test_without_pagefind_the_build_says_what_to_do(project: Path, tmp_path: Path) -> None:
    (tmp_path / "path").mkdir()
    missing = without(tmp_path / "path", "pagefind")
    done = build(project, tmp_path / "site", PYTHONPATH=missing)
    told_in_a_line(done, "pagefind is not installed", "make site SEARCH=parts")
    assert not (tmp_path / "site").exists()
    assert build(project, tmp_path / "site", PYTHONPATH=missing, SEARCH="whole").returncode == 0


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("#!/bin/sh\necho no room >&2; exit 3\n", "cannot split the index of the search: no room"),
        (None, "No such file"),
    ],
)
def test_a_program_that_fails_is_told_of(program: str | None, words: str, project: Path, tmp_path: Path) -> None:
    path = tmp_path / "pagefind"
    if program:
        path.write_text(program, encoding="utf-8")
        path.chmod(0o755)
    done = build(project, tmp_path / "site", PAGEFIND_BINARY_PATH=str(path))
    told_in_a_line(done, words)


def test_another_word_in_the_setting_is_refused(project: Path, tmp_path: Path) -> None:
    told_in_a_line(build(project, tmp_path / "site", SEARCH="part"), "SEARCH", "`part`", "`whole` or `parts`")


def test_an_index_that_is_heavy_is_told_of_with_the_setting(project: Path, tmp_path: Path) -> None:
    chance = random.Random(1)
    for number in range(3):
        text = "\n\n".join(" ".join(f"{chance.getrandbits(64):x}" for _ in range(500)) for _ in range(100))
        page = f"---\ntitle: Page {number}\ndescription: None.\n---\n\n{text}\n"
        (project / "docs" / f"page-{number}.md").write_text(page, encoding="utf-8")
    done = build(project, tmp_path / "site", SEARCH="whole")
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stderr.splitlines() if "SEARCH=parts" in line]
    assert len(told) == 1
    assert "MB, compressed" in told[0]
    assert told[0].startswith("INFO")
    assert "SEARCH=parts" not in build(project, tmp_path / "site").stderr

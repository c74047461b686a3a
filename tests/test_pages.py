"""The generated pages of the tiny essay, word for word, and plain text in Markdown."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html
from markdown import markdown

from explainer.forge import Forge
from explainer.pages import all_pages, plain
from explainer.site import Site, load_site
from test_checking import ACTORS, CLAIMS, QUAY, SOURCES, TERMS, change

PAGES = [
    "actors/ada-quill.md", "actors/index.md", "argument.md", "claims/index.md", "claims/p1.md", "coverage.md", "events/index.md",
    "events/toll-meeting.md", "events/toll-order.md", "glossary/index.md", "glossary/toll.md", "sanctions.md",
    "sources/ha.md", "sources/index.md", "timeline.md",
]  # fmt: skip


FORGE = Forge("https://git.example/ferry", site="https://ferry.example/")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_made_as_it_was(path: str, ferry: Site, golden: Callable[[str, str], None]) -> None:
    pages = {page.path: page for page in all_pages(ferry.dataset, ferry.written, FORGE)}
    golden(f"pages/{path}", pages[path].markdown)


def test_titles_and_paths_are_unique(ferry: Site) -> None:
    pages = list(all_pages(ferry.dataset, ferry.written, FORGE))
    assert len({page.path for page in pages}) == len(pages)
    assert len({page.title for page in pages}) == len(pages)


def test_an_entry_is_edited_at_its_line(ferry: Site) -> None:
    for page in all_pages(ferry.dataset, ferry.written, FORGE):
        if page.entry_id:
            entry = ferry.dataset.entry(page.entry_id)
            assert page.edit_at == entry.at


CHECKED = "  checked: '2026-11-23'\n  checked_for: both accounts of the meeting\n"
JUDGED = "{{verdict: contested, date: '{}'"
NOTE = "/// context | More\n    sources: [ferry-compact]\n\nMore.\n///\n\n"

# What is edited: file, text and replacement | part of the coverage page | a line that it then has, or no longer has
WANTED = [
    ("nothing", QUAY, "## ", "## ", "thin", "paragraph 1 : 2 notes", True),
    ("three notes", QUAY, "/// since", f"{NOTE}/// since", "thin", "paragraph 1 : 3 notes", True),
    ("four notes", QUAY, "/// since", f"{NOTE}{NOTE}/// since", "thin", "paragraph 1", False),
    ("a checked source", TERMS, "toll:", "toll:", "unchecked", "None: every source has been read and checked.", True),
    ("an unchecked source", SOURCES, CHECKED, "", "unchecked", "No toll agreed", True),
    ("nothing to judge", TERMS, "toll:", "toll:", "stale", "None: the evidence on every claim", True),
    ("judged within a year", CLAIMS, JUDGED.format("1930"), JUDGED.format("1929"), "stale", "None: the evidence", True),
    ("judged by what reaches to within a year", CLAIMS, JUDGED.format("1930"), JUDGED.format("1928-11/1929-02"), "stale", "None: the evidence", True),
    ("judged over a year ago", CLAIMS, JUDGED.format("1930"), JUDGED.format("1928-12"), "stale", "One boat is enough for two towns. (contested, by December 1928)", True),
    ("an actor without", TERMS, "toll:", "toll:", "nameless", "Ada Quill", True),
    ("an actor with", ACTORS, "name: Ada Quill", "name: Ada Quill\n  native: {de: Ada Federkiel}", "nameless", "Ada Quill", False),
    ("a term without", TERMS, "toll:", "toll:", "nameless", "Free passage", True),
    ("a term with", TERMS, "name: free passage", "name: free passage\n  native: {de: freie Überfahrt}", "nameless", "Free passage", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "anchor", "line", "there"), [case[1:] for case in WANTED], ids=[case[0] for case in WANTED]
)
def test_the_coverage_page_says_what_is_wanted(
    project: Path, file: str, old: str, new: str, anchor: str, line: str, there: bool
) -> None:
    change(project, file, old, new)
    site, problems = load_site(project)
    assert site is not None, problems
    rendered = markdown(site.pages["coverage.md"].markdown, extensions=["attr_list", "md_in_html", "tables"])
    page = html.fragment_fromstring(rendered, create_parent=True)
    parts = page.xpath(f"//h2[@id='{anchor}']/following-sibling::*[preceding-sibling::h2[1][@id='{anchor}']]")
    assert parts
    found = " ".join(" ".join(text.strip() for text in part.itertext()) for part in parts)
    assert (line in found) is there, found


def test_the_timelines_filter_offers_whoever_and_whatever_has_events(ferry: Site) -> None:
    odd = ferry.dataset.actors["ada-quill"].model_copy(update={"name": "A \"b\" <c> & 'd' é"})
    dataset = dataclasses.replace(ferry.dataset, actors={**ferry.dataset.actors, "ada-quill": odd})
    pages = {page.path: page for page in all_pages(dataset, ferry.written, FORGE)}
    rendered = markdown(pages["timeline.md"].markdown, extensions=["attr_list", "md_in_html"])
    (filter_,) = html.fragment_fromstring(rendered, create_parent=True).find_class("timeline-filter")
    assert json.loads(filter_.get("data-actors")) == {"People": {"ada-quill": odd.name, "tomas-oar": "Tomás Oar"}}
    assert set(json.loads(filter_.get("data-kinds"))) == {event.kind for event in dataset.events.values()}


LINE = st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn")), min_size=1)


@given(LINE)
@example("1. A list")
@example("- a list")
@example("a | b \\| c ~~d~~ ^e^ [f](g) ![h](i) <script> &amp; *j* __k__ `l` {: #m } [^1] https://example.org")
@example("# heading")
@example("> quotation")
@example("=====")
def test_plain_text_shows_as_it_is_whatever_it_holds(text: str) -> None:
    shown = " ".join(text.split())
    extensions = ["attr_list", "md_in_html", "footnotes", "abbr", "tables", "pymdownx.superfences"]
    for before in ("", "x "):
        rendered = html.fragment_fromstring(markdown(before + plain(text), extensions=extensions) or "<p/>")
        assert rendered.tag == "p"
        assert " ".join(rendered.text_content().split()) == (before + shown).strip()
        assert len(rendered) == 0

"""The generated pages of the tiny essay, word for word, and plain text in Markdown."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html
from markdown import markdown

from explainer.forge import Forge
from explainer.pages import all_pages, plain
from explainer.site import Site

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

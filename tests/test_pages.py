"""The generated pages of the tiny essay, word for word, and plain text in Markdown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html
from markdown import markdown

from explainer.pages import all_pages, plain
from explainer.problems import Position
from explainer.site import Site

PAGES = [
    "actors/ada-quill.md", "actors/index.md", "argument.md", "claims/index.md", "coverage.md", "events/index.md",
    "events/toll-meeting.md", "events/toll-order.md", "glossary/index.md", "glossary/toll.md", "sanctions.md",
    "sources/h.md", "sources/index.md", "timeline.md",
]  # fmt: skip


def edit_address(at: Position) -> str:
    return f"https://git.example/edit/{at.path}#L{at.line}"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_made_as_it_was(path: str, ferry: Site, golden: Callable[[str, str], None]) -> None:
    pages = {page.path: page for page in all_pages(ferry.dataset, ferry.written, edit_address)}
    golden(f"pages/{path}", pages[path].markdown)


def test_titles_and_paths_are_unique(ferry: Site) -> None:
    pages = list(all_pages(ferry.dataset, ferry.written, edit_address))
    assert len({page.path for page in pages}) == len(pages)
    assert len({page.title for page in pages}) == len(pages)


def test_an_entry_is_edited_at_its_line(ferry: Site) -> None:
    for page in all_pages(ferry.dataset, ferry.written, edit_address):
        if page.entry_id:
            entry = ferry.dataset.entry(page.entry_id)
            assert page.edit_at == entry.at


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

"""The Markdown extension, from page to page of one build."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from markdown import Markdown

from explainer.site import Site, load_site

FERRY = Path(__file__).parent / "fixtures" / "ferry"
NOTE = """/// context | A crossing
    sources: [gazette-april]

The toll rose.
///
"""


@pytest.fixture(scope="module")
def site() -> Site:
    site, _ = load_site(FERRY)
    assert site is not None
    return site


def converter(site: Site, path: str) -> Markdown:
    site.begin_page(path, lambda path: path)
    return Markdown(extensions=[site.markdown_extension()])


def test_notes_stand_on_pages_that_somebody_writes_and_on_no_others(site: Site) -> None:
    assert '<details class="annotation' in converter(site, "essay/the-quay.md").convert(NOTE)
    assert "/// context | A crossing" in converter(site, "actors/ada-quill.md").convert(NOTE)


def test_the_tree_of_a_page_is_freed_without_the_garbage_collector_once_the_page_ends(site: Site) -> None:
    md = converter(site, "actors/ada-quill.md")
    gc.disable()
    try:
        assert "toll" in md.convert("She raised the *toll*, and [wrote](ref:toll) about it.\n\n- One\n- Two\n")
        tree = weakref.ref(md.parser.root)
        assert tree() is not None
        site.end_page()
        assert tree() is None
    finally:
        gc.enable()
    site.end_page()  # that of a page which is not rendered anew

"""What the theme's search is given to read of a page makes the same index as the whole page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from material.plugins.search.plugin import SearchIndex

from explainer.indexing import indexing, what_is_indexed

FLAT = {
    "links, emphasis and dates": '<h1 id="x">A <em>title</em></h1>\n<p>On <time datetime="2019">2019</time> <a href="y/" '
    'title="a > b">b</a>, <strong>c</strong> &amp; <span class="d">d <small>e</small></span>.</p>\n<p>f</p>',
    "permalinks": '<h1 id="x">A<a class="headerlink" href="#x" title="Permanent link">&para;</a></h1>\n<p>b</p>\n'
    '<h2 id="y">C<a class="headerlink" href="#y" title="Permanent link">&para;</a></h2>\n<p>d</p>',
    "a section that is left out": '<h1 id="x">A</h1>\n<p>b</p>\n<h2 data-search-exclude="true" id="y">C<a class="headerlink" '
    'href="#y">&para;</a></h2>\n<ul class="cards">\n<li><a href="z/">d</a></li>\n</ul>\n<h3 id="z">E</h3>\n<p>f</p>\n'
    '<h2 data-search-exclude="true" id="v">G</h2>\n<p>h</p>',
    "figures that are set aside": '<h1 id="x">A</h1>\n<!-- figure 00 -->\n<h2 data-search-exclude="true" id="y">B</h2>\n<!-- figure 11 -->',
    "code": '<h1 id="x">A</h1>\n<pre><code><span class="k">a</span>  <span>b</span>\n\n<a id="c"></a>c\n</code></pre><p>d</p>',
    "no text": '<h1 id="x">A</h1>',
    "nothing": "",
}
"""Pages whose headings are within nothing else."""

PAGES = FLAT | {
    "a marked section of a box": '<h1 id="x">A</h1>\n<div>\n<h2 data-search-exclude="true" id="y">B</h2>\n<p>c</p>\n</div>\n<p>d</p>',
    "a link that is left out": '<h1 id="x">A</h1>\n<p>b <a data-search-exclude="" href="y/">c</a> <em>d</em> e</p>',
    "a span that is left out, with others in it": '<h1 id="x">A</h1>\n<p>b <span class="c" data-search-exclude><a href="d/">e</a> f</span> g</p>',
    "tags in capitals": '<h1 id="x">A</h1>\n<p>b <A HREF="c/">d</a> g</p>\n<p>h</p>',
    "words like tags": '<h1 id="x">A</h1>\n<p>b &lt;a&gt; <abbr title="c">d</abbr> <article>e</article> <timer>f</timer> <a->g</a-></p>',
    "scripts": '<h1 id="x">A</h1>\n<script>var a = "<a href=b>";</script><style>a > b {}</style>\n<p>c</p>',
}


def page_of(html: str) -> Any:
    return SimpleNamespace(content=html, meta={}, toc=[], title="T", url="p/")


def entries_of(html: str) -> list[dict[str, Any]]:
    index = SearchIndex()
    index.add_entry_from_context(page_of(html))
    entries: list[dict[str, Any]] = index.entries
    return entries


@pytest.mark.parametrize("html", FLAT.values(), ids=FLAT)
def test_the_index_of_a_flat_page_is_the_same(html: str) -> None:
    assert entries_of(what_is_indexed(html, flat=True)) == entries_of(html)


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_the_index_of_any_page_is_the_same(html: str) -> None:
    assert entries_of(what_is_indexed(html, flat=False)) == entries_of(html)


@pytest.mark.parametrize(
    "html", [FLAT["links, emphasis and dates"], FLAT["permalinks"], FLAT["a section that is left out"]]
)
def test_less_is_read(html: str) -> None:
    read = what_is_indexed(html, flat=True)
    assert "<a" not in read
    assert "<time" not in read
    assert "cards" not in read
    assert read.count("<") < 0.7 * html.count("<")


def test_what_is_shown_is_the_whole_page_without_marks_for_the_search() -> None:
    page = page_of(FLAT["a section that is left out"])
    read: list[str] = []

    def index(context: object, *, page: Any, nav: object) -> None:
        assert (context, nav) == ("context", "nav")
        read.append(page.content)
        page.content = "as the search leaves it"

    indexing(index, lambda asked: asked is page)("context", page=page, nav="nav")
    assert read == [what_is_indexed(FLAT["a section that is left out"], flat=True)]
    assert page.content == FLAT["a section that is left out"].replace(' data-search-exclude="true"', "")

"""The Markdown extension, from page to page of one build."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Extension, Markdown

from explainer.extension import PageContext, where_used
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


CONFIGURED = ["toc", "tables", "fenced_code", "abbr", "attr_list", "footnotes", "md_in_html", "pymdownx.superfences"]
CONFIGS = {"tables": {"use_align_attribute": True}, "toc": {"permalink": True}}
USES = {
    "nothing": "# A\n\nb *c* [d](e)\n\n- f\n{: .g }\n\n*[d]: h\n",
    "tables": "|A|B|\n|-|-:|\n|c|d|\n",
    "footnotes": "A.[^1]\n\n[^1]: B.\n",
    "fences": "```python\na = 1\n```\n",
    "fences of tildes": "~~~ {.python #a}\nb = 1\n~~~\n",
    "a fence in HTML": '<div markdown="1">\n\n```\na\n```\n\n</div>\n',
    "a fence in a list": "- a\n\n    ```\n    b\n    ```\n",
    "code that is indented": "a\n\n    b = 1\n",
    "code that is indented by a tab": "a\n\n\tb = 1\n",
    "a diagram": "a\n\n```diagram\nkind: causes\nevent: b\n```\n",
    "a diagram and code": "a `b`\n\n```diagram\nkind: causes\n```\n",
    "a diagram in code": "`a\n```diagram\nkind: causes\n```\nb`\n",
    "code": "a `*b*` ``c`` and \\`d",
    "escapes": r"\*a\* \\ \[b](c)",
    "references": "[a][b], [b] and [c][].\n\n[b]: d 'e'\n",
    "references to nothing": "[a][b], [b], [c][] and ![d][b]",
    "images": "![a](b) ![c]\n\n[c]: d\n",
    "addresses": "<https://a.example>, <b@c.example> and (<https://d.example>)",
    "ends of lines": "a  \nb\n> c  \n> d\n",
    "ends of lines before HTML": "a\n  <div>b</div>\n\n- c\n  <div>d</div>\n",
    "what stands around HTML": "<hr>[a]<hr>(b)\n\n<hr>!<hr>[a](b)\n",
    "tabs at the ends of lines": "a\t\nb \t\nc\n",
    "ends of lines by a return": "a  \r\nb  \rc\n",
    "HTML": "a <b>c</b> <!-- d --> <e@f>\n",
    "entities": "a&amp;b &#42;c&#42; &nbsp;",
    "emphasis": "*a* __b__ c_d_e",
    "all of them": "|A|\n|-|\n|b[^1]|\n\n```\na\n```\n\n[^1]: B.\n",
}


@pytest.mark.parametrize("text", USES.values(), ids=USES)
def test_a_page_is_the_same_with_the_extensions_that_it_uses(text: str) -> None:
    context = PageContext()
    used = where_used(CONFIGURED, CONFIGS, context)
    context.markdown = text
    found = Markdown(extensions=used, extension_configs=CONFIGS).convert(text)
    assert found == Markdown(extensions=CONFIGURED, extension_configs=CONFIGS).convert(text)


PIECES = (
    *("`", "``", "\\", "[a]", "[^1]", "]:", "(b)", "[a]:", "![", "&amp;", "*", "**", "_", "|", ">", "-", "#", "f"),
    *("<b>", "</b>", "<div>", "</div>", "<p>", "<hr>", "<!-- x -->", "<http://c>", "<d@e>"),
    *(" ", "  ", "    ", "\t", "\r", "\n", "\n\n", "\n```\n", "\n~~~\n", "\n\n```diagram\nkind: causes\n```\n"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_a_page_holds_what_it_does_not_use_makes_no_difference(text: str) -> None:
    used = where_used(CONFIGURED, CONFIGS, PageContext(markdown=text))
    found = Markdown(extensions=used, extension_configs=CONFIGS).convert(text)
    assert found == Markdown(extensions=CONFIGURED, extension_configs=CONFIGS).convert(text)


INLINE = (
    *("backtick", "escape", "reference", "link", "image_link", "image_reference", "short_reference"),
    *("short_image_ref", "autolink", "automail", "html", "entity", "em_strong"),
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a", []),
        ("a [b](c) d", ["reference", "link", "short_reference"]),
        ("- [b](<c>) *d*\n", ["reference", "link", "short_reference", "autolink", "html", "em_strong"]),
        (USES["a diagram"], []),
        (USES["a diagram and code"], ["backtick"]),
        (USES["a diagram in code"], ["backtick"]),
        ("a! \\b", ["escape", "image_link", "image_reference", "short_image_ref"]),
        (USES["entities"], ["entity"]),
    ],
)
def test_a_page_has_no_inline_pattern_that_it_does_not_use(text: str, left: list[str]) -> None:
    md = Markdown(extensions=where_used(CONFIGURED, CONFIGS, PageContext(markdown=text)), extension_configs=CONFIGS)
    assert [name for name in INLINE if name in md.inlinePatterns] == left


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("nothing", set[str]()),
        ("tables", {"table"}),
        ("footnotes", {"footnote"}),
        ("fences", {"fenced_code_block"}),
    ],
)
def test_a_page_has_no_extension_that_it_does_not_use(text: str, added: set[str]) -> None:
    context = PageContext(markdown=USES[text])
    md = Markdown(extensions=where_used(CONFIGURED, CONFIGS, context), extension_configs=CONFIGS)
    names = {"table", "footnote", "fenced_code_block"}
    assert {name for name in names if name in md.parser.blockprocessors or name in md.preprocessors} == added


def test_no_extension_is_left_out_where_one_may_bring_in_text() -> None:
    class Own(Extension):
        """One that is given as it is, such as that of this package, which knows what it brings in."""

    own = Own()
    configs: Mapping[str, object] = {}
    assert where_used(["tables", "pymdownx.snippets", own], configs, PageContext()) == [
        "tables",
        "pymdownx.snippets",
        own,
    ]
    first, second, _ = where_used(["tables", own], configs, PageContext())
    assert (isinstance(first, str), second) == (False, own)

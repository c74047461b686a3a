"""Names in rendered prose become links, once in each section, and never where they should not."""

from __future__ import annotations

import re
from pathlib import Path

import markdown
import pytest

from explainer.checking import load
from explainer.linking import Heading, LinkingTreeprocessor, Mentions, entry_link, structural_neighbours
from explainer.model import Dataset
from explainer.names import NameIndex

FERRY = Path(__file__).parent / "fixtures" / "ferry"


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    dataset = load(FERRY).dataset
    assert dataset is not None
    return dataset


def render(dataset: Dataset, text: str, own_id: str | None = None, mentions: Mentions | None = None) -> str:
    """HTML of a text on the page `essay/x.md`, with links shortened to ``[words→target]``."""
    md = markdown.Markdown(extensions=["attr_list", "toc"])
    linker = LinkingTreeprocessor(md, dataset, NameIndex(dataset.named()), "essay/x.md", own_id, mentions)
    md.treeprocessors.register(linker, "links", 7)
    return re.sub(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', r"[\2→\1]", md.convert(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("The toll.", "<p>The [toll→../glossary/toll.md].</p>"),
        ("A toll and a toll.", "<p>A [toll→../glossary/toll.md] and a toll.</p>"),
        ("*Quill* and Quill", "<p><em>[Quill→../actors/ada-quill.md]</em> and Quill</p>"),
        ("See [the fee](ref:toll): a toll", "<p>See [the fee→../glossary/toll.md]: a toll</p>"),
        ("[a toll](https://a.example)", "<p>[a toll→https://a.example]</p>"),
        ("`toll`", "<p><code>toll</code></p>"),
        ("> a toll", "<blockquote>\n<p>a toll</p>\n</blockquote>"),
        ("A toll.\n{.no-links}", '<p class="no-links">A toll.</p>'),
        ("toll, Westbank, Eastbank", "<p>[toll→../glossary/toll.md], [Westbank→../actors/westbank.md], [Eastbank→../actors/eastbank.md]</p>"),
        ("[c](ref:c1-one-boat)", "<p>[c→../claims/index.md#c1-one-boat]</p>"),
        ("toll &amp; toll", "<p>[toll→../glossary/toll.md] &amp; toll</p>"),
    ],
)  # fmt: skip
def test_links(dataset: Dataset, text: str, html: str) -> None:
    assert render(dataset, text, mentions=Mentions()) == html


def test_each_section_links_anew_and_headings_stay_as_they_are(dataset: Dataset) -> None:
    html = render(dataset, "toll\n\n## The toll {#p2}\n\ntoll", mentions=Mentions())
    assert html.count("[toll→") == 2
    assert '<h2 id="p2">The toll</h2>' in html


def test_an_entry_is_not_linked_on_its_own_page(dataset: Dataset) -> None:
    assert render(dataset, "A toll.", own_id="toll", mentions=Mentions()) == "<p>A toll.</p>"


def test_lists_of_entries_link_no_names(dataset: Dataset) -> None:
    assert render(dataset, "A toll, [see](ref:toll).", mentions=None) == "<p>A toll, [see→../glossary/toll.md].</p>"


def test_mentions_are_kept_with_their_section(dataset: Dataset) -> None:
    mentions = Mentions()
    render(dataset, "toll\n\n## Two {#p2}\n\ntoll and [more](ref:westbank)", mentions=mentions)
    assert mentions.of("toll") == (Heading("essay/x.md", ""), Heading("essay/x.md", "p2"))
    assert mentions.of("westbank") == (Heading("essay/x.md", "p2"),)
    assert mentions.of("eastbank") == ()


def test_every_entry_has_an_address(dataset: Dataset) -> None:
    links = {
        entry_link(dataset.entry(i), "index.md")
        for i in ("toll", "ada-quill", "toll-meeting", "c1-one-boat", "harbour-rolls")
    }
    assert links == {
        "glossary/toll.md",
        "actors/ada-quill.md",
        "events/toll-meeting.md",
        "claims/index.md#c1-one-boat",
        "sources/h.md#harbour-rolls",
    }


def test_neighbours_are_those_that_both_pages_list(dataset: Dataset) -> None:
    neighbours = structural_neighbours(dataset)
    assert neighbours["ada-quill"] == {"ferry-compact-signed", "toll-meeting", "westbank"}
    assert "ferry-stops" in neighbours["toll-meeting"]

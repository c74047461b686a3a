"""Names in rendered prose become links, once in each section, and never where they should not."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import markdown
import pytest
from lxml import html

from explainer.checking import load
from explainer.linking import (
    Heading,
    LinkingTreeprocessor,
    Mentions,
    entry_link,
    entry_on,
    printed_address,
    structural_neighbours,
)
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
    return re.sub(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', r"[\2→\1]", render_whole(dataset, text, own_id, mentions))


def render_whole(
    dataset: Dataset, text: str, own_id: str | None = None, mentions: Mentions | None = None, page: str = "essay/x.md"
) -> str:
    """HTML of a text on a page."""
    md = markdown.Markdown(extensions=["attr_list", "md_in_html", "toc"])
    linker = LinkingTreeprocessor(md, dataset, NameIndex(dataset.named()), page, own_id, mentions)
    md.treeprocessors.register(linker, "links", 7)
    return md.convert(text)


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
        ("[c](ref:c1-one-boat)", "<p>[c→../claims/p1.md#c1-one-boat]</p>"),
        ("toll &amp; toll", "<p>[toll→../glossary/toll.md] &amp; toll</p>"),
    ],
)  # fmt: skip
def test_links(dataset: Dataset, text: str, html: str) -> None:
    assert render(dataset, text, mentions=Mentions()) == html


TOLL = ("toll", "Toll", "Term")
QUILL = ("ada-quill", "Ada Quill", "Person")
MEETING = ("toll-meeting", "Toll meeting", "Summit · 2–3 April 1911")


@pytest.mark.parametrize(
    ("page", "text", "cards"),
    [
        ("essay/x.md", "The toll.", [TOLL]),
        ("essay/x.md", "[a](ref:ada-quill) [b](ref:toll-meeting)", [QUILL, MEETING]),
        ("essay/x.md", "[a](../actors/ada-quill.md) [b](../actors/ada-quill.md#events)", [QUILL]),
        ("events/y.md", "[a](../actors/ada-quill.md) [b](toll-meeting.md)", [QUILL, MEETING]),
        ("index.md", "[a](actors/ada-quill.md)\n{.no-links}", [QUILL]),
        ("index.md", "[a](actors/ada-quill.md)\n{.no-cards}", []),
        ("index.md", '<div class="x no-cards" markdown="1">\n\n- [a](actors/ada-quill.md)\n- toll\n\n</div>', []),
        ("essay/x.md", "[a](ref:c1-one-boat) [b](ref:harbour-rolls) [c](../claims/index.md)", []),
        ("essay/x.md", "[a](ada-quill.md) [b](https://a.example/actors/ada-quill.md) [c](#toll)", []),
    ],
)  # fmt: skip
def test_the_first_link_to_an_entrys_page_carries_its_card(
    page: str, text: str, cards: list[tuple[str, str, str]], dataset: Dataset
) -> None:
    found = html.fragment_fromstring(render_whole(dataset, text, mentions=Mentions(), page=page), create_parent=True)
    carried = [link for link in found.iter("a") if link.get("data-card-name") or link.get("title")]
    assert [(link.get("data-card-name"), link.get("data-card-facts")) for link in carried] == [
        (name, facts) for _, name, facts in cards
    ]
    assert [link.get("title") for link in carried] == [
        dataset.entry(entry_id).summary  # type: ignore[union-attr]
        for entry_id, _, _ in cards
    ]


def test_a_card_says_names_as_they_are_whatever_they_hold(dataset: Dataset) -> None:
    odd = dataset.terms["toll"].model_copy(update={"name": 'a "b" <c> & d', "definition": "<i>'\""})
    changed = dataclasses.replace(dataset, terms={**dataset.terms, "toll": odd})
    found = html.fragment_fromstring(render_whole(changed, "[x](ref:toll)", mentions=Mentions()))
    (link,) = found.iter("a")
    assert (link.get("data-card-name"), link.get("title")) == ('A "b" <c> & d', "<i>'\"")


@pytest.mark.parametrize(
    ("path", "entry_id"),
    [
        ("actors/ada-quill.md", "ada-quill"), ("events/toll-meeting.md", "toll-meeting"), ("glossary/toll.md", "toll"),
        ("actors/toll.md", None), ("actors/index.md", None), ("claims/p1.md", None), ("claims/c1-one-boat.md", None), ("toll.md", None),
        ("glossary/toll", None), ("", None),
    ],
)  # fmt: skip
def test_a_page_tells_which_entry_it_is_about(path: str, entry_id: str | None, dataset: Dataset) -> None:
    entry = entry_on(dataset, path)
    assert (entry.id if entry else None) == entry_id


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


@pytest.mark.parametrize(
    ("url", "printed"),
    [
        ("https://www.ferry.example/rolls/", "ferry.example/rolls"),
        ("http://ferry.example:443/a?b=c#d", "ferry.example/a"),
        ("https://ferry.example", "ferry.example"),
        (f"https://ferry.example/{'a' * 46}", f"ferry.example/{'a' * 46}"),
        (f"https://ferry.example/{'a' * 47}", f"ferry.example/{'a' * 45}…"),
    ],
)
def test_print_names_the_place_of_a_link(url: str, printed: str) -> None:
    assert printed_address(url) == printed


def test_only_links_to_elsewhere_carry_what_print_names(dataset: Dataset) -> None:
    html = render_whole(dataset, "A toll, [rolls](https://www.ferry.example/rolls/) and [home](../index.md).")
    assert re.findall(r'data-address="([^"]*)"', html) == ["ferry.example/rolls"]


def test_a_summary_is_a_button_and_holds_no_links(dataset: Dataset) -> None:
    html = render(
        dataset, "<details markdown='1'>\n<summary>A toll</summary>\n\nA toll.\n\n</details>", mentions=Mentions()
    )
    assert "<summary>A toll</summary>" in html
    assert "A [toll→../glossary/toll.md]." in html


def test_every_entry_has_an_address(dataset: Dataset) -> None:
    links = {
        entry_link(dataset.entry(i), "index.md")
        for i in ("toll", "ada-quill", "toll-meeting", "c1-one-boat", "harbour-rolls")
    }
    assert links == {
        "glossary/toll.md",
        "actors/ada-quill.md",
        "events/toll-meeting.md",
        "claims/p1.md#c1-one-boat",
        "sources/ha.md#harbour-rolls",
    }


def test_neighbours_are_those_that_both_pages_list(dataset: Dataset) -> None:
    neighbours = structural_neighbours(dataset)
    assert neighbours["ada-quill"] == {"ferry-compact-signed", "toll-meeting", "westbank"}
    assert "ferry-stops" in neighbours["toll-meeting"]

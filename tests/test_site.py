"""The built site, page by page: what it promises to readers, and to whoever links to it."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from lxml import html

from conftest import ROOT

# What each paragraph of the essay names or clearly alludes to, by the id of its entry.
NAMED = {
    1: "hanoi-summit donald-trump kim-jong-un united-states north-korea no-deal third-summit",
    2: "sanctions china russia south-korea sanctions-implementation united-states north-korea",
    3: "china russia south-korea north-korea united-states inter-korean-economic-cooperation bilateral-sanctions",
    4: "kim-jong-un north-korea moon-jae-in south-korea xi-jinping china singapore viet-nam lee-hsien-loong"
    " nguyen-phu-trong de-facto-recognition isolation inter-korean-summit-april-2018 inter-korean-summit-may-2018"
    " inter-korean-summit-september-2018 xi-kim-march-2018 xi-kim-may-2018 xi-kim-june-2018 xi-kim-january-2019"
    " kim-lee-hsien-loong-2018 kim-in-viet-nam-2019",
    5: "russia kim-jong-un vladimir-putin shinzo-abe japan donald-trump united-states north-korea"
    " kremlin-confirms-kim-visit isolation",
    6: "north-korea united-states military-strike catastrophic-retaliation regime-collapse patient-diplomacy"
    " complete-denuclearisation grand-bargain hanoi-summit peace-regime korean-peninsula trump-administration"
    " integration-in-trade",
    7: "north-korea united-states libya-model iran-model muammar-gaddafi libya libyan-rebels iran iaea iran-deal-2015"
    " us-leaves-iran-deal-2018 trump-administration kim-jong-un grand-bargain gaddafi-killed-2011",
    8: "trump-administration united-states north-korea step-by-step hanoi-summit leader-diplomacy donald-trump",
    9: "united-states north-korea nuclear-test icbm",
    10: "south-korean-public engagement-policy reconciliation united-states north-korea provocation china russia"
    " trump-administration un-security-council sanctions",
    11: "moon-jae-in south-korea north-korea peace-regime korean-peninsula single-term-presidency"
    " confidence-building-measures blue-house south-korean-public hanoi-summit peace-declaration us-south-korea-alliance"
    " united-states",
    12: "united-states north-korea kim-jong-un nuclear-deterrent integration-in-trade last-five-rounds"
    " un-security-council sanctions",
    13: "sanctions kim-jong-un pyongyang-elite regime-stability sanctions-relief viet-nam-model china-model"
    " denuclearisation north-korea",
    14: "trump-administration united-states north-korea denuclearisation kim-jong-un",
}

SECTIONS = {
    section["id"]: section["paragraphs"]
    for section in yaml.safe_load((ROOT / "data" / "essay.yaml").read_text(encoding="utf-8"))["sections"]
}


@cache
def parsed(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_bytes())


@pytest.fixture(scope="session")
def pages(built_site: Path) -> dict[str, html.HtmlElement]:
    """Every page by its address from the root of the site."""
    return pages_of(built_site)


def pages_of(site: Path) -> dict[str, html.HtmlElement]:
    found = sorted(site.rglob("*.html"))
    return {address_of(path.relative_to(site).as_posix()): parsed(path) for path in found}


def address_of(path: str) -> str:
    return path.removesuffix("index.html")


def repeated(values: list[str]) -> set[str]:
    return {value for value in values if values.count(value) > 1}


def test_every_page_has_one_title_and_one_first_heading(pages: dict[str, html.HtmlElement]) -> None:
    titles = [page.findtext(".//title") or "" for page in pages.values()]
    assert all(titles)
    assert repeated(titles) == set()
    for address, page in pages.items():
        assert address == "404.html" or len(page.xpath("//h1")) == 1, address


def test_every_page_has_a_description_of_its_own(pages: dict[str, html.HtmlElement]) -> None:
    texts = [
        page.xpath("string(//meta[@name='description']/@content)") for at, page in pages.items() if at != "404.html"
    ]
    assert repeated(texts) == set()
    assert [text for text in texts if not 20 <= len(text) <= 160] == []


def test_no_id_occurs_twice_on_a_page(pages: dict[str, html.HtmlElement]) -> None:
    found = {address: ids for address, page in pages.items() if (ids := repeated(page.xpath("//@id")))}
    assert found == {}


def test_no_link_or_anchor_is_dead(pages: dict[str, html.HtmlElement], built_site: Path) -> None:
    assert dead_links(pages, built_site) == set()


def dead_links(pages: dict[str, html.HtmlElement], site: Path) -> set[tuple[str, str]]:
    """The links of pages, by their addresses, that lead to nothing in the folder of the site."""
    dead = set()
    for address, page in pages.items():
        if address == "404.html":
            continue  # it is shown at any depth, so its links begin at the root of the published site
        for target in page.xpath("//a/@href | //link/@href | //script/@src | //img/@src"):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(f"/{address}"), unquote(parts.path)))
            path = path.lstrip("/") + ("/" if path != "/" and parts.path.endswith(("/", "..", ".")) else "")
            path = address if not parts.path else path
            file = site / path / "index.html" if path.endswith("/") or not path else site / path
            if not file.is_file() or (
                parts.fragment and file.suffix == ".html" and unquote(parts.fragment) not in ids_of(file)
            ):
                dead.add((address, target))
    return dead


@cache
def ids_of(file: Path) -> frozenset[str]:
    return frozenset(parsed(file).xpath("//@id"))


def test_diagrams_are_clean_named_and_have_a_table(pages: dict[str, html.HtmlElement]) -> None:
    figures = [figure for page in pages.values() for figure in page.xpath("//figure[contains(@class, 'diagram')]")]
    assert len(figures) > 50
    for figure in figures:
        assert figure.xpath(".//style | .//*[@style] | .//*[local-name() = 'foreignobject']") == []
        (drawing,) = figure.xpath(".//*[local-name() = 'svg']")
        assert drawing.xpath("string(./*[local-name() = 'title'])")
        assert drawing.xpath("string(./*[local-name() = 'desc'])")
        assert figure.xpath(".//table//tbody/tr")
        assert "flowchart" in figure.xpath("string(.//pre/code)")


def test_no_page_carries_a_style_of_its_own(pages: dict[str, html.HtmlElement]) -> None:
    content = "//article//*[@style] | //article//style"
    assert {address for address, page in pages.items() if page.xpath(content)} == set()


def test_every_section_has_a_diagram_and_every_paragraph_all_kinds_of_notes(pages: dict[str, html.HtmlElement]) -> None:
    for section, paragraphs in SECTIONS.items():
        page = pages[f"essay/{section}/"]
        assert page.xpath("//figure[contains(@class, 'diagram')]"), section
        for number in paragraphs:
            (block,) = page.xpath(f"//section[.//h2[@id='p{number}']]")
            kinds = {
                name.split("annotation--")[1] for name in block.xpath(".//details/@class") if "annotation--" in name
            }
            assert kinds == {"context", "evidence", "counter", "since"}, number
            assert block.xpath(".//*[contains(@class, 'claim ') or @class = 'claim']"), number
            for note in block.xpath(".//details[contains(@class, 'annotation')]"):
                assert note.xpath(".//a[contains(@class, 'cite')]/@href"), number


@pytest.mark.parametrize("number", NAMED)
def test_whatever_a_paragraph_names_is_a_link(number: int, pages: dict[str, html.HtmlElement]) -> None:
    section = next(section for section, paragraphs in SECTIONS.items() if number in paragraphs)
    (block,) = pages[f"essay/{section}/"].xpath(f"//section[.//h2[@id='p{number}']]")
    linked = {href.split("#")[0].rstrip("/").rsplit("/", 1)[-1] for href in block.xpath(".//a/@href")}
    assert set(NAMED[number].split()) - linked == set()


def test_every_entry_is_edited_at_the_line_where_it_begins(pages: dict[str, html.HtmlElement]) -> None:
    tried = 0
    for address, page in pages.items():
        if re.fullmatch(r"(actors|events|glossary)/[^/]+/", address):
            (edit,) = set(page.xpath("//a[contains(@class, 'md-content__button')]/@href"))
            found = re.fullmatch(r"https://git\.example/waging-peace/edit/main/(data/[a-z/-]+\.yaml)#L(\d+)", edit)
            assert found, edit
            line = (ROOT / found[1]).read_text(encoding="utf-8").splitlines()[int(found[2]) - 1]
            assert line == f"{address.split('/')[1]}:"
            tried += 1
    assert tried > 120


def test_hand_written_pages_are_edited_where_they_stand(pages: dict[str, html.HtmlElement]) -> None:
    edit = pages["essay/after-hanoi/"].xpath("//a[contains(@class, 'md-content__button')]/@href")
    assert edit == ["https://git.example/waging-peace/edit/main/docs/essay/after-hanoi.md"]


def test_entries_tell_where_the_essay_mentions_them(pages: dict[str, html.HtmlElement]) -> None:
    mentions = pages["actors/shinzo-abe/"].xpath("//ul[@class='mentions']/li/a")
    assert ("3 Kim has other callers, paragraph 5", "../../essay/other-callers/#p5") in [
        (link.text, link.get("href")) for link in mentions
    ]
    assert not [at for at, page in pages.items() if "<!-- mentioned in -->" in html.tostring(page, encoding="unicode")]


def test_mentions_in_the_essay_come_first_and_in_its_order(pages: dict[str, html.HtmlElement]) -> None:
    listed = pages["actors/north-korea/"].xpath("//ul[@class='mentions']/li/a/@href")
    essay = [section for section in listed if section.startswith("../../essay/")]
    assert listed[: len(essay)] == essay
    places = [re.fullmatch(r"\.\./\.\./essay/([a-z-]+)/(?:#p(\d+)|#[a-z-]+)?", link) for link in essay]
    order = [(list(SECTIONS).index(place[1]), int(place[2] or 0)) for place in places if place]
    assert len(order) == len(essay) > 10
    assert order == sorted(order)


def test_contested_events_show_accounts_side_by_side(pages: dict[str, html.HtmlElement]) -> None:
    accounts = pages["events/hanoi-summit/"].xpath("//div[@class='accounts']/div[@class='account']")
    assert len(accounts) >= 3
    assert all(account.xpath(".//a[contains(@class, 'cite')]") for account in accounts)


def test_native_names_say_their_language(pages: dict[str, html.HtmlElement]) -> None:
    assert "김정은" in pages["actors/kim-jong-un/"].xpath("//*[@lang='ko' or @lang='ko-KP']/text()")


def test_nothing_is_fetched_from_elsewhere(pages: dict[str, html.HtmlElement]) -> None:
    wanted = "//script/@src | //link[@rel != 'canonical' and @rel != 'edit']/@href | //img/@src | //iframe/@src"
    hosts = {urlsplit(target).netloc for page in pages.values() for target in page.xpath(wanted)}
    assert hosts <= {"", "127.0.0.1"}

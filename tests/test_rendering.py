"""From Mermaid text to clean SVG in a figure."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from lxml import etree, html

from explainer.diagrams import CONFIG, Cell, Diagram, Table, label
from explainer.rendering import (
    RenderingError,
    available,
    figure,
    identifier,
    put_back,
    render_svg,
    set_figures_aside,
)
from explainer.site import Site
from test_diagrams import VIEWS_OF_THE_FERRY, drawn

SVG = "{http://www.w3.org/2000/svg}"


def made(mermaid: str, **fields: Any) -> Diagram:
    told: dict[str, Any] = {"kind": "causes", "title": "A <b> & c", "description": "What it shows", "caption": None}
    return Diagram(**{**told, "mermaid": mermaid, "table": Table(("Who",), (((Cell("x"),),),)), **fields})


@pytest.mark.parametrize("name", VIEWS_OF_THE_FERRY)
def test_a_drawing_is_clean(name: str, ferry: Site) -> None:
    diagram = drawn(ferry.dataset, VIEWS_OF_THE_FERRY[name])
    text = render_svg(diagram)
    svg = etree.fromstring(text)
    tags = {etree.QName(element).localname for element in svg.iter()}
    assert tags <= {"svg", "title", "desc", "defs", "marker", "path", "g", "rect", "text", "a"}
    attributes = {str(name) for element in svg.iter() for name in element.attrib}
    assert "style" not in attributes
    assert not [name for name in attributes if name.startswith("on")]
    assert svg.find(f"{SVG}title").text == diagram.title
    assert svg.find(f"{SVG}desc").text == diagram.description
    ids = [element.get("id") for element in svg.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert set(svg.get("aria-labelledby").split()) <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)


@pytest.mark.parametrize("name", VIEWS_OF_THE_FERRY)
def test_every_node_is_drawn_and_linked(name: str, ferry: Site) -> None:
    diagram = drawn(ferry.dataset, VIEWS_OF_THE_FERRY[name])
    svg = etree.fromstring(render_svg(diagram))
    wanted = re.findall(r'^  click n\d+ href "([^"]+)"$', diagram.mermaid, re.MULTILINE)
    assert wanted
    assert [link.get("href") for link in svg.iter(f"{SVG}a")] == wanted
    count = len(re.findall(r"^  n\d+\[", diagram.mermaid, re.MULTILINE))
    assert len([g for g in svg.iter(f"{SVG}g") if g.get("class", "").startswith("node ")]) == count


def test_text_shows_as_it_is() -> None:
    svg = render_svg(made(f"{CONFIG}flowchart LR\n  n0[{label('a <b> &amp; #1')}]:::event\n"))
    assert [text.text for text in etree.fromstring(svg).iter(f"{SVG}text")] == ["a <b> &amp; #1"]


def test_the_same_diagram_has_the_same_bytes_and_another_one_another_id() -> None:
    one, other = made('flowchart LR\n  n0["a"]\n'), made('flowchart LR\n  n0["b"]\n')
    assert render_svg(one) == render_svg(one)
    assert identifier(one) != identifier(other)


def test_text_that_is_not_mermaid_is_refused_with_the_title() -> None:
    with pytest.raises(RenderingError, match="A <b> & c"):
        render_svg(made("flowchart LR\n  n0[[[\n"))


def test_a_figure_has_the_drawing_the_table_and_the_source(ferry: Site) -> None:
    diagram = drawn(ferry.dataset, VIEWS_OF_THE_FERRY["meetings"])
    found = html.fragment_fromstring(figure(diagram, render_svg(diagram)))
    assert found.tag == "figure"
    assert found.get("class") == "diagram diagram--meetings"
    assert found.find("figcaption").text_content() == "Who met whom All of them."
    assert [summary.text for summary in found.iter("summary")] == ["As a table", "Mermaid source"]
    assert [th.text for th in found.iter("th")] == list(diagram.table.header)
    assert {a.get("href") for a in found.find(".//table").iter("a")} == {
        a.get("href") for a in found.find(".//svg").iter("a")
    }
    assert found.find(".//code").text == diagram.mermaid


def test_a_figure_for_the_browser_hands_it_the_same_text() -> None:
    diagram = made("flowchart LR\n  n0[a & b]\n")
    found = html.fragment_fromstring(figure(diagram, None))
    assert found.find(".//div[@class='mermaid']").text == diagram.mermaid
    assert found.find(".//svg") is None


def test_the_table_says_once_of_each_entry_what_its_card_says(ferry: Site) -> None:
    diagram = drawn(ferry.dataset, VIEWS_OF_THE_FERRY["meetings"])
    twice = dataclasses.replace(diagram, table=Table(diagram.table.header, diagram.table.rows * 2))
    found = html.fragment_fromstring(figure(twice, None))
    links = list(found.find(".//table").iter("a"))
    carried = {link.get("href"): link.attrib for link in links if link.get("data-card-name")}
    assert len(carried) < len(links)
    assert set(carried) == {link.get("href") for link in links}
    told = [(link.get("data-card-name"), link.get("title")) for link in links if link.get("data-card-name")]
    assert len(set(told)) == len(told)
    entries = {entry.heading: entry.summary for entry in ferry.dataset.named()}
    assert all(entries[name or ""] == summary for name, summary in told)


def test_texts_in_a_figure_are_escaped() -> None:
    diagram = made("x", table=Table(("<i>",), (((Cell("<script>", '"><b>'),),),)), caption="<u>")
    found = html.fragment_fromstring(figure(diagram, None))
    assert not list(found.iter("i", "script", "b", "u"))


def test_figures_set_aside_come_back_in_their_places(ferry: Site) -> None:
    diagram = drawn(ferry.dataset, VIEWS_OF_THE_FERRY["meetings"])
    shown, left = figure(diagram, render_svg(diagram)), figure(diagram, None)
    page = f"<p>One</p>{shown}<p>Two</p>\n{left}{shown}<figure><img></figure>"
    aside, figures = set_figures_aside(page)
    assert re.sub("<!--.*?-->", "…", aside) == "<p>One</p>…<p>Two</p>\n……<figure><img></figure>"
    assert len(figures) == len({shown, left})
    assert put_back(aside, figures) == page


def test_a_mark_that_nobody_set_stays() -> None:
    strange = f"<!-- figure {'0' * 64} -->"
    assert put_back(strange, {}) == strange


def test_merman_is_installed_where_the_tests_run() -> None:
    assert available()

"""From views to Mermaid text and tables."""

from __future__ import annotations

import atexit
import json
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from merman import Merman

from explainer.diagrams import CONFIG, MOST_NODES, Diagram, Table, clipped, draw, label
from explainer.model import Dataset, Event, Section
from explainer.rendering import render_svg
from explainer.site import Site
from explainer.views import VIEWS, parse_view

MERMAN = Merman()
atexit.register(globals().pop, "MERMAN")  # or it complains when the interpreter ends


def address(target: str | Section) -> str:
    return f"../{target.id if isinstance(target, Section) else target}/"


VIEWS_OF_THE_FERRY: dict[str, dict[str, Any]] = {
    "timeline": {"kind": "timeline"},
    "timeline-of-one": {"kind": "timeline", "actor": "ada-quill", "from": "1910", "to": "1911", "title": "Two years"},
    "meetings": {"kind": "meetings", "caption": "All of them."},
    "network": {"kind": "network", "actor": "westbank"},
    "argument-essay": {"kind": "argument", "scope": "essay"},
    "argument-section": {"kind": "argument", "section": "the-toll"},
    "argument-paragraph": {"kind": "argument", "paragraph": 1},
    "causes": {"kind": "causes", "event": "ferry-compact-signed"},
    "sanctions": {"kind": "sanctions"},
    "offices": {"kind": "offices", "actor": ("ada-quill", "tomas-oar")},
    "positions": {"kind": "positions", "event": "toll-meeting"},
}


def drawn(dataset: Dataset, options: dict[str, Any]) -> Diagram:
    diagram = draw(parse_view(options), dataset, address)
    assert diagram is not None
    return diagram


def as_text(diagram: Diagram) -> str:
    """A diagram as a file that people can read and compare."""
    table = [
        diagram.table.header,
        *(["".join(piece.text for piece in cell) for cell in row] for row in diagram.table.rows),
    ]
    rows = "\n".join(" | ".join(cells) for cells in table)
    head = f"title: {diagram.title}\ndescription: {diagram.description}\ncaption: {diagram.caption}"
    return f"{head}\n\n{rows}\n\n{diagram.mermaid}"


@pytest.mark.parametrize("name", VIEWS_OF_THE_FERRY)
def test_every_kind_is_drawn_as_it_was(name: str, ferry: Site, golden: Callable[[str, str], None]) -> None:
    golden(f"diagrams/{name}.txt", as_text(drawn(ferry.dataset, VIEWS_OF_THE_FERRY[name])))


def test_every_kind_is_tried() -> None:
    assert {options["kind"] for options in VIEWS_OF_THE_FERRY.values()} == set(VIEWS)


@pytest.mark.parametrize("name", VIEWS_OF_THE_FERRY)
def test_mermaid_accepts_the_text(name: str, ferry: Site) -> None:
    result = MERMAN.validate(drawn(ferry.dataset, VIEWS_OF_THE_FERRY[name]).mermaid, None)
    assert result.valid, result


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "timeline", "from": "2001"},
        {"kind": "meetings", "kinds": ("test",)},
        {"kind": "network", "actor": "harbour-gazette"},
        {"kind": "offices", "actor": ("eastbank",)},
        {"kind": "positions", "event": "toll-order"},
        {"kind": "sanctions", "to": "1900"},
    ],
)
def test_a_view_of_nothing_is_no_diagram(options: dict[str, Any], ferry: Site) -> None:
    assert draw(parse_view(options), ferry.dataset, address) is None


def test_too_many_events_are_thinned_and_the_table_keeps_all(ferry: Site) -> None:
    some = next(iter(ferry.dataset.events.values()))
    many = {f"e{i}": some.model_copy(update={"id": f"e{i}", "title": f"Event {i}", "causes": ()}) for i in range(60)}
    linked = many["e59"].model_copy(update={"causes": ("e0",)})
    dataset = Dataset(**{**vars_of(ferry.dataset), "events": {**many, "e59": linked}})
    diagram = drawn(dataset, {"kind": "timeline"})
    assert len(diagram.table.rows) == 60
    assert len(nodes(diagram.mermaid)) == MOST_NODES
    assert {"Event 0", "Event 59"} <= {name.split("<br/>")[1] for name in nodes(diagram.mermaid)}  # most connected
    assert f"{MOST_NODES} of 60" in (diagram.caption or "")


def vars_of(dataset: Dataset) -> dict[str, Any]:
    return {name: getattr(dataset, name) for name in ("essay", "actors", "events", "terms", "claims", "sources")}


def nodes(mermaid: str) -> list[str]:
    """The labels of the nodes, as Mermaid reads them."""
    return [node["label"] for node in json.loads(MERMAN.parse_json(mermaid, None))["nodes"]]


def shown(text: str) -> str:
    """What a label can show of a text: single spaces, and nothing that XML cannot hold."""
    kept = (c for c in " ".join(text.split()) if unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(c for c in kept if ord(c) & 0xFFFE != 0xFFFE).strip()


HOSTILE = [
    'He said "no" [twice] (once)',
    "end",
    "subgraph end graph TD --> o--o x--x",
    "#quot; #35; &amp; <br/> <script>alert(1)</script>",
    "semi;colon: style fill:#fff; %%{init: {}}%% click n0 href",
    "back\\slash `tick` *bold* _em_ ~~strike~~ {brace} |pipe| @{ shape: circle }",
    "1. A list, - a list",
    "😀 שלום العربية 한국어 中文",
    "x" * 500,
    'classDef x fill:#f00;\nclick n0 call alert()"] --> n1["',
]
texts = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=80)).filter(shown)


@given(texts)
@settings(max_examples=400, deadline=None)
def test_a_label_reads_back_as_it_was_written(text: str) -> None:
    # The parser gives labels as sanitised HTML: where there is a < or >, the drawing tells what it read.
    text = text.replace("<", "").replace(">", "") if shown(text.replace("<", "").replace(">", "")) else "x"
    assert nodes(f"flowchart LR\n  n0[{label(text)}]:::event\n") == [shown(text)]


@given(texts)
@settings(max_examples=200, deadline=None)
def test_a_label_shows_as_it_was_written(text: str) -> None:
    diagram = Diagram("causes", "t", "d", None, f"{CONFIG}flowchart LR\n  n0[{label(text)}]:::event\n", Table((), ()))
    drawing = etree.fromstring(render_svg(diagram))
    lines = [line.text or "" for line in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert without_spaces("".join(lines)) == without_spaces(shown(text))


def without_spaces(text: str) -> str:
    return "".join(text.split())


@given(texts)
@settings(max_examples=200, deadline=None)
def test_words_on_a_line_read_back_as_they_were_written(text: str) -> None:
    text = text.replace("<", "").replace(">", "") if shown(text.replace("<", "").replace(">", "")) else "x"
    read = json.loads(MERMAN.parse_json(f"flowchart LR\n  n0[a]\n  n1[b]\n  n0 -->|{label(text)}| n1\n", None))
    assert [edge["label"] for edge in read["edges"]] == [shown(text)]
    assert len(read["nodes"]) == 2


@given(texts)
@settings(max_examples=60, deadline=None)
def test_a_title_of_any_kind_leaves_the_drawing_alone(text: str) -> None:
    site_event = event(title=text[:200])
    diagram = draw(parse_view({"kind": "timeline"}), dataset_of(site_event), address)
    assert diagram is not None
    assert len(nodes(diagram.mermaid)) == 1
    assert "<svg" in render_svg(diagram)


def event(title: str) -> Event:
    fields = {"id": "e", "at": ("f", 1, 1), "kind": "summit", "title": title, "date": "2000", "summary": "s"}
    return Event.model_validate({**fields, "sources": ("s",)})


def dataset_of(one: Event) -> Dataset:
    return Dataset(essay=None, actors={}, events={one.id: one}, terms={}, claims={}, sources={})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "short"),
    [("short", "short"), ("one two three four", "one two…"), ("one two, three", "one two…"), (" a \n b ", "a b")],
)
def test_texts_are_cut_at_words(text: str, short: str) -> None:
    assert clipped(text, 10) == short

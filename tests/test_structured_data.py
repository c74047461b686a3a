"""What pages say of themselves in schema.org's vocabulary: valid, whole, and safe inside a page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html
from schema_org import registry

from explainer.site import Site
from explainer.structured_data import as_script

GOLDEN = [
    "index.md", "essay/the-toll.md", "actors/ada-quill.md", "actors/westbank.md", "events/toll-meeting.md",
    "events/ferry-stops.md", "glossary/toll.md", "glossary/index.md", "claims/p1.md", "sources/ha.md", "data/index.md",
]  # fmt: skip

LITERALS = {"Text", "URL", "Date", "DateTime", "Number", "Integer", "Boolean"}


def address(path: str, anchor: str) -> str:
    page = path.removesuffix("index.md").replace(".md", "/")
    return f"/{page}" + (f"#{anchor}" if anchor else "")


@pytest.fixture(scope="module")
def site(ferry: Site) -> Site:
    return ferry.with_exports(address, absolute=False)


def described(site: Site, path: str) -> Any:
    return json.loads(site.structured_data(path, f"The title of {path}", "What it is.", address))


@pytest.mark.parametrize("path", GOLDEN)
def test_a_page_is_described_as_it_was(path: str, site: Site, golden: Callable[[str, str], None]) -> None:
    golden(f"structured_data/{path}.json", json.dumps(described(site, path), ensure_ascii=False, indent=1) + "\n")


# --- The vocabulary ----------------------------------------------------------------------------------------------


def faults(node: Any, at: str = "") -> Iterator[str]:
    """What of a node, and of all within it, is not in the vocabulary (schema_org has all of schema.org's, version 30)."""
    kind = node.get("@type")
    if kind is None:
        if set(node) not in ({"@id"}, {"@language", "@value"}):
            yield f"{at}: neither a type nor a reference: {sorted(node)}"
        return
    if kind not in registry.CLASS_METADATA:
        yield f"{at}: no type {kind}"
        return
    kinds = {kind, *registry.ancestry(kind)}
    for name, value in node.items():
        if name.startswith("@"):
            continue
        here = f"{at}/{kind}.{name}"
        said = registry.PROPERTY_BY_SCHEMA.get(name)
        if said is None:
            yield f"{here}: no such property"
        elif not kinds & set(said.domains):
            yield f"{here}: not a property of {kind}, but of {said.domains}"
        else:
            for item in value if isinstance(value, list) else [value]:
                yield from value_faults(item, set(said.ranges), here)


def value_faults(item: Any, ranges: set[str], here: str) -> Iterator[str]:
    if not isinstance(item, dict):
        # A reader takes an address for the thing that it is the address of, so it may stand for any type.
        if not ranges & LITERALS and not re.match(r"https?://|/", str(item)):
            yield f"{here}: the text {item!r} where {ranges} is wanted"
        return
    if "@type" in item and not {item["@type"], *registry.ancestry(item["@type"])} & ranges:
        yield f"{here}: a {item['@type']} where {ranges} is wanted"
    yield from faults(item, here)


@pytest.mark.parametrize(
    ("node", "fault"),
    [
        ({"@type": "Persona"}, ": no type Persona"),
        ({"@type": "Person", "nome": "Ada"}, "/Person.nome: no such property"),
        ({"@type": "Person", "startDate": "1911"}, "/Person.startDate: not a property of Person"),
        ({"@type": "Event", "organizer": {"@type": "Country"}}, "/Event.organizer: a Country where"),
        ({"@type": "Claim", "appearance": "the essay"}, "/Claim.appearance: the text 'the essay' where"),
        ({"@type": "Claim", "appearance": {"name": "the essay"}}, "/Claim.appearance: neither a type nor a reference"),
    ],
)
def test_what_is_not_in_the_vocabulary_is_found(node: Any, fault: str) -> None:
    (found,) = faults(node)
    assert found.startswith(fault)


def test_every_generated_page_of_the_tiny_site_is_valid(site: Site) -> None:
    pages = [*site.pages, *(page.path for page in site.written)]
    assert len(pages) > 20
    found = [fault for path in pages for node in described(site, path)["@graph"] for fault in faults(node, path)]
    assert found == []


@pytest.fixture(scope="module")
def graphs(built_site: Path) -> dict[str, Any]:
    """The graph of each page of the real site, by its address from the root."""
    found = {}
    for path in sorted(built_site.rglob("*.html")):
        page = html.document_fromstring(path.read_bytes())
        # Neither the page for what is not there nor one that only leads on is about anything.
        if path.name != "404.html" and not page.xpath("//meta[@http-equiv='refresh']"):
            (script,) = page.xpath("/html/head/script[@type='application/ld+json']")
            found[path.relative_to(built_site).as_posix().removesuffix("index.html")] = json.loads(script.text)
    return found


def test_every_page_of_the_real_site_is_valid(graphs: dict[str, Any]) -> None:
    assert len(graphs) > 400
    found = [fault for at, graph in graphs.items() for node in graph["@graph"] for fault in faults(node, at)]
    assert found == []


def test_whatever_a_page_refers_to_is_described_somewhere(graphs: dict[str, Any]) -> None:
    nodes = [node for graph in graphs.values() for top in graph["@graph"] for node in within(top)]
    described = {node["@id"] for node in nodes if "@id" in node and "@type" in node}
    sections = {f"{address}#p" for address in described if "/essay/" in address}
    referred = {node["@id"] for node in nodes if set(node) == {"@id"}}
    assert len(referred) > 400
    assert {at for at in referred - described if re.sub(r"\d+$", "", at) not in sections} == set()


def within(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for held in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from within(held)


@pytest.mark.parametrize(
    ("page", "kinds"),
    [
        ("", {"WebPage", "WebSite", "Article"}),
        ("essay/step-by-step/", {"Article", "BreadcrumbList"}),
        ("actors/kim-jong-un/", {"WebPage", "Person", "BreadcrumbList"}),
        ("actors/north-korea/", {"WebPage", "Country", "BreadcrumbList"}),
        ("actors/iaea/", {"WebPage", "Organization", "BreadcrumbList"}),
        ("events/hanoi-summit/", {"WebPage", "Event", "BreadcrumbList"}),
        ("glossary/grand-bargain/", {"WebPage", "DefinedTerm", "BreadcrumbList"}),
        ("glossary/", {"WebPage", "DefinedTermSet", "BreadcrumbList"}),
        ("data/", {"WebPage", "Dataset", "BreadcrumbList"}),
        ("about/", {"WebPage", "BreadcrumbList"}),
    ],
)
def test_each_kind_of_page_is_about_its_thing(page: str, kinds: set[str], graphs: dict[str, Any]) -> None:
    assert {node["@type"] for node in graphs[page]["@graph"]} == kinds


def test_an_approximate_date_is_left_out(site: Site) -> None:
    (event,) = (node for node in described(site, "events/ferry-stops.md")["@graph"] if node["@type"] == "Event")
    assert "startDate" not in event


def test_the_trail_leads_home(graphs: dict[str, Any]) -> None:
    (trail,) = (node for node in graphs["actors/iaea/"]["@graph"] if node["@type"] == "BreadcrumbList")
    assert [(step["position"], step["item"]) for step in trail["itemListElement"]] == [
        (1, "http://127.0.0.1/"),
        (2, "http://127.0.0.1/actors/"),
        (3, "http://127.0.0.1/actors/iaea/"),
    ]


# --- In the page -------------------------------------------------------------------------------------------------


@given(st.text())
@example("</script><script>alert(1)</script>")
@example("<!-- <script>")
@example("\u2028 & ' \"")
def test_nothing_breaks_out_of_the_script(text: str) -> None:
    written = as_script({"name": text})
    assert "<" not in written
    assert json.loads(written) == {"name": text}


def test_a_hostile_title_stays_in_the_script(site: Site) -> None:
    hostile = "</script><script>alert(1)</script>"
    written = site.structured_data("glossary/toll.md", hostile, hostile, address)
    page = html.document_fromstring(f'<head><script type="application/ld+json">{written}</script></head><p>after')
    (script,) = page.xpath("//script")
    assert json.loads(script.text)["@graph"][0]["name"] == hostile

"""The exports: each is read back by a library that did not write it, and holds as many entries as the data."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import feedparser
import networkx
import pytest
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc import Citation as CslCitation
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from frictionless import Package
from ical.calendar_stream import IcsCalendarStream
from jsonschema import Draft202012Validator
from lxml import html
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF

from conftest import FERRY, ROOT
from explainer.__main__ import main
from explainer.exports import Export
from explainer.fields import marked_values
from explainer.graphs import MOTIVATIONS
from explainer.model import COLLECTIONS, Ref
from explainer.site import Site, load_site

GOLDEN = [
    "dataset.json", "sources.bib", "sources.csl.json", "graph.graphml", "events.ics", "annotations.jsonld",
    "changes.atom", "tables/events.csv", "tables/claims-evidence-events.csv", "tables/citations.csv",
]  # fmt: skip
OA = Namespace("http://www.w3.org/ns/oa#")


def pretty(path: str, anchor: str) -> str:
    page = path.removesuffix("index.md").replace(".md", "/")
    return f"https://site.example/{page}" + (f"#{anchor}" if anchor else "")


@pytest.fixture(scope="module", params=["ferry", "real"])
def site(request: pytest.FixtureRequest) -> Site:
    """Both data sets, as published somewhere."""
    loaded, problems = load_site(FERRY if request.param == "ferry" else ROOT)
    assert loaded is not None, problems
    return loaded.with_exports(pretty, absolute=True)


@pytest.fixture(scope="module")
def files(site: Site) -> Mapping[str, Export]:
    return {export.name: export for export in site.exports.all()}


def text_of(export: Export) -> str:
    return export.content.decode("utf-8")


def sizes(site: Site) -> dict[str, int]:
    return {name: len(getattr(site.dataset, name)) for name in COLLECTIONS}


@pytest.mark.parametrize("name", GOLDEN)
def test_an_export_is_made_as_it_was(name: str, ferry: Site, golden: Callable[[str, str], None]) -> None:
    made = ferry.with_exports(lambda path, anchor: f"../{path}" + (f"#{anchor}" if anchor else ""), absolute=False)
    (export,) = (export for export in made.exports.all() if export.name == name)
    golden(f"exports/{name}", text_of(export).replace("\r\n", "\n"))


# --- JSON --------------------------------------------------------------------------------------------------------


def test_json_holds_everything_and_fits_its_schema(site: Site, files: Mapping[str, Export]) -> None:
    told = json.loads(files["dataset.json"].content)
    schema = json.loads(files["dataset.schema.json"].content)
    Draft202012Validator.check_schema(schema)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(told)] == []
    assert {name: len(told["data"][name]) for name in COLLECTIONS} == sizes(site)
    assert len(told["data"]["notes"]) == sum(len(page.notes) for page in site.written)


@pytest.mark.parametrize("damage", ["id", "sources", "kind"])
def test_the_schema_refuses_an_event_that_lacks_something(damage: str, files: Mapping[str, Export]) -> None:
    told = json.loads(files["dataset.json"].content)
    del told["data"]["events"][0][damage]
    validator = Draft202012Validator(json.loads(files["dataset.schema.json"].content))
    assert [error.message for error in validator.iter_errors(told)] == [f"'{damage}' is a required property"]


def test_the_hash_is_that_of_the_data_in_canonical_form(site: Site, files: Mapping[str, Export]) -> None:
    told = json.loads(files["dataset.json"].content)
    canonical = json.dumps(told["data"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert told["data_hash"] == f"sha256:{hashlib.sha256(canonical).hexdigest()}"
    assert site.exports.data_hash in site.pages["data/index.md"].markdown


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("title: toll meeting", "title: Toll talks", False),
        ("ferry-stops:\n", "# a remark\n\nferry-stops:\n", True),
        ("'1913~'", "'1913'", False),
    ],
)
def test_the_hash_changes_with_the_data_and_nothing_else(project: Path, old: str, new: str, same: bool) -> None:
    hashes = []
    for _ in range(2):
        loaded, _ = load_site(project)
        assert loaded is not None
        hashes.append(loaded.with_exports(pretty, absolute=True).exports.data_hash)
        events = project / "data" / "events" / "events.yaml"
        events.write_text(events.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert (hashes[0] == hashes[1]) is same


# --- Tables ------------------------------------------------------------------------------------------------------


def package_of(site: Site, folder: Path) -> Path:
    """Write the tables to a folder; give the path of their description."""
    for export in site.exports.all():
        if export.name.startswith("tables/"):
            (folder / export.name.removeprefix("tables/")).write_bytes(export.content)
    return folder / "datapackage.json"


def faults(package: Path) -> list[str]:
    report = Package(str(package)).validate()
    return [error.message for task in report.tasks for error in task.errors] + [e.message for e in report.errors]


def test_tables_are_a_valid_data_package(site: Site, tmp_path: Path) -> None:
    package = package_of(site, tmp_path)
    assert faults(package) == []
    rows = {name: len(read(path)) - 1 for name, path in tables(package).items()}
    assert {name: rows[name] for name in COLLECTIONS} == sizes(site)
    assert rows["notes"] == sum(len(page.notes) for page in site.written)
    assert rows["events-participants"] == sum(len(event.participants) for event in site.dataset.events.values())
    cited = [
        value
        for name in COLLECTIONS
        for entry in getattr(site.dataset, name).values()
        for _, marker, value in marked_values(entry)
        if isinstance(marker, Ref) and "sources" in marker.collections
    ]
    assert rows["citations"] == len(cited) + sum(len(note.sources) for page in site.written for note in page.notes)


def read(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def tables(package: Path) -> dict[str, Path]:
    resources = json.loads(package.read_text(encoding="utf-8"))["resources"]
    assert {path.stem for path in package.parent.glob("*.csv")} == {resource["name"] for resource in resources}
    return {resource["name"]: package.parent / resource["path"] for resource in resources}


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("events-participants", "actor", "nobody"),
        ("claims-evidence-events", "evidence", "9999"),
        ("citations", "source", "no-such-source"),
        ("events", "kind", "picnic"),
        ("events", "date_first", "soon"),
        ("actors", "summary", ""),
    ],
)
def test_the_description_tells_a_damaged_table(
    ferry: Site, tmp_path: Path, table: str, column: str, value: str
) -> None:
    package = package_of(ferry.with_exports(pretty, absolute=True), tmp_path)
    path = package.parent / f"{table}.csv"
    head, first, *rest = read(path)
    first[head.index(column)] = value
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, first, *rest])
    described = json.loads(package.read_text(encoding="utf-8"))
    for resource in described["resources"]:  # size and hash would tell it too
        del resource["hash"], resource["bytes"]
    package.write_text(json.dumps(described), encoding="utf-8")
    assert faults(package) != []


# --- Bibliography ------------------------------------------------------------------------------------------------


def test_bibtex_has_every_source_with_its_title(site: Site, files: Mapping[str, Export]) -> None:
    text = text_of(files["sources.bib"])
    addresses = {entry.key: entry["url"] for entry in parse_string(text).entries}
    decoding = LatexDecodingMiddleware(keep_braced_groups=False)
    library = parse_string(text, append_middleware=[decoding])
    assert library.failed_blocks == []
    found = {entry.key: entry for entry in library.entries}
    assert list(found) == list(site.dataset.sources)
    for source in site.dataset.sources.values():
        entry = found[source.id]
        assert entry["title"].strip("{}") == " ".join(source.title.split())
        assert addresses[source.id] == source.url  # which is not in TeX's writing
        assert entry.get("year") is None or entry["year"] == str(source.date.year if source.date else "")


def test_csl_json_is_understood_by_a_citation_processor(site: Site, files: Mapping[str, Export]) -> None:
    told = json.loads(files["sources.csl.json"].content)
    assert [item["id"] for item in told] == list(site.dataset.sources)
    # The processor reads only the variables of its older version of the language.
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    known = [{name: value for name, value in item.items() if name != "keyword"} for item in told[:50]]
    bibliography = CitationStylesBibliography(style, CiteProcJSON(known), formatter.plain)
    for item in known:
        bibliography.register(CslCitation([CitationItem(item["id"])]))
    shown = [str(line) for line in bibliography.bibliography()]
    assert len(shown) == len(known)
    titles = {" ".join(item["title"].split())[:12].lower() for item in known}
    assert all(any(title in " ".join(line.split()).lower() for line in shown) for title in titles)


# --- Graph -------------------------------------------------------------------------------------------------------


def test_graphml_has_the_entries_and_what_ties_them(site: Site, files: Mapping[str, Export]) -> None:
    graph = networkx.read_graphml(io.BytesIO(files["graph.graphml"].content))
    dataset = site.dataset
    assert graph.is_directed()
    assert set(graph.nodes) == {*dataset.actors, *dataset.events, *dataset.claims}
    assert Counter(kind for _, kind in graph.nodes(data="type")) == {
        "actor": len(dataset.actors),
        "event": len(dataset.events),
        "claim": len(dataset.claims),
    }
    claims = dataset.claims.values()
    assert Counter(kind for *_, kind in graph.edges(data="type")) == {
        "takes part": sum(len(event.participants) for event in dataset.events.values()),
        "cause": sum(len(event.causes) for event in dataset.events.values()),
        "tie": sum(len(actor.ties) for actor in dataset.actors.values()),
        "supports": sum(len(claim.supports) for claim in claims),
        "opposes": sum(len(claim.opposes) for claim in claims),
        "evidence": sum(len(evidence.events) for claim in claims for evidence in claim.evidence),
    }
    for event in dataset.events.values():
        assert graph.nodes[event.id]["date"] == event.date.text
        assert all(graph.has_edge(cause, event.id) for cause in event.causes)


# --- Calendar and feed -------------------------------------------------------------------------------------------


def test_the_calendar_has_every_event(site: Site, files: Mapping[str, Export]) -> None:
    content = text_of(files["events.ics"])
    assert all(len(line.encode()) <= 75 for line in content.split("\r\n"))
    calendar = IcsCalendarStream.calendar_from_ics(content)
    assert len(calendar.events) == len(site.dataset.events)
    assert len({event.uid for event in calendar.events}) == len(site.dataset.events)
    for shown, event in zip(calendar.events, site.dataset.events.values(), strict=True):
        assert shown.dtstart == event.date.first
        assert (shown.summary or "").endswith(event.heading)
        assert str(shown.url) == f"https://site.example/events/{event.id}/"
        assert shown.location == event.place


@pytest.mark.parametrize(
    ("date", "title", "first", "after", "status"),
    [
        ("1913-05-06", "End of the ferry", "19130506", "19130507", "CONFIRMED"),
        ("1913-05-06/1913-05-08", "End of the ferry", "19130506", "19130509", "CONFIRMED"),
        ("1913-05-06~", "about 6 May 1913: End of the ferry", "19130506", "19130507", "TENTATIVE"),
        ("1913-05", "May 1913: End of the ferry", "19130501", "19130502", "TENTATIVE"),
        ("1913~", "about 1913: End of the ferry", "19130101", "19130102", "TENTATIVE"),
        ("1913-05/1914", "May 1913 – 1914: End of the ferry", "19130501", "19150101", "TENTATIVE"),
    ],
)
def test_dates_in_the_calendar(project: Path, date: str, title: str, first: str, after: str, status: str) -> None:
    events = project / "data" / "events" / "events.yaml"
    events.write_text(events.read_text(encoding="utf-8").replace("1913~", date), encoding="utf-8")
    loaded, problems = load_site(project)
    assert loaded is not None, problems
    made = loaded.with_exports(pretty, absolute=True)
    (export,) = (export for export in made.exports.all() if export.name == "events.ics")
    shown = text_of(export).split("BEGIN:VEVENT")[-1].replace("\r\n ", "").split("\r\n")
    wanted = {f"SUMMARY:{title}", f"DTSTART;VALUE=DATE:{first}", f"DTEND;VALUE=DATE:{after}", f"STATUS:{status}"}
    assert wanted <= set(shown)


def test_the_feed_has_every_entry_the_latest_first(site: Site, files: Mapping[str, Export]) -> None:
    feed = feedparser.parse(files["changes.atom"].content)
    assert not feed.bozo
    told = sizes(site)
    assert len(feed.entries) == sum(told.values()) - told["sources"]
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    updated = [entry.updated for entry in feed.entries]
    assert updated == sorted(updated, reverse=True)
    assert feed.feed.updated == updated[0]
    assert feed.feed.title == site.citation.title


def test_an_entry_changed_when_its_sources_were_last_checked(project: Path) -> None:
    sources = project / "data" / "sources" / "sources.yaml"
    text = sources.read_text(encoding="utf-8")
    sources.write_text(text.replace("'2026-11-23'", "'2027-01-02'", 1), encoding="utf-8")  # of the ferry compact
    loaded, _ = load_site(project)
    assert loaded is not None
    made = loaded.with_exports(pretty, absolute=True)
    (export,) = (export for export in made.exports.all() if export.name == "changes.atom")
    entries = feedparser.parse(export.content).entries
    updated = {entry.title: entry.updated[:10] for entry in entries}
    assert [entry.updated[:4] for entry in entries] == ["2027"] * 5 + ["2026"] * 9
    assert updated["Ferry compact"] == "2027-01-02"
    assert updated["Westbank"] == "2027-01-02"
    assert updated["Ada Quill"] == "2026-11-23"


# --- Annotations -------------------------------------------------------------------------------------------------

# The terms of the context that the file names, which is not fetched: https://www.w3.org/TR/annotation-vocab/
CONTEXT: dict[str, Any] = {
    "id": "@id", "type": "@type", "oa": str(OA), "dcterms": "http://purl.org/dc/terms/",
    "as": "http://www.w3.org/ns/activitystreams#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "rdf": str(RDF), "dc": "http://purl.org/dc/elements/1.1/", "foaf": "http://xmlns.com/foaf/0.1/",
    "Annotation": "oa:Annotation", "TextualBody": "oa:TextualBody", "SpecificResource": "oa:SpecificResource",
    "AnnotationCollection": "as:OrderedCollection", "AnnotationPage": "as:OrderedCollectionPage",
    "Person": "foaf:Person", "Organization": "foaf:Organization", "name": "foaf:name",
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"}, "purpose": {"@id": "oa:hasPurpose", "@type": "@vocab"},
    "target": {"@id": "oa:hasTarget", "@type": "@id"}, "body": {"@id": "oa:hasBody", "@type": "@id"},
    "source": {"@id": "oa:hasSource", "@type": "@id"}, "value": "rdf:value", "format": "dc:format",
    "language": "dc:language", "label": "rdfs:label", "creator": {"@id": "dcterms:creator", "@type": "@id"},
    "rights": {"@id": "dcterms:rights", "@type": "@id"}, "total": "as:totalItems", "startIndex": "as:startIndex",
    "first": {"@id": "as:first", "@type": "@id"}, "items": {"@id": "as:items", "@type": "@id", "@container": "@list"},
    **{word: f"oa:{word}" for word in ("describing", "assessing", "replying", "commenting", "linking", "tagging")},
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own reader uses it
def test_annotations_are_linked_data_on_every_note(site: Site, files: Mapping[str, Export]) -> None:
    told = json.loads(files["annotations.jsonld"].content)
    assert told["@context"] == "http://www.w3.org/ns/anno.jsonld"
    graph = Graph().parse(data=json.dumps({**told, "@context": CONTEXT}), format="json-ld")
    notes = [note for page in site.written for note in page.notes]
    found = set(graph.subjects(RDF.type, OA.Annotation))
    assert len(found) == told["total"] == len(notes)
    targets = Counter(str(graph.value(annotation, OA.hasTarget)) for annotation in found)
    wanted = Counter(f"https://site.example/{page.path.removesuffix('.md')}/#p{note.paragraph}"
                     for page in site.written for note in page.notes)  # fmt: skip
    assert targets == wanted
    motivations = Counter(str(graph.value(annotation, OA.motivatedBy)) for annotation in found)
    assert motivations == Counter(str(OA[MOTIVATIONS[note.kind]]) for note in notes)
    linked = sum(1 for _ in graph.subjects(OA.hasPurpose, OA.linking))
    assert linked == sum(len(note.sources) for note in notes)
    # A member that the context does not know would be lost without a word.
    known = {*CONTEXT, "@context"}
    assert {name for name in members(told) if name not in known} == set()
    assert all(isinstance(annotation, URIRef) for annotation in found)


def members(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(members(held) for held in value.values()))
    return set().union(*(members(held) for held in value)) if isinstance(value, list) else set()


def test_no_link_by_id_leaves_the_site_in_a_note(files: Mapping[str, Export]) -> None:
    assert "](ref:" not in text_of(files["annotations.jsonld"])


# --- Where they are ----------------------------------------------------------------------------------------------


def test_every_file_is_listed_on_the_page_with_its_size(built_site: Path) -> None:
    page = html.document_fromstring((built_site / "data" / "index.html").read_bytes())
    listed = {link for link in page.xpath("//article//a/@href") if (built_site / "data" / link).is_file()}
    there = [path for path in (built_site / "data").rglob("*") if path.is_file() and path.name != "index.html"]
    assert listed == {path.relative_to(built_site / "data").as_posix() for path in there}


def test_the_command_writes_what_the_site_offers(
    built_site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--root", str(ROOT), "export", "--out", str(tmp_path), "--site-url", "http://127.0.0.1/"]
    assert main(arguments) == 0
    assert "files written to" in capsys.readouterr().out
    written = {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    offered = built_site / "data"
    assert written == {
        p.relative_to(offered).as_posix(): p.read_bytes()
        for p in offered.rglob("*")
        if p.is_file() and p.name != "index.html"
    }


@pytest.mark.parametrize("out", ["file/inside", "file"])
def test_a_folder_that_cannot_be_written_is_refused(
    project: Path, tmp_path: Path, out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert main(["--root", str(project), "export", "--out", str(tmp_path / out)]) == 1
    shown, refused = capsys.readouterr()
    assert shown == ""
    assert refused.startswith(f"{tmp_path / out}: ")
    assert refused.count("\n") == 1


def test_exports_of_broken_data_are_not_written(project: Path, tmp_path: Path) -> None:
    (project / "data" / "essay.yaml").write_text("title: [", encoding="utf-8")
    assert main(["--root", str(project), "export", "--out", str(tmp_path / "out")]) == 1
    assert not (tmp_path / "out").exists()


def test_same_data_same_bytes(tmp_path: Path) -> None:
    settings = [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Seoul", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "C.UTF-8"},
    ]
    for number, environment in enumerate(settings):
        command = [
            sys.executable,
            "-m",
            "explainer",
            "--root",
            str(FERRY),
            "export",
            "--out",
            str(tmp_path / str(number)),
        ]
        paths = {"PYTHONPATH": str(ROOT / "hooks"), "SITE_URL": ""}
        subprocess.run(command, env={**os.environ, **paths, **environment}, check=True, capture_output=True)
    one, other = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("0", "1")
    )
    assert len(one) > 20
    assert one == other

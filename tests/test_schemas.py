"""The schemas for editors and the tables of the data dictionary: made from the model, and kept in step with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conftest import FERRY, ROOT
from explainer.layout import KINDS, data_files
from explainer.reading import Misread, parse_yaml, read_yaml
from explainer.schemas import schema_files, schema_of, tables_of, with_tables


@pytest.mark.parametrize(("name", "text"), list(schema_files()))
def test_the_schemas_are_in_step_with_the_model(name: str, text: str) -> None:
    assert (ROOT / "data" / "schema" / name).read_text(encoding="utf-8") == text, "run `make schema`"


def test_there_is_a_schema_for_each_kind_of_file_and_no_other() -> None:
    assert {path.stem for path in (ROOT / "data" / "schema").iterdir()} == set(KINDS)


def test_the_data_dictionary_is_in_step_with_the_model() -> None:
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert text.count("<!-- fields: ") == len(KINDS)
    assert with_tables(text) == text, "run `make schema`"


@pytest.mark.parametrize("name", KINDS)
def test_a_schema_is_one(name: str) -> None:
    schema = schema_of(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("root", [ROOT, FERRY], ids=["site", "ferry"])
def test_data_without_problems_satisfies_the_schemas(root: Path) -> None:
    validators = {name: Draft202012Validator(schema_of(name)) for name in KINDS}
    files = list(data_files(root / "data"))
    assert len(files) > 5
    for path, kind in files:
        node, _ = read_yaml(path, path.name)
        assert node is not None
        assert [error.message for error in validators[kind].iter_errors(_as_json(node.plain()))] == [], path


def _as_json(value: Any) -> Any:
    """What a validator takes: lists for tuples."""
    assert not isinstance(value, Misread)
    if isinstance(value, tuple):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    return value


# A file | its kind | what an editor says of it
MISTAKES = [
    ("a: {name: x, definition: y}", "glossary", "'sources' is a required property"),
    ("a: {name: x, definition: y, sources: []}", "glossary", "[] should be non-empty"),
    ("a: {name: x, definition: y, sources: [b], nme: z}", "glossary", "('nme' was unexpected)"),
    ("a: {name: x, definition: y, sources: [B]}", "glossary", "'B' does not match"),
    ("A: {name: x, definition: y, sources: [b]}", "glossary", "'A' does not match any of the regexes"),
    ("a: {name: x, definition: y, native: {english: z}, sources: [b]}", "glossary", "'english' does not match any"),
    ("a: {kind: sumit, title: x, date: '2001', summary: y, sources: [b]}", "events", "'sumit' is not one of"),
    ("a: {kind: test, title: x, date: 1 May, summary: y, sources: [b]}", "events", "'1 May' does not match"),
    ("a: {kind: test, title: x, date: '2001', summary: y, sources: [b], formerly: b}", "events", "'b' is not of type"),
    ("a: {kind: test, title: x, date: '2001', summary: y, sources: [b], votes: {for: x}}", "events", "'x' is not of type"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "message"), MISTAKES)
def test_an_editor_finds_mistakes(text: str, kind: str, message: str) -> None:
    node, problems = parse_yaml(text, "x")
    assert node is not None, problems
    found = [error.message for error in Draft202012Validator(schema_of(kind)).iter_errors(_as_json(node.plain()))]
    assert len(found) == 1
    assert message in found[0]


@pytest.mark.parametrize("name", KINDS)
def test_every_field_is_explained(name: str) -> None:
    for part, definition in schema_of(name)["$defs"].items():
        assert definition["description"], part
        for field, described in definition["properties"].items():
            assert described["title"], (part, field)
            assert described["description"].endswith((".", "?")), (part, field)


@pytest.mark.parametrize("name", KINDS)
def test_examples_are_right(name: str) -> None:
    schema = schema_of(name)
    found = 0
    for part, definition in schema["$defs"].items():
        for field, described in definition["properties"].items():
            for example in described.get("examples", ()):
                found += 1
                validator = Draft202012Validator({**described, "$defs": schema["$defs"]})
                assert [error.message for error in validator.iter_errors(example)] == [], (part, field)
    assert found > 5


def test_places_and_keys_are_no_fields() -> None:
    for name in KINDS:
        for part, definition in schema_of(name)["$defs"].items():
            assert "at" not in definition["properties"]
            assert ("id" in definition["properties"]) == (part == "Section")


def test_a_schema_is_the_same_whenever_it_is_made() -> None:
    assert json.dumps(schema_of("events")) == json.dumps(schema_of("events"))


# A kind | a row of its tables
ROWS = [
    ("glossary", "| `definition` | needed | text, at most 160 | What it means, in plain text: it is what the hover card shows."),
    ("actors", "| `of` |  | actor id | The body or state it belongs to. E.g. `austria` |"),
    ("actors", "| `to` |  | date or `unknown` | When it ended;"),
    ("actors", "| `native` |  | mapping from language tag to text, at most 200 |"),
    ("events", "| `causes` |  | list of event ids |"),
    ("events", "| `participants` |  | list of Participant | Who took part;"),
    ("events", "| `account` |  | prose | What happened. |"),
    ("claims", "| `clock` | needed | one of `then`, `since` |"),
    ("sources", "| `url` | needed | web address |"),
    ("essay", "| `paragraphs` | needed | list of whole numbers | The numbers of its paragraphs. E.g. `[1, 2]` |"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "row"), ROWS)
def test_a_row_of_the_dictionary(kind: str, row: str) -> None:
    assert any(line.startswith(row) for line in tables_of(kind).splitlines()), tables_of(kind)


def test_what_is_written_by_hand_stays() -> None:
    text = "# Ours\n\n<!-- fields: glossary -->\nold\n<!-- end of fields -->\n\nOurs too.\n"
    renewed = with_tables(text)
    assert renewed.startswith("# Ours\n\n<!-- fields: glossary -->\n\n| field |")
    assert renewed.endswith("|\n\n<!-- end of fields -->\n\nOurs too.\n")
    assert "old" not in renewed
    assert with_tables(renewed) == renewed

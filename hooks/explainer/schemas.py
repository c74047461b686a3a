"""The model as others read it: JSON Schemas for editors, and the tables of the data dictionary.

Both are made from the classes of `model` alone, so that what an editor offers, what the dictionary says and what the
checks accept are one thing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from .layout import ESSAY, KINDS
from .model import ADDRESS_PATTERN, ID_PATTERN, LANGUAGE_PATTERN, Entry


class _ForFiles(GenerateJsonSchema):
    """Describes what stands in a file: a field that is optional may be absent, but never null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        return {**super().dict_schema(schema), "additionalProperties": False}

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def described(kind: type[BaseModel]) -> dict[str, JsonSchemaValue]:
    """The schemas of a value and its parts, without what no file holds; the title of each field says its form."""
    schema = kind.model_json_schema(by_alias=True, schema_generator=_ForFiles)
    definitions: dict[str, JsonSchemaValue] = schema.pop("$defs", {})
    definitions.pop("Position", None)
    definitions[kind.__name__] = schema
    if issubclass(kind, Entry):
        for name in ("id", "at"):
            del schema["properties"][name]
            schema["required"].remove(name)
    for definition in definitions.values():
        definition["properties"] = {
            name: {"title": _form(field), **field} for name, field in definition["properties"].items()
        }
    return definitions


def schema_of(name: str) -> JsonSchemaValue:
    """Make the JSON Schema (draft 2020-12) of one kind of data file.

    Args:
        name: One of `layout.KINDS`.
    """
    kind = KINDS[name]
    definitions = described(kind)
    schema: JsonSchemaValue = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"{name}"}
    if name == ESSAY:
        schema |= {"$ref": f"#/$defs/{kind.__name__}"}
    else:
        schema |= {
            "description": "Entries by their ids: lower-case ASCII words joined by hyphens.",
            "type": "object",
            "patternProperties": {ID_PATTERN: {"$ref": f"#/$defs/{kind.__name__}"}},
            "additionalProperties": False,
        }
    return {**schema, "$defs": dict(sorted(definitions.items()))}


def schema_files() -> Iterator[tuple[str, str]]:
    """Go through the schemas of all kinds of data files: the name of each file, and its text."""
    for name in KINDS:
        yield f"{name}.json", json.dumps(schema_of(name), indent=2, ensure_ascii=False) + "\n"


# --- The form of a field, in words -------------------------------------------------------------------------------

_PATTERNS: Mapping[str, str] = {ID_PATTERN: "id", ADDRESS_PATTERN: "web address", LANGUAGE_PATTERN: "language tag"}


def _form(field: Mapping[str, Any]) -> str:
    """Say in a few words what may stand in a field."""
    match field:
        case {"title": str(title)}:
            return title
        case {"$ref": str(reference)}:
            return reference.rpartition("/")[2]
        case {"anyOf": list(forms)}:
            return " or ".join(map(_form, forms))
        case {"enum": list(words)}:
            return "one of " + ", ".join(f"`{word}`" for word in words)
        case {"const": str(word)}:
            return f"`{word}`"
        case {"type": "array", "items": dict(item)}:
            return f"list of {_plural(_form(item))}"
        case {"patternProperties": dict(values)}:
            return " or ".join(f"mapping from {_PATTERNS[key]} to {_form(value)}" for key, value in values.items())
        case {"type": "integer"}:
            return "whole number"
        case {"pattern": str(pattern)}:
            return _PATTERNS[pattern]
        case {"maxLength": int(longest)}:
            return f"text, at most {longest}"
    raise TypeError(f"no words for {field}")


def _plural(form: str) -> str:
    first, comma, rest = form.partition(",")
    return form if first[:1].isupper() else f"{first}s{comma}{rest}"


# --- The data dictionary -----------------------------------------------------------------------------------------

_TABLES = re.compile(r"(<!-- fields: (\w+) -->\n).*?(<!-- end of fields -->)", re.DOTALL)


def with_tables(text: str) -> str:
    """Renew the tables of fields in a Markdown text.

    They stand between ``<!-- fields: NAME -->`` and ``<!-- end of fields -->``, NAME being one of `layout.KINDS`; everything
    else is left as it is.

    Raises:
        KeyError: there is no such kind.
    """
    return _TABLES.sub(lambda match: f"{match[1]}\n{tables_of(match[2])}\n\n{match[3]}", text)


def tables_of(name: str) -> str:
    """Make the tables of the fields of one kind of entry, and of the parts that its fields hold, in Markdown."""
    kind = KINDS[name]
    definitions = described(kind)
    own = definitions.pop(kind.__name__)
    blocks = [_table(own)]
    for part in _in_order(own, definitions):
        blocks += [f"`{part}`: {_uncapitalised(definitions[part]['description'])}", _table(definitions[part])]
    return "\n\n".join(blocks)


def _in_order(own: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterable[str]:
    """The parts in the order in which a reader of the tables meets them."""
    found: dict[str, None] = {}
    for reference in re.findall(r"#/\$defs/(\w+)", json.dumps(own)):
        found |= dict.fromkeys([reference, *_in_order(definitions[reference], definitions)])
    return found


def _table(definition: Mapping[str, Any]) -> str:
    lines = ["| field | | form | what |", "|---|---|---|---|"]
    for name, field in definition["properties"].items():
        needed = "needed" if name in definition.get("required", ()) else ""
        examples = ", ".join(f"`{example_of(example)}`" for example in field.get("examples", ()))
        what = f"{field.get('description', '')} {f'E.g. {examples}' if examples else ''}".strip()
        lines.append(f"| `{name}` | {needed} | {field['title']} | {what} |")
    return "\n".join(lines)


def example_of(example: Any) -> str:
    """Write an example as it would stand in a file."""
    if isinstance(example, list):
        return f"[{', '.join(map(example_of, example))}]"
    if isinstance(example, dict):
        return "{" + ", ".join(f"{key}: {example_of(value)}" for key, value in example.items()) + "}"
    return f"'{example}'" if re.match(r"\d{4}(-|$)", str(example)) else str(example)


def _uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]

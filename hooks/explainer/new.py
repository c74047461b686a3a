"""A new entry: asked for or told on the command line, and written where its like stand, what is not known left open."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .form import entry_text
from .layout import data_files, schema_comment
from .model import COLLECTIONS, FOLDERS, ID_PATTERN, SINGULAR
from .problems import Position
from .reading import Node, node_of, parse_yaml, read_text
from .schemas import example_of, schema_of
from .writing import write_whole

Ask = Callable[[str], str]
"""Puts a question to whoever sits at the terminal, and gives the answer."""

NOUNS: Mapping[str, str] = {SINGULAR[collection]: folder for folder, collection in FOLDERS.items()}
"""What can be made, and the folder of its files."""

_NAMES = ("name", "title", "text")
"""The fields that say what an entry is called, of which each kind has one."""

_LIKE = ("paragraph", "kind")
"""The fields by which entries are like one another, the first that a kind has."""

_ORDER = ("date", "paragraph")
"""The fields whose order the entries of a file keep, if they keep one."""

Definition = Mapping[str, Any]


class NewEntryError(Exception):
    """The entry cannot be written as asked; the message says why, and what is expected."""


class Written(NamedTuple):
    """Where an entry has been written: the file, as problems show it, and its first and last line."""

    path: str
    first: int
    last: int


class _Place(NamedTuple):
    """A file that an entry can go to, and what is in it."""

    path: Path
    text: str
    entries: Mapping[str, tuple[Position, Node]]


def write_entry(
    root: Path, noun: str, entry_id: str | None, file: Path | None, settings: Sequence[str], ask: Ask | None
) -> Written:
    """Write a new entry, with the fields that it needs and those that are set.

    Args:
        root: The project folder.
        noun: One of `NOUNS`.
        entry_id: Its id; None to make one of what it is called.
        file: The file to write it to, relative to the project folder; None for the one with most of its like.
        settings: The values of fields, each as ``field=value`` or ``part.field=value``.
        ask: Asks for everything else; None leaves it open.

    Raises:
        NewEntryError: the id, the file or a value is not possible.
    """
    folder = NOUNS[noun]
    definitions: Mapping[str, Definition] = schema_of(folder)["$defs"]
    definition = definitions[COLLECTIONS[FOLDERS[folder]].__name__]
    values: dict[str, Any] = {}
    for setting in settings:
        steps, equals, text = setting.partition("=")
        if not equals:
            raise NewEntryError(f"--set {setting}; expected FIELD=VALUE")
        _put(values, steps.split("."), text, definition, definitions)
    if ask is not None:
        for name in (name for name in definition["required"] if name not in values):
            field = definition["properties"][name]
            if "$ref" not in field and (answer := ask(_question(name, field)).strip()):
                _put(values, [name], answer, definition, definitions)
    places = _places(root)
    chosen_id = _id_of(entry_id, values, ask, places)
    path, text, entries = _place_of(root, folder, file, values, ask, places)
    entry = node_of(_skeleton(definition, definitions, values))
    lines = entry_text(chosen_id, entry, folder).splitlines()
    before, after = _parted(text, entries, values, definition)
    head = [] if before else [schema_comment(path.relative_to(root / "data"), folder)]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, "\n".join([*head, *before, "", *lines, *after]) + "\n")
    first = len(head) + len(before) + 2
    return Written(path.relative_to(root).as_posix(), first, first + len(lines) - 1)


# --- Values ------------------------------------------------------------------------------------------------------


def _question(name: str, field: Definition) -> str:
    examples = "".join(f", e.g. {example_of(example)}" for example in field.get("examples", ())[:1])
    return f"{name}: {field.get('description', '')}\n  ({field['title']}{examples})\n> "


def _put(
    values: dict[str, Any],
    steps: Sequence[str],
    text: str,
    definition: Definition,
    definitions: Mapping[str, Definition],
) -> None:
    """Set the value at the end of some steps, in place."""
    name, *rest = steps
    fields = definition["properties"]
    if name not in fields:
        raise NewEntryError(f"the unknown field `{name}`; expected one of {', '.join(f'`{each}`' for each in fields)}")
    if not rest:
        values[name] = _value(text, fields[name])
    elif "$ref" in fields[name]:
        _put(values.setdefault(name, {}), rest, text, _part(fields[name], definitions), definitions)
    else:
        raise NewEntryError(f"the field `{name}.{'.'.join(rest)}`; expected `{name}` itself, which has no fields")


def _part(field: Definition, definitions: Mapping[str, Definition]) -> Definition:
    return definitions[field["$ref"].rpartition("/")[2]]


def _value(text: str, field: Definition) -> Any:
    """Understand a value as it is told: texts as they are, lists with commas or as YAML, parts as YAML."""
    if field.get("type") == "integer" and text.isdecimal():
        return int(text)
    if field.get("type") == "array" and not text.startswith("["):
        return [item.strip() for item in text.split(",")]
    if field.get("type") in ("array", "object") or "$ref" in field:
        node, problems = parse_yaml(text, "value")
        if problems:
            raise NewEntryError(str(problems[0]))
        return node
    return text


def _skeleton(
    definition: Definition, definitions: Mapping[str, Definition], values: Mapping[str, Any]
) -> dict[str, Any]:
    """Complete the values of an entry or part by what it needs: empty, so that the checks ask for it."""
    found: dict[str, Any] = {}
    for name, field in definition["properties"].items():
        value = values.get(name)
        if "$ref" in field and (isinstance(value, dict) or (value is None and name in definition["required"])):
            found[name] = _skeleton(_part(field, definitions), definitions, value or {})
        elif value is not None:
            found[name] = value
        elif name in definition["required"]:
            found[name] = [] if field.get("type") == "array" else ""
    return found


# --- Places ------------------------------------------------------------------------------------------------------


def _places(root: Path) -> Mapping[str, Sequence[_Place]]:
    """The data files of each folder, and what is in them."""
    found: dict[str, list[_Place]] = {folder: [] for folder in FOLDERS}
    for path, kind in data_files(root / "data"):
        text, _ = read_text(path, path.name)
        node, _ = parse_yaml(text, path.relative_to(root).as_posix())
        if kind in FOLDERS:
            entries = node.value if node is not None and isinstance(node.value, dict) else {}
            found[kind].append(_Place(path, text, entries))
    return found


def _id_of(
    entry_id: str | None, values: Mapping[str, Any], ask: Ask | None, places: Mapping[str, Sequence[_Place]]
) -> str:
    called = next((str(values[name]) for name in _NAMES if name in values), "")
    ascii_only = unicodedata.normalize("NFKD", called).encode("ascii", "ignore").decode().lower()
    chosen = entry_id or "-".join(re.findall(r"[a-z0-9]+", ascii_only)[:8])
    if ask is not None and entry_id is None:
        chosen = ask(f"id: It is permanent, and part of the address of the page.\n  (Enter for {chosen})\n> ") or chosen
    if not re.fullmatch(ID_PATTERN, chosen) or len(chosen) > 80:
        raise NewEntryError(f"the id `{chosen}`; expected lower-case ASCII words joined by hyphens (--id)")
    for place in (place for held in places.values() for place in held):
        if chosen in place.entries:
            at = place.entries[chosen][0]
            raise NewEntryError(f"the id `{chosen}`; expected one of its own: it is used in {at.path}:{at.line} (--id)")
    return chosen


def _place_of(
    root: Path,
    folder: str,
    file: Path | None,
    values: Mapping[str, Any],
    ask: Ask | None,
    places: Mapping[str, Sequence[_Place]],
) -> _Place:
    """Choose the file: as told, or else the one with most entries that are like the new one."""
    like = next((name for name in _LIKE if name in values), None)

    def alike(place: _Place) -> tuple[int, int]:
        entries = [entry.plain() for _, entry in place.entries.values()]
        same = [entry for entry in entries if like and isinstance(entry, dict) and entry.get(like) == values[like]]
        return len(same), len(entries)

    best = max(places[folder], key=alike, default=None)
    default = best.path.relative_to(root) if best else Path("data", folder, f"{folder}.yaml")
    chosen = file or default
    if ask is not None and file is None:
        others = ", ".join(place.path.name for place in places[folder])
        chosen = Path(ask(f"file: Where it goes.\n  (Enter for {default}; there are {others})\n> ") or default)
        chosen = chosen if chosen.parent.name else Path("data", folder, chosen)
    home = (root / "data" / folder).resolve()
    path = (root / chosen).resolve()
    if not path.is_relative_to(home) or path.suffix != ".yaml":
        raise NewEntryError(f"the file {chosen.as_posix()}; expected data/{folder}/….yaml (--file)")
    known = next((place for place in places[folder] if place.path.resolve() == path), None)
    return known or _Place(root / path.relative_to(root.resolve()), "", {})


def _parted(
    text: str, entries: Mapping[str, tuple[Position, Node]], values: Mapping[str, Any], definition: Definition
) -> tuple[Sequence[str], Sequence[str]]:
    """Part the lines of a file where a new entry goes: in its order, if the file has one, or else at the end."""
    lines = text.splitlines()
    while lines and not lines[-1].strip():
        del lines[-1]
    begins = [at.line for at, _ in entries.values()]
    field = next((name for name in _ORDER if name in definition["properties"]), None)
    keys = [entry.find((field,))[0].value for _, entry in entries.values()] if field else []
    own = values.get(field) if field else None
    if own is None or not all(isinstance(key, type(own)) for key in keys) or keys != sorted(keys):
        return lines, []
    later = next((index for index, key in enumerate(keys) if key > own), None)
    if later is None:
        return lines, []
    end = begins[later] - 1
    # What stands directly above an entry, or heads a group of them, is a comment on those; what heads the file is not.
    while end and (lines[end - 1].startswith("#") or (later > 0 and not lines[end - 1].strip())):
        end -= 1
    before = lines[:end]
    while before and not before[-1].strip():
        del before[-1]
    return before, ["", *lines[end:]] if lines[end].strip() else lines[end:]

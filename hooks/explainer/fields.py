"""What the model says of its fields: their names in a file, the parts they hold, which are references or prose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from pydantic.fields import FieldInfo

from .model import Entry, Part, Prose, Ref

Step = int | str
"""A key or an index on the way to a value in a file."""

NOT_WRITTEN = ("id", "at")
"""Fields of an entry that do not stand inside it: its key, and its place."""


@cache
def field_names(kind: type[Part] | None) -> tuple[str, ...]:
    """The fields of a mapping as a file names them, in the order in which it has them; none for an unknown kind."""
    if kind is None:
        return ()
    hidden = NOT_WRITTEN if issubclass(kind, Entry) else ()
    return tuple(info.alias or name for name, info in kind.model_fields.items() if name not in hidden)


@cache
def part_in(kind: type[Part] | None, key: str) -> type[Part] | None:
    """Which kind of mapping a field holds, itself or in a list; None if it holds none, or there is no such field."""
    fields = kind.model_fields.items() if kind else ()
    info = next((info for name, info in fields if (info.alias or name) == key), None)
    return next(parts_of(info), None) if info else None


def part_at(kind: type[Part], steps: tuple[Step, ...]) -> type[Part] | None:
    """Which kind of mapping the model expects at the end of these steps."""
    current: type[Part] | None = kind
    for step in steps:
        if isinstance(step, str):
            current = part_in(current, step)
    return current


@dataclass(frozen=True, slots=True)
class _Marked:
    """A field that holds references or prose, or parts that have such fields."""

    attribute: str
    key: str
    marker: Ref | Prose | None


@cache
def _marked_fields(kind: type[Part]) -> tuple[_Marked, ...]:
    found = []
    for name, info in kind.model_fields.items():
        markers = [m for m in annotations_of(info) if isinstance(m, (Ref, Prose))]
        if markers or any(parts_of(info)):
            found.append(_Marked(name, info.alias or name, markers[0] if markers else None))
    return tuple(found)


@cache
def holds_prose(kind: type[Part] | None) -> bool:
    """Whether a mapping of this kind has a field of prose of its own."""
    return kind is not None and any(isinstance(field.marker, Prose) for field in _marked_fields(kind))


def annotations_of(info: FieldInfo) -> Iterator[Any]:
    """Go through everything that the model says of a field: its types, however nested, and their markers."""
    yield from info.metadata
    yield from _walk_type(info.annotation)


def _walk_type(annotation: Any) -> Iterator[Any]:
    yield annotation
    for argument in get_args(annotation):
        yield from _walk_type(argument)
    yield from getattr(annotation, "__metadata__", ())


def parts_of(info: FieldInfo) -> Iterator[type[Part]]:
    """Go through the kinds of part that a field can hold."""
    for annotation in _walk_type(info.annotation):
        if isinstance(annotation, type) and issubclass(annotation, Part):
            yield annotation


def marked_values(part: Part, steps: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Ref | Prose, str]]:
    """Go through all references and all prose in a part of the data, however deep.

    Yields:
        The steps that lead to the value in the file, what the model says it is, and the value.
    """
    for marked in _marked_fields(type(part)):
        value = getattr(part, marked.attribute)
        here = (*steps, marked.key)
        items = enumerate(value) if isinstance(value, tuple) else ((None, value),)
        for index, item in items:
            place = here if index is None else (*here, index)
            if isinstance(item, Part):
                yield from marked_values(item, place)
            elif isinstance(item, str) and marked.marker is not None:
                yield place, marked.marker, item

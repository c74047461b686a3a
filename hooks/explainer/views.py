"""What a diagram can be asked to show: one class for each kind, with its options.

A view says what to show, not how: `diagrams.draw` turns it into a diagram of a data set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from .dates import Date
from .model import ActorId, EventId, EventKind, Id, Line, Part, Text

Kind = Literal["timeline", "meetings", "network", "argument", "causes", "sanctions", "offices", "positions"]


class AnyView(Part):
    """What all kinds have: a title of their own instead of the one made from the data, and a caption."""

    kind: Kind
    title: Line | None = None
    caption: Text | None = None


class _Spanned(AnyView):
    """A view of what falls within a span, open at either end."""

    start: Date | None = Field(default=None, alias="from")
    end: Date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> _Spanned:
        if self.start and self.end and self.end.last < self.start.first:
            raise PydanticCustomError("view", "a span whose `to` is not before its `from`")
        return self

    def covers(self, date: Date) -> bool:
        """Whether a date lies in the span, at least in part."""
        return not (self.start and date.last < self.start.first) and not (self.end and date.first > self.end.last)


class Timeline(_Spanned):
    """Events in order of date; of one actor, or of some kinds, if asked."""

    kind: Literal["timeline"]
    actor: ActorId | None = None
    kinds: tuple[EventKind, ...] = get_args(EventKind)


class Meetings(_Spanned):
    """Who met whom: the people of each meeting."""

    kind: Literal["meetings"]
    kinds: tuple[EventKind, ...] = ("summit", "meeting")


class Network(AnyView):
    """One actor, its ties, and those it shares most events with."""

    kind: Literal["network"]
    actor: ActorId


class Argument(AnyView):
    """Claims and what supports and opposes them: of a paragraph, of a section, or the sections of the whole."""

    kind: Literal["argument"]
    paragraph: StrictInt | None = None
    section: Id | None = None
    scope: Literal["essay"] | None = None

    @model_validator(mode="after")
    def _one_scope(self) -> Argument:
        if sum(value is not None for value in (self.paragraph, self.section, self.scope)) != 1:
            raise PydanticCustomError("view", "exactly one of `paragraph`, `section` and `scope: essay`")
        return self


class Causes(AnyView):
    """What led to an event and what it led to, so many steps away."""

    kind: Literal["causes"]
    event: EventId
    depth: Annotated[StrictInt, Field(ge=1, le=5)] = 2


class Sanctions(_Spanned):
    """The ladder of measures: the events that have some, and what each is about."""

    kind: Literal["sanctions"]


class Offices(_Spanned):
    """Who held what, when."""

    kind: Literal["offices"]
    actor: Annotated[tuple[ActorId, ...], Field(min_length=1)]


class Positions(AnyView):
    """What each side of an event offered and asked."""

    kind: Literal["positions"]
    event: EventId


VIEWS: Mapping[str, type[AnyView]] = {
    "timeline": Timeline,
    "meetings": Meetings,
    "network": Network,
    "argument": Argument,
    "causes": Causes,
    "sanctions": Sanctions,
    "offices": Offices,
    "positions": Positions,
}
"""The class of each kind."""


def view_class(options: Mapping[str, Any]) -> type[AnyView]:
    """Tell which class the options of a diagram belong to; `AnyView`, which accepts none, if the kind is unknown."""
    kind = options.get("kind")
    return VIEWS.get(kind, AnyView) if isinstance(kind, str) else AnyView


def parse_view(options: Mapping[str, Any]) -> AnyView:
    """Read the options of a diagram.

    Raises:
        pydantic.ValidationError: the kind is unknown, or an option is missing, unknown or wrong.
    """
    return view_class(options).model_validate(options)

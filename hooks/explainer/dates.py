"""Calendar dates of known or limited precision.

The forms are the subset of the Extended Date/Time Format (EDTF, ISO 8601-2:2019, level 0 and the ``~`` of level 1)
that history of the last two centuries needs: a year, a month, a day, a span of two of these, each possibly
approximate. A full EDTF parser accepts far more (seasons, masked digits, sets), all of which would be mistakes here.
"""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from functools import lru_cache, total_ordering
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
"""English month names; `calendar.month_name` follows the locale of the machine, and a build must not."""

EXPECTED_DATE = "a date in quotes such as '2019', '2019-02', '2019-02-28' or '2019-02-27/2019-02-28', with ~ after it if approximate"

_POINT = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(~)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Point:
    """One end of a date: a year, a month or a day."""

    year: int
    month: int | None
    day: int | None
    approximate: bool

    @property
    def first(self) -> datetime.date:
        """The first day it may mean."""
        return datetime.date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> datetime.date:
        """The last day it may mean."""
        month = self.month or 12
        return datetime.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        """Give the point for readers: ``28 February 2019``."""
        words = [str(self.day)] if self.day else []
        words += [MONTHS[self.month - 1]] if self.month else []
        words += [str(self.year)]
        return ("about " if self.approximate else "") + " ".join(words)


@total_ordering
@dataclass(frozen=True, slots=True)
class Date:
    """A date or a span of dates; ordered by where it begins, then by where it ends.

    `text` is the form in the data; `start` and `end` are its two points (the same one unless it is a span).
    """

    text: str
    start: Point
    end: Point

    @property
    def first(self) -> datetime.date:
        """The first day it may mean."""
        return self.start.first

    @property
    def last(self) -> datetime.date:
        """The last day it may mean."""
        return self.end.last

    @property
    def year(self) -> int:
        """The year in which it begins."""
        return self.start.year

    @property
    def iso(self) -> str:
        """The beginning in the form of HTML's ``datetime`` attribute and of ISO 8601."""
        return self.start.first.isoformat()[: 10 if self.start.day else 7 if self.start.month else 4]

    def __lt__(self, other: Date) -> bool:
        """Order by first day, then last day, then text, so that a list of dates has one order only."""
        return (self.first, self.last, self.text) < (other.first, other.last, other.text)

    def __hash__(self) -> int:
        """Tell dates apart by their text."""
        return hash(self.text)

    def __str__(self) -> str:
        """Give the date for readers: ``27–28 February 2019``."""
        return _for_readers(self)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Let a field of a model be a `Date`, read from text."""
        return core_schema.no_info_after_validator_function(_validated, core_schema.str_schema(strict=True))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the text form to editors."""
        point = r"\d{4}(-\d{2}(-\d{2})?)?~?"
        return {"type": "string", "pattern": f"^{point}(/{point})?$", "title": "date", "description": EXPECTED_DATE}


@lru_cache(100_000)  # the date of an event stands on many pages, and many sources were checked on one day
def _for_readers(date: Date) -> str:
    start, end = date.start, date.end
    if start == end:
        return str(start)
    if start.approximate or end.approximate or not (start.month and end.month):
        return f"{start} – {end}"
    if (start.year, start.month) == (end.year, end.month) and start.day and end.day:
        return f"{start.day}–{end}"
    if start.year == end.year:
        begin = f"{start.day} {MONTHS[start.month - 1]}" if start.day else MONTHS[start.month - 1]
        return f"{begin} – {end}"
    return f"{start} – {end}"


class DateError(ValueError):
    """A text is not a date; `found` says why, for people."""

    def __init__(self, found: str) -> None:
        """Keep what was found."""
        super().__init__(found)
        self.found = found


@lru_cache(10_000)
def parse_date(text: str) -> Date:
    """Read a date. Many stand in many places: on one day somebody read many sources.

    Raises:
        DateError: the text is malformed, names a day that never was, or a span that ends before it begins.
    """
    parts = text.split("/")
    if len(parts) > 2:
        raise DateError("more than one / in a span")
    points = [_point(part) for part in parts]
    start, end = points[0], points[-1]
    if end.last < start.first or end.first < start.first:
        raise DateError(f"a span that ends ({parts[-1]}) before it begins ({parts[0]})")
    return Date(text, start, end)


def _point(text: str) -> Point:
    match = _POINT.fullmatch(text)
    if not match:
        raise DateError("a malformed date")
    year, month, day = (int(group) if group else None for group in match.groups()[:3])
    assert year is not None  # noqa: S101 - the pattern has it
    if year == 0 or (month is not None and not 1 <= month <= 12):
        raise DateError("an impossible date: no such " + ("month" if year else "year"))
    if month is not None and day is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise DateError(f"an impossible date: {MONTHS[month - 1]} {year} has no day {day}")
    return Point(year, month, day, match[4] is not None)


def _validated(text: str) -> Date:
    try:
        return parse_date(text)
    except DateError as problem:
        raise PydanticCustomError("date", "{found}", {"found": problem.found}) from None

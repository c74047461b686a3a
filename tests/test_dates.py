"""Dates: what they accept, what they mean, how they read."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.dates import Date, DateError, parse_date


@pytest.mark.parametrize(
    ("text", "first", "last", "shown", "iso"),
    [
        ("2019", "2019-01-01", "2019-12-31", "2019", "2019"),
        ("2019-02", "2019-02-01", "2019-02-28", "February 2019", "2019-02"),
        ("2020-02", "2020-02-01", "2020-02-29", "February 2020", "2020-02"),
        ("2019-02-28", "2019-02-28", "2019-02-28", "28 February 2019", "2019-02-28"),
        ("2018-11~", "2018-11-01", "2018-11-30", "about November 2018", "2018-11"),
        ("2019-02-27/2019-02-28", "2019-02-27", "2019-02-28", "27–28 February 2019", "2019-02-27"),
        ("2019-02-27/2019-03-01", "2019-02-27", "2019-03-01", "27 February – 1 March 2019", "2019-02-27"),
        ("2018-12-30/2019-01-02", "2018-12-30", "2019-01-02", "30 December 2018 – 2 January 2019", "2018-12-30"),
        ("2018-05/2018-07", "2018-05-01", "2018-07-31", "May – July 2018", "2018-05"),
        ("2003/2009", "2003-01-01", "2009-12-31", "2003 – 2009", "2003"),
        ("2003~/2009", "2003-01-01", "2009-12-31", "about 2003 – 2009", "2003"),
    ],
)
def test_reading(text: str, first: str, last: str, shown: str, iso: str) -> None:
    date = parse_date(text)
    assert (date.first.isoformat(), date.last.isoformat()) == (first, last)
    assert (str(date), date.iso) == (shown, iso)


@pytest.mark.parametrize(
    "text",
    ["", "19", "2019-2", "2019-02-30", "2019-13", "0000", "2019-02-28/2019-02-27", "2019/2018", "2019/2020/2021",
     "2019-00", "2019-01-00", "28 February 2019", "２０１９", "2019-02-28T00:00", "/2019", "2019/", "~2019", " 2019"],
)  # fmt: skip
def test_refusing(text: str) -> None:
    with pytest.raises(DateError):
        parse_date(text)


@given(st.dates(min_value=datetime.date(1000, 1, 1)), st.dates(min_value=datetime.date(1000, 1, 1)))
def test_days_order_as_days_do(one: datetime.date, other: datetime.date) -> None:
    dates = parse_date(one.isoformat()), parse_date(other.isoformat())
    assert (dates[0] < dates[1]) == (one < other)


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        date = parse_date(text)
    except DateError:
        return
    assert isinstance(date, Date)

"""What a diagram can be asked for, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from explainer.dates import parse_date
from explainer.views import VIEWS, Argument, Timeline, parse_view


def test_options_become_a_view_of_their_kind() -> None:
    view = parse_view({"kind": "timeline", "from": "2018-01", "to": "2019-03", "kinds": ("summit",)})
    assert isinstance(view, Timeline)
    assert view.covers(parse_date("2018-01-31"))
    assert view.covers(parse_date("2017/2018"))
    assert not view.covers(parse_date("2019-04-01"))
    assert not view.covers(parse_date("2017-12-31"))


def test_a_span_may_be_open() -> None:
    view = parse_view({"kind": "timeline"})
    assert isinstance(view, Timeline)
    assert view.covers(parse_date("1066"))


@pytest.mark.parametrize(
    ("options", "where", "told"),
    [
        ({"kind": "timelime"}, ("kind",), "'timeline'"),
        ({"kind": ["timeline"]}, ("kind",), "Input should be"),
        ({}, ("kind",), "Field required"),
        ({"kind": "network"}, ("actor",), "Field required"),
        ({"kind": "timeline", "since": "2018"}, ("since",), "not permitted"),
        ({"kind": "timeline", "from": "2018-13"}, ("from",), "no such month"),
        ({"kind": "timeline", "from": "2019", "to": "2018"}, (), "not before its `from`"),
        ({"kind": "causes", "event": "x", "depth": 9}, ("depth",), "less than or equal to 5"),
        ({"kind": "offices", "actor": ()}, ("actor",), "at least 1 item"),
        ({"kind": "argument"}, (), "exactly one of"),
        ({"kind": "argument", "paragraph": 2, "scope": "essay"}, (), "exactly one of"),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, Any], where: tuple[str, ...], told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_view(options)
    details = refused.value.errors()[0]
    assert details["loc"] == where
    assert told in details["msg"]


def test_every_kind_has_a_class_that_says_so() -> None:
    for kind, view in VIEWS.items():
        assert view.model_fields["kind"].annotation.__args__ == (kind,)  # type: ignore[union-attr]
    assert parse_view({"kind": "argument", "scope": "essay"}) == Argument(kind="argument", scope="essay")

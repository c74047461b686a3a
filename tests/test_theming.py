"""Mends of the theme's templates: made exactly, or the build stops."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader, Environment

from explainer.theming import ThemeError, mended

TEMPLATES = {"page.html": '<i id="a" x>{% include "part.html" %}', "part.html": "<b>{{ name }}</b>"}


@pytest.mark.parametrize(
    ("mends", "html"),
    [
        ({}, '<i id="a" x><b>n</b>'),
        ({"page.html": [(" x>", ">")]}, '<i id="a"><b>n</b>'),
        ({"part.html": [("b>{", "em>{"), ("}</b", "}</em")]}, '<i id="a" x><em>n</em>'),
        ({"part.html": [("name", "name | upper")]}, '<i id="a" x><b>N</b>'),
    ],
)
def test_mends(mends: dict[str, list[tuple[str, str]]], html: str) -> None:
    environment = Environment(loader=DictLoader(TEMPLATES), autoescape=False)
    environment.loader = mended(environment, mends)
    assert environment.get_template("page.html").render(name="n") == html


@pytest.mark.parametrize(
    ("mends", "message"),
    [
        ({"page.html": [("y>", ">")]}, "page.html has 0 times what is to be mended once: y>"),
        ({"part.html": [("b>", "i>")]}, "part.html has 2 times what is to be mended once: b>"),
        ({"none.html": [("b>", "i>")]}, "the theme has no none.html"),
    ],
)
def test_what_does_not_fit_is_refused(mends: dict[str, list[tuple[str, str]]], message: str) -> None:
    with pytest.raises(ThemeError) as refused:
        mended(Environment(loader=DictLoader(TEMPLATES), autoescape=False), mends)
    assert str(refused.value) == message

"""Reading hand-written Markdown. Faults as contributors meet them: test_checking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.problems import Position
from explainer.prose import id_links, markup_problems, parse_page, places_in

PAGE = """\
---
title: The quay
description: A page.
---

Before any paragraph, `[code](ref:not-a-link)`.

## Paragraph 3 {#p3}

Words with a [link](ref:toll).

/// context | The compact
    sources: [one, two]

Body with a [link](ref:quay).
///

```diagram
kind: timeline
```

~~~markdown
/// context | In code, not a note
///
```diagram
kind: nothing
```
~~~

### A smaller heading stays within the paragraph

/// since | Later
    sources:
      - three

Text.
///

## Where to look next {#next}
"""


def test_a_page() -> None:
    page, problems = parse_page(PAGE, "essay/quay.md", "docs/essay/quay.md")
    assert problems == ()
    assert page.front_matter is not None
    assert page.front_matter.plain() == {"title": "The quay", "description": "A page."}
    assert [number for _, number in page.paragraphs] == [3]
    assert [(note.kind, note.title, note.paragraph, note.at.line) for note in page.notes] == [
        ("context", "The compact", 3, 12),
        ("since", "Later", 3, 32),
    ]
    assert page.notes[0].sources == (
        (Position("docs/essay/quay.md", 13, 15), "one"),
        (Position("docs/essay/quay.md", 13, 20), "two"),
    )
    assert page.notes[0].body.strip() == "Body with a [link](ref:quay)."
    assert [fence.options.plain() for fence in page.fences if fence.options] == [{"kind": "timeline"}]
    assert [(link.at.line, link.at.column, link.target) for link in page.links] == [(10, 25, "toll"), (15, 24, "quay")]


@pytest.mark.parametrize(
    "text",
    [
        "Plain words, *emphasis*, `code <b>`, 1 < 2, a <https://a.example> link.",
        "[words](https://a.example) and [words](ref:some-id)",
        "A list:\n\n- one\n- two",
    ],
)
def test_harmless_prose(text: str) -> None:
    assert list(markup_problems(text, places_in(text, Position("x", 1, 1)), in_data=True)) == []


@pytest.mark.parametrize(
    ("text", "in_data"),
    [
        ("<script>alert(1)</script>", False),
        ("<!-- comment -->", False),
        ("</div>", False),
        ("<?php", False),
        ("[x](javascript:alert(1))", False),
        ("[x](JaVaScRiPt:alert(1))", False),
        ("[x](java&#115;cript:alert(1))", False),
        ("[x](data:text/html,x)", False),
        ("[x](//host.example)", False),
        ("[x]: javascript:alert(1)", False),
        ("[x](<javascript:alert(1)>)", False),
        ("<javascript:alert(1)>", False),
        ("[x](https://a.example){: onclick=alert(1)}", False),
        ("word {style='color:red'}", False),
        ("![picture](https://a.example/x.png)", True),
        ("# Heading", True),
        ("Heading\n=======", True),
        ("Heading\n---", True),
        ("/// context | x", True),
        ("```diagram", True),
        ("{.class}", True),
        ("[x](page.md)", True),
    ],
)
def test_harmful_prose(text: str, in_data: bool) -> None:
    assert list(markup_problems(text, places_in(text, Position("x", 1, 1)), in_data=in_data)) != []


@pytest.mark.parametrize("in_data", [True, False])
@pytest.mark.parametrize("rest", ["", ' "title', ' "one\ntwo")', " more)", "a(b)c(d))"])
def test_a_link_that_parsers_may_end_elsewhere(rest: str, in_data: bool) -> None:
    text = f"words [a](https://a.example/{rest}"
    problems = list(markup_problems(text, places_in(text, Position("x", 1, 1)), in_data=in_data))
    assert [(problem.at, problem.found) for problem in problems] == [(("x", 1, 9), "a link whose end is not clear")]


def test_the_place_of_a_problem_in_a_text_that_begins_in_the_middle_of_a_line() -> None:
    text = "one\ntwo <b>"
    assert [problem.at for problem in markup_problems(text, places_in(text, Position("x", 5, 9)), in_data=True)] == [
        ("x", 6, 5)
    ]
    assert [link.at for link in id_links("a [b](ref:c)", places_in("a [b](ref:c)", Position("x", 5, 9)))] == [
        ("x", 5, 19)
    ]


@given(st.lists(st.sampled_from(PAGE.split("\n")), max_size=40))
def test_any_order_of_lines_is_read_without_an_exception(lines: list[str]) -> None:
    parse_page("\n".join(lines), "essay/quay.md", "docs/essay/quay.md")

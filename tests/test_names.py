"""Finding names in prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.model import Actor, Event, Term
from explainer.names import NameIndex
from explainer.problems import Position

AT = Position("x.yaml", 1, 1)
ENTRIES = (
    Actor.model_validate({"id": "quill", "at": AT, "kind": "person", "name": "Ada Quill", "aliases": ("Quill",), "summary": "s", "sources": ("s",)}),
    Actor.model_validate({"id": "brook", "at": AT, "kind": "state", "name": "Brook", "native": {"ko": "개울"}, "summary": "s", "sources": ("s",)}),
    Actor.model_validate({"id": "union", "at": AT, "kind": "organisation", "name": "United Banks", "aliases": ("U.B.", "UB"), "summary": "s", "sources": ("s",)}),
    Event.model_validate({"id": "meeting", "at": AT, "kind": "summit", "title": "Brook meeting", "date": "1911", "summary": "s", "sources": ("s",)}),
    Term.model_validate({"id": "toll", "at": AT, "name": "toll", "aliases": ("ferry duty", "pilot's fee"), "definition": "d", "sources": ("s",)}),
    Term.model_validate({"id": "proliferation", "at": AT, "name": "proliferation", "definition": "d", "sources": ("s",)}),
)  # fmt: skip
INDEX = NameIndex(ENTRIES)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ada Quill spoke", ["Ada Quill=quill"]),
        ("Quill's boat; Quill’s toll", ["Quill=quill", "Quill=quill", "toll=toll"]),
        ("The Brook meeting, not Brook", ["Brook meeting=meeting", "Brook=brook"]),
        ("a Brook\nmeeting", ["Brook\nmeeting=meeting"]),
        ("Tolls and tolls and Toll", ["Tolls=toll", "tolls=toll", "Toll=toll"]),
        ("ferry duties, Ferry duty", ["ferry duties=toll", "Ferry duty=toll"]),
        ("the pilot’s fee", ["pilot’s fee=toll"]),
        ("tollgate and extoll", []),
        ("non-proliferation, proliferation", ["proliferation=proliferation"]),
        ("quill and brook", []),
        ("QUILL", []),
        ("the Brook Gazette", []),
        ("Brook and Quill-Brook talks", ["Brook=brook", "Quill=quill", "Brook=brook"]),
        ("the U.B. and the UB", ["U.B.=union", "UB=union"]),
        ("개울은 개울", ["개울=brook", "개울=brook"]),
        ("", []),
    ],
)
def test_finding(text: str, found: list[str]) -> None:
    assert [f"{text[start:end]}={entry}" for start, end, entry in INDEX.find(text)] == found


@given(
    st.lists(st.sampled_from(["Ada Quill", "Brook", "meeting", "tolls", "U.B.", "개울은", ",", "x", "\n"]), max_size=20)
)
def test_mentions_never_overlap_and_lie_within_the_text(words: list[str]) -> None:
    text, reached = " ".join(words), 0
    for start, end, _ in INDEX.find(text):
        assert reached <= start < end <= len(text)
        reached = end


NAMES = st.lists(st.text("asy", min_size=1, max_size=3), min_size=1, max_size=3).map(" ".join)


@given(st.sets(NAMES, min_size=1, max_size=30))
def test_among_names_that_begin_alike_each_is_found_as_it_is_written(names: set[str]) -> None:
    fields = {"at": AT, "definition": "d", "sources": ("s",)}
    index = NameIndex(
        Term.model_validate({"id": f"t-{name.replace(' ', '-')}", "name": name, **fields}) for name in names
    )
    for name in names:
        assert list(index.find(name)) == [(0, len(name), f"t-{name.replace(' ', '-')}")]

"""Editing under `make serve`: what the edit changes shows, and what is wrong with it shows above the last good site."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from playwright.sync_api import Browser, Page, expect

from conftest import ROOT
from explainer.problems import Position, Problem, error
from explainer.serving import panel, with_panel
from servers import edited
from test_checking import EVENTS, QUAY, change

PROBLEM = error(Position("data/a.yaml", 3, 5), "`<b>`", "text")

Response = tuple[str, dict[str, str], bytes]


def ask(problems: list[Problem], body: bytes, content_type: str = "text/html", status: str = "200 OK") -> Response:
    """Ask an application for its only answer, with the notice put on it."""

    def app(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        start(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))])
        return [body[:3], body[3:]]

    answer: list[Any] = []
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    parts = with_panel(app, lambda: problems)(environ, lambda *told: answer.append(told))  # type: ignore[arg-type]
    return answer[0][0], dict(answer[0][1]), b"".join(parts)


def test_without_problems_nothing_is_changed() -> None:
    assert ask([], b"<body>x</body>") == (
        "200 OK",
        {"Content-Type": "text/html", "Content-Length": "14"},
        b"<body>x</body>",
    )


@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        (b"<html><body class='a'>x</body>", b"<html><body class='a'>", b"x</body>"),
        (b"x", b"", b"x"),
        ("<body>é김".encode(), b"<body>", "é김".encode()),
    ],
)
def test_the_notice_comes_first_on_a_page(body: bytes, before: bytes, after: bytes) -> None:
    for status in ("200 OK", "404 Not Found"):
        found, headers, page = ask([PROBLEM], body, status=status)
        assert page == before + panel([PROBLEM]).encode() + after
        assert (found, headers["Content-Length"]) == (status, str(len(page)))


def test_what_is_no_page_has_no_notice() -> None:
    assert ask([PROBLEM], b"a {}", "text/css") == (
        "200 OK",
        {"Content-Type": "text/css", "Content-Length": "4"},
        b"a {}",
    )


def test_the_notice_is_text() -> None:
    assert "<li>data/a.yaml:3:5: error: `&lt;b&gt;`; expected text</li>" in panel([PROBLEM])


def test_the_notice_does_not_fill_the_screen() -> None:
    assert panel([PROBLEM] * 20).count("<li>") == 20
    assert panel([PROBLEM] * 25).endswith("<li>and 5 more, which are in the terminal</li></ul></div></aside>")


@pytest.fixture
def editing(project: Path, chromium: Browser) -> Iterator[tuple[Path, Page, Path]]:
    """The tiny essay under ``mkdocs serve``, the page of an event in a browser, and what the server says."""
    change(project, "mkdocs.yml", "../../../hooks/", f"{ROOT / 'hooks'}/")
    change(project, "mkdocs.yml", "docs_dir:", "watch: [data]\ndocs_dir:")
    log, scratch = project.parent / "log.txt", project.parent / "scratch"
    scratch.mkdir()
    with edited(project / "mkdocs.yml", scratch, log) as address, chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}events/toll-meeting/")
        page.set_default_timeout(60_000)
        yield project, page, log
    assert not list(scratch.iterdir()), "the site of a server that was told to end is left behind"


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long it takes until a reader sees something; ``pytest -s`` shows it. `make bench` times the real site."""
    start = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - start:.1f} s")


def test_an_edit_shows_and_a_broken_one_says_why(editing: tuple[Path, Page, Path]) -> None:
    project, page, log = editing
    expect.set_options(timeout=60_000)
    lead, notice = page.locator(".lead"), page.locator("[role=alert]")
    expect(lead).to_have_text("Quill and the ferryman part without a toll.")
    with timed("an edit of the data"):
        change(project, EVENTS, "part without a toll.", "part.")
        expect(lead).to_have_text("Quill and the ferryman part.")
    expect(notice).to_have_count(0)

    with timed("a broken edit"):
        change(project, EVENTS, "kind: summit", "kind: sumit")
        expect(notice).to_contain_text(f"{EVENTS}:13:9: error: `sumit`; expected `summit`?")
    expect(lead).to_have_text("Quill and the ferryman part.")
    page.goto(page.url.replace("events/toll-meeting", "actors/ada-quill"))
    expect(notice).to_be_visible()
    expect(page.locator("h1")).to_contain_text("Ada Quill")
    assert f"{EVENTS}:13:9: error: `sumit`" in log.read_text(encoding="utf-8")
    assert "Traceback" not in log.read_text(encoding="utf-8")

    with timed("mending it"):
        change(project, EVENTS, "kind: sumit", "kind: summit")
        expect(notice).to_have_count(0)
    expect(page.locator("h1")).to_contain_text("Ada Quill")

    page.goto(page.url.replace("actors/ada-quill", "essay/the-quay"))
    with timed("an edit of a page"):
        change(project, QUAY, "Ada Quill says", "Ada Quill writes")
        expect(page.locator(".paragraph__text")).to_contain_text("Ada Quill writes")
    page.goto(page.url.replace("essay/the-quay", "events/toll-meeting"))
    expect(lead).to_have_text("Quill and the ferryman part.")

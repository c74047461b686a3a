"""The links by which readers change and report things."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from conftest import ROOT
from explainer.forge import Forge
from explainer.problems import Position

AT = Position("data/events/events.yaml", 11, 1)


def test_without_a_repository_there_is_no_address() -> None:
    assert Forge().edit_address(AT) is None
    assert Forge(site="https://ferry.example/").report_address("Toll", "toll", "glossary/toll/") is None


@pytest.mark.parametrize("repository", ["https://git.example/ferry", "https://git.example/ferry/"])
def test_a_line_is_edited_on_its_branch(repository: str) -> None:
    address = Forge(repository, "next").edit_address(AT)
    assert address == "https://git.example/ferry/edit/next/data/events/events.yaml#L11"


def test_a_report_is_filled_in() -> None:
    forge = Forge("https://git.example/ferry", site="https://ferry.example/x/")
    address = urlsplit(str(forge.report_address("50 % & more: “A <b>”", "toll", "claims/#toll")))
    assert (address.netloc, address.path, address.fragment) == ("git.example", "/ferry/issues/new", "")
    query = parse_qs(address.query)
    assert query["title"] == ["Mistake: 50 % & more: “A <b>”"]
    assert query["body"][0].splitlines()[:2] == ["Entry: `toll`", "Page: https://ferry.example/x/claims/#toll"]


# A page of the real site | an anchor on it, if the entry shares it with others | the id of the entry
PAGES = [
    ("actors/kim-jong-un/", None, "kim-jong-un"),
    ("events/hanoi-summit/", None, "hanoi-summit"),
    ("glossary/icbm/", None, "icbm"),
    ("claims/p1/", "c01-diplomacy-open", "c01-diplomacy-open"),
    ("sources/ta/", "tass-ri-2019", "tass-ri-2019"),
]


@pytest.mark.parametrize(("path", "anchor", "entry_id"), PAGES)
def test_every_entry_has_links_to_change_and_report_it(
    built_site: Path, path: str, anchor: str | None, entry_id: str
) -> None:
    page = html.document_fromstring((built_site / path / "index.html").read_bytes())
    after = f"//*[@id='{anchor}']/following::" if anchor else "//*[contains(@class, 'changes')]//"
    edit = page.xpath(f"({after}a[text()='edit'])[1]/@href")[0]
    assert edit.startswith("https://git.example/waging-peace/edit/main/data/")
    file, line = edit.removeprefix("https://git.example/waging-peace/edit/main/").split("#L")
    text = (Path(__file__).parent.parent / file).read_text(encoding="utf-8")
    assert text.splitlines()[int(line) - 1] == f"{entry_id}:"
    report = urlsplit(page.xpath(f"({after}a[text()='report a mistake'])[1]/@href")[0])
    query = parse_qs(report.query)
    address = f"http://127.0.0.1/{path}" + (f"#{anchor}" if anchor else "")
    assert query["body"][0].splitlines()[:2] == [f"Entry: `{entry_id}`", f"Page: {address}"]


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "essay").glob("*.md")), ids=lambda path: path.stem)
def test_every_note_has_links_to_its_line_and_to_report_it(built_site: Path, path: Path) -> None:
    page = html.document_fromstring((built_site / "essay" / path.stem / "index.html").read_bytes())
    lines = path.read_text(encoding="utf-8").splitlines()
    notes = page.xpath("//details[contains(@class, 'annotation ')]")
    assert len(notes) == sum(line.startswith("/// ") for line in lines)
    for note in notes:
        (edit,) = note.xpath(".//span[@class='edits']/a[text()='edit']/@href")
        file, line = edit.removeprefix("https://git.example/waging-peace/edit/main/").split("#L")
        title = note.xpath("string(.//span[@class='annotation__title'])")
        assert (file, lines[int(line) - 1].partition(" | ")[2]) == (f"docs/essay/{path.name}", title)
        (paragraph,) = note.xpath("ancestor::section/h2/@id")
        (report,) = note.xpath(".//span[@class='edits']/a[text()='report a mistake']/@href")
        body = parse_qs(urlsplit(report).query)["body"][0].splitlines()
        assert body[0].startswith(f"Entry: `{paragraph}-")
        assert body[1] == f"Page: http://127.0.0.1/essay/{path.stem}/#{paragraph}"

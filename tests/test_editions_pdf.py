"""The PDF edition: what PDF/UA asks for that a program can see, and that everything leads somewhere."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
import typst
from pikepdf import Array, Dictionary, Name, Pdf

from editions.pdf import FONTS


@pytest.fixture(scope="module")
def pdf(editions: Path) -> Iterator[Pdf]:
    with pikepdf.open(editions / "waging-peace.pdf") as document:
        yield document


def elements(document: Pdf, kind: str) -> list[Dictionary]:
    return [
        thing
        for thing in document.objects
        if isinstance(thing, Dictionary) and thing.get("/Type") == Name.StructElem and thing.get("/S") == kind
    ]


def outline_depths(document: Pdf) -> dict[int, int]:
    """How many items the outline has at each depth."""
    with document.open_outline() as outline:
        depths: dict[int, int] = {}

        def count(items: list[pikepdf.OutlineItem], depth: int) -> None:
            for item in items:
                depths[depth] = depths.get(depth, 0) + 1
                count(item.children, depth + 1)

        count(outline.root, 1)
    return depths


def faults_of_marks(document: Pdf) -> list[str]:
    root = document.Root
    with document.open_metadata() as metadata:
        ua = metadata.get("pdfuaid:part")
        title = metadata.get("dc:title")
    checks = {
        "not tagged": bool(root.get("/MarkInfo", Dictionary()).get("/Marked")) and "/StructTreeRoot" in root,
        "no language": bool(root.get("/Lang")),
        "not marked PDF/UA-1": ua == "1",
        "no title": bool(title and root.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle")),
    }
    return [fault for fault, well in checks.items() if not well]


def faults_of_links(document: Pdf) -> list[str]:
    pages = {page.obj.objgen for page in document.pages}
    named = pikepdf.NameTree(document.Root.Names.Dests) if "/Dests" in document.Root.get("/Names", {}) else {}
    faults = []
    for number, page in enumerate(document.pages, 1):
        for link in page.obj.get("/Annots", []):
            if link.get("/Subtype") != Name.Link:
                continue
            action = link.get("/A", Dictionary())
            target = link.get("/Dest", action.get("/D"))
            if action.get("/S") == Name.URI:
                if not str(action.URI).startswith(("https://", "http://", "mailto:")):
                    faults.append(f"page {number}: a link to {action.URI}")
                continue
            if isinstance(target, pikepdf.String):
                target = named.get(str(target))
            if isinstance(target, Dictionary):
                target = target.get("/D")
            if not isinstance(target, Array) or target[0].objgen not in pages:
                faults.append(f"page {number}: a link that leads nowhere")
    return faults


def faults_of_figures(document: Pdf) -> list[str]:
    return ["a figure without text"] * sum(not str(figure.get("/Alt", "")) for figure in elements(document, "/Figure"))


def missing_glyphs(document: Pdf) -> list[str]:
    """Texts that show glyph 0, which is what a font has for characters that it lacks. Fonts here have two-byte codes."""
    streams: list[pikepdf.Page | pikepdf.Object] = list(document.pages)
    streams += [t for t in document.objects if isinstance(t, pikepdf.Stream) and t.get("/Subtype") == Name.Form]
    found = []
    for stream in streams:
        for instruction in pikepdf.parse_content_stream(stream, "Tj TJ"):
            operands = instruction.operands
            for part in operands[0] if isinstance(operands[0], Array) else operands:
                if isinstance(part, pikepdf.String):
                    codes = bytes(part)
                    found += [codes.hex() for at in range(0, len(codes), 2) if codes[at : at + 2] == b"\0\0"]
    return found


CHECKS: dict[str, Callable[[Pdf], list[str]]] = {
    "marks": faults_of_marks,
    "links": faults_of_links,
    "figures": faults_of_figures,
    "glyphs": missing_glyphs,
}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_nothing_is_wrong(check: Callable[[Pdf], list[str]], pdf: Pdf) -> None:
    assert check(pdf) == []


def untag(document: Pdf) -> None:
    del document.Root.StructTreeRoot


def unlink(document: Pdf) -> None:
    links = (link for page in document.pages for link in page.obj.get("/Annots", []))
    inside = next(link for link in links if "/Dest" in link or link.get("/A", Dictionary()).get("/S") == Name.GoTo)
    inside.A = Dictionary(S=Name.GoTo, D=Array([document.make_indirect(Dictionary()), Name.Fit]))
    if "/Dest" in inside:
        del inside.Dest


def silence(document: Pdf) -> None:
    del elements(document, "/Figure")[0].Alt


def blot(document: Pdf) -> None:
    page = document.pages[0]
    page.contents_add(document.make_stream(b"BT /f0 9 Tf <0000> Tj ET"))


DAMAGES = {"marks": untag, "links": unlink, "figures": silence, "glyphs": blot}


@pytest.mark.parametrize("name", CHECKS)
def test_the_checks_see_damage(name: str, ferry_editions: Path) -> None:
    with pikepdf.open(ferry_editions / "ferry.pdf") as document:
        assert CHECKS[name](document) == []
        DAMAGES[name](document)
        assert CHECKS[name](document) != []


def test_a_character_that_no_font_has_stops_it() -> None:
    text = f'#set document(title: "T")\n= {chr(0x1F9FF)}'.encode()
    fonts = typst.Fonts(include_system_fonts=False, font_paths=FONTS)
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typst.compile(text, font_paths=fonts, format="pdf", pdf_standards="ua-1")


def test_the_outline_leads_from_parts_to_chapters_to_entries(pdf: Pdf) -> None:
    depths = outline_depths(pdf)
    assert max(depths) == 3
    assert depths[1] == 5  # the home page, and four parts
    assert depths[2] > 15
    assert depths[3] > 420


def test_every_diagram_is_a_figure(pdf: Pdf, editions: Path) -> None:
    with zipfile.ZipFile(editions / "waging-peace.epub") as archive:
        drawings = sum(archive.read(name).count(b"<svg") for name in archive.namelist() if name.endswith(".xhtml"))
    assert len(elements(pdf, "/Figure")) == drawings > 200


@pytest.mark.parametrize("name", ["김정은", "习近平", "安倍晋三", "حسن روحانی"])
def test_fonts_have_the_characters_of_names(name: str, pdf: Pdf) -> None:
    maps = b"".join(
        thing.ToUnicode.read_bytes() for thing in pdf.objects if isinstance(thing, Dictionary) and "/ToUnicode" in thing
    ).upper()
    for character in name.replace(" ", ""):
        assert f"<{ord(character):04X}".encode() in maps or f"{ord(character):04X}>".encode() in maps, character
    descriptors = [t for t in pdf.objects if isinstance(t, Dictionary) and t.get("/Type") == Name.FontDescriptor]
    assert all("/FontFile2" in each or "/FontFile3" in each for each in descriptors)

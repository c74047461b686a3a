"""The offline editions as a whole: the same work, the same bytes, and none half made."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from libzim.reader import Archive

import editions.making
from conftest import FERRY, ROOT, editions_make
from editions.archive import write_zip
from editions.building import BuiltSite, NavigationItem
from editions.epub import write_epub
from editions.identity import EditionError, Identity, identify
from editions.making import make_editions
from editions.pdf import write_pdf
from editions.zim import write_zim
from explainer.records import hash_of, records_of
from explainer.site import load_site
from test_architecture import SUBJECT

EXTENSIONS = ["zip", "zim", "epub", "pdf"]


def said_by_zip(file: Path) -> str:
    with zipfile.ZipFile(file) as archive:
        return archive.read(f"{file.stem}/README.txt").decode()


def said_by_zim(file: Path) -> str:
    return bytes(Archive(file).get_metadata("LongDescription")).decode()


def said_by_epub(file: Path) -> str:
    with zipfile.ZipFile(file) as archive:
        page, package = archive.read("EPUB/title.xhtml").decode(), archive.read("EPUB/package.opf").decode()
    assert re.search(r"hasVersion\">sha256:[0-9a-f]{64}<", package)
    return re.sub(r"</dd>", "\n", re.sub(r"</dt><dd>", ": ", page)).replace("<dt>", "")


def said_by_pdf(file: Path) -> str:
    with pikepdf.open(file) as document:
        return str(document.docinfo["/Keywords"])


SAID: dict[str, Callable[[Path], str]] = {
    "zip": said_by_zip,
    "zim": said_by_zim,
    "epub": said_by_epub,
    "pdf": said_by_pdf,
}


def test_every_edition_is_listed_with_its_sum(editions: Path) -> None:
    listed = {line[66:]: line[:64] for line in (editions / "SHA256SUMS").read_text(encoding="ascii").splitlines()}
    assert list(listed) == [f"waging-peace.{extension}" for extension in EXTENSIONS]
    assert {path.name for path in editions.iterdir()} == {*listed, "SHA256SUMS"}
    for name, digest in listed.items():
        assert hashlib.sha256((editions / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_every_edition_says_what_it_is(extension: str, editions: Path) -> None:
    site, _ = load_site(ROOT)
    assert site is not None
    said = SAID[extension](editions / f"waging-peace.{extension}")
    assert f"Data hash: sha256:{hash_of(records_of(site.dataset, site.written))}" in said
    assert f"Facts as of: {site.dataset.essay.facts_as_of}" in said
    assert f"Licence: {site.citation.licence} (https://" in said
    assert f"Cite as: {site.citation.authors[0].name}. “{site.citation.title}.”" in said
    assert f"“{site.dataset.essay.title}.”" in said


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    settings = [
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2", "LANG": "ko_KR.UTF-8"},
    ]
    folders = [tmp_path / "one", tmp_path / "another folder – 둘"]
    for folder, environment in zip(folders, settings, strict=True):
        done = editions_make(FERRY, folder, "ferry", **environment)
        assert done.returncode == 0, done.stdout + done.stderr
    for extension in EXTENSIONS:
        first, second = (folder / f"ferry.{extension}" for folder in folders)
        assert first.read_bytes() == second.read_bytes(), extension


def test_it_shows_how_far_it_is_and_what_was_made(tmp_path: Path) -> None:
    done = editions_make(FERRY, tmp_path, "ferry")
    lines = done.stdout.splitlines()
    for extension in EXTENSIONS:
        assert f"making ferry.{extension} ..." in lines
        assert any(re.fullmatch(rf"ferry\.{extension} +\d+\.\d\d MB +\d+\.\d s", line) for line in lines)


@pytest.fixture
def ferry_identity() -> Identity:
    return identify(FERRY, "ferry", datetime(2019, 1, 1, tzinfo=UTC), "")


def test_one_that_fails_is_named_and_keeps_no_other_from_being_made(
    tmp_path: Path, ferry_identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def succeed(site: BuiltSite, identity: Identity, out: Path) -> None:
        out.write_text("whole", encoding="utf-8")

    def fail(site: BuiltSite, identity: Identity, out: Path) -> None:
        out.write_text("half", encoding="utf-8")
        raise EditionError("the moon is full")

    def crash(site: BuiltSite, identity: Identity, out: Path) -> None:
        raise ZeroDivisionError

    built = BuiltSite(tmp_path, (), (), "en", "")
    monkeypatch.setattr(editions.making, "build_site", lambda root, out, identity: built)
    (tmp_path / "ferry.bad").write_text("of yesterday", encoding="utf-8")
    makers = {"bad": fail, "worse": crash, "good": succeed}
    failures = make_editions(FERRY, tmp_path, ferry_identity, lambda line: None, makers)
    assert failures == [
        "ferry.bad cannot be made: the moon is full",
        "ferry.worse cannot be made: ZeroDivisionError()",
    ]
    assert {path.name for path in tmp_path.iterdir()} == {"ferry.good", "SHA256SUMS"}
    assert (tmp_path / "SHA256SUMS").read_text().endswith("  ferry.good\n")


def test_where_a_browser_would_draw_only_the_books_are_missing(tmp_path: Path, ferry_identity: Identity) -> None:
    page = "<article><h1>T</h1><pre class='mermaid'>flowchart</pre></article>"
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    site = BuiltSite(tmp_path, ("index.html",), (NavigationItem("Home", "index.html"),), "en", "assets/icon.svg")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    for write in (write_epub, write_pdf):
        with pytest.raises(EditionError, match="diagrams that the build has drawn"):
            write(site, ferry_identity, tmp_path / "out")
    for write in (write_zip, write_zim):
        write(site, ferry_identity, tmp_path / "out")


def test_errors_in_the_data_leave_nothing_behind(project: Path, tmp_path: Path) -> None:
    (project / "data" / "essay.yaml").write_text("title: 3\n", encoding="utf-8")
    out = tmp_path / "out"
    done = editions_make(project, out, "ferry")
    assert done.returncode == 1
    assert "no edition can be made: there are errors in the data" in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()


@pytest.mark.parametrize("path", sorted((ROOT / "editions").rglob("*.*")), ids=lambda path: path.name)
def test_the_package_knows_no_subject(path: Path) -> None:
    if path.suffix in {".py", ".js", ".css", ".typ"}:
        assert [match[0] for match in SUBJECT.finditer(path.read_text(encoding="utf-8"))] == []


def test_what_only_a_server_needs_is_left_out(ferry_editions: Path) -> None:
    with zipfile.ZipFile(ferry_editions / "ferry.zip") as archive:
        names = {name.removeprefix("ferry/") for name in archive.namelist()}
    assert "index.html" in names
    assert names.isdisjoint({"_headers", "404.html", "sitemap.xml"})

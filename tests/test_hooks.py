"""The hooks under MkDocs: the tiny essay builds, and a fault stops the build with all problems and no traceback."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from lxml import html

from conftest import FERRY, ROOT, mkdocs_build


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tiny essay with its configuration pointing at the hooks from elsewhere; what is in it can be changed."""
    folder = Path(shutil.copytree(FERRY, tmp_path / "ferry"))
    config = folder / "mkdocs.yml"
    text = config.read_text(encoding="utf-8").replace("../../../hooks/", f"{ROOT / 'hooks'}/")
    config.write_text(text, encoding="utf-8")
    return folder


def test_another_essay_builds_with_the_same_hooks(ferry_site: Path) -> None:
    page = html.document_fromstring((ferry_site / "essay" / "the-toll" / "index.html").read_bytes())
    assert page.findtext(".//h1") is not None
    assert set(page.xpath("//a[contains(@class, 'entry--term')]/@href")) == {"../../glossary/toll/"}
    assert page.xpath("//details/@class")[0] == "annotation annotation--evidence"
    assert page.xpath("//figure[contains(@class, 'diagram--positions')]//a/@href")


def test_without_a_forge_there_are_no_edit_links(ferry_site: Path) -> None:
    for path in ("actors/ada-quill", "essay/the-toll"):
        page = html.document_fromstring((ferry_site / path / "index.html").read_bytes())
        assert page.xpath("//a[contains(@class, 'md-content__button')]") == []


def test_a_fault_stops_the_build_with_every_problem(copy: Path, tmp_path: Path) -> None:
    events = copy / "data" / "events" / "events.yaml"
    text = events.read_text(encoding="utf-8").replace("kind: summit", "kind: sumit").replace("tomas-oar", "tomas-oak")
    events.write_text(text, encoding="utf-8")
    done = mkdocs_build(copy / "mkdocs.yml", tmp_path / "out")
    assert done.returncode != 0
    assert re.search(r"ERROR +-  data/events/events\.yaml:\d+:\d+: error: `sumit`; expected `summit`\?", done.stderr)
    assert "unknown actor `tomas-oak`" in done.stderr
    assert "errors in the data and the pages" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_warning_fails_only_a_strict_build(copy: Path, tmp_path: Path) -> None:
    sources = copy / "data" / "sources" / "sources.yaml"
    spare = "spare:\n  title: Spare\n  publisher: P\n  url: https://ferry.example/spare\n  kind: news\n  language: en\n"
    sources.write_text(sources.read_text(encoding="utf-8") + spare, encoding="utf-8")
    done = mkdocs_build(copy / "mkdocs.yml", tmp_path / "out")
    assert done.returncode != 0
    assert "warning: the source `spare`, which nothing uses" in done.stderr
    assert "Aborted with 2 warnings in strict mode" in (done.stderr + done.stdout)


def test_a_build_writes_nothing_among_the_sources(copy: Path, tmp_path: Path) -> None:
    before = sorted(path.relative_to(copy) for path in copy.rglob("*"))
    assert mkdocs_build(copy / "mkdocs.yml", tmp_path / "out").returncode == 0
    assert sorted(path.relative_to(copy) for path in copy.rglob("*")) == before


def test_without_mermaid_the_browser_cannot_be_left_to_draw(copy: Path, tmp_path: Path) -> None:
    config = copy / "mkdocs.yml"
    config.write_text(config.read_text(encoding="utf-8").replace("[search]", "[search, mermaid2]"), encoding="utf-8")
    done = mkdocs_build(config, tmp_path / "out")
    assert done.returncode != 0
    assert "make site DIAGRAMS=browser" in done.stderr
    assert "Traceback" not in done.stderr

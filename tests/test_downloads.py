"""The downloads page: the editions, if the build was given them, and how to make them if not."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from lxml import html

from conftest import FERRY, ROOT, mkdocs_build
from explainer.downloads import Download, find_downloads, with_downloads

PAGE = "# Downloads\n\nWhat they are.\n\n## Which one {#which}\n\nThis one.\n"


def test_the_list_stands_before_the_first_section() -> None:
    made = with_downloads(PAGE, [Download(Path("dist/work.zip"), 7_190_163, "ab" * 32, "2026-11-24")])
    assert made.startswith("# Downloads\n\nWhat they are.\n")
    row = f"| [work.zip](downloads/work.zip) | 7.2&nbsp;MB | `{'ab' * 32}` |"
    assert "\n\nMade on 2026-11-24:\n\n|" in made
    assert made.index(row) < made.index("## Which one {#which}\n\nThis one.")


def test_without_editions_the_page_says_how_to_make_them() -> None:
    assert "`make offline`" in with_downloads(PAGE, [])


def test_a_list_without_its_files_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  gone.zip\n", encoding="utf-8")
    with pytest.raises(FileNotFoundError):
        find_downloads(tmp_path, "2026-11-24")


@pytest.fixture
def offering(tmp_path: Path) -> Path:
    """The tiny essay with a downloads page, and its configuration set to offer what is in `made`."""
    folder = Path(shutil.copytree(FERRY, tmp_path / "ferry"))
    config = folder / "mkdocs.yml"
    text = config.read_text(encoding="utf-8").replace("../../../hooks/", f"{ROOT / 'hooks'}/")
    text = text.replace("  - coverage.md\n", "  - coverage.md\n  - downloads.md\n")
    config.write_text(f"{text}extra: {{editions: made}}\n", encoding="utf-8")
    front = (
        "---\ntitle: Downloads\ndescription: The ferry to take along, in files that need no network to be read.\n---\n"
    )
    (folder / "docs" / "downloads.md").write_text(f"{front}\n{PAGE}", encoding="utf-8")
    return folder


def test_the_site_offers_the_editions_with_their_sums(offering: Path, tmp_path: Path) -> None:
    (offering / "made").mkdir()
    content = b"an edition"
    digest = hashlib.sha256(content).hexdigest()
    (offering / "made" / "ferry.zip").write_bytes(content)
    (offering / "made" / "SHA256SUMS").write_text(f"{digest}  ferry.zip\n", encoding="utf-8")
    done = mkdocs_build(offering / "mkdocs.yml", tmp_path / "site")
    assert done.returncode == 0, done.stdout + done.stderr
    page = html.document_fromstring((tmp_path / "site" / "downloads" / "index.html").read_bytes())
    row = page.xpath("//article//tr[td]")[0]
    assert (tmp_path / "site" / "downloads" / row.xpath(".//a/@href")[0]).read_bytes() == content
    assert row[2].text_content() == digest
    assert "Made on 2019-01-01:" in page.text_content()


def test_to_offer_what_is_not_made_stops_the_build(offering: Path, tmp_path: Path) -> None:
    done = mkdocs_build(offering / "mkdocs.yml", tmp_path / "site")
    assert done.returncode != 0
    assert "there are no editions to offer" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_real_page_says_what_each_edition_lacks(built_site: Path) -> None:
    page = html.document_fromstring((built_site / "downloads" / "index.html").read_bytes())
    lacks = page.xpath("//h2[@id='lacks']/following-sibling::table[1]//td[1]")
    assert [cell.text_content() for cell in lacks] == ["zip", "ZIM", "EPUB", "PDF"]
    assert "make offline" in page.text_content()

"""Compressed copies beside the files: of what they are made, that they hold the same, and what is said if not."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import brotli
import pytest

from conftest import ROOT
from explainer.__main__ import main
from explainer.compression import compress

TEXT = b"<p>The ferry leaves at nine.</p>\n" * 100
FILES = {
    "index.html": TEXT,
    "a/b.c/style.css": TEXT,
    "data/x.jsonld": TEXT,
    "small.js": b"1",
    "empty.txt": b"",
    "picture.png": TEXT,
    "sitemap.xml.gz": TEXT,
    "_headers": TEXT,
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with files."""
    for path, content in FILES.items():
        (tmp_path / "site" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / path).write_bytes(content)
    return tmp_path / "site"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_files_of_text_have_copies_if_they_are_smaller(site: Path) -> None:
    made = compress(site)
    found = contents(site)
    copied = ["a/b.c/style.css", "data/x.jsonld", "index.html"]
    assert sorted(set(found) - set(FILES)) == sorted(path + suffix for path in copied for suffix in (".br", ".gz"))
    for path, content in FILES.items():
        assert found[path] == content
    for path in copied:
        assert gzip.decompress(found[f"{path}.gz"]) == brotli.decompress(found[f"{path}.br"]) == TEXT
    assert (made.files, made.plain) == (3, 3 * len(TEXT))
    assert made.gzip == 3 * len(found["index.html.gz"])
    assert made.brotli == 3 * len(found["index.html.br"]) < made.gzip


def test_the_same_bytes_each_time(site: Path) -> None:
    compress(site)
    before = contents(site)
    compress(site)
    assert contents(site) == before
    assert before["index.html.gz"][4:8] == b"\0\0\0\0"  # no time


@pytest.mark.parametrize(
    ("folder", "said"), [("nowhere", "nowhere: there is no such folder"), ("site", "3 files comp")]
)
def test_what_the_command_says(
    folder: str, said: str, site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site.parent)
    status = main(["compress", folder])
    told = capsys.readouterr()
    assert (told.out if status == 0 else told.err).startswith(said)
    assert status == (0 if folder == "site" else 1)


def test_a_file_that_cannot_be_written_is_told_of(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "index.html.gz").mkdir()
    assert main(["compress", str(site)]) == 1
    assert "index.html.gz: cannot be compressed: Is a directory" in capsys.readouterr().err


def test_without_the_packages_it_says_how_to_get_them(site: Path) -> None:
    code = (
        "import sys; sys.modules['brotli'] = None; from explainer.__main__ import main; "
        f"sys.exit(main(['compress', {str(site)!r}]))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env={"PYTHONPATH": str(ROOT / "hooks")}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "brotli is not installed: use `make site COMPRESS=1`\n"
    assert set(contents(site)) == set(FILES)

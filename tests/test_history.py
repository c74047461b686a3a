"""Permanent ids: what was once an address leads somewhere for good."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from conftest import ROOT, mkdocs_build
from explainer.__main__ import main
from explainer.history import HistoryError, vanished
from explainer.site import load_site
from test_checking import ACTORS, CLAIMS, EVENTS, SOURCES, TERMS, change


def git(folder: Path, *arguments: str) -> None:
    settings = ["-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"]  # fmt: skip
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def history(project: Path) -> Path:
    """The tiny essay, kept in a repository, as a folder of it."""
    folder = project.parent
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "The first state")
    return project


def rename(project: Path, file: str, old: str, new: str, formerly: str = "") -> None:
    """Give an entry another id, and all that refers to it."""
    reference = re.compile(rf"(?<![\w/-]){old}(?=[],)}}\n])")
    for path in [*project.rglob("*.yaml"), *project.rglob("*.md")]:
        path.write_text(reference.sub(new, path.read_text(encoding="utf-8")), encoding="utf-8")
    change(project, file, f"{old}:\n", f"{new}:\n{formerly}")


# What is renamed | its file | its id | its new one | where it stood
ADDRESSES = [
    ("actor", ACTORS, "tomas-oar", "t-oar", 20),
    ("event", EVENTS, "toll-meeting", "meeting-on-the-toll", 12),
    ("term", TERMS, "free-passage", "passage", 8),
    ("claim", CLAIMS, "c1-one-boat", "c1-boat", 1),
    ("source", SOURCES, "gazette-april", "harbour-gazette-april-1911", 10),
]


@pytest.mark.parametrize(("file", "old", "new", "line"), [pytest.param(*row[1:], id=row[0]) for row in ADDRESSES])
def test_an_id_that_is_gone_is_reported(history: Path, file: str, old: str, new: str, line: int) -> None:
    assert list(vanished(history, "main")) == []
    rename(history, file, old, new)
    assert load_site(history)[1] == ()
    folder = file.rpartition("/")[0]
    assert [str(problem) for problem in vanished(history, "main")] == [
        f"{file}:{line}:1: error: the id `{old}` of main, which is gone from {folder}; "
        f"expected an entry there with it, or with `formerly: [{old}]`"
    ]


@pytest.mark.parametrize(("file", "old", "new"), [pytest.param(*row[1:4], id=row[0]) for row in ADDRESSES])
def test_a_renamed_entry_keeps_its_former_id(history: Path, file: str, old: str, new: str) -> None:
    rename(history, file, old, new, f"  formerly: [{old}]\n")
    assert load_site(history)[1] == ()
    assert list(vanished(history, "main")) == []


def test_an_entry_that_moves_to_another_file_keeps_its_address(history: Path) -> None:
    path = history / TERMS
    path.rename(path.with_name("words.yaml"))
    assert list(vanished(history, "main")) == []


def test_an_entry_that_becomes_another_kind_of_thing_loses_its_address(history: Path) -> None:
    text = (history / TERMS).read_text(encoding="utf-8")
    entry = text[text.index("free-passage:") :]
    change(history, TERMS, entry, "")
    change(history, CLAIMS, "c1-one-boat:", f"{entry}c1-one-boat:")
    assert [problem.found for problem in vanished(history, "main")] == [
        "the id `free-passage` of main, which is gone from data/glossary"
    ]


@pytest.mark.parametrize("revision", ["nothing", "--all", "main:data", ""])
def test_a_revision_that_is_none(history: Path, revision: str) -> None:
    with pytest.raises(HistoryError):
        list(vanished(history, revision))


def test_where_there_is_no_repository(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    with pytest.raises(HistoryError, match="not a git repository"):
        list(vanished(project, "main"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(HistoryError, match="git cannot be run"):
        list(vanished(project, "main"))


def test_the_command_compares(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(history), "check", "--against", "main"]) == 0
    rename(history, TERMS, "free-passage", "passage")
    assert main(["--root", str(history), "check", "--against", "main", "--format", "github"]) == 1
    assert (
        capsys.readouterr()
        .out.splitlines()[-1]
        .startswith("::error file=data/glossary/terms.yaml,line=8,col=1::the id `free-passage` of main")
    )
    assert main(["--root", str(history), "check", "--against", "nothing"]) == 1
    assert "--against nothing: " in capsys.readouterr().err


# What is wrong with a former id | where | the text replaced | its replacement | line:column | found | expected
FAULTS = [
    ("in use", TERMS, "  name: toll\n", "  formerly: [free-passage]\n  name: toll\n", "2:14", "the former id `free-passage`", "see data/glossary/terms.yaml:9"),
    ("its own", TERMS, "  name: toll\n", "  formerly: [toll]\n  name: toll\n", "2:14", "the former id `toll`", "see data/glossary/terms.yaml:1"),
    ("of another kind", TERMS, "  name: toll\n", "  formerly: [ada-quill]\n  name: toll\n", "2:14", "the former id `ada-quill`", f"see {ACTORS}:1"),
    ("twice", TERMS, "  name: toll\n", "  formerly: [fare, fare]\n  name: toll\n", "2:20", "the former id `fare`", "see data/glossary/terms.yaml:2"),
    ("of two entries", TERMS, "  name: free", "  formerly: [ferry-fee]\n  name: free", "9:14", "the former id `ferry-fee`", f"see {EVENTS}:3"),
    ("no id", TERMS, "  name: toll\n", "  formerly: [Toll]\n  name: toll\n", "2:14", "`Toll`", "an id: lower-case"),
    ("no list", TERMS, "  name: toll\n", "  formerly: fare\n  name: toll\n", "2:13", "`fare`", "a list"),
    ("referred to", TERMS, "see_also: [toll-meeting]", "see_also: [ferry-fee]", "6:14", "the former id `ferry-fee`", "`ferry-compact-signed`, as it is called now"),
    ("linked to", TERMS, "Set by the river council.", "'[Set](ref:ferry-fee) by the council.'", "5:27", "the former id `ferry-fee`", "`ferry-compact-signed`, as it is called now"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "found", "expected"), [pytest.param(*row[1:], id=row[0]) for row in FAULTS]
)
def test_fault(project: Path, file: str, old: str, new: str, place: str, found: str, expected: str) -> None:
    change(project, EVENTS, "  kind: agreement\n", "  kind: agreement\n  formerly: [ferry-fee]\n")
    assert load_site(project)[1] == ()
    change(project, file, old, new)
    lines = [str(problem) for problem in load_site(project)[1]]
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"{file}:{place}: error: {found}")
    assert expected in lines[0].split("; expected ", 1)[1]


@pytest.fixture
def renamed(project: Path) -> Path:
    """The tiny essay with everything renamed, ready to build."""
    for _, file, old, new, _ in ADDRESSES:
        rename(project, file, old, new, f"  formerly: [{old}]\n")
    assert load_site(project)[1] == ()
    change(project, "mkdocs.yml", "../../../hooks/", f"{ROOT / 'hooks'}/")
    return project


@pytest.mark.parametrize(
    ("site_url", "canonical"), [("", "../meeting-on-the-toll/"), ("https://f.example/x/", "https://f.example/x/events/meeting-on-the-toll/")]
)  # fmt: skip
def test_old_addresses_lead_on(renamed: Path, tmp_path: Path, site_url: str, canonical: str) -> None:
    if site_url:
        change(renamed, "mkdocs.yml", "docs_dir:", f"site_url: {site_url}\ndocs_dir:")
    done = mkdocs_build(renamed / "mkdocs.yml", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    for old, new in (("actors/tomas-oar", "actors/t-oar"), ("glossary/free-passage", "glossary/passage")):
        page = (tmp_path / "out" / old / "index.html").read_text(encoding="utf-8")
        href = f"../{new.rpartition('/')[2]}/"
        assert f'content="0; url={href}"' in page
        assert f'<a href="{href}">' in page
        assert (tmp_path / "out" / new / "index.html").is_file()
    page = (tmp_path / "out" / "events" / "toll-meeting" / "index.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="{canonical}">' in page
    assert "<title>Toll meeting</title>" in page
    assert "<script" not in page
    claims = (tmp_path / "out" / "claims" / "index.html").read_text(encoding="utf-8")
    assert '<span id="c1-one-boat"></span>' in claims
    old_shelf = (tmp_path / "out" / "sources" / "ga" / "index.html").read_text(encoding="utf-8")
    assert '<span id="gazette-april"></span><a href="../ha/#harbour-gazette-april-1911">' in old_shelf
    if site_url:
        assert "toll-meeting/" not in (tmp_path / "out" / "sitemap.xml").read_text(encoding="utf-8")


def test_old_addresses_lead_on_in_a_copy_without_folders(renamed: Path, tmp_path: Path) -> None:
    change(renamed, "mkdocs.yml", "docs_dir:", "use_directory_urls: false\ndocs_dir:")
    assert mkdocs_build(renamed / "mkdocs.yml", tmp_path / "out").returncode == 0
    page = (tmp_path / "out" / "events" / "toll-meeting.html").read_text(encoding="utf-8")
    assert 'content="0; url=meeting-on-the-toll.html"' in page


def test_without_former_ids_there_are_no_redirects(ferry_site: Path) -> None:
    assert not [
        path for path in ferry_site.rglob("*.html") if 'http-equiv="refresh"' in path.read_text(encoding="utf-8")
    ]

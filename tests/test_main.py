"""The command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explainer.__main__ import LONGEST_DIFFERENCE, main
from explainer.layout import KINDS


def test_check_counts_what_there_is(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(project), "check"]) == 0
    out, err = capsys.readouterr()
    assert out == "5 actors, 4 events, 2 terms, 3 claims, 3 sources, 4 notes; errors: 0, warnings: 0\n"
    assert err == ""


def test_check_reports_every_problem_and_fails(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = project / "data" / "events" / "events.yaml"
    text = events.read_text(encoding="utf-8").replace("kind: summit", "kind: sumit").replace("tomas-oar", "tomas-oak")
    events.write_text(text, encoding="utf-8")
    assert main(["--root", str(project), "check"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "error: `sumit`; expected `summit`?" in err
    assert "the unknown actor `tomas-oak`; expected `tomas-oar`?" in err
    assert err.splitlines()[-1] == "errors: 2, warnings: 0"


def test_a_diagram_of_nothing_is_a_problem(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = project / "docs" / "index.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text + "\n```diagram\nkind: timeline\nfrom: '2001'\n```\n", encoding="utf-8")
    line = len(text.splitlines()) + 3
    assert main(["--root", str(project), "check"]) == 1
    assert f"docs/index.md:{line}:1: error: a diagram of nothing" in capsys.readouterr().err


def test_pages_are_written_where_they_are_wanted(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["--root", str(project), "pages", "--out", str(out)]) == 0
    assert "30 pages written to" in capsys.readouterr().out
    entry = (out / "docs" / "actors" / "ada-quill.md").read_text(encoding="utf-8")
    assert entry.startswith("---\ntitle:")
    assert 'href="../essay/the-quay.md#p1"' in entry  # who mentions it
    assert entry.count('class="cite-this"') == 1
    assert not (project / "docs" / "actors").exists()


def test_pages_that_are_written_again_take_the_place_of_the_old(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["--root", str(project), "pages", "--out", str(out)]) == 0
    (out / "docs" / "left.md").write_text("# Left\n", encoding="utf-8")
    (out / "site").mkdir()
    assert main(["--root", str(project), "pages", "--out", str(out)]) == 0
    assert not (out / "docs" / "left.md").exists()
    assert (out / "site").exists()


@pytest.mark.parametrize("theirs", ["mkdocs.yml", "docs/index.md"])
def test_pages_are_not_written_over_what_is_not_ours(
    theirs: str, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out" / theirs
    file.parent.mkdir(parents=True)
    file.write_text("theirs\n", encoding="utf-8")
    assert main(["--root", str(project), "pages", "--out", str(tmp_path / "out")]) == 1
    assert "that is not ours; name another folder" in capsys.readouterr().err
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == [file]


def test_pages_of_broken_data_are_not_written(project: Path, tmp_path: Path) -> None:
    (project / "data" / "essay.yaml").write_text("title: [", encoding="utf-8")
    out = tmp_path / "out"
    assert main(["--root", str(project), "pages", "--out", str(out)]) == 1
    assert not out.exists()


def test_the_form_is_checked_when_asked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(project), "check", "--form"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert "data/glossary/terms.yaml:1:1: error: `toll:`, which is not the canonical form; expected" in lines[4]
    assert lines[6:9] == ["--- data/actors/actors.yaml", "+++ data/actors/actors.yaml (canonical)", "@@ -1 +1,3 @@"]
    assert lines[-2] == "… and so on: `make format` makes these changes, and `git diff` shows them"
    assert lines[-1].endswith("4 notes; errors: 6, warnings: 0")
    assert len(lines) == 6 + LONGEST_DIFFERENCE + 2


def test_what_is_formatted_is_in_its_form(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(project), "format"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 6
    assert main(["--root", str(project), "check", "--form"]) == 0
    capsys.readouterr()
    assert main(["--root", str(project), "format"]) == 0
    assert capsys.readouterr().out == ""


def test_programs_read_problems_from_the_standard_output(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terms = project / "data" / "glossary" / "terms.yaml"
    terms.write_text(terms.read_text(encoding="utf-8").replace("name: toll", "name: 7"), encoding="utf-8")
    assert main(["--root", str(project), "check", "--format", "github"]) == 1
    out, err = capsys.readouterr()
    assert out == "::error file=data/glossary/terms.yaml,line=2,col=9::the number 7; expected text: '7' in quotes\n"
    assert err == "errors: 1, warnings: 0\n"
    assert main(["--root", str(project), "check", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["errors"] == 1


def test_schemas_and_tables_are_written(project: Path) -> None:
    out = project / "data" / "schema"
    assert main(["schema", "--out", str(out)]) == 0
    assert {path.name for path in out.iterdir()} == {f"{kind}.json" for kind in KINDS}
    dictionary = project / "data" / "README.md"
    dictionary.write_text("# Ours\n\n<!-- fields: glossary -->\n<!-- end of fields -->\n", encoding="utf-8")
    assert main(["schema", "--out", str(out)]) == 0
    assert "| `definition` | needed |" in dictionary.read_text(encoding="utf-8")
    assert main(["--root", str(project), "check"]) == 0


@pytest.mark.parametrize("command", [[], ["chek"], ["pages"], ["new"], ["new", "thing"], ["check", "--format", "xml"]])
def test_a_wrong_command_is_explained(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(command)
    assert stopped.value.code == 2
    assert "usage: python -m explainer" in capsys.readouterr().err

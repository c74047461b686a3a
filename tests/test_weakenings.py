"""The tests of hostile input and of faults notice what they are there for: each is seen to fail on a weakened copy.

A guard is taken out of a copy of the project, and the test that is named beside it has to fail there, for the reason that
is named, too; on a copy with nothing taken out, all of these tests pass.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from conftest import ROOT
from test_faults import with_mounts

NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "bench", "deploy", "dist", "node_modules", "site")


@dataclass(frozen=True)
class Weakening:
    """A guard that is taken out: what then is so, and how; the test that has to fail, and what its failure has to say."""

    what: str
    file: str
    found: str
    put: str
    test: str
    says: str


# Texts of test_hostile.py by which parameters are named.
MARKUP = "'\"></title></script><svg onload=window.harmed=1>"
FORMULA = '=1+1 "] --> n9["<img src=x onerror=window.harmed=1>"]'
BRACES = "%%{init: {}}%% {{ 7 * 7 }} {% raw %} `<b onclick=window.harmed=1>}"

FIELD = "test_hostile.py::test_what_is_hostile_everywhere_at_once_is_shown[{}]"
PAGE = "test_hostile.py::test_what_could_run_on_a_page_is_refused_or_inert[{}-{}]"
LONG = "test_hostile.py::test_what_is_long_on_a_page_is_refused_or_inert['{}']"
TRICK = "test_hostile.py::test_tricks_of_yaml_are_refused_for_what_they_are[{}-{}]"
MOMENT = "test_hostile.py::test_tricks_of_yaml_are_refused_in_a_moment[{}-{}]"
EVENT_ID = "test_hostile.py::test_ids_that_are_paths_are_refused[{}-data/events/events.yaml:toll-meeting (key)]"
UNSEEN = "test_hostile.py::test_what_nobody_sees_is_refused['{}'-{}]"

HOSTILE = [
    # --- What is read
    Weakening(
        "a character that turns the text around it is one that people see",
        "hooks/explainer/reading.py",
        '"\\\\u202a-\\\\u202e\\\\u2066-\\\\u2069"',
        '"\\\\u202a-\\\\u202d\\\\u2066-\\\\u2069"',
        UNSEEN.format("\\\\u202e", False),
        "assert Site(",
    ),
    Weakening(
        "escapes of YAML are not looked at",
        "hooks/explainer/reading.py",
        "if unseen := _find_unseen(text):",
        'if unseen := _find_unseen(""):',
        UNSEEN.format("\\\\u202e", True),
        "assert Site(",
    ),
    Weakening(
        "files are not looked through for unseen characters",
        "hooks/explainer/reading.py",
        "return text, _unseen_characters(text, shown)",
        "return text, ()",
        "test_hostile.py::test_what_nobody_sees_on_a_page_is_refused['\\\\u202e']",
        "assert Site(",
    ),
    Weakening(
        "a file may have any size",
        "hooks/explainer/reading.py",
        "if size > LARGEST_FILE:",
        "if size < 0:",
        TRICK.format("a large file", "a file of 1,200,000 bytes"),
        "False = any(",
    ),
    Weakening(
        "aliases of YAML are followed without a word",
        "hooks/explainer/reading.py",
        'self.problems.append(error(at, f"the alias *{event.anchor}", "the value itself: aliases are not allowed"))',
        "pass",
        TRICK.format("an alias bomb", "the alias *a"),
        "False = any(",
    ),
    Weakening(
        "anchors are accepted",
        "hooks/explainer/reading.py",
        "if event.anchor:\n            self.problems",
        "if False:\n            self.problems",
        TRICK.format("an anchor", "the anchor &y"),
        "False = any(",
    ),
    Weakening(
        "tags are accepted",
        "hooks/explainer/reading.py",
        "if event.tag:\n            self.problems",
        "if False:\n            self.problems",
        TRICK.format("a Python object", "the tag `tag:yaml.org,2002:python/object/apply:os.system`"),
        "False = any(",
    ),
    Weakening(
        "of two equal keys the first is kept without a word",
        "hooks/explainer/reading.py",
        "if text in held:",
        "if False:",
        TRICK.format("a key twice", "the key `x` a second time"),
        "False = any(",
    ),
    Weakening(
        "a second document is passed over",
        "hooks/explainer/reading.py",
        "if self._documents > 1:",
        "if self._documents > 2:",
        TRICK.format("a second document", "a second YAML document"),
        "False = any(",
    ),
    Weakening(
        "YAML may be as deep as it likes",
        "hooks/explainer/reading.py",
        "DEEPEST_NESTING: Final = 12",
        "DEEPEST_NESTING: Final = 1_000_000",
        TRICK.format("deep lists", "nesting too deep"),
        "False = any(",
    ),
    Weakening(
        "what is no UTF-8 ends in a traceback",
        "hooks/explainer/reading.py",
        "except UnicodeDecodeError as problem:",
        "except ZeroDivisionError as problem:",
        MOMENT.format("bytes of no text", "data/essay.yaml"),
        "UnicodeDecodeError",
    ),
    Weakening(
        "a refusal quotes all of a text",
        "hooks/explainer/problems.py",
        'text if len(text) <= 1000 else f"{text[:999]}…"',
        "text",
        "test_hostile.py::test_a_refusal_is_short_whatever_it_is_about[anchor]",
        "100094 characters",
    ),
    Weakening(
        "names of files go to the terminal as they are",
        "hooks/explainer/problems.py",
        "at._replace(path=_printable(at.path))",
        "at",
        "test_hostile.py::test_names_of_files_are_shown_so_that_a_terminal_can_bear_them[a\\x1b[2J.yaml]",
        "False = all(",
    ),
    Weakening(
        "ids may be paths",
        "hooks/explainer/model.py",
        'ID_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"',
        'ID_PATTERN = r"^[a-z0-9./-]+$"',
        EVENT_ID.format("../../../etc/passwd"),
        "False = any(",
    ),
    Weakening(
        "ids may be names that Windows keeps for itself",
        "hooks/explainer/checking.py",
        '"aux", "nul"',
        '"aux"',
        EVENT_ID.format("nul"),
        "False = any(",
    ),
    Weakening(
        "ids may be as long as they like",
        "hooks/explainer/model.py",
        "StringConstraints(pattern=ID_PATTERN, max_length=80)",
        "StringConstraints(pattern=ID_PATTERN)",
        "test_hostile.py::test_ids_that_are_paths_are_refused["
        + "x" * 81
        + "-data/events/events.yaml:toll-meeting/formerly/0]",
        "assert Site(",
    ),
    Weakening(
        "anything is a language",
        "hooks/explainer/model.py",
        'LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"',
        'LANGUAGE_PATTERN = r"^.+$"',
        "test_hostile.py::test_what_is_hostile_in_a_field_of_a_form_is_refused[data/sources/sources.yaml:harbour-rolls/language]",
        "assert Site(",
    ),
    # --- Markdown
    Weakening(
        "HTML may stand in prose",
        "hooks/explainer/prose.py",
        'yield error(place(match.start()), "raw HTML or a bare `<`", "Markdown (write `&lt;` for the sign)")',
        "pass",
        PAGE.format("paragraph", "<script>window.harmed=1</script>"),
        "'<script window.harmed=1>'",
    ),
    Weakening(
        "HTML may stand in prose, on any page",
        "hooks/explainer/prose.py",
        'yield error(place(match.start()), "raw HTML or a bare `<`", "Markdown (write `&lt;` for the sign)")',
        "pass",
        "test_hostile.py::test_what_is_hostile_on_a_page_is_refused_or_inert",
        "'<script window.harmed=1>'",
    ),
    Weakening(
        "HTML may stand in prose, in any field",
        "hooks/explainer/prose.py",
        'yield error(place(match.start()), "raw HTML or a bare `<`", "Markdown (write `&lt;` for the sign)")',
        "pass",
        "test_hostile.py::test_what_is_hostile_in_a_field_is_refused_or_shown",
        "'<script window.harmed=1>'",
    ),
    Weakening(
        "HTML may stand in prose, in ten thousand cases",
        "hooks/explainer/prose.py",
        'yield error(place(match.start()), "raw HTML or a bare `<`", "Markdown (write `&lt;` for the sign)")',
        "pass",
        "test_hostile.py::test_ten_thousand_cases[0]",
        "'<script window.harmed=1>'",
    ),
    Weakening(
        "links may be scripts",
        "hooks/explainer/prose.py",
        'target[1].startswith("ref:")',
        'target[1].startswith(("ref:", "javascript:"))',
        PAGE.format("paragraph", "[click](javascript:window.harmed=1)"),
        "an address: javascript:window.harmed=1",
    ),
    Weakening(
        "links may be defined elsewhere",
        "hooks/explainer/prose.py",
        "for match in _DEFINITION.finditer(text):",
        'for match in _DEFINITION.finditer(""):',
        PAGE.format("paragraph", "[click][evil]\\n\\n[evil]: javascript:window.harmed=1"),
        "an address: javascript:window.harmed=1",
    ),
    Weakening(
        "pictures may be loaded from elsewhere",
        "hooks/explainer/prose.py",
        "if _is_image(text, begun.start()) and not on_the_site:",
        "if False:",
        PAGE.format("paragraph", "![picture](https://evil.example/pixel.png)"),
        "<img src=https://evil.example/pixel.png>",
    ),
    Weakening(
        "attributes may be scripts",
        "hooks/explainer/prose.py",
        "if in_data or not _HARMLESS_ATTRIBUTES.fullmatch(match[0]):",
        "if in_data:",
        PAGE.format("paragraph", "*words*{: onclick=window.harmed=1 }"),
        "<em onclick>",
    ),
    Weakening(
        "what stands between < and > may be no address that can be taken apart",
        "hooks/explainer/prose.py",
        "if not is_address(match[1]):",
        "if False:",
        PAGE.format("paragraph", "<https://[>"),
        "ValueError",
    ),
    Weakening(
        "lists may be as deep as they like",
        "hooks/explainer/prose.py",
        "for match in _DEEP.finditer(text):",
        'for match in _DEEP.finditer(""):',
        LONG.format("- - - "),
        "RecursionError",
    ),
    Weakening(
        "signs of Markdown may come in any number",
        "hooks/explainer/prose.py",
        "for match in _CROWDED.finditer(text):",
        'for match in _CROWDED.finditer(""):',
        LONG.format("&#&#&#"),
        "<div markdown>",
    ),
    # --- Pages
    Weakening(
        "a script element can be ended from within",
        "hooks/explainer/structured_data.py",
        '.replace("<", "\\\\u003c")',
        "",
        FIELD.format(MARKUP),
        "<svg onload>",
    ),
    Weakening(
        "titles of pages go into the theme as they are",
        "hooks/mkdocs_hooks.py",
        'markupsafe.escape(str(page.meta["title"]))',
        'str(page.meta["title"])',
        PAGE.format("title", MARKUP),
        "<svg onload>",
    ),
    Weakening(
        "tags go into the search as they are",
        "hooks/mkdocs_hooks.py",
        "[markupsafe.escape(tag) for tag in",
        "[tag for tag in",
        "test_hostile_site.py::test_the_search_index_has_no_markup_of_the_data",
        "('svg', 'onload')",
    ),
    Weakening(
        "titles of pages that mention an entry are HTML",
        "hooks/explainer/site.py",
        "{escape(mention.title)}",
        "{mention.title}",
        PAGE.format("title", MARKUP),
        "<svg onload>",
    ),
    Weakening(
        "titles of drawings are HTML",
        "hooks/explainer/rendering.py",
        "<strong>{escape(diagram.title)}</strong>",
        "<strong>{diagram.title}</strong>",
        PAGE.format("diagram_title", MARKUP),
        "<svg onload>",
    ),
    Weakening(
        "what a table beside a drawing says is HTML",
        "hooks/explainer/rendering.py",
        "<a {written}>{escape(cell.text)}</a>",
        "<a {written}>{cell.text}</a>",
        FIELD.format(MARKUP),
        "<svg onload>",
    ),
    Weakening(
        "labels of Mermaid can be ended from within",
        "hooks/explainer/diagrams.py",
        "if _harmless(c) and i != coded_at else",
        "if True else",
        FIELD.format(FORMULA),
        "positions/0/offered/0: not shown as it is",
    ),
    Weakening(
        "what a reference says is HTML",
        "hooks/explainer/citation.py",
        "<cite>{escape(reference.title, quote=False)}</cite>",
        "<cite>{reference.title}</cite>",
        FIELD.format(MARKUP),
        "<svg onload>",
    ),
    Weakening(
        "no page shows what is to be said of a date",
        "hooks/explainer/pages.py",
        'f" ({plain(event.date_note)})" if event.date_note else ""',
        '""',
        "test_hostile.py::test_harmless_words_are_accepted_everywhere",
        "date_note: not shown as it is",
    ),
    Weakening(
        "redirect pages are HTML of the data",
        "hooks/explainer/redirects.py",
        "<title>{escape(title)}</title>",
        "<title>{title}</title>",
        "test_hostile_site.py::test_nothing_runs_in_the_browser",
        "inline event handler violates",
    ),
    # --- Exports
    Weakening(
        "spreadsheets run what a cell says",
        "hooks/explainer/tables.py",
        "value.lstrip().startswith(_COMMANDS)",
        "value.startswith(_COMMANDS[1:])",
        FIELD.format(FORMULA),
        "data/tables/sections.csv: another structure",
    ),
    Weakening(
        "braces of a text are braces of BibTeX",
        "hooks/explainer/citation.py",
        '"{": r"\\textbraceleft{}",\n        "}": r"\\textbraceright{}",',
        '"{": r"\\{",\n        "}": r"\\}",',
        FIELD.format(BRACES),
        "data/sources.bib: another structure",
    ),
    # --- The attack itself
    Weakening(
        "the fields of the essay and of its citation are not attacked",
        "tests/hostile.py",
        "found += _slots(path, kind, files[path], ())",
        "found += ()",
        "test_hostile.py::test_every_field_of_the_model_is_attacked",
        "Extra items in the right set",
    ),
]

FAULT = "test_faults.py::test_{}"
FULL_DISK = FAULT.format("a_disk_that_fills_up_is_told_of_and_the_next_build_is_right[site-500k]")
ONLY_READ = FAULT.format("a_folder_that_can_only_be_read_is_named_and_kept[site]")
MOUNTING = {FULL_DISK, ONLY_READ}
"""Tests that need a kernel which lets them mount."""

FAULTS = [
    Weakening(
        "a file is written where it stands",
        "hooks/explainer/writing.py",
        'partial.write_text(content, encoding="utf-8")\n        partial.replace(path)',
        'path.write_text(content, encoding="utf-8")',
        FAULT.format("formatting_data_on_a_full_disk_leaves_them_as_they_were"),
        "Differing items",
    ),
    Weakening(
        "errors of the system do not say what they are of",
        "hooks/explainer/writing.py",
        'f"{problem.filename}: " if problem.filename else ""',
        '""',
        FAULT.format("a_file_in_the_place_of_the_folder_is_named[-site]"),
        "the site cannot be built: File exists",
    ),
    Weakening(
        "errors of the system do not say what they are of, on a disk that can only be read",
        "hooks/explainer/writing.py",
        'f"{problem.filename}: " if problem.filename else ""',
        '""',
        ONLY_READ,
        "the site cannot be built: Read-only file system",
    ),
    Weakening(
        "errors of the system do not say why",
        "hooks/explainer/writing.py",
        "{problem.strerror or problem}",
        "cannot be written",
        FULL_DISK,
        "the site cannot be built: ",
    ),
    Weakening(
        "errors of the system end a build with a traceback",
        "hooks/mkdocs_hooks.py",
        "if isinstance(error, OSError):",
        "if isinstance(error, FileNotFoundError):",
        FAULT.format("a_file_that_cannot_be_written_is_told_of[site]"),
        "Traceback",
    ),
    Weakening(
        "errors of the system end a command with a traceback",
        "hooks/explainer/__main__.py",
        "except OSError as problem:",
        "except FileNotFoundError as problem:",
        FAULT.format("a_file_that_cannot_be_written_is_told_of[pages]"),
        "Traceback",
    ),
    Weakening(
        "a folder is not locked",
        "hooks/explainer/writing.py",
        "fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "pass",
        FAULT.format("of_two_builds_at_once_one_is_right_and_the_other_says_so[site-assets]"),
        "assert 0 == 1",
    ),
    Weakening(
        "the lock of a folder outlives the process",
        "hooks/explainer/writing.py",
        "descriptor = os.open(folder, os.O_RDONLY)",
        'descriptor = os.open(folder.with_suffix(".kept"), os.O_CREAT | os.O_EXCL)',
        FAULT.format("after_a_kill_in_the_middle_the_next_site_is_right[assets]"),
        "assert 1 == 0",
    ),
    Weakening(
        "editions are made under their own names",
        "editions/making.py",
        "make(site, identity, partial / final.name)\n        (partial / final.name).rename(final)",
        "make(site, identity, final)",
        FAULT.format("a_disk_that_is_full_when_an_edition_is_written_loses_that_edition_only"),
        "Extra items in the left set",
    ),
    Weakening(
        "the sums of an earlier run stay while editions are made",
        "editions/making.py",
        "(out / SUMS).unlink(missing_ok=True)",
        "pass",
        FAULT.format("after_a_kill_in_the_middle_the_next_editions_are_right[.partial/ferry.zim.tmp]"),
        "SHA256SUMS",
    ),
    Weakening(
        "sums are written before all editions are made",
        "editions/making.py",
        'say(f"making {final.name} ...")',
        'write_whole(out / SUMS, "".join(sums))',
        FAULT.format("after_a_kill_in_the_middle_the_next_editions_are_right[.partial/ferry.zim.tmp]"),
        "SHA256SUMS",
    ),
    Weakening(
        "nobody asks whether merman is there",
        "hooks/mkdocs_hooks.py",
        "elif not available():",
        "elif False:",
        FAULT.format("without_merman_the_build_says_what_to_do"),
        "assert 0 == 1",
    ),
    Weakening(
        "a missing package of an edition is told of by a traceback",
        "editions/__main__.py",
        "except ModuleNotFoundError as missing:",
        "except ZeroDivisionError as missing:",
        FAULT.format("without_a_package_for_an_edition_it_says_which_and_what_to_do[typst]"),
        "Traceback",
    ),
    *(
        Weakening(
            f"an old Python is let into {module}",
            f"{folder}/__init__.py",
            "sys.version_info < (3, 11)",
            "sys.version_info < (3, 0)",
            FAULT.format(f"an_old_python_is_told_which_is_needed[{module}]"),
            "Traceback",
        )
        for module, folder in (("explainer", "hooks/explainer"), ("editions", "editions"))
    ),
    *(
        Weakening(
            f"{folder} begins with what an old Python cannot read",
            f"{folder}/__init__.py",
            "import sys\n",
            "from sys import version_info\nimport sys\n",
            FAULT.format(f"what_an_old_python_reads_first_it_can_read[{folder}/__init__.py]"),
            "ast.ImportFrom",
        )
        for folder in ("hooks/explainer", "editions")
    ),
]

WEAKENINGS = [*HOSTILE, *FAULTS]


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """The project, to weaken. It goes again: what its tests make is large."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    yield folder
    shutil.rmtree(tmp_path, ignore_errors=True)


def run_tests(project: Path, tests: Sequence[str]) -> tuple[int, list[list[tuple[str, str]]], str]:
    """Run tests of a copy, on the code of the copy, in a process of their own, until one fails.

    Returns:
        The exit status; what befell each test, as pairs of what (failure, error, skipped) and why, and none if it has
        passed; what pytest said.
    """
    report = project / "report.xml"
    options = ["-n0", "-p", "no:cacheprovider", "-x", "-q", "-m", "", "--basetemp", str(project / "tmp")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--junit-xml", str(report), *(f"tests/{test}" for test in tests)],
        cwd=project,
        # What is set for this run of pytest is not for that one; and the cases are to be the same as in every run.
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "FUZZ"))},
            "PYTHONPATH": str(project / "hooks"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.is_file(), done.stdout + done.stderr
    cases = ET.parse(report).iter("testcase")
    befell = [[(found.tag, found.get("message", "")) for found in case] for case in cases]
    return done.returncode, befell, done.stdout + done.stderr


@pytest.mark.parametrize("weakening", WEAKENINGS, ids=lambda weakening: weakening.what)
def test_what_is_to_be_taken_out_is_there(weakening: Weakening) -> None:
    """Code moves; this tells at once, and not only in the long run."""
    assert (ROOT / weakening.file).read_text(encoding="utf-8").count(weakening.found) == 1


@pytest.mark.long
@pytest.mark.parametrize("weakening", WEAKENINGS, ids=lambda weakening: weakening.what)
def test_a_weakening_is_noticed(weakening: Weakening, copy: Path) -> None:
    if weakening.test in MOUNTING:
        with_mounts()
    path = copy / weakening.file
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(weakening.found, weakening.put), encoding="utf-8")
    status, befell, said = run_tests(copy, [weakening.test])
    assert status == 1, said
    [[(outcome, why)]] = befell
    assert outcome == "failure", said
    assert weakening.says in why


@pytest.mark.long
def test_nothing_is_noticed_where_nothing_is_weakened(copy: Path) -> None:
    tests = list(dict.fromkeys(weakening.test for weakening in WEAKENINGS))
    status, befell, said = run_tests(copy, tests)
    assert status == 0, said
    assert len(befell) == len(tests)
    assert sum(map(len, befell)) <= len(MOUNTING), said  # which are skipped where nothing can be mounted


def test_every_test_of_hostile_input_and_of_faults_is_seen_to_fail() -> None:
    named = {weakening.test.partition("[")[0] for weakening in WEAKENINGS}
    there = {
        f"{path.name}::{node.name}"
        for path in (ROOT / "tests" / name for name in ("test_hostile.py", "test_hostile_site.py", "test_faults.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    assert there == named

"""Faults of the machine: a message in a line, nothing half made under its own name, and the next build is right."""

from __future__ import annotations

import ast
import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from conftest import FERRY, ROOT, mkdocs_build
from programs import needed

SETTINGS = {
    "NO_MKDOCS_2_WARNING": "1",
    "SOURCE_DATE_EPOCH": "1546300800",
    "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'hooks'}",
    "SITE_URL": "",
    "REPO_URL": "",
}


def command_of(what: str, out: Path, root: Path = FERRY) -> list[str]:
    """The command that makes something of the tiny essay in a folder."""
    return [
        sys.executable,
        *{
            "site": ["-m", "mkdocs", "build", "--strict", "--clean", "-f", str(root / "mkdocs.yml"), "-d", str(out)],
            "editions": ["-m", "editions", "--root", str(root), "--out", str(out), "--name", "ferry"],
            "pages": ["-m", "explainer", "--root", str(root), "pages", "--out", str(out)],
            "export": ["-m", "explainer", "--root", str(root), "export", "--out", str(out)],
            "schema": ["-m", "explainer", "--root", str(root), "schema", "--out", str(out)],
        }[what],
    ]


def run(
    command: list[str], prepare: Callable[[], None] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env={**os.environ, **SETTINGS, **environment},
        preexec_fn=prepare,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def told_in_a_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """It failed, and said why without a traceback."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert any(all(word in line for word in words) for line in done.stderr.splitlines()), done.stderr


def files_in(folder: Path) -> Mapping[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def whole_editions(folder: Path) -> None:
    """What stands in the folder is whole: the editions that are listed, with their sums, and no others."""
    sums = folder / "SHA256SUMS"
    listed = {line[66:]: line[:64] for line in sums.read_text(encoding="ascii").splitlines()} if sums.is_file() else {}
    found = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    assert found - {"SHA256SUMS"} == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def files_of_at_most(size: int) -> Callable[[], None]:
    """Let a process write no larger file: like a full disk, to whoever is writing, and it needs no rights."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@cache
def with_mounts() -> tuple[str, ...]:
    """How to give a command a view of the disks of its own: nobody else sees what it mounts, and it goes with it."""
    unshare, mount = needed("unshare"), needed("mount")
    for way in ((unshare, "--map-root-user", "--mount"), (unshare, "--mount")):
        if run([*way, mount, "-t", "tmpfs", "none", "/mnt"]).returncode == 0:
            return way
    pytest.skip(
        "the kernel lets this user mount nothing, not even apart from others, and no package changes that: "
        "a really full disk and a read-only one are NOT tested (a limit on the size of files is, which needs no rights)"
    )


def run_on_a_disk(script: str, out: Path, *rest: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the shell that may mount on a folder, which is the first of its arguments."""
    out.mkdir()
    return run([*with_mounts(), "sh", "-c", script, "sh", str(out), *rest])


FILL_THEN_ENLARGE = """\
out=$1 kept=$2 size=$3; shift 3
mount -t tmpfs -o size="$size" none "$out"
"$@"; status=$?
mkdir "$kept"; cp -R "$out" "$kept/first"
mount -o remount,size=100m "$out"
"$@" >"$kept/said" 2>&1
cp -R "$out" "$kept/second"
exit $status
"""

ONLY_READ = """\
out=$1; shift
mount -t tmpfs none "$out"
echo yesterday >"$out/index.html"
mount -o remount,ro "$out"
"$@"; status=$?
[ "$(cat "$out/index.html")" = yesterday ] || exit 99
exit $status
"""

LONG = pytest.mark.long
QUICK = ["site", *(pytest.param(what, marks=LONG) for what in ("editions", "pages", "export", "schema"))]


@pytest.mark.parametrize(("what", "size"), [("site", "500k"), pytest.param("editions", "600k", marks=LONG)])
def test_a_disk_that_fills_up_is_told_of_and_the_next_build_is_right(
    what: str, size: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    out, kept = tmp_path / "out", tmp_path / "kept"
    done = run_on_a_disk(FILL_THEN_ENLARGE, out, str(kept), size, *command_of(what, out))
    told_in_a_line(done, "No space left on device")
    wanted = files_in(request.getfixturevalue(f"ferry_{what}"))
    assert files_in(kept / "first") != wanted
    if what == "editions":
        whole_editions(kept / "first")
        assert len(files_in(kept / "first")) > 1
    assert files_in(kept / "second") == wanted, (kept / "said").read_text(encoding="utf-8")


@pytest.mark.parametrize("what", QUICK)
def test_a_folder_that_can_only_be_read_is_named_and_kept(what: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told_in_a_line(run_on_a_disk(ONLY_READ, out, *command_of(what, out)), str(out), "Read-only file system")


@pytest.mark.parametrize("what", QUICK)
def test_a_file_that_cannot_be_written_is_told_of(what: str, tmp_path: Path, ferry_site: Path) -> None:
    out = tmp_path / "out"
    told_in_a_line(run(command_of(what, out), files_of_at_most(2000)), "File too large")
    if what == "editions":
        whole_editions(out)
    if what == "site":
        assert run(command_of(what, out)).returncode == 0
        assert files_in(out) == files_in(ferry_site)


@LONG
def test_a_disk_that_is_full_when_an_edition_is_written_loses_that_edition_only(
    tmp_path: Path, ferry_editions: Path
) -> None:
    sizes = {path.suffix: path.stat().st_size for path in ferry_editions.iterdir()}
    size = sorted(sizes.values())[2]  # the third smallest still fits, of the list of sums and four editions
    program = (
        "import resource, sys; import editions.making as making; from editions.__main__ import main\n"
        "build = making.build_site\n"
        "def then_full(*given):\n"
        "    site = build(*given)\n"
        f"    resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
        "    return site\n"
        "making.build_site = then_full\n"
        "sys.exit(main())"
    )
    done = run([sys.executable, "-c", program, *command_of("editions", tmp_path)[3:]])
    lost = {suffix for suffix, held in sizes.items() if held > size}
    for suffix in lost:
        told_in_a_line(done, f"ferry{suffix} cannot be made", "File too large")
    whole_editions(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == set(sizes) - lost
    assert run(command_of("editions", tmp_path)).returncode == 0
    assert files_in(tmp_path) == files_in(ferry_editions)


@pytest.mark.parametrize("what", QUICK)
@pytest.mark.parametrize("below", ["", "deeper/out"])
def test_a_file_in_the_place_of_the_folder_is_named(what: str, below: str, tmp_path: Path) -> None:
    stands = tmp_path / "stands-there"
    stands.write_text("and stays\n", encoding="utf-8")
    told_in_a_line(run(command_of(what, stands / below)), "stands-there")
    assert stands.read_text(encoding="utf-8") == "and stays\n"


def test_formatting_data_on_a_full_disk_leaves_them_as_they_were(project: Path) -> None:
    data = project / "data" / "events" / "events.yaml"
    data.write_text(data.read_text(encoding="utf-8").replace("\n  ", "\n    "), encoding="utf-8")
    before = files_in(project)
    command = [sys.executable, "-m", "explainer", "--root", str(project), "format"]
    told_in_a_line(run(command, files_of_at_most(500)), "File too large")
    assert files_in(project) == before
    assert run(command).returncode == 0
    assert files_in(project) != before


def started(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        env={**os.environ, **SETTINGS},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(reached: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 120
    while not reached():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.002)


def killed(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    "moment", ["assets", *(pytest.param(path, marks=LONG) for path in ("404.html", "sitemap.xml"))]
)
def test_after_a_kill_in_the_middle_the_next_site_is_right(moment: str, tmp_path: Path, ferry_site: Path) -> None:
    out = tmp_path / "site"
    process = started(command_of("site", out))
    wait_for((out / moment).exists, process)
    killed(process)
    assert files_in(out) != files_in(ferry_site)
    assert run(command_of("site", out)).returncode == 0
    assert files_in(out) == files_in(ferry_site)


@pytest.mark.parametrize(
    "moment",
    [".partial/ferry.zim.tmp", *(pytest.param(name, marks=LONG) for name in (".partial/ferry.zip", "ferry.epub"))],
)
def test_after_a_kill_in_the_middle_the_next_editions_are_right(
    moment: str, tmp_path: Path, ferry_editions: Path
) -> None:
    (tmp_path / "SHA256SUMS").write_text("of yesterday", encoding="ascii")
    process = started(command_of("editions", tmp_path))
    wait_for((tmp_path / moment).exists, process)
    killed(process)
    assert not (tmp_path / "SHA256SUMS").exists()
    wanted = files_in(ferry_editions)
    assert all(held == wanted[name] for name, held in files_in(tmp_path).items() if not name.startswith(".partial/"))
    assert run(command_of("editions", tmp_path)).returncode == 0
    whole_editions(tmp_path)
    assert files_in(tmp_path) == wanted


@pytest.mark.parametrize(("what", "moment"), [("site", "assets"), pytest.param("editions", "ferry.zip", marks=LONG)])
def test_of_two_builds_at_once_one_is_right_and_the_other_says_so(
    what: str, moment: str, tmp_path: Path, ferry_site: Path, ferry_editions: Path
) -> None:
    out = tmp_path / "out"
    first = started(command_of(what, out))
    wait_for((out / moment).exists, first)
    os.killpg(first.pid, signal.SIGSTOP)  # so that it cannot be done before the other begins
    try:
        told_in_a_line(run(command_of(what, out)), "another build is writing to", str(out))
    finally:
        os.killpg(first.pid, signal.SIGCONT)
        said, _ = first.communicate()
    assert first.returncode == 0, said
    assert files_in(out) == files_in({"site": ferry_site, "editions": ferry_editions}[what])
    assert run(command_of(what, out)).returncode == 0


def without(folder: Path, *packages: str) -> str:
    """A folder for PYTHONPATH in which some packages are as if they were not installed."""
    lines = ["import sys", *(f"sys.modules[{name!r}] = None" for name in packages)]
    (folder / "sitecustomize.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"{folder}{os.pathsep}{SETTINGS['PYTHONPATH']}"


def test_without_merman_the_build_says_what_to_do(tmp_path: Path) -> None:
    done = run(command_of("site", tmp_path / "site"), PYTHONPATH=without(tmp_path, "merman"))
    told_in_a_line(done, "merman is not installed", "make site DIAGRAMS=browser")
    assert not (tmp_path / "site").exists()
    told_in_a_line(
        run(command_of("pages", tmp_path / "pages"), PYTHONPATH=without(tmp_path, "merman")), "merman is not"
    )
    assert not (tmp_path / "pages").exists()
    assert mkdocs_build(FERRY / "mkdocs.yml", tmp_path / "site").returncode == 0


@pytest.mark.parametrize(
    "package",
    ["typst", *(pytest.param(name, marks=LONG) for name in ("libzim", "lxml", "pikepdf", "noto_cjk_sans_otc"))],
)
def test_without_a_package_for_an_edition_it_says_which_and_what_to_do(package: str, tmp_path: Path) -> None:
    done = run(command_of("editions", tmp_path / "out"), PYTHONPATH=without(tmp_path, package))
    told_in_a_line(done, f"the package {package}", "is not installed", "make offline")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("module", ["explainer", "editions"])
def test_an_old_python_is_told_which_is_needed(module: str) -> None:
    program = (
        "import datetime, runpy, sys; sys.version_info = (3, 9, 2, 'final', 0); sys.argv = ['x']; "
        "del datetime.UTC; "  # which it does not have: what is read must not come so far
        f"runpy.run_module({module!r}, run_name='__main__')"
    )
    told_in_a_line(run([sys.executable, "-c", program]), "Python 3.11 or later is needed; this is 3.9.")


@pytest.mark.parametrize("path", ["hooks/explainer/__init__.py", "editions/__init__.py"])
def test_what_an_old_python_reads_first_it_can_read(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"), feature_version=(3, 7))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.ImportFrom)]

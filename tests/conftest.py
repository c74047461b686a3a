"""What tests share: the site, built once for all workers, a server for it, and a real browser."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request, sync_playwright

import browser as browser_finder
from explainer.site import Site, load_site
from programs import needed_from_npm
from servers import handled

# The same cases in every run, so that a change is judged by its own faults; FUZZ=1 looks for new ones.
settings.register_profile("steady", derandomize=True)
if not os.environ.get("FUZZ"):
    settings.load_profile("steady")

ROOT = Path(__file__).parent.parent
FERRY = Path(__file__).parent / "fixtures" / "ferry"


FIRST = ("test_all_pages.py", "test_editions.py")
"""The files of tests that two workers begin with.

The walk over all pages takes longest, and makes the site on its way; the editions are built by themselves. So neither
worker waits for what the other is making, and at the end there are short files left for both.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of `FIRST` first; all others stay in the order of their files."""
    items.sort(key=lambda item: FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST))


def mkdocs_build(
    config: Path, out: Path, *, engine: str = "mkdocs", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Build a site as a reader of the README would, warnings being errors."""
    command = [sys.executable, "-m", engine, "build", "--strict", "-f", str(config), "-d", str(out)]
    settings = {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "1546300800", **environment}
    return subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)


def _built_once(shared: Path, name: str, config: Path, **environment: str) -> Path:
    """Build into a folder that all workers of this run share; whoever comes first builds."""
    out = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not out.exists():
            done = mkdocs_build(config, shared / f"{name}.partial", **environment)
            if done.returncode:
                pytest.fail(f"the build failed:\n{done.stdout}\n{done.stderr}", pytrace=False)
            (shared / f"{name}.partial").rename(out)
    return out


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this run, the same for all workers."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def built_site(shared: Path) -> Path:
    """The real site."""
    addresses = {"SITE_URL": "http://127.0.0.1/", "REPO_URL": "https://git.example/waging-peace"}
    return _built_once(shared, "site", ROOT / "mkdocs.yml", MERMAID_IN_BROWSER="false", **addresses)


@pytest.fixture(scope="session")
def browser_drawn_site(shared: Path) -> Path:
    """The real site with its diagrams left to Mermaid in the browser."""
    needed_from_npm(ROOT / "node_modules" / "mermaid")
    return _built_once(shared, "site-browser", ROOT / "mkdocs.yml", MERMAID_IN_BROWSER="true")


@pytest.fixture(scope="session")
def ferry_site(shared: Path) -> Path:
    """The second, tiny essay, built with the same hooks."""
    return _built_once(shared, "ferry", FERRY / "mkdocs.yml")


def editions_make(root: Path, out: Path, name: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Make the offline editions as `make offline` does."""
    command = [sys.executable, "-m", "editions", "--root", str(root), "--out", str(out), "--name", name]
    paths = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'hooks'}", "SITE_URL": "", "REPO_URL": ""}
    settings = {"SOURCE_DATE_EPOCH": "1546300800", "MERMAID_IN_BROWSER": "false", **paths, **environment}
    return subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)


def _editions_once(shared: Path, name: str, root: Path) -> Path:
    """Make the editions in a folder that all workers of this run share; whoever comes first makes them."""
    out = shared / f"editions-{name}"
    with (shared / f"editions-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not out.exists():
            done = editions_make(root, out.with_suffix(".partial"), name)
            if done.returncode:
                pytest.fail(f"the editions cannot be made:\n{done.stdout}\n{done.stderr}", pytrace=False)
            out.with_suffix(".partial").rename(out)
    return out


@pytest.fixture(scope="session")
def editions(shared: Path) -> Path:
    """The folder with all offline editions of the real site."""
    return _editions_once(shared, "waging-peace", ROOT)


@pytest.fixture(scope="session")
def ferry_editions(shared: Path) -> Path:
    """The folder with all offline editions of the tiny essay, to damage copies of."""
    return _editions_once(shared, "ferry", FERRY)


def rules_of(folder: Path) -> dict[str, dict[str, str]]:
    """The headers that a host is told to send, by the path of the file; with every file those of `/*`."""
    rules: dict[str, dict[str, str]] = {"/*": {}}
    path = ""
    for line in (
        (folder / "_headers").read_text(encoding="utf-8").splitlines() if (folder / "_headers").is_file() else ()
    ):
        if line.startswith("/"):
            path = line
        else:
            name, value = line.strip().split(": ", 1)
            rules.setdefault(path, {})[name] = value
    return rules


class _Quiet(SimpleHTTPRequestHandler):
    rules: Mapping[str, Mapping[str, str]]

    def end_headers(self) -> None:
        """Send what the site wants to be sent, so that every test in a browser is one under its policy."""
        path = urlsplit(self.path).path
        for rule in (headers for pattern, headers in self.rules.items() if fnmatchcase(path, pattern)):
            for name, value in rule.items():
                self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing; what is wrong shows in the browser."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine."""
    handler = type("Handler", (_Quiet,), {"rules": rules_of(folder)})
    with handled(partial(handler, directory=str(folder))) as url:
        yield url


@pytest.fixture(scope="session")
def site_url(built_site: Path) -> Iterator[str]:
    """The address of the real site."""
    with served(built_site) as url:
        yield url


@pytest.fixture(scope="session")
def driver() -> Iterator[tuple[Playwright, str]]:
    """Playwright, which can run once in a process, and the browser for it. There is one: `make test` sees to it."""
    executable = browser_finder.path()
    if executable is None:
        pytest.fail(browser_finder.ADVICE, pytrace=False)
    with sync_playwright() as playwright:
        yield playwright, executable


@pytest.fixture(scope="session")
def chromium(driver: tuple[Playwright, str]) -> Iterator[Browser]:
    """A real browser."""
    playwright, executable = driver
    launched = playwright.chromium.launch(executable_path=executable, args=list(browser_finder.FLAGS))
    yield launched
    launched.close()


class Watched:
    """A page of the browser that keeps a list of everything that should not happen on it."""

    def __init__(self, context: BrowserContext) -> None:
        """Open a page and listen."""
        self.faults: list[str] = []
        context.on("request", self._asked)
        self.page: Page = context.new_page()
        self.page.on("console", lambda m: self.faults.append(f"console: {m.text}") if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("response", lambda r: self.faults.append(f"{r.status}: {r.url}") if r.status >= 400 else None)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:")):
            self.faults.append(f"a request to another host: {request.url}")


@pytest.fixture
def watched(chromium: Browser) -> Iterator[Watched]:
    """A fresh page, wide and light; afterwards nothing may have gone wrong on it."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000}, color_scheme="light")
    context.set_default_timeout(10_000)
    opened = Watched(context)
    yield opened
    context.close()
    assert opened.faults == []


@pytest.fixture(scope="session")
def ferry() -> Site:
    """The tiny essay, read."""
    site, problems = load_site(FERRY)
    assert site is not None, problems
    return site


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with the file of that name under tests/golden; UPDATE_GOLDEN=1 writes the file instead."""

    def compare(name: str, found: str) -> None:
        path = Path(__file__).parent / "golden" / name
        if os.environ.get("UPDATE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(found, encoding="utf-8")
        assert path.is_file(), f"no {path}: see what UPDATE_GOLDEN=1 writes there"
        assert found == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the tiny essay, to break."""
    return Path(shutil.copytree(FERRY, tmp_path / "ferry"))

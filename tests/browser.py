"""Finds a browser for the tests, or installs one: ``python tests/browser.py`` before them, `path` in them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

WITHOUT = (
    # Each window has a page of its own for these two, which takes more work than the pages of most tests do.
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
    # What Playwright goes without: of several lists the browser heeds the last.
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
    "msEdgeUpdateLaunchServicesPreferredVersion",
    "msForceBrowserSignIn",
)
"""Features of the browser around the page."""

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(WITHOUT)}",
)
"""No sandbox, for containers run tests as root; no traffic of the browser's own, and no work beside that for its pages."""

ADVICE = """\
No Chromium or Chrome was found, and none could be installed. The tests need one: install it with your system's
packages (on Debian: apt install chromium), or put it on PATH, or run .venv/bin/playwright install chromium."""


def path() -> str | None:
    """The browser to test with: one on PATH, or else Playwright's own, if it is installed."""
    found = next(filter(None, map(shutil.which, ON_PATH)), None)
    if found:
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> None:
    """Try Playwright's browser, then, as root on Debian, the system's package."""
    patience = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "15000"}
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    _run(command, {**os.environ, **patience})
    if path() is None and shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _run(["apt-get", "update", "-q"], quiet)
        _run(["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium", "fonts-liberation"], quiet)


def _run(command: list[str], environment: dict[str, str]) -> None:
    print("+", " ".join(command), flush=True)
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)


def main() -> int:
    """Make sure that there is a browser; the exit status is 1 if there is none."""
    if path() is None:
        install()
    found = path()
    print(f"Browser for the tests: {found}" if found else ADVICE, file=sys.stdout if found else sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())

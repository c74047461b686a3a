"""``make bench``: what readers on a phone get, by Lighthouse, on six kinds of page.

Beside the site stand the same pages in stock Material (the same Markdown with the links, notes and drawings that the
hooks add, without our theme, style sheets and scripts), and the site with its diagrams left to Mermaid in the browser.
All are served compressed from this machine. Lighthouse simulates a slow phone on a slow line, so that the figures depend
little on the machine, though a busy one lowers them: its load stands beside them. Performance is the median of the rounds,
the other scores are the worst of them. With what the site is compared is measured for performance alone, in fewer rounds.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import browser
import build
from explainer.site import load_site
from pregenerated import write_pregenerated
from servers import handled

ROOT = Path(__file__).parent.parent
LIGHTHOUSE = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"

NODE = "22.23.3"
"""The version of Node that npm fetches where there is none that is new enough: Lighthouse 13 needs 22.19."""

PAGES: Mapping[str, str] = {
    "home": "",
    "section": "essay/walking-away/",
    "actor": "actors/north-korea/",
    "event": "events/hanoi-summit/",
    "timeline": "timeline/",
    "claims": "claims/",
}
"""One page of each kind: the heaviest, where there are several."""

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
SPEED = CATEGORIES[:1]

HEADER = f"{'':17}{'rounds':>7}{CATEGORIES[0]:>13}{''.join(f'{name:>16}' for name in CATEGORIES[1:])}" + (
    f"{'kB':>8}{'shift':>7}{'other hosts':>13}{'load':>6}"
)


@dataclass(frozen=True, slots=True)
class Score:
    """What Lighthouse finds on a page: scores from 0 to 100, bytes on the wire, layout shift, requests to other hosts."""

    performance: int
    others: tuple[int, ...]
    size: int
    shift: float
    elsewhere: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5, help="how often a page of the site is measured (default: 5)")
    parser.add_argument("--only", choices=("site", "stock", "browser"), help="one of the three sites (default: all)")
    arguments = parser.parse_args()
    chromium, node = browser.path(), newest_node()
    if chromium is None or node is None or not LIGHTHOUSE.is_file():
        print("Pages are NOT measured: that needs Chromium, npm, and Lighthouse, which npm ci --ignore-scripts brings.")
        return
    print(f"Lighthouse {version()} on a simulated phone; {os.cpu_count()} processors")
    print(HEADER)
    with tempfile.TemporaryDirectory() as folder:
        for name, site in sites(Path(folder), arguments.only):
            rounds, wanted = (arguments.rounds, CATEGORIES) if name == "site" else (arguments.rounds // 2 + 1, SPEED)
            with handled(partial(_Compressing, directory=str(site))) as url:
                for kind, address in PAGES.items():
                    runs = [measured(f"{url}{address}", wanted, chromium, node) for _ in range(rounds)]
                    print(f"{name:8}{kind:9}{row(runs)}{os.getloadavg()[0]:6.1f}", flush=True)


def row(runs: list[Score]) -> str:
    """Sum up the rounds of a page: the median of performance, and the worst of everything else."""
    performance = statistics.median(run.performance for run in runs)
    others = [min(scores) for scores in zip(*(run.others for run in runs), strict=True)] or [""] * len(CATEGORIES[1:])
    size, shift, elsewhere = (max(getattr(run, name) for run in runs) for name in ("size", "shift", "elsewhere"))
    shown = "".join(f"{other:>16}" for other in others)
    return f"{len(runs):7}{performance:13.0f}{shown}{size / 1000:8.1f}{shift:7.3f}{elsewhere:13}"


def sites(folder: Path, only: str | None) -> Iterator[tuple[str, Path]]:
    """Build the sites to compare."""
    makers = {"site": ours, "stock": stock, "browser": ours}
    for name, make in makers.items():
        if only in (None, name):
            out = folder / f"out-{name}"
            os.environ["MERMAID_IN_BROWSER"] = str(name == "browser").lower()
            build.build(make(folder / name), out)
            yield name, out


def ours(folder: Path) -> Path:
    """Copy the project, with what npm brings."""
    config = build.with_hooks(folder)
    (config.parent / "node_modules").symlink_to(ROOT / "node_modules")
    return config


def stock(folder: Path) -> Path:
    """Write the pages out for Material alone, in its own look."""
    site, problems = load_site(ROOT)
    if site is None:
        sys.exit("\n".join(map(str, problems)))
    config = write_pregenerated(ROOT, site, folder / "plain")
    text = config.read_text(encoding="utf-8")
    own = re.compile(r"^extra_(?:css|javascript):\n(?:  .*\n)+|^  (?:logo|favicon|custom_dir): .*\n", re.MULTILINE)
    config.write_text(own.sub("", text), encoding="utf-8")
    return config


class _Compressing(SimpleHTTPRequestHandler):
    """Serves files compressed, as any host of pages does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a file, or with 404."""
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        if not file.is_file():
            self.send_error(404)
            return
        content = _compressed(file)
        self.send_response(200)
        kind = self.guess_type(str(file))
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing; Lighthouse tells what is missing."""


@cache
def _compressed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), 9)


def measured(url: str, wanted: Sequence[str], chromium: str, node: str) -> Score:
    """Let Lighthouse load a page once."""
    flags = " ".join(["--headless=new", *browser.FLAGS])
    command = [node, str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--chrome-flags={flags}"]
    command += [f"--only-categories={','.join(wanted)}"]
    done = subprocess.run(
        command, env={**os.environ, "CHROME_PATH": chromium}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{url}: {done.stderr}")
    return score(json.loads(done.stdout), wanted, urlsplit(url).netloc)


def score(report: Mapping[str, Any], wanted: Sequence[str], host: str) -> Score:
    """Read a report of Lighthouse."""
    performance, *others = (round(100 * report["categories"][name]["score"]) for name in wanted)
    requests = report["audits"]["network-requests"]["details"]["items"]
    loaded = [item for item in requests if urlsplit(item["url"]).scheme in ("http", "https")]
    size = sum(item["transferSize"] for item in loaded)
    elsewhere = sum(urlsplit(item["url"]).netloc != host for item in loaded)
    shift = report["audits"]["cumulative-layout-shift"]["numericValue"]
    return Score(performance, tuple(others), size, shift, elsewhere)


def version() -> str:
    """Tell the version of Lighthouse."""
    package = LIGHTHOUSE.parent.parent / "package.json"
    return str(json.loads(package.read_text(encoding="utf-8"))["version"])


def newest_node() -> str | None:
    """Find a Node that is new enough for Lighthouse, or let npm fetch one into its cache; None where it cannot."""
    own = shutil.which("node")
    if own:
        told = subprocess.run([own, "--version"], capture_output=True, text=True, check=True).stdout
        if tuple(map(int, told.strip().removeprefix("v").split("."))) >= (22, 19):
            return own
    if not shutil.which("npm"):
        return None
    command = ["npm", "exec", "--yes", f"--package=node@{NODE}", "--", "node", "-p", "process.execPath"]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


if __name__ == "__main__":
    main()

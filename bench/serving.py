"""How many requests nginx answers, with the configuration that the build makes: `make bench`, or with --seconds.

The site is built and compressed as for a release, and asked for by wrk on the same machine, which takes its share of
the processors: what is measured is the least that a server can do. Every figure is of one run.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from explainer.compression import compress
from programs import missing
from servers import nginx

ROOT = Path(__file__).parent.parent
CONNECTIONS = (1, 16, 64)
ENCODINGS = ("identity", "gzip", "br")
FIGURES = re.compile(
    r"Latency +(?P<latency>\S+).*Requests/sec: +(?P<rate>[\d.]+)\nTransfer/sec: +(?P<transfer>\S+)", re.DOTALL
)


def main() -> None:
    """Measure and print; where a program is missing, say so."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=int, default=5, help="how long each figure is measured (default: 5)")
    seconds = parser.parse_args().seconds
    lacking = [program for program in ("nginx", "wrk") if not shutil.which(program)]
    for program in lacking:
        print(missing(program).replace("what it checks is NOT tested", "requests are NOT measured"))
    if lacking:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        site, configuration = folder / "site", folder / "deploy"
        command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", str(ROOT / "mkdocs.yml"), "-d", str(site)]
        subprocess.run(command, env={**os.environ, "SERVER_FOLDER": str(configuration)}, check=True)
        compress(site)
        (folder / "nginx").mkdir()
        with nginx(site, configuration, folder / "nginx") as server:
            measure(f"http://127.0.0.1:{server.port}", site, seconds, brotli=server.brotli)


def measure(address: str, site: Path, seconds: int, *, brotli: bool) -> None:
    """Print the requests per second, for a page and a style sheet, by encoding and number of connections."""
    sheet = next(site.glob("assets/stylesheets/main.*.min.css")).relative_to(site).as_posix()
    said = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr.strip()
    print(f"{said}; {os.cpu_count()} processors, shared with wrk; {seconds} s for each figure")
    print(f"{'':46}{'connections':>12}{'requests/s':>12}{'transfer/s':>12}{'latency':>10}")
    for path in ("timeline/", "events/", sheet):
        for encoding in ENCODINGS if brotli else ENCODINGS[:2]:
            for connections in CONNECTIONS:
                threads = min(connections, os.cpu_count() or 1)
                options = [f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "-H", f"Accept-Encoding: {encoding}"]
                done = subprocess.run(
                    ["wrk", *options, f"{address}/{path}"], capture_output=True, text=True, check=True
                )
                found = FIGURES.search(done.stdout)
                if found is None or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
                    sys.exit(f"{path}: {done.stdout}")
                rate = float(found["rate"])
                shown = f"{connections:>12}{rate:>12.0f}{found['transfer']:>12}{found['latency']:>10}"
                print(f"/{path:<36} {encoding:<8}{shown}")


if __name__ == "__main__":
    main()

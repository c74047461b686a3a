"""``make bench``: how many diagrams of the site are drawn in a second, by merman as in a build, and by Mermaid in Chromium.

Mermaid's script draws them in one page of a browser that runs already: what mermaid-cli does, without the start of Node
and of the browser for each call. With ``MMDC`` (the path of mermaid-cli's program) in the environment it draws the same
texts too, once: all in one call and so by one browser. Times are what passes, of the fastest round of the others.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

import browser
from build import ROOT, diagrams_of
from explainer.diagrams import Diagram
from explainer.rendering import figure, render_svg
from explainer.site import load_site

ROUNDS = 3
SCRIPT = ROOT / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"

DRAW_ALL = """async (texts) => {
  mermaid.initialize({startOnLoad: false});
  for (const [number, text] of texts.entries()) await mermaid.render(`drawing-${number}`, text);
}"""


def main() -> None:
    """Measure and print."""
    site, problems = load_site(ROOT)
    if site is None:
        raise SystemExit("\n".join(map(str, problems)))
    diagrams = diagrams_of(ROOT, site)
    # Which the build gives merman: Mermaid's own line breaks and links are in it, so all draw the same.
    texts = [diagram.mermaid for diagram in diagrams]
    print(f"{len(texts)} diagrams, fastest of {ROUNDS} rounds, load {os.getloadavg()[0]:.1f}")
    ours = fastest(lambda: by_merman(diagrams))
    show("merman, and the figure around it", ours, ours, len(texts))
    show("Mermaid in a page of Chromium", by_browser(texts), ours, len(texts))
    if program := os.environ.get("MMDC"):
        show("mermaid-cli, one call for all", elapsed(lambda: by_cli(texts, program)), ours, len(texts))


def show(what: str, seconds: float, ours: float, count: int) -> None:
    """Print a line."""
    print(f"{what:34} {seconds:8.2f} s {count / seconds:8.1f} a second {seconds / ours:8.1f} times", flush=True)


def fastest(work: Callable[[], None]) -> float:
    """Give the seconds of the fastest round."""
    return min(elapsed(work) for _ in range(ROUNDS))


def elapsed(work: Callable[[], object]) -> float:
    """Give the seconds that something takes."""
    start = time.monotonic()
    work()
    return time.monotonic() - start


def by_merman(diagrams: Sequence[Diagram]) -> None:
    """Draw as a build does."""
    for diagram in diagrams:
        figure(diagram, render_svg(diagram))


def by_browser(texts: Sequence[str]) -> float:
    """Draw in a page that has the script already; give the seconds of the fastest round."""
    with sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=browser.path(), args=list(browser.FLAGS))
        page = window.new_page()
        page.add_script_tag(path=SCRIPT)
        seconds = fastest(lambda: page.evaluate(DRAW_ALL, list(texts)))
        window.close()
    return seconds


def by_cli(texts: Sequence[str], program: str) -> None:
    """Draw by mermaid-cli, which takes the diagrams of one Markdown file in one call."""
    with tempfile.TemporaryDirectory() as folder:
        source, settings = Path(folder, "all.md"), Path(folder, "browser.json")
        source.write_text("\n\n".join(f"```mermaid\n{text}\n```" for text in texts), encoding="utf-8")
        settings.write_text(
            json.dumps({"executablePath": browser.path(), "args": list(browser.FLAGS)}), encoding="utf-8"
        )
        command = [program, "--quiet", "-p", str(settings), "-i", str(source), "-o", f"{folder}/drawn.md"]
        subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()

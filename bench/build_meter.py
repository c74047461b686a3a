"""A hook of MkDocs that measures what a build can only tell itself, and leaves every page as it is.

It comes after the hooks of the site (see `build.with_meter`), and writes to the file that ``BUILD_METER`` names, as JSON,
how many diagrams were drawn, the processor's time that it took, in seconds, and the most memory in use, in MB.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig

_drawn = {"diagrams": 0, "drawing": 0.0}

_PEAK = re.compile(r"^VmHWM:\s*(\d+) kB$", re.MULTILINE)


def on_config(config: MkDocsConfig) -> None:
    """Put the clock around what the hooks of the site draw diagrams with."""
    fence = config.mdx_configs["pymdownx.superfences"]["custom_fences"][-1]
    fence["format"] = _timed(fence["format"])


def _timed(draw: Callable[..., str]) -> Callable[..., str]:
    def drawing(*given: Any, **named: Any) -> str:
        start = time.process_time()
        figure = draw(*given, **named)
        _drawn["drawing"] += time.process_time() - start
        _drawn["diagrams"] += bool(figure)
        return figure

    return drawing


def on_post_build(**_: Any) -> None:
    """Write down what was measured."""
    # What the kernel tells whoever waits for a process is never less than what the process that began it had in use.
    (peak,) = _PEAK.findall(Path("/proc/self/status").read_text(encoding="ascii"))
    Path(os.environ["BUILD_METER"]).write_text(json.dumps({**_drawn, "memory": int(peak) / 1024}), encoding="utf-8")

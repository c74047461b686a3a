"""A hook of MkDocs that times drawing within a build, and leaves every page as it is.

It comes after the hooks of the site (see `build.with_clock`), and writes to the file that ``DRAWING_CLOCK`` names, as JSON,
how many diagrams were drawn, and the processor's time that it took, in seconds.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig

_drawn = {"diagrams": 0, "seconds": 0.0}


def on_config(config: MkDocsConfig) -> None:
    """Put the clock around what the hooks of the site draw diagrams with."""
    fence = config.mdx_configs["pymdownx.superfences"]["custom_fences"][-1]
    fence["format"] = _timed(fence["format"])


def _timed(draw: Callable[..., str]) -> Callable[..., str]:
    def drawing(*given: Any, **named: Any) -> str:
        start = time.process_time()
        figure = draw(*given, **named)
        _drawn["seconds"] += time.process_time() - start
        _drawn["diagrams"] += bool(figure)
        return figure

    return drawing


def on_post_build(**_: Any) -> None:
    """Write down what the clock says."""
    Path(os.environ["DRAWING_CLOCK"]).write_text(json.dumps(_drawn), encoding="utf-8")

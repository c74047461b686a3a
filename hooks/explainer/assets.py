"""Style sheets and scripts as readers load them: without the comments, which are for who reads the source."""

from __future__ import annotations

from pathlib import PurePosixPath

from rcssmin import cssmin
from rjsmin import jsmin


def is_source(path: str) -> bool:
    """Whether a file is a style sheet or a script, by its path."""
    return PurePosixPath(path).suffix in (".css", ".js")


def without_comments(path: str, text: str) -> str:
    """Take comments and needless white space out of a style sheet or a script."""
    taken: str = (cssmin if path.endswith(".css") else jsmin)(text)
    return taken

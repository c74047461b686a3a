"""A fingerprint of a text: enough to tell whether seven of its words in a row stand elsewhere, not enough to read it.

Made once from the essay with ``python tests/fingerprint.py ESSAY > tests/essay.fingerprint``; the essay itself is not
in the repository. Each line is the hash of a run of words, in the order of the hashes, so that nothing is left of the
order of the text.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

RUN = 7
"""Words in a row that count as copying; six may be quoted."""

_WORD = re.compile(r"[a-z0-9]+")


def words(text: str) -> list[str]:
    """Give the words of a text, without case, punctuation and apostrophes."""
    return _WORD.findall(text.lower().replace("’", "").replace("'", ""))


def runs(text: str) -> Iterator[tuple[str, str]]:
    """Go through the runs of a text: the hash of each, and the words."""
    found = words(text)
    for start in range(len(found) - RUN + 1):
        run = " ".join(found[start : start + RUN])
        # Eight bytes: with a million runs looked at, a chance hit is less likely than one in a billion.
        yield hashlib.blake2b(run.encode(), digest_size=8).hexdigest(), run


if __name__ == "__main__":
    essay = Path(sys.argv[1]).read_text(encoding="utf-8")
    print("\n".join(sorted({digest for digest, _ in runs(essay)})))

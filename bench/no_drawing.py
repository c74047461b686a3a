"""A hook of MkDocs that has the hooks of the site leave every figure empty, to tell what they cost without (see `build`)."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig

EMPTY_FIGURE = "<figure></figure>"


def on_config(config: MkDocsConfig) -> None:
    """Let nothing be drawn."""
    fence = config.mdx_configs["pymdownx.superfences"]["custom_fences"][-1]
    fence["format"] = lambda *_, **__: EMPTY_FIGURE

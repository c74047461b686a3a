"""The project for Zensical, an engine that reads MkDocs' configuration, knows Python-Markdown and runs no hooks.

`write_project` writes a folder with everything that hooks add to a build: all pages, completed, and all files beside
them. What Markdown of the project's own is in the pages, Zensical reads with the extension and the fence of this module,
which the configuration in the folder names. ``docs/engines.md`` tells what is different then, and what is missing.
"""

from __future__ import annotations

import json
import posixpath
import re
import shutil
from collections.abc import Callable, Mapping
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any

import yaml
from click import ClickException
from markdown import Extension, Markdown

from .linking import address_of, page_of, relative_link
from .reading import files_under, read_text
from .redirects import redirect_page
from .rendering import available
from .site import MENTIONED_IN, Site, load_site

CONFIGURATION = "mkdocs.yml"
"""The file of the configuration, in the project and in the folder that is written."""

PAGES = "docs"
"""The folder of the pages in the folder that is written."""

_MADE = "# Made by `python -m explainer pages`, which replaces this file and the folder docs beside it."

_CONFIGURATION = """\
{made}
INHERIT: {parent}
docs_dir: {pages}
site_dir: site
watch: []
site_url: {site_url}
repo_url: ''
edit_uri: null  # or every page would have an edit link, to a file that only the pages written by hand have
theme: {{variant: classic, custom_dir: null}}
markdown_extensions:
  abbr: {{}}
  attr_list: {{}}
  footnotes: {{}}
  md_in_html: {{}}
  tables: {{use_align_attribute: true}}
  toc: {{permalink: true, toc_depth: 2, slugify: !!python/name:explainer.extension.anchor }}
  pymdownx.superfences:
    custom_fences:
      - name: diagram
        class: diagram
        format: {{object: explainer.zensical.diagram_format, kwds: {{root: {root}}}}}
  explainer.zensical: {{root: {root}}}
"""

_READ_WITH = ("abbr", "attr_list", "footnotes", "md_in_html", "tables", "pymdownx.superfences")
"""Of the extensions in the configuration those that decide what is prose."""

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*\n", re.MULTILINE | re.DOTALL)


class ProjectError(ClickException):
    """A project cannot be written, or read again; the text says why, for whoever gave the command."""


def _link(page: str, path: str, anchor: str = "") -> str:
    """Give the link from a page to another, by their source paths; Zensical makes an address of it, and checks it."""
    return relative_link(path, anchor, page)


def write_project(root: Path, out: Path, site: Site, site_url: str) -> int:
    """Write a project as Zensical takes it: ``zensical build -f OUT/mkdocs.yml`` makes the site in ``OUT/site``.

    Args:
        root: The project.
        out: The folder; what an earlier call wrote there goes.
        site: The project, read, with its exports.
        site_url: Where the site is published, with a slash at its end; empty if that is not known.

    Returns:
        How many pages it has.

    Raises:
        ProjectError: Something else is in the folder, or what draws diagrams is not installed.
        OSError: Something cannot be read or written.
    """
    if not available():
        raise ProjectError("merman is not installed, which draws the diagrams")
    _claim(out)
    pages = _pages(root, site, site_url)
    _write(out / CONFIGURATION, _configuration(root, site_url).encode())  # first, for it says whose the rest is
    for path, text in pages.items():
        _write(out / PAGES / path, text.encode())
    for file in files_under(root / PAGES, ""):
        if file.suffix != ".md":
            copy = out / PAGES / file.relative_to(root / PAGES)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    for export in site.exports.all():
        _write(out / PAGES / export.path, export.content)
    for redirect in site.redirects:
        old, new = address_of(redirect.path), address_of(page_of(redirect.entry)[0])
        href = f"{posixpath.relpath(new, old)}/"
        html = redirect_page(redirect.entry.heading, href, f"{site_url}{new}" if site_url else href)
        _write(out / PAGES / old / "index.html", html.encode())
    return len(pages)


def _claim(out: Path) -> None:
    """Empty the folder of the pages, if an earlier call made it."""
    made = out / CONFIGURATION
    ours = made.is_file() and read_text(made, CONFIGURATION)[0].startswith(_MADE)
    if ours:
        shutil.rmtree(out / PAGES, ignore_errors=True)
    elif made.exists() or (out / PAGES).exists():
        raise ProjectError(f"{out}: has a {CONFIGURATION} or a folder {PAGES} that is not ours; name another folder")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _configuration(root: Path, site_url: str) -> str:
    """Write the configuration: the project's own, with what is different."""
    folder = root.resolve().as_posix()
    values = {"parent": f"{folder}/{CONFIGURATION}", "pages": PAGES, "root": folder, "site_url": site_url}
    return _CONFIGURATION.format(made=_MADE, **{name: _yaml(value) for name, value in values.items()})


def _pages(root: Path, site: Site, site_url: str) -> dict[str, str]:
    """Give the whole Markdown of every page by its path, as hooks would complete it."""
    texts = {path: page.markdown for path, page in site.pages.items()}
    texts |= {page.path: read_text(root / PAGES / page.path, page.path)[0] for page in site.written}
    pages = {path: _completed(site, path, text) for path, text in texts.items()}
    extension = site.markdown_extension()
    for path, (_, body) in pages.items():  # for who mentions whom
        site.begin_page(path, partial(_link, path))
        Markdown(extensions=[*_READ_WITH, extension]).convert(body)
    titles = {path: str(head["title"]) for path, (head, _) in pages.items()}
    whole = {}
    for path, (head, body) in pages.items():
        generated, listed = site.pages.get(path), MENTIONED_IN
        if generated is not None and generated.entry_id is not None:
            listed = site.mentioned_in(generated.entry_id, titles, partial(_link, path))
        box = site.cite_this(path, titles[path], f"{site_url}{address_of(path)}" if site_url else None)
        filled = body.replace(MENTIONED_IN, listed, 1)
        whole[path] = f"---\n{_front_matter(head)}---\n{filled}\n\n{box}".rstrip() + "\n"
    return whole


def _completed(site: Site, path: str, text: str) -> tuple[dict[str, Any], str]:
    """Cut a page into its front matter and the rest, and complete what is hand-written."""
    front = _FRONT_MATTER.match(text)
    head, body = (yaml.safe_load(front[1]), text[front.end() :]) if front else ({}, text)
    if path in site.pages:
        return head, body
    if path in site.section_paths:
        head["hide"] = [*head.get("hide", []), "toc"]  # its place is the notes'
    return head, site.markdown_of(path, body, head)


def _front_matter(head: Mapping[str, Any]) -> str:
    """Write front matter with texts as HTML, for which Zensical's templates take them; its search takes titles as they are."""
    shown = dict(head)
    for name, quote in (("title", False), ("description", True)):
        if name in head:
            shown[name] = escape(head[name], quote=quote)
    if "tags" in head:
        shown["tags"] = [escape(tag, quote=False) for tag in head["tags"]]
    return "".join(f"{name}: {_yaml(value)}\n" for name, value in shown.items())


def _yaml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# --- What Zensical calls -----------------------------------------------------------------------------------------


@cache
def _project(root: str) -> tuple[Site, Extension]:
    site, problems = load_site(Path(root))
    if site is None:
        raise ProjectError("\n".join(map(str, problems)))
    return site, site.markdown_extension()


class PageExtension(Extension):
    """The project's Markdown, for whatever page Zensical is rendering; it renders one at a time."""

    def __init__(self, root: str) -> None:
        """Prepare for a page of the project in a folder."""
        super().__init__()
        self._root = root

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        """Register everything, for the page that Zensical's own extension knows of."""
        site, extension = _project(self._root)
        context: Any = md.preprocessors["rendering_context"]
        path = context.page.path
        site.begin_page(path, partial(_link, path))
        extension.extendMarkdown(md)


def makeExtension(root: str) -> PageExtension:  # noqa: N802 - the library's name
    """Give the extension, by the name that Python-Markdown looks for in a module."""
    return PageExtension(root)


def diagram_format(root: str) -> Callable[..., str]:
    """Give the formatter of ``diagram`` fences, as something that can be pickled, of which Zensical makes a hash.

    Raises:
        ProjectError: The project has errors. Zensical, which reads this with its configuration, shows the text of it.
    """
    _project(root)
    return partial(_draw, root)


def _draw(root: str, *fence: Any, **options: Any) -> str:
    formatter: Callable[..., str] = _project(root)[0].fence(in_browser=False)["format"]
    return formatter(*fence, **options)

"""The build hooks of MkDocs: each unpacks its event, calls one function of the package, and reports.

The only file that knows MkDocs. MkDocs loads it by its path, with this folder importable only while it does, and takes
every function whose name begins with ``on_`` for an event. Under ``mkdocs serve`` it is loaded once, so all state is
made anew in `on_config`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin

import markupsafe
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_date

from explainer.downloads import Download, find_downloads
from explainer.extension import anchor
from explainer.forge import Forge
from explainer.linking import page_of
from explainer.problems import Problem, errors_in
from explainer.redirects import Redirect, redirect_page
from explainer.rendering import available
from explainer.serving import with_panel
from explainer.site import MENTIONED_IN, Site, load_site
from explainer.theming import ThemeError, mended
from explainer.writing import BusyError, keep_to_one, told

MERMAID_SCRIPT = "assets/javascripts/mermaid.min.js"
"""Where the site has Mermaid's own script, if the reader's browser draws."""

log = logging.getLogger("mkdocs.hooks.explainer")


class _Build:
    """The build that is under way."""

    site: Site
    files: Files
    root: Path
    in_browser: bool
    forge: Forge
    errors: tuple[Problem, ...] = ()
    lock: IO[bytes] | None = None


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Read and check everything; stop with all problems if there are errors."""
    root = Path(config.config_file_path).resolve().parent
    branch = str(config.extra.get("branch", "main"))
    _Build.forge = Forge(config.repo_url or "", branch, config.site_url or "")
    if not config.repo_url:
        config.edit_uri = None  # it is relative to the repository, and MkDocs warns of it on every page
    site, problems = load_site(root, _Build.forge, docs=Path(config.docs_dir).resolve().relative_to(root).as_posix())
    for problem in problems:
        log.log(logging.ERROR if problem.severity == "error" else logging.WARNING, "%s", problem)
    _Build.errors = errors_in(problems)
    if site is None:
        raise PluginError(f"errors in the data and the pages: {len(_Build.errors)}")
    in_browser = "mermaid2" in config.plugins
    if in_browser:
        # The plugin looks for the script among the sources, where nothing generated may be: `on_files` adds it.
        config.plugins["mermaid2"]._javascript = MERMAID_SCRIPT  # type: ignore[attr-defined]
    elif not available():
        raise PluginError("merman is not installed: build with `make site DIAGRAMS=browser`")
    config.markdown_extensions.append(site.markdown_extension())  # type: ignore[arg-type]
    config.mdx_configs.setdefault("toc", {})["slugify"] = anchor
    fences = config.mdx_configs.setdefault("pymdownx.superfences", {})
    fences.setdefault("custom_fences", []).append(site.fence(in_browser=in_browser))
    config.extra["essay"] = site.dataset.essay
    site = site.with_exports(_export_addresses(config), absolute=bool(config.site_url))
    site = replace(site, downloads=_downloads(root, config))
    _Build.site, _Build.root, _Build.in_browser = site, root, in_browser
    return config


def on_pre_build(config: MkDocsConfig) -> None:
    """Keep the folder of the site to this build."""
    _release()
    try:
        _Build.lock = keep_to_one(Path(config.site_dir))
    except BusyError as busy:
        raise PluginError(str(busy)) from busy


def on_post_build(**_: Any) -> None:
    """Let go of the folder of the site."""
    _release()


def on_build_error(error: Exception, **_: Any) -> None:
    """Let go of the folder of the site, and say in a line what could not be written."""
    _release()
    if isinstance(error, OSError):
        raise PluginError(f"the site cannot be built: {told(error)}") from error


def _release() -> None:
    if _Build.lock is not None:
        _Build.lock.close()
        _Build.lock = None


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages, and the data in other formats."""
    for page in _Build.site.pages.values():
        files.append(File.generated(config, page.path, content=page.markdown))
    for redirect in _Build.site.redirects:
        files.append(_redirect(redirect, files, config))
    for export in _Build.site.exports.all():
        files.append(File.generated(config, export.path, content=export.content))
    for download in _Build.site.downloads:
        files.append(File.generated(config, download.path, abs_src_path=str(download.file)))
    if _Build.in_browser:
        script = _Build.root / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"
        if not script.is_file():
            raise PluginError(f"{script} is not there: build with `make site DIAGRAMS=browser`, which needs npm")
        files.append(File.generated(config, MERMAID_SCRIPT, abs_src_path=str(script)))
    _Build.files = files
    return files


def _downloads(root: Path, config: MkDocsConfig) -> tuple[Download, ...]:
    """Find the editions that the site is to offer, in the folder that ``extra.editions`` names, if it names one."""
    folder = config.extra.get("editions")
    if not folder:
        return ()
    try:
        return find_downloads(root / folder, get_build_date())
    except OSError as problem:
        raise PluginError(f"there are no editions to offer: {problem}; make them with `make offline`") from problem


def _redirect(redirect: Redirect, files: Files, config: MkDocsConfig) -> File:
    """Make the file that stands where a page was, with a link to where it is now."""
    old, path = File.generated(config, redirect.path, content=""), page_of(redirect.entry)[0]
    new = files.get_file_from_path(path)
    if new is None:
        raise PluginError(f"{redirect.path}: leads to {path}, which is not built")
    href = new.url_relative_to(old)
    canonical = urljoin(config.site_url, new.url) if config.site_url else href
    html = redirect_page(redirect.entry.heading, href, canonical)
    return File.generated(config, old.dest_uri, content=html)


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Tell the Markdown extension which page is next, and complete what a section's page needs."""
    files, path = _Build.files, page.file.src_uri

    def url_of(path: str) -> str:
        target = files.get_file_from_path(path)
        if target is None:
            raise PluginError(f"{page.file.src_uri}: a link to {path}, which is not built")
        return target.url_relative_to(page.file)

    _Build.site.begin_page(path, url_of)
    # The theme takes titles and, in the results of a search, tags for HTML.
    if "title" in page.meta:
        page.meta["title"] = markupsafe.escape(str(page.meta["title"]))
    if "tags" in page.meta:
        page.meta["tags"] = [markupsafe.escape(tag) for tag in page.meta["tags"]]
    if path in _Build.site.section_paths:
        page.meta.setdefault("hide", []).append("toc")  # its place is the notes'
    return _Build.site.markdown_of(path, markdown, page.meta)


def on_env(env: Any, config: MkDocsConfig, files: Files) -> Any:
    """Mend the theme's templates, and fill in who mentions whom, now that every page's content is known."""
    try:
        env.loader = mended(env)
    except ThemeError as error:
        raise PluginError(f"{error}; see hooks/explainer/theming.py") from error
    pages = {file.src_uri: file.page for file in files.documentation_pages() if file.page is not None}
    titles = {path: unescape(str(page.title)) for path, page in pages.items()}
    for path, generated in _Build.site.pages.items():
        page = pages[path]
        if generated.entry_id is None or page.content is None:
            continue
        items = []
        for mention in _Build.site.mentions_of(generated.entry_id, titles):
            href = pages[mention.page].file.url_relative_to(page.file) + (
                f"#{mention.anchor}" if mention.anchor else ""
            )
            items.append(f'<li><a href="{escape(href)}">{escape(mention.title)}</a></li>')
        listed = f'<ul class="mentions">{"".join(items)}</ul>' if items else "<p>Nowhere else yet.</p>"
        page.content = page.content.replace(MENTIONED_IN, listed, 1)
    return env


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, **_: Any) -> dict[str, Any]:
    """Point the edit link of a generated page at the line of the data that makes it; say what a page is, and to cite it."""
    path, site = page.file.src_uri, _Build.site
    generated = site.pages.get(path)
    if generated is not None:
        page.edit_url = _Build.forge.edit_address(generated.edit_at) if generated.edit_at else None

    def address(path: str, anchor: str) -> str:
        target = _Build.files.get_file_from_path(path)
        if target is None:
            raise PluginError(f"{page.file.src_uri}: a reference to {path}, which is not built")
        found = urljoin(config.site_url, target.url) if config.site_url else target.url_relative_to(page.file)
        return f"{found}#{anchor}" if anchor else found

    title = unescape(str(page.meta.get("title") or page.title))
    description = str(page.meta.get("description") or config.site_description or "")
    context["structured_data"] = site.structured_data(path, title, description, address)
    context["cite_this"] = site.cite_this(path, title, page.canonical_url or None)
    return context


def on_serve(server: LiveReloadServer, builder: Callable[[], None], **_: Any) -> LiveReloadServer:
    """Show the problems of an edit above the last good site, instead of no site until they are mended."""

    def rebuild() -> None:
        _Build.errors = ()
        try:
            builder()
        except Abort:
            # The check stops a build before it touches the site; MkDocs has written the problems to the terminal.
            if not _Build.errors:
                raise

    server.builder = rebuild
    server.set_app(with_panel(server.serve_request, lambda: _Build.errors))
    return server


def _export_addresses(config: MkDocsConfig) -> Callable[[str, str], str]:
    """Give the function from a page's source path, and an anchor, to the address that the exports name it by."""
    own = File.generated(config, "data/index.md", content="")

    @cache
    def found(path: str) -> str:
        file = File.generated(config, path, content="")
        return urljoin(config.site_url, file.url) if config.site_url else file.url_relative_to(own)

    return lambda path, anchor: f"{found(path)}#{anchor}" if anchor else found(path)

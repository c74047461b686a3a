"""The build hooks of MkDocs: each unpacks its event, calls one function of the package, and reports.

The only file that knows MkDocs. MkDocs loads it by its path, with this folder importable only while it does, and takes
every function whose name begins with ``on_`` for an event. Under ``mkdocs serve`` it is loaded once, so all state is
made anew in `on_config`.
"""

from __future__ import annotations

import gc

gc.disable()  # what is imported stays: there is nothing to find for the collector, which would look a hundred times

import logging
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import replace
from fnmatch import fnmatch
from functools import cache, partial
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import markupsafe
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_date, get_relative_url
from mkdocs.utils.meta import get_data
from watchdog.observers.polling import PollingObserver

from explainer.assets import is_source, without_comments
from explainer.checking import forget_files
from explainer.downloads import Download, find_downloads
from explainer.extension import anchor, where_used
from explainer.forge import Forge
from explainer.hosting import (
    HEADERS_FILE,
    content_security_policy,
    fingerprinted,
    headers_file,
    inline_scripts,
    server_files,
    with_policy,
)
from explainer.indexing import indexing
from explainer.linking import page_of
from explainer.memory import Memory, Rendered
from explainer.problems import Problem, errors_in
from explainer.records import Keep, made_anew
from explainer.redirects import Redirect, redirect_page
from explainer.rendering import available, put_back, set_figures_aside
from explainer.searching import SearchError, pagefind, split_index, too_heavy, worker_script
from explainer.serving import with_panel
from explainer.site import MENTIONED_IN, Site, load_site
from explainer.theming import MENDS, PARTS_MENDS, SCRIPT, SCRIPT_MENDS, WORKER, ThemeError, mend, mended
from explainer.writing import BusyError, keep_to_one, told

MERMAID_SCRIPT = "assets/javascripts/mermaid.min.js"
"""Where the site has Mermaid's own script, if the reader's browser draws."""

log = logging.getLogger("mkdocs.hooks.explainer")

gc.enable()


class _Build:
    """The build that is under way."""

    site: Site
    files: Files
    root: Path
    in_browser: bool
    forge: Forge
    figures: dict[str, Mapping[str, bytes]]
    scripts: set[str]
    theme_scripts: dict[str, str]
    in_parts: bool
    errors: tuple[Problem, ...] = ()
    kept: ExitStack = ExitStack()
    memory: Memory | None = None
    configuration: object = None
    navigation: Navigation
    url_of: Callable[[str], str]


class _Page(Page):
    """A page that is read and rendered again only if something that it is made of has changed since the last build."""

    def read_source(self, config: MkDocsConfig) -> None:
        assert _Build.memory is not None  # noqa: S101 - there are such pages only if there is one
        source = config.plugins.on_page_read_source(page=self, config=config)
        text = self.file.content_string if source is None else source
        self.markdown, front_matter = _Build.memory.read.get(self.file.src_uri, text, partial(get_data, text))
        self.meta = deepcopy(front_matter)  # which is changed before the page is shown

    def render(self, config: MkDocsConfig, files: Files) -> None:
        path, site, memory = self.file.src_uri, _Build.site, _Build.memory
        assert memory is not None  # noqa: S101 - there are such pages only if there is one

        def rendered() -> Rendered:
            super(_Page, self).render(config, files)
            links = {file.src_uri: anchors for file, anchors in (self.links_to_anchors or {}).items()}
            rest = self.toc, self._title_from_render, self.present_anchor_ids, links
            return Rendered(self.content or "", site.mentions_on(path), rest)

        kept = memory.pages.get(path, site.rendering_key(self.markdown or ""), rendered)
        self.content = kept.content
        self.toc, self._title_from_render, self.present_anchor_ids, links = kept.rest
        targets = ((files.src_uris.get(target), anchors) for target, anchors in links.items())
        self.links_to_anchors = {file: anchors for file, anchors in targets if file is not None}
        site.add_mentions(kept.mentions)


def on_startup(command: str, **_: Any) -> None:
    """Remember what is made, if there will be more than one build."""
    _Build.memory = Memory() if command == "serve" else None
    # A build makes millions of objects, and what it does not keep it lets go of: little to find for the garbage collector.
    # What has got old is the site itself, which a single build need not go through at all.
    gc.set_threshold(100_000, 10, 1_000 if _Build.memory is None else 10)


def _configuration(config: MkDocsConfig) -> object:
    """Tell one state of the configuration and of the project's part of the theme from another."""
    theme = Path(config.theme.custom_dir).rglob("*") if config.theme.custom_dir else ()
    files = sorted((*Path(config.config_file_path).parent.glob("*.yml"), *theme))
    return [(path, path.stat().st_mtime_ns, path.stat().st_size) for path in files]


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the garbage collector from going through what is made, time and again, where none of it is garbage."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@_no_collection()
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Read and check everything; stop with all problems if there are errors."""
    root = Path(config.config_file_path).resolve().parent
    branch = str(config.extra.get("branch", "main"))
    configuration = _configuration(config)
    if _Build.memory is not None and configuration != _Build.configuration:
        _Build.memory, _Build.configuration = Memory(), configuration
    _Build.forge = Forge(config.repo_url or "", branch, config.site_url or "")
    if not config.repo_url:
        config.edit_uri = None  # it is relative to the repository, and MkDocs warns of it on every page
    docs = Path(config.docs_dir).resolve().relative_to(root).as_posix()
    site, problems = load_site(root, _Build.forge, docs=docs, keep=_keep())
    for problem in problems:
        log.log(logging.ERROR if problem.severity == "error" else logging.WARNING, "%s", problem)
    _Build.errors = errors_in(problems)
    if _Build.memory is None:
        forget_files()
    if site is None:
        raise PluginError(f"errors in the data and the pages: {len(_Build.errors)}")
    if _Build.memory is not None:
        config.theme.get_env = partial(_Build.memory.environment, config.theme.get_env)  # type: ignore[method-assign]
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
    root_address = config.site_url or "", config.use_directory_urls
    address = _keep()("addresses", root_address, partial(_export_addresses, *root_address))
    site = site.with_exports(address, absolute=bool(config.site_url), keep=_keep())
    site = replace(site, downloads=_downloads(root, config))
    _Build.site, _Build.root, _Build.in_browser, _Build.figures, _Build.scripts = site, root, in_browser, {}, set()
    _Build.in_parts = _searched_in_parts(config)
    if _Build.memory is None:
        gc.freeze()  # all of this lasts as long as the build
    return config


def _keep() -> Keep:
    """Give the function that looks for what the last build has made: of use only if there was one in this process."""
    return made_anew if _Build.memory is None else _Build.memory.parts.get


def _searched_in_parts(config: MkDocsConfig) -> bool:
    """Whether the index of the search is to be put into parts, as ``extra.search`` says."""
    wanted = config.extra.get("search") or "whole"
    if wanted not in ("whole", "parts"):
        raise PluginError(f"extra.search (SEARCH): `{wanted}`; expected `whole` or `parts`")
    # A page that was opened from a file can load no parts.
    if wanted == "whole" or not _enabled("material/search", config) or _enabled("material/offline", config):
        return False
    try:
        pagefind()
    except SearchError as error:
        raise PluginError(str(error)) from error
    return True


def _enabled(plugin: str, config: MkDocsConfig) -> bool:
    found: Any = config.plugins.get(plugin)
    return found is not None and bool(found.config.enabled)


def on_pre_build(config: MkDocsConfig) -> None:
    """Keep the folder of the site to this build."""
    try:
        _Build.kept = keep_to_one(Path(config.site_dir))
    except BusyError as busy:
        raise PluginError(str(busy)) from busy


def on_build_error(error: Exception, **_: Any) -> None:
    """Let go of the folder of the site, and say in a line what could not be written."""
    _Build.kept.close()
    if isinstance(error, OSError):
        raise PluginError(f"the site cannot be built: {told(error)}") from error


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages, and the data in other formats."""
    for page in _Build.site.pages.values():
        files.append(File.generated(config, page.path, content=page.markdown))
    _Build.site = _Build.site.without_texts()
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
    _mend_scripts(files, config)
    _finish_assets(files, config)
    _Build.files = files
    _Build.url_of = cache(partial(_url_of, files, config.site_url or ""))
    if _Build.memory is not None:
        _remember(_Build.memory, files, config)
    _index_less(config)
    extensions: Any = config.markdown_extensions
    extensions[:] = where_used(extensions, config.mdx_configs, _Build.site.context)
    return files


def _index_less(config: MkDocsConfig) -> None:
    """Let the plugin that reads the pages for the search read what it does not leave out."""
    search: Any = config.plugins.get("material/search")
    if not _enabled("material/search", config):
        return
    handlers = config.plugins.events["page_context"]
    place = handlers.index(search.on_page_context)
    index = search.on_page_context if _Build.memory is None else _Build.memory.index_once(search)
    handlers[place] = indexing(index, lambda page: page.file.src_uri in _Build.site.pages)


def _finish_assets(files: Files, config: MkDocsConfig) -> None:
    """Take the comments out of the site's own style sheets and scripts; put the hash of the rest into their names."""
    names = config.extra["fingerprinted"] = {}
    for file in [file for file in files if file.src_dir == config.docs_dir and is_source(file.src_uri)]:
        content = without_comments(file.src_uri, file.content_string)
        finished = File.generated(config, file.src_uri, content=content)
        names[file.src_uri] = finished.dest_uri = fingerprinted(file.src_uri, content.encode())
        files.remove(file)
        files.append(finished)
    config.extra_css = [names.get(path, path) for path in config.extra_css]
    for place, script in enumerate(config.extra_javascript):
        if isinstance(script, str):
            config.extra_javascript[place] = names.get(script, script)
        else:
            script.path = names.get(script.path, script.path)


def _url_of(files: Files, site_url: str, path: str) -> str:
    """Give where a page or a file is: its address on the web if that is known, else its path from the root of the site."""
    return urljoin(site_url, _built(files, path, "a reference").url)


def _built(files: Files, path: str, what: str) -> File:
    """Give the file that is built of a source; `what` leads to it, in the error if there is none."""
    found = files.src_uris.get(path)
    if found is None:
        raise PluginError(f"{what} to {path}, which is not built")
    return found


def _remember(memory: Memory, files: Files, config: MkDocsConfig) -> None:
    """Let the pages of this build take from the last one what is as it was."""
    memory.begin(_Build.site.dataset)
    titles = dict(_titles(config.nav or []))
    for file in files.documentation_pages():
        _Page(titles.get(file.src_uri), file, config)  # which the file then has


def on_nav(nav: Navigation, **_: Any) -> Navigation:
    """Keep the navigation, which every page shows."""
    _Build.navigation = nav
    return nav


def _titles(nav: Any) -> Iterator[tuple[str, str]]:
    """The titles that the navigation gives to pages, by their source paths."""
    for item in nav:
        for title, target in item.items() if isinstance(item, dict) else ():
            if isinstance(target, str):
                yield target, title
            else:
                yield from _titles(target)


def _mend_scripts(files: Files, config: MkDocsConfig) -> None:
    """Put a mended copy in the place of the theme's script, and the worker of an index in parts in that of the theme's."""
    mends = [*SCRIPT_MENDS, *(PARTS_MENDS if _Build.in_parts else ())]
    _Build.theme_scripts = dict(
        [_put_in_place(SCRIPT, lambda file: mend(file.src_uri, file.content_string, mends), files, config)]
    )
    if _Build.in_parts:
        script = without_comments(WORKER, worker_script())
        _Build.theme_scripts |= [_put_in_place(WORKER, lambda _: script, files, config)]


def _put_in_place(
    pattern: str, content_of: Callable[[File], str], files: Files, config: MkDocsConfig
) -> tuple[str, str]:
    """Put another script in the place of one of the theme's, under a name with the hash of its content, as it may be kept.

    Args:
        pattern: A pattern of the path of the theme's.
        content_of: Gives the content of the other for that of the theme.
        files: All files of the site.
        config: The configuration.

    Returns:
        The path of the theme's, and where the other is.
    """
    scripts = [file for file in files if fnmatch(file.src_uri, pattern)]
    if len(scripts) != 1:
        raise PluginError(f"the theme has {len(scripts)} scripts {pattern}, not one; see hooks/explainer/theming.py")
    try:
        content = content_of(scripts[0])
    except ThemeError as error:
        raise PluginError(f"{error}; see hooks/explainer/theming.py") from error
    copy = File.generated(config, scripts[0].src_uri, content=content)
    copy.dest_uri = fingerprinted(scripts[0].src_uri, content.encode())
    files.remove(scripts[0])
    files.append(copy)
    return scripts[0].src_uri, copy.dest_uri


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
    new = _built(files, path, f"{redirect.path}: a redirect")
    href = new.url_relative_to(old)
    canonical = urljoin(config.site_url, new.url) if config.site_url else href
    html = redirect_page(redirect.entry.heading, href, canonical)
    return File.generated(config, old.dest_uri, content=html)


@event_priority(-200)  # whatever any plugin does to the text is done
def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Tell the Markdown extension which page is next, and complete what a section's page needs."""
    files, path = _Build.files, page.file.src_uri

    def url_of(path: str) -> str:
        return _built(files, path, f"{page.file.src_uri}: a link").url_relative_to(page.file)

    # The theme takes titles and, in the results of a search, tags for HTML.
    if "title" in page.meta:
        page.meta["title"] = markupsafe.escape(str(page.meta["title"]))
    if "tags" in page.meta:
        page.meta["tags"] = [markupsafe.escape(tag) for tag in page.meta["tags"]]
    if path in _Build.site.section_paths:
        page.meta.setdefault("hide", []).append("toc")  # its place is the notes'
    text = _Build.site.markdown_of(path, markdown, page.meta)
    _Build.site.begin_page(path, url_of, text)
    return text


def on_page_content(html: str, page: Page, **_: Any) -> str:
    """Set the diagrams aside while the search reads the page: it would parse them, only to leave them out."""
    _Build.site.end_page()
    # All pages are there at once: let go of what is of no more use. (A page whose text is None would have no title.)
    page.markdown = ""
    if page.file.generated_by:
        page.file.content_string = ""
    html, _Build.figures[page.file.src_uri] = set_figures_aside(html)
    return html


def on_env(env: Any, config: MkDocsConfig, files: Files) -> Any:
    """Mend the theme's templates, and fill in who mentions whom, now that every page's content is known."""
    try:
        env.loader = mended(env, {**MENDS, "base.html": [*MENDS["base.html"], *_Build.theme_scripts.items()]})
    except ThemeError as error:
        raise PluginError(f"{error}; see hooks/explainer/theming.py") from error
    pages = {file.src_uri: file.page for file in files.documentation_pages() if file.page is not None}
    titles = {path: unescape(str(page.title)) for path, page in pages.items()}
    for path, generated in _Build.site.pages.items():
        page = pages[path]
        if generated.entry_id is None or page.content is None:
            continue

        def address(path: str, anchor: str, page: Page = page) -> str:
            url = pages[path].file.url_relative_to(page.file)
            return f"{url}#{anchor}" if anchor else url

        listed = _Build.site.mentioned_in(generated.entry_id, titles, address)
        page.content = page.content.replace(MENTIONED_IN, listed, 1)
    if _Build.memory is not None:
        pages_listed = [(page.title, page.url) for page in _Build.navigation.pages]
        scripts = [str(script) for script in config.extra_javascript]
        env = _Build.memory.templates(env, repr((pages_listed, config.extra, config.extra_css, scripts)))
    return env


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, **_: Any) -> dict[str, Any]:
    """Complete a page: its diagrams, its edit link, to the line of the data if it is generated, what it is, how to cite it."""
    path, site = page.file.src_uri, _Build.site
    page.content = put_back(page.content or "", _Build.figures.pop(path, {}))
    generated = site.pages.get(path)
    if generated is not None:
        page.edit_url = _Build.forge.edit_address(generated.edit_at) if generated.edit_at else None

    on_the_web, here = bool(config.site_url), page.url

    def address(path: str, anchor: str) -> str:
        url = _Build.url_of(path)
        found = url if on_the_web else get_relative_url(url, here)
        return f"{found}#{anchor}" if anchor else found

    title = unescape(str(page.meta.get("title") or page.title))
    description = str(page.meta.get("description") or config.site_description or "")
    keep = _keep()
    context["structured_data"] = site.structured_data(path, title, description, address, keep)
    context["cite_this"] = site.cite_this(path, title, page.canonical_url or None, keep)
    return context


@event_priority(-200)  # whatever any plugin does to a page is done
def on_post_page(output: str, page: Page, config: MkDocsConfig, **_: Any) -> str:
    """Collect the inline scripts that the Content-Security-Policy is to let run."""
    page.content = None  # it is in the output, and no other page asks for it
    return _policed(output, page.file.src_uri, config)


@event_priority(-200)
def on_post_template(output_content: str, template_name: str, config: MkDocsConfig, **_: Any) -> str:
    """Do the same for the page that stands for those that do not exist."""
    return _policed(output_content, template_name, config) if template_name.endswith(".html") else output_content


def _policed(html: str, path: str, config: MkDocsConfig) -> str:
    find = partial(inline_scripts, html)
    scripts = find() if _Build.memory is None else _Build.memory.scripts.get(path, html, find)
    if scripts.in_text:
        log.warning("%s: a script in the text, which the Content-Security-Policy does not let run", path)
    _Build.scripts |= scripts.around
    if not config.extra.get("policy_in_pages"):
        return html
    policy = content_security_policy(scripts.around, drawn_in_browser=_Build.in_browser, in_page=True)
    try:
        return with_policy(html, policy)
    except ValueError as problem:
        raise PluginError(f"{path}: {problem}") from problem


@event_priority(-200)  # whatever any plugin writes is written
def on_post_build(config: MkDocsConfig) -> None:
    """Split the index of the search, if it is to be; write the headers that the site is to be served with.

    Those are for hosts and for servers. Then let go of the folder of the site.
    """
    policy = content_security_policy(_Build.scripts, drawn_in_browser=_Build.in_browser, web_assembly=_Build.in_parts)
    paths = [*(file.dest_uri for file in _Build.files), *_parts_of_index(config)]
    _write(Path(config.site_dir) / HEADERS_FILE, headers_file(policy, paths))
    folder = config.extra.get("server")
    if folder:
        types = {export.path: export.media_type for export in _Build.site.exports.all()}
        for path, text in server_files(policy, types).items():
            _write(_Build.root / folder / path, text)
    _Build.kept.close()


def _parts_of_index(config: MkDocsConfig) -> tuple[str, ...]:
    """Give the paths of the parts of the index of the search, made now; of none, with a hint if there should be some."""
    site = Path(config.site_dir)
    if _Build.in_parts:
        try:
            return split_index(site, str(config.theme["language"]))
        except SearchError as error:
            raise PluginError(str(error)) from error
    # Nobody who edits waits for it.
    if _Build.memory is None and _enabled("material/search", config) and (size := too_heavy(site)) is not None:
        log.info(
            "whoever searches loads an index of %.1f MB, compressed: `make site SEARCH=parts` has them load parts", size
        )
    return ()


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise PluginError(f"{path}: cannot be written: {problem.strerror}") from problem


LOOKED_FOR_EDITS = 0.1
"""Seconds between two looks at the files. MkDocs takes half a second, much of what somebody waits for an edit to show."""


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: Callable[[], None], **_: Any) -> LiveReloadServer:
    """Show the problems of an edit above the last good site, instead of no site until they are mended."""
    watched = [config.docs_dir, config.config_file_path]  # what MkDocs watches by now; the rest it will after this
    for path in watched:
        server.unwatch(path)
    server.observer = PollingObserver(timeout=LOOKED_FOR_EDITS)
    for path in watched:
        server.watch(path)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that MkDocs removes its folder then, too

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


def _export_addresses(site_url: str, use_directory_urls: bool) -> Callable[[str, str], str]:
    """Give the function from a page's source path, and an anchor, to the address that the exports name it by."""

    def file(path: str) -> File:
        return File(path, None, "", use_directory_urls)

    own = file("data/index.md")

    @cache
    def found(path: str) -> str:
        return urljoin(site_url, file(path).url) if site_url else file(path).url_relative_to(own)

    return lambda path, anchor: f"{found(path)}#{anchor}" if anchor else found(path)

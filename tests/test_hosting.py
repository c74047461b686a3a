"""The headers of the site: what the policy lets run, and that nothing a reader does goes against it.

That no page goes against it by itself is tested in ``test_all_pages.py``.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from conftest import ROOT, Watched, mkdocs_build, rules_of, served
from explainer.hosting import (
    IMMUTABLE,
    IMMUTABLE_PATH,
    InlineScripts,
    content_security_policy,
    fingerprinted,
    headers_file,
    inline_scripts,
    server_files,
    with_policy,
)

REPORT = (
    "addEventListener('securitypolicyviolation', (e) => console.error('policy', e.effectiveDirective, e.blockedURI))"
)


@pytest.mark.parametrize(
    ("html", "around", "in_text"),
    [
        ("<p>none</p>", set(), set()),
        ("<script>a</script><script>b</script><script>a</script>", {"a", "b"}, set()),
        ("<SCRIPT>a</SCRIPT >", {"a"}, set()),
        ("<script>\n a && b \n</script>", {"\n a && b \n"}, set()),
        ('<script src="a.js"></script><script async SRC=a.js></script>', set(), set()),
        ('<script data-src="a.js">a</script>', {"a"}, set()),
        ('<script title="a > b">a</script>', {"a"}, set()),
        ('<script type="module">a</script><script type=text/javascript>b</script>', {"a", "b"}, set()),
        ('<script type="">a</script><script type="importmap">{}</script>', {"a", "{}"}, set()),
        (
            '<script type="application/ld+json">{}</script><script id="c" type="application/json">{}</script>',
            set(),
            set(),
        ),
        ("<scripted>a</scripted>", set(), set()),
        ("<script>a</script><article><script>b</script></article><script>c</script>", {"a", "c"}, {"b"}),
        ("<article></article><script>b</script></article><script>c</script>", {"c"}, {"b"}),
        ('<article><script type="application/json">{}</script></article>', set(), set()),
    ],
)
def test_inline_scripts(html: str, around: set[str], in_text: set[str]) -> None:
    assert inline_scripts(html) == InlineScripts(frozenset(around), frozenset(in_text))


EMPTY = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
"""The hash of nothing, which everybody can look up."""


@pytest.mark.parametrize(
    ("scripts", "options", "directives"),
    [
        ([], {}, {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "frame-ancestors": "'none'"}),
        ([""], {}, {"script-src": f"'self' {EMPTY}"}),
        ([""], {"in_page": True}, {"script-src": f"'self' {EMPTY}", "frame-ancestors": None}),
        ([""], {"web_assembly": True}, {"script-src": f"'self' {EMPTY} 'wasm-unsafe-eval'"}),
        ([], {"drawn_in_browser": True}, {"default-src": None, "style-src": None, "object-src": "'none'"}),
    ],
)
def test_policy(scripts: list[str], options: dict[str, bool], directives: dict[str, str | None]) -> None:
    policy = content_security_policy(scripts, **options)
    said = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert {name: said.get(name) for name in directives} == directives
    assert said["base-uri"] == said["form-action"] == "'none'"
    assert ("unsafe" in policy) == ("web_assembly" in options)


def test_the_order_of_the_scripts_is_no_matter() -> None:
    assert content_security_policy(["a", "b"]) == content_security_policy(["b", "a"])


@pytest.mark.parametrize(("html", "times"), [("<p>", 0), ('<meta charset="utf-8"><meta charset="utf-8">', 2)])
def test_a_page_with_no_place_for_a_policy_is_refused(html: str, times: int) -> None:
    with pytest.raises(ValueError, match=f"is there {times} times"):
        with_policy(html, "p")


@pytest.mark.parametrize(
    ("path", "immutable"),
    [
        ("/assets/stylesheets/main.57a0d79d.min.css", True),
        ("/assets/stylesheets/main.57a0d79d.min.css.map", True),
        ("/under/assets/javascripts/workers/search.a7633da7.min.js", True),
        (f"/{fingerprinted('assets/a/b.css', b'')}", True),
        ("/assets/stylesheets/theme.css", False),
        ("/assets/javascripts/lunr/min/lunr.ko.min.js", False),
        ("/assets/preview.png", False),
        ("/events/a.12345678.html", False),
        ("/search/search_index.json", False),
        ("/search/parts/pagefind.en_969ed590e0.pf_meta", True),
        ("/search/parts/pagefind-entry.json", False),
        ("/search/parts/wasm.en.pagefind", False),
        ("/", False),
    ],
)
def test_what_is_kept_for_a_year(path: str, immutable: bool) -> None:
    assert bool(re.search(IMMUTABLE_PATH, path)) == immutable
    rules = headers_file("p", [path[1:]])
    assert (f"\n{path}\n  Cache-Control: {IMMUTABLE}\n" in rules) == immutable


def test_parts_of_an_index_have_one_rule_for_a_folder() -> None:
    """Some hosts heed no more than a hundred rules."""
    paths = [f"search/parts/{kind}/en_{number:07x}.pf_{kind}" for kind in ("fragment", "index") for number in range(9)]
    assert all(re.search(IMMUTABLE_PATH, f"/{path}") for path in paths)
    rules = headers_file("p", paths).partition("/search")
    assert rules[1] + rules[2] == "".join(
        f"/search/parts/{kind}/*\n  Cache-Control: {IMMUTABLE}\n" for kind in ("fragment", "index")
    )


def test_a_name_changes_with_the_content() -> None:
    names = [fingerprinted("a/b.css", content) for content in (b"", b"", b"x")]
    assert names == ["a/b.e3b0c442.css", "a/b.e3b0c442.css", "a/b.2d711642.css"]


def test_servers_are_told_the_same_policy_and_the_types_of_the_exports() -> None:
    files = server_files("a 'b'; c", {"d/e.ics": "text/calendar", "d/f.json": "application/ld+json"})
    nginx, caddy = files["nginx/snippets/site-headers.conf"], files["caddy/site-headers.caddy"]
    assert "add_header Content-Security-Policy \"a 'b'; c\" always;" in nginx
    assert "header Content-Security-Policy \"a 'b'; c\"" in caddy
    assert "  text/calendar ics;" in nginx
    assert '@ics path *.ics\nheader @ics {\n  Content-Type "text/calendar; charset=utf-8"\n  defer\n}' in caddy
    assert "  application/json json;" in nginx


def test_every_inline_script_has_its_hash_and_nothing_is_unsafe(built_site: Path) -> None:
    policy = rules_of(built_site)["/*"]["Content-Security-Policy"]
    assert "unsafe" not in policy
    found: set[str] = set()
    pages = list(built_site.rglob("*.html"))
    assert len(pages) > 400
    for path in pages:
        scripts = inline_scripts(path.read_text(encoding="utf-8"))
        assert not scripts.in_text, path
        found |= scripts.around
    assert content_security_policy(found) == policy
    assert policy.count("'sha256-") == len(found) < 10


def test_style_sheets_and_scripts_are_linked_by_their_fingerprints(built_site: Path) -> None:
    page = etree.parse(built_site / "timeline" / "index.html", etree.HTMLParser())
    links = page.xpath("//link[@rel='stylesheet']/@href | //script/@src")
    assert len(links) > 8
    for link in links:
        assert re.search(IMMUTABLE_PATH, f"/{link}"), link
        assert (built_site / "timeline" / link).is_file(), link


def test_the_mended_script_of_the_theme_has_a_name_of_its_own(built_site: Path) -> None:
    """The theme's name for it is that of what the theme has: kept for a year, it would hide a new mend."""
    (script,) = (built_site / "assets" / "javascripts").glob("bundle.*.js")
    assert script.name.endswith(f".{sha256(script.read_bytes()).hexdigest()[:8]}.js")


class reporting:  # noqa: N801 - used as a function
    """A browser's window that tells of everything that goes against the policy."""

    def __init__(self, chromium: Browser, **settings: Any) -> None:
        size: ViewportSize = {"width": 1400, "height": 1000}
        self.context: BrowserContext = chromium.new_context(viewport=size, **settings)

    def __enter__(self) -> Watched:
        self.context.add_init_script(REPORT)
        return Watched(self.context)

    def __exit__(self, *_: object) -> None:
        self.context.close()


@pytest.fixture
def reading(chromium: Browser) -> Iterator[Watched]:
    """A fresh page that tells of everything that goes against the policy."""
    with reporting(chromium) as watched:
        yield watched
        assert watched.faults == []


def use(page: Page, site_url: str) -> None:
    """Use everything that a script does."""
    page.goto(f"{site_url}essay/other-callers/")
    scheme = page.locator("body").get_attribute("data-md-color-scheme")
    page.locator("label[for='__palette_1']:visible, label[for='__palette_0']:visible").first.click()
    expect(page.locator("body")).not_to_have_attribute("data-md-color-scheme", str(scheme))
    page.get_by_role("button", name="March 2019", exact=True).click()
    expect(page.locator("body")).to_have_attribute("data-as-of", "then")
    link = page.locator("article a[data-card-name]").first
    link.evaluate("link => link.scrollIntoView({block: 'center'})")
    link.hover()
    expect(page.locator(".entry-card")).to_be_visible()
    page.mouse.move(5, 5)
    page.get_by_role("button", name="Enlarge").first.click()
    page.get_by_role("button", name="Zoom in").click()
    expect(page.locator("dialog svg").first).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()
    page.keyboard.press("/")
    page.keyboard.type("Singapore")
    expect(page.locator(".md-search-result__link").first).to_be_visible(timeout=30_000)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?h=singapore")
    expect(page.locator("article mark").first).to_be_visible()
    page.goto(f"{site_url}timeline/")
    page.get_by_label("What").select_option("summit")
    expect(page.get_by_role("status")).to_be_visible()
    page.emulate_media(media="print")


def test_nothing_that_scripts_do_goes_against_the_policy(reading: Watched, site_url: str) -> None:
    use(reading.page, site_url)


def test_a_script_that_is_not_the_themes_does_not_run(chromium: Browser, ferry_site: Path, tmp_path: Path) -> None:
    page = (ferry_site / "404.html").read_text(encoding="utf-8")
    hostile = (
        '<img src=x onerror="document.title=1"><script>document.title = 2</script><style>body{display:none}</style>'
    )
    (tmp_path / "a.html").write_text(page.replace("<body", f"<body><div>{hostile}</div><div", 1), encoding="utf-8")
    (tmp_path / "_headers").write_bytes((ferry_site / "_headers").read_bytes())
    with reporting(chromium) as watched, served(tmp_path) as url:
        watched.page.goto(f"{url}a.html")
        assert watched.page.title() not in {"1", "2"}
        expect(watched.page.locator("body")).to_be_visible()
        told = " ".join(watched.faults)
        for directive in ("script-src-attr", "script-src-elem", "style-src-elem"):
            assert f"policy {directive} inline" in told


def ferry_build(out: Path, project: Path, *changes: tuple[str, str]) -> CompletedProcess[str]:
    """Build a copy of the tiny essay whose configuration says something else."""
    config = project / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    for found, wanted in (("../../../hooks/", f"{ROOT / 'hooks'}/"), *changes):
        assert found in text
        text = text.replace(found, wanted)
    config.write_text(text, encoding="utf-8")
    return mkdocs_build(config, out)


def test_instant_navigation_keeps_to_the_policy(reading: Watched, project: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    address = ("plugins: [search]", "plugins: [search]\nsite_url: http://127.0.0.1:1/")
    assert ferry_build(site, project, ("features: [", "features: [navigation.instant, "), address).returncode == 0
    page = reading.page
    with served(site) as url:
        # Material follows only links to pages in the sitemap, whose addresses are those of the published site.
        sitemap = site / "sitemap.xml"
        sitemap.write_text(sitemap.read_text(encoding="utf-8").replace("http://127.0.0.1:1/", url), encoding="utf-8")
        page.goto(f"{url}sources/")  # pages with drawings it cannot show: links in SVG have another kind of `href`
        page.evaluate("window.kept = true")
        for path in ("glossary/", "data/"):
            page.locator(f".md-nav--primary a[href$='{path}']").first.click()
            page.wait_for_url(f"{url}{path}")
        assert page.evaluate("window.kept")
        page.keyboard.press("/")
        page.keyboard.type("toll")
        expect(page.locator(".md-search-result__link").first).to_be_attached(timeout=30_000)


@pytest.mark.parametrize("from_file", [False, True])
def test_a_host_without_headers_gets_the_policy_in_the_pages(
    from_file: bool, reading: Watched, project: Path, tmp_path: Path
) -> None:
    extra = ("plugins: [search]", "plugins: [search]\nextra: {policy_in_pages: true}")
    site = tmp_path / "site"
    assert ferry_build(site, project, extra).returncode == 0
    (site / "_headers").unlink()
    target = site / "essay" / "the-toll" / "index.html"
    html = target.read_text(encoding="utf-8")
    assert html.index("Content-Security-Policy") < 1000
    target.write_text(html.replace("<body", "<body><script>document.title = 2</script><div", 1), encoding="utf-8")
    page = reading.page
    with served(site) as url:
        base = f"{site.as_uri()}/" if from_file else url
        page.goto(f"{base}index.html")
        assert reading.faults == [] or from_file
        page.goto(f"{base}essay/the-toll/index.html")
    assert page.title() != "2"
    assert any("policy script-src-elem inline" in fault for fault in reading.faults)
    reading.faults.clear()


def test_a_script_that_a_plugin_puts_into_the_text_is_told_of_and_has_no_hash(project: Path, tmp_path: Path) -> None:
    (project / "hook.py").write_text(
        "def on_page_content(html, page, **_):\n"
        "    return html + '<script>alert(1)</script>' if page.is_homepage else html\n",
        encoding="utf-8",
    )
    done = ferry_build(tmp_path / "site", project, ("mkdocs_hooks.py]", "mkdocs_hooks.py, hook.py]"))
    assert done.returncode != 0  # it is built all the same: a warning is an error only at the end
    assert "index.md: a script in the text, which the Content-Security-Policy does not let run" in done.stderr
    digest = b64encode(sha256(b"alert(1)").digest()).decode()
    assert digest not in rules_of(tmp_path / "site")["/*"]["Content-Security-Policy"]


def test_drawings_made_in_the_browser_keep_to_a_policy_without_styles(
    reading: Watched, browser_drawn_site: Path
) -> None:
    policy = rules_of(browser_drawn_site)["/*"]["Content-Security-Policy"]
    assert "style-src" not in policy
    assert "unsafe" not in policy
    with served(browser_drawn_site) as url:
        reading.page.goto(f"{url}argument/")
        expect(reading.page.locator(".diagram__frame .mermaid svg").first).to_be_visible()


def test_a_folder_for_servers_that_cannot_be_written_is_told_of(project: Path, tmp_path: Path) -> None:
    (project / "taken").write_text("a file", encoding="utf-8")
    done = ferry_build(tmp_path / "site", project, ("plugins: [search]", "plugins: [search]\nextra: {server: taken}"))
    assert done.returncode != 0
    assert re.search(r"taken/nginx/conf.d/site.conf: cannot be written: (Not a directory|File exists)", done.stderr)
    assert "Traceback" not in done.stderr

"""Hostile input: what is tried, where it goes, and how it is told whether it did any harm.

The places are not listed here: they are found by walking the model, so that a new field is attacked as soon as it is
there. A project that fills every field is made of the tiny essay; a *slot* is one place in it that holds a value.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import jinja2
import yaml
from bibtexparser.entrypoint import parse_string
from icalendar import Calendar
from lxml import etree, html
from mkdocs.commands.build import get_context
from mkdocs.config import load_config
from mkdocs.structure.files import Files, get_files
from mkdocs.structure.nav import get_navigation
from pydantic.fields import FieldInfo

from conftest import FERRY
from explainer.citation import CITATION_FILE, Author, Citation
from explainer.dates import Date
from explainer.fields import Step, annotations_of, field_names, parts_of
from explainer.memory import Memory
from explainer.model import ADDRESS_PATTERN, COLLECTIONS, ID_PATTERN, Essay, Part, Prose, Ref
from explainer.problems import Problem
from explainer.site import Site, load_site

# --- What is tried -----------------------------------------------------------------------------------------------

FLAG = "window.harmed=1"
"""What every script among the strings would do, if it ran."""

MARKUP = [
    f"<script>{FLAG}</script>",
    f"</script><script>{FLAG}</script>",
    f"</title></head><body onload={FLAG}>",
    f"<img src=x onerror={FLAG}>",
    f"<svg/onload={FLAG}>",
    f"<svg><script>{FLAG}</script></svg>",
    f"<div onclick={FLAG}>",
    f"<iframe srcdoc='<script>{FLAG}</script>'></iframe>",
    "<style>*{display:none}</style>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action='https://evil.example/'><input autofocus onfocus=" + FLAG + ">",
    "</div></article></body></html>",
    "</summary></details></section>",
    "</text></a></svg>",
    "]]></desc><!--",
    "<!-- mentioned in -->",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "<?xml version='1.0'?>",
    f'" onmouseover="{FLAG}" x="',
    f"' onmouseover='{FLAG}' x='",
    f'"><script>{FLAG}</script>',
    f"'><script>{FLAG}</script>",
    f"`<script>{FLAG}</script>`",
    f"\\`<img src=x onerror={FLAG}>\\`",
    "&lt;script&gt; &amp;amp; &#60;b&#62; &#x3c;i&#x3e; &nbsp;",
    "&copy &notanentity; & &&",
]
LINKS = [
    f"[click](javascript:{FLAG})",
    f"[click](<javascript:{FLAG}>)",
    f"[click](java&#115;cript:{FLAG})",
    f"[click](&#1;javascript:{FLAG})",
    f"[click](JaVaScRiPt&colon;{FLAG})",
    f"[click](data:text/html,<script>{FLAG}</script>)",
    "[click](vbscript:x)",
    "[click](file:///etc/passwd)",
    "[click](//evil.example/)",
    "[click](/\\evil.example/)",
    "[click](\\\\evil.example)",
    "[click](../../../../etc/passwd)",
    f"[click](https://a.example/ \"t\" onclick={FLAG})",
    "[click](https://[)",
    "[click](https://[::1)",
    "[click](https://\u2100.example/)",
    "[click](https://a.example:99999999/)",
    "[click](ref:)",
    "[click](ref:nobody)",
    "[click](ref:../toll)",
    f"![picture](javascript:{FLAG})",
    "![picture](https://evil.example/pixel.png)",
    f"[click][evil]\n\n[evil]: javascript:{FLAG}",
    f"[click][evil]\n\n> [evil]: javascript:{FLAG}",
    f"[click][evil]\n\n- [evil]: javascript:{FLAG}",
    f"[click][evil]\n\n[evil]:\n  javascript:{FLAG}",
    f"<javascript:{FLAG}>",
    "<https://[>",
    f"<https://a.example/\"onmouseover=\"{FLAG}>",
    "<mailto:a@evil.example>",
    f"javascript:{FLAG}",
    "https://evil.example/",
    "www.evil.example",
]  # fmt: skip
MARKDOWN = [
    "# Heading",
    "Heading\n=======",
    "- item\n- item",
    "1. one",
    "1) one",
    "> quotation",
    "    indented\n    code",
    "```diagram\nkind: timeline\n```",
    "~~~\nx\n~~~",
    "``` {.diagram}\nkind: nothing\n```",
    "- a\n\n    ```diagram\n    kind: nothing\n    ```",
    "> ```diagram\n> kind: nothing\n> ```",
    "/// context | X\n    sources: [nobody]\n\nx\n///",
    " /// context | X\n    sources: [nobody]\n\nx\n ///",
    "> /// context | X\n>     sources: [nobody]\n>\n> x\n> ///",
    "---",
    "***",
    "---\ntitle: x\n---",
    "*emphasis* **strong** _under_ __scores__ ~~gone~~ ^up^ `code`",
    "| a | b |\n|---|---|\n| c | d |",
    "||||",
    "{: onclick=window.harmed=1 }",
    "words\n{: onclick=window.harmed=1 }",
    "{#p1 .no-links}",
    "{#a} onclick=window.harmed=1 }",
    "*[HTML]: gone",
    "[^1]\n\n[^1]: a note",
    "[TOC]",
    "[[toc]] ![x] [x] [x]:y",
    f"a ` b\n\n<script>{FLAG}</script>\n\nc ` d",
    f"a ` b\n`<img src=x onerror={FLAG}> c",
    f"`a\n<div onclick={FLAG}>\n`",
    f"``a` <script>{FLAG}</script> `b``",
    "\\",
    "\\\\[x](y)",
    "!\\[x](https://evil.example)",
    "\u0002wzxhzdk:0\u0003",
    "\u0002klzzwxh:0000\u0003",
    "\u0002amp\u0003lt;script\u0002amp\u0003gt;",
    "wzxhzdk:0 klzzwxh:0000",
]
LANGUAGES = [
    "{{ 7 * 7 }}",
    "{{ config }} {% raw %}",
    "{% include '/etc/passwd' %}",
    "{# gone #}",
    "{{ ''.__class__.__mro__ }}",
    "__config",
    "__search",
    "${7*7} #{7*7} <%= 7*7 %>",
    "%%{init: {'theme': 'forest', 'securityLevel': 'loose'}}%%",
    f'click n0 "javascript:{FLAG}"',
    f'x"]\n  click n0 href "javascript:{FLAG}"\n  n9["y',
    f'x"] --> n9["<img src=x onerror={FLAG}>',
    "---\nconfig:\n  securityLevel: loose\n---",
    "#lt;script#gt; #quot; #9829; ﬂ°°59¶ß",
    "%% comment",
    "end subgraph style classDef linkStyle",
    "}accDescr {",
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\uff1d1+1",
    '=HYPERLINK("https://evil.example/")',
    'a","b","c',
    "a\r\nBEGIN:VEVENT\r\nEND:VEVENT",
    "a\nATTACH:https://evil.example/",
    "a;b:c,d\\n\\;",
    "END:VCALENDAR",
    "}}, url = {javascript:x}, note = {{",
    "}",
    "{",
    "a \\input{/etc/passwd} $x$ 100% #1 a_b x^y ~ \\",
    '@string{x = "y"}',
    "\\u003cscript\\u003e \\x3cscript\\x3e",
    "../../../etc/passwd",
    "..\\..\\x",
    "/etc/passwd",
    "C:\\x",
    "nul",
    "index",
    "a/b",
    "%2e%2e%2f",
    "!!python/object/apply:os.system ['true']",
    "&anchor *alias",
    "<<",
    "null",
    "yes",
    "1e3",
    "2019-01-01",
    "~",
]
CHARACTERS = [
    "a\x00b",
    "a\x07\x08\x1bb",
    "a\x1b[2J\x1b]0;x\x07",
    "a\rb",
    "a\x0bb\x0cc",
    "a\x7fb",
    "a\x85b\x9bc",
    "a\u202eb",
    "a\u202a\u202b\u202c\u202db",
    "a\u2066\u2067\u2068\u2069b",
    "a\u200eb\u200fc",
    "a\u200bb",
    "\u200b",
    "a\u200cb\u200dc",
    "a\u2060\ufeffb",
    "a\u00adb",
    "a\U000e0041\U000e0042b",
    "a\u2028b\u2029c",
    "a\ud800b",
    "\udc80",
    "a\ufffeb\uffffc\ufdd0d",
    "a\ue000b\U0010ffffc",
    "e\u0301\u0300\u0302\u0303" * 40,
    "\u0301",
    " ",
    "\n",
    "\u00a0",
    "\u3164",
    "\ufdfa\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e6\U0001f1e8",
    "ß",
    "ﬁne",
    "ŉ",
    "İI ı",
    "𝕏",
    "!!!",
    "\u0661\u0662",
    "مرحبا שלום 서안",
]
UNSEEN = ["\0", "\x07", "\x1b", "\x7f", "\x9b", "\u202e", "\u202a", "\u2066", "\u2069", "\u200b", "\u2060", "\ufeff",
          "\u00ad", "\U000e0041", "\u2028", "\ud800", "\udc80", "\ufffe", "\ufdd0"]  # fmt: skip
"""Characters that nobody sees, or that make of a text another one than it is."""

LONG = [
    "x" * 160,
    "x" * 200,
    "x" * 100_000,
    "word " * 20_000,
    "<" * 3_000,
    "<a " * 3_000,
    "[" * 1_500,
    "[x](" * 700,
    "![" * 1_500,
    "`" * 2_999 + "x",
    "` `` " * 800,
    "*" * 3_000,
    "_*" * 1_500,
    "> " * 1_500 + "x",
    "- " * 1_500 + "x",
    "1. " * 1_000 + "x",
    "((((" * 700,
    "&" * 3_000,
    "&#" * 1_500,
    "{" * 3_000,
    "{:" * 1_500,
    "#" * 3_000,
    "\\" * 3_000,
    "|" * 3_000,
    "\n" * 3_000 + "x",
    " \n" * 1_500 + "x",
    "9" * 5_000,
    "".join(f"{'    ' * depth}- x\n" for depth in range(60)),
]
CORPUS: Sequence[str] = [*MARKUP, *LINKS, *MARKDOWN, *LANGUAGES, *CHARACTERS, *LONG]

POLYGLOTS = [
    f"'\"></title></script><svg onload={FLAG}>",
    f'=1+1 "] --> n9["<img src=x onerror={FLAG}>"]',
    f"[x](javascript:{FLAG}) ![y](https://evil.example/) *a* {{: onclick={FLAG} }}",
    f"%%{{init: {{}}}}%% {{{{ 7 * 7 }}}} {{% raw %}} `<b onclick={FLAG}>}}",
]
"""Of which at least one does something wherever a text is not made harmless; short enough for every field of text."""

# --- Where it goes -----------------------------------------------------------------------------------------------

Files_ = dict[str, Any]
"""The data of a project: what each file holds, by its path in the project."""

FILES: Mapping[str, str] = {
    "actors": "data/actors/actors.yaml",
    "events": "data/events/events.yaml",
    "terms": "data/glossary/terms.yaml",
    "claims": "data/claims/claims.yaml",
    "sources": "data/sources/sources.yaml",
}
ESSAY_FILE = "data/essay.yaml"

HOSTS = {"actors": "ada-quill", "events": "toll-meeting", "terms": "toll", "claims": "c2-ferry-will-stop",
         "sources": "harbour-rolls"}  # fmt: skip
"""The entry of each collection that gets every field, and what refers to it."""

OTHERS = {"actors": "westbank", "events": "ferry-compact-signed", "terms": "free-passage", "claims": "c1-one-boat",
          "sources": "gazette-april"}  # fmt: skip

Kind = Literal["plain", "prose", "form"]
"""What a value is: plain text, Markdown, or something of a fixed form (an id, a date, a word of a list, a number)."""


@dataclass(frozen=True)
class Slot:
    """A place in the project that holds a value, or a key if `is_key`."""

    file: str
    steps: tuple[Step, ...]
    kind: Kind
    owner: str
    is_key: bool = False

    def __str__(self) -> str:
        """Name it, for the report of a failure."""
        return f"{self.file}:{'/'.join(map(str, self.steps))}{' (key)' * self.is_key}"


def filled_project() -> tuple[Files_, tuple[Slot, ...]]:
    """The tiny essay with every field of the model in it, and all its slots."""
    files: Files_ = {}
    for path in (ESSAY_FILE, CITATION_FILE, *FILES.values()):
        files[path] = yaml.safe_load((FERRY / path).read_text(encoding="utf-8"))
    filler = _Filler()
    found: list[Slot] = []
    for path, kind in ((ESSAY_FILE, Essay), (CITATION_FILE, Citation)):
        filler.fill(kind, files[path])
        found += _slots(path, kind, files[path], ())
    for name, path in FILES.items():
        entry = files[path][HOSTS[name]]
        filler.fill(COLLECTIONS[name], entry)
        found += _slots(path, COLLECTIONS[name], entry, (HOSTS[name],))
        found.append(Slot(path, (HOSTS[name],), "form", name, is_key=True))
    return files, tuple(found)


class _Filler:
    """Adds to mappings what the model knows and they have not. Every text is another one."""

    def __init__(self) -> None:
        self._count = 0

    def fill(self, kind: type[Part], mapping: dict[str, Any]) -> dict[str, Any]:
        for name, info in kind.model_fields.items():
            key = info.alias or name
            if key not in field_names(kind) or (kind is Author and key == "name"):
                continue  # an author has a name of one form or the other
            if key not in mapping:
                mapping[key] = self._sample(info)
                continue
            part = next(parts_of(info), None)
            held = mapping[key]
            if part is not None and held:
                self.fill(part, held[0] if isinstance(held, list) else held)
        return mapping

    def _sample(self, info: FieldInfo) -> Any:
        said = list(annotations_of(info))
        part = next(parts_of(info), None)
        value = self.fill(part, {}) if part else self._value(said)
        if any(get_origin(a) is dict for a in said):
            return {"en": value}
        return [value] if any(get_origin(a) is tuple for a in said) else value

    def _value(self, said: Sequence[Any]) -> Any:
        self._count += 1
        patterns = {getattr(a, "pattern", None) for a in said}
        if ref := next((a for a in said if isinstance(a, Ref)), None):
            return OTHERS[ref.collections[-1]]
        if Date in said:
            return "1930"
        if choices := [a for a in said if get_origin(a) is Literal]:
            return get_args(choices[0])[0]
        if int in said:
            return 1
        if ID_PATTERN in patterns:
            return f"filled-{self._count}"
        if ADDRESS_PATTERN in patterns:
            return f"https://filled.example/{self._count}"
        return f"Filled {self._count}"


def _slots(file: str, kind: type[Part], mapping: Mapping[str, Any], steps: tuple[Step, ...]) -> Iterator[Slot]:
    for name, info in kind.model_fields.items():
        key = info.alias or name
        if key not in mapping:
            continue
        here, value, part = (*steps, key), mapping[key], next(parts_of(info), None)
        if part is not None:
            held = [((*here, n), item) for n, item in enumerate(value)] if isinstance(value, list) else [(here, value)]
            for place, item in held:
                yield from _slots(file, part, item, place)
            continue
        owner = f"{kind.__name__}.{name}"
        if isinstance(value, dict):
            language = next(iter(value))
            yield Slot(file, (*here, language), "plain", owner)
            yield Slot(file, (*here, language), "form", owner, is_key=True)
        elif isinstance(value, list):
            yield Slot(file, (*here, 0), _kind_of(info), owner)
        else:
            yield Slot(file, here, _kind_of(info), owner)


def _kind_of(info: FieldInfo) -> Kind:
    said = list(annotations_of(info))
    if any(isinstance(a, Prose) for a in said):
        return "prose"
    formed = any(isinstance(a, Ref) or getattr(a, "pattern", None) or get_origin(a) is Literal for a in said)
    return "form" if formed or int in said or Date in said else "plain"


def fields_of(kinds: Iterable[type[Part]]) -> Iterator[str]:
    """Every field of these kinds of part and of all parts in them, as ``Class.field``."""
    for kind in kinds:
        for name, info in kind.model_fields.items():
            if (info.alias or name) not in field_names(kind):
                continue
            parts = list(parts_of(info))
            yield from fields_of(parts) if parts else (f"{kind.__name__}.{name}",)


def with_value(files: Files_, values: Mapping[Slot, Any]) -> Files_:
    """The project with other values in some slots. What has to be the same as one of them elsewhere changes with it."""
    changed = copy.deepcopy(files)
    for slot, value in values.items():
        holder = changed[slot.file]
        for step in slot.steps[:-1]:
            holder = holder[step]
        if slot.is_key:
            items = [(value if key == slot.steps[-1] else key, held) for key, held in holder.items()]
            holder.clear()
            holder.update(items)
        else:
            holder[slot.steps[-1]] = value
        if slot.owner == "Essay.title":  # the citation names the essay by its title
            changed[CITATION_FILE]["references"][0]["title"] = value
    return changed


# --- What comes out ----------------------------------------------------------------------------------------------


class Project:
    """A folder that holds the filled project, to be written anew in part and read."""

    def __init__(self, folder: Path, files: Files_) -> None:
        """Take a copy of the tiny essay."""
        self.folder = folder
        self._held: Files_ = {}
        self.write(files)

    def write(self, files: Files_, *, escaped: bool = False) -> None:
        """Write what has changed, as JSON, which is YAML; with escapes for all but ASCII if wanted."""
        for path, data in files.items():
            if self._held.get(path) != (data, escaped):
                text = json.dumps(data, ensure_ascii=escaped, indent=1)
                (self.folder / path).write_text(text, encoding="utf-8", errors="surrogatepass")
                self._held[path] = (copy.deepcopy(data), escaped)

    def read(self) -> tuple[Site | None, tuple[Problem, ...]]:
        """Read and check it."""
        return load_site(self.folder)


def faults_of_refusal(folder: Path, problems: Sequence[Problem]) -> list[str]:
    """What is wrong with the way in which a project was refused."""
    faults = [] if any(problem.severity == "error" for problem in problems) else ["nothing said why"]
    for problem in problems:
        said = str(problem)
        path = folder / problem.at.path
        if not path.is_file():
            faults.append(f"no such file: {said!r}")
        elif not 1 <= problem.at.line <= path.read_bytes().count(b"\n") + 1:
            faults.append(f"no such line: {said!r}")
        if not said.isprintable():
            faults.append(f"not printable on a line: {said!r}")
        if len(said) > 3000:
            faults.append(f"{len(said)} characters: {said[:200]!r}")
    return faults


@contextmanager
def no_errors_logged() -> Iterator[list[str]]:
    """Collect what libraries log as errors instead of raising it."""
    found: list[str] = []

    class _Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(self.format(record))

    collector = _Collector(logging.ERROR)
    logging.getLogger().addHandler(collector)
    try:
        yield found
    finally:
        logging.getLogger().removeHandler(collector)


@dataclass(frozen=True)
class Rendered:
    """What a project is turned into: pages as HTML by their source paths (some of them whole), and the exports."""

    pages: Mapping[str, str]
    exports: Mapping[str, bytes]

    @cached_property
    def trees(self) -> Mapping[str, Any]:
        """The pages, parsed."""
        return {path: html.document_fromstring(text or "<p></p>") for path, text in self.pages.items()}

    @cached_property
    def text(self) -> str:
        """Everything that a reader sees, without spaces: a link within a text may have none around it."""
        return "\n".join(squeezed(_shown(tree)) for tree in self.trees.values())


def _shown(tree: Any) -> str:
    return " ".join(str(text) for text in tree.xpath("//text()[not(ancestor::script or ancestor::style)]"))


_COMPILED = Memory().compiled
"""The templates, which are the same for every case."""


@cache
def _names_in(folders: tuple[str, ...]) -> list[str]:
    """The templates and files of the theme, without the thousands of icons, which are never copied."""
    return [name for name in jinja2.FileSystemLoader(folders).list_templates() if not name.startswith(".")]


def render(folder: Path, wanted: Iterable[str] | None, whole: Iterable[str] = ()) -> Rendered:
    """Turn a project into pages and exports, as MkDocs would, without writing anything.

    Args:
        folder: The project, which has no errors.
        wanted: The source paths of the pages; None for all.
        whole: Those that also go through the templates of the theme.
    """
    config = load_config(str(folder / "mkdocs.yml"), site_dir=str(folder / "site"))
    config = config.plugins.on_config(config)
    files: Files = get_files(config)
    env = config.theme.get_env()
    folders = tuple(config.theme.dirs)
    env.list_templates = lambda extensions=None, filter_func=None: list(filter(filter_func, _names_in(folders)))  # type: ignore[method-assign]
    files.add_files_from_theme(env, config)
    files = config.plugins.on_files(files, config=config)
    nav = config.plugins.on_nav(get_navigation(files, config), config=config, files=files)
    pages = {}
    for file in files.documentation_pages():
        page = file.page
        if page is None:
            continue
        page.read_source(config)
        markdown = config.plugins.on_page_markdown(page.markdown or "", page=page, config=config, files=files)
        page.markdown = markdown
        if wanted is None or file.src_uri in wanted or file.src_uri in whole:
            page.render(config, files)
            pages[file.src_uri] = page
    env = config.plugins.on_env(env, config=config, files=files)
    env.bytecode_cache = _COMPILED
    shown = {}
    for path, page in pages.items():
        shown[path] = page.content or ""
        if path in whole:
            context = get_context(nav, files, config, page)
            context = config.plugins.on_page_context(context, page=page, config=config, nav=nav)
            shown[path] = env.get_template("main.html").render(context)
    exports = {file.src_uri: file.content_bytes for file in files if file.src_uri.startswith("data/")}
    return Rendered(shown, {path: content for path, content in exports.items() if not path.endswith(".md")})


# --- Whether it did any harm -------------------------------------------------------------------------------------

_ADDRESSED = ("href", "src", "action", "formaction", "data", "poster", "srcdoc", "srcset", "background", "ping", "cite",
              "{http://www.w3.org/1999/xlink}href")  # fmt: skip

_LOADED = ("src", "srcset", "data", "poster", "background")
"""The addresses that a browser asks for without being told to."""


def _on_the_site(address: str) -> bool:
    return not re.match(r"\s*(?:[a-z][a-z0-9+.-]*:|[/\\]{2})", address, re.IGNORECASE)


OF_MARKDOWN = {
    ("p", ""), ("em", ""), ("strong", ""), ("code", ""), ("pre", ""), ("ul", ""), ("ol", ""), ("ol", "start"), ("li", ""),
    ("blockquote", ""), ("br", ""), ("hr", ""), ("a", ""), ("a", "href"), ("a", "title"), ("a", "class"),
    ("a", "data-address"), ("a", "data-card-name"), ("a", "data-card-facts"), ("abbr", ""), ("abbr", "title"),
    ("table", ""), ("thead", ""), ("tbody", ""), ("tr", ""), ("th", ""), ("td", ""), ("div", ""), ("div", "class"),
    ("sup", ""), ("sup", "id"), ("a", "id"), ("li", "id"), ("span", ""), ("span", "id"), ("span", "class"),
    ("p", "class"), ("a", "data-preview"),
}  # fmt: skip
"""What Markdown makes of prose: elements, and attributes of them."""

OF_PAGES = OF_MARKDOWN | {
    (f"h{level}", attribute) for level in range(1, 7) for attribute in ("", "id", "class")
} | {("img", ""), ("img", "src"), ("img", "alt"), ("img", "title"), ("pre", "class"), ("code", "class"), ("p", "id"),
     ("ul", "class"), ("ul", "id"), ("ol", "class"), ("li", "class"), ("blockquote", "class"), ("em", "class"),
     ("strong", "class"), ("pre", "id"), ("span", "data-clock")}  # fmt: skip
"""What Markdown makes of hand-written pages."""


@dataclass(frozen=True, repr=False)
class Signature:
    """What of a page could do something: its elements with their attributes, and the addresses in it."""

    names: frozenset[tuple[str, str]]
    addresses: frozenset[str]

    def __or__(self, other: Signature) -> Signature:
        """Both together."""
        return Signature(self.names | other.names, self.addresses | other.addresses)


def signature(rendered: Rendered) -> Signature:
    """What of the pages could do something."""
    names, addresses = set(), set()
    for tree in rendered.trees.values():
        for element in tree.iter():
            if not isinstance(element.tag, str):
                names.add(("comment", str(element.text)))
                continue
            names.add((element.tag, ""))
            for name, value in element.attrib.items():
                names.add((element.tag, str(name)))
                if name in _LOADED and not _on_the_site(value):
                    names.add((element.tag, f"{name}={value}"))
                elif name in _ADDRESSED:
                    addresses.add(value)
                elif name in ("id", "name") and value.startswith("__"):
                    names.add((name, value))  # the theme finds its own elements by such names
            if element.tag in ("script", "style") and element.get("type") != "application/ld+json":
                names.add((element.tag, element.text or ""))
            if element.tag == "meta" and element.get("http-equiv"):
                names.add(("meta", element.get("content", "")))
    return Signature(frozenset(names), frozenset(addresses))


def leads_somewhere_safe(address: str) -> bool:
    """Whether an address in prose is of the web, or of this site."""
    flat = "".join(c for c in address if c > " ").lower()
    if flat.startswith(("https://", "http://")):
        return True
    head = flat.partition("/")[0].partition("#")[0].partition("?")[0]
    return ":" not in head and not flat.startswith(("//", "/\\", "\\"))


def faults_of_pages(
    found: Signature, twin: Signature, allowed: Iterable[tuple[str, str]] = (), *, addressed: bool = True
) -> list[str]:
    """What pages have that those with a harmless text in its place have not.

    Args:
        found: The pages.
        twin: The pages with harmless texts.
        allowed: Elements and attributes that may be there besides.
        addressed: Whether there may be other addresses, if they are safe.
    """
    names = found.names - twin.names - frozenset(allowed)
    addresses = found.addresses - twin.addresses
    faults = [f"<{tag} {attribute}>" for tag, attribute in sorted(names)]
    elsewhere = (a for a in addresses if not a.startswith("#") and not (addressed and leads_somewhere_safe(a)))
    return faults + [f"an address: {address}" for address in sorted(elsewhere)]


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def _csv(content: bytes) -> object:
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    commands = [cell for row in rows for cell in row if cell.lstrip().startswith(_FORMULA)]
    return rows[0], {len(row) for row in rows}, len(rows), commands


def _json(content: bytes) -> object:
    return _outline(json.loads(content))


def _outline(value: Any) -> object:
    """The structure of a value without its texts, save what they are an address of."""
    if isinstance(value, dict):
        return {key: _outline(held) for key, held in value.items()}
    if isinstance(value, list):
        return sorted((_outline(held) for held in value), key=repr)  # the order of entries follows their texts
    return type(value).__name__


def _xml(content: bytes) -> object:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(content, parser)
    return sorted((element.tag, sorted(element.attrib)) for element in root.iter())


def _calendar(content: bytes) -> object:
    return sorted((part.name, sorted(part.keys())) for part in Calendar.from_ical(content).walk())


def _bibtex(content: bytes) -> object:
    library = parse_string(content.decode())
    assert not library.failed_blocks, library.failed_blocks
    kinds = [type(block).__name__ for block in library.blocks]
    balanced = all(_balanced(field.value) for entry in library.entries for field in entry.fields)
    return kinds, balanced, sorted((entry.key, [field.key for field in entry.fields]) for entry in library.entries)


def _balanced(text: str) -> bool:
    """Whether braces pair up, as BibTeX counts them: one with a backslash before it counts like any other."""
    depth = 0
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


_READERS = {".csv": _csv, ".json": _json, ".jsonld": _json, ".graphml": _xml, ".atom": _xml, ".ics": _calendar,
            ".bib": _bibtex}  # fmt: skip


def export_outlines(rendered: Rendered) -> Mapping[str, object]:
    """The structure of each export, as a reader of its format finds it."""
    return {path: _READERS[Path(path).suffix](content) for path, content in rendered.exports.items()}


def faults_of_exports(found: Rendered, wanted: Mapping[str, object]) -> list[str]:
    """Which exports cannot be read, or have another structure than with a harmless text."""
    faults = []
    for path, content in found.exports.items():
        try:
            outline = _READERS[Path(path).suffix](content)
        except Exception as problem:
            faults.append(f"{path}: {problem!r}")
            continue
        if outline != wanted[path]:
            faults.append(f"{path}: another structure: {_difference(outline, wanted[path])}")
    return faults


def _difference(found: Any, wanted: Any) -> str:
    if isinstance(found, (list, tuple)) and isinstance(wanted, (list, tuple)) and len(found) == len(wanted):
        return "; ".join(_difference(f, w) for f, w in zip(found, wanted, strict=True) if f != w)
    return f"{str(found)[:300]} for {str(wanted)[:300]}"


def squeezed(text: str) -> str:
    """A text without its white space."""
    return "".join(text.split())

"""A project written out for plain MkDocs: the same pages, with all that the hooks would have added to them.

Links by id and by name, cards, notes, paragraphs, claims, drawings, lists of mentions, citations and structured data stand
in the Markdown, and the mends of the theme in its templates. `tests/test_pregenerated.py` compares the pages that come of
it with those that the hooks make.
"""

from __future__ import annotations

import json
import posixpath
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

import markupsafe
import yaml
from mkdocs.utils import get_relative_url
from mkdocs.utils.meta import get_data

from explainer.cards import card_of
from explainer.checking import SECTION_FOLDER
from explainer.diagrams import draw
from explainer.linking import (
    NO_CARDS_CLASS,
    NOT_LINKED_CLASS,
    Heading,
    address_of,
    entry_link,
    entry_on,
    kind_of,
    page_of,
    printed_address,
)
from explainer.model import AnyEntry, Claim, Named, Section
from explainer.names import NameIndex
from explainer.pages import MENTIONED_IN, plain
from explainer.prose import NOTE_CLOCKS, NoteKind
from explainer.redirects import redirect_page
from explainer.rendering import figure, render_svg
from explainer.sections import NOTE_WORDS, citation
from explainer.site import Site
from explainer.theming import MENDS, mend
from explainer.views import AnyView, parse_view
from no_drawing import EMPTY_FIGURE

HOOKS = "hooks: [hooks/mkdocs_hooks.py]\n"

FENCE = re.compile(r"^```diagram\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NOTE = re.compile(r"/// (\w+) \| (.*)\n    sources: \[(.*)\]\n\n?(.*?)\n///$", re.DOTALL)
_BLOCKS = re.compile(r"^```.*?^```$|^/// .*?^///$|(?:^(?!```|///)[^\n]+\n?)+", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"(#{1,6}) .*?(?:\{(?:[^}]*\s)?#([^\s}]+)[^}]*\})?$")
_PARAGRAPH = re.compile(r"p([0-9]+)")
_OPENING = re.compile(r"""<(?:div|details)(?: class="([^"]*)")?[^>]*>$""", re.MULTILINE)
_CLASSES = re.compile(r"\n *\{: ([^}]*)\}$")
_SPAN = re.compile(
    r"""\[(?P<words>(?:[^\[\]\\]|\\.)*)\]\((?P<target><[^>\n]*>|[^)\s]*)\)(?:\{:(?P<attributes>[^}\n]*)\})?"""
    r"""|<[^>\n]*>|`[^`\n]*`|\n *\{:[^\n]*\}"""
)
"""What no name is looked for in: a link, a tag, code, attributes."""


def view_of(options: str) -> AnyView:
    """Read the options of a diagram."""
    read = yaml.safe_load(options)
    return parse_view({key: tuple(value) if isinstance(value, list) else value for key, value in read.items()})


def write_pregenerated(root: Path, site: Site, project: Path, *, drawn: bool = True) -> Path:
    """Write a project whose pages MkDocs alone makes what the hooks make of those of another.

    Args:
        root: The folder of the other.
        site: Its site. It learns who mentions whom.
        project: The folder to write.
        drawn: Whether its pages have their diagrams, or an empty figure for each, as with `no_drawing`.

    Returns:
        The configuration of MkDocs.
    """
    settings = (root / "mkdocs.yml").read_text(encoding="utf-8")
    shutil.copytree(root / "docs", project / "docs")
    site = site.with_exports(partial(_seen_from, "data/index.md"), absolute=False)
    _write_files(site, project / "docs")
    read = yaml.safe_load(settings.replace("!ENV", ""))
    _write_pages(root / "docs", site, project / "docs", read, drawn=drawn)
    _write_theme(root / "theme", project / "theme")
    for line in (HOOKS, "watch: [data, hooks, CITATION.cff]\n", "edit_uri: edit/main/docs/\n"):
        settings = settings.replace(line, "")
    essay = site.dataset.essay
    shown = {"written": str(essay.written), "sections": [{"id": section.id} for section in essay.sections]}
    settings = settings.replace("\nextra:\n", f"\nextra:\n  essay: {json.dumps(shown)}\n")
    _write(project / "mkdocs.yml", settings)
    return project / "mkdocs.yml"


def _write_files(site: Site, docs: Path) -> None:
    """Write what the hooks add that is no page: the data in other formats, and what stands where pages were before."""
    for export in site.exports.all():
        (docs / export.path).parent.mkdir(parents=True, exist_ok=True)
        (docs / export.path).write_bytes(export.content)
    for redirect in site.redirects:
        href = _seen_from(redirect.path, *page_of(redirect.entry))
        page = redirect_page(redirect.entry.heading, href, href)
        _write(docs / address_of(redirect.path) / "index.html", page)


def _write_pages(written: Path, site: Site, docs: Path, settings: Mapping[str, Any], *, drawn: bool) -> None:
    """Write the pages: first their texts, which tell who mentions whom, then what stands before and in them of others."""
    names = NameIndex(site.dataset.named())
    sources = {page.path: page.markdown for page in site.pages.values()}
    sources |= {page.path: (written / page.path).read_text(encoding="utf-8") for page in site.written}
    texts: dict[str, str] = {}
    metas: dict[str, dict[str, Any]] = {}
    for path, source in sources.items():
        body, metas[path] = get_data(source)
        text = body if path in site.pages else site.markdown_of(path, body, metas[path])
        texts[path] = _Page(site, names, path, drawn=drawn).written(text)
    titles = {path: str(meta["title"]) for path, meta in metas.items()} | _titles(settings.get("nav", []))
    for path, text in texts.items():
        head = _front_matter(site, path, metas[path], str(settings["site_description"]))
        _write(docs / path, head + _with_mentions(site, path, text, titles))


def _write(file: Path, text: str) -> None:
    """Write a file in a folder that need not be there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _titles(nav: Sequence[Any]) -> dict[str, str]:
    """Give the titles that the navigation gives to pages, by their source paths."""
    found: dict[str, str] = {}
    for item in nav:
        for title, target in item.items() if isinstance(item, dict) else ():
            found |= {target: title} if isinstance(target, str) else _titles(target)
    return found


def _front_matter(site: Site, path: str, meta: Mapping[str, Any], site_description: str) -> str:
    """Write the front matter of a page, with what the hooks hand to the templates."""
    title, description = str(meta["title"]), str(meta.get("description") or site_description)
    handed: dict[str, Any] = {
        "title": str(markupsafe.escape(title)),
        "structured_data": site.structured_data(path, title, description, partial(_seen_from, path)),
        "cite_this": site.cite_this(path, title, None),
    }
    if "tags" in meta:
        handed["tags"] = [str(markupsafe.escape(tag)) for tag in meta["tags"]]
    if path in site.section_paths:
        handed["hide"] = [*meta.get("hide", ()), "toc"]
    # JSON is YAML.
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in {**meta, **handed}.items())
    return f"---\n{''.join(lines)}---\n\n"


def _with_mentions(site: Site, path: str, text: str, titles: Mapping[str, str]) -> str:
    """Fill in who mentions the entry of a page, once all pages are written."""
    generated = site.pages.get(path)
    if generated is None or generated.entry_id is None:
        return text
    listed = site.mentioned_in(generated.entry_id, titles, partial(_seen_from, path))
    return text.replace(MENTIONED_IN, listed, 1)


def _seen_from(page: str, path: str, anchor: str = "") -> str:
    """Give the address of a page, or of a place on it, as seen from another."""
    found = get_relative_url(address_of(path) or "./", address_of(page))
    return f"{found}#{anchor}" if anchor else found


def _write_theme(own: Path, target: Path) -> None:
    """Write the project's part of the theme, with the mends of Material's templates made, to read what is handed to it."""
    shutil.copytree(own, target)
    main = target / "main.html"
    text = main.read_text(encoding="utf-8")
    for name in ("structured_data", "cite_this"):
        text = text.replace(f"{{{{ {name} }}}}", f"{{{{ page.meta.{name} }}}}")
    _write(main, text)
    templates = resources.files("material") / "templates"
    for name, mends in MENDS.items():
        _write(target / name, mend(name, (templates / name).read_text(encoding="utf-8"), mends))


@dataclass
class _Paragraph:
    """The parts of a paragraph of the essay, in the order in which its page shows them."""

    anchor: str
    heading: str
    text: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)

    def written(self) -> str:
        columns = ("text", "claims", "notes", "figures", "later")
        parts = ((f'class="paragraph__{name}"', getattr(self, name)) for name in columns)
        filled = (_element("div", attributes, *blocks) for attributes, blocks in parts if blocks)
        return _element("section", f'class="paragraph" aria-labelledby="{self.anchor}"', self.heading, *filled)


def _element(tag: str, attributes: str, *blocks: str) -> str:
    """Write an element of HTML with blocks of Markdown in it."""
    body = "\n\n".join(blocks)
    return f'<{tag} {attributes} markdown="1">\n\n{body}\n\n</{tag}>'


class _Page:
    """Writes one page out, block by block, and links what `explainer.linking` would link."""

    def __init__(self, site: Site, names: NameIndex, path: str, *, drawn: bool) -> None:
        generated = site.pages.get(path)
        self._site = site
        self._names = names
        self._path = path
        self._draws = drawn
        self._own_id = generated.entry_id if generated else None
        self._links_names = generated is None or generated.entry_id is not None
        self._anchor = ""
        self._linked: set[str] = set()
        self._carded: set[str] = set()
        self._around = [(self._links_names, True)]
        """Whether names are linked, and whether links have cards, in each of the elements that are open."""

    def written(self, markdown: str) -> str:
        """Give the Markdown of the page."""
        parts: list[str | _Paragraph] = []
        paragraph: _Paragraph | None = None
        for block in (found.rstrip("\n") for found in _BLOCKS.findall(markdown)):
            heading = _HEADING.fullmatch(block)
            text = self._block(block, heading)
            if heading and len(heading[1]) <= 2:
                paragraph = self._paragraph(text, heading[2] or "")
                parts.append(paragraph or text)
            elif paragraph is None:
                parts.append(text)
            elif block.startswith("```"):
                paragraph.figures.append(text)
            elif note := _NOTE.fullmatch(block):
                (paragraph.later if note[1] == "since" else paragraph.notes).append(text)
            else:
                paragraph.text.append(text)
        return "\n\n".join(part if isinstance(part, str) else part.written() for part in parts) + "\n"

    def _paragraph(self, heading: str, anchor: str) -> _Paragraph | None:
        match = _PARAGRAPH.fullmatch(anchor)
        if match is None or self._path not in self._site.section_paths:
            return None
        claims = map(self._claim, self._site.dataset.claims_of(int(match[1])))
        return _Paragraph(anchor, heading, claims=list(claims))

    def _claim(self, claim: Claim) -> str:
        outcome = claim.outcome.verdict
        return (
            f'<span class="chip chip--kind chip--{claim.kind}">{claim.kind}</span> '
            f'<span class="chip chip--outcome chip--{outcome.replace(" ", "-")}" data-clock="since">{outcome}</span> '
            f"[{plain(claim.text)}]({entry_link(claim, self._path)}){{: .claim__text }}\n"
            f"{{: .claim .claim--{claim.kind} .no-links }}"
        )

    def _block(self, block: str, heading: re.Match[str] | None) -> str:
        linkable, cards = self._around[-1]
        if fence := FENCE.fullmatch(block):
            return self._drawn(fence[1])
        if note := _NOTE.fullmatch(block):
            kind: NoteKind = note[1]  # type: ignore[assignment] # the checks see to it
            return self._note(kind, *note.groups()[1:])
        if heading:
            if heading[1] in ("##", "###"):
                self._anchor = heading[2] or self._anchor
                self._linked.clear()
            return self._inline(block, linkable=False, cards=cards)
        if opening := _OPENING.match(block):
            classes = (opening[1] or "").split()
            self._around.append((linkable and NOT_LINKED_CLASS not in classes, cards and NO_CARDS_CLASS not in classes))
            if block.startswith("<details"):
                self._linked.clear()
            return block
        if block in ("</div>", "</details>"):
            self._around.pop()
            return block
        if block.startswith(("<div", "<!--")):
            return block
        closing = _CLASSES.search(block)
        classes = [name.removeprefix(".") for name in closing[1].split()] if closing else []
        return self._inline(
            block, linkable=linkable and NOT_LINKED_CLASS not in classes, cards=cards and NO_CARDS_CLASS not in classes
        )

    def _drawn(self, options: str) -> str:
        if not self._draws:
            return EMPTY_FIGURE
        diagram = draw(view_of(options), self._site.dataset, self._address)
        if diagram is None:
            return ""
        # In an element whose Markdown is read, Python-Markdown loses attributes without a value.
        return figure(diagram, render_svg(diagram)).replace(" data-search-exclude>", ' data-search-exclude="">', 1)

    def _address(self, target: str | Section) -> str:
        if isinstance(target, Section):
            return _seen_from(self._path, f"{SECTION_FOLDER}/{target.id}.md")
        return _seen_from(self._path, *page_of(self._site.dataset.entry(target)))

    def _note(self, kind: NoteKind, title: str, sources: str, body: str) -> str:
        self._linked.clear()
        blocks = [self._block(block.rstrip("\n"), None) for block in _BLOCKS.findall(body)]
        ids = [source_id.strip() for source_id in sources.split(",")]
        cited = " · ".join(self._citation(source_id) for source_id in ids)
        label = "Sources: " if len(ids) > 1 else "Source: "
        line = f'<span class="annotation__label">{label}</span>{cited}\n{{: .annotation__sources .no-links }}'
        summary = (
            f'<summary markdown="span"><span class="annotation__kind">{NOTE_WORDS[kind]}</span> '
            f'<span class="annotation__title">{title}</span></summary>'
        )
        attributes = f'class="annotation annotation--{kind}" data-clock="{NOTE_CLOCKS[kind]}" open="open"'
        return _element("details", attributes, summary, _element("div", 'class="annotation__body"', *blocks, line))

    def _citation(self, source_id: str) -> str:
        source = self._site.dataset.sources[source_id]
        words = plain(str(citation(source).text))
        return f"[{words}](<{source.url}>)" + _attributes(".cite", {"data-address": printed_address(source.url)})

    def _inline(self, block: str, *, linkable: bool, cards: bool) -> str:
        pieces, reached = [], 0
        for span in _SPAN.finditer(block):
            gap = block[reached : span.start()]
            pieces.append(self._with_links(gap, cards=cards) if linkable else gap)
            pieces.append(self._finished(span, cards=cards) if span["words"] else span[0])
            reached = span.end()
        rest = block[reached:]
        return "".join([*pieces, self._with_links(rest, cards=cards) if linkable else rest])

    def _with_links(self, text: str, *, cards: bool) -> str:
        pieces, reached = [], 0
        for start, end, entry_id in self._names.find(text):
            if entry_id == self._own_id or entry_id in self._linked:
                continue
            pieces += [
                text[reached:start],
                self._link(text[start:end], self._site.dataset.entry(entry_id), cards=cards),
            ]
            reached = end
        return "".join([*pieces, text[reached:]])

    def _link(self, words: str, entry: AnyEntry, *, cards: bool) -> str:
        self._linked.add(entry.id)
        if self._links_names:
            self._site.add_mentions([(entry.id, Heading(self._path, self._anchor))])
        attributes = self._card(entry) if cards else {}
        return f"[{words}]({entry_link(entry, self._path)})" + _attributes(
            f".entry .entry--{kind_of(entry)}", attributes
        )

    def _finished(self, link: re.Match[str], *, cards: bool) -> str:
        target, attributes = link["target"].strip("<>"), (link["attributes"] or "").strip()
        if target.startswith("ref:"):
            return self._link(link["words"], self._site.dataset.entry(target.removeprefix("ref:")), cards=cards)
        added: Mapping[str, str] = {}
        if target.startswith(("https://", "http://")):
            added = {"data-address": printed_address(target)}
        elif cards:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(self._path), target.partition("#")[0]))
            entry = entry_on(self._site.dataset, path)
            added = self._card(entry) if entry else {}
        return link[0].removesuffix(f"{{:{link['attributes']}}}") + _attributes(attributes, added)

    def _card(self, entry: AnyEntry) -> Mapping[str, str]:
        if not isinstance(entry, Named) or entry.id in self._carded:
            return {}
        self._carded.add(entry.id)
        return card_of(entry)


def _attributes(written: str, added: Mapping[str, str]) -> str:
    """Write an attribute list, of what there is already and more."""
    quoted = {name: plain(value).replace('"', "&quot;") for name, value in added.items()}
    inside = " ".join(filter(None, (written, *(f'{name}="{value}"' for name, value in quoted.items()))))
    return f"{{: {inside} }}" if inside else ""

"""Mermaid text to SVG that is at home in a page, and the figure around a diagram.

The drawing is merman's; what is kept of it is an allow-list of shapes and numbers. No style sheet, no style attribute
and no foreign object survive: presentation attributes give a light look that holds anywhere (in print, in a book), and
classes let the site's style sheet give another.
"""

from __future__ import annotations

import atexit
import hashlib
import re
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Mapping
from functools import cache
from html import escape, unescape
from importlib.util import find_spec
from typing import Any

from .diagrams import Cell, Diagram

SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"

TEXT, SMALL_TEXT = 14, 12
"""Sizes of text in pixels. The Mermaid text asks for 16, so that a font a seventh wider than merman's still fits."""

FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
"""Merman measures text by tables for narrow sans-serif fonts, whatever it is asked for; these are of that width."""

_CODE = re.compile(r"&\n?((?:[#\w]\n?)+);", re.ASCII)
"""An entity code that merman left in a label, maybe broken in two; a semicolon of the text itself is a code, too."""
_FIGURE = re.compile(r'<figure class="diagram .*?</figure>', re.DOTALL)
_MARK = re.compile(r"<!-- figure [0-9a-f]{64} -->")
_NUMBER = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_ROW_HEIGHT = 1.15
"""Distance of lines in a label, in ems."""


class RenderingError(Exception):
    """A diagram could not be drawn: merman refused its text, which is a fault of `diagrams`."""


def available() -> bool:
    """Whether merman is installed; there are platforms without it."""
    return find_spec("merman") is not None


@cache
def _engine() -> Any:
    from merman import Merman  # noqa: PLC0415 - not on every platform

    # Freed before the interpreter takes its modules apart, or it complains.
    atexit.register(_engine.cache_clear)
    return Merman()


def identifier(diagram: Diagram) -> str:
    """Give an HTML id that depends on what is drawn and on nothing else."""
    text = f"{diagram.kind}\n{diagram.title}\n{diagram.mermaid}"
    return "mm-" + hashlib.sha256(text.encode()).hexdigest()[:10]


def render_svg(diagram: Diagram) -> str:
    """Draw a diagram.

    Returns:
        One ``<svg>`` element, in pixels at its natural size.

    Raises:
        RenderingError: merman does not accept the text.
    """
    try:
        drawn = _engine().render_svg(diagram.mermaid, f'{{"svg": {{"diagram_id": "{identifier(diagram)}"}}}}')
    except Exception as refusal:  # merman's own errors have no common public base
        raise RenderingError(f"{diagram.title}: {refusal}") from refusal
    return ET.tostring(_cleaned(ET.fromstring(drawn), diagram), encoding="unicode")  # noqa: S314 - merman's own output


# --- Keeping what is wanted --------------------------------------------------------------------------------------


def _cleaned(drawn: ET.Element, diagram: Diagram) -> ET.Element:
    name = identifier(diagram)
    _, _, width, height = (float(number) for number in drawn.get("viewBox", "0 0 1 1").split())
    svg = ET.Element(
        "svg",
        {
            "xmlns": SVG,
            "class": "diagram__drawing",
            "viewBox": drawn.get("viewBox", ""),
            "width": f"{width:.0f}",
            "height": f"{height:.0f}",
            "role": "group",
            "aria-labelledby": f"{name}-title {name}-desc",
            "font-family": FONT,
            "font-size": str(TEXT),
        },
    )
    ET.SubElement(svg, "title", {"id": f"{name}-title"}).text = diagram.title
    ET.SubElement(svg, "desc", {"id": f"{name}-desc"}).text = diagram.description
    _add_marker(svg, name)
    edges = ET.SubElement(svg, "g", {"class": "edges", "fill": "none", "stroke": "#6b7280", "stroke-width": "1.4"})
    for path in drawn.iter(f"{{{SVG}}}path"):
        if "flowchart-link" in path.get("class", ""):
            kept = ET.SubElement(edges, "path", {"d": _rounded(path.get("d", ""))})
            if "dotted" in path.get("class", ""):
                kept.set("stroke-dasharray", "4 3")
            if path.get("marker-end"):
                kept.set("marker-end", f"url(#{name}-arrow)")
    labels = ET.SubElement(svg, "g", {"class": "edge-labels", "fill": "#4b5563", "font-size": str(SMALL_TEXT)})
    nodes = ET.SubElement(svg, "g", {"class": "nodes", "fill": "#fff", "stroke": "#6b7280"})
    for group in drawn.iter(f"{{{SVG}}}g"):
        if group.get("class") == "edgeLabel" and _lines(group):
            _add_edge_label(labels, group)
    for parent in drawn.iter():
        for child in parent:
            node = (
                child
                if _is_node(child)
                else next(filter(_is_node, child), None)
                if child.tag == f"{{{SVG}}}a"
                else None
            )
            if node is not None and parent.tag != f"{{{SVG}}}a":
                _add_node(nodes, node, child)
    return svg


def _is_node(element: ET.Element) -> bool:
    return element.tag == f"{{{SVG}}}g" and element.get("class", "").startswith("node ")


def _add_marker(svg: ET.Element, name: str) -> None:
    marker = ET.SubElement(
        ET.SubElement(svg, "defs"),
        "marker",
        {
            "id": f"{name}-arrow",
            "viewBox": "0 0 10 10",
            "refX": "8",
            "refY": "5",
            "markerWidth": "6",
            "markerHeight": "6",
            "orient": "auto",
        },
    )
    ET.SubElement(marker, "path", {"class": "arrow", "d": "M0 0L10 5L0 10z", "fill": "#6b7280"})


def _add_edge_label(parent: ET.Element, group: ET.Element) -> None:
    label = ET.SubElement(parent, "g", {"transform": _rounded(group.get("transform", ""))})
    lines = _lines(group)
    for rect in group.iter(f"{{{SVG}}}rect"):
        width = float(rect.get("width", "0"))
        height = SMALL_TEXT * _ROW_HEIGHT * len(lines) + 4
        shape = {
            "x": f"{-width / 2:.1f}",
            "y": f"{-height / 2:.1f}",
            "width": f"{width:.1f}",
            "height": f"{height:.1f}",
        }
        ET.SubElement(label, "rect", {**shape, "fill": "#fff"})
    _add_text(label, lines, SMALL_TEXT)


def _add_node(parent: ET.Element, node: ET.Element, placed: ET.Element) -> None:
    classes = [word for word in node.get("class", "").split()[1:] if word not in ("default", "clickable")]
    kinds = " ".join(f"node--{word}" for word in classes)
    group = ET.SubElement(parent, "g", {"class": f"node {kinds}", "transform": _rounded(placed.get("transform", ""))})
    holder = group
    if placed.get(_LINK):
        holder = ET.SubElement(group, "a", {"href": placed.get(_LINK, "")})
    rect = node.find(f"{{{SVG}}}rect")
    if rect is not None:
        geometry = {name: _rounded(rect.get(name, "0")) for name in ("x", "y", "width", "height")}
        # People and states are pills, everything else is a card.
        radius = float(geometry["height"]) / 2 if classes and classes[0].startswith("actor") else 4
        ET.SubElement(holder, "rect", {**geometry, "rx": f"{radius:g}"})
    _add_text(ET.SubElement(holder, "g", {"class": "label", "fill": "#1f2937", "stroke": "none"}), _lines(node), TEXT)


def _lines(group: ET.Element) -> list[str]:
    """The lines of a label, as merman broke them."""
    rows = (row for row in group.iter(f"{{{SVG}}}tspan") if "row" in row.get("class", "").split())
    # Merman leaves codes in labels for HTML to resolve, and may break a long word within one.
    text = _CODE.sub(_character, "\n".join("".join(row.itertext()) for row in rows))
    return [line for line in (" ".join(line.split()) for line in text.split("\n")) if line]


def _character(code: re.Match[str]) -> str:
    whole = code[0].replace("\n", "")
    return unescape(whole) + ("\n" if len(whole) < len(code[0]) else "")


def _add_text(parent: ET.Element, lines: list[str], size: float) -> None:
    """Centre lines of text on the origin."""
    # Capitals stand 0.72 em above the baseline: the first baseline is half of what they and the other lines take.
    first = size * (0.72 - _ROW_HEIGHT * (len(lines) - 1)) / 2
    for index, line in enumerate(lines):
        at = {"y": f"{first + index * size * _ROW_HEIGHT:.1f}", "text-anchor": "middle"}
        if index == 0 and len(lines) > 1:
            at["class"] = "first"
        ET.SubElement(parent, "text", at).text = line


def _rounded(text: str) -> str:
    return _NUMBER.sub(lambda match: f"{float(match[0]):.1f}".removesuffix(".0"), text)


# --- The figure --------------------------------------------------------------------------------------------------


WIDEST_UPRIGHT = 1000
"""CSS pixels: a drawing that is wider is printed across a sheet of its own, where its text can still be read."""

_DRAWN_WIDTH = re.compile(r'<svg[^>]* viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ')


def figure(diagram: Diagram, svg: str | None) -> str:
    """Put a diagram into HTML: the drawing, its caption, the same as a table, and its Mermaid text.

    Args:
        diagram: What is shown.
        svg: The drawing; None to leave drawing to Mermaid in the reader's browser.
    """
    drawing = svg if svg is not None else f'<div class="mermaid">{escape(diagram.mermaid)}</div>'
    width = _DRAWN_WIDTH.search(drawing)
    wide = " diagram--wide" if width and float(width[1]) > WIDEST_UPRIGHT else ""
    caption = f"<strong>{escape(diagram.title)}</strong>"
    if diagram.caption:
        caption += f" {escape(diagram.caption)}"
    return (
        # What is drawn is said in words elsewhere, so a search has no use for it; Mermaid's text even less.
        f'<figure class="diagram diagram--{diagram.kind}{wide}" data-search-exclude>'
        # HTML wants the caption first or last.
        f"<figcaption>{caption}</figcaption>"
        f'<div class="diagram__frame" role="group" tabindex="0" aria-label="{escape(diagram.title)}">{drawing}</div>'
        f'<details class="diagram__more"><summary>As a table</summary>{_table(diagram)}</details>'
        '<details class="diagram__more"><summary>Mermaid source</summary>'
        f"<pre><code>{escape(diagram.mermaid)}</code></pre></details>"
        "</figure>"
    )


def set_figures_aside(html: str) -> tuple[str, dict[str, bytes]]:
    """Take the diagrams out of a page.

    Returns:
        The page with a mark in the place of each; the diagrams, compressed, by their marks, for `put_back`.
    """
    figures: dict[str, bytes] = {}

    def taken(found: re.Match[str]) -> str:
        figure = found[0].encode()
        mark = f"<!-- figure {hashlib.sha256(figure).hexdigest()} -->"
        figures[mark] = zlib.compress(figure, 1)  # those of all pages wait at once
        return mark

    return _FIGURE.sub(taken, html), figures


def put_back(html: str, figures: Mapping[str, bytes]) -> str:
    """Put the diagrams of a page in the places of their marks."""
    return _MARK.sub(lambda mark: zlib.decompress(figures[mark[0]]).decode() if mark[0] in figures else mark[0], html)


def _table(diagram: Diagram) -> str:
    carded: set[str] = set()
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in diagram.table.header)
    body = "".join(
        "<tr>" + "".join(f"<td>{''.join(_piece(piece, carded) for piece in cell)}</td>" for cell in row) + "</tr>"
        for row in diagram.table.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _piece(cell: Cell, carded: set[str]) -> str:
    """Write a piece; the first link to an address says what its card says, for the nodes of the drawing too."""
    if not cell.href:
        return escape(cell.text)
    attributes = {"href": cell.href}
    if cell.card and cell.href not in carded:
        attributes |= cell.card
        carded.add(cell.href)
    written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    return f"<a {written}>{escape(cell.text)}</a>"

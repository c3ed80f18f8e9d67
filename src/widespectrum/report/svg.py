"""Drawings made safe and themable: an allow-list for SVG, and colours turned into roles.

A rendered figure holds labels that came from outside. Escaping is the renderer's duty; here nothing
is taken on trust: the drawing is parsed and built anew from the few elements and attributes that a
figure needs. Scripts, foreign objects, links, pictures and event handlers have no way through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from widespectrum.errors import InvalidResult
from widespectrum.report.text import shorten
from widespectrum.report.theme import LIGHT, SANS

NAMESPACE = "http://www.w3.org/2000/svg"

# fmt: off
_ELEMENTS = frozenset({
    "svg", "g", "defs", "clipPath", "linearGradient", "radialGradient", "stop",
    "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan",
})
_ATTRIBUTES = frozenset({
    "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "points",
    "transform", "clip-path", "opacity", "fill", "fill-opacity", "fill-rule",
    "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-dashoffset",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit",
    "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline",
    "offset", "stop-color", "stop-opacity", "gradientUnits",
})
# fmt: on
_OWN_SIZE = frozenset({"width", "height", "viewBox"})
_REFERENCE = re.compile(r"url\(\s*['\"]?#([\w-]+)['\"]?\s*\)")
_NOTHING_DRAWN = re.compile(r"M0,0h0v0h0Z|")
_ROLE_OF = {colour: role for role, colour in LIGHT.items()}


@dataclass(frozen=True)
class Drawing:
    """A clean drawing, ready to stand in a page or in a file of its own."""

    markup: str
    """One ``<svg>`` element."""
    width: float
    """Natural width in CSS pixels."""
    height: float

    def standalone(self) -> str:
        """The drawing as a file: with namespace and font, in the colours of the light theme."""
        opening = f'<svg xmlns="{NAMESPACE}" font-family="{SANS}" '
        return self.markup.replace("<svg ", opening, 1) + "\n"


def clean_drawing(source: str, *, name: str, title: str, description: str) -> Drawing:
    """Rebuild an SVG text from what is allowed.

    Args:
        source: SVG, as the renderer wrote it.
        name: prefix of every id inside, unique on the page.
        title: becomes ``<title>``, the drawing's accessible name.
        description: becomes ``<desc>``.

    Raises:
        InvalidResult: the renderer's text is not a plain SVG drawing.
    """
    if "<!" in source or "<?" in source:
        raise InvalidResult("a rendered figure holds a declaration", "Report this as a bug.")
    try:
        root = ET.fromstring(source)  # noqa: S314  (no declarations, so no entities to expand)
        width, height = float(root.attrib["width"]), float(root.attrib["height"])
    except (ET.ParseError, KeyError, ValueError) as error:
        raise InvalidResult(
            f"a rendered figure is not a drawing ({error})", "Report this as a bug."
        ) from error
    ids = {
        old: f"{name}-{position}"
        for position, old in enumerate(
            element.attrib["id"] for element in root.iter() if "id" in element.attrib
        )
    }
    clean = ET.Element("svg", _kept(root.attrib, ids))
    clean.attrib.update({key: root.attrib[key] for key in sorted(_OWN_SIZE & set(root.attrib))})
    clean.attrib.update({"role": "img", "aria-labelledby": f"{name}-title {name}-desc"})
    ET.SubElement(clean, "title", {"id": f"{name}-title"}).text = title
    ET.SubElement(clean, "desc", {"id": f"{name}-desc"}).text = description
    for child in root:
        clean.extend(_rebuilt(child, ids))
    return Drawing(ET.tostring(clean, encoding="unicode"), width, height)


def _rebuilt(element: ET.Element, ids: Mapping[str, str]) -> list[ET.Element]:
    """The clean counterpart of an element: one, none, or its children where it adds nothing."""
    tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    if tag not in _ELEMENTS or _is_invisible(tag, element):
        return []
    children = _once([clean for child in element for clean in _rebuilt(child, ids)])
    attributes = _kept(element.attrib, ids)
    if tag == "g" and (not attributes or not children):
        return children
    clean = ET.Element(tag, attributes)
    if tag in ("text", "tspan"):
        clean.text, clean.tail = element.text, element.tail if tag == "tspan" else None
    if tag in ("rect", "svg"):
        clean.attrib.update({key: element.attrib[key] for key in ("width", "height")})
    words = element.attrib.get("aria-label")
    if words and element.attrib.get("role") == "graphics-symbol" and tag != "g":
        ET.SubElement(clean, "title").text = shorten(words.replace("; ", "\n"), 300)
    clean.extend(children)
    return [clean]


def _once(elements: list[ET.Element]) -> list[ET.Element]:
    """Without lines that repeat the one before: a rule at a constant is drawn per row of data."""
    kept: list[ET.Element] = []
    for element in elements:
        same = kept and element.tag == kept[-1].tag == "line" and element.attrib == kept[-1].attrib
        if not same:
            kept.append(element)
    return kept


def _is_invisible(tag: str, element: ET.Element) -> bool:
    attributes = element.attrib
    if attributes.get("display") == "none" or attributes.get("opacity") == "0":
        return True
    if tag != "path":
        return False
    background = attributes.get("class") == "background"
    unpainted = not {"fill", "stroke"} & set(attributes)
    return bool(_NOTHING_DRAWN.fullmatch(attributes.get("d", ""))) or (background and unpainted)


def _kept(attributes: Mapping[str, str], ids: Mapping[str, str]) -> dict[str, str]:
    """Allowed attributes, references inside the drawing only, and the roles of its colours."""
    kept: dict[str, str] = {}
    for name, value in attributes.items():
        if name not in _ATTRIBUTES:
            continue
        if "url" in value.lower() or ":" in value:
            reference = _REFERENCE.fullmatch(value)
            if reference is None or reference[1] not in ids:
                continue
            value = f"url(#{ids[reference[1]]})"
        kept[name] = value
    if "id" in attributes:
        kept["id"] = ids[attributes["id"]]
    roles = [
        f"{paint}-{_ROLE_OF[kept[paint].lower()]}"
        for paint in ("fill", "stroke")
        if kept.get(paint, "").lower() in _ROLE_OF
    ]
    if roles:
        kept["class"] = " ".join(roles)
    return kept

"""Vega-Lite specifications become drawings: themed, measured to fit, laptop and phone.

Everything is drawn while the report is written, so the page needs no script to show a figure.
"""

from __future__ import annotations

import copy
import hashlib
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from widespectrum.errors import BadInput
from widespectrum.report.svg import Drawing, clean_drawing
from widespectrum.report.text import clean_tree, shorten
from widespectrum.report.theme import NARROW, WIDE, vega_config
from widespectrum.studies.findings import Figure

_LOWEST_SHRUNK_HEIGHT = 200
_TITLE_LINE = 40
_LONGEST_TEXT = 160
_EXPRESSIONS = frozenset({"calculate", "expr", "filter", "signal", "test"})
"""Keys whose texts are code; they are never cut."""


def draw(figure: Figure, *, name: str, narrow: bool = False) -> Drawing:
    """Draw one figure.

    Args:
        figure: with its data inside the specification.
        name: prefix of ids, unique on the page.
        narrow: for a phone instead of a laptop or paper.

    Raises:
        BadInput: the specification reaches for data outside itself, or Vega-Lite refuses it.
    """
    spec = _bounded(clean_tree(dict(figure.spec)))
    for address in _addresses(spec):
        raise BadInput(
            f"the figure asks for data at an address ({address[:80]!r})",
            "Put the data into the specification; a report never fetches anything.",
            field=figure.name,
        )
    # A rule at a constant, as a layer of its own, is drawn once per row of data: give it a row.
    spec.setdefault("data", {"values": [{}]})
    title, alt = clean_tree([figure.title, figure.alt or figure.caption or figure.title])
    source = _rendered(_fitted(spec, figure.name, narrow=narrow), figure.name, narrow=narrow)
    return clean_drawing(source, name=name, title=title, description=alt)


def _addresses(node: Any) -> Iterator[str]:
    """Everything in a specification that names a place to load from (rows of data excepted)."""
    if isinstance(node, list):
        for item in node:
            yield from _addresses(item)
    elif isinstance(node, Mapping):
        for key, item in node.items():
            if key == "url":
                yield str(item)
            elif key not in ("values", "datasets"):
                yield from _addresses(item)


def _bounded(node: Any) -> Any:
    """The specification with endless texts cut: measuring them takes the renderer minutes.

    Equal texts stay equal and different ones different, so that no two categories become one.
    """
    if isinstance(node, str) and len(node) > _LONGEST_TEXT:
        digest = hashlib.sha256(node.encode("utf-8")).hexdigest()[:8]
        return f"{shorten(node, _LONGEST_TEXT - 12)} ({digest})"
    if isinstance(node, list):
        return [_bounded(item) for item in node]
    if isinstance(node, dict):
        return {
            _bounded(key): item if key in _EXPRESSIONS else _bounded(item)
            for key, item in node.items()
        }
    return node


def _rendered(spec: Mapping[str, Any], name: str, *, narrow: bool) -> str:
    import vl_convert

    try:
        source: str = vl_convert.vegalite_to_svg(
            dict(spec), config=vega_config(narrow=narrow), allowed_base_urls=[]
        )
    except ValueError as error:
        reason = " ".join(str(error).split())[:300]
        raise BadInput(
            f"the figure cannot be drawn ({reason})", "Mend its specification.", field=name
        ) from error
    return source


def _fitted(spec: dict[str, Any], name: str, *, narrow: bool) -> dict[str, Any]:
    """The specification at the size at which the whole drawing just fits its column.

    Axes and legends take room that only the renderer knows, but the drawing's width is a straight
    line in the width of its plots: two trial drawings give the line, and the line the answer.
    """
    column = NARROW if narrow else WIDE
    if narrow:
        spec = _stacked(spec)
    full, half = _scaled(spec, 1.0, column), _scaled(spec, 0.5, column)
    widest = _width(_rendered(full, name, narrow=narrow))
    if widest <= column:
        return full
    per_factor = 2 * (widest - _width(_rendered(half, name, narrow=narrow)))
    if per_factor <= 0:
        return full
    return _scaled(spec, max(0.05, 1 - (widest - column) / per_factor), column)


def _width(source: str) -> float:
    return clean_drawing(source, name="trial", title="", description="").width


def _stacked(spec: dict[str, Any]) -> dict[str, Any]:
    """For a phone: at most two facets in a row, and one beneath another what stood side by side."""
    spec = copy.deepcopy(spec)
    if "hconcat" in spec:
        spec["vconcat"] = spec.pop("hconcat")
    if "concat" in spec:
        spec["columns"] = 1
    if isinstance(spec.get("columns"), int):
        spec["columns"] = min(spec["columns"], 2)
    facet = spec.get("encoding", {}).get("facet")
    if isinstance(facet, dict) and isinstance(facet.get("columns"), int):
        facet["columns"] = min(facet["columns"], 2)
    if isinstance(spec.get("facet"), dict) and "columns" in spec:
        # A last row with a gap would leave the column above it without an axis.
        spec.setdefault("resolve", {}).setdefault("axis", {}).setdefault("x", "independent")
    wrapped: dict[str, Any] = _with_wrapped_titles(spec)
    return wrapped


def _with_wrapped_titles(node: Any) -> Any:
    """Axis and legend titles broken into lines, as a phone has no room for one long line."""
    if isinstance(node, list):
        return [_with_wrapped_titles(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: item
        if key in ("values", "datasets")
        else textwrap.wrap(item, _TITLE_LINE)
        if key == "title" and isinstance(item, str) and len(item) > _TITLE_LINE
        else _with_wrapped_titles(item)
        for key, item in node.items()
    }


def _scaled(spec: dict[str, Any], factor: float, room: float) -> dict[str, Any]:
    """A copy with every plot's width multiplied; ``"container"`` stands for all the room."""
    spec = copy.deepcopy(spec)
    width, height = spec.get("width"), spec.get("height")
    if width == "container":
        spec["width"] = room * factor
        if isinstance(height, int | float):
            spec["height"] = min(height, room)
    elif isinstance(width, int | float):
        spec["width"] = width * factor
        if isinstance(height, int | float):
            spec["height"] = max(height * factor, min(height, _LOWEST_SHRUNK_HEIGHT))
    if height == "container":
        spec["height"] = room * 0.6
    if isinstance(spec.get("spec"), dict):
        beside = spec["columns"] if isinstance(spec.get("columns"), int) else 1
        spec["spec"] = _scaled(spec["spec"], factor, room / max(beside, 1))
    for key in ("hconcat", "vconcat", "concat"):
        if isinstance(spec.get(key), list):
            beside = len(spec[key]) if key == "hconcat" else 1
            spec[key] = [_scaled(view, factor, room / max(beside, 1)) for view in spec[key]]
    return spec

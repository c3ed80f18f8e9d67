"""Vega-Lite specifications rearranged for the room there is: what stands where, and how wide.

Pure functions from specification to specification; nothing is drawn here.
"""

from __future__ import annotations

import copy
import textwrap
from typing import Any

_COMPOSED = frozenset({"facet", "hconcat", "vconcat", "concat", "repeat"})
_LOWEST_SHRUNK_HEIGHT = 200
_SHORT_LINE, _LONG_LINE = 38, 90
"""Letters in a line of an axis title: beside a small plot, and beside one that fills the column."""


def arranged(spec: dict[str, Any], *, narrow: bool) -> dict[str, Any]:
    """A copy with facets in as many columns as fit, and long axis titles broken into lines."""
    spec = copy.deepcopy(spec)
    if narrow:
        _stack(spec)
    if isinstance(spec.get("facet"), dict) and "columns" in spec:
        # A last row with a gap would leave the columns above it without an axis.
        resolve = spec.setdefault("resolve", {})
        resolve.setdefault("axis", {}).setdefault("x", "independent")
    small = narrow or bool(_COMPOSED & spec.keys())
    wrapped: dict[str, Any] = _with_wrapped_titles(spec, _SHORT_LINE if small else _LONG_LINE)
    return wrapped


def scaled(spec: dict[str, Any], factor: float, room: float) -> dict[str, Any]:
    """A copy with the width of every plot multiplied by `factor`.

    Args:
        spec: a view, or views composed of others.
        factor: applied to ``"container"``, which stands for all the room, and to numbers; a height
            that is a number goes along with a width that is one.
        room: in pixels; shared by views that stand side by side.
    """
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
        spec["spec"] = scaled(spec["spec"], factor, room / max(beside, 1))
    for key in ("hconcat", "vconcat", "concat"):
        if isinstance(spec.get(key), list):
            beside = len(spec[key]) if key == "hconcat" else 1
            spec[key] = [scaled(view, factor, room / max(beside, 1)) for view in spec[key]]
    return spec


def _stack(spec: dict[str, Any]) -> None:
    """For a phone: at most two facets in a row, and one beneath another what stood side by side."""
    if "hconcat" in spec:
        spec["vconcat"] = spec.pop("hconcat")
    if "concat" in spec:
        spec["columns"] = 1
    encoding = spec.get("encoding")
    facet = encoding.get("facet") if isinstance(encoding, dict) else None
    for holder in (spec, facet):
        if isinstance(holder, dict) and isinstance(holder.get("columns"), int):
            holder["columns"] = min(holder["columns"], 2)


def _with_wrapped_titles(node: Any, line: int) -> Any:
    if isinstance(node, list):
        return [_with_wrapped_titles(item, line) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: textwrap.wrap(item, line)
        if key == "title" and isinstance(item, str) and len(item) > line
        else item
        if key in ("values", "datasets")
        else _with_wrapped_titles(item, line)
        for key, item in node.items()
    }

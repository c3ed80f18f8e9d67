"""Vega-Lite specifications become drawings: themed, measured to fit, laptop and phone.

Everything is drawn while the report is written, so the page needs no script to show a figure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from widespectrum.errors import BadInput
from widespectrum.report.layout import arranged, scaled
from widespectrum.report.svg import Drawing, clean_drawing
from widespectrum.report.text import clean_tree, shorten
from widespectrum.report.theme import NARROW, WIDE, vega_config
from widespectrum.studies.findings import Figure

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
    spec = arranged(spec, narrow=narrow)
    full, half = scaled(spec, 1.0, column), scaled(spec, 0.5, column)
    widest = _width(_rendered(full, name, narrow=narrow))
    if widest <= column:
        return full
    per_factor = 2 * (widest - _width(_rendered(half, name, narrow=narrow)))
    if per_factor <= 0:
        return full
    return scaled(spec, max(0.05, 1 - (widest - column) / per_factor), column)


def _width(source: str) -> float:
    return clean_drawing(source, name="trial", title="", description="").width

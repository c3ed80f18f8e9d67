"""The one chart that comparisons of models need: dots with intervals, a row per thing compared.

Styles (``guide``, ``interval`` ...) say what a mark means; the report decides how it looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def dots(
    frame: pl.DataFrame,
    *,
    row: str,
    value: str,
    title: str,
    series: str | None = None,
    colours: Sequence[str] = (),
    percent: bool = False,
    domain: tuple[float, float] | None = None,
    guides: Sequence[float] = (0.0,),
    rows: Sequence[str] = (),
) -> dict[str, Any]:
    """A specification: one line per `row`, a dot per `series` with the interval around it.

    Args:
        frame: columns `row`, `value`, ``VALUE_low``, ``VALUE_high`` (null: no interval) and
            `series`, if there is one.
        row: what the lines are.
        value: what is shown.
        title: of the axis.
        series: what the colours mean; dots of one row are set beneath each other.
        colours: every series in the order of its colour, those that are not in the frame too.
        percent: the value is a fraction.
        domain: of the axis.
        guides: where faint lines stand.
        rows: the order of the lines; by default that of the frame.
    """
    x: dict[str, Any] = {"type": "quantitative", "title": title}
    if percent:
        x["axis"] = {"format": ".0%"}
    x["scale"] = {"domain": list(domain)} if domain else {"zero": False}
    place: dict[str, Any] = {
        "y": {
            "field": row,
            "type": "nominal",
            "title": None,
            "sort": list(rows) or frame[row].unique(maintain_order=True).to_list(),
        }
    }
    if series is not None:
        order = list(colours) or frame[series].unique(maintain_order=True).to_list()
        place["yOffset"] = {"field": series, "type": "nominal", "sort": order}
        place["color"] = {"field": series, "type": "nominal", "scale": {"domain": order}}
    low, high = f"{value}_low", f"{value}_high"
    keep = list(dict.fromkeys((row, *([series] if series else []), value, low, high)))
    known = frame.drop_nulls(value).select(keep)
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": {"step": 24},
        "layer": [
            *(
                {
                    "data": {"values": [{"at": guide}]},
                    "mark": {"type": "rule", "style": "guide"},
                    "encoding": {"x": {**x, "field": "at"}},
                }
                for guide in guides
            ),
            {
                "data": {"values": known.drop_nulls([low, high]).to_dicts()},
                "mark": {"type": "rule", "style": "interval"},
                "encoding": {**place, "x": {**x, "field": low}, "x2": {"field": high}},
            },
            {
                "data": {"values": known.to_dicts()},
                "mark": {"type": "point", "style": "hero"},
                "encoding": {**place, "x": {**x, "field": value}},
            },
        ],
    }

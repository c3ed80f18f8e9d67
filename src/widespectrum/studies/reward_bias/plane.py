"""The plane of taste and listening, with every scorer in it, as a Vega-Lite specification.

What was published about scorers lies in it too, as hollow points, as far as its taste and listening
can be computed: the paper's table gives accuracies, which are no place in a plane, but for two
scorers the authors made the four scores of some pairs public.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from widespectrum.studies.findings import Figure
from widespectrum.studies.reward_bias.figures import SCHEMA, no_title

CLOUD = 400
"""Pairs per scorer shown as a cloud behind its mean; more would only be ink."""

MOST_CLOUDS = 4
"""With more scorers the clouds would hide each other, and only the means are drawn."""

LISTENING = "listening: ranks the images by what was asked (SD of io_po)"
TASTE = "taste: pulls towards the polished image (SD of io_po)"


def plane(
    measures: pl.DataFrame, pairs: pl.DataFrame, scorers: Sequence[str], published: pl.DataFrame
) -> Figure:
    """Every scorer as a point in the plane of taste and listening, above its cloud of pairs.

    Args:
        measures: one row per scorer, with taste and listening and their intervals, if any.
        pairs: one row per pair and scorer, standardised ``taste`` and ``listening``; those without
            a verdict on obedience are not drawn.
        scorers: in the order of their colours.
        published: as `published.published_places`; drawn hollow.
    """
    placed = measures.filter(pl.col("taste").is_not_null())
    drawn = pairs.filter(pl.col("obeyed").is_not_null() & pl.col("taste").is_not_null())
    cloud = drawn if len(scorers) <= MOST_CLOUDS else drawn.clear()
    cloud = pl.concat(
        [cloud.clear()]
        + [
            group.sample(min(CLOUD, group.height), seed=0)
            for _, group in cloud.group_by("scorer", maintain_order=True)
        ]
    )
    reach = _reach(placed, cloud, published)
    x = {"field": "taste", "type": "quantitative", "title": TASTE, "scale": _domain(-reach, reach)}
    y = {
        "field": "listening",
        "type": "quantitative",
        "title": LISTENING,
        "scale": _domain(-reach * 0.45, reach),
    }
    colour = {"field": "scorer", "type": "nominal", "scale": {"domain": list(scorers)}}
    cone = [
        {"taste": -reach, "edge": reach},
        {"taste": 0, "edge": 0},
        {"taste": reach, "edge": reach},
    ]
    notes = [
        {"taste": 0, "listening": reach * 0.93, "text": "obeys"},
        {"taste": reach * 0.72, "listening": reach * 0.1, "text": "taste overrules"},
        {"taste": -reach * 0.72, "listening": reach * 0.1, "text": "contrary taste overrules"},
        {"taste": reach * 0.72, "listening": -reach * 0.36, "text": "does the opposite"},
    ]
    spec: dict[str, Any] = {
        "$schema": SCHEMA,
        "width": "container",
        "height": 460,
        "layer": [
            {
                "data": {"values": cone},
                "mark": {"type": "area", "style": "region"},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "edge"},
                    "y2": {"datum": reach},
                    "description": {"value": "the region in which a pair is obeyed"},
                },
            },
            {
                "mark": {"type": "rule", "style": "guide"},
                "encoding": {"x": {"datum": 0, **no_title()}},
            },
            {
                "mark": {"type": "rule", "style": "guide"},
                "encoding": {"y": {"datum": 0, **no_title()}},
            },
            {
                "data": {"values": cloud.select("scorer", "taste", "listening").to_dicts()},
                "mark": {"type": "point", "style": "cloud", "clip": True},
                "encoding": {"x": x, "y": y, "color": colour, "description": {"value": "a pair"}},
            },
            {
                "data": {"values": notes},
                "mark": {"type": "text", "style": "note", "align": "center"},
                "encoding": {"x": x, "y": y, "text": {"field": "text"}},
            },
            *_hollow(published, x, y),
            *_crosses(placed, x, y, colour),
        ],
    }
    return Figure(
        name="plane",
        title="Taste and listening",
        spec=spec,
        caption=(
            "Each large point is a scorer: how far it pulls towards the polished image whatever is "
            "asked (right), and how far it ranks the two images by what was asked (up), with 95% "
            "intervals. Small points, where there are any, are pairs. In the shaded cone listening "
            "outweighs taste and a pair is obeyed under both prompts; a prompt-blind scorer lies "
            "on the horizontal line. Hollow points are published: computed from scores that the "
            f"paper's authors made public, {_on(published)}."
        ),
        alt="; ".join(
            f"{row['scorer']}: taste {row['taste']:.2f}, listening {row['listening']:.2f}"
            for row in (*placed.iter_rows(named=True), *published.iter_rows(named=True))
        ),
    )


def _on(published: pl.DataFrame) -> str:
    return " and ".join(dict.fromkeys(published["on"]))


def _hollow(published: pl.DataFrame, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    """What was published: hollow points without a colour of their own."""
    points = sorted(published.to_dicts(), key=lambda row: row["taste"])
    middle = len(points) // 2
    # Names point away from each other, and lie above the words that stand beside the cone.
    sides = ((points[:middle], "right", -8), (points[middle:], "left", 8))
    return [
        {
            "data": {"values": points},
            "mark": {"type": "point", "style": "published"},
            "encoding": {"x": x, "y": y},
        },
        *(
            {
                "data": {"values": side},
                "mark": {"type": "text", "style": "note", "align": align, "dx": dx, "dy": -8},
                "encoding": {"x": x, "y": y, "text": {"field": "scorer"}},
            }
            for side, align, dx in sides
        ),
    ]


def _crosses(
    placed: pl.DataFrame, x: dict[str, Any], y: dict[str, Any], colour: dict[str, Any]
) -> list[dict[str, Any]]:
    values = placed.select(
        "scorer", "taste", "taste_low", "taste_high", "listening", "listening_low", "listening_high"
    ).to_dicts()
    ranked = sorted(values, key=lambda row: row["taste"])
    data = {"data": {"values": values}}
    bounded = {"data": {"values": [row for row in values if row["taste_low"] is not None]}}
    quiet = {**colour, "legend": None}
    return [
        {
            **bounded,
            "mark": {"type": "rule", "style": "interval"},
            "encoding": {
                "x": {**x, "field": "taste_low"},
                "x2": {"field": "taste_high"},
                "y": y,
                "color": quiet,
            },
        },
        {
            **bounded,
            "mark": {"type": "rule", "style": "interval"},
            "encoding": {
                "x": x,
                "y": {**y, "field": "listening_low"},
                "y2": {"field": "listening_high"},
                "color": quiet,
            },
        },
        {
            **data,
            "mark": {"type": "point", "style": "hero"},
            "encoding": {"x": x, "y": y, "color": quiet},
        },
        *(
            {
                "data": {"values": side},
                # Above and below in turn, from left to right, so that neighbours do not collide.
                "mark": {"type": "text", "style": "label", "align": "center", "dx": 0, "dy": dy},
                "encoding": {"x": x, "y": y, "text": {"field": "scorer"}},
            }
            for side, dy in ((ranked[::2], -18), (ranked[1::2], 18))
        ),
    ]


def _reach(placed: pl.DataFrame, cloud: pl.DataFrame, published: pl.DataFrame) -> float:
    """Half the width of the plane: all means with their intervals, and nearly all of the cloud."""
    shown = [abs(v) for name in ("taste", "listening") for v in published[name].to_list()]
    ends = ["taste_low", "taste_high", "listening_low", "listening_high", "taste", "listening"]
    means = [abs(v) for name in ends for v in placed[name].to_list() if v is not None]
    spread = [float(cloud[name].abs().quantile(0.97) or 0.0) for name in ("taste", "listening")]
    return max(1.15 * max([*means, *shown], default=1.0), *spread, 0.25)


def _domain(low: float, high: float) -> dict[str, Any]:
    return {"domain": [low, high], "nice": False}

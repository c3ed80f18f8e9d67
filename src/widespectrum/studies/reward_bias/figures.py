"""The figures of the reward-bias study, as Vega-Lite specifications.

Styles (``guide``, ``interval`` ...) say what a mark means; the report decides how it looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from widespectrum.studies.findings import Figure

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

CLOUD = 400
"""Pairs per scorer shown as a cloud behind its mean; more would only be ink."""

MOST_CLOUDS = 4
"""With more scorers the clouds would hide each other, and only the means are drawn."""

LISTENING = "listening: ranks the images by what was asked (SD of io_po)"
TASTE = "taste: pulls towards the polished image (SD of io_po)"


def plane(measures: pl.DataFrame, pairs: pl.DataFrame, scorers: Sequence[str]) -> Figure:
    """Every scorer as a point in the plane of taste and listening, above its cloud of pairs.

    Args:
        measures: one row per scorer, with taste and listening and their intervals, if any.
        pairs: one row per pair and scorer, standardised ``taste`` and ``listening``; those without
            a verdict on obedience are not drawn.
        scorers: in the order of their colours.
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
    reach = _reach(placed, cloud)
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
                "encoding": {"x": {"datum": 0, **_no_title()}},
            },
            {
                "mark": {"type": "rule", "style": "guide"},
                "encoding": {"y": {"datum": 0, **_no_title()}},
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
            "on the horizontal line."
        ),
        alt="; ".join(
            f"{row['scorer']}: taste {row['taste']:.2f}, listening {row['listening']:.2f}"
            for row in placed.iter_rows(named=True)
        ),
    )


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


def forest(measures: pl.DataFrame, scorers: Sequence[str], group: str) -> Figure:
    """How often the asked image is chosen, by dimension or generator, with chance as a line."""
    shown = measures.filter(pl.col("accuracy").is_not_null())
    means = shown.group_by("value").agg(pl.col("accuracy").mean())
    return Figure(
        name=f"forest_{group}",
        title=f"By {group}",
        spec=_shares(
            shown.select("scorer", "value", "accuracy", "accuracy_low", "accuracy_high", "n"),
            row="value",
            rows=means.sort("accuracy", "value")["value"].to_list(),
            share="accuracy",
            title="share of pairs in which the image that was asked for is chosen",
            scorers=scorers,
        ),
        caption=(
            f"Accuracy under the anti prompt by {group}, with 95% intervals clustered by prompt. "
            "The dashed line is chance; left of it the scorer prefers the image that did not do "
            "what was asked."
        ),
        alt="; ".join(
            f"{row['value']}, {row['scorer']}: {row['accuracy']:.0%}"
            for row in shown.iter_rows(named=True)
        ),
    )


def controls(frame: pl.DataFrame, scorers: Sequence[str]) -> Figure:
    """The share of pairs in which the anti image is preferred, under each kind of prompt."""
    shown = frame.filter(pl.col("share").is_not_null())
    return Figure(
        name="controls",
        title="The same images under other prompts",
        spec=_shares(
            shown,
            row="prompt",
            rows=frame["prompt"].unique(maintain_order=True).to_list(),
            share="share",
            title="share of pairs in which the anti image scores higher",
            scorers=scorers,
        ),
        caption=(
            "A scorer that listens prefers the anti image under its own anti prompt (right) and "
            "not under the others (left). One that gives the same share everywhere looks at the "
            "images alone."
        ),
        alt="; ".join(
            f"{row['scorer']} under the {row['prompt']}: {row['share']:.0%}"
            for row in shown.iter_rows(named=True)
        ),
    )


def _shares(
    frame: pl.DataFrame,
    *,
    row: str,
    rows: Sequence[str],
    share: str,
    title: str,
    scorers: Sequence[str],
) -> dict[str, Any]:
    """Shares with intervals as dots: one row per text of `row`, the scorers under one another."""
    x = {
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [0, 1]},
        "axis": {"format": ".0%"},
    }
    place = {
        "y": {"field": row, "type": "nominal", "sort": list(rows), "title": None},
        "yOffset": {"field": "scorer", "sort": list(scorers)},
        "color": {"field": "scorer", "type": "nominal", "scale": {"domain": list(scorers)}},
    }
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": {"step": max(9, 32 // max(1, len(scorers)))},
        "data": {"values": frame.to_dicts()},
        "layer": [
            {
                "mark": {"type": "rule", "style": "guide"},
                "encoding": {"x": {"datum": 0.5, **_no_title()}},
            },
            {
                "data": {"values": frame.drop_nulls(f"{share}_low").to_dicts()},
                "mark": {"type": "rule", "style": "interval"},
                "encoding": {
                    **place,
                    "x": {**x, "field": f"{share}_low"},
                    "x2": {"field": f"{share}_high"},
                },
            },
            {"mark": {"type": "point"}, "encoding": {**place, "x": {**x, "field": share}}},
        ],
    }


def severity(frame: pl.DataFrame) -> Figure:
    """Mean score against severity, under both prompts, one panel per scorer."""
    x = {"field": "severity", "type": "quantitative", "title": "severity of the effect"}
    y = {"type": "quantitative", "title": "score (SD of io_po from the untouched image)"}
    colour = {
        "field": "prompt",
        "type": "nominal",
        "scale": {"domain": ["original prompt", "anti prompt"]},
    }
    spec = {
        "$schema": SCHEMA,
        "data": {"values": frame.to_dicts()},
        "facet": {"field": "scorer", "type": "nominal", "title": None},
        "columns": 3,
        "spec": {
            "width": 230,
            "height": 200,
            "layer": [
                {
                    "mark": {"type": "rule", "style": "guide"},
                    "encoding": {"y": {"datum": 0, **_no_title()}},
                },
                {
                    "transform": [{"filter": "isValid(datum.low)"}],
                    "mark": {"type": "area", "style": "band"},
                    "encoding": {
                        "x": x,
                        "y": {**y, "field": "low"},
                        "y2": {"field": "high"},
                        "color": colour,
                    },
                },
                {
                    "mark": {"type": "line", "point": True},
                    "encoding": {"x": x, "y": {**y, "field": "change"}, "color": colour},
                },
            ],
        },
    }
    last = frame.filter(pl.col("severity") == pl.col("severity").max().over("scorer", "prompt"))
    return Figure(
        name="severity",
        title="Response to severity",
        spec=spec,
        caption=(
            "How the score moves as the effect grows, from the untouched photograph. Under the "
            "anti prompt a scorer that obeys rises; under the original prompt it falls."
        ),
        alt="; ".join(
            f"{row['scorer']} under the {row['prompt']} at severity {row['severity']:g}: "
            f"{row['change']:+.2f}"
            for row in last.iter_rows(named=True)
        ),
    )


def _reach(placed: pl.DataFrame, cloud: pl.DataFrame) -> float:
    """Half the width of the plane: all means with their intervals, and nearly all of the cloud."""
    ends = ["taste_low", "taste_high", "listening_low", "listening_high", "taste", "listening"]
    means = [abs(v) for name in ends for v in placed[name].to_list() if v is not None]
    spread = [float(cloud[name].abs().quantile(0.97) or 0.0) for name in ("taste", "listening")]
    return max(1.15 * max(means, default=1.0), *spread, 0.25)


def _domain(low: float, high: float) -> dict[str, Any]:
    return {"domain": [low, high], "nice": False}


def _no_title() -> dict[str, Any]:
    return {"title": None}

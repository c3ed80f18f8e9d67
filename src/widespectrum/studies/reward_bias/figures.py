"""The figures of the reward-bias study but the plane, as Vega-Lite specifications.

Styles (``guide``, ``interval`` ...) say what a mark means; the report decides how it looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from widespectrum.studies.findings import Figure
from widespectrum.studies.reward_bias.published import HERE, PAPER

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def ranking(rows: pl.DataFrame) -> Figure:
    """Scorers by how often they choose what was asked for, this run's and the paper's.

    Args:
        rows: as `published.ranked`; not empty.
    """
    x = {
        "type": "quantitative",
        "title": "share of pairs in which the image that was asked for is chosen",
        "scale": {"domain": [0, 1]},
        "axis": {"format": ".0%"},
    }
    place = {
        "y": {
            "field": "row",
            "type": "nominal",
            "sort": rows["row"].unique(maintain_order=True).to_list(),
            "title": None,
        },
        "color": {"field": "source", "type": "nominal", "scale": {"domain": [HERE, PAPER]}},
    }

    def points(source: str, style: str) -> dict[str, Any]:
        return {
            "data": {"values": rows.filter(source=source).to_dicts()},
            "mark": {"type": "point", "style": style},
            "encoding": {**place, "x": {**x, "field": "accuracy"}},
        }

    return Figure(
        name="ranking",
        title="Ranked by what was asked",
        spec={
            "$schema": SCHEMA,
            "width": "container",
            "height": {"step": 26},
            "layer": [
                {
                    "mark": {"type": "rule", "style": "guide"},
                    "encoding": {"x": {"datum": 0.5, **no_title()}},
                },
                {
                    "data": {"values": rows.drop_nulls("accuracy_low").to_dicts()},
                    "mark": {"type": "rule", "style": "interval"},
                    "encoding": {
                        **place,
                        "x": {**x, "field": "accuracy_low"},
                        "x2": {"field": "accuracy_high"},
                    },
                },
                points(PAPER, "published"),
                points(HERE, "hero"),
            ],
        },
        caption=(
            "Accuracy under the anti prompt. Filled: this run, with 95% intervals. Hollow: "
            "published, on the paper's own 3,300 pairs; other pairs give other numbers, and only "
            "the order can be compared. Left of the dashed line a scorer prefers the image that "
            "did not do what was asked."
        ),
        alt="; ".join(
            f"{row['row']} ({row['source']}): {row['accuracy']:.0%}"
            for row in rows.iter_rows(named=True)
        ),
    )


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
                "encoding": {"x": {"datum": 0.5, **no_title()}},
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
                    "encoding": {"y": {"datum": 0, **no_title()}},
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


def no_title() -> dict[str, Any]:
    """For an axis that another layer has named."""
    return {"title": None}

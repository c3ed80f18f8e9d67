"""The page of a comparison: key numbers, the drop against its margin, and what it would take."""

from __future__ import annotations

import polars as pl

from widespectrum.studies.charts import SCHEMA, dots
from widespectrum.studies.findings import Column, Figure, Table
from widespectrum.studies.narrowing.verdict import POWER, Verdict


def key_numbers(verdict: Verdict, base: str, aligned: str) -> Table:
    """The strip under the headline."""
    frame = pl.DataFrame(
        {
            "base": verdict.at_base,
            "aligned": verdict.at_aligned,
            "drop": verdict.drop.estimate,
            "drop_low": verdict.drop.low,
            "drop_high": verdict.drop.high,
            "power": verdict.power,
        },
        schema_overrides=dict.fromkeys(("drop", "drop_low", "drop_high", "power"), pl.Float64),
    )
    return Table(
        "key_numbers",
        "In short",
        frame,
        (
            Column("base", base, "percent", 0, help="of prompts are followed"),
            Column("aligned", aligned, "percent", 0, help="of prompts are followed"),
            Column("drop", "drop", "percent", 0, "drop_low", "drop_high"),
            Column(
                "power",
                f"power for a drop of {100 * verdict.margin:.0f} points",
                "percent",
                0,
            ),
        ),
    )


def verdict_table(verdict: Verdict, base: str, aligned: str) -> Table:
    """The verdict with everything it rests on, one row."""
    frame = pl.DataFrame(
        {
            "aligned": aligned,
            "base": base,
            "outcome": verdict.outcome,
            "at_base": verdict.at_base,
            "at_aligned": verdict.at_aligned,
            "drop": verdict.drop.estimate,
            "drop_low": verdict.drop.low,
            "drop_high": verdict.drop.high,
            "margin": verdict.margin,
            "discordant": verdict.discordant,
            "prompts": verdict.drop.n,
            "power": verdict.power,
            "needed": verdict.needed,
        },
        schema_overrides={
            **dict.fromkeys(("drop", "drop_low", "drop_high", "power"), pl.Float64),
            "needed": pl.Int64,
        },
    )
    return Table(
        "verdict",
        "The verdict",
        frame,
        (
            Column("aligned", "aligned"),
            Column("base", "base"),
            Column("outcome", "verdict"),
            Column("at_base", "base follows", "percent"),
            Column("at_aligned", "aligned follows", "percent"),
            Column("drop", "drop", "percent", 1, "drop_low", "drop_high"),
            Column("margin", "margin", "percent", 0),
            Column("discordant", "differ", "percent", 0, help="Prompts on which the two differ."),
            Column("prompts", "prompts", "count"),
            Column("power", "power", "percent", 0, help="To show a drop of the margin."),
            Column("needed", "prompts needed", "count", help=f"For power {POWER:.0%}."),
        ),
    )


def requirement_table(frame: pl.DataFrame) -> Table:
    """How many prompts show which drop."""
    return Table(
        "requirements",
        "What it takes to see a drop",
        frame,
        (
            Column("drop", "true drop", "percent", 0),
            Column("needed", f"prompts for power {POWER:.0%}", "count"),
            Column("power", "power of these prompts", "percent", 0),
        ),
        "By McNemar's test at two-sided 5%.",
    )


def drop_figure(verdict: Verdict, aligned: str) -> Figure:
    """The drop with its interval, against zero and the margin."""
    frame = pl.DataFrame(
        {
            "model": aligned,
            "drop": verdict.drop.estimate,
            "drop_low": verdict.drop.low,
            "drop_high": verdict.drop.high,
        }
    )
    return Figure(
        "drop",
        "The drop and its margin",
        dots(
            frame,
            row="model",
            value="drop",
            title="drop of the success rate, base minus aligned",
            percent=True,
            guides=(0.0, verdict.margin),
        ),
        f"Dashed: no drop, and the margin of {100 * verdict.margin:.0f} points. An interval left "
        "of the margin passes; one right of zero has shown a drop.",
        _told(verdict),
    )


def path_figure(path: pl.DataFrame, verdict: Verdict) -> Figure:
    """The interval at every look of a sequential comparison."""
    x = {"field": "prompts", "type": "quantitative", "title": "prompts painted by both"}
    y = {"type": "quantitative", "title": "drop", "axis": {"format": ".0%"}}
    return Figure(
        "looks",
        "The drop, look by look",
        {
            "$schema": SCHEMA,
            "width": "container",
            "height": 260,
            "layer": [
                *(
                    {
                        "data": {"values": [{"at": at}]},
                        "mark": {"type": "rule", "style": "guide"},
                        "encoding": {"y": {**y, "field": "at"}},
                    }
                    for at in (0.0, verdict.margin)
                ),
                {
                    "data": {"values": path.to_dicts()},
                    "mark": {"type": "area", "style": "band"},
                    "encoding": {
                        "x": x,
                        "y": {**y, "field": "drop_low"},
                        "y2": {"field": "drop_high"},
                    },
                },
                {
                    "data": {"values": path.to_dicts()},
                    "mark": {"type": "line", "point": True},
                    "encoding": {"x": x, "y": {**y, "field": "drop"}},
                },
            ],
        },
        "The band holds at all looks together with a chance of 95%. Dashed: no drop, and the "
        "margin. Painting stops at the first look at which the band leaves zero or the margin.",
        _told(verdict),
    )


def _told(verdict: Verdict) -> str:
    drop = verdict.drop
    if drop.estimate is None or drop.low is None or drop.high is None:
        return "no interval"
    return f"drop {drop.estimate:.0%}, from {drop.low:.0%} to {drop.high:.0%}: {verdict.outcome}"

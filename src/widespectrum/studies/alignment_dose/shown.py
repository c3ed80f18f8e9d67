"""Tables and figures of doses: all members in one picture, the reward next to what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from widespectrum.studies.alignment_dose.curves import RANGE, REWARD
from widespectrum.studies.alignment_dose.doses import Dose
from widespectrum.studies.alignment_dose.verdicts import HACKS, Verdict
from widespectrum.studies.charts import SCHEMA
from widespectrum.studies.findings import Column, Figure, Table, interval_column
from widespectrum.studies.generation_fidelity.measures import DELTA_J, SUCCESS

_SHORT = {
    REWARD: ("reward", "reward, rise in SD"),
    SUCCESS: ("success", "success"),
    DELTA_J: ("judged", "change of J, asked"),
    RANGE: ("range", "expressive range"),
}
"""Measure -> column name and label."""


def _columns(curves: pl.DataFrame) -> dict[str, tuple[str, str, str]]:
    """Measure -> column name, label and kind, in the order of the curves."""
    found: dict[str, tuple[str, str, str]] = {}
    for row in curves.select("measure", "label", "kind").unique(maintain_order=True).to_dicts():
        name = row["measure"]
        short = _SHORT.get(name)
        column = short[0] if short else name.replace(":", "_").replace(" ", "_")
        found[name] = (column, short[1] if short else row["label"], row["kind"])
    return found


def wide(curves: pl.DataFrame, values: str) -> pl.DataFrame:
    """One row per member and dose, three columns per measure.

    Args:
        curves: as `curves.curves` gives them.
        values: ``value`` or ``moved``.
    """
    frame = curves.select("member", "steps", "generator", "ships").unique(maintain_order=True)
    for measure, (column, _, _) in _columns(curves).items():
        ends = {f"{values}{end}": f"{column}{end}" for end in ("", "_low", "_high")}
        own = curves.filter(pl.col("measure") == measure)
        frame = frame.join(
            own.select("member", "steps", *ends).rename(ends),
            on=["member", "steps"],
            how="left",
            maintain_order="left",
        )
    return frame


def member_table(curves: pl.DataFrame, verdicts: Sequence[Verdict]) -> Table:
    """What alignment did to each member, at its last dose and at the one that ships."""
    said = pl.DataFrame(
        [
            {"member": verdict.member, "steps": steps, "outcome": outcome, "since": verdict.since}
            for verdict in verdicts
            for steps, outcome in verdict.doses.items()
        ],
        schema={
            "member": pl.String,
            "steps": pl.Int64,
            "outcome": pl.String,
            "since": pl.Int64,
        },
    )
    moved = wide(curves, "moved").join(said, on=["member", "steps"], how="inner")
    last = moved.filter(
        (pl.col("steps") == pl.col("steps").max().over("member")) | pl.col("ships")
    ).with_columns(pl.when("ships").then(pl.lit("ships")).otherwise(pl.lit("last")).alias("which"))
    return Table(
        "members",
        "What alignment did",
        last.sort("member", "steps", maintain_order=True),
        (
            Column("member", "member"),
            Column("steps", "steps", "count"),
            Column("which", "dose", help="The last one, or the one that the stopping rule chose."),
            Column("outcome", "verdict"),
            Column("since", "hacks from step", "count"),
            *(
                Column(
                    column,
                    label,
                    "number",
                    2,
                    f"{column}_low",
                    f"{column}_high",
                    "Dose minus base; 0.10 is ten points of a share."
                    if kind == "percent"
                    else "Dose minus base.",
                )
                for column, label, kind in _columns(curves).values()
            ),
        ),
        "Same prompts and seeds; 95% intervals clustered by prompt.",
    )


def key_numbers(curves: pl.DataFrame) -> tuple[Table, ...]:
    """By how many points of success, or by how much else, each member has moved at its last dose.

    Nothing where nobody chose: a strip of rewards alone would praise what is on trial.
    """
    own = curves.filter(
        (pl.col("measure") == SUCCESS)
        & (pl.col("steps") == pl.col("steps").max().over("member", "measure"))
    ).to_dicts()
    if not own:
        return ()
    frame, columns = {}, []
    for row in own:
        name = row["member"]
        for end in ("", "_low", "_high"):
            value = row[f"moved{end}"]
            frame[f"{name}{end}"] = None if value is None else 100 * value
        columns.append(
            Column(
                name, name, "number", 0, f"{name}_low", f"{name}_high",
                f"points of success after {row['steps']:,} steps",
            )
        )  # fmt: skip
    schema = dict.fromkeys(frame, pl.Float64)
    return (Table("key_numbers", "In short", pl.DataFrame([frame], schema=schema), tuple(columns)),)


def dose_table(curves: pl.DataFrame, doses: Sequence[Dose], verdicts: Sequence[Verdict]) -> Table:
    """Every dose: levels, what the alignment itself recorded, and the verdict."""
    told = pl.DataFrame(
        [
            {
                "member": dose.member,
                "steps": dose.steps,
                "recorded": dose.recorded,
                "drift": dose.drift,
                "verdict": next(v for v in verdicts if v.member == dose.member).doses[dose.steps],
            }
            for dose in doses
        ],
        schema={
            "member": pl.String,
            "steps": pl.Int64,
            "recorded": pl.Float64,
            "drift": pl.Float64,
            "verdict": pl.String,
        },
    )
    frame = wide(curves, "value").join(
        told, on=["member", "steps"], how="left", maintain_order="left"
    )
    return Table(
        "doses",
        "Every dose",
        frame,
        (
            Column("member", "member"),
            Column("steps", "steps", "count", help="0 is the base."),
            *(
                interval_column(column, label, "percent" if kind == "percent" else "number")
                for column, label, kind in _columns(curves).values()
            ),
            Column("recorded", "reward, recorded", "number", help="By the alignment itself."),
            Column("drift", "drift", "number", 3, help="From the base; pixels from -1 to 1."),
            Column("verdict", "verdict"),
            Column("ships", "ships", "flag"),
        ),
    )


def dose_figure(curves: pl.DataFrame, verdicts: Sequence[Verdict]) -> Figure:
    """Every measure against the steps, a panel each, a colour per member; crosses are hacked."""
    labels = {name: label for name, (_, label, _) in _columns(curves).items()}
    members = curves["member"].unique(maintain_order=True).to_list()
    hacked = {(v.member, s) for v in verdicts for s, outcome in v.doses.items() if outcome == HACKS}
    values = [
        {
            "panel": labels[row["measure"]],
            "member": row["member"],
            "steps": row["steps"],
            "value": row["value"],
            "low": row["value_low"],
            "high": row["value_high"],
            "ships": row["ships"],
            "hacked": (row["member"], row["steps"]) in hacked,
        }
        for row in curves.drop_nulls("value").to_dicts()
    ]
    x = {"field": "steps", "type": "quantitative", "title": "steps of alignment"}
    y = {"type": "quantitative", "title": None, "scale": {"zero": False}}
    colour = {"field": "member", "type": "nominal", "scale": {"domain": members}}
    return Figure(
        "doses",
        "What rises, and what it costs",
        {
            "$schema": SCHEMA,
            "data": {"values": values},
            "facet": {
                "field": "panel",
                "type": "nominal",
                "title": None,
                "sort": list(labels.values()),
            },
            "columns": 2,
            "spec": {
                "width": 340,
                "height": 190,
                "layer": [
                    {
                        "transform": [{"filter": "isValid(datum.low) && isValid(datum.high)"}],
                        "mark": {"type": "area", "style": "band"},
                        "encoding": {
                            "x": x,
                            "y": {**y, "field": "low"},
                            "y2": {"field": "high"},
                            "color": colour,
                        },
                    },
                    {
                        "mark": {"type": "line"},
                        "encoding": {"x": x, "y": {**y, "field": "value"}, "color": colour},
                    },
                    {
                        "transform": [{"filter": "datum.ships"}],
                        "mark": {"type": "point", "style": "hero"},
                        "encoding": {"x": x, "y": {**y, "field": "value"}, "color": colour},
                    },
                    {
                        "transform": [{"filter": "datum.hacked"}],
                        "mark": {"type": "point", "shape": "cross", "angle": 45, "size": 70,
                                 "style": "strong"},
                        "encoding": {"x": x, "y": {**y, "field": "value"}},
                    },
                ],
            },
            "resolve": {"scale": {"y": "independent"}, "axis": {"y": "independent"}},
        },
        "The reward that each member was aligned towards, and what others saw who had no part in "
        "it. Bands: 95% intervals clustered by prompt. The large dot is the dose that ships; a "
        "cross marks a dose that hacks its reward.",
        "; ".join(
            f"{v['member']}, {v['panel']}, {v['steps']} steps: {v['value']:.2f}" for v in values
        ),
    )  # fmt: skip


def _obedience(frame: pl.DataFrame) -> str:
    """Success; the judge's change where nobody chose, or where all doses succeed alike."""
    if "judged" not in frame.columns:
        return "success"
    if "success" not in frame.columns:
        return "judged"
    known = frame["success"].drop_nulls().to_list()
    return "success" if known and max(known) - min(known) > LEAST_SPREAD else "judged"


LEAST_SPREAD = 0.02
"""Of success over doses, for it to be worth drawing the reward against."""


def price_figure(curves: pl.DataFrame, verdicts: Sequence[Verdict]) -> Figure | None:
    """What a rise of the reward costs: obedience against reward, dose after dose."""
    frame = wide(curves, "value")
    if "reward" not in frame.columns or not {"success", "judged"} & set(frame.columns):
        return None
    against = _obedience(frame)
    rows = frame.drop_nulls(["reward", against])
    if rows.height == 0:
        return None
    hacked = {(v.member, s) for v in verdicts for s, outcome in v.doses.items() if outcome == HACKS}
    ends = rows.group_by("member").agg(pl.col("steps").max())
    last = {(row["member"], row["steps"]) for row in ends.to_dicts()}
    values = [
        {
            **{name: row[name] for name in ("member", "steps", "reward", against, "ships")},
            "hacked": (row["member"], row["steps"]) in hacked,
            "last": (row["member"], row["steps"]) in last,
        }
        for row in rows.to_dicts()
    ]
    members = curves["member"].unique(maintain_order=True).to_list()
    x = {
        "field": "reward",
        "type": "quantitative",
        "title": "rise of the reward that was climbed, in SD of the base's pictures",
    }
    y: dict[str, Any] = {
        "field": against,
        "type": "quantitative",
        "title": "shots that follow the anti prompt" if against == "success" else "change of J",
        "scale": {"zero": False},
    }
    if against == "success":
        y["axis"] = {"format": ".0%"}
    else:
        y["scale"]["reverse"] = True  # negative is what was asked: up is more of it
    colour = {"field": "member", "type": "nominal", "scale": {"domain": members}}
    return Figure(
        "price",
        "What a rise of the reward costs",
        {
            "$schema": SCHEMA,
            "width": "container",
            "height": 320,
            "data": {"values": values},
            "layer": [
                {
                    "mark": {"type": "line", "point": True},
                    "encoding": {
                        "x": x,
                        "y": y,
                        "color": colour,
                        "order": {"field": "steps", "type": "quantitative"},
                    },
                },
                {
                    "transform": [{"filter": "datum.ships"}],
                    "mark": {"type": "point", "style": "hero"},
                    "encoding": {"x": x, "y": y, "color": colour},
                },
                {
                    "transform": [{"filter": "datum.hacked"}],
                    "mark": {"type": "point", "shape": "cross", "angle": 45, "size": 70,
                             "style": "strong"},
                    "encoding": {"x": x, "y": y},
                },
                {
                    "transform": [{"filter": "datum.last"}],
                    "mark": {"type": "text", "style": "label"},
                    "encoding": {"x": x, "y": y, "text": {"field": "steps"}},
                },
            ],
        },
        "Each line begins at the base, at zero, and goes on dose by dose; the number is the last "
        "one's steps. Down is less of what anti prompts ask for.",
        "; ".join(
            f"{v['member']}, {v['steps']}: reward {v['reward']:+.2f}, {against} {v[against]:.2f}"
            for v in values
        ),
    )  # fmt: skip

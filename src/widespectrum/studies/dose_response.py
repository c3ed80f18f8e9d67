"""Dose-response: what makes a reward deaf or overruling?

The paper could only observe finished rewards. Here the same small reward is fitted many times, with
one property of its annotators or its training turned at a time and everything else held fixed, and
examined on the same held-out pairs. `analyse` takes the table that ``widespectrum train
dose-response`` writes, one row per training.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.statistics import holm, spearman, student
from widespectrum.studies.findings import Column, Figure, Findings, Table, interval_column
from widespectrum.tables.columns import Field, conform

STUDY = "dose-response"

DIALS = {
    "mainstream": "share of mainstream annotators",
    "prompt_weight": "weight of the prompt",
    "agreement": "agreement filter",
    "anti_share": "share of anti prompts",
    "steps": "training steps",
}
"""What is turned, as readers call it; in the order in which it is shown."""

MEASURES = {
    "right_under_both": "obeyed (right under both prompts)",
    "obedience": "anti image chosen under the anti prompt",
    "agreement_majority": "agreement with held-out annotators",
    "taste": "taste",
    "listening": "listening",
}
SHARES = ("right_under_both", "obedience", "agreement_majority")
PULLS = ("taste", "listening")

TRENDS = {
    "dial": pl.String,
    "measure": pl.String,
    **dict.fromkeys(("lowest", "highest", "at_lowest", "at_highest", "spearman", "p"), pl.Float64),
    "trainings": pl.Int64,
}

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def analyse(rows: pl.DataFrame, provenance: Mapping[str, Any] | None = None) -> Findings:
    """Findings from the table of trainings.

    Args:
        rows: columns dial, dose, seed, and every name of `MEASURES`.
        provenance: what else the reader should be able to check.

    Raises:
        BadInput: a column is missing, a dial is not known, or there is no row.
    """
    rows = _checked(rows)
    means = dose_means(rows)
    trends = dose_trends(rows)
    return Findings(
        study=STUDY,
        title="What makes a reward deaf?",
        question=(
            "The same small reward, fitted again and again with one thing changed: who the "
            "annotators are, what they care for, which of their votes are kept, what they were "
            "asked, how long it trains. When does it still do what the prompt asks?"
        ),
        headline=_headline(trends, means),
        tables=(*_key_numbers(trends), _trend_table(trends), _mean_table(means)),
        figures=(
            _figure(means, SHARES, "obedience", "Obedience by dose", "share of held-out pairs"),
            _figure(means, PULLS, "pulls", "Taste and listening by dose", "SD of io_po"),
        ),
        notes=(
            "This is Bonsai: simulated annotators, a miniature world, a small network. It shows "
            "what preferences of this kind do to a reward; it does not show what happened to any "
            "published one.",
            "Each dot is the mean over trainings from different seeds, with a 95% Student interval "
            "over those trainings; all are examined on the same held-out pairs.",
            "The encoder is frozen and shared: what is fitted is the reward on top of it.",
            "Trend: Spearman's correlation of dose and result over all trainings of a dial, p "
            "Holm-corrected over the whole table.",
        ),
        provenance={"trainings": rows.height, **(provenance or {})},
    )


def dose_means(rows: pl.DataFrame) -> pl.DataFrame:
    """Mean and interval of every measure, one row per dial and dose, dials in reading order."""
    records = []
    for dial in DIALS:
        for (dose,), group in (
            rows.filter(pl.col("dial") == dial).sort("dose").group_by("dose", maintain_order=True)
        ):
            record: dict[str, Any] = {"dial": DIALS[dial], "dose": dose, "trainings": group.height}
            for name in MEASURES:
                interval = student(group[name].to_numpy())
                record |= {
                    name: interval.estimate,
                    f"{name}_low": interval.low,
                    f"{name}_high": interval.high,
                }
            records.append(record)
    return pl.DataFrame(records, infer_schema_length=None)


def dose_trends(rows: pl.DataFrame) -> pl.DataFrame:
    """How each dial moves obedience, taste and listening: ends, and correlation with the dose."""
    records = []
    for dial, label in DIALS.items():
        own = rows.filter(pl.col("dial") == dial)
        if own["dose"].n_unique() < 2:
            continue
        ends = own["dose"].min(), own["dose"].max()
        for name in ("right_under_both", *PULLS):
            trend = spearman(own["dose"].to_numpy(), own[name].to_numpy())
            first, last = (own.filter(pl.col("dose") == end)[name].mean() for end in ends)
            records.append(
                {
                    "dial": label,
                    "measure": MEASURES[name],
                    "lowest": ends[0],
                    "highest": ends[1],
                    "at_lowest": first,
                    "at_highest": last,
                    "spearman": trend.coefficient,
                    "p": trend.p,
                    "trainings": own.height,
                }
            )
    frame = pl.DataFrame(records, schema=TRENDS)
    return frame.with_columns(pl.Series("p_holm", holm(frame["p"].to_list()), pl.Float64))


def _checked(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with numbers as numbers; a CSV holds text.

    Raises:
        BadInput: see `analyse`.
    """
    for name in ("dial", "dose", "seed", *MEASURES):
        if name not in rows.columns:
            raise BadInput(
                "is missing",
                "Give the table that `widespectrum train dose-response` writes.",
                field=name,
            )
    if rows.height == 0:
        raise BadInput("there are no trainings", "Run `widespectrum train dose-response`.")
    unknown = set(rows["dial"]) - set(DIALS)
    if unknown:
        raise BadInput(f"there is no dial {min(unknown)!r}", f"Known are {', '.join(DIALS)}.")
    fields = [Field("dial", "text", required=True)]
    fields += [Field(name, "number", required=True) for name in ("dose", *MEASURES)]
    return conform(rows, fields, "the table of trainings")


def _headline(trends: pl.DataFrame, means: pl.DataFrame) -> tuple[str, ...]:
    """The dial that moves obedience furthest, and the one that moves it least."""
    moved = trends.filter(pl.col("measure") == MEASURES["right_under_both"])
    if moved.height == 0:
        shares = means["right_under_both"].to_list()
        return (f"The rewards obey in {min(shares):.0%} to {max(shares):.0%} of pairs.",)
    ranked = moved.with_columns(
        (pl.col("at_highest") - pl.col("at_lowest")).abs().alias("moved")
    ).sort("moved", descending=True)
    first, *others = ranked.to_dicts()
    said = [
        f"The {first['dial']} decides most: from {first['lowest']:g} to {first['highest']:g}, "
        f"obedience goes from {first['at_lowest']:.0%} to {first['at_highest']:.0%} of pairs."
    ]
    if others:
        rest = "; ".join(
            f"the {row['dial']} ({row['lowest']:g} to {row['highest']:g}) takes it from "
            f"{row['at_lowest']:.0%} to {row['at_highest']:.0%}"
            for row in others
        )
        said.append(f"{rest[0].upper()}{rest[1:]}.")
    return tuple(said)


def _key_numbers(trends: pl.DataFrame) -> tuple[Table, ...]:
    """By how much each dial moves obedience from its lowest to its highest dose."""
    moved = trends.filter(pl.col("measure") == MEASURES["right_under_both"])
    if moved.height == 0:
        return ()
    frame = pl.DataFrame(
        {row["dial"]: 100 * (row["at_highest"] - row["at_lowest"]) for row in moved.to_dicts()}
    )
    columns = tuple(
        Column(
            row["dial"],
            row["dial"],
            "number",
            digits=0,
            help=f"points of obedience, from {row['lowest']:g} to {row['highest']:g}",
        )
        for row in moved.to_dicts()
    )
    return (Table("key_numbers", "What each dial moves", frame, columns),)


def _trend_table(trends: pl.DataFrame) -> Table:
    return Table(
        "trends",
        "What each dial does",
        trends,
        (
            Column("dial", "dial"),
            Column("measure", "result"),
            Column("lowest", "lowest dose", "number"),
            Column("highest", "highest dose", "number"),
            Column("at_lowest", "result there", "number"),
            Column("at_highest", "result there", "number"),
            Column("spearman", "Spearman", "number", help="Of dose and result, over trainings."),
            Column("p_holm", "p", "p"),
            Column("trainings", "trainings", "count"),
        ),
        "Only the named dial is turned; all others stay as in the shipped reward.",
    )


def _mean_table(means: pl.DataFrame) -> Table:
    return Table(
        "doses",
        "Every dose",
        means,
        (
            Column("dial", "dial"),
            Column("dose", "dose", "number"),
            *(
                interval_column(
                    name,
                    MEASURES[name].partition(" (")[0],
                    "percent" if name in SHARES else "number",
                )
                for name in MEASURES
            ),
            Column("trainings", "trainings", "count"),
        ),
    )


def _figure(
    means: pl.DataFrame, names: tuple[str, ...], name: str, title: str, unit: str
) -> Figure:
    """One panel per dial: the named measures against the dose."""
    values = [
        {
            "dial": row["dial"],
            "dose": f"{row['dose']:g}",
            "measure": MEASURES[measure],
            "value": row[measure],
            "low": row[f"{measure}_low"],
            "high": row[f"{measure}_high"],
        }
        for row in means.iter_rows(named=True)
        for measure in names
    ]
    colour = {
        "field": "measure",
        "type": "nominal",
        "scale": {"domain": [MEASURES[measure] for measure in names]},
    }
    x = {
        "field": "dose",
        "type": "ordinal",
        "sort": None,
        "title": "dose",
        "axis": {"labelAngle": 0},
    }
    y: dict[str, Any] = {"type": "quantitative", "title": unit}
    if names == SHARES:
        y |= {"scale": {"domain": [0, 1]}, "axis": {"format": ".0%"}}
    spec = {
        "$schema": SCHEMA,
        "data": {"values": values},
        "facet": {
            "field": "dial",
            "type": "nominal",
            "title": None,
            "sort": means["dial"].unique(maintain_order=True).to_list(),
        },
        "columns": 3,
        "spec": {
            "width": 230,
            "height": 190,
            "layer": [
                {
                    "mark": {"type": "rule", "style": "interval"},
                    "encoding": {
                        "x": x,
                        "y": {**y, "field": "low"},
                        "y2": {"field": "high"},
                        "color": colour,
                    },
                },
                {
                    "mark": {"type": "line", "point": True},
                    "encoding": {"x": x, "y": {**y, "field": "value"}, "color": colour},
                },
            ],
        },
        "resolve": {"scale": {"x": "independent"}, "axis": {"x": "independent"}},
    }
    return Figure(
        name=name,
        title=title,
        spec=spec,
        caption="One panel per dial, all else held fixed. Bars are 95% intervals over seeds.",
        alt="; ".join(
            f"{v['dial']} {v['dose']}, {v['measure']}: {v['value']:.2f}"
            for v in values
            if v["value"] is not None
        ),
    )

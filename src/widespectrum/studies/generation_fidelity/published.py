"""The paper's Table 2 beside what was measured here, and its relation of quality and change.

Change is after minus original, so it holds the quality of the originals with a minus sign; and a
handful of models says little. Hence exact permutation p, an interval, and the range with one model
left out (`widespectrum.statistics.correlation`).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from widespectrum.aesthetics import load_published
from widespectrum.catalog import shipped_registry
from widespectrum.statistics import Correlation, spearman
from widespectrum.studies.generation_fidelity.measures import (
    AFTER,
    ALL,
    BEFORE,
    CHANGE,
    DELTA_J,
    J_AFTER,
    KEPT,
    SUCCESS,
)

TABLE = "table2_generation"
HERE, PAPER = "this run", "published"

COLUMNS = {
    "success_rate": SUCCESS,
    "delta_j": f"{DELTA_J}{ALL}",
    "j_ia": f"{J_AFTER}{ALL}",
    "blip_ia_pa": KEPT,
}
SCORERS = {
    "HPSv2.1": {"delta_hpsv2": CHANGE},
    "HPSv3": {"delta_hpsv3": CHANGE, "hpsv3_ia_po": AFTER},
    "ImageReward": {"delta_imagereward": CHANGE},
}
"""A scorer's row in the paper's tables -> the columns of Table 2 that it fills."""

SHOWN = (
    "success_rate",
    "delta_hpsv2",
    "delta_hpsv3",
    "hpsv3_ia_po",
    "delta_imagereward",
    "delta_j",
    "j_ia",
    "blip_ia_pa",
)

LEFT_OUT_IN_THE_PAPER = ("SDXL", "Nano Banana")
"""Removed before its correlation was computed."""


def beside_published(means: pl.DataFrame) -> pl.DataFrame:
    """Measured generators, then the paper's ten, with the columns of `SHOWN`.

    A measured cell is filled only where what was measured is what the column means: the scorer of
    that name, the judge's sum over all dimensions, a baseline scorer in BLIP's place.
    """
    filled = _filled(means)
    measured = [
        {"generator": generator, "source": HERE, "on": f"{_shots(means, generator):,} shots"}
        | {column: _value(means, generator, name) for column, name in filled.items()}
        for generator in means["generator"].unique(maintain_order=True)
    ]
    paper = load_published(TABLE).filter(pl.col("status") == PAPER)
    rows = [
        {"generator": row["model"], "source": PAPER, "on": "the paper's 300 prompts"}
        | {column: row[column] for column in SHOWN}
        for row in paper.to_dicts()
    ]
    return pl.DataFrame(
        [{name: row.get(name) for name in _SCHEMA} for row in (*measured, *rows)], schema=_SCHEMA
    )


_SCHEMA = {
    "generator": pl.String,
    "source": pl.String,
    **dict.fromkeys(SHOWN, pl.Float64),
    "on": pl.String,
}


def relations(means: pl.DataFrame) -> pl.DataFrame:
    """Spearman's correlation over generators of quality (io_po) and change (ia_po - io_po).

    One row per scorer measured here, then the paper's HPSv3 column: all ten models, and the eight
    that are left without the two that the paper removed.
    """
    rows = []
    for name in means["measure"].unique(maintain_order=True):
        kind, _, scorer = name.partition(":")
        if kind != BEFORE:
            continue
        both = generator_points(means, scorer)
        rows.append(
            {"scorer": scorer, "source": HERE, "models": "all generators of this run"}
            | _correlated(spearman(both["before"].to_numpy(), both["change"].to_numpy()))
        )
    paper = published_points()
    kept = paper.filter(~pl.col("generator").is_in(LEFT_OUT_IN_THE_PAPER))
    for frame, models in (
        (paper, "all ten of Table 2"),
        (kept, "eight, without SDXL and Nano Banana, as in the paper"),
    ):
        rows.append(
            {"scorer": "HPSv3", "source": PAPER, "models": models}
            | _correlated(spearman(frame["before"].to_numpy(), frame["change"].to_numpy()))
        )
    return pl.DataFrame(rows, schema=_RELATIONS)


_RELATIONS = {
    "scorer": pl.String,
    "source": pl.String,
    "models": pl.String,
    "n": pl.Int64,
    **dict.fromkeys(
        ("spearman", "spearman_low", "spearman_high", "p", "least", "most"), pl.Float64
    ),
    "spearman_reason": pl.String,
}


def generator_points(means: pl.DataFrame, scorer: str) -> pl.DataFrame:
    """generator, before, change: the mean of each, of one scorer in this run."""
    sides = [
        means.filter(pl.col("measure") == f"{kind}:{scorer}").select(
            "generator", pl.col("value").alias(name)
        )
        for kind, name in ((BEFORE, "before"), (CHANGE, "change"))
    ]
    return sides[0].join(sides[1], on="generator").drop_nulls()


def published_points() -> pl.DataFrame:
    """generator, before, change: HPSv3 of the originals is after minus change."""
    paper = load_published(TABLE).filter(pl.col("status") == PAPER)
    return paper.select(
        pl.col("model").alias("generator"),
        (pl.col("hpsv3_ia_po") - pl.col("delta_hpsv3")).alias("before"),
        pl.col("delta_hpsv3").alias("change"),
    )


def _correlated(found: Correlation) -> dict[str, Any]:
    least, most = found.leave_one_out or (None, None)
    return {
        "n": found.n,
        "spearman": found.coefficient,
        "spearman_low": found.low,
        "spearman_high": found.high,
        "p": found.p if found.p_exact is None else found.p_exact,
        "least": least,
        "most": most,
        "spearman_reason": found.reason or None,
    }


def _filled(means: pl.DataFrame) -> dict[str, str]:
    """Column of Table 2 -> measure of this run."""
    measures = set(means["measure"])
    known = {entry.name: entry.paper_row for entry in shipped_registry("scorer").entries.values()}
    filled = dict(COLUMNS)
    for measure in measures:
        kind, _, scorer = measure.partition(":")
        for column, wanted in SCORERS.get(known.get(scorer.partition("@")[0]) or "", {}).items():
            if kind == wanted:
                filled[column] = measure
    return {column: name for column, name in filled.items() if name in measures}


def _value(means: pl.DataFrame, generator: str, measure: str) -> float | None:
    own = means.filter((pl.col("generator") == generator) & (pl.col("measure") == measure))
    return own["value"][0] if own.height else None


def _shots(means: pl.DataFrame, generator: str) -> int:
    most = means.filter(pl.col("generator") == generator)["n"].max()
    return int(str(most or 0))

"""The paper's Table 1 beside the measured rows, each labelled with what it was measured on."""

from __future__ import annotations

import polars as pl

from widespectrum.aesthetics import load_published
from widespectrum.studies.reward_bias.measures import whole_sample

TABLE = "table1_reward_classification"


def beside_published(measures: pl.DataFrame) -> pl.DataFrame:
    """Measured rows, then the paper's. Columns: scorer, source, accuracy, f1, auroc, on."""
    columns = ["scorer", "source", "accuracy", "f1", "auroc", "on"]
    measured = whole_sample(measures)
    measured = measured.with_columns(
        pl.lit("this run").alias("source"),
        pl.Series("on", [f"{n:,} decided pairs" for n in measured["n"]], pl.String),
    )
    paper = load_published(TABLE).with_columns(
        pl.col("model").alias("scorer"),
        ("published, " + pl.col("source")).alias("source"),
        pl.lit("the paper's 3,300 pairs").alias("on"),
    )
    return pl.concat([measured.select(columns), paper.select(columns)])

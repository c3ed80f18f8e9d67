"""The paper's Table 1 beside the measured rows, each labelled with what it was measured on."""

from __future__ import annotations

import polars as pl

from widespectrum.aesthetics import load_published
from widespectrum.catalog.loading import shipped_registry
from widespectrum.studies.reward_bias.measures import whole_sample

TABLE = "table1_reward_classification"
FILES = "authors_score_files"
HERE, PAPER = "this run", "published"


def beside_published(measures: pl.DataFrame) -> pl.DataFrame:
    """Measured rows, then the paper's. Columns: scorer, source, accuracy, f1, auroc, on."""
    columns = ["scorer", "source", "accuracy", "f1", "auroc", "on"]
    measured = whole_sample(measures)
    measured = measured.with_columns(
        pl.lit(HERE).alias("source"),
        pl.Series("on", [f"{n:,} decided pairs" for n in measured["n"]], pl.String),
    )
    paper = load_published(TABLE).with_columns(
        pl.col("model").alias("scorer"),
        ("published, " + pl.col("source")).alias("source"),
        pl.lit("the paper's 3,300 pairs").alias("on"),
    )
    return pl.concat([measured.select(columns), paper.select(columns)])


def ranked(measures: pl.DataFrame) -> pl.DataFrame:
    """The measured scorers and the paper's by accuracy, best first.

    A scorer whose catalog entry names the paper's row stands on one row with it. Columns: row,
    source (`HERE` or `PAPER`), accuracy, accuracy_low, accuracy_high.
    """
    known = {
        entry.paper_row: entry.name
        for entry in shipped_registry("scorer").entries.values()
        if entry.paper_row is not None
    }
    columns = ["row", "source", "accuracy", "accuracy_low", "accuracy_high"]
    measured = (
        whole_sample(measures)
        .filter(pl.col("accuracy").is_not_null())
        .with_columns(row="scorer", source=pl.lit(HERE))
        .select(columns)
    )
    here = {name.partition("@")[0]: name for name in reversed(measured["row"].to_list())}
    paper = load_published(TABLE).select(
        pl.Series("row", [here.get(known.get(m, ""), m) for m in load_published(TABLE)["model"]]),
        pl.lit(PAPER).alias("source"),
        "accuracy",
        *(pl.lit(None, pl.Float64).alias(end) for end in columns[3:]),
    )
    rows = pl.concat([measured, paper])
    # A row's place is what was measured here, where it was.
    return (
        rows.with_columns(place=pl.col("accuracy").first().over("row"))
        .sort("place", "row", "source", descending=[True, False, True])
        .select(columns)
    )


def published_places() -> pl.DataFrame:
    """Taste and listening of scorers whose four scores the authors made public.

    Columns: scorer, taste, listening, on.
    """
    original = pl.col("io_po") - pl.col("ia_po")
    anti = pl.col("io_pa") - pl.col("ia_pa")
    return load_published(FILES).select(
        scorer=pl.col("model") + ", published",
        taste=(original + anti) / 2 / pl.col("sd_io_po"),
        listening=(original - anti) / 2 / pl.col("sd_io_po"),
        on=pl.format("{} pairs of {}", "n_pairs", "generator"),
    )

"""The tables and figures of the study: what a reader sees, in which order, with which help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from widespectrum.studies.charts import SCHEMA, dots
from widespectrum.studies.findings import Column, Figure, Table, interval_column
from widespectrum.studies.generation_fidelity.measures import (
    AFTER,
    BEFORE,
    CHANGE,
    SUCCESS,
    Measure,
)

GENERATOR = Column("generator", "generator")


def leaderboard(frame: pl.DataFrame, *, judged: bool, chosen: bool, kept: bool) -> Table:
    """One row per generator, best first.

    Args:
        frame: outcomes, ranks, ties, lineages, confounds and means beside each other.
        judged: whether there is a judge.
        chosen: whether there is a chooser.
        kept: whether there is a baseline scorer.
    """
    return Table(
        "generators",
        "Who follows the anti prompt",
        frame,
        (
            GENERATOR,
            *(
                (
                    interval_column(
                        SUCCESS,
                        "success",
                        "percent",
                        "Shots whose anti image the chooser takes for the anti prompt, of all "
                        "planned; ties and failures are no successes.",
                    ),
                )
                if chosen
                else ()
            ),
            Column(
                "rank",
                "place",
                "number",
                0,
                "rank_low",
                "rank_high",
                "1 is best; in brackets the middle 95% of its places over bootstrap draws.",
            ),
            *(
                (
                    Column(
                        "ties",
                        "not told apart",
                        help="Generators that share a letter are not told apart: paired by prompt "
                        "and seed, Holm over all pairs.",
                    ),
                )
                if "ties" in frame.columns
                else ()
            ),
            *(
                (Column("aligned_from", "aligned from"),)
                if frame["aligned_from"].drop_nulls().len()
                else ()
            ),
            *(
                (
                    Column(
                        "confounds",
                        "confounded by",
                        help="Settings that differ between the variants besides the prompt.",
                    ),
                )
                if frame["confounds"].drop_nulls().len()
                else ()
            ),
            *(
                (
                    Column("win", "win", "percent", 0),
                    Column("tie", "tie", "percent", 0),
                    Column("loss", "loss", "percent", 0),
                    Column("unanswered", "no answer", "percent", 0),
                    Column("net", "net win", "percent", 0, help="Win minus loss."),
                )
                if chosen
                else ()
            ),
            *(
                (
                    interval_column(
                        "delta_j",
                        "change of J, asked",
                        help="Mean over the dimensions asked for, -2 to 2; negative is what was "
                        "asked.",
                    ),
                    interval_column("j_after", "J after, asked", help="0 low to 2 high."),
                    interval_column(
                        "delta_j_all", "change of J, all", help="Sum over all dimensions rated."
                    ),
                    interval_column("j_after_all", "J after, all"),
                )
                if judged
                else ()
            ),
            *(
                (
                    interval_column(
                        "kept",
                        "kept content",
                        help="The baseline scorer's score of the anti image under the anti prompt.",
                    ),
                )
                if kept
                else ()
            ),
            Column("shots", "shots", "count", help="Planned."),
            Column("prompts", "prompts", "count"),
            Column("unpainted", "not painted", "count", help="Shots that lack a picture."),
        ),
    )


def score_table(means: pl.DataFrame, scorers: Sequence[str]) -> Table:
    """One row per scorer and generator: before, change, after."""
    rows: list[dict[str, Any]] = []
    for scorer in scorers:
        for generator in means["generator"].unique(maintain_order=True):
            row: dict[str, Any] = {"scorer": scorer, "generator": generator}
            for kind in (BEFORE, CHANGE, AFTER):
                (own,) = means.filter(
                    (pl.col("measure") == f"{kind}:{scorer}") & (pl.col("generator") == generator)
                ).to_dicts()
                row |= {f"{kind}{end}": own[f"value{end}"] for end in ("", "_low", "_high")}
                row |= {f"{kind}_reason": own["value_reason"], "n": own["n"]}
            rows.append(row)
    kinds = (BEFORE, CHANGE, AFTER)
    schema = {
        "scorer": pl.String,
        "generator": pl.String,
        **{f"{kind}{end}": pl.Float64 for kind in kinds for end in ("", "_low", "_high")},
        **{f"{kind}_reason": pl.String for kind in kinds},
        "n": pl.Int64,
    }
    return Table(
        "scores",
        "What the scorers say under the original prompt",
        pl.DataFrame(rows, schema=schema),
        (
            Column("scorer", "scorer"),
            GENERATOR,
            interval_column(BEFORE, "before", help="Of I_o under p_o."),
            interval_column(
                CHANGE,
                "change",
                help="I_a minus I_o, both under p_o: more negative is moved further.",
            ),
            interval_column(AFTER, "after", help="Of I_a under p_o."),
            Column("n", "shots", "count"),
        ),
        "A generator that does what the anti prompt asks makes an image that fits the original "
        "prompt less, so its change is negative.",
    )


def contrast_table(contrasts: pl.DataFrame) -> Table:
    """Aligned minus base."""
    frame = contrasts.with_columns(
        pl.when("follows_less")
        .then(pl.lit("less"))
        .when(~pl.col("follows_less"))
        .then(pl.lit("more"))
        .otherwise(pl.lit(""))
        .alias("follows")
    )
    return Table(
        "lineages",
        "Aligned against base, paired by prompt and seed",
        frame,
        (
            Column("aligned", "aligned"),
            Column("base", "base"),
            Column("label", "measure"),
            Column("at_base", "base has", "number"),
            Column("at_aligned", "aligned has", "number"),
            interval_column(
                "difference",
                "difference",
                help="Aligned minus base; 0.10 is ten points of a share.",
            ),
            Column("scaled", "in SD", "number", help="In standard deviations of the base's io_po."),
            Column(
                "effect",
                "effect size",
                "number",
                help="Rank-biserial correlation; for success the risk difference.",
            ),
            Column("p", "p", "p"),
            Column("p_holm", "p, Holm", "p", help="Over the whole table."),
            Column("follows", "follows anti prompts"),
            Column("test", "test"),
            Column("n", "pairs of shots", "count"),
        ),
        "Changes are compared, not levels: what is shown of a scorer or judge is how much further "
        "the aligned generator moves from its own original.",
    )


def dimension_table(frame: pl.DataFrame) -> Table:
    """Success and change of J by dimension asked for."""
    chosen = frame["success"].null_count() < frame.height
    judged = frame["change"].null_count() < frame.height
    return Table(
        "dimensions",
        "By dimension asked for",
        frame,
        (
            Column("dimension", "dimension"),
            GENERATOR,
            *((interval_column(SUCCESS, "success", "percent"),) if chosen else ()),
            *(
                (
                    interval_column(
                        "change", "change of J", help="Of this dimension, I_a minus I_o."
                    ),
                )
                if judged
                else ()
            ),
            Column("n", "shots", "count"),
        ),
        "Prompts ask for several dimensions at once; a shot counts under each of them.",
    )


def loss_table(frame: pl.DataFrame) -> Table:
    """Which dimensions an aligned generator lost: a screen."""
    return Table(
        "losses",
        "What alignment took, by dimension",
        frame,
        (
            Column("aligned", "aligned"),
            Column("dimension", "dimension"),
            Column("measure", "measure"),
            interval_column("difference", "difference", help="Aligned minus base."),
            Column("p_bh", "p", "p", help="Sign flips of prompts, Benjamini-Hochberg over rows."),
            Column("n", "pairs of shots", "count"),
        ),
        "A screen, for where to look; success is negative and the change of J positive where the "
        "aligned generator follows less.",
    )


def relation_table(frame: pl.DataFrame) -> Table:
    """Does a better generator move less?"""
    return Table(
        "relations",
        "Quality of originals against change",
        frame,
        (
            Column("scorer", "scorer"),
            Column("source", "source"),
            Column("models", "models"),
            interval_column("spearman", "Spearman"),
            Column("p", "p", "p", help="Exact permutation up to nine models."),
            Column("least", "least", "number", help="With one model left out."),
            Column("most", "most", "number", help="With one model left out."),
            Column("n", "n", "count"),
        ),
        "Positive: generators whose originals score higher move less (their change is less "
        "negative). The paper prints 0.83 (p = .005): that counts one of its models twice.",
    )


def published_table(frame: pl.DataFrame) -> Table:
    """This run and the paper's Table 2."""
    return Table(
        "published",
        "Measured and published",
        frame,
        (
            GENERATOR,
            Column("source", "source"),
            Column("success_rate", "success", "percent", 1),
            Column("delta_hpsv2", "change of HPSv2.1", "number", 3),
            Column("delta_hpsv3", "change of HPSv3", "number"),
            Column("hpsv3_ia_po", "HPSv3 after", "number"),
            Column("delta_imagereward", "change of ImageReward", "number"),
            Column("delta_j", "change of J, all", "number"),
            Column("j_ia", "J after, all", "number"),
            Column("blip_ia_pa", "kept content", "number", 3),
            Column("on", "measured on"),
        ),
        "Published rows are on the paper's own prompts, chooser and judge. Only directions can be "
        "compared with other prompts, never levels. Its columns of J sum over all dimensions.",
    )


def ranking_figure(board: pl.DataFrame, leading: Measure) -> Figure:
    """Generators by what ranks them, with intervals."""
    share = leading.name == SUCCESS
    label = "share of shots that follow the anti prompt" if share else leading.label
    # A name with a colon or a dot would be read as a path into the data.
    names = {f"{leading.name}{end}": f"value{end}" for end in ("", "_low", "_high")}
    rows = board.drop_nulls(leading.name).select("generator", *names).rename(names)
    return Figure(
        "ranking",
        "Ranked by how far they follow",
        dots(
            rows,
            row="generator",
            value="value",
            title=label,
            percent=share,
            domain=(0, 1) if share else None,
            guides=(0.5,) if share else (0.0,),
        ),
        f"{label[0].upper()}{label[1:]}, with 95% intervals clustered by prompt.",
        "; ".join(f"{row['generator']}: {row['value']:.2f}" for row in rows.to_dicts()),
    )


def dimension_figure(frame: pl.DataFrame, generators: Sequence[str]) -> Figure | None:
    """Success (or change of J) by dimension, generators beneath each other."""
    value = SUCCESS if frame["success"].null_count() < frame.height else "change"
    shown = frame.drop_nulls(value)
    if shown.height == 0:
        return None
    percent = value == SUCCESS
    title = "success where the prompt asks for it" if percent else "change of J where asked"
    return Figure(
        "forest_dimension",
        "By dimension asked for",
        dots(
            shown,
            row="dimension",
            value=value,
            series="generator",
            colours=generators,
            title=title,
            percent=percent,
            domain=(0, 1) if percent else None,
            guides=() if percent else (0.0,),
        ),
        "With 95% intervals clustered by prompt. Prompts ask for several dimensions at once.",
        "; ".join(
            f"{row['dimension']}, {row['generator']}: {row[value]:.2f}" for row in shown.to_dicts()
        ),
    )


def contrast_figure(contrasts: pl.DataFrame) -> Figure | None:
    """Aligned minus base in effect sizes, which share one axis; right is: follows less."""
    signed = contrasts.drop_nulls(["effect", "follows_less"]).with_columns(
        (pl.col("effect").abs() * pl.when("follows_less").then(1).otherwise(-1)).alias("less")
    )
    if signed.height == 0:
        return None
    shown = signed.with_columns(
        pl.lit(None, pl.Float64).alias("less_low"), pl.lit(None, pl.Float64).alias("less_high")
    )
    return Figure(
        "lineages",
        "Does the aligned generator follow less?",
        dots(
            shown,
            row="label",
            value="less",
            series="aligned",
            colours=shown["aligned"].unique(maintain_order=True).to_list(),
            title="effect size; right of the line: follows anti prompts less than its base",
            domain=(-1, 1),
        ),
        "Rank-biserial correlation of the paired differences; for success the difference of "
        "success rates. Intervals of the differences themselves are in the table.",
        "; ".join(
            f"{row['aligned']}, {row['label']}: {row['less']:+.2f}" for row in shown.to_dicts()
        ),
    )


def relation_figure(points: pl.DataFrame, scorer: str) -> Figure:
    """Quality of originals against change, one point per generator.

    Args:
        points: generator, before, change.
        scorer: whose.
    """
    x = {
        "field": "before",
        "type": "quantitative",
        "title": f"{scorer} of originals under their prompts",
        "scale": {"zero": False},
    }
    y = {
        "field": "change",
        "type": "quantitative",
        "title": "change from I_o to I_a",
        "scale": {"zero": False},
    }
    return Figure(
        "relation",
        "Does a better generator move less?",
        {
            "$schema": SCHEMA,
            "width": 520,
            "height": 320,
            "data": {"values": points.to_dicts()},
            "layer": [
                {"mark": {"type": "point", "style": "hero"}, "encoding": {"x": x, "y": y}},
                {
                    "mark": {"type": "text", "style": "label"},
                    "encoding": {"x": x, "y": y, "text": {"field": "generator"}},
                },
            ],
        },
        "One point per generator. Change is after minus original, so it holds the horizontal axis "
        "with a minus sign: by chance alone points would fall from left to right.",
        "; ".join(
            f"{row['generator']}: {row['before']:.2f}, {row['change']:+.2f}"
            for row in points.to_dicts()
        ),
    )

"""The tables of the study as a reader sees them: columns, order, titles, help."""

from __future__ import annotations

import polars as pl

from widespectrum.studies.findings import Column, Table

SCORER = Column("scorer", "scorer")


def _with_interval(name: str, label: str, kind: str = "percent", help: str = "") -> Column:
    return Column(
        name,
        label,
        "percent" if kind == "percent" else "number",
        digits=0 if kind == "percent" else 2,
        low=f"{name}_low",
        high=f"{name}_high",
        help=help,
    )


ACCURACY = _with_interval(
    "accuracy",
    "accuracy",
    help="Share of pairs in which the image that was asked for scores higher under the anti "
    "prompt. Chance is 50%. A score tie goes to the original image, as in the paper.",
)
TASTE = _with_interval(
    "taste",
    "taste",
    "number",
    help="Pull towards the original image whatever is asked, in SD of io_po. Zero is even-handed.",
)
LISTENING = _with_interval(
    "listening",
    "listening",
    "number",
    help="How far the ranking of the two images follows the prompt, in SD of io_po. Zero is deaf.",
)
OBEYED = _with_interval(
    "obeyed",
    "obeyed",
    help="Share of pairs that are right under both prompts: listening exceeds |taste|.",
)
P = Column("p_holm", "p", "p", help="Accuracy against chance, Holm-corrected in this table.")
N = Column("n", "pairs", "count")


def _defined(frame: pl.DataFrame, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """`columns` without AUROC where no row has one; the notes say why."""
    if frame["auroc"].null_count() < frame.height:
        return columns
    return tuple(column for column in columns if column.name != "auroc")


def scorer_table(measures: pl.DataFrame) -> Table:
    """Table 1 of the paper and the decomposition, one row per scorer."""
    frame = measures.filter((pl.col("group") == "all") & (pl.col("subset") == "all"))
    return Table(
        "scorers",
        "Does the scorer prefer what was asked?",
        frame,
        _defined(
            frame,
            (
                SCORER,
                OBEYED,
                ACCURACY,
                _with_interval("f1", "weighted F1", help="Class F1 weighted by class share."),
                _with_interval(
                    "auroc", "AUROC", "number", "Order of the margins ia_pa - io_pa; 0.5 is chance."
                ),
                TASTE,
                LISTENING,
                P,
                N,
                Column("clusters", "prompts", "count", help="Units of resampling."),
                Column(
                    "truth_ties", "ties in truth", "count", help="Left out of accuracy, F1, AUROC."
                ),
                Column("score_ties", "score ties", "count"),
            ),
        ),
        "Intervals are 95%, from a bootstrap that resamples prompts with all their pairs.",
    )


def group_table(measures: pl.DataFrame, group: str, subset: str) -> Table | None:
    """The measures by dimension or generator; ``None`` where there is none."""
    frame = measures.filter((pl.col("group") == group) & (pl.col("subset") == subset))
    if frame.height == 0:
        return None
    uncut = subset == "uncut"
    return Table(
        f"{group}s" + ("_uncut" if uncut else ""),
        f"By {group}" + (", prompts that were read whole" if uncut else ""),
        frame,
        _defined(
            frame,
            (
                SCORER,
                Column("value", group),
                ACCURACY,
                _with_interval("f1", "weighted F1"),
                _with_interval("auroc", "AUROC", "number"),
                TASTE,
                LISTENING,
                OBEYED,
                P,
                N,
            ),
        ),
        "A pair counts under every dimension that its prompt asks for."
        if group == "dimension"
        else "",
    )


def control_table(shares: pl.DataFrame) -> Table:
    """The anti image's share under each kind of prompt."""
    return Table(
        "controls",
        "Controls: the same images under other prompts",
        shares,
        (
            SCORER,
            Column("prompt", "prompt"),
            _with_interval(
                "share",
                "anti image preferred",
                help="Share of pairs in which the anti image scores higher; score ties count half.",
            ),
            _with_interval(
                "gap",
                "what listening buys",
                help="The share under the pair's own anti prompt minus this one. A prompt-blind "
                "scorer has exactly zero.",
            ),
            N,
        ),
        "Shuffled: the anti prompt of another pair. Neutral: an ordinary rewrite of the caption, "
        "as long as the anti prompt.",
    )


def truncation_table(audit: pl.DataFrame) -> Table:
    """How much of the prompts each scorer could read, and its results on those it read whole."""
    return Table(
        "truncation",
        "Truncation audit",
        audit,
        (
            SCORER,
            Column(
                "token_limit", "token limit", "count", help="A dash: it reads every prompt whole."
            ),
            Column("longest", "longest prompt", "count", help="In the scorer's own tokens."),
            Column("cut", "prompts cut", "count"),
            Column("cut_share", "cut", "percent", digits=0),
            _with_interval("accuracy", "accuracy, all"),
            _with_interval("accuracy_uncut", "accuracy, uncut"),
            _with_interval("taste_uncut", "taste, uncut", "number"),
            _with_interval("listening_uncut", "listening, uncut", "number"),
            _with_interval("obeyed_uncut", "obeyed, uncut"),
            Column("n_uncut", "pairs uncut", "count"),
        ),
        "A score under half a prompt is not a score under that prompt. A dash: tokens not known.",
    )


def response_table(responses: pl.DataFrame) -> Table:
    """How steadily each scorer follows severity."""
    return Table(
        "severity_response",
        "Response to severity",
        responses,
        (
            SCORER,
            Column("prompt", "prompt"),
            _with_interval(
                "spearman",
                "Spearman",
                "number",
                "Mean over photographs and effects of the correlation of score and severity.",
            ),
            _with_interval("slope", "slope", "number", "SD of io_po per unit of severity."),
            _with_interval(
                "right_steps",
                "steps as asked",
                help="Steps to the next severity in which the score rises (anti prompt) or falls "
                "(original prompt).",
            ),
            Column("series", "series", "count", help="A photograph under one effect."),
            Column("flat", "flat", "count", help="Series in which the score never moves."),
        ),
    )


def published_table(frame: pl.DataFrame) -> Table:
    """The paper's Table 1 beside what was measured here."""
    return Table(
        "published",
        "Published and measured",
        frame,
        (
            SCORER,
            Column("source", "source"),
            Column("accuracy", "accuracy", "percent", digits=1),
            Column("f1", "F1", "number", digits=3),
            Column("auroc", "AUROC", "number", digits=3),
            Column("on", "measured on"),
        ),
        "The paper's rows are on its own 3,300 pairs from ten generators; other pairs give other "
        "numbers, and only the order of scorers can be compared. Its F1 column mixes two "
        "definitions (weighted and binary).",
    )

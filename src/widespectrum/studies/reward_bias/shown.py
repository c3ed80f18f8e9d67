"""The tables of the study as a reader sees them: columns, order, titles, help."""

from __future__ import annotations

import polars as pl

from widespectrum.studies.findings import Column, Table, interval_column
from widespectrum.studies.reward_bias.measures import whole_sample

SCORER = Column("scorer", "scorer")


ACCURACY = interval_column(
    "accuracy",
    "accuracy",
    "percent",
    help="Share of pairs in which the image that follows the anti prompt scores higher under it. "
    "Chance is 50%. A score tie counts as a choice of the original image, as in the paper.",
)
TASTE = interval_column(
    "taste",
    "taste",
    "number",
    help="Pull towards the original image whatever is asked, in SD of io_po. Zero is even-handed.",
)
LISTENING = interval_column(
    "listening",
    "listening",
    "number",
    help="How far the ranking of the two images follows the prompt, in SD of io_po. Zero is deaf.",
)
OBEYED = interval_column(
    "obeyed",
    "obeyed",
    "percent",
    help="Share of pairs that are right under both prompts: listening exceeds |taste|.",
)
HALF = interval_column(
    "accuracy_half",
    "accuracy, ties half",
    "percent",
    help="Accuracy with one half for every score tie.",
)
F1 = interval_column(
    "f1", "weighted F1", "number", help="F1 of either image, weighted by how often it is right."
)
AUROC = interval_column(
    "auroc", "AUROC", "number", help="Order of the margins ia_pa - io_pa; 0.5 is chance."
)
P = Column(
    "p_holm",
    "p",
    "p",
    help="Accuracy (score ties half) against chance: signs of whole prompts flipped, two-sided, "
    "Holm-corrected over the rows of this table.",
)
N = Column("n", "pairs", "count")


def _defined(frame: pl.DataFrame, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """`columns` without those that say nothing here: AUROC where no row has one (the notes say
    why), ties where there are none, and accuracy with half ties then.
    """
    idle = {name for name in ("truth_ties", "score_ties") if not frame[name].sum()}
    if frame["auroc"].null_count() == frame.height:
        idle.add("auroc")
    if "score_ties" in idle:
        idle.add("accuracy_half")
    return tuple(column for column in columns if column.name not in idle)


def scorer_table(measures: pl.DataFrame) -> Table:
    """Table 1 of the paper and the decomposition, one row per scorer."""
    frame = whole_sample(measures)
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
                HALF,
                F1,
                AUROC,
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
                F1,
                AUROC,
                TASTE,
                LISTENING,
                OBEYED,
                P,
                N,
            ),
        ),
        " ".join(_about_group(group, uncut=uncut)),
    )


def _about_group(group: str, *, uncut: bool) -> list[str]:
    said = []
    if group == "dimension":
        said.append("A pair counts under every dimension that its prompt asks for.")
    if uncut:
        said.append(
            "Only scorers that cut some prompts; the others' rows are those of the table above."
        )
    return said


def control_table(shares: pl.DataFrame) -> Table:
    """The anti image's share under each kind of prompt."""
    return Table(
        "controls",
        "Controls: the same images under other prompts",
        shares,
        (
            SCORER,
            Column("prompt", "prompt"),
            interval_column(
                "share",
                "anti image preferred",
                "percent",
                help="Share of pairs in which the anti image scores higher; score ties count half.",
            ),
            interval_column(
                "gap",
                "what listening buys",
                "percent",
                help="The share under the pair's own anti prompt minus this one, over pairs scored "
                "under both. A prompt-blind scorer has exactly zero.",
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
            Column("reads", "reads", help="How much of a prompt enters a score."),
            Column("longest", "longest anti prompt", "count", help="In the scorer's own tokens."),
            Column("cut", "pairs cut", "count", help="Pairs whose anti prompt is longer."),
            Column("cut_share", "cut", "percent", digits=0),
            interval_column("accuracy", "accuracy, all", "percent"),
            interval_column("accuracy_uncut", "accuracy, uncut", "percent"),
            interval_column("taste_uncut", "taste, uncut", "number"),
            interval_column("listening_uncut", "listening, uncut", "number"),
            interval_column("obeyed_uncut", "obeyed, uncut", "percent"),
            Column("n_uncut", "pairs uncut", "count", help="Of those with a decided truth."),
        ),
        "A score under half a prompt is not a score under that prompt. Uncut: pairs whose anti "
        "prompt was read whole. A dash: not known, or no such pair.",
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
            interval_column(
                "spearman",
                "Spearman",
                "number",
                "Mean over series of the correlation of score and severity.",
            ),
            interval_column("slope", "slope", "number", "SD of io_po per unit of severity."),
            interval_column(
                "right_steps",
                "steps as asked",
                "percent",
                help="Steps to the next severity in which the score rises (anti prompt) or falls "
                "(original prompt).",
            ),
            Column(
                "series",
                "series",
                "count",
                help="A photograph under one effect, or one set of effects, at several severities.",
            ),
            Column("flat", "flat", "count", help="Series in which the score never moves."),
            Column("dropped", "dropped", "count", help="Series at a single severity, left out."),
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

"""Choosing: which image of a pair follows the prompt, say VLMs and scorers, and how steadily?

Ties are no successes. That a chooser contradicts itself when the order of showing is turned counts
as a tie and is reported as its position bias.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from widespectrum.choosers import POSITIONS
from widespectrum.statistics import ClusterBootstrap, of_share
from widespectrum.studies import agreement
from widespectrum.studies.findings import Column, Findings, Table

STUDY = "choosing"


def analyse(
    choices: pl.DataFrame,
    *,
    failures: Mapping[tuple[str, str], int] | None = None,
    published: Mapping[str, float] | None = None,
    draws: int = agreement.DRAWS,
    seed: int = 0,
    provenance: Mapping[str, Any] | None = None,
) -> Findings:
    """Findings from choices.

    Args:
        choices: the columns of `widespectrum.studies.choice_frame.CHOICE_FRAME`.
        failures: contests without an answer, by chooser and prompt shown.
        published: the paper's share of anti images, by chooser.
        draws: bootstrap resamples.
        seed: of the bootstrap.
        provenance: what else the reader should be able to check.
    """
    rows = chooser_table(choices, draws=draws, seed=seed)
    asked = rows.select("chooser", "under").rows()
    rows = rows.with_columns(
        pl.Series("failures", [(failures or {}).get(each, 0) for each in asked], pl.Int64),
        pl.Series(
            "published",
            [(published or {}).get(name) if under == "anti" else None for name, under in asked],
            pl.Float64,
        ),
    )
    return Findings(
        study=STUDY,
        title="Which image follows the prompt?",
        question=(
            "Two images, one made from an ordinary prompt and one from a prompt that asks for "
            "something unbeautiful: which follows the prompt that is shown?"
        ),
        headline=_headline(rows),
        tables=(_shown(rows), *_key_numbers(rows)),
        notes=(
            "As asked: the share of all answered contests in which the image made from the prompt "
            "that was shown is chosen. A tie is no success. Intervals: 95%, bootstrap clustered "
            "by prompt.",
            "Every contest is asked in both orders of showing, unless a chooser is set otherwise "
            "or is a scorer, which has no order. A contradiction is a tie. Position bias is the "
            "share of contests in which whatever was shown at one place won both times.",
            *(
                (
                    "Published: the paper's Table 1, on its own 3,300 pairs, one drawn order per "
                    "pair.",
                )
                if rows["published"].null_count() < rows.height
                else ()
            ),
        ),
        provenance={"choices": choices.height, "draws": draws, "seed": seed, **(provenance or {})},
    )


def chooser_table(
    choices: pl.DataFrame, *, draws: int = agreement.DRAWS, seed: int = 0
) -> pl.DataFrame:
    """One row per chooser and prompt shown: what it chose, and how the orders compare."""
    rows = []
    for (name, under), group in choices.group_by("chooser", "under", maintain_order=True):
        bootstrap = ClusterBootstrap(group["cluster"].to_list(), draws, seed)
        flags = {
            "as_asked": group["as_asked"],
            "tie": group["choice"] == -1,
            "other": ~group["as_asked"] & (group["choice"] != -1),
        }
        row: dict[str, Any] = {"chooser": name, "under": under, "contests": group.height}
        for label, flag in flags.items():
            (share,) = bootstrap.means(flag.to_numpy().astype(float)).intervals()
            share = of_share(share)
            row |= {label: share.estimate, f"{label}_low": share.low, f"{label}_high": share.high}
        asked = group["position"].drop_nulls()
        for position in POSITIONS:
            count = int((asked == position).sum())
            row[position] = count / asked.len() if asked.len() else None
        row["bias"] = (
            None if row["first_shown"] is None else row["first_shown"] + row["second_shown"]
        )
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def _headline(rows: pl.DataFrame) -> tuple[str, ...]:
    anti = rows.filter(pl.col("under") == "anti").sort("as_asked", descending=True).to_dicts()
    said = []
    if anti:
        told = "; ".join(f"{row['chooser']} in {row['as_asked']:.0%}" for row in anti[:4])
        contests = f"{max(row['contests'] for row in anti):,} contests"
        said.append(f"The image that the anti prompt asked for is chosen: {told} of {contests}.")
    biased = rows.drop_nulls("bias").sort("bias", descending=True).to_dicts()
    if biased:
        most = biased[0]
        said.append(
            f"The position decided in {most['bias']:.1%} of the contests of {most['chooser']}"
            + (", more than of any other chooser." if len(biased) > 1 else ".")
        )
    return tuple(said)


def _key_numbers(rows: pl.DataFrame) -> tuple[Table, ...]:
    """How often each chooser chose what the anti prompt asked for."""
    anti = rows.filter(pl.col("under") == "anti").head(6).to_dicts()
    if not anti:
        return ()
    frame = pl.DataFrame(
        {
            f"{row['chooser']}{end}": row[f"as_asked{end}"]
            for row in anti
            for end in ("", "_low", "_high")
        }
    )
    columns = tuple(
        Column(
            row["chooser"],
            row["chooser"],
            "percent",
            digits=0,
            low=f"{row['chooser']}_low",
            high=f"{row['chooser']}_high",
            help="chose what the anti prompt asked for",
        )
        for row in anti
    )
    return (Table("key_numbers", "Under the anti prompt", frame, columns),)


def _shown(rows: pl.DataFrame) -> Table:
    several = rows["under"].n_unique() > 1
    published = rows["published"].null_count() < rows.height
    return Table(
        name="choosers",
        title="What was chosen",
        frame=rows,
        columns=(
            Column("chooser", "chooser"),
            *((Column("under", "under the prompt"),) if several else ()),
            Column("contests", "contests", "count", help="With an answer."),
            Column("as_asked", "as asked", "percent", 1, "as_asked_low", "as_asked_high"),
            Column("tie", "tie", "percent", 1),
            Column("other", "the other image", "percent", 1),
            *(
                (
                    Column("bias", "position bias", "percent", 1, help="One place won both times."),
                    Column("first_shown", "of it first shown", "percent", 1),
                    Column("wavering", "wavering", "percent", 1, help="A tie in one order only."),
                )
                if rows["bias"].null_count() < rows.height
                else ()
            ),
            *(
                (Column("published", "published", "percent", 1, help="The paper's accuracy."),)
                if published
                else ()
            ),
            Column("failures", "failures", "count", help="Contests without an answer."),
        ),
    )

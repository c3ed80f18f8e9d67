"""Two writers, one set of captions and dimensions: how do their prompts differ?

A template names effects in fixed words; a language model rewrites. What a generator or a scorer
does with the one and not with the other may be owed to length, to difficulty, to effects that were
left out or added, or to content that was lost. This study counts these, paired by caption; whether
they matter is answered by the same bench under both tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from widespectrum.aesthetics import Dimensions, load_dimensions
from widespectrum.errors import BadInput
from widespectrum.prompts import Lexicon
from widespectrum.prompts.measures import measure
from widespectrum.statistics import ClusterBootstrap, Interval, holm, sign_flip
from widespectrum.studies.findings import Column, Findings, Table, interval_column

STUDY = "prompt-comparison"
DRAWS = 10_000

MEASURES: Mapping[str, str] = {
    "words": "words",
    "sentence_words": "words per sentence",
    "word_letters": "letters per word",
    "lix": "readability (LIX; higher is harder)",
    "distinct": "share of distinct words",
    "asked_told": "share of the dimensions asked for that are told",
    "unasked": "other dimensions told",
    "kept": "share of the caption's content words kept",
}
"""Names for people, by field of `widespectrum.prompts.measures.Measures`."""


@dataclass(frozen=True)
class PromptTable:
    """Prompt pairs by one writer."""

    name: str
    frame: pl.DataFrame
    """With the columns of `widespectrum.tables.PROMPT_SCHEMA`."""


def analyse(
    first: PromptTable,
    second: PromptTable,
    *,
    dimensions: Dimensions | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    provenance: Mapping[str, Any] | None = None,
) -> Findings:
    """Findings about how the prompts of two tables differ.

    Args:
        first: the one that differences are counted from.
        second: the other.
        dimensions: known ones; by default those that ship.
        draws: bootstrap resamples, and random flips of the tests.
        seed: of both.
        provenance: what else the reader should be able to check.

    Raises:
        BadInput: no row of the two tables has the same id, caption and dimensions.
    """
    rows = paired(first.frame, second.frame)
    if rows.height == 0:
        raise BadInput(
            "no row of the two tables has the same id, caption and dimensions",
            "Build both with the same captions, count, dimensions and seed, and another --writer.",
        )
    lexicon = Lexicon((dimensions or load_dimensions()).values())
    one, other = (_measured(rows, side, lexicon) for side in ("first", "second"))
    measures = _compared(rows, one, other, draws, seed)
    dropped = first.frame.height + second.frame.height - 2 * rows.height
    names = (first.name, second.name)
    return Findings(
        study=STUDY,
        title="Two writers of prompts",
        question=(
            "The same captions and dimensions, by two writers: how do their prompts differ in "
            "length, difficulty, effects and content?"
        ),
        headline=_headline(measures, names, rows.height),
        tables=(
            _measures_table(measures, names),
            _told_table(rows, lexicon, names, draws, seed),
            _key_numbers(measures, names),
        ),
        notes=(
            "Paired by caption and dimensions; intervals: 95%, bootstrap clustered by caption; "
            "p: flips of whole clusters, corrected by Holm over the table's tests.",
            "Effects are told by words of the lexicon (`widespectrum prompts dimensions`), never "
            "by the template's phrases. It misses wordings that it does not know, and ordinary "
            "words in an asked effect may count for another dimension: the template's prompts are "
            "known to ask for nothing else, so what it is given under 'other dimensions told' is "
            "what the count gives to a faithful prompt.",
            "More words, or harder ones, are neither good nor bad by themselves. Whether they "
            "change what generators and scorers do is answered by the same bench under both "
            "tables.",
            *(
                (f"{dropped} rows have no partner in the other table and are left out.",)
                if dropped
                else ()
            ),
        ),
        provenance={
            "pairs": rows.height,
            "captions": rows["cluster"].n_unique(),
            "left out": dropped,
            "draws": draws,
            "seed": seed,
            "lexicon": lexicon.identity,
            **(provenance or {}),
        },
    )


def paired(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """One row per id, caption and dimensions that both have: ``id, prompt_original, dimensions,
    cluster, first, second``. The order of dimensions does not matter.
    """
    keys = ["id", "prompt_original", "dimensions"]
    one, other = (
        frame.with_columns(pl.col("dimensions").fill_null([]).list.sort())
        for frame in (first, second)
    )
    return one.select(*keys, "cluster", pl.col("prompt_anti").alias("first")).join(
        other.select(*keys, pl.col("prompt_anti").alias("second")), on=keys, maintain_order="left"
    )


def _measured(rows: pl.DataFrame, side: str, lexicon: Lexicon) -> NDArray[np.float64]:
    """``(n, measures)``; NaN where a measure does not exist."""
    measured = (
        measure(row[side], row["prompt_original"], row["dimensions"], lexicon)
        for row in rows.iter_rows(named=True)
    )
    return np.array(
        [[*asdict(each).values()] for each in measured], dtype=np.float64
    )  # None becomes NaN


def _compared(
    rows: pl.DataFrame,
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    draws: int,
    seed: int,
) -> pl.DataFrame:
    """One row per measure: both means, their difference and its test."""
    there = ~(np.isnan(one) | np.isnan(other))
    clusters = rows["cluster"].to_list()
    bootstrap = ClusterBootstrap(clusters, draws, seed)
    means = [bootstrap.means(values, there) for values in (one, other)]
    ends = [each.intervals() for each in (*means, means[1] - means[0])]
    tests = sign_flip(other - one, clusters, there, draws=draws, seed=seed)
    corrected = holm([test.p for test in tests])
    return pl.DataFrame(
        [
            {
                "measure": name,
                **_spread("first", ends[0][place]),
                **_spread("second", ends[1][place]),
                **_spread("difference", ends[2][place]),
                "effect": tests[place].effect,
                "p_holm": corrected[place],
                "rows": int(there[:, place].sum()),
            }
            for place, name in enumerate(MEASURES)
        ],
        infer_schema_length=None,
    )


def _spread(name: str, interval: Interval) -> dict[str, float | None]:
    return {name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high}


def _measures_table(measures: pl.DataFrame, names: tuple[str, str]) -> Table:
    return Table(
        name="measures",
        title="What can be counted",
        frame=measures.with_columns(pl.col("measure").replace_strict(dict(MEASURES))),
        columns=(
            Column("measure", "measure"),
            interval_column("first", names[0]),
            interval_column("second", names[1]),
            interval_column("difference", "difference", help="The second minus the first."),
            Column("effect", "in SDs", "number", 2, help="Mean difference over its SD."),
            Column("p_holm", "p (Holm)", "p"),
        ),
    )


def _key_numbers(measures: pl.DataFrame, names: tuple[str, str]) -> Table:
    """The three numbers that matter most, of both writers."""
    shown = {"words": "words", "asked_told": "of what was asked is told", "kept": "of content kept"}
    row = {each["measure"]: each for each in measures.iter_rows(named=True)}
    numbers: dict[str, float | None] = {}
    columns = []
    for counted, label in shown.items():
        for side, name in zip(("first", "second"), names, strict=True):
            for end in ("", "_low", "_high"):
                numbers[f"{counted}_{side}{end}"] = row[counted][f"{side}{end}"]
            kind: Literal["number", "percent"] = "number" if counted == "words" else "percent"
            columns.append(interval_column(f"{counted}_{side}", label, kind, name))
    return Table("key_numbers", "Two writers", pl.DataFrame([numbers]), tuple(columns))


def _told_table(
    rows: pl.DataFrame, lexicon: Lexicon, names: tuple[str, str], draws: int, seed: int
) -> Table:
    """How often each dimension, where it was asked for, is told."""
    asked = sorted({key for keys in rows["dimensions"] for key in keys})
    where = np.array([[key in keys for key in asked] for keys in rows["dimensions"]], dtype=bool)
    bootstrap = ClusterBootstrap(rows["cluster"].to_list(), draws, seed)
    columns = {}
    for side in ("first", "second"):
        told = np.zeros(where.shape)
        for place, row in enumerate(rows.iter_rows(named=True)):
            found = lexicon.told(
                row[side], row["dimensions"], row["prompt_original"], words_only=True
            )
            told[place] = [key in found for key in asked]
        columns[side] = bootstrap.means(told, where).intervals()
    frame = pl.DataFrame(
        [
            {
                "dimension": key,
                "prompts": int(where[:, place].sum()),
                **_spread("first", columns["first"][place]),
                **_spread("second", columns["second"][place]),
            }
            for place, key in enumerate(asked)
        ],
        infer_schema_length=None,
    )
    return Table(
        name="told",
        title="Dimensions asked for that the words tell",
        frame=frame,
        columns=(
            Column("dimension", "dimension"),
            Column("prompts", "asked in", "count"),
            interval_column("first", names[0], "percent"),
            interval_column("second", names[1], "percent"),
        ),
        caption="By words of the lexicon alone; a low share may be the lexicon's.",
    )


def _headline(measures: pl.DataFrame, names: tuple[str, str], count: int) -> tuple[str, ...]:
    row = {each["measure"]: each for each in measures.iter_rows(named=True)}
    words, told, kept = row["words"], row["asked_told"], row["kept"]
    said = [
        f"On {count:,} pairs, {names[1]} writes {words['second']:.1f} words where {names[0]} "
        f"writes {words['first']:.1f} (difference {_ends(words)})."
    ]
    if told["first"] is not None and kept["first"] is not None:
        said.append(
            f"Of the dimensions asked for its words tell {told['second']:.0%} against "
            f"{told['first']:.0%}, and it keeps {kept['second']:.0%} of the caption's content "
            f"words against {kept['first']:.0%}."
        )
    return tuple(said)


def _ends(row: Mapping[str, Any]) -> str:
    if row["difference_low"] is None:
        return f"{row['difference']:+.1f}"
    return f"{row['difference_low']:+.1f} to {row['difference_high']:+.1f}"

"""The pairs behind the numbers: one row per pair, one column of arrays per scorer.

Truth per pair: the chooser's or person's verdict where there is one; where there is none, the anti
image is taken to follow the anti prompt, because it was made for it. The study says which it used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from widespectrum.contracts import SCORE_NAMES, ScorerFacts
from widespectrum.errors import BadInput
from widespectrum.statistics import FourScores
from widespectrum.tables import CONTROL_NAMES, with_clusters
from widespectrum.tables.columns import conform, refuse_duplicates
from widespectrum.tables.scores import SCORE_FIELDS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

TABLE = "the scores"
"""How messages call a frame that came from no file."""

LARGEST = 1e100
"""Scores beyond it cannot be squared; no scorer means them."""

NO_SPREAD = 1e-12
"""An SD of io_po below this share of the largest score is rounding, not spread."""

PAIR_COLUMNS = (
    "id",
    "cluster",
    "choice",
    "dimensions",
    "effects",
    "severity",
    "generator",
    "prompt_original",
    "prompt_anti",
    "image_original",
    "image_anti",
)

SAME_FOR_ALL = ("choice", "severity", "generator", "prompt_original", "prompt_anti")
"""Facts about a pair on which the rows of its scorers must agree; one that is silent agrees."""


@dataclass(frozen=True)
class ScorerColumn:
    """One scorer's scores on the pairs of a `Sample`; NaN where it has none."""

    name: str
    scores: dict[str, Floats]
    """``(n_pairs,)`` for every name of `SCORE_NAMES` and `CONTROL_NAMES`."""
    tokens: Floats
    """Tokens of the anti prompt by the scorer's own count; NaN where it does not say."""
    token_limit: int | None
    unlimited: bool
    """Whether the scorer is known to read every prompt whole."""

    @cached_property
    def present(self) -> Bools:
        """Pairs this scorer has scored."""
        return np.asarray(~np.isnan(self.scores["io_po"]))

    @cached_property
    def cut(self) -> Bools:
        """Pairs whose anti prompt the scorer could not read whole."""
        if self.token_limit is None:
            return np.zeros(len(self.tokens), dtype=bool)
        return np.asarray(self.present & (self.tokens > self.token_limit))

    @cached_property
    def whole(self) -> Bools:
        """Pairs whose anti prompt the scorer is known to have read whole."""
        if self.unlimited:
            return self.present
        if self.token_limit is None:
            return np.zeros(len(self.tokens), dtype=bool)
        return np.asarray(self.present & (self.tokens <= self.token_limit))

    @cached_property
    def four(self) -> FourScores:
        """The four scores, 0 where there are none (use `present`)."""
        return FourScores(*(np.nan_to_num(self.scores[name]) for name in SCORE_NAMES))

    @cached_property
    def scale(self) -> float | None:
        """SD of io_po over the scorer's pairs; ``None`` where they do not differ."""
        own = self.four.rows(self.present)
        value = own.scale.value
        largest = float(np.abs(own.array).max(initial=0.0))
        return None if value is None or value <= NO_SPREAD * largest else value

    @cached_property
    def deaf(self) -> bool:
        """Whether no score ever moved with the prompt: exactly, over all pairs."""
        seen = [self.scores[name][self.present] for name in SCORE_NAMES]
        return bool((seen[0] == seen[1]).all() and (seen[2] == seen[3]).all())


@dataclass(frozen=True)
class Sample:
    """All pairs of a score frame, and what every scorer said about them."""

    pairs: pl.DataFrame
    """One row per pair, with `PAIR_COLUMNS`."""
    scorers: tuple[ScorerColumn, ...]

    @cached_property
    def truth(self) -> Floats:
        """``(n_pairs,)`` 1 the anti image follows p_a, 0 the original, -1 a tie."""
        return self.pairs["choice"].fill_null(1).cast(pl.Float64).to_numpy()

    @property
    def assumed(self) -> int:
        """Pairs whose truth is assumed, not judged."""
        return int(self.pairs["choice"].null_count())

    @cached_property
    def clusters(self) -> Ints:
        """``(n_pairs,)`` the unit of resampling, as its place in the order of their names."""
        names = self.pairs["cluster"].to_list()
        place = {name: index for index, name in enumerate(sorted(set(names)))}
        return np.array([place[name] for name in names], dtype=np.int64)


def sample_of(scores: pl.DataFrame, facts: Mapping[str, ScorerFacts] | None = None) -> Sample:
    """The sample of a score frame (columns of `SCORE_SCHEMA`; optional ones may be missing).

    Args:
        scores: one row per pair and scorer. The rows of a pair need not all repeat what is known
            about it: a fact that one of them states counts for the pair.
        facts: scorer -> what is known about it; those scorers come first, in this order.

    Raises:
        BadInput: a value is missing or not finite, a scorer scored a pair twice, or the rows of a
            pair contradict each other; says where.
    """
    scores = with_clusters(conform(scores, SCORE_FIELDS, TABLE, complete=True))
    refuse_duplicates(scores, ["id", "scorer"], TABLE)
    _refuse_extremes(scores)
    pairs = _pairs_of(scores)
    facts = facts or {}
    by_scorer = scores.partition_by("scorer", as_dict=True, maintain_order=True)
    found = [str(name) for (name,) in by_scorer]
    names = [name for name in facts if name in found]
    names += [name for name in found if name not in facts]
    return Sample(
        pairs, tuple(_column(pairs, by_scorer[(name,)], facts.get(name)) for name in names)
    )


def _pairs_of(scores: pl.DataFrame) -> pl.DataFrame:
    """One row per id: of each fact the first that a row states."""
    # A table without prompts falls back to the id as cluster; a real cluster elsewhere wins.
    stated = scores.with_columns(
        pl.when(pl.col("cluster") != pl.col("id")).then("cluster").alias("cluster")
    )
    folded = stated.with_columns(
        pl.col("prompt_original", "prompt_anti").str.strip_chars().str.replace_all(r"\s+", " ")
    )
    checked = (*SAME_FOR_ALL, "cluster")
    versions = folded.group_by("id", maintain_order=True).agg(
        pl.col(*checked).drop_nulls().n_unique()
    )
    for name in checked:
        torn = versions.filter(pl.col(name) > 1)
        if torn.height:
            raise BadInput(
                f"differs between the scorers of this pair ({torn.height:,} such pairs)",
                "One id must mean one pair: give different pairs different ids.",
                file=TABLE,
                row=str(torn["id"][0])[:200],
                field=name,
            )
    facts = [pl.col(name).drop_nulls().first() for name in PAIR_COLUMNS[1:]]
    pairs = stated.group_by("id", maintain_order=True).agg(*facts)
    return pairs.with_columns(pl.coalesce("cluster", "id").alias("cluster"))


def _column(pairs: pl.DataFrame, own: pl.DataFrame, facts: ScorerFacts | None) -> ScorerColumn:
    name = str(own["scorer"][0])
    numbers = (*SCORE_NAMES, *CONTROL_NAMES, "tokens")
    aligned = (
        pairs.select("id")
        .join(own.select("id", *numbers), on="id", how="left", maintain_order="left")
        .select(pl.col(*numbers).cast(pl.Float64).fill_null(np.nan))
    )
    limits = own["token_limit"].drop_nulls().unique().to_list()
    if len(limits) > 1:
        raise BadInput(
            f"is both {min(limits)} and {max(limits)} for scorer '{name[:200]}'",
            "A scorer has one token limit; give its two versions two names.",
            file=TABLE,
            field="token_limit",
        )
    limit = limits[0] if limits else facts.token_limit if facts else None
    # Without a limit, tokens that were counted, or facts, say that the scorer has none.
    counted = own["tokens"].null_count() == 0
    return ScorerColumn(
        name=name,
        scores={key: aligned[key].to_numpy() for key in numbers[:-1]},
        tokens=aligned["tokens"].to_numpy(),
        token_limit=limit,
        unlimited=limit is None and (facts is not None or counted),
    )


def _refuse_extremes(scores: pl.DataFrame) -> None:
    for name in (*SCORE_NAMES, *CONTROL_NAMES):
        wild = (scores[name].abs() > LARGEST).fill_null(value=False)
        if wild.any():
            row = int(wild.arg_true()[0])
            raise BadInput(
                f"is {scores[name][row]:g}, larger than a score can be",
                "Correct it, or drop the row.",
                file=TABLE,
                row=row + 1,
                field=name,
            )

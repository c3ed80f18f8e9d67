"""The pairs behind the numbers: one row per pair, one column of arrays per scorer.

Truth per pair: the chooser's or person's verdict where there is one; where there is none, the anti
image is taken to follow the anti prompt, because it was made for it. The study says which it used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from widespectrum.contracts import SCORE_NAMES
from widespectrum.statistics import FourScores
from widespectrum.tables import CONTROL_NAMES

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class ScorerColumn:
    """One scorer's scores on the pairs of a `Sample`; NaN where it has none."""

    name: str
    scores: dict[str, Floats]
    """``(n_pairs,)`` for every name of `SCORE_NAMES` and `CONTROL_NAMES`."""
    tokens: Floats
    """Tokens of the anti prompt by the scorer's own count; NaN where it does not say."""
    token_limit: int | None

    @property
    def present(self) -> Bools:
        """Pairs this scorer has scored."""
        return np.asarray(~np.isnan(self.scores["io_po"]))

    @property
    def cut(self) -> Bools:
        """Pairs whose anti prompt the scorer could not read whole."""
        if self.token_limit is None:
            return np.zeros(len(self.tokens), dtype=bool)
        return np.asarray(self.tokens > self.token_limit)

    @cached_property
    def four(self) -> FourScores:
        """The four scores, 0 where there are none (use `present`)."""
        return FourScores(*(np.nan_to_num(self.scores[name]) for name in SCORE_NAMES))

    @cached_property
    def scale(self) -> float | None:
        """SD of io_po over the scorer's pairs; ``None`` where it has none."""
        return self.four.rows(self.present).scale.value

    @property
    def deaf(self) -> bool:
        """Whether no score ever moved with the prompt: exactly, over all pairs."""
        seen = [self.scores[name][self.present] for name in SCORE_NAMES]
        return bool((seen[0] == seen[1]).all() and (seen[2] == seen[3]).all())


@dataclass(frozen=True)
class Sample:
    """All pairs of a score frame, and what every scorer said about them."""

    pairs: pl.DataFrame
    """One row per pair: id, cluster, truth, dimensions, generator, effects, severity, prompts."""
    scorers: tuple[ScorerColumn, ...]

    @cached_property
    def truth(self) -> Floats:
        """``(n_pairs,)`` 1 the anti image follows p_a, 0 the original, -1 a tie."""
        return self.pairs["choice"].fill_null(1).cast(pl.Float64).to_numpy()

    @property
    def assumed(self) -> int:
        """Pairs whose truth is assumed, not judged."""
        return int(self.pairs["choice"].null_count())

    @property
    def clusters(self) -> list[str]:
        """The unit of resampling of every pair."""
        return self.pairs["cluster"].to_list()


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


def sample_of(scores: pl.DataFrame, order: Sequence[str] = ()) -> Sample:
    """The sample of a score frame (columns of `SCORE_SCHEMA`).

    Args:
        scores: one row per pair and scorer.
        order: scorers to put first; the others follow as they appear.
    """
    pairs = scores.select(PAIR_COLUMNS).unique("id", keep="first", maintain_order=True)
    names = list(dict.fromkeys([*order, *scores["scorer"].to_list()]))
    columns = []
    for name in names:
        own = scores.filter(pl.col("scorer") == name)
        if own.height == 0:
            continue
        aligned = pairs.select("id").join(
            own.select("id", *SCORE_NAMES, *CONTROL_NAMES, "tokens"),
            on="id",
            how="left",
            maintain_order="left",
        )
        limits = own["token_limit"].drop_nulls()
        columns.append(
            ScorerColumn(
                name=name,
                scores={
                    key: aligned[key].cast(pl.Float64).fill_null(np.nan).to_numpy()
                    for key in (*SCORE_NAMES, *CONTROL_NAMES)
                },
                tokens=aligned["tokens"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
                token_limit=int(limits[0]) if limits.len() else None,
            )
        )
    return Sample(pairs, tuple(columns))

"""The range: mean distance of pictures of different prompts, with all draws of one bootstrap.

Pairs within a prompt, and within its own copies in a draw, are never counted: they would make draws
narrower than the sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from widespectrum.errors import BadInput
from widespectrum.statistics import ClusterBootstrap, Interval, Replicates, holm
from widespectrum.statistics.results import NO_ROWS
from widespectrum.studies.painted import Painted

KINDS = {
    "range": ("original", "anti"),
    "range_original": ("original",),
    "range_anti": ("anti",),
}
"""Which pictures each number is about: all, those of ordinary prompts, those of anti prompts."""

WORDS = {
    "range": "all pictures",
    "range_original": "of ordinary prompts",
    "range_anti": "of anti prompts",
}

Floats = NDArray[np.float64]


def rated_pictures(painted: Painted) -> pl.DataFrame:
    """One row per picture whose every dimension was rated.

    Columns: generator, cluster, prompt, repeat, variant, and one per dimension.

    Raises:
        BadInput: there is no such picture, or they are all of one prompt.
    """
    dimensions = painted.ratings["dimension"].unique(maintain_order=True).sort().to_list()
    about = painted.shots.select("id", "generator", "cluster", "prompt", "repeat")
    frames = [
        about.join(
            painted.ratings.pivot(on="dimension", index="id", values=variant), on="id"
        ).with_columns(pl.lit(variant).alias("variant"))
        for variant in (("original", "anti") if dimensions else ())
    ]
    if not frames:
        raise BadInput("nothing was rated", "Name a judge.")
    whole = pl.concat(frames).drop_nulls(dimensions)
    if whole["cluster"].n_unique() < 2:
        raise BadInput(
            "pictures of fewer than two prompts were rated", "A range needs prompts that differ."
        )
    return whole.select("generator", "cluster", "prompt", "repeat", "variant", *dimensions)


class Ranges:
    """The range of every generator, kind and dimension, on the sample and on every draw.

    Args:
        pictures: as `rated_pictures`.
        generators: in order.
        draws: bootstrap resamples.
        seed: of them.
    """

    def __init__(
        self, pictures: pl.DataFrame, generators: Sequence[str], draws: int, seed: int
    ) -> None:
        self.generators = list(generators)
        self.dimensions = pictures.columns[5:]
        self._bootstrap = ClusterBootstrap(pictures["cluster"].to_list(), draws, seed)
        ones = np.ones((1, len(self._bootstrap.labels)))
        self._weights = np.concatenate([ones, self._bootstrap.weights()]).astype(np.float64)
        self._draws = draws
        places = self._bootstrap.cluster_of_row
        values = pictures.select(self.dimensions).to_numpy().astype(np.float64)
        self._known = {
            (name, kind): self._of(values[rows], places[rows])
            for name in self.generators
            for kind, variants in KINDS.items()
            for rows in [
                pictures.select(
                    ((pl.col("generator") == name) & pl.col("variant").is_in(variants)).alias("w")
                )["w"].to_numpy()
            ]
        }

    def _of(self, values: Floats, clusters: NDArray[np.int64]) -> Replicates:
        """Per dimension the mean |difference| between clusters, for the sample and all draws."""
        count = len(self._bootstrap.labels)
        sizes = np.bincount(clusters, minlength=count).astype(np.float64)
        pairs = _between(np.outer(sizes, sizes), self._weights)
        sums = np.stack(
            [
                _between(_distances(values[:, place], clusters, count), self._weights)
                for place in range(values.shape[1])
            ]
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            ranges = np.where(pairs > 0, sums / pairs, np.nan)
        n = np.full(len(sums), len(values))
        return Replicates(
            values=ranges,
            n=n,
            n_clusters=np.full(len(sums), int((sizes > 0).sum())),
            draws=self._draws,
            undefined_when=NO_ROWS,
            source=self._bootstrap,
        )

    def board(self) -> pl.DataFrame:
        """One row per generator: every kind with its interval, widest first."""
        rows = []
        for name in self.generators:
            row: dict[str, Any] = {"generator": name}
            for kind in KINDS:
                (interval,) = self._known[name, kind].average().intervals()
                row |= _record(kind, interval)
            row["pictures"] = int(self._known[name, "range"].n[0])
            row["prompts"] = int(self._known[name, "range"].n_clusters[0])
            rows.append(row)
        schema = {
            "generator": pl.String,
            **{f"{k}{end}": pl.Float64 for k in KINDS for end in ("", "_low", "_high")},
            "pictures": pl.Int64,
            "prompts": pl.Int64,
        }
        return pl.DataFrame(rows, schema=schema).sort(
            "range", descending=True, nulls_last=True, maintain_order=True
        )

    def changes(self, lineages: Mapping[str, str]) -> pl.DataFrame:
        """Aligned minus base, by kind, over the same draws; Holm over the table."""
        rows: list[dict[str, Any]] = []
        for aligned, base in lineages.items():
            for kind in KINDS:
                first, second = (self._known[name, kind].average() for name in (base, aligned))
                difference = second - first
                share = (second / first).intervals()[0]
                (interval,) = difference.intervals()
                rows.append(
                    {
                        "base": base,
                        "aligned": aligned,
                        "of": WORDS[kind],
                        "kind": kind,
                        "at_base": first.intervals()[0].estimate,
                        "at_aligned": second.intervals()[0].estimate,
                        **_record("difference", interval),
                        **_record("left", share),
                        "p": difference.p_values()[0].value,
                    }
                )
        numbers = [
            *("at_base", "at_aligned"),
            *(f"{name}{end}" for name in ("difference", "left") for end in ("", "_low", "_high")),
            "p",
        ]
        schema = {
            **dict.fromkeys(("base", "aligned", "of", "kind"), pl.String),
            **dict.fromkeys(numbers, pl.Float64),
        }
        frame = pl.DataFrame(rows, schema=schema)
        return frame.with_columns(pl.Series("p_holm", holm(frame["p"].to_list()), pl.Float64))

    def by_dimension(self) -> pl.DataFrame:
        """The range of all pictures by dimension and generator."""
        rows = [
            {"dimension": dimension, "generator": name, **_record("range", interval)}
            for name in self.generators
            for dimension, interval in zip(
                self.dimensions, self._known[name, "range"].intervals(), strict=True
            )
        ]
        schema = {
            "dimension": pl.String,
            "generator": pl.String,
            **dict.fromkeys(("range", "range_low", "range_high"), pl.Float64),
        }
        order = {name: place for place, name in enumerate(self.generators)}
        return (
            pl.DataFrame(rows, schema=schema)
            .with_columns(pl.col("generator").replace_strict(order).alias("place"))
            .sort("dimension", "place")
            .drop("place")
        )


def _distances(values: Floats, clusters: NDArray[np.int64], count: int) -> Floats:
    """Sums of |difference| over pairs of pictures, by their two clusters, ``(count, count)``.

    In the order of the values every picture adds its distance to all smaller ones, cluster by
    cluster: one row of `count` numbers per picture, instead of all pairs.
    """
    order = np.argsort(values, kind="stable")
    sums = np.zeros((count, count))
    below_n, below_sum = np.zeros(count), np.zeros(count)
    for row in order:
        sums[clusters[row]] += values[row] * below_n - below_sum
        below_n[clusters[row]] += 1
        below_sum[clusters[row]] += values[row]
    return sums + sums.T


def _between(matrix: Floats, weights: Floats) -> Floats:
    """The quadratic form w' M w without its diagonal, for every row w of `weights`."""
    apart = matrix.copy()
    np.fill_diagonal(apart, 0)
    return np.asarray(np.einsum("dc,dc->d", weights @ apart, weights))


def _record(name: str, interval: Interval) -> dict[str, float | None]:
    return {name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high}

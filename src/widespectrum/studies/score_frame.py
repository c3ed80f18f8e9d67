"""From a run's tables to the score frame: one row per pair and scorer.

A run keeps scores by content (scorer, image, prompt); a study reads them by role (original or anti
image, original, anti, neutral or shuffled prompt). This is the join, and the count of what it had
to leave out: a pair of which any of the four scores failed is excluded whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from widespectrum.contracts import SCORE_NAMES
from widespectrum.tables import CONTROL_NAMES, SCORE_SCHEMA

if TYPE_CHECKING:
    from widespectrum.runs import Run

PROMPT_ROLES = {
    "po": "prompt_original",
    "pa": "prompt_anti",
    "pn": "prompt_neutral",
    "ps": "prompt_shuffled",
}
IMAGE_ROLES = {"io": "image_original", "ia": "image_anti"}


@dataclass(frozen=True)
class ScoreFrame:
    """The four scores of every pair, and how many pairs had to be left out."""

    frame: pl.DataFrame
    """Columns of `SCORE_SCHEMA`."""
    excluded: dict[str, int]
    """Scorer -> pairs without all four scores."""


def score_frame(run: Run, pairs: pl.DataFrame, fingerprints: Sequence[str]) -> ScoreFrame:
    """The score frame of `pairs` for the scorers of those `fingerprints`.

    Args:
        run: holds the images and the scores.
        pairs: pair table with a column for each prompt role that was scored.
        fingerprints: which scorers; a run may hold more.
    """
    images = run.table("images").pivot(on="variant", index="pair_id", values="image")
    for variant in ("original", "anti"):
        if variant not in images.columns:
            images = images.with_columns(pl.lit(None, pl.String).alias(variant))
    placed = pairs.drop("image_original", "image_anti", strict=False).join(
        images.select(
            pl.col("pair_id").alias("id"),
            pl.col("original").alias("image_original"),
            pl.col("anti").alias("image_anti"),
        ),
        on="id",
        how="left",
        maintain_order="left",
    )
    results = run.table("scores").filter(pl.col("fingerprint").is_in(list(fingerprints)))
    frames, excluded = [], {}
    for fingerprint in fingerprints:
        own = results.filter(pl.col("fingerprint") == fingerprint)
        if own.height == 0:
            continue
        scorer = str(own["scorer"][0])
        wide = _with_roles(placed, own).with_columns(pl.lit(scorer).alias("scorer"))
        complete = wide.drop_nulls(list(SCORE_NAMES))
        excluded[scorer] = pairs.height - complete.height
        frames.append(complete)
    columns = [
        pl.lit(None, dtype).alias(name) if name not in _known(frames) else pl.col(name).cast(dtype)
        for name, dtype in SCORE_SCHEMA.items()
    ]
    if not frames:
        return ScoreFrame(pl.DataFrame(schema=SCORE_SCHEMA), excluded)
    return ScoreFrame(pl.concat(frames).select(columns), excluded)


def _known(frames: list[pl.DataFrame]) -> list[str]:
    return frames[0].columns if frames else []


def _with_roles(pairs: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """`pairs` with a column ``IMAGE_PROMPT`` for every role, and the tokens of the anti prompt."""
    lookup = scores.select("image", "prompt", pl.col("score").cast(pl.Float64))
    wide = pairs
    for name in (*SCORE_NAMES, *CONTROL_NAMES):
        image, prompt = IMAGE_ROLES[name[:2]], PROMPT_ROLES[name[3:]]
        if prompt not in pairs.columns:
            wide = wide.with_columns(pl.lit(None, pl.Float64).alias(name))
            continue
        wide = wide.join(
            lookup.rename({"score": name}),
            left_on=[image, prompt],
            right_on=["image", "prompt"],
            how="left",
            maintain_order="left",
        )
    lengths = scores.select("prompt", "tokens", "token_limit").unique("prompt", keep="any")
    return wide.join(
        lengths, left_on="prompt_anti", right_on="prompt", how="left", maintain_order="left"
    )

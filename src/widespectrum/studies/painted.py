"""What generators painted, and what was said of it: the tables that studies of generators read.

A run keeps results by content (scorer, image, prompt); a study of generators reads them by who
painted what: one row per generator, prompt and repeat, with the two images, the four scores of
every scorer, the judge's ratings of both, and what the chooser chose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from widespectrum.contracts import SCORE_NAMES
from widespectrum.judges import expected_rating
from widespectrum.studies.choice_frame import choice_frame
from widespectrum.studies.score_frame import IMAGE_ROLES, PROMPT_ROLES

if TYPE_CHECKING:
    from widespectrum.runs import Run

SHOTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.String,
    "generator": pl.String,
    "prompt": pl.String,  # id of the prompt pair: what is the same under every generator
    "repeat": pl.Int64,  # from 0; another repeat is another seed
    "cluster": pl.String,
    "prompt_original": pl.String,
    "prompt_anti": pl.String,
    "dimensions": pl.List(pl.String),
    "image_original": pl.String,  # null where the generator failed
    "image_anti": pl.String,
    "choice": pl.Int64,  # 1 the anti image, 0 the original, -1 a tie, null no answer
}
"""One row per generator, prompt and repeat: a shot at the prompt pair, in two images."""

SCORES = {
    "id": pl.String,
    "scorer": pl.String,
    **dict.fromkeys(SCORE_NAMES, pl.Float64),
}
RATINGS = {
    "id": pl.String,
    "dimension": pl.String,
    "original": pl.Float64,  # the judge's expected rating, 0 to 2
    "anti": pl.Float64,
}


@dataclass(frozen=True)
class Painted:
    """Shots and what was said of them. A number that is missing is null, never another number."""

    shots: pl.DataFrame
    """Columns of `SHOTS`; every shot that was planned, failed ones too."""
    scores: pl.DataFrame
    """Columns of `SCORES`."""
    ratings: pl.DataFrame
    """Columns of `RATINGS`."""
    chooser: str | None = None
    """Who chose; ``None`` where nobody was asked."""
    judge: str | None = None
    failures: int = 0
    """Requests without an answer, of any stage."""

    @property
    def generators(self) -> tuple[str, ...]:
        """In the order of the shots."""
        return tuple(self.shots["generator"].unique(maintain_order=True))

    @property
    def scorers(self) -> tuple[str, ...]:
        """In the order of the scores."""
        return tuple(self.scores["scorer"].unique(maintain_order=True))

    def of(self, *generators: str) -> Painted:
        """The shots of these generators alone."""
        return self._keeping(pl.col("generator").is_in(generators))

    def within(self, clusters: Sequence[str]) -> Painted:
        """The shots of these clusters of prompts alone."""
        return self._keeping(pl.col("cluster").is_in(list(clusters)))

    def _keeping(self, wanted: pl.Expr) -> Painted:
        kept = self.shots.filter(wanted)
        return replace(
            self,
            shots=kept,
            scores=self.scores.join(kept.select("id"), on="id", how="semi", maintain_order="left"),
            ratings=self.ratings.join(
                kept.select("id"), on="id", how="semi", maintain_order="left"
            ),
        )


def painted(
    run: Run,
    shots: pl.DataFrame,
    *,
    scorers: tuple[str, ...] = (),
    judge: str | None = None,
    chooser: str | None = None,
) -> Painted:
    """What `run` holds about `shots`.

    Args:
        run: where images, scores, ratings and choices are stored by content.
        shots: the columns of `SHOTS` but images and choice.
        scorers: fingerprints of the scorers that count, in order.
        judge: fingerprint of the judge.
        chooser: fingerprint of the chooser.
    """
    placed = _with_images(run, shots)
    choices = choice_frame(run, placed, [chooser] if chooser else [])
    chosen = choices.filter(pl.col("under") == "anti").select("id", "choice")
    placed = placed.join(chosen, on="id", how="left", maintain_order="left")
    return Painted(
        shots=placed.select(pl.col(name).cast(kind) for name, kind in SHOTS.items()),
        scores=_scores(run, placed, scorers),
        ratings=_ratings(run, placed, judge),
        chooser=_name(run, "choices", "chooser", chooser),
        judge=_name(run, "ratings", "judge", judge),
        failures=run.table("failures").height,
    )


def _with_images(run: Run, shots: pl.DataFrame) -> pl.DataFrame:
    images = run.table("images").select("pair_id", "variant", "image")
    placed = shots
    for variant in ("original", "anti"):
        own = images.filter(pl.col("variant") == variant)
        placed = placed.join(
            own.select(pl.col("pair_id").alias("id"), pl.col("image").alias(f"image_{variant}")),
            on="id",
            how="left",
            maintain_order="left",
        )
    return placed


def _scores(run: Run, shots: pl.DataFrame, fingerprints: tuple[str, ...]) -> pl.DataFrame:
    stored = run.table("scores")
    frames = [pl.DataFrame(schema=SCORES)]
    for fingerprint in fingerprints:
        own = stored.filter(pl.col("fingerprint") == fingerprint)
        if own.height == 0:
            continue
        wide = shots.with_columns(pl.lit(own["scorer"][0]).alias("scorer"))
        for name in SCORE_NAMES:
            image, prompt = IMAGE_ROLES[name[:2]], PROMPT_ROLES[name[3:]]
            wide = wide.join(
                own.select("image", "prompt", pl.col("score").cast(pl.Float64).alias(name)),
                left_on=[image, prompt],
                right_on=["image", "prompt"],
                how="left",
                maintain_order="left",
            )
        frames.append(wide.select(list(SCORES)))
    return pl.concat(frames)


def _ratings(run: Run, shots: pl.DataFrame, fingerprint: str | None) -> pl.DataFrame:
    own = run.table("ratings").filter(pl.col("fingerprint") == (fingerprint or ""))
    if own.height == 0:
        return pl.DataFrame(schema=RATINGS)
    rated = own.select(
        "image",
        "dimension",
        pl.Series("rating", expected_rating(own.select("p_low", "p_neutral", "p_high").to_numpy())),
    )
    asked = rated["dimension"].unique(maintain_order=True).sort()
    wide = shots.select("id", "image_original", "image_anti").join(
        pl.DataFrame({"dimension": asked}), how="cross"
    )
    for variant in ("original", "anti"):
        wide = wide.join(
            rated.rename({"rating": variant}),
            left_on=[f"image_{variant}", "dimension"],
            right_on=["image", "dimension"],
            how="left",
            maintain_order="left",
        )
    return wide.select(list(RATINGS))


def _name(run: Run, table: str, column: str, fingerprint: str | None) -> str | None:
    """What the run calls the model of that fingerprint, if it answered anything."""
    if fingerprint is None:
        return None
    named = run.table(table).filter(pl.col("fingerprint") == fingerprint)[column]
    return str(named[0]) if named.len() else None

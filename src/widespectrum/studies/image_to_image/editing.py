"""Editing in a run folder: every generator begins with the same anti images, at several strengths.

Beside the anti prompt an image is edited under its original prompt, or under none: what these do to
a picture is what half a denoising pass does anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from widespectrum.contracts import Judge
from widespectrum.errors import BadInput
from widespectrum.generators import GeneratorMaker, generation_payload
from widespectrum.images import FileMaker
from widespectrum.judges import dimensions_of, expected_rating
from widespectrum.runs import (
    ImageRequest,
    ImageWork,
    Plan,
    RatingRequest,
    RatingWork,
    Run,
    ScoreRequest,
    ScoreWork,
    derive_seed,
    work,
)
from widespectrum.studies.generating import FAMILY, Models
from widespectrum.studies.image_to_image.starts import starts_from
from widespectrum.studies.pair_sources import common_folder, images_digest, pairs_digest
from widespectrum.studies.spending import open_endpoints
from widespectrum.studies.support import refuse_unsupported

if TYPE_CHECKING:
    from widespectrum.runs import Progress

TOLD = {"anti": "prompt_anti", "original": "prompt_original", "nothing": None}
"""What an edit is told -> the column of the prompt."""

TOLD_BY_DEFAULT = ("anti", "original")

STRENGTHS = (0.5,)
"""The paper's."""

EDITS: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.String,
    "generator": pl.String,
    "strength": pl.Float64,
    "told": pl.String,
    "pair": pl.String,
    "cluster": pl.String,
    "dimensions": pl.List(pl.String),
    "prompt_original": pl.String,
    "prompt_anti": pl.String,
    "image_start": pl.String,
    "image_after": pl.String,  # null where the generator failed
}

SCORES = {
    "id": pl.String,
    "scorer": pl.String,
    **dict.fromkeys(("before", "after", "before_pa", "after_pa"), pl.Float64),
}
"""Start and edited image under the original prompt, and under the anti prompt."""

RATINGS = {"id": pl.String, "dimension": pl.String, "before": pl.Float64, "after": pl.Float64}


@dataclass(frozen=True)
class Edited:
    """Edits and what was said of them."""

    edits: pl.DataFrame
    """Columns of `EDITS`; every edit that was planned."""
    scores: pl.DataFrame
    """Columns of `SCORES`."""
    ratings: pl.DataFrame
    """Columns of `RATINGS`."""
    failures: int = 0


@dataclass(frozen=True)
class Editing:
    """Editing that is planned: `work` does what is missing, `edited` reads what is there."""

    run: Run
    edits: pl.DataFrame
    models: Models
    plan: Plan

    def work(self, *, retry_failed: bool = False) -> Iterator[Progress]:
        """Do what is missing; yields after every unit."""
        return work(self.run, self.plan, retry_failed=retry_failed)

    def edited(self) -> Edited:
        """What the run holds about the edits of this plan."""
        images = self.run.table("images").select(pl.col("pair_id"), pl.col("image"))
        placed = (
            self.edits.join(
                images.rename({"image": "image_start"}),
                left_on="start",
                right_on="pair_id",
                how="left",
                maintain_order="left",
            )
            .join(
                images.rename({"image": "image_after"}),
                left_on="id",
                right_on="pair_id",
                how="left",
                maintain_order="left",
            )
            .select(pl.col(name).cast(kind) for name, kind in EDITS.items())
        )
        return Edited(
            placed,
            _scores(self.run, placed, [scorer.fingerprint for scorer in self.models.scorers]),
            _ratings(self.run, placed, self.models.judge),
            self.run.table("failures").height,
        )


def prepare(
    models: Models,
    pairs: pl.DataFrame | Path | str,
    *,
    out: Path | str,
    strengths: Sequence[float] = STRENGTHS,
    told: Sequence[str] = TOLD_BY_DEFAULT,
    seed: int = 0,
    batch_size: int = 32,
    max_cost: float | None = None,
    painter: str | None = None,
    followed: bool = False,
    allow_outside: bool = False,
) -> Editing:
    """Plan that every generator edits the anti image of every pair.

    Select the pairs by who was judged to follow the prompt, or by known effects, never by a low
    score of the scorer that then measures: that alone makes scores rise (regression to the mean).

    Args:
        models: generators, and scorers or a judge.
        pairs: image pairs: a table, a run, or a gallery folder; the anti images are the starts.
        out: run folder.
        strengths: how far from the start, each in (0, 1].
        told: keys of `TOLD`; ``anti`` must be among them.
        seed: of the noise.
        batch_size: requests per call of a scorer or judge.
        max_cost: US dollars that models behind endpoints may cost in this run.
        painter: only pairs that this generator painted.
        followed: only pairs of which a chooser took the anti image.
        allow_outside: trust a table whose image paths lead out of its folder.

    Raises:
        BadInput: a strength or what is told is not one, the pairs are not what they should be, or a
            generator does not paint from a picture.
    """
    _check(strengths, told, models)
    frame = starts_from(pairs, painter=painter, followed=followed, allow_outside=allow_outside)
    edits, plan = _planned(models, frame, strengths, told, seed, batch_size)
    run = Run.create(
        Path(out),
        identity={"pairs": pairs_digest(frame), "images": images_digest(frame), "seed": seed},
        settings={"strengths": list(strengths), "told": list(told), "seed": seed},
    )
    run.prompts = edits
    open_endpoints(models, run.path, max_cost)
    return Editing(run, edits, models, plan)


def plan_edits(
    models: Models,
    pairs: pl.DataFrame | Path | str,
    *,
    strengths: Sequence[float] = STRENGTHS,
    told: Sequence[str] = TOLD_BY_DEFAULT,
    painter: str | None = None,
    followed: bool = False,
    allow_outside: bool = False,
) -> Plan:
    """What `prepare` with the same arguments would plan. Nothing is asked or written.

    Raises:
        BadInput: as `prepare`.
    """
    _check(strengths, told, models)
    frame = starts_from(pairs, painter=painter, followed=followed, allow_outside=allow_outside)
    return _planned(models, frame, strengths, told, seed=0, batch_size=32)[1]


def _planned(
    models: Models,
    pairs: pl.DataFrame,
    strengths: Sequence[float],
    told: Sequence[str],
    seed: int,
    batch_size: int,
) -> tuple[pl.DataFrame, Plan]:
    edits = edits_of(pairs, [each.name for each in models.generators], strengths, told)
    return edits, _plan(models, pairs, edits, common_folder(pairs), seed, batch_size)


def edits_of(
    pairs: pl.DataFrame, generators: Sequence[str], strengths: Sequence[float], told: Sequence[str]
) -> pl.DataFrame:
    """One row per generator, strength, what is told, and pair."""
    return (
        pl.DataFrame({"generator": list(generators)})
        .join(pl.DataFrame({"strength": [float(s) for s in strengths]}), how="cross")
        .join(pl.DataFrame({"told": list(told)}), how="cross")
        .join(pairs.drop("generator", strict=False).rename({"id": "pair"}), how="cross")
        .with_columns(
            pl.format("{} | {} | {} | {}", "generator", "strength", "told", "pair").alias("id"),
            pl.format("start | {}", "pair").alias("start"),
        )
    )


def _plan(
    models: Models, pairs: pl.DataFrame, edits: pl.DataFrame, root: Path, seed: int, batch_size: int
) -> Plan:
    starts = dict(pairs.select("id", "image_anti").iter_rows())
    relative = {name: str(Path(path).relative_to(root)) for name, path in starts.items()}
    records = edits.to_dicts()

    def order(row: dict[str, Any]) -> ImageRequest:
        column = TOLD[row["told"]]
        payload = generation_payload(
            row[column] if column else "",
            derive_seed(seed, FAMILY, row["pair"], "edit"),
            start_image=relative[row["pair"]],
            strength=row["strength"],
        )
        return ImageRequest(row["id"], "anti", payload)

    images = [
        ImageWork(
            FileMaker(root),
            [
                ImageRequest(f"start | {name}", "anti", {"path": path})
                for name, path in relative.items()
            ],
        ),
        *(
            ImageWork(
                GeneratorMaker(generator, root),
                [order(row) for row in records if row["generator"] == generator.name],
            )
            for generator in models.generators
        ),
    ]
    looked_at = [(name, row) for row in records for name in (row["start"], row["id"])]
    scores = [
        ScoreRequest(name, "anti", row[prompt])
        for name, row in looked_at
        for prompt in ("prompt_original", "prompt_anti")
    ]
    judge = models.judge
    ratings = [
        RatingRequest(name, "anti", dimension)
        for name, _ in looked_at
        for dimension in (() if judge is None else dimensions_of(judge))
    ]
    return Plan(
        images=images,
        scores=[ScoreWork(scorer, scores, batch_size) for scorer in models.scorers],
        ratings=[] if judge is None else [RatingWork(judge, ratings, batch_size)],
    )


def _scores(run: Run, edits: pl.DataFrame, fingerprints: Sequence[str]) -> pl.DataFrame:
    stored = run.table("scores")
    frames = [pl.DataFrame(schema=SCORES)]
    for fingerprint in fingerprints:
        own = stored.filter(pl.col("fingerprint") == fingerprint)
        if own.height == 0:
            continue
        wide = edits.with_columns(pl.lit(own["scorer"][0]).alias("scorer"))
        for name, image, prompt in (
            ("before", "image_start", "prompt_original"),
            ("after", "image_after", "prompt_original"),
            ("before_pa", "image_start", "prompt_anti"),
            ("after_pa", "image_after", "prompt_anti"),
        ):
            wide = wide.join(
                own.select("image", "prompt", pl.col("score").cast(pl.Float64).alias(name)),
                left_on=[image, prompt],
                right_on=["image", "prompt"],
                how="left",
                maintain_order="left",
            )
        frames.append(wide.select(list(SCORES)))
    return pl.concat(frames)


def _ratings(run: Run, edits: pl.DataFrame, judge: Judge | None) -> pl.DataFrame:
    own = run.table("ratings").filter(
        pl.col("fingerprint") == ("" if judge is None else judge.fingerprint)
    )
    if own.height == 0:
        return pl.DataFrame(schema=RATINGS)
    rated = own.select(
        "image",
        "dimension",
        pl.Series("rating", expected_rating(own.select("p_low", "p_neutral", "p_high").to_numpy())),
    )
    wide = edits.select("id", "image_start", "image_after").join(
        rated.select("dimension").unique().sort("dimension"), how="cross"
    )
    for name, image in (("before", "image_start"), ("after", "image_after")):
        wide = wide.join(
            rated.rename({"rating": name}),
            left_on=[image, "dimension"],
            right_on=["image", "dimension"],
            how="left",
            maintain_order="left",
        )
    return wide.select(list(RATINGS))


def _check(strengths: Sequence[float], told: Sequence[str], models: Models) -> None:
    if not strengths:
        raise BadInput("no strength was given", "Give at least one, such as 0.5.")
    for strength in strengths:
        if not 0 < strength <= 1:
            raise BadInput(f"is {strength}", "Give strengths in (0, 1].", field="strengths")
    unknown = [name for name in told if name not in TOLD]
    if unknown or "anti" not in told:
        raise BadInput(
            f"edits cannot be told {', '.join(unknown) or 'everything but the anti prompt'}",
            f"Use 'anti', and as controls any of {', '.join(TOLD)}.",
            field="told",
        )
    if not models.scorers and models.judge is None:
        raise BadInput("nobody was named to look at the pictures", "Name a scorer or a judge.")
    refuse_unsupported(models.generators, start_image=True)

"""Demonstrations: the whole system on what ships with it, offline, with known truth.

*Bonsai*: prompt pairs in the language of the miniature world, pictures drawn by the world itself,
scored by an encoder that listens (`bonsai-clip`), a reward that was fitted to mainstream annotators
(`bonsai-taste`) and a prompt-blind null; `family_demonstration` has generators paint them, too.
*Photographs*: real pictures with effects of the darkroom
at known severities, scored by two small measurements of pixels; it needs no torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from widespectrum.aesthetics import load_dimensions
from widespectrum.images import builtin_photographs
from widespectrum.images.darkroom import DarkroomMaker, darkroom_pairs, pair_table
from widespectrum.prompts import neutral_rewrite
from widespectrum.runs import ImageRequest, ImageWork
from widespectrum.studies import reward_bias
from widespectrum.studies.audits import NULL, Audit, plan_audit
from widespectrum.studies.pair_sources import pairs_digest

TITLE = "Does the scorer prefer what was asked?"

BONSAI_BANNER = (
    "This is Bonsai, a miniature world and models trained on it: no result about any real model"
)

PHOTOGRAPH_SCORERS = ("sharpness", "wordmeter")
PHOTOGRAPH_BANNER = (
    "Demonstration: shipped photographs, the darkroom's effects, two small scorers of our own"
)


@dataclass(frozen=True)
class Drawn:
    """An audit of pairs that the world draws."""

    audit: Audit
    pairs: pl.DataFrame
    """The prompt pairs."""
    identity: dict[str, Any]
    """What the run folder is about, but for the seed."""


def drawn_audit(
    scorers: Sequence[str],
    out: Path | str,
    *,
    count: int,
    draws: int = reward_bias.DRAWS,
    seed: int = 0,
) -> Drawn:
    """Plan the audit of scorers on pairs that Bonsai's world draws, exactly as asked.

    Args:
        scorers: by name.
        out: run folder.
        count: pairs.
        draws: bootstrap resamples.
        seed: of scenes, prompts and resampling.
    """
    from widespectrum.bonsai.makers import WorldMaker, scene_payload
    from widespectrum.bonsai.prompted import world_pairs

    asked = world_pairs(count, seed)
    pairs = asked.frame.with_columns(
        pl.lit("bonsai-world").alias("generator"),
        # The world draws exactly what the anti prompt asks for.
        pl.lit(1, pl.Int64).alias("choice"),
    )
    requests = [
        ImageRequest(name, variant, scene_payload(scene))
        for name, pair in asked.scenes.items()
        for variant, scene in (("original", pair.original), ("anti", pair.anti))
    ]
    identity = {"demonstration": "bonsai", "pairs": pairs_digest(pairs)}
    job = plan_audit(
        scorers,
        pairs,
        ImageWork(WorldMaker(), requests, unit_size=128),
        out=out,
        identity=identity,
        draws=draws,
        seed=seed,
        null=NULL,
    )
    return Drawn(job, asked.frame, identity)


def plan_photographs(out: Path | str, *, quick: bool = False, seed: int = 0) -> Audit:
    """The audit of two small scorers on photographs that went through the darkroom.

    Args:
        out: run folder.
        quick: two effects per photograph at two severities instead of eight at four.
        seed: of effects, wordings and resampling.
    """
    photographs = builtin_photographs()
    plans = darkroom_pairs(
        [(photo.id, photo.path, photo.caption) for photo in photographs],
        load_dimensions(),
        severities=(0.5, 1.0) if quick else (0.25, 0.5, 0.75, 1.0),
        effects_per_photo=2 if quick else 8,
        seed=seed,
    )
    neutral = [neutral_rewrite(p.prompt_original, p.prompt_anti, p.seed) for p in plans]
    pairs = pair_table(plans).with_columns(pl.Series("prompt_neutral", neutral))
    requests = [
        ImageRequest(plan.id, variant, plan.payload(variant, plan.path.name))
        for plan in plans
        for variant in ("original", "anti")
    ]
    job = plan_audit(
        PHOTOGRAPH_SCORERS,
        pairs,
        ImageWork(DarkroomMaker(photographs[0].path.parent), requests),
        out=out,
        identity={"demonstration": "photographs", "pairs": pairs_digest(pairs)},
        seed=seed,
    )
    job.run.record(title=TITLE, banner=PHOTOGRAPH_BANNER)
    return job

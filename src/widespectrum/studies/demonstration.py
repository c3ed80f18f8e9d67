"""Demonstrations: the whole system on what ships with it, offline, with known truth.

*Bonsai*: prompt pairs in the language of the miniature world, pictures drawn by the world itself,
scored by an encoder that listens (`bonsai-clip`), a reward that was fitted to mainstream annotators
(`bonsai-taste`) and a prompt-blind null. *Photographs*: real pictures with effects of the darkroom
at known severities, scored by two small measurements of pixels; it needs no torch.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from widespectrum.aesthetics import load_dimensions
from widespectrum.images import builtin_photographs
from widespectrum.images.darkroom import DarkroomMaker, darkroom_pairs, pair_table
from widespectrum.prompts import neutral_rewrite
from widespectrum.runs import ImageRequest, ImageWork
from widespectrum.studies.audits import NULL, Audit, plan_audit
from widespectrum.studies.pair_sources import pairs_digest

TITLE = "Does the scorer prefer what was asked?"

BONSAI_SCORERS = ("bonsai-clip", "bonsai-taste")
BONSAI_BANNER = (
    "This is Bonsai, a miniature world and models trained on it: no result about any real model"
)

PHOTOGRAPH_SCORERS = ("sharpness", "wordmeter")
PHOTOGRAPH_BANNER = (
    "Demonstration: shipped photographs, the darkroom's effects, two small scorers of our own"
)


def plan_bonsai(out: Path | str, *, quick: bool = False, seed: int = 0) -> Audit:
    """The audit of Bonsai's scorers on pairs that Bonsai's world draws.

    Args:
        out: run folder.
        quick: 60 pairs instead of 400.
        seed: of scenes, prompts and resampling.
    """
    from widespectrum.bonsai.makers import WorldMaker, scene_payload
    from widespectrum.bonsai.prompted import world_pairs

    asked = world_pairs(60 if quick else 400, seed)
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
    job = plan_audit(
        BONSAI_SCORERS,
        pairs,
        ImageWork(WorldMaker(), requests, unit_size=128),
        out=out,
        identity={"demonstration": "bonsai", "pairs": pairs_digest(pairs)},
        seed=seed,
        null=NULL,
    )
    job.run.record(title=TITLE, banner=BONSAI_BANNER)
    return job


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

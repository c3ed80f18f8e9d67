"""The demonstration: the whole system on what ships with it, offline.

Photographs with captions, effects of the darkroom at known severities, and two small scorers of our
own: one that cannot hear (`sharpness`) and one that listens (`wordmeter`). Every pair's truth is
known, because the darkroom made it.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from widespectrum.aesthetics import load_dimensions
from widespectrum.images import builtin_photographs
from widespectrum.images.darkroom import DarkroomMaker, darkroom_pairs, pair_table
from widespectrum.prompts import neutral_rewrite
from widespectrum.runs import ImageRequest, ImageWork
from widespectrum.studies.audits import Audit, plan_audit
from widespectrum.studies.pair_sources import pairs_digest

SCORERS = ("sharpness", "wordmeter")
BANNER = "Demonstration: shipped photographs, the darkroom's effects, two small scorers of our own"


def plan_demonstration(out: Path | str, *, quick: bool = False, seed: int = 0) -> Audit:
    """The audit that ``widespectrum demo`` runs.

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
    pairs = pair_table(plans).with_columns(
        pl.Series(
            "prompt_neutral",
            [neutral_rewrite(plan.prompt_original, plan.prompt_anti, plan.seed) for plan in plans],
        )
    )
    root = photographs[0].path.parent
    maker = DarkroomMaker(root)
    images = ImageWork(
        maker,
        [
            ImageRequest(plan.id, variant, plan.payload(variant, plan.path.name))
            for plan in plans
            for variant in ("original", "anti")
        ],
    )
    job = plan_audit(
        SCORERS,
        pairs,
        images,
        out=out,
        identity={"study": "demonstration", "pairs": pairs_digest(pairs)},
        seed=seed,
    )
    job.run.record(title="Does the scorer prefer what was asked?", banner=BANNER)
    return job

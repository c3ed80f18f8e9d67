"""The same prompt under every generator, sorted by how much was smoothed away.

Smoothed is by how much less a picture moved towards the anti prompt than that of the generator's
base (without a base: than the one that moved most): in ratings where there is a judge, else in
standard deviations of the first scorer, else in successes.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from widespectrum.studies.findings import Lineup
from widespectrum.studies.generation_fidelity.measures import (
    CHANGE,
    DELTA_J,
    SUCCESS,
    Floats,
    Measured,
)
from widespectrum.studies.painted import Painted

VERDICTS = {1: "follows", 0: "does not follow", -1: "no difference"}


def side_by_side(found: Measured, painted: Painted, lineages: Mapping[str, str]) -> Lineup | None:
    """One row per prompt and generator; of several repeats the most smoothed one.

    ``None`` where there is but one generator, or nothing was measured.
    """
    chosen = _moved(found)
    if chosen is None or len(painted.generators) < 2:
        return None
    moved, unit = chosen
    shots = painted.shots.with_columns(pl.Series("moved", moved).fill_nan(None))
    shots = shots.with_columns(_reference(shots, lineages).alias("reference")).with_columns(
        (pl.col("moved") - pl.col("reference")).alias("smoothed")
    )
    order = {name: place for place, name in enumerate(_base_first(painted.generators, lineages))}
    unanswered = pl.lit("no answer" if painted.chooser else "")
    frame = (
        _worst_repeats(shots)
        .with_columns(
            pl.col("generator").replace_strict(order).alias("place"),
            pl.col("choice")
            .replace_strict(VERDICTS, return_dtype=pl.String)
            .fill_null(unanswered)
            .alias("verdict"),
        )
        .sort("prompt", "place")
        .select(
            pl.col("prompt").alias("id"),
            pl.col("generator").alias("model"),
            "repeat",
            "prompt_original",
            "prompt_anti",
            "image_original",
            "image_anti",
            "verdict",
            "smoothed",
            "choice",
            pl.col("generator")
            .replace_strict(dict(lineages), default=None, return_dtype=pl.String)
            .alias("aligned_from"),
            "dimensions",
        )
    )
    reference = "its base" if lineages else "the generator that moved furthest on the same prompt"
    return Lineup(
        "side_by_side",
        "The same prompt, side by side",
        frame,
        f"First the original of the first generator; then every generator's anti image, from the "
        f"same seed. Sorted by how much was smoothed away: how much less a picture moved "
        f"than that of {reference}, {unit}.",
    )


def _moved(found: Measured) -> tuple[Floats, str] | None:
    """How far each shot moved, smaller is further, and the unit in words."""
    names = [measure.name for measure in found.measures]
    if DELTA_J in names and not np.isnan(found[DELTA_J].values).all():
        return found[DELTA_J].values, "in ratings of the dimensions asked for"
    changes = [name for name in names if name.startswith(f"{CHANGE}:")]
    if changes:
        measure = found[changes[0]]
        levels = measure.values if measure.scale is None else measure.scale
        known = levels[~np.isnan(levels)]
        spread = float(known.std(ddof=1)) if len(known) > 1 else 0.0
        if spread > 0:
            return measure.values / spread, f"by the {measure.label}, in SD of io_po"
    if SUCCESS in names:
        return -found[SUCCESS].values, "one success more or less"
    return None


def _reference(shots: pl.DataFrame, lineages: Mapping[str, str]) -> pl.Series:
    """What each shot is held against: its base's, itself for a base, else the furthest."""
    moved = {
        (row["generator"], row["prompt"], row["repeat"]): row["moved"]
        for row in shots.select("generator", "prompt", "repeat", "moved").to_dicts()
    }
    furthest: dict[tuple[str, int], float] = {}
    for (_, prompt, repeat), value in moved.items():
        if value is not None:
            furthest[prompt, repeat] = min(value, furthest.get((prompt, repeat), value))
    members = {*lineages, *lineages.values()}
    return pl.Series(
        [
            moved.get((lineages.get(generator, generator), prompt, repeat))
            if generator in members
            else furthest.get((prompt, repeat))
            if not lineages
            else None
            for generator, prompt, repeat in shots.select(
                "generator", "prompt", "repeat"
            ).iter_rows()
        ],
        dtype=pl.Float64,
    )


def _worst_repeats(shots: pl.DataFrame) -> pl.DataFrame:
    """Of every prompt the repeat in which most was smoothed away, under all generators."""
    worst = (
        shots.group_by("prompt", "repeat")
        .agg(pl.col("smoothed").max())
        .sort("prompt", "smoothed", "repeat", descending=[False, True, False], nulls_last=True)
        .group_by("prompt", maintain_order=True)
        .first()
    )
    return shots.join(worst.select("prompt", "repeat"), on=["prompt", "repeat"], how="semi")


def _base_first(generators: tuple[str, ...], lineages: Mapping[str, str]) -> list[str]:
    bases = [name for name in generators if name in lineages.values()]
    return [*bases, *(name for name in generators if name not in bases)]

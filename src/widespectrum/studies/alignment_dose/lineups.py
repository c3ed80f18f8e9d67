"""The same prompt dose after dose, for looking at: what a reward does to a picture."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from widespectrum.studies.alignment_dose.doses import Dose
from widespectrum.studies.findings import Lineup
from widespectrum.studies.generation_fidelity.measures import CHANGE, DELTA_J, SUCCESS, measured
from widespectrum.studies.generation_fidelity.side_by_side import VERDICTS
from widespectrum.studies.painted import Painted

SHOWN = 6
"""Doses in a row, evenly chosen, the last one always."""


def dose_lineup(
    painted: Painted, base: str, doses: Sequence[Dose], content: Sequence[str] = ()
) -> Lineup | None:
    """One row per prompt and member: the base, then its doses. ``None`` if nothing was measured.

    Smoothed is measured by the judge, else by the chooser, else by the first scorer of content;
    never by a reward.
    """
    found = measured(painted)
    wanted = (DELTA_J, SUCCESS, *(f"{CHANGE}:{scorer}" for scorer in content))
    moved = next((found[name] for name in wanted if name in found), None)
    if moved is None:
        return None
    sign = -1 if moved.name == SUCCESS else 1
    unanswered = pl.lit("no answer" if painted.chooser else "")
    shots = painted.shots.filter(pl.Series(painted.shots["repeat"] == 0)).join(
        painted.shots.select("id", pl.Series("moved", sign * moved.values).fill_nan(None)), on="id"
    )
    at_base = shots.filter(pl.col("generator") == base).select(
        "prompt", pl.col("moved").alias("reference")
    )
    shots = shots.join(at_base, on="prompt", how="left", maintain_order="left").with_columns(
        (pl.col("moved") - pl.col("reference")).alias("smoothed"),
        pl.col("choice")
        .replace_strict(VERDICTS, return_dtype=pl.String)
        .fill_null(unanswered)
        .alias("verdict"),
    )
    frames = []
    for member in dict.fromkeys(dose.member for dose in doses):
        own = _evenly([dose for dose in doses if dose.member == member])
        for place, name, label in [
            (0, base, base),
            *((dose.steps, dose.generator, f"{dose.steps:,} steps") for dose in own),
        ]:
            frames.append(
                shots.filter(pl.col("generator") == name).select(
                    pl.format("{} | {}", "prompt", pl.lit(member)).alias("id"),
                    pl.lit(label).alias("model"),
                    pl.lit(member).alias("member"),
                    pl.lit(place).alias("place"),
                    "prompt_original",
                    "prompt_anti",
                    "image_original",
                    "image_anti",
                    "choice",
                    "verdict",
                    "smoothed",
                    "dimensions",
                )
            )
    return Lineup(
        "dose_after_dose",
        "The same prompt, dose after dose",
        pl.concat(frames).sort("id", "place"),
        f"First {base}'s picture of the ordinary prompt; then what the anti prompt "
        "became, from the same seed, as alignment went on. Sorted by how much was smoothed away.",
    )


def _evenly(doses: Sequence[Dose]) -> list[Dose]:
    """At most `SHOWN` of them, the last one among them."""
    if len(doses) <= SHOWN:
        return list(doses)
    step = len(doses) / SHOWN
    return [doses[round((place + 1) * step) - 1] for place in range(SHOWN)]

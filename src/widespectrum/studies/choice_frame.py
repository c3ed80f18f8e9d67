"""The choices of a run, one row per pair, chooser and prompt: who chose what, and how steadily."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from widespectrum.runs import Run

CHOICE_FRAME = {
    "id": pl.String,
    "chooser": pl.String,
    "under": pl.String,  # the prompt that was shown: original or anti
    "choice": pl.Int64,  # 0 the original image, 1 the anti image, -1 a tie
    "as_asked": pl.Boolean,  # the image made from the prompt that was shown
    "position": pl.String,  # how the two orders of showing compare; null if only one was asked
    "confidence": pl.Float64,
    "cluster": pl.String,
}


def choice_frame(
    run: Run, pairs: pl.DataFrame, fingerprints: Sequence[str] | None = None
) -> pl.DataFrame:
    """The choices that `run` holds about `pairs`, with the columns of `CHOICE_FRAME`.

    Args:
        run: where choices are stored by content.
        pairs: columns id, prompt_original, prompt_anti, cluster.
        fingerprints: of the choosers that count; by default all.
    """
    stored = {
        (pair_id, variant): image
        for pair_id, variant, image in run.table("images")
        .select("pair_id", "variant", "image")
        .iter_rows()
    }
    choices = run.table("choices")
    if fingerprints is not None:
        choices = choices.filter(pl.col("fingerprint").is_in(list(fingerprints)))
    made: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in choices.iter_rows(named=True):
        made.setdefault((row["first"], row["second"], row["prompt"]), []).append(row)
    rows = [
        _row(pair, under, row)
        for pair in pairs.select("id", "prompt_original", "prompt_anti", "cluster").to_dicts()
        for under in ("anti", "original")
        for row in made.get(
            (
                stored.get((pair["id"], "original"), ""),
                stored.get((pair["id"], "anti"), ""),
                pair[f"prompt_{under}"],
            ),
            (),
        )
    ]
    return pl.DataFrame(rows, schema=CHOICE_FRAME, orient="row").sort("chooser", "under", "id")


def _row(pair: dict[str, Any], under: str, row: dict[str, Any]) -> dict[str, Any]:
    details = json.loads(row["details"]) if row["details"] else {}
    return {
        "id": pair["id"],
        "chooser": row["chooser"],
        "under": under,
        "choice": row["verdict"],
        "as_asked": row["verdict"] == (1 if under == "anti" else 0),
        "position": details.get("position"),
        "confidence": row["confidence"],
        "cluster": pair["cluster"],
    }

"""The paper's authors' own files: their names for the four scores, and their gallery folders.

They write ``oi``/``di`` for the original and the distorted (our: anti) image and ``op``/``dp`` for
the two prompts, so ``hpsv2_oidp`` is our `io_pa`. A score is a number, a list ``[mu, raw]`` or an
object ``{"mu": ..., "sigma": ...}`` (HPSv3); the first number is the score, the second is a raw
network output and never a standard deviation. This is the only place that knows those names; their
data sets are read and written by `widespectrum.exchange`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.tables.files import read_frame

SUFFIXES = {"oiop": "io_po", "oidp": "io_pa", "diop": "ia_po", "didp": "ia_pa"}

_MARK = "~"


@dataclass(frozen=True)
class Names:
    """Their names of something and ours, one to one both ways, whatever a name is.

    A name of ours that they use for something else gets a mark, so that nothing is mistaken: our
    ``hpsv2`` (version 2.0) is not their ``hpsv2`` (version 2.1).
    """

    known: Mapping[str, str]
    """Theirs -> ours, where they differ."""

    def ours(self, theirs: str) -> str:
        """Our name of what they call `theirs`."""
        if theirs.endswith(_MARK):
            return theirs.removesuffix(_MARK)
        return self.known.get(theirs, theirs)

    def theirs(self, ours: str) -> str:
        """Their name of what we call `ours`."""
        if ours in self._back:
            return self._back[ours]
        taken = ours in self.known or ours.endswith(_MARK)
        return ours + _MARK if taken else ours

    @cached_property
    def _back(self) -> dict[str, str]:
        return {ours: theirs for theirs, ours in self.known.items()}


SCORERS = Names({"hpsv2": "hpsv2.1", "image_reward": "imagereward"})
"""Prefixes of score columns. Their HPSv2 column is version 2.1."""

CHOOSERS = Names(
    {
        "llm": "paper-chooser",
        "sec_llm": "paper-chooser-2",
        "third_llm": "paper-chooser-3",
        "blip": "paper-blip",
    }
)
"""Prefixes of ``..._selected``. Which VLMs they are, paper and scripts say differently."""

JUDGES = Names({"": "paper-judge"})
"""Prefixes of ``..._rater``; theirs has none."""

GENERATORS = Names(
    {
        "flux_dev": "flux-dev",
        "dance_flux": "danceflux",
        "grpo_flux": "prefflux",
        "flux_krea": "flux-krea",
        "stable_diffusion_xl": "sdxl",
        "playground": "playground-v2.5",
        "stable_diffusion_3.5_medium": "sd3.5-medium",
        "sd3_medium_grpo_geneval": "sd3.5m-geneval",
        "sd3_medium_grpo": "sd3.5m-pickscore",
        "nano-banana": "nano-banana",
        "stable_diffusion_3.5_large": "sd3.5-large",
    }
)
"""Their keys in the column ``model`` -> names of our catalog."""

GALLERY_META = "_meta.json"

_SCORE_COLUMN = re.compile(r"(?P<scorer>.+)_(?P<suffix>oiop|oidp|diop|didp)")


def is_authors_frame(frame: pl.DataFrame) -> bool:
    """Whether `frame` carries the authors' score columns, plain or inside structs."""
    return any(_SCORE_COLUMN.fullmatch(name) for name in _flat_names(frame))


def unpack_authors_scores(frame: pl.DataFrame, path: Path | str) -> pl.DataFrame:
    """One row per (pair, scorer) with our column names, from the authors' columns.

    Rows have no ids in their files: the row number (from 0, their prompt index) becomes the id,
    unless there is a column ``id``; `index` and `model` together name a row of their benchmark.

    Raises:
        BadInput: a scorer lacks one of its four columns, or a value holds no number.
    """
    for name, dtype in frame.schema.items():
        if isinstance(dtype, pl.Struct) and name.endswith("reward"):
            frame = frame.unnest(name)
    by_scorer: dict[str, dict[str, str]] = {}
    for name in frame.columns:
        if match := _SCORE_COLUMN.fullmatch(name):
            by_scorer.setdefault(match["scorer"], {})[match["suffix"]] = name
    shared = frame.drop([name for names in by_scorer.values() for name in names.values()])
    if "id" not in shared.columns:
        shared = shared.with_columns(_row_names(shared))
    blocks = []
    for scorer, names in by_scorer.items():
        missing = sorted(set(SUFFIXES) - set(names))
        if missing:
            raise BadInput(
                f"has {', '.join(sorted(names.values()))} but not {scorer}_{missing[0]}",
                "All four scores of a pair are needed.",
                file=path,
                field=f"{scorer}_{missing[0]}",
            )
        scores = [
            pl.Series(
                name,
                [
                    _score(value, path, row, names[theirs])
                    for row, value in enumerate(frame[names[theirs]].to_list(), 1)
                ],
                pl.Float64,
            )
            for theirs, name in SUFFIXES.items()
        ]
        ours = pl.lit(SCORERS.ours(scorer)).alias("scorer")
        blocks.append(shared.with_columns(ours, *scores))
    return pl.concat(blocks)


def is_gallery(path: Path) -> bool:
    """Whether `path` is a gallery folder of the project's site, or its ``_meta.json``."""
    return path.name == GALLERY_META or (path / GALLERY_META).is_file()


def read_gallery(path: Path) -> tuple[pl.DataFrame, Path]:
    """The pairs of a gallery folder (``N_orig.jpg``, ``N_dist.jpg``, ``_meta.json``) as read.

    Returns the frame, with image names relative to the folder, and the path for messages.

    Raises:
        BadInput: the meta file lacks a column that names the pairs.
    """
    meta = path if path.name == GALLERY_META else path / GALLERY_META
    frame = read_frame(meta)
    for name in ("idx", "prompt_original", "prompt_distorted"):
        if name not in frame.columns:
            raise BadInput("is missing", "This is not a benchmark gallery.", file=meta, field=name)
    index = pl.col("idx").cast(pl.Int64, strict=False).cast(pl.String)
    return frame.with_columns(
        index.alias("id"),
        (index + "_orig.jpg").alias("image_original"),
        (index + "_dist.jpg").alias("image_anti"),
    ), meta


def _flat_names(frame: pl.DataFrame) -> list[str]:
    names = []
    for name, dtype in frame.schema.items():
        names.append(name)
        if isinstance(dtype, pl.Struct):
            names.extend(inner.name for inner in dtype.fields)
    return names


def _row_names(frame: pl.DataFrame) -> pl.Expr:
    if "index" in frame.columns and "model" in frame.columns:
        index = pl.col("index").cast(pl.Int64).cast(pl.String)
        return (pl.col("model") + "/" + index).alias("id")
    return pl.Series("id", [str(row) for row in range(frame.height)])  # type: ignore[return-value]


def first_number(value: Any) -> float | None:
    """The score inside `value`: a number, the first of a list, or the ``mu`` of an object.

    ``None`` where there is no finite number.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (json.JSONDecodeError, RecursionError):
            return None
    if isinstance(value, dict):
        value = value.get("mu")
    while isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def _score(value: Any, path: Path | str, row: int, field: str) -> float:
    found = first_number(value)
    if found is None:
        raise BadInput(
            f"is {str(value)[:80]!r}, which holds no finite score",
            "Correct it, or drop the row.",
            file=path,
            row=row,
            field=field,
        )
    return found

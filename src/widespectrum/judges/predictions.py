"""Ratings beside the truth, from a file: what somebody's judge said, and what was right.

Two forms are read: a long table (CSV, JSONL, JSON, Parquet) with one row per image and dimension,
and the JSON that the paper's authors write.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from widespectrum.aesthetics import load_visionreward, sign_rating
from widespectrum.errors import BadInput
from widespectrum.judges.metrics import expected_rating
from widespectrum.tables import read_frame
from widespectrum.tables.columns import Field, conform, refuse_duplicates

_PROBABILITIES = ("p_low", "p_neutral", "p_high")
_KEY = (Field("image", "text", required=True), Field("dimension", "text", required=True))
_TRUTH = Field("truth", "integer", required=True, minimum=0, maximum=2)
_EXPECTED = Field("expected", "number", required=True, minimum=0.0, maximum=2.0)
_SUM_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Predictions:
    """What was said and what was right, one place per image and dimension."""

    dimensions: tuple[str, ...]
    """``(n,)`` the dimension that was rated."""
    expected: NDArray[np.float64]
    """``(n,)`` the judge's expected value, 0 to 2."""
    truth: NDArray[np.int64]
    """``(n,)`` 0, 1, 2."""
    left_out: int = 0
    """Annotations that mean "none in the picture" and were not compared."""


def read_predictions(path: Path | str, *, applicable: bool = False) -> Predictions:
    """The predictions of a file.

    Args:
        path: a table with the columns ``image``, ``dimension``, ``truth`` (0, 1, 2) and either
            ``expected`` or ``p_low, p_neutral, p_high``; or the authors' JSON, an object with the
            lists ``pred`` and ``gt``.
        applicable: in the authors' JSON, leave out annotations that mean "no body, face or hands
            in the picture", which the sign rule otherwise counts as low.

    Raises:
        BadInput: it is neither; the message names the row and field.
    """
    path = Path(path)
    document = _authors_document(path)
    if document is not None:
        return _from_authors(document, path, applicable)
    return predictions_of(read_frame(path), path)


def predictions_of(frame: pl.DataFrame, path: Path | str = "ratings") -> Predictions:
    """The predictions of a table; columns and errors as `read_predictions`, which `path` names."""
    wanted = [*_KEY, _TRUTH]
    if _EXPECTED.name in frame.columns:
        table = conform(frame, [*wanted, _EXPECTED], path)
        expected = table[_EXPECTED.name].to_numpy()
    else:
        fields = [Field(name, "number", True, (), 0.0, 1.0) for name in _PROBABILITIES]
        table = conform(frame, [*wanted, *fields], path)
        expected = _expected(table, path)
    refuse_duplicates(table, ["image", "dimension"], path)
    return Predictions(
        tuple(table["dimension"]), expected.astype(np.float64), table["truth"].to_numpy()
    )


def predictions_frame(
    images: Sequence[str],
    dimensions: Sequence[str],
    probabilities: NDArray[Any],
    truth: NDArray[Any],
) -> pl.DataFrame:
    """A table that `read_predictions` reads.

    Args:
        images: ``(n,)`` what each image is called.
        dimensions: ``(d,)``.
        probabilities: ``(n, d, 3)``.
        truth: ``(n, d)`` of 0, 1, 2, and -1 where there is none: such places are left out.
    """
    rows, columns = (place.tolist() for place in np.nonzero(np.asarray(truth) >= 0))
    picked = np.asarray(probabilities, dtype=np.float64)[rows, columns]
    return pl.DataFrame(
        {
            "image": [images[row] for row in rows],
            "dimension": [dimensions[column] for column in columns],
            "truth": np.asarray(truth, dtype=np.int64)[rows, columns],
            **{name: picked[:, place] for place, name in enumerate(_PROBABILITIES)},
        }
    )


def _expected(table: pl.DataFrame, path: Path | str) -> NDArray[np.float64]:
    probabilities = table.select(_PROBABILITIES).to_numpy()
    off = np.abs(probabilities.sum(axis=1) - 1) > _SUM_TOLERANCE
    if off.any():
        row = int(np.flatnonzero(off)[0])
        raise BadInput(
            f"the three probabilities sum to {probabilities[row].sum():.4f}",
            "Take the softmax over the three answers alone, not over the whole vocabulary.",
            file=path,
            row=row + 1,
            field=", ".join(_PROBABILITIES),
        )
    # What rounding leaves over must not carry the value past the end of the scale.
    return expected_rating(probabilities / probabilities.sum(axis=1, keepdims=True)).clip(0, 2)


def _authors_document(path: Path) -> Mapping[str, Any] | None:
    if path.suffix.lower() != ".json" or not path.is_file():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"is not JSON ({error})", "Mend the file.", file=path) from error
    ours = isinstance(document, dict) and document.keys() >= {"pred", "gt"}
    return document if ours else None


def _from_authors(document: Mapping[str, Any], path: Path, applicable: bool) -> Predictions:
    known = load_visionreward()
    said, annotated = document["pred"], document["gt"]
    if not isinstance(said, list) or not isinstance(annotated, list) or len(said) != len(annotated):
        raise BadInput(
            "the lists 'pred' and 'gt' are not equally long",
            "Give one of each per image.",
            file=path,
        )
    dimensions: list[str] = []
    expected: list[float] = []
    truth: list[int] = []
    left_out = 0
    for row, (scores, levels) in enumerate(zip(said, annotated, strict=True), start=1):
        for dimension, level in _mapping(levels, path, row).items():
            value = _number(scores, f"{dimension}_score", path, row)
            each = known.get(dimension)
            if applicable and each is not None and level == each.not_applicable:
                left_out += 1
                continue
            dimensions.append(str(dimension))
            expected.append(value)
            truth.append(sign_rating(int(_number(levels, dimension, path, row, -10, 10))))
    if not truth:
        raise BadInput("holds no annotations", "Give at least one image.", file=path, field="gt")
    return Predictions(tuple(dimensions), np.array(expected), np.array(truth), left_out)


def _mapping(value: Any, path: Path, row: int) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadInput("is not an object", "Give dimension: level.", file=path, row=row, field="gt")
    return value


def _number(
    values: Any, name: str, path: Path, row: int, lowest: float = 0, highest: float = 2
) -> float:
    value: Any = values.get(name) if isinstance(values, dict) else None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not lowest <= float(value) <= highest:  # NaN is not inside either
        raise BadInput(
            f"is {value!r}, not a number from {lowest} to {highest}",
            "Give every dimension of 'gt' a score in 'pred'.",
            file=path,
            row=row,
            field=name,
        )
    return float(value)

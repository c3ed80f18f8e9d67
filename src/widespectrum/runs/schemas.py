"""The five tables of a run: their columns, and what makes a row the same row.

Results are stored by content, not by pair: `images` says which stored image is which pair's
variant; the others speak of images by their sha256. So a picture or a prompt that several pairs or
studies share is worked once, and the tables hold no path of the machine that made them.
"""

from __future__ import annotations

import polars as pl

IMAGES = pl.Schema(
    {
        "pair_id": pl.String,
        "variant": pl.String,  # 'original' or 'anti'
        "image": pl.String,  # sha256 of the stored file
        "width": pl.Int32,  # as shown: after any EXIF rotation
        "height": pl.Int32,
        "maker": pl.String,
        "fingerprint": pl.String,
        "seed": pl.Int64,  # null where the maker takes none, or does not say
        "detail": pl.String,  # the request's payload, JSON text
        "record": pl.String,  # what the maker says of how it made it, JSON text; null if nothing
    }
)

SCORES = pl.Schema(
    {
        "scorer": pl.String,
        "fingerprint": pl.String,
        "image": pl.String,
        "prompt": pl.String,
        "score": pl.Float32,
        "tokens": pl.Int64,  # that the prompt needs uncut; null where the scorer cannot say
        "token_limit": pl.Int64,  # null where the whole prompt is read
    }
)

RATINGS = pl.Schema(
    {
        "judge": pl.String,
        "fingerprint": pl.String,
        "image": pl.String,
        "dimension": pl.String,
        "p_low": pl.Float32,
        "p_neutral": pl.Float32,
        "p_high": pl.Float32,
    }
)

CHOICES = pl.Schema(
    {
        "chooser": pl.String,
        "fingerprint": pl.String,
        "first": pl.String,  # the images in the order in which the chooser saw them
        "second": pl.String,
        "prompt": pl.String,
        "verdict": pl.Int8,  # 0 the first image, 1 the second, -1 a tie
        "confidence": pl.Float32,
        "details": pl.String,  # what else the chooser said, JSON text
    }
)

FAILURES = pl.Schema(
    {
        "unit": pl.String,
        "stage": pl.String,  # the table the result would have gone to
        "model": pl.String,
        "fingerprint": pl.String,
        "subject": pl.String,  # the request, JSON text
        "kind": pl.String,  # an error kind, or 'missing_partner'
        "reason": pl.String,
        "attempts": pl.Int32,
        "time": pl.Datetime("us", "UTC"),
    }  # type: ignore[arg-type]
)

SCHEMAS: dict[str, pl.Schema] = {
    "images": IMAGES,
    "scores": SCORES,
    "ratings": RATINGS,
    "choices": CHOICES,
    "failures": FAILURES,
}

LATER: dict[str, tuple[str, ...]] = {"images": ("record",)}
"""Columns that older runs do not have; they are null there."""

STAGES = ("images", "scores", "ratings", "choices")
"""The tables that models fill, in the order in which work is done: images come first."""

SUBJECTS: dict[str, tuple[str, ...]] = {
    "images": ("pair_id", "variant"),
    "scores": ("image", "prompt"),
    "ratings": ("image", "dimension"),
    "choices": ("first", "second", "prompt"),
}
"""What one request of a stage is about; a model answers it once."""

KEYS: dict[str, tuple[str, ...]] = {
    "images": SUBJECTS["images"],
    "scores": ("fingerprint", *SUBJECTS["scores"]),
    "ratings": ("fingerprint", *SUBJECTS["ratings"]),
    "choices": ("fingerprint", *SUBJECTS["choices"]),
    "failures": ("stage", "fingerprint", "subject", "unit", "attempts", "time"),
}
"""The columns that make a stored row unique. A pair's variant has one image, whoever made it. Of a
request that failed in several units, the last failure counts (`widespectrum.runs.failures`)."""

MODEL_COLUMNS = {"images": "maker", "scores": "scorer", "ratings": "judge", "choices": "chooser"}
"""The column that names the model."""

MISSING_PARTNER = "missing_partner"
"""Kind of a failure that is not the model's own: an image that the request needs was not made."""


def empty(table: str) -> pl.DataFrame:
    """The table of that name without a row, typed."""
    return pl.DataFrame(schema=SCHEMAS[table])

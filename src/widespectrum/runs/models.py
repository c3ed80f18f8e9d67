"""In a run, a model's name means one model: the one that was asked last under that name.

Results are cached by fingerprint: a scorer that was edited gets new rows beside the old ones, and
one that was edited back finds its old rows again. Readers go by name; they see each name's rows of
one fingerprint, and each fingerprint's rows under one name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

Models = dict[str, dict[str, dict[str, Any]]]
"""Stage -> name -> what is known about the model, `fingerprint` among it; kept in ``run.json``."""


def with_model(
    models: Mapping[str, Any], stage: str, name: str, facts: Mapping[str, Any]
) -> Models:
    """`models`, with this one as the only owner of its name and of its fingerprint."""
    others = {
        other: entry
        for other, entry in models.get(stage, {}).items()
        if other != name and entry["fingerprint"] != facts["fingerprint"]
    }
    return {**models, stage: {**others, name: dict(facts)}}


def as_named_now(
    frame: pl.DataFrame, column: str, known: Mapping[str, Mapping[str, Any]]
) -> pl.DataFrame:
    """Rows of a stage's table under their models' present names; superseded rows are dropped.

    Args:
        frame: the rows, with the model's name in `column` and its `fingerprint`.
        column: the column that holds the name.
        known: name -> what is known about the model.
    """
    names = {entry["fingerprint"]: name for name, entry in known.items()}
    owned = pl.col("fingerprint").is_in(list(names))
    # A row without an owner is older than the record of models, or its name has been given away.
    unknown = ~owned & ~pl.col(column).is_in(list(known))
    renamed = pl.col("fingerprint").replace_strict(
        names, default=pl.col(column), return_dtype=pl.String
    )
    return frame.filter(owned | unknown).with_columns(renamed.alias(column))

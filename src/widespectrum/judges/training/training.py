"""From a base, a rating set and a recipe to the folder of a trained judge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import dtype_of, from_repository, locate_folder
from widespectrum.errors import BadInput
from widespectrum.judges.predictions import predictions_frame
from widespectrum.judges.qwen3vl.judge import RECORD
from widespectrum.judges.qwen3vl.network import TOKENIZER, network_folder
from widespectrum.judges.registry import judge_registry
from widespectrum.judges.training.rating_sets import RatingSet
from widespectrum.judges.training.recipe import Recipe
from widespectrum.judges.wordings import load_wording
from widespectrum.tables import write_bytes

if TYPE_CHECKING:
    import polars as pl

    from widespectrum.bonsai.training.loop import Device, Report
    from widespectrum.contracts import Judge

BASE = "qwen3vl-4b"
"""The catalog entry that a trained adapter belongs to."""
_AT_ONCE = 32


@dataclass(frozen=True)
class Trainee:
    """A base that a judge is made of: a folder, or a hub repository."""

    name: str

    @property
    def path(self) -> str | None:
        """Its folder, if it is one."""
        return self.name if Path(self.name).is_dir() else None

    @property
    def entry(self) -> ModelEntry:
        """Where its files are.

        Raises:
            BadInput: it is neither a folder nor a repository.
        """
        known = cast("ModelEntry", judge_registry().find(BASE))
        if self.path is not None:
            return known
        if Path(self.name).exists():
            raise BadInput("is a file", "Name a folder or a hub repository.", file=self.name)
        return from_repository(known, self.name)

    def judge(self, adapter: Path) -> str:
        """The name under which the trained judge can be asked."""
        key = "repo" if self.path is None else "path"
        return f"{BASE}@{key}={self.name},adapter={adapter}"


def train_judge(
    base: Trainee,
    data: RatingSet,
    recipe: Recipe,
    out: Path,
    device: Device,
    *,
    checkpoint_every: int = 200,
) -> Iterator[Report]:
    """Train a judge, or go on with it; ``OUT/adapter`` is written when it is done.

    Raises:
        MissingWeights, MissingExtra, BadInput: about the base, the data or a setting.
        ForeignRun: `out` holds a training with other settings.
        InvalidResult, StorageFailed: as `Tuning.run`.
    """
    from widespectrum.judges.qwen3vl import adapters
    from widespectrum.judges.qwen3vl.network import load_base, load_tokenizer
    from widespectrum.judges.training.tuning import Tuning

    device.prepare()  # refused before a large model is fetched and loaded
    folder = network_folder(base.entry, base.path)
    words = locate_folder(base.entry, path=base.path, needs=TOKENIZER)
    tuning = Tuning(
        load_base(folder, dtype=dtype_of(device.precision)),
        load_tokenizer(words),
        base=base.name,
        data=data,
        recipe=recipe,
        device=device,
        folder=out / "checkpoints",
        checkpoint_every=checkpoint_every,
    )
    yield from tuning.run()
    adapters.save(tuning.model, out / "adapter", base.name)
    record = {
        "wording": recipe.wording,
        "size": recipe.size,
        "base": base.name,
        "data": data.name,
        "dimensions": list(tuning.dimensions),
        "recipe": recipe.describe(),
    }
    write_bytes(json.dumps(record, indent=1).encode(), out / "adapter" / RECORD)


def rate_set(judge: Judge, data: RatingSet, wording: str | None = None) -> Iterator[pl.DataFrame]:
    """A judge's ratings of a rating set beside the truth, part by part.

    Args:
        judge: any.
        data: what it is measured on.
        wording: rate the dimensions of this wording; by default those that the judge says it has.

    Yields:
        Tables that `read_predictions` reads; together they are the whole set.
    """
    from widespectrum.judges.conformance import dimensions_of

    known = load_wording(wording).questions if wording else dimensions_of(judge)
    truth = data.ratings(tuple(known))
    rated = np.flatnonzero((truth >= 0).any(axis=0))
    dimensions = [tuple(known)[column] for column in rated]
    if not dimensions:
        raise BadInput(
            f"{data.name} has no rating on a dimension that the judge rates",
            f"It rates {', '.join(known)}.",
        )
    for start in range(0, len(data), _AT_ONCE):
        rows = list(range(start, min(start + _AT_ONCE, len(data))))
        probabilities = judge.rate(data.images(rows), dimensions)
        yield predictions_frame(
            [f"{data.name}#{row}" for row in rows],
            dimensions,
            probabilities,
            truth[rows][:, rated],
        )

"""Rating sets: pictures with their true class per dimension, to train a judge on and to measure it.

A rating set is named like a model: ``bonsai:2000`` is 2,000 scenes of Bonsai's world with the truth
by construction; the path of a Parquet file or folder, or the id of a hub dataset, is a set that
people rated, in the form of VisionRewardDB.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from widespectrum.errors import BadInput

if TYPE_CHECKING:
    from widespectrum.contracts import Image

UNRATED = -1
"""In place of a class where there is no rating, or the dimension does not apply."""

_BONSAI = re.compile(r"bonsai:(\d+)")
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+", re.ASCII)


class RatingSet(Protocol):
    """Pictures and their ratings."""

    @property
    def name(self) -> str:
        """What it is called in records."""
        ...

    def __len__(self) -> int:
        """How many pictures."""
        ...

    def images(self, rows: Sequence[int]) -> list[Image]:
        """The pictures of some rows, in order."""
        ...

    def ratings(self, dimensions: Sequence[str]) -> NDArray[np.int8]:
        """``(len(self), dimensions)`` classes 0, 1, 2, or `UNRATED`."""
        ...


@dataclass(frozen=True)
class Part:
    """Some rows of a rating set."""

    whole: RatingSet
    start: int
    stop: int

    @property
    def name(self) -> str:
        """The whole's name and the rows."""
        return f"{self.whole.name}[{self.start}:{self.stop}]"

    def __len__(self) -> int:
        return self.stop - self.start

    def images(self, rows: Sequence[int]) -> list[Image]:
        """See `RatingSet`."""
        return self.whole.images([self.start + row for row in rows])

    def ratings(self, dimensions: Sequence[str]) -> NDArray[np.int8]:
        """See `RatingSet`."""
        return self.whole.ratings(dimensions)[self.start : self.stop]


@dataclass(frozen=True)
class Split:
    """What a judge is trained on, and what it is measured on afterwards."""

    training: RatingSet
    validation: RatingSet


def open_rating_set(spec: str, *, seed: int = 0, held_out: bool = False) -> RatingSet:
    """The rating set that a text names.

    Args:
        spec: ``bonsai:N``, the path of a Parquet file or of a folder of them, or a hub dataset.
        seed: of a Bonsai set.
        held_out: of a Bonsai set: scenes that no Bonsai model was trained on.

    Raises:
        BadInput: it is none of these, or not in the form of VisionRewardDB.
        MissingExtra: the library that reads datasets is not installed.
        MissingWeights: the hub does not have it, or is out of reach.
    """
    from widespectrum.judges.training.annotated import AnnotatedImages
    from widespectrum.judges.training.world_ratings import WorldRatings

    if (match := _BONSAI.fullmatch(spec)) is not None:
        return WorldRatings(int(match[1]), seed, "test" if held_out else "train")
    if Path(spec).exists():
        return AnnotatedImages.from_files(Path(spec))
    if _REPOSITORY.fullmatch(spec):
        return AnnotatedImages.from_hub(spec)
    raise BadInput(
        f"{spec!r} is no rating set",
        "Give bonsai:N, the path of a Parquet file or folder, or a hub dataset as owner/name.",
        field="--data",
    )


def open_split(spec: str, images: int, validation: int, seed: int = 0) -> Split:
    """Training and validation part of a rating set.

    Of a rated set the first `images` are for training and the rest, up to `validation`, is not. A
    Bonsai set is trained on as it is named, and validated on `validation` other scenes.

    Args:
        spec: see `open_rating_set`.
        images: largest number for training.
        validation: largest number for validation.
        seed: of a Bonsai set.

    Raises:
        BadInput: nothing is left for training or validation.
        MissingExtra, MissingWeights: as `open_rating_set`.
    """
    whole = open_rating_set(spec, seed=seed)
    if _BONSAI.fullmatch(spec):
        others = open_rating_set(f"bonsai:{validation}", seed=seed + 1, held_out=True)
        return Split(Part(whole, 0, min(images, len(whole))), others)
    if len(whole) <= images:
        raise BadInput(
            f"has {len(whole)} images, so that none is left beside {images} for training",
            "Give fewer with --images.",
            file=spec,
        )
    return Split(Part(whole, 0, images), Part(whole, images, min(len(whole), images + validation)))

"""A rating set of Bonsai's world: the picture is what the scene says, and so is the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from widespectrum.bonsai import Level, Split, draw, sample_scenes, seen, truth
from widespectrum.errors import BadInput
from widespectrum.judges.training.rating_sets import UNRATED

if TYPE_CHECKING:
    from widespectrum.contracts import Image


class WorldRatings:
    """Scenes of Bonsai's world, drawn when they are asked for.

    Args:
        count: how many.
        seed: the same arguments give the same set.
        split: of the scenes.

    Raises:
        BadInput: no scenes asked for.
    """

    def __init__(self, count: int, seed: int = 0, split: Split = "train") -> None:
        if count < 1:
            raise BadInput(f"bonsai:{count} has no pictures", "Ask for at least one.")
        self.name = f"bonsai:{count} ({split}, seed {seed})"
        self._scenes = list(sample_scenes(count, seed, split=split))

    def __len__(self) -> int:
        return len(self._scenes)

    @property
    def effects(self) -> NDArray[np.int64]:
        """How many effects each scene shows, ``(len(self),)``."""
        return np.array([len(scene.look.effects) for scene in self._scenes], dtype=np.int64)

    def images(self, rows: Sequence[int]) -> list[Image]:
        """See `RatingSet`: 64 x 64 pixels."""
        return [draw(self._scenes[row]) for row in rows]

    def ratings(self, dimensions: Sequence[str]) -> NDArray[np.int8]:
        """See `RatingSet`. Dimensions that the world does not have are unrated."""
        return _table([truth(scene) for scene in self._scenes], dimensions)

    def seen(self, dimensions: Sequence[str]) -> NDArray[np.int8]:
        """As `ratings`, but what left no trace in the picture counts as neutral."""
        return _table([seen(scene) for scene in self._scenes], dimensions)


def _table(levels: Sequence[Mapping[str, Level]], dimensions: Sequence[str]) -> NDArray[np.int8]:
    rated = [[int(each.get(name, UNRATED)) for name in dimensions] for each in levels]
    return np.array(rated, dtype=np.int8).reshape(len(levels), len(dimensions))

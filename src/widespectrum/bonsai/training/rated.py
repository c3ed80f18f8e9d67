"""Rated pictures: single scenes and what is true of them, drawn ahead of time for a judge.

The distribution is that of training, with more effects at once. Effects hide one another, and what
one leaves of the others is what a judge finds hardest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from widespectrum.bonsai.sampling import TRAINING, sample_scene_of
from widespectrum.bonsai.splits import Split
from widespectrum.bonsai.training.families import levels_of
from widespectrum.bonsai.training.shards import Pictures, Shards, draw_shards, open_shards
from widespectrum.bonsai.world import ATTRIBUTE_OF, ATTRIBUTES, EMOTIONS, AnyScene, render
from widespectrum.bonsai.world import VERSION as WORLD_VERSION

SHARD = 2_000
"""Pictures per file."""

VERSION = 1
"""Counts changes here after which the same seed gives another picture, and of the files' form."""

MARKS = (*ATTRIBUTE_OF, *EMOTIONS)
"""What a look can be marked by: every effect, and the mood."""

RATED = replace(TRAINING, number_of_effects=(0.2, 0.22, 0.24, 0.2, 0.14))
"""The distribution that a judge is trained on."""

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class RatedPictures:
    """Pictures, read where they lie on the disk, and what is true of them."""

    levels: Array
    """``(n, attributes)``: -1 low, 0 neutral, 1 high."""
    marks: Array
    """``(n, MARKS)``: 1 where the look has the mark."""
    pictures: Pictures

    def __len__(self) -> int:
        return len(self.levels)


def rated_scene(seed: int, split: Split, index: int) -> AnyScene:
    """Scene `index`; every one has a stream of its own."""
    dice = Random(f"rated/{seed}/{split}/{index}")  # noqa: S311  (pictures, not secrets)
    return sample_scene_of(split, dice, RATED)


def draw_rated(folder: Path, count: int, seed: int, split: Split, workers: int) -> Iterator[int]:
    """Draw `count` rated pictures, or what is missing of them.

    Args:
        folder: where their files are.
        count: pictures.
        seed: decides every picture.
        split: ``train`` or ``test``: the world's rule keeps their scenes apart.
        workers: processes.

    Yields:
        How many pictures there are, after each file.

    Raises:
        StorageFailed: the disk refused.
    """
    drawing = partial(_draw_part, seed, split)
    yield from draw_shards(_shards(folder, seed, split), drawing, count, workers)


def open_rated(folder: Path, count: int, seed: int, split: Split) -> RatedPictures:
    """The first `count` of the pictures that were drawn.

    Raises:
        BadInput: a file is missing or damaged.
    """
    shards = _shards(folder, seed, split)
    read, pictures = open_shards(shards, count, ("levels", "marks"))
    return RatedPictures(**read, pictures=pictures)


def rated_identity(count: int, seed: int, split: Split) -> dict[str, Any]:
    """What decides the pictures: equal identities, equal bytes."""
    return {"count": count, "seed": seed, "split": split, "rated": _identity()}


def _identity() -> str:
    parts = [VERSION, WORLD_VERSION, repr(RATED), ATTRIBUTES, MARKS]
    return sha256(json.dumps(parts).encode()).hexdigest()


def _marks(scene: AnyScene) -> list[bool]:
    shown = {*scene.look.effects, scene.look.mood}
    return [mark in shown for mark in MARKS]


def _draw_part(seed: int, split: Split, part: range) -> dict[str, Array]:
    scenes = [rated_scene(seed, split, index) for index in part]
    return {
        "images": np.stack([render(scene) for scene in scenes]),
        "levels": np.array([levels_of(scene) for scene in scenes], dtype=np.int8),
        "marks": np.array([_marks(scene) for scene in scenes], dtype=np.uint8),
    }


def _shards(folder: Path, seed: int, split: Split) -> Shards:
    return Shards(folder, f"{split}-{_identity()[:12]}-{seed}", SHARD, VERSION)

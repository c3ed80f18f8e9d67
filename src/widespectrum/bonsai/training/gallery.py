"""The gallery: single pictures with captions, drawn ahead of time into a folder.

What a generator learns from. An encoder needs families, whose members it tells apart; a generator
needs many different pictures, each with what was asked for. The distribution is that of training,
with more pictures that have no effect at all, more large subjects and less grain: form is learned
from clear pictures, and noise is what nobody can predict.

Beside each picture stands what its scene says and a loss may want to know: where the things are
that its captions name, and whether it is free of effects.

The folder holds one safetensors file per two thousand pictures; see `shards`. Files are read where
they lie, so a gallery larger than memory is no trouble.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from widespectrum.bonsai.language import caption, vocabulary
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.sampling import TRAINING, sample_scene_of
from widespectrum.bonsai.splits import Split
from widespectrum.bonsai.training.shards import Pictures, Shards, draw_shards, open_shards
from widespectrum.bonsai.world import VERSION as WORLD_VERSION
from widespectrum.bonsai.world import AnyScene, Scene, render
from widespectrum.bonsai.world.composition import compose
from widespectrum.prompts.neutral import STATEMENTS

SHARD = 2_000
"""Pictures per file."""

CAPTIONS = 2
"""Of each picture: as the template writer says it, and in Bonsai's own short words."""

VERSION = 2
"""Counts changes here after which the same seed gives another picture or caption."""

FORMAT = 2
"""Of the files; pictures of one identity may be stored in several."""

PAINTING = replace(
    TRAINING,
    companion=0.28,
    portrait=0.6,
    large=0.55,
    emotional=0.2,
    number_of_effects=(0.42, 0.22, 0.17, 0.12, 0.07),
    number_of_highs=(0.5, 0.3, 0.14, 0.06),
    grain=0.35,
)
"""The distribution that a generator is trained on."""

ROLES = ("subject", "companion")
"""Of the things that captions name, as compositions call them."""

REMARKS = 0.06
"""How often a caption ends with remarks that ask for nothing, as neutral prompts do."""

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Gallery:
    """Captioned pictures, read where they lie on the disk."""

    tokens: Array
    """``(n, CAPTIONS, token_limit)``."""
    frames: Array
    """``(n, 2, 4)``: left, top, right, bottom of subject and companion, as shares of the picture's
    side; may reach beyond it. All zero where there is no such thing."""
    plain: Array
    """``(n,)``: whether a picture has no effect at all."""
    pictures: Pictures

    def __len__(self) -> int:
        return len(self.tokens)

    def images(self, indices: Sequence[int] | Array) -> Array:
        """Pictures as bytes, ``(len(indices), 64, 64, 3)``."""
        return self.pictures.take(indices)


def draw_scene(seed: int, split: Split, index: int) -> tuple[AnyScene, tuple[str, ...]]:
    """Scene `index` of a gallery and its captions; every one has a stream of its own."""
    dice = Random(f"gallery/{seed}/{split}/{index}")  # noqa: S311  (pictures, not secrets)
    scene = sample_scene_of(split, dice, PAINTING)
    # In all wordings, those that are reserved elsewhere too: a name that was never shown with its
    # thing cannot be painted, and whoever asks may use any word of the language.
    written = caption(scene, dice.getrandbits(32), style="written")
    short = caption(scene, dice.getrandbits(32), style="short")
    return scene, (_remarked(written, dice), _remarked(short, dice))


def frames(scene: AnyScene) -> Array:
    """Where subject and companion of a scene stand, ``(2, 4)``: see `Gallery.frames`."""
    found = np.zeros((2, 4), np.float32)
    if isinstance(scene, Scene):
        for placement in compose(scene).placements:
            if placement.role in ROLES:
                found[ROLES.index(placement.role)] = placement.box
    return found


def draw_gallery(folder: Path, count: int, seed: int, split: Split, workers: int) -> Iterator[int]:
    """Draw a gallery of `count` pictures, or what is missing of it.

    Args:
        folder: where its files are.
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


def open_gallery(folder: Path, count: int, seed: int, split: Split) -> Gallery:
    """The first `count` pictures of a gallery that was drawn.

    Raises:
        BadInput: a file is missing or damaged.
    """
    columns = ("tokens", "frames", "plain")
    read, pictures = open_shards(_shards(folder, seed, split), count, columns)
    return Gallery(**read, pictures=pictures)


def gallery_identity(count: int, seed: int, split: Split) -> dict[str, Any]:
    """What decides a gallery: equal identities, equal bytes."""
    return {"count": count, "seed": seed, "split": split, "gallery": identity()}


def identity() -> str:
    """Of everything besides seed and index that decides a picture."""
    parts = [VERSION, WORLD_VERSION, vocabulary().fingerprint, repr(PAINTING), REMARKS, STATEMENTS]
    return sha256(json.dumps(parts).encode()).hexdigest()


def _remarked(said: str, dice: Random) -> str:
    """The caption, now and then with remarks that say nothing of the picture."""
    if dice.random() >= REMARKS:
        return said
    chosen = [dice.choice(group) for group in dice.sample(STATEMENTS, dice.randint(1, 2))]
    return f"{said.rstrip('.')}. It {' and '.join(chosen)}."


def _draw_part(seed: int, split: Split, part: range) -> dict[str, Array]:
    drawn = [draw_scene(seed, split, index) for index in part]
    tokens = world_language().encode([line for _, lines in drawn for line in lines])
    return {
        "images": np.stack([render(scene) for scene, _ in drawn]),
        "tokens": tokens.reshape(len(drawn), CAPTIONS, -1).astype(np.uint16),
        "frames": np.stack([frames(scene) for scene, _ in drawn]),
        "plain": np.array([not scene.look.effects for scene, _ in drawn]),
    }


def _shards(folder: Path, seed: int, split: Split) -> Shards:
    return Shards(folder, f"{split}-{identity()[:12]}-{seed}", SHARD, FORMAT)

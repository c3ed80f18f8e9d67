"""Pictures whose truth is known, before and after one effect: what a judge is tried on.

Two worlds: the darkroom gives an effect of known strength to a photograph; Bonsai's world draws a
scene with and without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from widespectrum.aesthetics import Dimensions, load_dimensions
from widespectrum.images import builtin_photographs
from widespectrum.images.darkroom import darkroom_pairs, make_pair

if TYPE_CHECKING:
    from widespectrum.contracts import Image


@dataclass(frozen=True)
class Trial:
    """One picture before and after one effect."""

    picture: str
    """What the original is called: trials of one picture are not independent."""
    effect: str
    dimension: str
    """The one that the effect lowers."""
    original: Image
    anti: Image


def darkroom_trials(
    photos: Sequence[tuple[str, Path]] | None = None,
    dimensions: Dimensions | None = None,
    *,
    severity: float = 0.75,
    effects: Sequence[str] | None = None,
    effects_per_photo: int | None = None,
    seed: int = 0,
) -> Iterator[Trial]:
    """Photographs under the darkroom's effects, photograph by photograph.

    Args:
        photos: (id, path); by default the shipped ones.
        dimensions: whose effects; by default the project's.
        severity: in (0, 1]; at 0.5 an effect is plain to see, at 1 unmistakable.
        effects: keys of the effects; by default all that the darkroom can give.
        effects_per_photo: so many for each, all equally often; by default every effect.
        seed: decides which photograph gets which, and everything random in them.

    Raises:
        BadInput, BadImage: as `darkroom_pairs` and `make_pair`.
    """
    shown = photos or [(photo.id, photo.path) for photo in builtin_photographs()]
    plans = darkroom_pairs(
        [(name, path, "a photograph") for name, path in shown],
        dimensions or load_dimensions(),
        severities=[severity],
        effects=effects,
        effects_per_photo=effects_per_photo,
        seed=seed,
    )
    for plan in plans:
        original, anti = make_pair(plan)
        yield Trial(plan.photo, plan.effects[0], plan.dimensions[0], original, anti)


def world_trials(count: int, seed: int = 0) -> Iterator[Trial]:
    """Held-out scenes of Bonsai's world, drawn without and with one effect each.

    Args:
        count: scenes.
        seed: the same arguments give the same trials.

    Raises:
        BadInput: no scenes asked for.
    """
    from widespectrum.bonsai import draw, world_pairs

    pairs = world_pairs(count, seed, per_prompt=(1, 1))
    for row in pairs.frame.iter_rows(named=True):
        scenes = pairs.scenes[row["id"]]
        original, anti = draw(scenes.original), draw(scenes.anti)
        yield Trial(row["id"], row["effects"][0], row["dimensions"][0], original, anti)

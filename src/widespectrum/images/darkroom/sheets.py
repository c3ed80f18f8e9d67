"""Contact sheets of the darkroom's effects, so that anyone can see what they do."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from widespectrum.aesthetics import Dimensions, Effect
from widespectrum.errors import BadInput
from widespectrum.images.contact_sheet import contact_sheet
from widespectrum.images.darkroom.applying import apply
from widespectrum.images.darkroom.pairs import SEVERITIES


def effect_sheet(
    photo: Image.Image,
    dimensions: Dimensions,
    keys: Sequence[str],
    *,
    severities: Sequence[float] = SEVERITIES,
    seed: int = 0,
    width: int = 190,
) -> Image.Image:
    """The effects of some dimensions in rows, rising severity in columns, `width` pixels each.

    Raises:
        UnknownName: no such dimension.
        BadInput: the darkroom can give none of these dimensions' effects.
    """
    effects = _effects(dimensions, keys)
    rows = [[photo, *(_apply(effect, photo, s, seed) for s in severities)] for effect in effects]
    return contact_sheet(
        rows,
        [effect.name for effect in effects],
        ["original", *(f"{severity:g}" for severity in severities)],
        _cell(photo, width),
    )


def overview_sheet(
    photo: Image.Image,
    dimensions: Dimensions,
    *,
    severity: float = 0.75,
    columns: int = 9,
    seed: int = 0,
    width: int = 136,
) -> Image.Image:
    """Every effect that the darkroom can give, once, by dimension, at one severity.

    Raises:
        BadInput: the darkroom can give no effect at all.
    """
    effects = _effects(dimensions, list(dimensions))
    images = [photo, *(_apply(effect, photo, severity, seed) for effect in effects)]
    names = ["original", *(effect.name for effect in effects)]
    starts = range(0, len(images), columns)
    return contact_sheet(
        [images[start : start + columns] for start in starts],
        captions=[names[start : start + columns] for start in starts],
        cell=_cell(photo, width),
    )


def _cell(photo: Image.Image, width: int) -> tuple[int, int]:
    return width, max(1, min(2 * width, round(width * photo.height / photo.width)))


def _effects(dimensions: Dimensions, keys: Sequence[str]) -> list[Effect]:
    effects = [
        effect for key in keys for effect in dimensions[key].effects if effect.darkroom is not None
    ]
    if not effects:
        raise BadInput(
            f"the darkroom can give no effect of {', '.join(keys)} to a photograph",
            "Choose another dimension; docs/darkroom.md says which it cannot reach, and why.",
        )
    return effects


def _apply(effect: Effect, photo: Image.Image, severity: float, seed: int) -> Image.Image:
    assert effect.darkroom is not None
    return apply(effect.darkroom.operation, photo, severity, seed, **effect.darkroom.parameters)

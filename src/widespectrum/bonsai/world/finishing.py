"""The high ends that are a matter of finish, and the faint grain of an ordinary picture."""

from __future__ import annotations

import numpy as np

from widespectrum.bonsai.world.attributes import Level
from widespectrum.bonsai.world.effects.exposure import brightened, dramatic
from widespectrum.bonsai.world.pen import SIZE
from widespectrum.bonsai.world.raster import Floats, blurred, grey
from widespectrum.bonsai.world.view import View

_TILE = 128
_GRAIN: Floats = np.random.Generator(np.random.PCG64(64)).standard_normal(
    (_TILE, _TILE), dtype=np.float32
)[:, :, None]
"""One piece of film, from which every picture takes its own cutting."""

_FAINT = np.float32(0.007)

_HATCHING: Floats = (
    np.float32(0.017) * np.sin(np.add.outer(np.arange(SIZE), np.arange(SIZE)) * (np.pi / 2) + 0.7)
).astype(np.float32)[:, :, None]
"""Fine diagonal strokes, four pixels apart."""


def polished(pixels: Floats, view: View) -> Floats:
    """Whatever of the look is high and not decided earlier."""
    if view.level("lighting") is Level.HIGH:
        pixels = dramatic(pixels, view.dice("light").choice((-1, 1)))
    if view.level("detail") is Level.HIGH:
        pixels = _refined(pixels)
    if view.level("brightness") is Level.HIGH:
        pixels = brightened(pixels)
    if view.level("clarity") is Level.HIGH:
        pixels = _crisp(pixels)
    return pixels


def _refined(pixels: Floats) -> Floats:
    """Clear inner contours, and fine even strokes as of an engraving."""
    luma = grey(pixels)
    contour = np.clip(luma - blurred(luma, 1.2), -0.2, 0.2)
    refined: Floats = pixels + contour * np.float32(0.9) + _HATCHING * (np.float32(0.3) + luma)
    return np.clip(refined, 0, 1)


def _crisp(pixels: Floats) -> Floats:
    """Sharper than the eye expects."""
    sharp: Floats = pixels + (pixels - blurred(pixels, 1.0)) * np.float32(0.9)
    return np.clip(sharp, 0, 1)


def film(pixels: Floats, view: View) -> Floats:
    """Faint grain, unless there is plenty of it already or the picture is said to be clean."""
    if view.level("grain") is not Level.NEUTRAL:
        return pixels
    dice = view.dice("film")
    x, y = dice.randrange(_TILE - SIZE), dice.randrange(_TILE - SIZE)
    grainy: Floats = pixels + _GRAIN[y : y + SIZE, x : x + SIZE] * _FAINT
    return grainy

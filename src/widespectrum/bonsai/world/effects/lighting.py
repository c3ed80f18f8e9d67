"""Light that plays no part: flat, shadowless, scanned, matte, overcast.

How things are modelled and whether they cast a shadow is decided in `light_for`; what remains is a
matter of tone.
"""

from __future__ import annotations

from random import Random

import numpy as np

from widespectrum.bonsai.world.attributes import Level
from widespectrum.bonsai.world.cutouts import Light
from widespectrum.bonsai.world.raster import COLUMNS, ROWS, Floats, blend, grey, shifted
from widespectrum.bonsai.world.scene import Look
from widespectrum.bonsai.world.view import Effects, View

FLAT = ("flat-ambient", "cut-paper", "scanned-look")
"""Effects without any gradient, in sky and ground either."""


def light_for(look: Look, side: int) -> Light:
    """How the scene's light models things."""
    if look.level("lighting") is Level.LOW:
        shadow = 0.16 if look.shows("no-highlights") else 0.0
        return Light(modelling=0.0, shadow=shadow)
    light = Light(side=side)
    if look.shows("wrong-shadows"):
        light = Light(side=side, shadow=0.0)
    if look.level("lighting") is Level.HIGH:
        light = Light(modelling=0.62, shine=0.3, rim=0.6, shadow=0.46, long_shadow=True, side=side)
    if look.level("realism") is Level.HIGH:
        light = Light(
            modelling=light.modelling + 0.26,
            shine=light.shine + 0.8,
            rim=light.rim,
            shadow=min(0.55, light.shadow + 0.14),
            long_shadow=light.long_shadow,
            side=side,
        )
    return light


def flat_ambient(pixels: Floats, view: View, dice: Random) -> Floats:
    """Dull, directionless."""
    mean = pixels.mean(axis=(0, 1))
    return blend(pixels, mean, 0.3)


def cut_paper(pixels: Floats, view: View, dice: Random) -> Floats:
    """Shapes of coloured card, with the white of the cut edge."""
    grown = np.maximum(
        np.maximum(shifted(view.things, 1, 0), shifted(view.things, -1, 0)),
        np.maximum(shifted(view.things, 0, 1), shifted(view.things, 0, -1)),
    )
    card = np.round(pixels * np.float32(11)) / np.float32(11)
    edge = np.clip(grown - view.things, 0, 1)
    return blend(card, 0.97, edge * np.float32(0.9))


def scanned_look(pixels: Floats, view: View, dice: Random) -> Floats:
    """Grey glass, dead even light, faint streaks of the scanner's head."""
    streaks = np.float32(0.02) * np.sin(COLUMNS * np.float32(60))[:, :, None]
    luma = grey(pixels)
    dull = luma + (pixels - luma) * np.float32(0.78)
    scanned: Floats = dull * np.float32(0.66) + np.float32(0.26) + streaks
    frame = ((COLUMNS < 0.04) | (COLUMNS > 0.96) | (ROWS < 0.04) | (ROWS > 0.96))[:, :, None]
    return blend(scanned, 0.9, frame.astype(np.float32))


def no_highlights(pixels: Floats, view: View, dice: Random) -> Floats:
    """Matte: nothing is brighter than the middle tones."""
    luma = grey(pixels)
    limit = np.minimum(luma, np.float32(0.42) + luma * np.float32(0.2))
    matte: Floats = pixels * (limit / np.maximum(luma, np.float32(1e-3)))
    return matte


def gray_overcast(pixels: Floats, view: View, dice: Random) -> Floats:
    """A thick grey lid on everything."""
    cloud = np.array([0.66, 0.68, 0.71], dtype=np.float32)
    luma = grey(pixels)
    dull = luma + (pixels - luma) * np.float32(0.5)
    lid = np.clip(np.float32(0.78) - ROWS[:, :, None] * np.float32(0.85), 0.25, 0.8)
    return blend(dull, cloud, lid * (1 - view.things * np.float32(0.6)))


EFFECTS: Effects = {
    "flat-ambient": flat_ambient,
    "cut-paper": cut_paper,
    "scanned-look": scanned_look,
    "no-highlights": no_highlights,
    "gray-overcast": gray_overcast,
}
"""Shadowless light needs no more than `light_for`."""

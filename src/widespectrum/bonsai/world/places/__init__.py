"""The places that scenes are set in: how each is painted, and its own colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from widespectrum.bonsai.world.pen import Pen
from widespectrum.bonsai.world.places import nature, settled, waters
from widespectrum.bonsai.world.places.backdrop import Backdrop, Palette

__all__ = ["PLACES", "Backdrop", "Palette", "Place"]


@dataclass(frozen=True)
class Place:
    """One place."""

    paint: Callable[[Pen, Backdrop, Random], None]
    """Paints it within 0..1."""
    palette: Palette
    indoors: bool = False
    airless: bool = False
    """No weather, no clouds, no birds in the sky."""


_GARDEN = ((252, 250, 244), (255, 214, 92), (240, 106, 122))
_PAINT = ((226, 92, 84), (250, 196, 84), (84, 150, 214))

PLACES: dict[str, Place] = {
    "meadow": Place(
        nature.meadow,
        Palette((104, 184, 246), (222, 241, 250), (152, 210, 98), (88, 164, 70), _GARDEN),
    ),
    "forest": Place(
        nature.forest,
        Palette(
            (140, 204, 190),
            (226, 240, 212),
            (126, 172, 84),
            (66, 112, 58),
            _GARDEN,
            leaf=(46, 112, 74),
        ),
    ),
    "mountains": Place(
        nature.mountains,
        Palette(
            (122, 178, 236),
            (250, 226, 214),
            (140, 190, 110),
            (84, 142, 82),
            _GARDEN,
            leaf=(58, 118, 82),
        ),
    ),
    "desert": Place(
        nature.desert,
        Palette(
            (248, 178, 112),
            (255, 232, 186),
            (242, 204, 132),
            (212, 152, 84),
            ((252, 250, 244), (232, 96, 86), (244, 120, 160)),
        ),
    ),
    "snow": Place(
        nature.snow,
        Palette(
            (150, 188, 232),
            (236, 232, 246),
            (247, 250, 254),
            (202, 217, 238),
            _PAINT,
            leaf=(62, 122, 104),
        ),
    ),
    "sea": Place(
        waters.sea,
        Palette(
            (118, 192, 246),
            (248, 236, 222),
            (64, 164, 210),
            (22, 88, 158),
            ((232, 96, 84), (250, 204, 92), (250, 250, 244)),
        ),
    ),
    "beach": Place(
        waters.beach,
        Palette(
            (96, 190, 240),
            (232, 246, 248),
            (250, 226, 168),
            (230, 188, 122),
            ((246, 142, 132), (240, 98, 84), (250, 206, 120)),
            leaf=(64, 158, 92),
        ),
    ),
    "city": Place(
        settled.city,
        Palette(
            (142, 186, 230),
            (250, 226, 206),
            (146, 148, 160),
            (98, 100, 114),
            ((214, 110, 92), (240, 190, 120), (110, 150, 190)),
        ),
    ),
    "room": Place(
        settled.room,
        Palette(
            (244, 226, 198),
            (238, 212, 178),
            (194, 142, 98),
            (150, 102, 68),
            ((222, 108, 92), (108, 160, 168), (240, 190, 96)),
        ),
        indoors=True,
    ),
    "moon": Place(
        settled.moon,
        Palette(
            (54, 44, 108),
            (128, 98, 168),
            (206, 204, 216),
            (158, 156, 176),
            ((240, 110, 120), (250, 206, 110), (120, 200, 220)),
        ),
        airless=True,
    ),
}
"""Every place, by the name that captions use."""

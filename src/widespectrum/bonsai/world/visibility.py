"""What of the truth can be seen: effects hide one another.

A scene says which effects were drawn, and a night so black that shapes barely show may leave
nothing of a muddled background. Whether something is in the picture is asked of the picture: drawn
again without it, does it look different?
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from widespectrum.bonsai.world.attributes import ATTRIBUTE_OF, ATTRIBUTES, Level
from widespectrum.bonsai.world.dimensions import dimension_levels
from widespectrum.bonsai.world.render import render
from widespectrum.bonsai.world.scene import AnyScene

LEAST = 1.0
"""Mean difference of all values of a picture, 0 to 255, from which on an attribute is seen."""


def seen(scene: AnyScene, least: float = LEAST) -> dict[str, Level]:
    """The level of every dimension as far as the picture shows it.

    As `truth`, but an attribute that leaves no trace counts as neutral. A natural companion leaves
    one always.

    Args:
        scene: any.
        least: see `LEAST`; 0 gives `truth`.
    """
    picture = render(scene).astype(np.int16)

    def level(attribute: str) -> Level:
        drawn = scene.level(attribute)
        plain = without(scene, attribute)
        if drawn is Level.NEUTRAL or plain == scene:
            return drawn
        trace = float(np.abs(render(plain) - picture).mean())
        return drawn if trace >= least else Level.NEUTRAL

    return dimension_levels({attribute: level(attribute) for attribute in ATTRIBUTES})


def without(scene: AnyScene, attribute: str) -> AnyScene:
    """The scene with a look in which the attribute is neither low nor high."""
    look = scene.look
    return replace(
        scene,
        look=replace(
            look,
            effects=tuple(each for each in look.effects if ATTRIBUTE_OF[each] != attribute),
            high=tuple(each for each in look.high if each != attribute),
            emotion="calm" if attribute == "emotion" else look.emotion,
        ),
    )

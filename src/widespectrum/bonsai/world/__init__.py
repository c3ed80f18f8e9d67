"""Bonsai's world: scenes as data, and how they are drawn, 64 x 64 pixels each.

From the bottom up: ``palette`` and ``pen``; ``things``, ``faces`` and ``places``; ``scene``, which
says what a picture shows, and ``attributes``, which says how it may look; ``composition`` and
``cutouts``; ``effects`` and ``critique``; ``render``, which puts all of it together;
``visibility``, which looks at what came of it.
"""

from widespectrum.bonsai.world.attributes import (
    ADDITIVE,
    ATTRIBUTE_OF,
    ATTRIBUTES,
    CRITIQUE_EFFECTS,
    CRITIQUE_HIGHS,
    EFFECTS,
    FACIAL_EFFECTS,
    Level,
)
from widespectrum.bonsai.world.composition import Composition, Placement, compose
from widespectrum.bonsai.world.dimensions import (
    ATTRIBUTE_DIMENSION,
    DIMENSION_ATTRIBUTES,
    UNSUPPORTED_DIMENSIONS,
    UNSUPPORTED_EFFECTS,
    drawable,
    truth,
    unsupported,
)
from widespectrum.bonsai.world.faces import EMOTIONS
from widespectrum.bonsai.world.many import render_many
from widespectrum.bonsai.world.pairs import ScenePair, draw_pair, scene_pair, with_effects
from widespectrum.bonsai.world.palette import COLOURS
from widespectrum.bonsai.world.pen import SIZE
from widespectrum.bonsai.world.places import PLACES
from widespectrum.bonsai.world.render import VERSION, draw, render
from widespectrum.bonsai.world.scene import (
    CRITIQUES,
    FRAMINGS,
    RELATIONS,
    AnyScene,
    CritiqueScene,
    Look,
    Scene,
    Thing,
)
from widespectrum.bonsai.world.scene_json import scene_from_json, scene_to_json
from widespectrum.bonsai.world.things import KINDS
from widespectrum.bonsai.world.visibility import seen

__all__ = [
    "ADDITIVE",
    "ATTRIBUTES",
    "ATTRIBUTE_DIMENSION",
    "ATTRIBUTE_OF",
    "COLOURS",
    "CRITIQUES",
    "CRITIQUE_EFFECTS",
    "CRITIQUE_HIGHS",
    "DIMENSION_ATTRIBUTES",
    "EFFECTS",
    "EMOTIONS",
    "FACIAL_EFFECTS",
    "FRAMINGS",
    "KINDS",
    "PLACES",
    "RELATIONS",
    "SIZE",
    "UNSUPPORTED_DIMENSIONS",
    "UNSUPPORTED_EFFECTS",
    "VERSION",
    "AnyScene",
    "Composition",
    "CritiqueScene",
    "Level",
    "Look",
    "Placement",
    "Scene",
    "ScenePair",
    "Thing",
    "compose",
    "draw",
    "draw_pair",
    "drawable",
    "render",
    "render_many",
    "scene_from_json",
    "scene_pair",
    "scene_to_json",
    "seen",
    "truth",
    "unsupported",
    "with_effects",
]

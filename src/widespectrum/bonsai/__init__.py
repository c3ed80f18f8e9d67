"""Bonsai, the miniature family: a world small enough to hold in the hand, and models of it.

This page is the world and its language, which need no torch. The networks are in
`widespectrum.bonsai.models` and `widespectrum.bonsai.training`.
"""

from widespectrum.bonsai.language import (
    ParsedPrompt,
    UnknownWords,
    Vocabulary,
    caption,
    content,
    parse,
    vocabulary,
)
from widespectrum.bonsai.makers import WorldMaker, scene_payload
from widespectrum.bonsai.prompted import WorldPairs, world_pairs
from widespectrum.bonsai.sampling import (
    ORDINARY,
    TRAINING,
    Example,
    Recipe,
    sample_examples,
    sample_scene,
    sample_scenes,
)
from widespectrum.bonsai.sheets import SHEETS, world_sheet
from widespectrum.bonsai.splits import Split, held_out
from widespectrum.bonsai.world import (
    ATTRIBUTE_DIMENSION,
    ATTRIBUTES,
    DIMENSION_ATTRIBUTES,
    CritiqueScene,
    Level,
    Look,
    Scene,
    Thing,
    draw,
    draw_pair,
    render,
    render_many,
    scene_from_json,
    scene_pair,
    scene_to_json,
    seen,
    truth,
)

__all__ = [
    "ATTRIBUTES",
    "ATTRIBUTE_DIMENSION",
    "DIMENSION_ATTRIBUTES",
    "ORDINARY",
    "SHEETS",
    "TRAINING",
    "CritiqueScene",
    "Example",
    "Level",
    "Look",
    "ParsedPrompt",
    "Recipe",
    "Scene",
    "Split",
    "Thing",
    "UnknownWords",
    "Vocabulary",
    "WorldMaker",
    "WorldPairs",
    "caption",
    "content",
    "draw",
    "draw_pair",
    "held_out",
    "parse",
    "render",
    "render_many",
    "sample_examples",
    "sample_scene",
    "sample_scenes",
    "scene_from_json",
    "scene_pair",
    "scene_payload",
    "scene_to_json",
    "seen",
    "truth",
    "vocabulary",
    "world_pairs",
    "world_sheet",
]

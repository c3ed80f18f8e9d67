"""Image pairs with known truth: a scene, and the same scene with effects.

Both share things, place and seed, so that the effects are all that differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from widespectrum.bonsai.world.attributes import ADDITIVE, ATTRIBUTE_OF, FACIAL_EFFECTS
from widespectrum.bonsai.world.render import draw
from widespectrum.bonsai.world.scene import AnyScene, Look

if TYPE_CHECKING:
    from widespectrum.contracts import Image


def with_effects(scene: AnyScene, effects: Sequence[str]) -> AnyScene:
    """The anti scene: the same, with these effects and nothing high that they lower.

    A happy scene becomes a calm one if an effect lowers its emotion; a facial effect brings its own
    emotion and replaces any other. An effect replaces another of its attribute, unless the
    attribute is one whose effects add up.

    Raises:
        UnknownName: the world cannot draw one of the effects.
        BadInput: the scene cannot show one of them; see `Scene` and `CritiqueScene`.
    """
    lowered = {ATTRIBUTE_OF.get(effect, "") for effect in effects}
    look = scene.look
    facial = any(effect in FACIAL_EFFECTS for effect in effects)
    calmed = facial or ("emotion" in lowered and look.emotion == "happy")
    kept = [
        e for e in look.effects if ATTRIBUTE_OF[e] in ADDITIVE or ATTRIBUTE_OF[e] not in lowered
    ]
    return replace(
        scene,
        look=Look(
            effects=(*kept, *effects),
            high=tuple(attribute for attribute in look.high if attribute not in lowered),
            emotion="calm" if calmed else look.emotion,
        ),
    )


@dataclass(frozen=True)
class ScenePair:
    """The two scenes of a pair."""

    original: AnyScene
    anti: AnyScene
    effects: tuple[str, ...]
    """What the anti scene shows beyond the original."""


def scene_pair(scene: AnyScene, effects: Sequence[str], seed: int | None = None) -> ScenePair:
    """The scene and its anti scene, drawn from the same seed.

    Args:
        scene: the original.
        effects: what the anti scene shows besides.
        seed: another seed than the scene's own, for both.

    Raises:
        UnknownName, BadInput: as `with_effects`.
    """
    original = scene if seed is None else replace(scene, seed=seed)
    anti = with_effects(original, effects)
    added = tuple(e for e in anti.look.effects if e not in original.look.effects)
    return ScenePair(original, anti, added)


def draw_pair(
    scene: AnyScene, effects: Sequence[str], seed: int | None = None
) -> tuple[Image, Image]:
    """The pictures of a pair, (I_o, I_a); arguments and errors as `scene_pair`."""
    pair = scene_pair(scene, effects, seed)
    return draw(pair.original), draw(pair.anti)

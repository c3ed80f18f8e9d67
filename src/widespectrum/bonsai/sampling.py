"""Which scenes a model is trained and tested on.

The distribution is not that of any real pictures. It is made for learning from: large things and
faces more often than chance would have them, because that is where form is learned; grain less
often, because noise is what no generator can predict; every other effect about equally often.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from widespectrum.aesthetics import Dimensions, load_dimensions
from widespectrum.bonsai.language.captions import Style, caption
from widespectrum.bonsai.splits import Split, held_out
from widespectrum.bonsai.world.attributes import (
    ADDITIVE,
    ATTRIBUTE_OF,
    ATTRIBUTES,
    CRITIQUE_EFFECTS,
    CRITIQUE_HIGHS,
    EFFECTS,
    FACIAL_EFFECTS,
)
from widespectrum.bonsai.world.faces import EMOTIONS
from widespectrum.bonsai.world.palette import COLOURS
from widespectrum.bonsai.world.places import PLACES
from widespectrum.bonsai.world.scene import (
    CRITIQUES,
    MAX_SEED,
    AnyScene,
    CritiqueScene,
    Look,
    Scene,
    Thing,
)
from widespectrum.bonsai.world.things import KINDS
from widespectrum.errors import BadInput


@dataclass(frozen=True)
class Recipe:
    """Shares and weights of the distribution, each between 0 and 1 unless said otherwise."""

    critique: float = 0.06
    """Scenes of social critique."""
    person: float = 0.2
    """People among the subjects."""
    portrait: float = 0.55
    """Portraits among the pictures of people."""
    companion: float = 0.3
    """Pictures with two things, portraits apart."""
    natural: float = 0.45
    """Natural companions among them: object pairing is high."""
    large: float = 0.4
    """Large subjects, where nothing makes them small."""
    emotional: float = 0.22
    """Scenes with a mood, where the subject is nobody."""
    faces: tuple[str, ...] = EMOTIONS
    """Emotions of people, equally often."""
    number_of_effects: tuple[float, ...] = (0.3, 0.27, 0.22, 0.14, 0.07)
    """How often a picture has no effect, one, two ..."""
    number_of_highs: tuple[float, ...] = (0.4, 0.32, 0.19, 0.09)
    """How often a picture has no other attribute that is high, one, two ..."""
    second_effect: float = 0.12
    """A second effect of the same attribute, where effects add up."""
    grain: float = 0.5
    """How often grain is chosen, next to 1 for every other attribute."""


TRAINING = Recipe()
"""The distribution that Bonsai's models are trained on."""

ORDINARY = Recipe(
    critique=0.0,
    emotional=0.0,
    faces=("calm", "happy"),
    large=0.2,
    number_of_effects=(1.0,),
    number_of_highs=(0.7, 0.3),
)
"""Ordinary pictures: the originals of pairs, before any effect."""

_SITS_ON = {
    "cat": ("house", "car", "book", "boat"),
    "bird": ("house", "tree", "car", "boat", "clock"),
    "cup": ("book",),
    "apple": ("book",),
    "clock": ("book",),
    "lamp": ("book",),
}
"""Who may be on top of what without looking misplaced."""


@dataclass(frozen=True)
class Example:
    """A scene and what is said of it."""

    scene: AnyScene
    caption: str


def sample_scene(dice: Random, recipe: Recipe = TRAINING) -> AnyScene:
    """A scene of the distribution."""
    seed = dice.randrange(MAX_SEED)
    if dice.random() < recipe.critique:
        return _critique(dice, recipe, seed)
    kind = "person" if dice.random() < recipe.person else dice.choice(_NOBODY)
    subject = Thing(kind, dice.choice(_COLOURS))
    if kind == "person" and dice.random() < recipe.portrait:
        scene = Scene(subject, dice.choice(_PLACES), framing="portrait", seed=seed)
    elif dice.random() < recipe.companion:
        other, relation = _companion(dice, recipe, kind)
        scene = Scene(
            subject, dice.choice(_PLACES), Thing(other, dice.choice(_COLOURS)), relation, seed=seed
        )
    else:
        scene = Scene(subject, dice.choice(_PLACES), seed=seed)
    return replace(scene, look=_look(dice, recipe, scene))


def sample_scene_of(split: Split | None, dice: Random, recipe: Recipe = TRAINING) -> AnyScene:
    """A scene of one split: the first of the distribution that is in it; ``None`` takes any."""
    scene = sample_scene(dice, recipe)
    while split is not None and held_out(scene) != (split == "test"):
        scene = sample_scene(dice, recipe)
    return scene


def sample_scenes(
    count: int, seed: int, *, split: Split | None = "train", recipe: Recipe = TRAINING
) -> Iterator[AnyScene]:
    """So many scenes of one split, or of both; the same arguments give the same scenes.

    The rule of the splits reserves pairs of effects: held-out scenes have more effects than others.
    Each scene has a stream of its own, so that a part of them can be drawn without the rest.

    Raises:
        BadInput: the count is negative.
    """
    if count < 0:
        raise BadInput(f"is {count}", "Ask for none or more.", field="count")
    for number in range(count):
        dice = Random(f"scenes/{seed}/{number}")  # noqa: S311  (pictures, not secrets)
        yield sample_scene_of(split, dice, recipe)


def sample_examples(
    count: int, seed: int, *, split: Split = "train", recipe: Recipe = TRAINING
) -> Iterator[Example]:
    """Scenes with captions: half in Bonsai's short words, half as the template writer says it.

    Args:
        count: how many.
        seed: the same arguments give the same examples.
        split: which scenes and which wordings.
        recipe: their distribution.
    """
    for number, scene in enumerate(sample_scenes(count, seed, split=split, recipe=recipe)):
        dice = Random(f"captions/{seed}/{number}")  # noqa: S311
        style: Style = "short" if dice.random() < 0.5 else "written"
        said = caption(scene, dice.randrange(MAX_SEED), style=style, split=split)
        yield Example(scene, said)


_NOBODY = tuple(kind for kind in KINDS if kind != "person")
_COLOURS = tuple(COLOURS)
_PLACES = tuple(PLACES)


@cache
def _dimensions() -> Dimensions:
    return load_dimensions()


def _companion(dice: Random, recipe: Recipe, kind: str) -> tuple[str, str]:
    """A second thing, and the subject's relation to it."""
    if dice.random() < recipe.natural:
        return dice.choice(KINDS[kind].goes_with), "beside"
    relation = dice.choice(("left of", "right of", "in front of", "behind", "above", "under", "on"))
    others = [other for other in KINDS if other != kind]
    hovering = [other for other in others if KINDS[other].hovers]
    if relation == "on":
        if kind in _SITS_ON:
            return dice.choice(_SITS_ON[kind]), "on"
        relation = "behind"
    if relation == "above" and not KINDS[kind].hovers:
        relation = "left of"
    if relation == "under":
        return dice.choice(hovering), "under"
    return dice.choice(others), relation


def _critique(dice: Random, recipe: Recipe, seed: int) -> CritiqueScene:
    topic = dice.choice(tuple(CRITIQUES))
    elements = CRITIQUES[topic]
    number = dice.choice((len(elements), len(elements), 3, 2, 1, 0))
    bare = CritiqueScene(topic, tuple(dice.sample(elements, number)), seed=seed)
    effects = _effects(dice, recipe, CRITIQUE_EFFECTS)[:2]
    high = _highs(dice, recipe, effects, CRITIQUE_HIGHS)
    emotion = dice.choice(EMOTIONS)
    return replace(bare, look=Look(tuple(effects), tuple(high), emotion))


def _look(dice: Random, recipe: Recipe, scene: Scene) -> Look:
    possible = [effect for effect in ATTRIBUTE_OF if scene.people or effect not in FACIAL_EFFECTS]
    effects = _effects(dice, recipe, possible)
    lowered = {ATTRIBUTE_OF[effect] for effect in effects}
    liftable = [a for a in ATTRIBUTES if a not in ("emotion", "pairing", "prominence")]
    high = _highs(dice, recipe, effects, liftable)
    if "prominence" not in lowered and scene.framing == "scene" and dice.random() < recipe.large:
        high.append("prominence")
    return Look(tuple(effects), tuple(high), _emotion(dice, recipe, scene, effects))


def _effects(dice: Random, recipe: Recipe, possible: tuple[str, ...] | list[str]) -> list[str]:
    """Effects that one picture can show together."""
    shares = recipe.number_of_effects
    number = dice.choices(range(len(shares)), shares)[0]
    chosen: list[str] = []
    while len({ATTRIBUTE_OF[effect] for effect in chosen}) < number:
        weights = [recipe.grain if a == "grain" else 1.0 for a in ATTRIBUTES]
        attribute = dice.choices(ATTRIBUTES, weights)[0]
        menu = [effect for effect in EFFECTS[attribute] if effect in possible]
        again = attribute in ADDITIVE and dice.random() < recipe.second_effect
        for effect in dice.sample(menu, min(len(menu), 2 if again else 1)):
            taken = {ATTRIBUTE_OF[e] for e in chosen}
            if attribute in taken and not again:
                continue
            if effect not in chosen and all(_dimensions().compatible(effect, e) for e in chosen):
                chosen.append(effect)
    return chosen


def _highs(
    dice: Random, recipe: Recipe, effects: list[str], liftable: tuple[str, ...] | list[str]
) -> list[str]:
    """Attributes that are high, none of which is lowered."""
    lowered = {ATTRIBUTE_OF[effect] for effect in effects}
    free = [attribute for attribute in liftable if attribute not in lowered]
    shares = recipe.number_of_highs
    number = dice.choices(range(len(shares)), shares)[0]
    return dice.sample(free, min(number, len(free)))


def _emotion(dice: Random, recipe: Recipe, scene: Scene, effects: list[str]) -> str:
    if any(ATTRIBUTE_OF[effect] == "emotion" for effect in effects):
        return "calm"
    if scene.subject.kind == "person":
        return dice.choice(recipe.faces)
    if dice.random() < recipe.emotional:
        return dice.choice(tuple(emotion for emotion in EMOTIONS if emotion != "calm"))
    return "calm"

"""Image pairs with known ground truth, from photographs with captions and the effects we know.

No generator is asked and no model judges: the original is the photograph, the anti image is the
same photograph with one effect applied at a known severity, and the anti prompt asks for exactly
that effect. The prompts do not name the severity, so that scores under one prompt can be followed
along it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from PIL import Image

from widespectrum.aesthetics import Dimensions, Effect
from widespectrum.errors import BadInput
from widespectrum.images.darkroom.applying import Step, apply_effects, check_step
from widespectrum.images.loading import load_image
from widespectrum.tables import PAIR_SCHEMA

SEVERITIES = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class PairPlan:
    """One pair to make: which photograph, which effect, how strong."""

    id: str
    photo: str
    """Id of the photograph; the unit of resampling."""
    path: Path
    prompt_original: str
    prompt_anti: str
    dimensions: tuple[str, ...]
    effects: tuple[str, ...]
    """Keys of the effects, as the dimensions know them."""
    steps: tuple[Step, ...]
    """What the darkroom does for these effects, in order."""
    severity: float
    seed: int

    def payload(self, variant: str, path: str | None = None) -> Mapping[str, Any]:
        """What `DarkroomMaker` must be told to make this variant, as JSON values.

        Args:
            variant: ``"original"`` or ``"anti"``.
            path: the photograph as the maker shall find it; by default its full path.
        """
        steps = self.steps if variant == "anti" else ()
        return {
            "path": str(self.path) if path is None else path,
            "effects": [
                {
                    "operation": step.operation,
                    "severity": step.severity,
                    "parameters": dict(step.parameters),
                }
                for step in steps
            ],
            "seed": self.seed,
        }


def darkroom_pairs(
    photos: Iterable[tuple[str, Path, str]],
    dimensions: Dimensions,
    *,
    severities: Sequence[float] = SEVERITIES,
    effects: Sequence[str] | None = None,
    effects_per_photo: int | None = None,
    seed: int = 0,
) -> list[PairPlan]:
    """Plans of image pairs: every photograph, its effects, every severity.

    Args:
        photos: (id, path, caption) of each photograph. Ids are unique.
        dimensions: whose effects to use.
        severities: in (0, 1].
        effects: keys of the effects to use; by default all of the enabled dimensions that the
            darkroom can give.
        effects_per_photo: so many for each photograph, all effects equally often over many
            photographs; by default every effect for every photograph.
        seed: decides which photograph gets which effects, and everything random in them. All
            severities of an effect on a photograph share what is random, and the wording.

    Raises:
        BadInput: an id twice, an empty caption, a severity outside (0, 1], an effect that the
            darkroom cannot give, or an operation that does not exist.
    """
    for severity in severities:
        if not 0 < severity <= 1:
            raise BadInput(
                f"severity {severity} is outside (0, 1]",
                "At 0 both images would be the same.",
                field="severity",
            )
    keys = _usable(dimensions, effects)
    order = sorted(keys, key=lambda key: _number(seed, key))
    share = len(keys) if effects_per_photo is None else min(effects_per_photo, len(keys))
    plans: list[PairPlan] = []
    seen: set[str] = set()
    for number, (photo, path, caption) in enumerate(photos):
        if photo in seen:
            raise BadInput("appears twice", "Give every photograph an id of its own.", row=photo)
        seen.add(photo)
        mine = {order[(number * share + k) % len(order)] for k in range(share)}
        for key in (key for key in keys if key in mine):
            plans += [
                _plan(photo, Path(path), caption, dimensions, key, severity, seed)
                for severity in severities
            ]
    return plans


def pair_table(plans: Sequence[PairPlan]) -> pl.DataFrame:
    """The plans as a pair table without images."""
    columns = {
        "id": [plan.id for plan in plans],
        "prompt_original": [plan.prompt_original for plan in plans],
        "prompt_anti": [plan.prompt_anti for plan in plans],
        "dimensions": [list(plan.dimensions) for plan in plans],
        "effects": [list(plan.effects) for plan in plans],
        "severity": [float(plan.severity) for plan in plans],
        "generator": ["darkroom"] * len(plans),
        "choice": [1] * len(plans),  # known, not judged: the effect is in the anti image
        "cluster": [plan.photo for plan in plans],
    }
    return pl.DataFrame(columns, schema={name: PAIR_SCHEMA[name] for name in columns})


def make_pair(plan: PairPlan) -> tuple[Image.Image, Image.Image]:
    """The original and the anti image of a plan.

    Raises:
        BadImage, BadInput: as `load_image`.
    """
    original = load_image(plan.path)
    return original, apply_effects(original, plan.steps, plan.seed)


def describe(caption: str, phrases: Sequence[str] = ()) -> str:
    """A prompt: the caption as a sentence, and the effects' phrases in a second one.

    Two sentences because a caption may be a noun phrase or a sentence of any shape.

    Raises:
        BadInput: the caption is empty.
    """
    text = " ".join(caption.split())
    if not text:
        raise BadInput("the caption is empty", "Say what the photograph shows.", field="caption")
    sentence = text[0].upper() + text[1:]
    if sentence[-1] not in ".!?":
        sentence += "."
    if not phrases:
        return sentence
    listed = " and ".join([", ".join(phrases[:-1]), phrases[-1]] if phrases[1:] else phrases)
    return f"{sentence} The picture shows {listed}."


def _usable(dimensions: Dimensions, wanted: Sequence[str] | None) -> list[str]:
    if wanted is None:
        found = [
            effect.key
            for key in dimensions.enabled
            for effect in dimensions[key].effects
            if effect.darkroom is not None
        ]
    else:
        found = list(dict.fromkeys(wanted))
    for key in found:
        effect = dimensions.effect(key)
        if effect.darkroom is None:
            raise BadInput(
                f"the darkroom cannot give the effect {key!r} to a photograph",
                "Choose an effect that names a darkroom operation.",
                field="effects",
            )
        try:
            check_step(_step(effect, 1.0))
        except BadInput as error:
            raise type(error)(
                f"the effect {key!r} cannot be given: {error.problem}", error.remedy
            ) from error
    if not found:
        raise BadInput("there is no effect to apply", "Choose at least one.", field="effects")
    return found


def _plan(
    photo: str,
    path: Path,
    caption: str,
    dimensions: Dimensions,
    key: str,
    severity: float,
    seed: int,
) -> PairPlan:
    effect = dimensions.effect(key)
    own_seed = _number(seed, photo, key)
    return PairPlan(
        id=f"{photo}/{key}/{severity:g}",
        photo=photo,
        path=path,
        prompt_original=describe(caption),
        prompt_anti=describe(caption, [effect.phrases[own_seed % len(effect.phrases)]]),
        dimensions=(dimensions.dimension_of(key).key,),
        effects=(key,),
        steps=(_step(effect, severity),),
        severity=severity,
        seed=own_seed,
    )


def _step(effect: Effect, severity: float) -> Step:
    if effect.darkroom is None:  # `_usable` has refused such effects
        raise BadInput(f"the darkroom cannot give the effect {effect.key!r}", "Choose another.")
    return Step(effect.darkroom.operation, severity, dict(effect.darkroom.parameters))


def _number(*parts: object) -> int:
    """A number of 48 bits that follows from the parts alone (JSON keeps it exactly)."""
    text = "/".join(map(str, parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")

"""From a request to a job: what is asked for, with a model's settings, or why it is refused."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from widespectrum.errors import BadInput
from widespectrum.generators.diffusers.calling import Job
from widespectrum.generators.diffusers.guiding import check_negative
from widespectrum.generators.diffusers.presets import Preset
from widespectrum.generators.diffusers.recipe import Recipe

if TYPE_CHECKING:
    from widespectrum.contracts import GenerationRequest, Image
    from widespectrum.generators.diffusers.settings import Shot


def job_of(
    number: int, request: GenerationRequest, recipe: Recipe, preset: Preset, who: str
) -> Job:
    """What a request means.

    Args:
        number: which request.
        request: what is asked for.
        recipe: of the model.
        preset: what is passed for a variant of a prompt.
        who: the model, for messages.

    Raises:
        BadInput: it asks for what this model does not do.
    """
    if not isinstance(request.prompt, str):
        raise BadInput(f"is {request.prompt!r:.60}, not a text", "Give a text.", field="prompt")
    seed = secrets.randbits(31) if request.seed is None else request.seed
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 1 << 63:
        raise BadInput(
            f"is {request.seed!r}", "Give a whole number from 0, below 2^63.", field="seed"
        )
    shot = preset.shot_of(request.variant)
    check_negative(recipe, shot, request.negative_prompt, f"{who!r}")
    negative = preset.negative_of(request.variant, request.negative_prompt)
    if request.start_image is None:
        if request.strength is not None:
            raise BadInput("has no start picture", "Give one.", field="strength")
        return Job(number, request.prompt, seed, shot, negative)
    start = _start(request, shot, recipe, who)
    strength = None if request.strength is None else float(request.strength)
    return Job(number, request.prompt, seed, shot, negative, start, strength)


def _start(request: GenerationRequest, shot: Shot, recipe: Recipe, who: str) -> Image:
    """The start picture in the size that is painted; its shape is not kept."""
    from PIL import Image as pil

    from widespectrum.images import to_rgb

    if recipe.image_to_image is None:
        raise BadInput(
            f"{who!r} cannot begin with a picture", "Ask without one.", field="start_image"
        )
    strength = request.strength
    if strength is None or isinstance(strength, bool) or not 0 < strength <= 1:
        raise BadInput(
            f"is {strength!r}", "Give how far from the start, in (0, 1].", field="strength"
        )
    if shot.steps is not None and int(shot.steps * strength) < 1:
        raise BadInput(
            f"is {strength!r}, of which {shot.steps} steps leave none to take",
            f"Give at least {1 / shot.steps:.3f}, or more steps.",
            field="strength",
        )
    assert request.start_image is not None
    start = to_rgb(request.start_image)
    if shot.size is not None and start.size != shot.size:
        start = start.resize(shot.size, pil.Resampling.LANCZOS)
    return start

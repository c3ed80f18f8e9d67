"""From a batch of jobs to one call of a pipeline: every argument by name, none by accident.

Some pipelines swallow arguments that they do not know, and each has defaults of its own (the
image-to-image sibling others than its pipeline). So what decides about a picture is always passed,
and a name that is not in the signature is an error before the first picture.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from widespectrum.errors import BadInput, InvalidResult
from widespectrum.generators.diffusers.decoding import Decoded, Decoder, Pixels
from widespectrum.generators.diffusers.embeddings import Embeddings
from widespectrum.generators.diffusers.guiding import guidance_of, passes_per_step
from widespectrum.generators.diffusers.loading import sibling
from widespectrum.generators.diffusers.recipe import GuidanceRule, ImageToImage, Recipe
from widespectrum.generators.diffusers.settings import Shot

if TYPE_CHECKING:
    from widespectrum.contracts import Image


@dataclass(frozen=True)
class Job:
    """One picture to paint: a request, with all that follows from the settings."""

    number: int
    """Which request."""
    prompt: str
    seed: int
    shot: Shot
    negative: str | None = None
    """As it was asked for: none, empty, or a text."""
    start: Image | None = None
    """In the size that is painted."""
    strength: float | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """What the jobs of one call have in common."""
        return self.shot, self.negative is None, self.start is None, self.strength


@dataclass(frozen=True)
class Rendered:
    """What a call returned."""

    pixels: Pixels
    flagged: tuple[bool, ...]
    """Whose picture a safety checker has painted black."""
    pipeline: Any
    """Who was called."""


class Caller:
    """A loaded pipeline and its sibling, called as the recipe says.

    Args:
        pipeline: the loaded pipeline.
        recipe: of the model.
        apart: whether decoding is put off (`widespectrum.generators.diffusers.decoding`).
        whole: whether long prompts are read in parts, and not cut.

    Raises:
        BadInput: an argument of the recipe is not one of the pipeline, or must not be passed.
    """

    def __init__(
        self, pipeline: Any, recipe: Recipe, *, apart: bool = False, whole: bool = False
    ) -> None:
        self.pipeline, self.recipe, self.apart = pipeline, recipe, apart
        self._decoder: Decoder | None = None
        self.embeddings = (
            None if recipe.encoding is None else Embeddings(pipeline, recipe, whole=whole)
        )
        self._sibling: Any = None
        refuse_unknown(pipeline, self._names(), recipe)
        self._takes_size = "height" in inspect.signature(pipeline.__call__).parameters

    def key(self, job: Job) -> tuple[Any, ...]:
        """What the jobs of one call have in common: settings, and how long their texts are."""
        if self.embeddings is None:
            return job.key
        texts = job.prompt, self._against(job)
        return *job.key, *(len(self.embeddings.parts(text)) for text in texts)

    def call(self, jobs: Sequence[Job]) -> Rendered:
        """Paint jobs of one `key` in one call."""
        first = jobs[0]
        arguments = self._text(jobs) | self._numbers(first) | self.recipe.call
        pipeline = self.pipeline
        if first.start is not None:
            rule = self.recipe.image_to_image
            assert rule is not None, "a start picture is refused where there is no rule"
            pipeline = self._image_to_image(rule)
            arguments = {k: v for k, v in arguments.items() if k not in rule.without} | rule.call
            arguments |= _start(jobs, rule)
        takes = inspect.signature(pipeline.__call__).parameters
        if first.shot.size is not None and "height" in takes:
            arguments["width"], arguments["height"] = first.shot.size
        output, pixels = self._painted(
            pipeline, {**arguments, "generator": _generators(jobs), "output_type": "pt"}
        )
        if pipeline is not self.pipeline and hasattr(self.pipeline, "maybe_free_model_hooks"):
            self.pipeline.maybe_free_model_hooks()  # the sibling has no hooks of its own
        flagged = getattr(output, "nsfw_content_detected", None) or [False] * len(jobs)
        if len(output.images) != len(jobs) or len(flagged) != len(jobs):
            raise InvalidResult(
                f"{type(pipeline).__name__} returned {len(output.images)} pictures for "
                f"{len(jobs)} prompts",
                "Use batch=1.",
            )
        return Rendered(pixels, tuple(bool(each) for each in flagged), pipeline)

    def _painted(self, pipeline: Any, arguments: Mapping[str, Any]) -> tuple[Any, Pixels]:
        """What a pipeline returns, and its pixels, whose decoding may be put off."""
        if not self.apart:
            output = pipeline(**arguments)
            return output, Decoded(output.images)
        if self._decoder is None:
            self._decoder = Decoder(self.pipeline.vae)
        with self._decoder.put_off(pipeline) as held:
            return pipeline(**arguments), held

    def _text(self, jobs: Sequence[Job]) -> dict[str, Any]:
        """Prompts and negative prompts, encoded where that can be done once for all."""
        rule = self.recipe.negative
        texts = [self._against(job) for job in jobs]
        negatives = [text for text in texts if text is not None] or None
        prompts = [job.prompt for job in jobs]
        shot = jobs[0].shot
        guidance = guidance_of(self.recipe, shot, negative=negatives is not None)
        if self.embeddings is not None:
            guided = passes_per_step(guidance) == 2
            return self.embeddings.arguments(prompts, negatives, guided)
        against = {} if rule is None or negatives is None else {rule.argument: negatives}
        return {"prompt": prompts, **against}

    def _against(self, job: Job) -> str | None:
        """The negative text that is passed."""
        rule = self.recipe.negative
        return rule.absent if rule is not None and job.negative is None else job.negative

    def _numbers(self, job: Job) -> dict[str, Any]:
        """Steps and guidance, never left to a default where they are known."""
        shot, recipe = job.shot, self.recipe
        numbers: dict[str, Any] = {}
        if shot.steps is not None:
            numbers["num_inference_steps"] = shot.steps
        for rule, value in ((recipe.guidance, shot.guidance), (recipe.true_cfg, shot.true_cfg)):
            name = _argument(rule)
            if name is not None and value is not None:
                numbers[name] = float(value)
        return numbers

    def _image_to_image(self, rule: ImageToImage) -> Any:
        if self._sibling is None:
            made = sibling(self.pipeline, rule.pipeline, self.recipe)
            kept = [name for name in self._names() if name not in rule.without]
            own = ["image", "strength", *rule.call, *([rule.mask] if rule.mask else [])]
            refuse_unknown(made, [*kept, *own], self.recipe)
            self._sibling = made
        return self._sibling

    def _names(self) -> list[str]:
        """Every argument that a call may have, but for size and start picture."""
        recipe = self.recipe
        names = ["num_inference_steps", "generator", "output_type", *recipe.call]
        names += [name for name in (_argument(recipe.guidance), _argument(recipe.true_cfg)) if name]
        if self.embeddings is not None:
            return [*names, *self.embeddings.outputs]
        return [*names, "prompt", *([recipe.negative.argument] if recipe.negative else [])]


def refuse_unknown(pipeline: Any, names: Iterable[str], recipe: Recipe) -> None:
    """Hold the arguments of a recipe against the pipeline's signature.

    Raises:
        BadInput: the pipeline has no such argument (whether or not it would say so), or it is one
            that must not be passed.
    """
    known = [
        name
        for name, parameter in inspect.signature(pipeline.__call__).parameters.items()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    ]
    for name in names:
        if name in recipe.never:
            raise BadInput(
                f"must not be passed to {type(pipeline).__name__}: {recipe.never[name]}",
                "Take it out of the recipe.",
                field=name,
            )
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise BadInput(
                f"is no argument of {type(pipeline).__name__}",
                f"Did you mean {near[0]}?" if near else f"It has: {', '.join(known)}.",
                field=name,
            )


def _argument(rule: GuidanceRule | None) -> str | None:
    """The guidance argument that is passed: none where the network ignores it."""
    return None if rule is None or rule.kind == "none" else rule.argument


def _start(jobs: Sequence[Job], rule: ImageToImage) -> Mapping[str, Any]:
    from PIL import Image

    images = [job.start for job in jobs]
    arguments: dict[str, Any] = {"image": images, "strength": jobs[0].strength}
    if rule.mask is not None:
        arguments[rule.mask] = [Image.new("L", image.size, 255) for image in images if image]
    return arguments


def _generators(jobs: Sequence[Job]) -> list[Any]:
    """One source of noise per picture, on the processor: the same on every device, in any batch."""
    import torch

    return [torch.Generator("cpu").manual_seed(job.seed) for job in jobs]

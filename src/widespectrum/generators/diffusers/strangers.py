"""A recipe for a pipeline of diffusers that nobody has described: what its signature tells.

A signature tells which arguments there are, not what they mean. So the kind of guidance is unknown,
numbers are the pipeline's defaults unless they are set, and texts are passed as they are.
"""

from __future__ import annotations

import inspect
from typing import Any

from widespectrum.catalog import ModelEntry
from widespectrum.errors import BadInput
from widespectrum.generators.diffusers.index import PipelineIndex
from widespectrum.generators.diffusers.loading import check_libraries, pipeline_class
from widespectrum.generators.diffusers.quiet import quiet
from widespectrum.generators.diffusers.recipe import Recipe, conventions, merged, recipe_of

_GUIDANCE = ("guidance_scale", "true_cfg_scale")
_DENOISERS = ("transformer", "unet", "prior")
_OPTIONAL = ("safety_checker", "feature_extractor", "image_encoder")


def stranger_recipe(entry: ModelEntry, index: PipelineIndex) -> Recipe:
    """The recipe of an entry that names no pipeline class.

    Args:
        entry: what its own recipe says wins.
        index: what its repository says.

    Raises:
        BadInput: it is no pipeline that makes pictures from prompts.
        MissingExtra: diffusers is not installed.
    """
    if index.pipeline in conventions():
        return recipe_of(entry, index.pipeline)
    check_libraries()
    with quiet():
        kind = pipeline_class(index.pipeline)
    takes = inspect.signature(kind.__call__).parameters
    if "prompt" not in takes or "generator" not in takes:
        raise BadInput(
            f"{entry.name!r} is for {index.pipeline}, which makes no pictures from prompts",
            "Name a repository for a text-to-image pipeline.",
        )
    optional = getattr(kind, "_optional_components", ())
    told: dict[str, Any] = {
        "pipeline": index.pipeline,
        "denoiser": next((n for n in _DENOISERS if n in index.components), "transformer"),
        "without": [name for name in _OPTIONAL if name in optional],
        "guidance": {"argument": next((name for name in _GUIDANCE if name in takes), None)},
        "rewrites_prompt": None,
    }
    made = inspect.signature(kind.__init__).parameters
    if "requires_safety_checker" in made:
        told["init"] = {"requires_safety_checker": False}
    if "negative_prompt" in takes:
        told["negative"] = {"empty_is_absent": False}
    sibling = _sibling(kind)
    if sibling is not None:
        told["image_to_image"] = {"pipeline": sibling}
    return recipe_of(entry.model_copy(update={"recipe": merged(told, entry.recipe)}))


def _sibling(kind: Any) -> str | None:
    """The image-to-image class, which diffusers names after the other one."""
    import diffusers

    name = kind.__name__.removesuffix("Pipeline") + "Img2ImgPipeline"
    other = getattr(diffusers, name, None)
    if other is None:
        return None
    takes = inspect.signature(other.__call__).parameters
    return name if {"image", "strength"} <= set(takes) else None

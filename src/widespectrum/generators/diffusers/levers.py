"""Where a loaded pipeline computes, and what is done to save memory and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from widespectrum.checkpoints import device_of
from widespectrum.errors import BadInput
from widespectrum.generators.diffusers.quantising import after_load
from widespectrum.generators.diffusers.recipe import Recipe

if TYPE_CHECKING:
    import torch

    from widespectrum.generators.diffusers.settings import Levers


def check_device(levers: Levers) -> torch.device:
    """The device, once it is known to be here and fit for the offloading that is asked for.

    Raises:
        BadInput: it is not here, or there is nothing to offload from.
    """
    device = device_of(levers.device)
    if levers.offload != "none" and device.type == "cpu":
        raise BadInput(
            f"is {levers.offload!r}, and the pipeline computes on the processor",
            "Use offload=none: everything is in main memory already.",
            field="offload",
        )
    return device


def pull(pipeline: Any, levers: Levers, recipe: Recipe, device: torch.device) -> None:
    """Pull the levers, in place, and move the pipeline to its device."""
    for wanted, field in ((levers.vae_tiling, "tiling"), (levers.vae_slicing, "slicing")):
        if wanted:
            _switch_on(getattr(pipeline, "vae", None), field)
    after_load(pipeline, levers.quantise, recipe, levers.dtype)
    if levers.compile:
        denoiser = getattr(pipeline, recipe.denoiser)
        blocks = getattr(denoiser, "_repeated_blocks", None)
        # One block is compiled and serves for all of its kind, which takes a fraction of the time.
        denoiser.compile_repeated_blocks() if blocks else denoiser.compile()
    match levers.offload:
        case "model":
            pipeline.enable_model_cpu_offload(device=device)
        case "sequential":
            pipeline.enable_sequential_cpu_offload(device=device)
        case "group":
            pipeline.enable_group_offload(
                onload_device=device, offload_type="leaf_level", use_stream=device.type == "cuda"
            )
        case _:
            pipeline.to(device)


def _switch_on(vae: Any, field: str) -> None:
    if not hasattr(vae, f"enable_{field}"):
        raise BadInput(
            f"is true, and {type(vae).__name__} cannot do it", "Leave it out.", field=f"vae_{field}"
        )
    getattr(vae, f"enable_{field}")()

"""Weights in fewer bits: while they are loaded (bitsandbytes), or afterwards (torchao, float8)."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from widespectrum.checkpoints import dtype_of
from widespectrum.errors import BadInput, MissingExtra
from widespectrum.generators.diffusers.recipe import Recipe

LIBRARIES = {"8bit": "bitsandbytes", "4bit": "bitsandbytes", "int8": "torchao"}
"""Who does it; float8 storage is diffusers' own."""


def check_quantising(how: str, recipe: Recipe) -> None:
    """Refuse what cannot be done with this model. Imports nothing.

    Raises:
        MissingExtra: the library is not installed.
        BadInput: weights that are changed after loading must not be quantised before.
    """
    library = LIBRARIES.get(how)
    if library is not None and find_spec(library) is None:
        raise MissingExtra(
            f"quantise={how} needs {library!r}, which is not installed",
            f"pip install {library}, or use quantise=fp8.",
        )
    if library == "bitsandbytes" and recipe.swap is not None:
        raise BadInput(
            f"is {how!r}, which quantises while loading, and this model's own weights are put into "
            "its base afterwards",
            "Use quantise=int8 or fp8.",
            field="quantise",
        )


def at_load(how: str, transformers_network: bool, dtype: str) -> dict[str, Any]:
    """Arguments for ``from_pretrained`` that quantise a network while it is loaded."""
    if LIBRARIES.get(how) != "bitsandbytes":
        return {}
    import diffusers
    import transformers

    make: Any = (transformers if transformers_network else diffusers).BitsAndBytesConfig
    if how == "8bit":
        return {"quantization_config": make(load_in_8bit=True)}
    return {
        "quantization_config": make(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype_of(dtype)
        )
    }


def after_load(pipeline: Any, how: str, recipe: Recipe, dtype: str) -> None:
    """Quantise the networks of a loaded pipeline."""
    if how == "int8":
        from torchao.quantization import Int8WeightOnlyConfig, quantize_

        for name in (recipe.denoiser, *recipe.large):
            quantize_(getattr(pipeline, name), Int8WeightOnlyConfig())
    elif how == "fp8":
        import torch

        getattr(pipeline, recipe.denoiser).enable_layerwise_casting(
            storage_dtype=torch.float8_e4m3fn, compute_dtype=dtype_of(dtype)
        )

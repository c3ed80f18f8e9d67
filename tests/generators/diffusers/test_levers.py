"""Levers that need a GPU: what is asked of the pipeline, and that it has such methods."""

from __future__ import annotations

from typing import Any
from unittest.mock import create_autospec

import pytest
import torch
from diffusers import AutoencoderKL, FluxPipeline
from tiny_flux import flux_transformer

from widespectrum.errors import BadInput
from widespectrum.generators.diffusers.levers import pull
from widespectrum.generators.diffusers.quiet import quiet
from widespectrum.generators.diffusers.recipe import Recipe
from widespectrum.generators.diffusers.settings import Levers

RECIPE = Recipe(pipeline="FluxPipeline")
CUDA = torch.device("cuda")


def pulled(**levers: Any) -> Any:
    """A pipeline without networks, which knows the signatures of its methods."""
    pipeline = create_autospec(FluxPipeline, instance=True)
    pipeline.transformer = flux_transformer()
    pipeline.vae = create_autospec(AutoencoderKL, instance=True)
    with quiet():
        pull(pipeline, Levers(**levers), RECIPE, CUDA)
    return pipeline


def test_without_offloading_everything_moves_to_the_device():
    pipeline = pulled()
    pipeline.to.assert_called_once_with(CUDA)
    pipeline.enable_model_cpu_offload.assert_not_called()


@pytest.mark.parametrize(
    ("offload", "method"),
    [
        ("model", "enable_model_cpu_offload"),
        ("sequential", "enable_sequential_cpu_offload"),
        ("group", "enable_group_offload"),
    ],
)
def test_offloading_moves_nothing_at_once(offload, method):
    pipeline = pulled(offload=offload)
    pipeline.to.assert_not_called()
    (call,) = getattr(pipeline, method).call_args_list
    assert CUDA in call.kwargs.values()


def test_compiling_is_of_the_blocks_that_repeat():
    transformer = pulled(compile=True).transformer
    compiled = {
        type(module).__name__
        for module in transformer.modules()
        if module._compiled_call_impl is not None
    }
    assert compiled == set(transformer._repeated_blocks)


def test_an_autoencoder_without_tiles_is_named():
    pipeline = create_autospec(FluxPipeline, instance=True)
    pipeline.vae = object()
    with pytest.raises(BadInput, match="'vae_tiling': is true, and object cannot do it"):
        pull(pipeline, Levers(vae_tiling=True), RECIPE, CUDA)

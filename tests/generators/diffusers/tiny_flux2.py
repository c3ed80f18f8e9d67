"""FLUX.2 klein with made-up weights: the real pipeline class, written as a repository."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKLFlux2,
    FlowMatchEulerDiscreteScheduler,
    Flux2KleinPipeline,
    Flux2Transformer2DModel,
)
from tiny_qwen_text import WIDTH, byte_tokenizer, qwen3_language_model
from tiny_weights import stir

READ_LAYERS = (9, 18, 27)
"""Layers of the language model that the pipeline reads."""
LAYERS = 30
"""As many as the pipeline of FLUX.2's larger model reads, so that it does not stumble either."""


def write_klein(folder: Path, *, seed: int = 0, distilled: bool = True) -> Path:
    """The files of a tiny klein. Pictures are multiples of 4 pixels wide and high.

    Args:
        folder: where they go.
        seed: of the weights.
        distilled: what the repository says of itself: the released klein 9B is.
    """
    torch.manual_seed(seed)
    transformer = Flux2Transformer2DModel(
        patch_size=1,
        in_channels=4,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=len(READ_LAYERS) * WIDTH,
        timestep_guidance_channels=32,
        axes_dims_rope=(4, 4, 4, 4),
        guidance_embeds=False,
    )
    vae = AutoencoderKLFlux2(
        down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
        up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D"),
        block_out_channels=(4, 4),
        layers_per_block=1,
        latent_channels=1,
        norm_num_groups=1,
        use_quant_conv=False,
        use_post_quant_conv=False,
        sample_size=32,
    )
    Flux2KleinPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=stir(vae, seed),
        text_encoder=qwen3_language_model(layers=LAYERS, seed=seed),
        tokenizer=byte_tokenizer(),
        transformer=stir(transformer, seed + 1),
        is_distilled=distilled,
    ).save_pretrained(folder)
    return folder

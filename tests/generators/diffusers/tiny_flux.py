"""FLUX.1 with made-up weights: the real pipeline class, written as a repository."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    FlowMatchEulerDiscreteScheduler,
    FluxPipeline,
    FluxTransformer2DModel,
)
from tiny_clip_text import WIDTH, clip_text, clip_tokenizer, t5_text, t5_tokenizer
from tiny_weights import stir


def flux_transformer(*, seed: int = 0, guidance_embeds: bool = True) -> FluxTransformer2DModel:
    torch.manual_seed(seed)
    network = FluxTransformer2DModel(
        patch_size=1,
        in_channels=4,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=WIDTH,
        pooled_projection_dim=WIDTH,
        axes_dims_rope=(4, 4, 8),
        guidance_embeds=guidance_embeds,
    )
    return stir(network, seed + 1)


def write_flux(folder: Path, *, seed: int = 0, guidance_embeds: bool = True) -> Path:
    """The files of a tiny FLUX.1; schnell's has no `guidance_embeds`."""
    torch.manual_seed(seed)
    vae = AutoencoderKL(
        block_out_channels=(4,),
        layers_per_block=1,
        latent_channels=1,
        norm_num_groups=1,
        use_quant_conv=False,
        use_post_quant_conv=False,
        shift_factor=0.0609,
        scaling_factor=1.5035,
    )
    FluxPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=stir(vae, seed),
        text_encoder=clip_text(seed=seed),
        tokenizer=clip_tokenizer(),
        text_encoder_2=t5_text(seed=seed),
        tokenizer_2=t5_tokenizer(),
        transformer=flux_transformer(seed=seed, guidance_embeds=guidance_embeds),
    ).save_pretrained(folder)
    return folder

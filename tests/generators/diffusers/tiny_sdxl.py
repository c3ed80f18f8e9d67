"""Stable Diffusion XL with made-up weights: the real pipeline class, written as a repository."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    EulerDiscreteScheduler,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from tiny_clip_text import WIDTH, clip_text, clip_tokenizer
from tiny_weights import stir


def write_sdxl(folder: Path, *, seed: int = 0, variant: str | None = None) -> Path:
    """The files of a tiny SDXL."""
    torch.manual_seed(seed)
    unet = UNet2DConditionModel(
        block_out_channels=(2, 4),
        layers_per_block=1,
        sample_size=32,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 1),
        projection_class_embeddings_input_dim=8 * 6 + WIDTH,
        cross_attention_dim=2 * WIDTH,
        norm_num_groups=1,
    )
    StableDiffusionXLPipeline(
        vae=stir(tiny_vae(), seed),
        text_encoder=clip_text(seed=seed),
        text_encoder_2=clip_text(seed=seed + 1, projected=True),
        tokenizer=clip_tokenizer(),
        tokenizer_2=clip_tokenizer(),
        unet=stir(unet, seed + 1),
        scheduler=euler(),
        add_watermarker=False,
    ).save_pretrained(folder, variant=variant)
    return folder


def tiny_vae() -> AutoencoderKL:
    """The autoencoder that Stable Diffusion 1 and XL share."""
    return AutoencoderKL(
        block_out_channels=(4, 8),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=2,
        sample_size=64,
    )


def euler() -> EulerDiscreteScheduler:
    return EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        steps_offset=1,
        timestep_spacing="leading",
    )

"""Stable Diffusion 1.5 with made-up weights: the real pipeline class, written as a repository."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from tiny_clip_text import WIDTH, clip_text, clip_tokenizer
from tiny_sdxl import tiny_vae
from tiny_weights import stir


def sd15_unet(*, seed: int = 0) -> UNet2DConditionModel:
    torch.manual_seed(seed)
    network = UNet2DConditionModel(
        block_out_channels=(4, 8),
        layers_per_block=1,
        sample_size=32,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=WIDTH,
        attention_head_dim=2,
        norm_num_groups=2,
    )
    return stir(network, seed + 1)


def write_sd15(folder: Path, *, seed: int = 0) -> Path:
    """The files of a tiny SD 1.5, without its safety checker."""
    torch.manual_seed(seed)
    StableDiffusionPipeline(
        vae=stir(tiny_vae(), seed),
        text_encoder=clip_text(seed=seed),
        tokenizer=clip_tokenizer(),
        unet=sd15_unet(seed=seed),
        scheduler=PNDMScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            steps_offset=1,
            skip_prk_steps=True,
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)
    return folder

"""Qwen-Image with made-up weights: the real pipeline class, written as a repository."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKLQwenImage,
    FlowMatchEulerDiscreteScheduler,
    QwenImagePipeline,
    QwenImageTransformer2DModel,
)
from tiny_qwen_text import WIDTH, byte_tokenizer, qwen25_vl
from tiny_weights import stir


def write_qwen_image(folder: Path, *, seed: int = 0) -> Path:
    """The files of a tiny Qwen-Image. Pictures are multiples of 8 pixels wide and high."""
    torch.manual_seed(seed)
    transformer = QwenImageTransformer2DModel(
        patch_size=2,
        in_channels=16,
        out_channels=4,
        num_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=WIDTH,
        guidance_embeds=False,
        axes_dims_rope=(8, 4, 4),
    )
    vae = AutoencoderKLQwenImage(
        base_dim=8,
        z_dim=4,
        dim_mult=[1, 2, 2],
        num_res_blocks=1,
        temperal_downsample=[False, True],
        latents_mean=[0.0] * 4,
        latents_std=[1.0] * 4,
    )
    QwenImagePipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=stir(vae, seed),
        text_encoder=qwen25_vl(seed=seed),
        tokenizer=byte_tokenizer(),
        transformer=stir(transformer, seed + 1),
    ).save_pretrained(folder)
    return folder

"""LongCat-Image with made-up weights: the real pipeline class, written as a repository.

Its index names a text processor, as the released one does, and the files are not there: only the
rewriting of prompts would need it, and in this version of transformers it needs torchvision.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    FlowMatchEulerDiscreteScheduler,
    LongCatImagePipeline,
    LongCatImageTransformer2DModel,
)
from tiny_qwen_text import WIDTH, byte_tokenizer, qwen25_vl
from tiny_weights import stir

LATENTS = 16
"""Channels of a latent: the pipeline class knows no other number."""


def write_longcat(folder: Path, *, seed: int = 0) -> Path:
    """The files of a tiny LongCat-Image. Pictures are multiples of 4 pixels wide and high."""
    torch.manual_seed(seed)
    transformer = LongCatImageTransformer2DModel(
        in_channels=4 * LATENTS,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=WIDTH,
        pooled_projection_dim=WIDTH,
        axes_dims_rope=[4, 4, 8],
    )
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
        up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D"),
        block_out_channels=(8, 8),
        layers_per_block=1,
        latent_channels=LATENTS,
        norm_num_groups=2,
        sample_size=32,
        scaling_factor=0.3611,
        shift_factor=0.1159,
    )
    LongCatImagePipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=stir(vae, seed),
        text_encoder=qwen25_vl(seed=seed),
        tokenizer=byte_tokenizer(),
        text_processor=None,
        transformer=stir(transformer, seed + 1),
    ).save_pretrained(folder)
    index = folder / "model_index.json"
    listed = json.loads(index.read_text())
    listed["text_processor"] = ["transformers", "Qwen2VLProcessor"]
    index.write_text(json.dumps(listed))
    return folder

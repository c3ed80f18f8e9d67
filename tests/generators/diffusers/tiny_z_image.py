"""Z-Image with made-up weights: the real pipeline class, written as a repository."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    FlowMatchEulerDiscreteScheduler,
    ZImagePipeline,
    ZImageTransformer2DModel,
)
from tiny_qwen_text import WIDTH, byte_tokenizer, qwen3
from tiny_weights import stir


def write_z_image(folder: Path, *, seed: int = 0) -> Path:
    """The files of a tiny Z-Image. Pictures are multiples of 4 pixels wide and high."""
    torch.manual_seed(seed)
    transformer = ZImageTransformer2DModel(
        all_patch_size=(2,),
        all_f_patch_size=(1,),
        in_channels=4,
        dim=32,
        n_layers=1,
        n_refiner_layers=1,
        n_heads=2,
        n_kv_heads=2,
        cap_feat_dim=WIDTH,
        axes_dims=[8, 4, 4],
        axes_lens=[1024, 64, 64],
    )
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
        up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D"),
        block_out_channels=(8, 8),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=2,
        sample_size=32,
        scaling_factor=0.3611,
        shift_factor=0.1159,
    )
    ZImagePipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=stir(vae, seed),
        text_encoder=qwen3(seed=seed),
        tokenizer=byte_tokenizer(),
        transformer=stir(transformer, seed + 1),
    ).save_pretrained(folder)
    return folder

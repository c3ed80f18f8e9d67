"""Stable Diffusion 3.5 with made-up weights: the real pipeline class, written as a repository."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    FlowMatchEulerDiscreteScheduler,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
)
from tiny_clip_text import WIDTH, clip_text, clip_tokenizer, t5_text, t5_tokenizer
from tiny_weights import stir

ATTENTION = (
    "to_q", "to_k", "to_v", "to_out.0", "add_q_proj", "add_k_proj", "add_v_proj", "to_add_out",
)  # fmt: skip
"""The projections that Flow-GRPO's adapters change."""


def sd3_transformer(*, seed: int = 0) -> SD3Transformer2DModel:
    torch.manual_seed(seed)
    network = SD3Transformer2DModel(
        sample_size=32,
        patch_size=1,
        in_channels=4,
        out_channels=4,
        num_layers=2,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_projection_dim=32,
        joint_attention_dim=WIDTH,
        pooled_projection_dim=2 * WIDTH,
        qk_norm="rms_norm",
        dual_attention_layers=(0,),
    )
    return stir(network, seed + 1)


def write_sd3(folder: Path, *, seed: int = 0) -> Path:
    """The files of a tiny SD 3.5."""
    torch.manual_seed(seed)
    vae = AutoencoderKL(
        block_out_channels=(4, 8),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=1,
        use_quant_conv=False,
        use_post_quant_conv=False,
        shift_factor=0.0609,
        scaling_factor=1.5035,
    )
    StableDiffusion3Pipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=stir(vae, seed),
        text_encoder=clip_text(seed=seed, projected=True),
        tokenizer=clip_tokenizer(),
        text_encoder_2=clip_text(seed=seed + 1, projected=True),
        tokenizer_2=clip_tokenizer(),
        text_encoder_3=t5_text(seed=seed),
        tokenizer_3=t5_tokenizer(),
        transformer=sd3_transformer(seed=seed),
    ).save_pretrained(folder)
    return folder


def write_adapter(folder: Path, *, rank: int = 4, alpha: int = 8, seed: int = 5) -> Path:
    """A LoRA for `sd3_transformer`, as peft itself saves it."""
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=rank, lora_alpha=alpha, init_lora_weights=False, target_modules=list(ATTENTION)
    )
    torch.manual_seed(seed)
    get_peft_model(sd3_transformer(), config).save_pretrained(folder)
    return folder

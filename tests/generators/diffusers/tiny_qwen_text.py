"""Tiny text sides of the Qwen kind: a byte vocabulary with a chat template, and two encoders.

FLUX.2 klein and Z-Image read their prompts with Qwen3, Qwen-Image and LongCat with Qwen2.5-VL. The
classes are the real ones; only widths and weights are made up.
"""

from __future__ import annotations

import torch
from tiny_weights import stir
from tokenizers import pre_tokenizers
from transformers import (
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2Tokenizer,
    Qwen3Config,
    Qwen3ForCausalLM,
    Qwen3Model,
)

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
WIDTH = 16
TEMPLATE = (
    "{% for message in messages %}"
    "<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}{{ part['text'] }}{% endfor %}{% endif %}"
    "<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def byte_tokenizer() -> Qwen2Tokenizer:
    """Every byte is a token, so that prompts of any script have a length that can be counted."""
    pieces = [*SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    return Qwen2Tokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)},
        merges=[],
        chat_template=TEMPLATE,
        model_max_length=1024,
    )


def _qwen3_config(layers: int) -> Qwen3Config:
    return Qwen3Config(
        vocab_size=len(byte_tokenizer()),
        hidden_size=WIDTH,
        intermediate_size=WIDTH,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=8,
        bos_token_id=0,
        eos_token_id=0,
        pad_token_id=0,
    )


def qwen3(*, layers: int = 2, seed: int = 0) -> Qwen3Model:
    """The bare encoder that Z-Image reads its prompts with."""
    return stir(Qwen3Model(_qwen3_config(layers)), seed)


def qwen3_language_model(*, layers: int = 2, seed: int = 0) -> Qwen3ForCausalLM:
    """The language model whose inner layers FLUX.2 klein reads its prompts from."""
    return stir(Qwen3ForCausalLM(_qwen3_config(layers)), seed)


def qwen25_vl(*, seed: int = 0) -> Qwen2_5_VLForConditionalGeneration:
    """The vision-language model that Qwen-Image and LongCat read their prompts with."""
    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": len(byte_tokenizer()),
            "hidden_size": WIDTH,
            "intermediate_size": WIDTH,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "rope_parameters": {
                "rope_type": "default",
                "mrope_section": [1, 1, 2],
                "rope_theta": 1000000.0,
            },
            "bos_token_id": 0,
            "eos_token_id": 0,
            "pad_token_id": 0,
        },
        vision_config={
            "depth": 1,
            "hidden_size": WIDTH,
            "intermediate_size": WIDTH,
            "num_heads": 2,
            "out_hidden_size": WIDTH,
        },
        vision_start_token_id=1,
        vision_end_token_id=2,
        image_token_id=3,
        video_token_id=4,
    )
    torch.manual_seed(seed)
    return stir(Qwen2_5_VLForConditionalGeneration(config), seed)

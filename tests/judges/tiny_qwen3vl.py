"""A Qwen3-VL of a few thousand weights, written as files in the layout of the real ones."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import Qwen2Tokenizer, Qwen3VLConfig, Qwen3VLForConditionalGeneration

SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)


def byte_signs() -> list[str]:
    """The printable sign that stands for each byte in a byte-level vocabulary."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    signs = {byte: chr(byte) for byte in plain}
    signs |= {byte: chr(256 + place) for place, byte in enumerate(others)}
    return [signs[byte] for byte in (*plain, *others)]


def tiny_tokenizer() -> Qwen2Tokenizer:
    """One token per byte, and the special tokens of Qwen-VL."""
    vocabulary = {sign: number for number, sign in enumerate(byte_signs())}
    tokenizer = Qwen2Tokenizer(vocab=vocabulary, merges=[])
    tokenizer.add_tokens(list(SPECIAL), special_tokens=True)
    return tokenizer


def tiny_config(**text) -> Qwen3VLConfig:
    ids = dict(zip(SPECIAL, tiny_tokenizer().convert_tokens_to_ids(list(SPECIAL)), strict=True))
    sizes = {
        "vocab_size": 272,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 5,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "max_position_embeddings": 4096,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 5e6,
            "mrope_section": [2, 3, 3],
            "mrope_interleaved": True,
        },
        "tie_word_embeddings": True,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    vision = {
        "depth": 4,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_heads": 2,
        "patch_size": 16,
        "out_hidden_size": 64,
        "num_position_embeddings": 64,
        "deepstack_visual_indexes": [0, 1, 2],
    }
    return Qwen3VLConfig(
        text_config=sizes | text,
        vision_config=vision | {"out_hidden_size": text.get("hidden_size", 64)},
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
    )


def tiny_model(seed: int = 0, scale: float = 0.15, **text) -> Qwen3VLForConditionalGeneration:
    """Random, and loud enough that its answers differ."""
    torch.manual_seed(seed)
    model = Qwen3VLForConditionalGeneration(tiny_config(**text)).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.normal_(0, scale)
            if "norm" in name and name.endswith("weight"):
                weight.add_(1)
    return model


def write_tiny(folder: Path, seed: int = 0, **settings) -> Path:
    """Weights, configuration and tokenizer in one folder."""
    tiny_model(seed, **settings).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


def pictures(count: int, seed: int = 0) -> list[Image.Image]:
    """Pictures of odd sizes and modes."""
    dice = np.random.default_rng(seed)
    modes = ("RGB", "L", "RGBA", "P")
    shapes = ((90, 140), (33, 257), (64, 64), (301, 7))
    made = []
    for number in range(count):
        rows, columns = shapes[number % len(shapes)]
        pixels = dice.integers(0, 256, (rows, columns, 3), dtype=np.uint8)
        made.append(Image.fromarray(pixels).convert(modes[number % len(modes)]))
    return made

"""A Qwen3-VL of a few thousand weights, written as files in the layout of the real ones."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import Qwen2Tokenizer, Qwen3VLConfig, Qwen3VLForConditionalGeneration

from widespectrum.judges import WORDINGS, load_wording

SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)


VOCABULARY = 1000
"""Enough for questions about as long as under the real tokenizer."""


@cache
def tiny_tokenizer() -> Qwen2Tokenizer:
    """A byte-level vocabulary learned from the questions, and the special tokens of Qwen-VL."""
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    texts = [text for name in WORDINGS for text in load_wording(name).questions.values()]
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)
    learned = json.loads(learner.to_str())["model"]
    tokenizer = Qwen2Tokenizer(
        vocab=learned["vocab"], merges=[tuple(pair) for pair in learned["merges"]]
    )
    tokenizer.add_tokens(list(SPECIAL), special_tokens=True)
    return tokenizer


def tiny_config(**text) -> Qwen3VLConfig:
    ids = dict(zip(SPECIAL, tiny_tokenizer().convert_tokens_to_ids(list(SPECIAL)), strict=True))
    sizes = {
        "vocab_size": VOCABULARY + 16,
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

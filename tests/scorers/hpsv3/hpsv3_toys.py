"""Tiny HPSv3s with random weights, written as files in the layout in which they are published.

The networks here are transformers' own, and the checkpoints are written under upstream's names by
rules of their own, so that nothing of the scorers but the text of an instruction is used to test
the scorers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers.trainers import BpeTrainer
from torch import nn
from transformers import Qwen2VLConfig, Qwen2VLModel, Qwen3VLConfig, Qwen3VLModel

from widespectrum.scorers.hpsv3 import read_instruction

CONTROL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
WORDS = """a house with a garden, and beside it a dark, blurred and grainy photograph of a red ball
user system You are a helpful assistant. Please provide the overall ratings of this image:
Textual prompt - a sharp, bright and colourful picture. Rating from 0 to 10, with the worst best"""
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""How Qwen cuts a text into words."""


@dataclass(frozen=True)
class Toy:
    """A published folder in miniature, and the network whose weights are in it."""

    folder: Path
    tokenizer: Tokenizer
    """With the reward's token, recognising control tokens: upstream's."""
    model: Any
    """The base model, in single precision, as transformers makes it."""
    heads: nn.ModuleDict


def write_tokenizer(folder: Path) -> Tokenizer:
    """A byte-pair vocabulary of the same form as Qwen's, learned from a few words."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=1500, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    told = read_instruction("original", original="hpsv3").text
    tokenizer.train_from_iterator([WORDS, told] * 3, trainer)
    tokenizer.add_special_tokens([AddedToken(sign, special=True) for sign in CONTROL])
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer.add_special_tokens(["<|Reward|>"])
    return tokenizer


def write_hpsv3(folder: Path, *, seed: int = 0) -> Toy:
    """``HPSv3.safetensors`` with the names of transformers 4.45, and the base model's files."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = write_tokenizer(folder)
    stated = _flat_config(tokenizer)
    (folder / "config.json").write_text(json.dumps(stated))
    config = Qwen2VLConfig.from_dict(stated)
    config.text_config.vocab_size = tokenizer.get_vocab_size()
    torch.manual_seed(seed)
    model = _random(Qwen2VLModel(config).float())
    heads = nn.ModuleDict({"rm_head": _random(_head(64))})
    tensors = {"lm_head.weight": torch.randn(tokenizer.get_vocab_size(), 64)}
    for name, tensor in model.state_dict().items():
        old = name.replace("language_model.", "model.", 1)
        tensors[old] = tensor.bfloat16()
    tensors |= {name: tensor.clone() for name, tensor in heads.state_dict().items()}
    save_file(tensors, folder / "HPSv3.safetensors")
    return Toy(folder, tokenizer, model, heads)


def write_plusplus(folder: Path, *, seed: int = 0, nested: bool = False) -> Toy:
    """``hpsv3++.pth`` with the names of transformers 4.57, and the base model's files."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = write_tokenizer(folder)
    stated = _nested_config(tokenizer)
    (folder / "config.json").write_text(json.dumps(stated))
    config = Qwen3VLConfig.from_dict(stated)
    config.text_config.vocab_size = tokenizer.get_vocab_size()
    torch.manual_seed(seed)
    model = _random(Qwen3VLModel(config).float())
    heads = _random(
        nn.ModuleDict(
            {
                "rm_head": _head(64),
                "cond_encoder": nn.Sequential(nn.Linear(2, 256), nn.GELU(), nn.Linear(256, 256)),
                "film_gen": nn.Sequential(nn.Linear(256, 64), nn.ReLU(), nn.Linear(64, 128)),
                "cap_encoder": nn.ModuleDict(
                    {
                        "proj": nn.Linear(64, 256),
                        "pool_attn": nn.Linear(256, 1),
                        "out_proj": nn.Linear(256, 1),
                    }
                ),
            }
        )
    )
    tensors = {f"model.{name}": tensor.bfloat16() for name, tensor in model.state_dict().items()}
    tensors["lm_head.weight"] = torch.randn(tokenizer.get_vocab_size(), 64)
    tensors |= {name: tensor.clone() for name, tensor in heads.state_dict().items()}
    torch.save({"model": tensors} if nested else tensors, folder / "hpsv3++.pth")
    return Toy(folder, tokenizer, model, heads)


def _head(width: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(width, 1024),
        nn.ReLU(),
        nn.Dropout(0.05),
        nn.Linear(1024, 16),
        nn.ReLU(),
        nn.Linear(16, 2),
    )


def _random(module: Any) -> Any:
    """Weights so large that nothing is near zero, norms near one; with the bits of bfloat16."""
    for name, parameter in module.named_parameters():
        with torch.no_grad():
            parameter.normal_(0, 0.15)
            if "norm" in name and name.endswith("weight"):
                parameter.add_(1.0)
            parameter.copy_(parameter.bfloat16())
    return module.eval().requires_grad_(False)


def _flat_config(tokenizer: Tokenizer) -> dict[str, Any]:
    """The form in which Qwen2-VL's configuration was published; its vocabulary is padded."""
    return {
        "model_type": "qwen2_vl",
        "architectures": ["Qwen2VLForConditionalGeneration"],
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "hidden_act": "silu",
        "rms_norm_eps": 1e-6,
        "rope_theta": 1000000.0,
        "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]},
        "max_position_embeddings": 32768,
        "use_sliding_window": False,
        "sliding_window": 32768,
        "max_window_layers": 3,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "vocab_size": tokenizer.get_vocab_size() + 400,
        "bos_token_id": tokenizer.token_to_id("<|endoftext|>"),
        "eos_token_id": tokenizer.token_to_id("<|im_end|>"),
        "image_token_id": tokenizer.token_to_id("<|image_pad|>"),
        "video_token_id": tokenizer.token_to_id("<|video_pad|>"),
        "vision_start_token_id": tokenizer.token_to_id("<|vision_start|>"),
        "vision_end_token_id": tokenizer.token_to_id("<|vision_end|>"),
        "vision_config": {
            "depth": 2,
            "embed_dim": 32,
            "mlp_ratio": 4,
            "num_heads": 2,
            "in_chans": 3,
            "hidden_size": 64,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "spatial_patch_size": 14,
            "temporal_patch_size": 2,
        },
    }


def _nested_config(tokenizer: Tokenizer) -> dict[str, Any]:
    """The form of Qwen3-VL's configuration."""
    return {
        "model_type": "qwen3_vl",
        "architectures": ["Qwen3VLForConditionalGeneration"],
        "image_token_id": tokenizer.token_to_id("<|image_pad|>"),
        "video_token_id": tokenizer.token_to_id("<|video_pad|>"),
        "vision_start_token_id": tokenizer.token_to_id("<|vision_start|>"),
        "vision_end_token_id": tokenizer.token_to_id("<|vision_end|>"),
        "tie_word_embeddings": False,
        "text_config": {
            "model_type": "qwen3_vl_text",
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 4,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 16,
            "hidden_act": "silu",
            "rms_norm_eps": 1e-6,
            "rope_theta": 5000000,
            "rope_scaling": {
                "rope_type": "default",
                "mrope_section": [2, 3, 3],
                "mrope_interleaved": True,
            },
            "max_position_embeddings": 262144,
            "vocab_size": tokenizer.get_vocab_size() + 200,
            "bos_token_id": tokenizer.token_to_id("<|endoftext|>"),
            "eos_token_id": tokenizer.token_to_id("<|im_end|>"),
        },
        "vision_config": {
            "model_type": "qwen3_vl",
            "depth": 3,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 2,
            "in_channels": 3,
            "patch_size": 16,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "out_hidden_size": 64,
            "num_position_embeddings": 64,
            "deepstack_visual_indexes": [0, 1, 2],
            "hidden_act": "gelu_pytorch_tanh",
        },
    }

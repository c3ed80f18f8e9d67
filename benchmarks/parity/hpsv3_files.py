"""An HPSv3 of any size with random weights, as files: its checkpoint, and what its base model adds.

Names and shapes are those of the published checkpoint (transformers 4.45; a small HPSv3++: 4.57);
no model class is needed to write them. Needs torch, safetensors and tokenizers only, so that an old
environment can import it, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers.trainers import BpeTrainer

CONTROL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|object_ref_start|>",
    "<|object_ref_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
HEAD = (1024, 16, 2)


@dataclass(frozen=True)
class Size:
    """Widths and depths; the defaults are Qwen2-VL-7B's."""

    layers: int = 28
    width: int = 3584
    inner: int = 18944
    heads: int = 28
    shared_heads: int = 4
    vision_layers: int = 32
    vision_width: int = 1280
    vision_heads: int = 16


SMALL = Size(3, 128, 192, 4, 2, 3, 64, 4)


def write_hpsv3(folder: Path, size: Size, texts: list[str], *, seed: int = 0) -> None:
    """``HPSv3.safetensors``, ``config.json`` and ``tokenizer.json``, weights in bfloat16.

    Args:
        folder: where.
        size: of the network.
        texts: which the vocabulary is learned from, so that it cuts them into few tokens.
        seed: of the weights.
    """
    tokenizer = _tokenizer(texts)
    tokenizer.save(str(folder / "tokenizer.json"))
    rows = tokenizer.get_vocab_size() + 1  # and the reward's token
    config = _config(size, tokenizer, rows)
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    generator = torch.Generator().manual_seed(seed)
    tensors = {
        name: _drawn(name, shape, generator).to(
            torch.float32 if name.startswith("rm_head") else torch.bfloat16
        )
        for name, shape in _shapes(size, rows)
    }
    save_file(tensors, folder / "HPSv3.safetensors")


def write_plusplus(folder: Path, texts: list[str], *, seed: int = 0) -> None:
    """A small HPSv3++: ``hpsv3++.pth``, ``config.json`` and ``tokenizer.json``."""
    tokenizer = _tokenizer(texts)
    tokenizer.save(str(folder / "tokenizer.json"))
    rows = tokenizer.get_vocab_size() + 1
    config = _nested_config(tokenizer, rows)
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    generator = torch.Generator().manual_seed(seed)
    base = ("model.", "lm_head.", "cap_encoder.")
    tensors = {
        name: _drawn(name, shape, generator).to(
            torch.bfloat16 if name.startswith(base) else torch.float32
        )
        for name, shape in _plusplus_shapes(config, rows)
    }
    torch.save(tensors, folder / "hpsv3++.pth")


def _shapes(size: Size, rows: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield from _vision_shapes(size)
    width, inner = size.width, size.inner
    shared = width // size.heads * size.shared_heads
    yield "model.embed_tokens.weight", (rows, width)
    for layer in range(size.layers):
        at = f"model.layers.{layer}."
        for name, out in (("q_proj", width), ("k_proj", shared), ("v_proj", shared)):
            yield from _linear(f"{at}self_attn.{name}", width, out)
        yield f"{at}self_attn.o_proj.weight", (width, width)
        yield f"{at}mlp.gate_proj.weight", (inner, width)
        yield f"{at}mlp.up_proj.weight", (inner, width)
        yield f"{at}mlp.down_proj.weight", (width, inner)
        yield f"{at}input_layernorm.weight", (width,)
        yield f"{at}post_attention_layernorm.weight", (width,)
    yield "model.norm.weight", (width,)
    yield "lm_head.weight", (rows, width)
    for place, wide, out in zip((0, 3, 5), (width, *HEAD), HEAD, strict=False):
        yield from _linear(f"rm_head.{place}", wide, out)


def _vision_shapes(size: Size) -> Iterator[tuple[str, tuple[int, ...]]]:
    width = size.vision_width
    yield "visual.patch_embed.proj.weight", (width, 3, 2, 14, 14)
    for layer in range(size.vision_layers):
        at = f"visual.blocks.{layer}."
        yield from _norm(f"{at}norm1", width)
        yield from _norm(f"{at}norm2", width)
        yield from _linear(f"{at}attn.qkv", width, 3 * width)
        yield from _linear(f"{at}attn.proj", width, width)
        yield from _linear(f"{at}mlp.fc1", width, 4 * width)
        yield from _linear(f"{at}mlp.fc2", 4 * width, width)
    yield from _norm("visual.merger.ln_q", width)
    yield from _linear("visual.merger.mlp.0", 4 * width, 4 * width)
    yield from _linear("visual.merger.mlp.2", 4 * width, size.width)


def _plusplus_shapes(config: dict, rows: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    text, vision = config["text_config"], config["vision_config"]
    width, inner, channels = text["hidden_size"], text["intermediate_size"], text["head_dim"]
    seen, merged = vision["hidden_size"], 4 * vision["hidden_size"]
    yield "model.visual.patch_embed.proj.weight", (seen, 3, 2, 16, 16)
    yield "model.visual.patch_embed.proj.bias", (seen,)
    yield "model.visual.pos_embed.weight", (vision["num_position_embeddings"], seen)
    for layer in range(vision["depth"]):
        at = f"model.visual.blocks.{layer}."
        yield from _norm(f"{at}norm1", seen)
        yield from _norm(f"{at}norm2", seen)
        yield from _linear(f"{at}attn.qkv", seen, 3 * seen)
        yield from _linear(f"{at}attn.proj", seen, seen)
        yield from _linear(f"{at}mlp.linear_fc1", seen, vision["intermediate_size"])
        yield from _linear(f"{at}mlp.linear_fc2", vision["intermediate_size"], seen)
    mergers = {"model.visual.merger": seen}
    for place in range(len(vision["deepstack_visual_indexes"])):
        mergers[f"model.visual.deepstack_merger_list.{place}"] = merged
    for at, normed in mergers.items():
        yield from _norm(f"{at}.norm", normed)
        yield from _linear(f"{at}.linear_fc1", merged, merged)
        yield from _linear(f"{at}.linear_fc2", merged, width)
    yield "model.language_model.embed_tokens.weight", (rows, width)
    all_heads = text["num_attention_heads"] * channels
    shared = text["num_key_value_heads"] * channels
    for layer in range(text["num_hidden_layers"]):
        at = f"model.language_model.layers.{layer}."
        yield f"{at}self_attn.q_proj.weight", (all_heads, width)
        yield f"{at}self_attn.k_proj.weight", (shared, width)
        yield f"{at}self_attn.v_proj.weight", (shared, width)
        yield f"{at}self_attn.o_proj.weight", (width, all_heads)
        yield f"{at}self_attn.q_norm.weight", (channels,)
        yield f"{at}self_attn.k_norm.weight", (channels,)
        yield f"{at}mlp.gate_proj.weight", (inner, width)
        yield f"{at}mlp.up_proj.weight", (inner, width)
        yield f"{at}mlp.down_proj.weight", (width, inner)
        yield f"{at}input_layernorm.weight", (width,)
        yield f"{at}post_attention_layernorm.weight", (width,)
    yield "model.language_model.norm.weight", (width,)
    yield "lm_head.weight", (rows, width)
    for place, wide, out in zip((0, 3, 5), (width, *HEAD), HEAD, strict=False):
        yield from _linear(f"rm_head.{place}", wide, out)
    yield from _linear("cond_encoder.0", 2, 256)
    yield from _linear("cond_encoder.2", 256, 256)
    yield from _linear("film_gen.0", 256, width)
    yield from _linear("film_gen.2", width, 2 * width)
    yield from _linear("cap_encoder.proj", width, 256)
    yield from _linear("cap_encoder.pool_attn", 256, 1)
    yield from _linear("cap_encoder.out_proj", 256, 1)


def _linear(name: str, wide: int, out: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (out, wide)
    yield f"{name}.bias", (out,)


def _norm(name: str, width: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (width,)
    yield f"{name}.bias", (width,)


def _drawn(name: str, shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    """Random weights whose outputs are neither near zero nor saturated."""
    values = torch.randn(shape, generator=generator)
    if len(shape) > 1:
        return values * (1.5 / values[0].numel() ** 0.5 if "embed_tokens" not in name else 0.5)
    return values * 0.1 + (1.0 if name.endswith("weight") else 0.0)


def _config(size: Size, tokenizer: Tokenizer, rows: int) -> dict:
    """The flat form in which Qwen2-VL's configuration was published."""
    channels = size.width // size.heads // 2
    return {
        "model_type": "qwen2_vl",
        "architectures": ["Qwen2VLForConditionalGeneration"],
        "hidden_size": size.width,
        "intermediate_size": size.inner,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads,
        "num_key_value_heads": size.shared_heads,
        "hidden_act": "silu",
        "rms_norm_eps": 1e-6,
        "rope_theta": 1000000.0,
        "rope_scaling": {
            "type": "mrope",
            "mrope_section": [channels // 4, channels * 3 // 8, channels * 3 // 8],
        },
        "max_position_embeddings": 32768,
        "use_sliding_window": False,
        "tie_word_embeddings": False,
        "vocab_size": rows,
        "bos_token_id": tokenizer.token_to_id("<|endoftext|>"),
        "eos_token_id": tokenizer.token_to_id("<|im_end|>"),
        "image_token_id": tokenizer.token_to_id("<|image_pad|>"),
        "video_token_id": tokenizer.token_to_id("<|video_pad|>"),
        "vision_start_token_id": tokenizer.token_to_id("<|vision_start|>"),
        "vision_end_token_id": tokenizer.token_to_id("<|vision_end|>"),
        "vision_config": {
            "depth": size.vision_layers,
            "embed_dim": size.vision_width,
            "mlp_ratio": 4,
            "num_heads": size.vision_heads,
            "hidden_size": size.width,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
        },
    }


def _nested_config(tokenizer: Tokenizer, rows: int) -> dict:
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
            "hidden_size": 128,
            "intermediate_size": 192,
            "num_hidden_layers": 4,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 32,
            "hidden_act": "silu",
            "rms_norm_eps": 1e-6,
            "rope_theta": 5000000,
            "rope_scaling": {
                "rope_type": "default",
                "mrope_section": [6, 5, 5],
                "mrope_interleaved": True,
            },
            "max_position_embeddings": 262144,
            "vocab_size": rows,
        },
        "vision_config": {
            "model_type": "qwen3_vl",
            "depth": 4,
            "hidden_size": 64,
            "intermediate_size": 112,
            "num_heads": 4,
            "in_channels": 3,
            "patch_size": 16,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "out_hidden_size": 128,
            "num_position_embeddings": 2304,
            "deepstack_visual_indexes": [0, 1, 2],
            "hidden_act": "gelu_pytorch_tanh",
        },
    }


def _tokenizer(texts: list[str]) -> Tokenizer:
    """A vocabulary of Qwen's form."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(SPLIT), behavior="isolated")
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, to_bytes])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=4000,
        min_frequency=1,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken(sign, special=True) for sign in CONTROL])
    return tokenizer

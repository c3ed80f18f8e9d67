"""A tiny MPS with random weights, as a file in the layout of the copies that hold tensors only."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as pil
from safetensors.torch import save_file

from widespectrum.scorers.clip import byte_signs

WIDTH, LAYERS, HEADS, HEAD_WIDTH = 24, 3, 3, 8
SIGNS = byte_signs()
WORDS = [*SIGNS, *(f"{sign}</w>" for sign in SIGNS), "<|startoftext|>", "<|endoftext|>"]

PROMPTS = [
    "",
    "a dog, dully lit",
    "a cat that sleeps in the middle of an otherwise empty room, " * 3,
    "猫 тёмный кот “quoted” &amp;",
]
"""Empty, short, long (cut at 77), not Latin."""

CONFIG = {
    "model_type": "clip",
    "projection_dim": WIDTH,
    "text_config": {
        "vocab_size": len(WORDS),
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "max_position_embeddings": 77,
        "hidden_act": "gelu",
        "bos_token_id": len(WORDS) - 2,
        "eos_token_id": len(WORDS) - 1,
    },
    "vision_config": {
        "hidden_size": 40,
        "intermediate_size": 80,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "image_size": 42,
        "patch_size": 14,
        "hidden_act": "gelu",
    },
}


def crossing_shapes() -> dict[str, tuple[int, ...]]:
    """The crossing module by upstream's names."""
    inner = 4 * WIDTH
    fused = HEADS * HEAD_WIDTH + 2 * HEAD_WIDTH + 2 * inner
    shapes = {}
    for layer in (f"cross_model.layers.{number}" for number in range(LAYERS)):
        for block in (f"{layer}.0.fn", f"{layer}.1.fn"):
            shapes |= {f"{block}.norm.weight": (WIDTH,), f"{block}.norm.bias": (WIDTH,)}
        shapes[f"{layer}.0.fn.to_q.weight"] = (HEADS * HEAD_WIDTH, WIDTH)
        shapes[f"{layer}.0.fn.to_kv.weight"] = (2 * HEAD_WIDTH, WIDTH)
        shapes[f"{layer}.0.fn.to_out.weight"] = (WIDTH, HEADS * HEAD_WIDTH)
        shapes[f"{layer}.0.fn.ff.0.weight"] = (2 * inner, WIDTH)
        shapes[f"{layer}.0.fn.ff.2.weight"] = (WIDTH, inner)
        shapes[f"{layer}.1.fn.rotary_emb.inv_freq"] = (HEAD_WIDTH // 2,)
        shapes[f"{layer}.1.fn.fused_attn_ff_proj.weight"] = (fused, WIDTH)
        shapes[f"{layer}.1.fn.attn_out.weight"] = (WIDTH, HEADS * HEAD_WIDTH)
        shapes[f"{layer}.1.fn.ff_out.1.weight"] = (WIDTH, inner)
    return shapes


@pytest.fixture(scope="session")
def clip_config():
    from transformers import CLIPConfig

    return CLIPConfig.from_dict(json.loads(json.dumps(CONFIG)))


@pytest.fixture(scope="session")
def weights(clip_config) -> dict[str, torch.Tensor]:
    """By upstream's names, without the prefix of the copies."""
    from transformers import CLIPModel

    generator = torch.Generator().manual_seed(0)

    def drawn(name, shape):
        noise = torch.randn(shape, generator=generator)
        if name.endswith("inv_freq"):
            return 1 / 10_000 ** (torch.arange(0, HEAD_WIDTH, 2).float() / HEAD_WIDTH)
        if name.startswith("cross_model") and name.endswith("norm.bias"):
            return torch.zeros(shape)  # a constant buffer upstream
        if "norm" in name and name.endswith("weight"):
            return 1 + 0.1 * noise
        return 0.1 * noise if name.endswith("bias") else 0.2 * noise

    shapes = {f"model.{n}": tuple(t.shape) for n, t in CLIPModel(clip_config).state_dict().items()}
    shapes |= crossing_shapes()
    made = {name: drawn(name, shape) for name, shape in shapes.items()}
    made["model.logit_scale"] = torch.tensor(2.5)
    return made


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, weights) -> Path:
    folder = tmp_path_factory.mktemp("mps")
    buffer = {"mps.model.text_model.embeddings.position_ids": torch.arange(77)[None]}
    save_file({f"mps.{n}": t for n, t in weights.items()} | buffer, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(CONFIG))
    numbered = {word: number for number, word in enumerate(WORDS)}
    (folder / "vocab.json").write_text(json.dumps(numbered), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def name(folder: Path) -> str:
    """The scorer's name with these weights."""
    return f"mps@path={folder},architecture={folder / 'config.json'}"


@pytest.fixture(scope="session")
def pictures() -> list[pil.Image]:
    """Odd sizes, odd modes."""
    rng = np.random.default_rng(3)

    def picture(wide: int, high: int, mode: str) -> pil.Image:
        rows, columns = np.mgrid[0:high, 0:wide]
        slope = (rows * 160 / high + columns * 60 / wide)[..., None] * [1.0, 0.6, 0.3]
        noise = rng.integers(0, 40, (high, wide, 3))
        return pil.fromarray((slope + noise).astype(np.uint8)).convert(mode)

    return [
        picture(64, 64, "RGB"),
        picture(127, 85, "RGB"),
        picture(60, 45, "RGBA"),
        picture(90, 200, "L"),
        picture(75, 52, "P"),
        picture(1, 1, "RGB"),
    ]


@pytest.fixture(scope="session")
def prompts() -> list[str]:
    return PROMPTS

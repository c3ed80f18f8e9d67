"""Tiny BLIPs with random weights, as files in the layouts in which their authors publish them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as pil
from safetensors.torch import save_file

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,'-!"
PIECES = [
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    *LETTERS,
    *(f"##{letter}" for letter in LETTERS),
    *("猫", "т", "##ё", "##м", "dog", "##ly"),
]
WORDS = len(PIECES) + 2  # and [DEC], [ENC]
WIDTH, TEXT_WIDTH, LAYERS, HEADS = 128, 128, 2, 2
PATCH, POSITIONS = 32, 512
IMAGE = {"imagereward": 224, "matching": 96}
PLACES = (IMAGE["imagereward"] // PATCH) ** 2 + 1

PROMPTS = [
    "",
    "a dog, dully lit",
    "a cat that sleeps in the middle of an otherwise empty room, " * 4,
    "猫 тёмный кот",
    "[SEP] <b>“quoted”</b> \x00 [ENC]",
]
"""Empty, short, long (cut at 35), not Latin, and with the signs of the vocabulary spelled out."""


def linear(name: str, out: int, into: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (out, into), f"{name}.bias": (out,)}


def norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def text_shapes() -> dict[str, tuple[int, ...]]:
    """The text encoder, named alike in BLIP's own layout and in transformers'."""
    width, shapes = TEXT_WIDTH, {}
    shapes["text_encoder.embeddings.word_embeddings.weight"] = (WORDS, width)
    shapes["text_encoder.embeddings.position_embeddings.weight"] = (POSITIONS, width)
    shapes |= norm("text_encoder.embeddings.LayerNorm", width)
    for layer in (f"text_encoder.encoder.layer.{number}" for number in range(LAYERS)):
        for kind, source in (("attention", width), ("crossattention", WIDTH)):
            shapes |= linear(f"{layer}.{kind}.self.query", width, width)
            shapes |= linear(f"{layer}.{kind}.self.key", width, source)
            shapes |= linear(f"{layer}.{kind}.self.value", width, source)
            shapes |= linear(f"{layer}.{kind}.output.dense", width, width)
            shapes |= norm(f"{layer}.{kind}.output.LayerNorm", width)
        shapes |= linear(f"{layer}.intermediate.dense", 3 * width, width)
        shapes |= linear(f"{layer}.output.dense", width, 3 * width)
        shapes |= norm(f"{layer}.output.LayerNorm", width)
    return shapes


def imagereward_shapes() -> dict[str, tuple[int, ...]]:
    """What ``ImageReward.pt`` has, by its own names."""
    shapes = {
        "visual_encoder.cls_token": (1, 1, WIDTH),
        "visual_encoder.pos_embed": (1, PLACES, WIDTH),
        "visual_encoder.patch_embed.proj.weight": (WIDTH, 3, PATCH, PATCH),
        "visual_encoder.patch_embed.proj.bias": (WIDTH,),
        **norm("visual_encoder.norm", WIDTH),
    }
    for block in (f"visual_encoder.blocks.{number}" for number in range(LAYERS)):
        shapes |= norm(f"{block}.norm1", WIDTH) | norm(f"{block}.norm2", WIDTH)
        shapes |= linear(f"{block}.attn.qkv", 3 * WIDTH, WIDTH)
        shapes |= linear(f"{block}.attn.proj", WIDTH, WIDTH)
        shapes |= linear(f"{block}.mlp.fc1", 2 * WIDTH, WIDTH)
        shapes |= linear(f"{block}.mlp.fc2", WIDTH, 2 * WIDTH)
    shapes |= text_shapes()
    shapes |= linear("vision_proj", 16, WIDTH) | linear("text_proj", 16, TEXT_WIDTH)
    shapes = {f"blip.{name}": shape for name, shape in shapes.items()}
    widths = [TEXT_WIDTH, 1024, 128, 64, 16, 1]
    for place, into, out in zip((0, 2, 4, 6, 7), widths, widths[1:], strict=False):
        shapes |= linear(f"mlp.layers.{place}", out, into)
    return shapes


def drawn(shapes: dict[str, tuple[int, ...]], seed: int = 0) -> dict[str, torch.Tensor]:
    """Random weights whose outputs are neither near zero nor saturated."""
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for name, shape in shapes.items():
        noise = torch.randn(shape, generator=generator)
        is_norm = "norm" in name.lower()
        if name.endswith("bias"):
            weights[name] = 0.1 * noise
        elif is_norm:
            weights[name] = 1 + 0.1 * noise
        elif name.startswith("mlp."):
            weights[name] = noise * 1.5 / shape[-1] ** 0.5
        else:
            weights[name] = 0.15 * noise
    return weights


@pytest.fixture(scope="session")
def imagereward_weights() -> dict[str, torch.Tensor]:
    return drawn(imagereward_shapes())


@pytest.fixture(scope="session")
def imagereward_folder(
    tmp_path_factory: pytest.TempPathFactory, imagereward_weights: dict[str, torch.Tensor]
) -> Path:
    """A folder with the checkpoint as ImageReward's authors save it, and a vocabulary."""
    folder = tmp_path_factory.mktemp("imagereward")
    positions = torch.arange(POSITIONS)[None]
    buffer = {"blip.text_encoder.embeddings.position_ids": positions}
    torch.save({**imagereward_weights, **buffer}, folder / "ImageReward.pt")
    write_vocabulary(folder)
    return folder


@pytest.fixture(scope="session")
def matching_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a repository of the hub: a BLIP for matching as transformers saves it."""
    from transformers import BlipConfig, BlipForImageTextRetrieval

    folder = tmp_path_factory.mktemp("matching")
    config = BlipConfig(
        text_config={
            "vocab_size": WORDS,
            "hidden_size": TEXT_WIDTH,
            "intermediate_size": 96,
            "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS,
            "max_position_embeddings": POSITIONS,
            "is_decoder": True,
        },
        vision_config={
            "hidden_size": WIDTH,
            "intermediate_size": 96,
            "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS,
            "image_size": IMAGE["matching"],
            "patch_size": PATCH,
            "layer_norm_eps": 1e-5,
        },
        image_text_hidden_size=16,
    )
    shapes = {
        name: tuple(tensor.shape)
        for name, tensor in BlipForImageTextRetrieval(config).state_dict().items()
    }
    weights = drawn(shapes, seed=1)
    torch.save(weights, folder / "pytorch_model.bin")
    save_file(weights, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config.to_dict()))
    write_vocabulary(folder)
    return folder


def write_vocabulary(folder: Path) -> None:
    (folder / "vocab.txt").write_text("\n".join(PIECES) + "\n", encoding="utf-8")


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
        picture(400, 3, "RGB"),
    ]


@pytest.fixture(scope="session")
def prompts() -> list[str]:
    return PROMPTS

"""Scorers of real width with random weights, as files in the layouts in which they are published.

Only the depth may be less than real, so that a processor gets through in minutes: a tower's cost is
proportional to its layers, and the ratios between ways of scoring are not.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from widespectrum.contracts import Scorer
from widespectrum.scorers import load_scorer
from widespectrum.scorers.clip import byte_signs

sys.path.insert(0, str(Path(__file__).parent / "parity"))


@dataclass(frozen=True)
class Family:
    """How one scorer of real width is made."""

    name: str
    layers: tuple[int, int]
    """Real depth: of the image tower, and of what reads text."""
    write: Callable[[Path, int, int], str]
    """Writes files of these depths; the scorer's name, as `load_scorer` takes it."""


def make(
    family: Family, folder: Path, depth: float, device: str, batch: int
) -> tuple[Scorer, tuple[int, int]]:
    """A scorer of `depth` times the real layers, and how many of each it has."""
    images, texts = (max(1, round(depth * layers)) for layers in family.layers)
    torch.manual_seed(0)
    name = family.write(folder, images, texts)
    return load_scorer(name, device=device, batch_size=batch), (images, texts)


def write_clip(folder: Path, images: int, texts: int) -> str:
    """CLIP-L as its hub repository has it: ViT-L/14 at 224 pixels."""
    from transformers import CLIPConfig, CLIPModel

    signs = byte_signs()
    words = [*signs, *(f"{sign}</w>" for sign in signs), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: n for n, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    text = {
        "vocab_size": len(words),
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": texts,
        "num_attention_heads": 12,
        "bos_token_id": len(words) - 2,
        "eos_token_id": len(words) - 1,
    }
    vision = {
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": images,
        "num_attention_heads": 16,
        "patch_size": 14,
        "image_size": 224,
    }
    network = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=768))
    network.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(
        json.dumps(
            {
                "size": {"shortest_edge": 224},
                "crop_size": {"height": 224, "width": 224},
                "image_mean": [0.48145466, 0.4578275, 0.40821073],
                "image_std": [0.26862954, 0.26130258, 0.27577711],
                "resample": 3,
            }
        )
    )
    return f"clip@path={folder}"


def write_matching(folder: Path, images: int, texts: int) -> str:
    """BLIP-L for matching as its hub repository has it: ViT-L/16 at 384 pixels."""
    from inputs import write_word_pieces
    from transformers import BlipConfig, BlipForImageTextRetrieval

    config = BlipConfig(
        text_config={"num_hidden_layers": texts, "num_attention_heads": 12, "vocab_size": 30_524},
        vision_config={
            "hidden_size": 1024,
            "intermediate_size": 4096,
            "num_hidden_layers": images,
            "num_attention_heads": 16,
            "image_size": 384,
        },
    )
    network = BlipForImageTextRetrieval(config)
    network.save_pretrained(folder)
    torch.save(network.state_dict(), folder / "pytorch_model.bin")
    write_word_pieces(folder / "vocab.txt", 30_522)
    return f"blip-large@path={folder}"


def write_imagereward(folder: Path, images: int, texts: int) -> str:
    """ImageReward v1.0 as its authors saved it: ViT-L/16 at 224 pixels."""
    from inputs import write_word_pieces

    torch.save(_drawn(_imagereward_shapes(images, texts)), folder / "ImageReward.pt")
    write_word_pieces(folder / "vocab.txt", 30_522)
    return f"imagereward@path={folder}"


def write_reward(folder: Path, images: int, texts: int) -> str:
    """HPSv3: Qwen2-VL-7B in width, with a small vocabulary that knows its instruction."""
    from hpsv3_files import Size, write_hpsv3

    from widespectrum.scorers.hpsv3 import HPSv3
    from widespectrum.scorers.hpsv3.instructions import read_instruction

    instruction = read_instruction("original", original=HPSv3.original)
    write_hpsv3(folder, Size(layers=texts, vision_layers=images), [instruction.text] * 4)
    return f"hpsv3@path={folder},dtype=float32"


FAMILIES = (
    Family("clip-l", (24, 12), write_clip),
    Family("imagereward", (24, 12), write_imagereward),
    Family("blip-large", (24, 12), write_matching),
    Family("hpsv3", (32, 28), write_reward),
)


def _imagereward_shapes(images: int, texts: int) -> dict[str, tuple[int, ...]]:
    wide, text, words = 1024, 768, 30_524
    shapes: dict[str, tuple[int, ...]] = {
        "visual_encoder.cls_token": (1, 1, wide),
        "visual_encoder.pos_embed": (1, 197, wide),
        "visual_encoder.patch_embed.proj.weight": (wide, 3, 16, 16),
        "visual_encoder.patch_embed.proj.bias": (wide,),
        "text_encoder.embeddings.word_embeddings.weight": (words, text),
        "text_encoder.embeddings.position_embeddings.weight": (512, text),
    }

    def linear(name: str, out: int, into: int) -> None:
        shapes.update({f"{name}.weight": (out, into), f"{name}.bias": (out,)})

    def norm(name: str, width: int) -> None:
        shapes.update({f"{name}.weight": (width,), f"{name}.bias": (width,)})

    norm("visual_encoder.norm", wide)
    norm("text_encoder.embeddings.LayerNorm", text)
    for block in (f"visual_encoder.blocks.{number}" for number in range(images)):
        norm(f"{block}.norm1", wide)
        norm(f"{block}.norm2", wide)
        linear(f"{block}.attn.qkv", 3 * wide, wide)
        linear(f"{block}.attn.proj", wide, wide)
        linear(f"{block}.mlp.fc1", 4 * wide, wide)
        linear(f"{block}.mlp.fc2", wide, 4 * wide)
    for layer in (f"text_encoder.encoder.layer.{number}" for number in range(texts)):
        for kind, source in (("attention", text), ("crossattention", wide)):
            linear(f"{layer}.{kind}.self.query", text, text)
            linear(f"{layer}.{kind}.self.key", text, source)
            linear(f"{layer}.{kind}.self.value", text, source)
            linear(f"{layer}.{kind}.output.dense", text, text)
            norm(f"{layer}.{kind}.output.LayerNorm", text)
        linear(f"{layer}.intermediate.dense", 4 * text, text)
        linear(f"{layer}.output.dense", text, 4 * text)
        norm(f"{layer}.output.LayerNorm", text)
    shapes = {f"blip.{name}": shape for name, shape in shapes.items()}
    widths = (text, 1024, 128, 64, 16, 1)
    for place, into, out in zip((0, 2, 4, 6, 7), widths, widths[1:], strict=False):
        linear(f"mlp.layers.{place}", out, into)
    return shapes


def _drawn(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, torch.Tensor]:
    def draw(name: str, shape: tuple[int, ...]) -> torch.Tensor:
        if len(shape) == 1:
            norm = "norm" in name.lower() and name.endswith("weight")
            return torch.ones(shape) if norm else torch.zeros(shape)
        return torch.randn(shape) * 1.5 / math.prod(shape[1:]) ** 0.5

    return {name: draw(name, shape) for name, shape in shapes.items()}

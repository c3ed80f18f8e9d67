"""What do eleven questions about a picture cost, shared and one by one?

    python benchmarks/judge_passes.py [--images 2] [--repeats 3] [--threads 2] [--dtype float32]
                                      [--device cpu] [--full]

Counted, for Qwen3-VL-4B at 512 and 1024 pixels: FLOPs of all matrix products, two per
multiplication with addition, added up by hand from the architecture and the real vocabulary's token
counts.

Measured, for a random Qwen3-VL of a small but realistic shape (with ``--full`` of the real one, for
a machine that holds it): seconds, and FLOPs as torch counts them, which checks the sum by hand. The
ways take turns; the best of the repeats counts. Ways:

- one by one: a whole pass per question, vision tower and all: the straightforward loop;
- authors: their batched script, eleven rows padded on the right with eleven copies of the picture,
  the language head on every position (it reads the wrong answers; its cost is what counts here);
- shared: what the judge does.

The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

from widespectrum.aesthetics import FIXED_ORDER
from widespectrum.judges.qwen3vl.passes import ImageFirst, TextFirst, separately
from widespectrum.judges.qwen3vl.pictures import patches
from widespectrum.judges.qwen3vl.reader import Reader
from widespectrum.judges.qwen3vl.sequences import Reading

PAPER = (90, 132, 109, 74, 140, 175, 146, 122, 133, 139, 175)
"""Tokens of the paper's questions up to the picture, with the real vocabulary."""
PLAIN = (70, 72, 70, 59, 58, 67, 67, 63, 73, 62, 61)
"""Tokens of our questions behind the picture, the end of the turn included."""
BEHIND = 6  # tokens behind the picture where the question stands before it
BEFORE = 5  # tokens around the picture where it stands first
IMAGE = 100
"""The token that stands for the picture in the random model."""


def main() -> None:
    """Count, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    warnings.simplefilter("ignore")
    real = configuration(full=True)
    counted = [row for size in (512, 1024) for row in count(real, size)]
    print("Qwen3-VL-4B, one picture, eleven dimensions, TFLOP:")
    for row in counted:
        print(
            f"  {row['order']:11} {row['size']:4} px  one by one {row['one by one']:6.1f}  "
            f"authors {row['authors']:6.1f}  shared {row['shared']:5.1f}  "
            f"{row['one by one'] / row['shared']:.2f}x and "
            f"{row['authors'] / row['shared']:.2f}x fewer"
        )
    measured = measure(real if options.full else configuration(full=False), options)
    for row in measured:
        print(
            f"  {row['order']:11} {row['images']} pictures: one by one {row['one by one']:6.2f} s  "
            f"authors {row['authors']:6.2f} s  shared {row['shared']:6.2f} s  "
            f"{row['one by one'] / row['shared']:.2f}x and "
            f"{row['authors'] / row['shared']:.2f}x faster; "
            f"sum by hand off by {row['off']:.1%}, logits by {row['difference']:.1e}"
        )
    settings = {key: getattr(options, key) for key in ("threads", "dtype", "device", "full")}
    print(json.dumps({**settings, "counted": counted, "measured": measured}))


def configuration(*, full: bool) -> Qwen3VLConfig:
    """Qwen3-VL-4B, or the same proportions a tenth as wide and a sixth as deep."""
    width, layers, heads, inner = (2560, 36, 32, 9728) if full else (256, 6, 8, 960)
    seen, depth, eyes = (1024, 24, 16) if full else (128, 6, 4)
    half = 64 if full else 16
    text = {
        "vocab_size": 151936 if full else 9000,
        "hidden_size": width,
        "intermediate_size": inner,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": heads // 4,
        "head_dim": 2 * half,
        "max_position_embeddings": 8192,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 5e6,
            "mrope_section": [half - 2 * (5 * half // 16), *[5 * half // 16] * 2],
            "mrope_interleaved": True,
        },
        "tie_word_embeddings": True,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    vision = {
        "depth": depth,
        "hidden_size": seen,
        "intermediate_size": 4 * seen,
        "num_heads": eyes,
        "patch_size": 16,
        "out_hidden_size": width,
        "num_position_embeddings": 2304,
        "deepstack_visual_indexes": [5, 11, 17] if full else [1, 3, 5],
    }
    return Qwen3VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=IMAGE,
        video_token_id=101,
        vision_start_token_id=102,
        vision_end_token_id=103,
        tie_word_embeddings=True,
    )


@dataclass(frozen=True)
class Cost:
    """FLOPs of parts of a Qwen3-VL."""

    config: Qwen3VLConfig

    def look(self, size: int) -> float:
        """The vision tower over one picture, mergers included."""
        vision = self.config.vision_config
        n, width = (size // vision.patch_size) ** 2, vision.hidden_size
        patch = 3 * vision.temporal_patch_size * vision.patch_size**2
        layer = 2 * n * (4 * width**2 + 2 * width * vision.intermediate_size) + 4 * n**2 * width
        merged = 4 * width
        merger = 2 * (n // 4) * (merged**2 + merged * vision.out_hidden_size)
        mergers = 1 + len(vision.deepstack_visual_indexes)
        return 2 * n * patch * width + vision.depth * layer + mergers * merger

    def read(self, new: int, all_: int) -> float:
        """The language model over `new` tokens that see a row of `all_`, masked or not."""
        text = self.config.text_config
        inner = text.num_attention_heads * text.head_dim
        keys = text.num_key_value_heads * text.head_dim
        weights = text.hidden_size * (2 * inner + 2 * keys + 3 * text.intermediate_size)
        return text.num_hidden_layers * (2 * new * weights + 4 * new * all_ * inner)

    def head(self, positions: int, answers: int) -> float:
        """The language head."""
        return 2 * positions * answers * self.config.text_config.hidden_size


def count(config: Qwen3VLConfig, size: int) -> list[dict[str, object]]:
    """TFLOP of one picture under eleven questions."""
    rows = []
    for order, questions in (("text-first", PAPER), ("image-first", PLAIN)):
        ways = by_hand(Cost(config), order, questions, size)
        rows.append({"order": order, "size": size} | {k: v / 1e12 for k, v in ways.items()})
    return rows


def by_hand(cost: Cost, order: str, questions: tuple[int, ...], size: int) -> Mapping[str, float]:
    """FLOPs of the three ways; what is computed once for all pictures counts for none of them."""
    picture = (size // 32) ** 2
    around = BEHIND if order == "text-first" else BEFORE
    whole = [question + picture + around for question in questions]
    longest, look = max(whole), cost.look(size)
    vocabulary = cost.config.text_config.vocab_size
    answers = cost.head(len(questions), 3)
    if order == "text-first":
        shared = sum(cost.read(picture + around, length) for length in whole)
    else:
        behind = sum(questions)
        shared = cost.read(picture + around, picture + around)
        shared += cost.read(behind, picture + around + behind)
    return {
        "one by one": sum(look + cost.read(length, length) for length in whole) + answers,
        "authors": len(whole) * (look + cost.read(longest, longest))
        + cost.head(len(whole) * longest, vocabulary),
        "shared": look + shared + answers,
    }


def measure(config: Qwen3VLConfig, options: argparse.Namespace) -> list[dict[str, object]]:
    """Seconds and FLOPs of a random model."""
    torch.manual_seed(0)
    dtype = getattr(torch, options.dtype)
    with torch.device(options.device):
        model = Qwen3VLForConditionalGeneration(config).to(dtype).eval()
    dice = np.random.default_rng(0)
    pictures = [
        Image.fromarray(dice.integers(0, 256, (512, 512, 3), dtype=np.uint8))
        for _ in range(options.images)
    ]
    pixels = patches(pictures, 512, config.vision_config).to(dtype)
    reader = Reader(model, torch.tensor([15, 16, 17]), (32, 32), 0)
    rows = []
    for order, questions in (("text-first", PAPER), ("image-first", PLAIN)):
        asked = readings(model, order, questions)
        passes = (TextFirst if order == "text-first" else ImageFirst)(reader, asked)
        with torch.inference_mode():
            wanted = separately(reader, asked, pixels, FIXED_ORDER)
            found = passes.logits(pixels, FIXED_ORDER)  # and the questions are kept from here on
            ways: dict[str, Callable[[], object]] = {
                "one by one": lambda asked=asked: separately(reader, asked, pixels, FIXED_ORDER),
                "authors": lambda asked=asked: authors(reader, asked, pixels),
                "shared": lambda passes=passes: passes.logits(pixels, FIXED_ORDER),
            }
            flops = {name: counted(way) for name, way in ways.items()}
            seconds = dict.fromkeys(ways, np.inf)
            for _ in range(options.repeats):
                for name, way in ways.items():
                    seconds[name] = min(seconds[name], timed(way, options.device))
        hand = by_hand(Cost(config), order, questions, 512)
        rows.append(
            {
                "order": order,
                "images": options.images,
                **seconds,
                "flops": flops,
                "off": max(abs(hand[n] * options.images / flops[n] - 1) for n in ways),
                "difference": float((found - wanted).abs().max()),
            }
        )
    return rows


def readings(
    model: Qwen3VLForConditionalGeneration, order: str, questions: tuple[int, ...]
) -> dict[str, Reading]:
    """Questions of random tokens, as long as the real ones, about a picture of 512 pixels."""
    asked = {}
    opening = torch.arange(104, 104 + BEFORE - 1)
    for dimension, length in zip(FIXED_ORDER, questions, strict=True):
        words = torch.randint(200, 8000, (length,))
        picture = torch.full((256,), IMAGE)
        if order == "text-first":
            ids, shared = torch.cat([words, picture, torch.arange(104, 104 + BEHIND)]), length
        else:
            ids = torch.cat([opening, picture, torch.tensor([103]), words])
            shared = 256 + BEFORE
        positions, _ = model.model.get_rope_index(
            ids[None], (ids == IMAGE).int()[None], image_grid_thw=torch.tensor([[1, 32, 32]])
        )
        asked[dimension] = Reading(ids, positions[:, 0], shared)
    return asked


def authors(reader: Reader, asked: Mapping[str, Reading], pixels: torch.Tensor) -> None:
    """Eleven rows and eleven copies of the picture at once; logits of every position."""
    rows = [reading.ids for reading in asked.values()]
    ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=0)
    mask = torch.nn.utils.rnn.pad_sequence([torch.ones_like(row) for row in rows], True)
    grids = torch.tensor([[1, 32, 32]] * len(rows))
    for picture in pixels:
        reader.model(
            input_ids=ids.to(reader.device),
            attention_mask=mask.to(reader.device),
            mm_token_type_ids=(ids == IMAGE).int().to(reader.device),
            pixel_values=picture.repeat(len(rows), 1).to(reader.device),
            image_grid_thw=grids.to(reader.device),
        )


def counted(way: Callable[[], object]) -> float:
    """FLOPs of the matrix products, those of attention spelt out so that torch counts them."""
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        way()
    return float(counter.get_total_flops())


def timed(way: Callable[[], object], device: str) -> float:
    """Seconds of one call."""
    begun = time.perf_counter()
    way()
    if device.startswith("cuda"):
        torch.cuda.synchronize()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()

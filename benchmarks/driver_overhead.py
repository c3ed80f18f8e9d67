"""What does the driver for diffusers cost beside calling the pipeline directly?

    python benchmarks/driver_overhead.py [--pictures 4] [--batch 2] [--repeats 5] [--width 192]

A Z-Image of random weights, written as a repository and read twice: by diffusers' own loading, and
through the catalog entry. Two ways to paint the same prompts with the same seeds at the same batch:

- pipeline: `ZImagePipeline` called batch by batch, as its documentation says.
- driver: `generate` of the catalog entry: requests checked, texts encoded once, pictures checked,
  records written.

In the first part there is no guidance and every prompt is new, so that both ways ask their networks
for the same, and the rest is overhead. The second is the first with one step of almost no network:
what is left of the difference is what the driver costs, in milliseconds. In the third there is
guidance, and all pictures are of two prompts, as in a study with repeats. Last, what it costs to
make a picture of 1024 x 1024 of what the decoder returns: diffusers' way, and ours, which looks for
numbers that are none and for pictures of one colour.

The ways take turns and swap their order; the best of the repeats counts, in processor seconds of
all threads and in seconds by the clock. Texts that went through the encoder are counted, and the
pictures of both ways compared. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from diffusers import (
    AutoencoderKL,
    FlowMatchEulerDiscreteScheduler,
    ZImagePipeline,
    ZImageTransformer2DModel,
)
from diffusers.image_processor import VaeImageProcessor
from tokenizers import pre_tokenizers
from transformers import Qwen2Tokenizer, Qwen3Config, Qwen3Model
from transformers.utils import logging

from widespectrum.contracts import GenerationRequest
from widespectrum.generators import load_generator
from widespectrum.generators.diffusers.outcomes import outcomes


@dataclass(frozen=True)
class Part:
    """What both ways paint."""

    guidance: float
    prompts: Callable[[int, int], list[GenerationRequest]]
    steps: int = 8
    width: int = 192
    layers: int = 4
    more: int = 1
    """Times as many pictures and repeats."""


def main() -> None:
    """Time both ways in every part and print it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pictures", type=int, default=4)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--side", type=int, default=96, help="of a picture, in pixels")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    logging.disable_progress_bar()
    parts = {
        "no guidance, every prompt new": Part(0.0, fresh),
        "the same, one step of almost no network": Part(0.0, fresh, 1, 48, 1, more=4),
        "guidance, two prompts": Part(4.0, repeated),
    }
    results = {name: compare(part, options) for name, part in parts.items()}
    for name, result in results.items():
        print(name)
        for way in WAYS:
            seconds = result["processor"][way] / result["pictures"]
            print(f"  {way:9} {seconds * 1e3:9.2f} ms a picture, {result['texts'][way]} texts read")
        for clock in ("processor", "wall"):
            best, paired = result["ratio"][clock], result["paired"][clock]
            print(f"  driver / pipeline, {clock}: {best:.4f} (median of pairs {paired:.4f})")
        print(f"  largest difference of a picture: {result['apart']} of 255")
    results["conversion"] = conversion(options.repeats)
    print("one picture of 1024 x 1024 made of what the decoder returns")
    for way, seconds in results["conversion"].items():
        print(f"  {way:9} {seconds * 1e3:9.2f} ms")
    print(json.dumps({"options": vars(options), "torch": torch.__version__, "results": results}))


def write(folder: Path, width: int, layers: int) -> Path:
    """The repository: random weights, no picture worth looking at, the arithmetic of a real one."""
    torch.manual_seed(0)
    pieces = ["<|endoftext|>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Qwen2Tokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)},
        merges=[],
        chat_template="{% for m in messages %}{{ m['content'] }}{% endfor %}",
    )
    reader = Qwen3Config(
        vocab_size=len(pieces),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=4,
        head_dim=width // 4,
        pad_token_id=0,
    )
    transformer = ZImageTransformer2DModel(
        in_channels=4,
        dim=width,
        n_layers=layers,
        n_refiner_layers=1,
        n_heads=width // 48,
        n_kv_heads=width // 48,
        cap_feat_dim=width,
        axes_dims=[16, 16, 16],
        axes_lens=[1024, 128, 128],
    )
    for parameter in (transformer.x_pad_token, transformer.cap_pad_token):
        torch.nn.init.normal_(parameter, std=0.02)
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        block_out_channels=(32, 64),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        scaling_factor=0.3611,
        shift_factor=0.1159,
    )
    ZImagePipeline(
        FlowMatchEulerDiscreteScheduler(shift=3.0), vae, Qwen3Model(reader), tokenizer, transformer
    ).save_pretrained(folder)
    return folder


class Way:
    """A way to paint, and the texts that it had encoded so far."""

    def __init__(self, pipeline: Any, paint: Callable[[Sequence[GenerationRequest]], list]) -> None:
        self.paint, self.texts = paint, 0
        pipeline.text_encoder.register_forward_pre_hook(self._count, with_kwargs=True)

    def _count(self, _module: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        self.texts += len(kwargs["input_ids"])


def bare(folder: Path, options: argparse.Namespace, part: Part) -> Way:
    """The pipeline, called batch by batch."""
    pipeline = ZImagePipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)

    def paint(requests: Sequence[GenerationRequest]) -> list:
        images = []
        for at in range(0, len(requests), options.batch):
            batch = requests[at : at + options.batch]
            images += pipeline(
                prompt=[request.prompt for request in batch],
                generator=[torch.Generator().manual_seed(request.seed) for request in batch],
                num_inference_steps=part.steps,
                guidance_scale=part.guidance,
                width=options.side,
                height=options.side,
            ).images
        return images

    return Way(pipeline, paint)


def driven(folder: Path, options: argparse.Namespace, part: Part) -> Way:
    """The same through the catalog entry."""
    generator = load_generator(
        "z-image",
        path=str(folder),
        steps=part.steps,
        guidance=part.guidance,
        size=options.side,
        batch=options.batch,
        dtype="float32",
        device="cpu",
    )
    return Way(generator.pipeline, generator.generate)


WAYS = {"pipeline": bare, "driver": driven}


def fresh(turn: int, count: int) -> list[GenerationRequest]:
    """Requests whose prompts nobody has seen before."""
    return [GenerationRequest(f"picture {turn} {at:02} of a red ball", at) for at in range(count)]


def repeated(turn: int, count: int) -> list[GenerationRequest]:
    """Two prompts, each with many seeds; others in every turn."""
    return [GenerationRequest(f"set {turn}, variant {at % 2}", at) for at in range(count)]


def compare(part: Part, options: argparse.Namespace) -> dict[str, Any]:
    """Both ways in turn; the first turn warms up and is not counted."""
    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name), part.width, part.layers)
        ways = {way: make(folder, options, part) for way, make in WAYS.items()}
    clocks = {"processor": time.process_time, "wall": time.perf_counter}
    taken: dict[str, dict[str, list[float]]] = {
        clock: {way: [] for way in ways} for clock in clocks
    }
    texts: dict[str, int] = {}
    apart, count = 0, options.pictures * part.more
    for turn in range(options.repeats * part.more + 1):
        requests, images = part.prompts(turn, count), {}
        for way in sorted(ways, reverse=turn % 2 == 0):
            before = ways[way].texts
            began = {clock: read() for clock, read in clocks.items()}
            images[way] = ways[way].paint(requests)
            for clock, read in clocks.items():
                if turn:
                    taken[clock][way].append(read() - began[clock])
            texts[way] = ways[way].texts - before
        for one, other in zip(images["pipeline"], images["driver"], strict=True):
            first, second = (np.asarray(image, dtype=int) for image in (one, other))
            apart = max(apart, int(abs(first - second).max()))
    best = {clock: {way: min(values) for way, values in of.items()} for clock, of in taken.items()}
    return {
        **best,
        "pictures": count,
        "ratio": {clock: of["driver"] / of["pipeline"] for clock, of in best.items()},
        "paired": {
            clock: median(
                mine / theirs for mine, theirs in zip(of["driver"], of["pipeline"], strict=True)
            )
            for clock, of in taken.items()
        },
        "texts": texts,
        "apart": apart,
    }


def conversion(repeats: int, side: int = 1024) -> dict[str, float]:
    """Processor seconds from a decoded tensor to a picture."""
    decoded = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0)) * 2 - 1
    processor = VaeImageProcessor()

    def theirs() -> object:
        return processor.postprocess(decoded, output_type="pil")

    def ours() -> object:
        return outcomes(processor.postprocess(decoded, output_type="pt"), [False])

    taken: dict[str, list[float]] = {"pipeline": [], "driver": []}
    for _turn in range(repeats + 1):
        for way, make in (("pipeline", theirs), ("driver", ours)):
            began = time.process_time()
            make()
            taken[way].append(time.process_time() - began)
    return {way: min(values) for way, values in taken.items()}


if __name__ == "__main__":
    main()

"""How many passes do the four scores of a pair cost, and how much time?

    python benchmarks/passes.py [--only clip-l] [--pairs 4] [--batch 2] [--depth 0.25]
                                [--repeats 3] [--threads 1] [--device cpu|cuda]

Scorers of real width and random weights, from files in the layouts in which they are published
(`passes_files.py`); on a processor with a quarter of the layers, since all ways cost in proportion
to them. For pairs of images of 512 x 512 and their two prompts, four scores each, four ways:

- ours: one call; every image and every prompt is passed once, with index pairs.
- four calls: the straightforward loop over our own scorer, one call per score, all pairs in it. The
  network sees batches of one size in both ways (``--batch``; on a processor, larger ones are no
  faster: their activations leave its cache).
- upstream: what the published code does, on the same weights, with transformers' own forward: every
  score by itself, image and prompt both (pairs in a batch where that code batches: HPSv3). Reading
  files again for every score, as hpsv2 does, is not counted against it.
- known: ours again, with every image encoded before and one new prompt each.

Seconds are of the processor (all threads), which other programs cannot stretch much, or of the
clock on a GPU; the ways take turns, and the best of the repeats counts. FLOPs are counted by torch
while it computes; the minimum is added up by hand, each image, prompt and combination once. The
last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

from passes_files import FAMILIES, Family, make
from passes_minimum import minimum
from passes_upstream import upstream
from widespectrum.contracts import Scorer
from widespectrum.encodings import EncodingStore, using

SIDE = 512
FOUR = ((0, 0), (0, 1), (1, 0), (1, 1))
GIGA = 1e9


def main() -> None:
    """Measure every family and print it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="*", choices=[family.name for family in FAMILIES])
    parser.add_argument("--pairs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=2, help="images per forward pass")
    parser.add_argument("--depth", type=float, default=0.25, help="share of the real layers")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    warnings.simplefilter("ignore")
    chosen = [family for family in FAMILIES if not options.only or family.name in options.only]
    results = [measure(family, options) for family in chosen]
    print(json.dumps({"options": vars(options), "results": results}, default=float))


def measure(family: Family, options: argparse.Namespace) -> dict[str, Any]:
    """One family, every way."""
    images, prompts = inputs(options.pairs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scorer, layers = make(family, folder, options.depth, options.device, options.pairs)
        theirs = upstream(family.name, scorer, folder, options.device)
        ways: dict[str, Callable[[], Any]] = {
            "ours": lambda: ours(scorer, images, prompts),
            "four calls": lambda: four_calls(scorer, images, prompts),
            "upstream": lambda: theirs(images, prompts, options.pairs),
        }
        scores = {way: np.asarray(run()).reshape(-1) for way, run in ways.items()}
        flops = {way: counted(run) for way, run in ways.items()}
        seconds = best(ways, options)
        store = EncodingStore(folder / "encodings")
        with using(store):
            ours(scorer, images, prompts)
            fresh = [f"{prompt}, again" for prompt in prompts]
            ways = {"known": lambda: ours(scorer, images, fresh)}
            flops["known"] = counted(ways["known"])
    floor = minimum(family.name, scorer, prompts, layers, options.pairs)
    spread = float(scores["ours"].std())
    apart = {
        way: float(np.abs(scores[way] - scores["ours"]).max()) / spread
        for way in ("four calls", "upstream")
    }
    show(family, layers, floor, flops, seconds, apart)
    return {
        "scorer": family.name,
        "layers": layers,
        "minimum": floor,
        "flops": flops,
        "seconds": seconds,
        "apart": apart,
    }


def show(
    family: Family,
    layers: tuple[int, int],
    floor: float,
    flops: dict[str, float],
    seconds: dict[str, float],
    apart: dict[str, float],
) -> None:
    """A block of lines for people."""
    print(f"{family.name}: {layers[0]} of {family.layers[0]} image layers, {layers[1]} of text")
    print(f"  {'minimum':10} {floor / GIGA:9.1f} GFLOP")
    for way, count in flops.items():
        line = f"  {way:10} {count / GIGA:9.1f} GFLOP {count / flops['ours']:5.2f} x"
        if way in seconds:
            line += f"   {seconds[way]:7.2f} s {seconds[way] / seconds['ours']:5.2f} x"
        if way in apart:
            line += f"   scores differ by {apart[way]:.1e} SD"
        print(line, flush=True)


def inputs(pairs: int) -> tuple[list[Image.Image], list[str]]:
    """Images and prompts, original and anti in turn; anti prompts are longer, as they are."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    images = []
    for _ in range(2 * pairs):
        slope = (rows * 0.3 + columns * 0.1)[..., None] * rng.uniform(0.3, 1, 3)
        noise = rng.integers(0, 40, (SIDE, SIDE, 3))
        images.append(Image.fromarray((slope + noise).clip(0, 255).astype(np.uint8)))
    prompts = []
    for number in range(pairs):
        original = f"a red boat number {number} on a lake"
        prompts += [original, f"{original}, blurred and grainy, dull"]
    return images, prompts


def ours(scorer: Scorer, images: list[Image.Image], prompts: list[str]) -> np.ndarray:
    """One call."""
    square = np.array(FOUR)
    pairs = (2 * np.arange(len(images) // 2)[:, None, None] + square).reshape(-1, 2)
    return scorer.score(images, prompts, pairs)


def four_calls(scorer: Scorer, images: list[Image.Image], prompts: list[str]) -> np.ndarray:
    """A call per score, with all pairs in its batch."""
    count = len(images) // 2
    diagonal = np.repeat(np.arange(count)[:, None], 2, axis=1)
    columns = [scorer.score(images[i::2], prompts[p::2], diagonal) for i, p in FOUR]
    return np.stack(columns, axis=1)


def counted(run: Callable[[], Any]) -> float:
    """FLOPs of a run, as torch counts them."""
    attention = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    counter = FlopCounterMode(display=False, custom_mapping={attention: _attention})
    with counter:
        run()
    return float(counter.get_total_flops())


def _attention(query: Any, key: Any, value: Any, *_: Any, **__: Any) -> int:
    """FLOPs of the processor's fused attention, which torch does not count by itself."""
    return sdpa_flop_count(query, key, value)


def best(ways: dict[str, Callable[[], Any]], options: argparse.Namespace) -> dict[str, float]:
    """The best time of each way; they take turns."""
    clock = time.perf_counter if options.device.startswith("cuda") else time.process_time
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(options.repeats):
        for way, run in ways.items():
            start = clock()
            run()
            times[way].append(clock() - start)
    return {way: min(taken) for way, taken in times.items()}


if __name__ == "__main__":
    main()

"""How fast do Bonsai's scorers score, next to the bare network?

    python benchmarks/bonsai_scoring.py [--pairs 64] [--repeats 5] [--threads 2]

Pairs of held-out pictures and prompts; the four scores of each, in calls of 64 pairs. Two ways:

- bare: bytes and token numbers are ready; the network encodes all pictures of a call in one batch
  and all prompts in one batch, and compares them. What one writes by hand.
- scorer: the ordinary contract: PIL images and texts in, scores out.

The two take turns; the best of the repeats counts. Every model is timed in float32 and, where the
processor computes in it, bfloat16. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable

import numpy as np
import torch

from widespectrum.bonsai import draw, world_pairs
from widespectrum.bonsai.models.encoder import to_pixels
from widespectrum.bonsai.models.scorers import as_bytes
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.models.weights import find_weights, load_encoder, load_taste
from widespectrum.bonsai.training.loop import best_precision
from widespectrum.scorers import load_scorer

CALL = 64


def main() -> None:
    """Time everything and print it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=CALL)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    warnings.simplefilter("ignore")
    calls = prepare(options.pairs)
    precisions = dict.fromkeys(["float32", best_precision("cpu")])
    results = [
        measure(name, precision, calls, options)
        for name in ("bonsai-clip", "bonsai-taste")
        for precision in precisions
    ]
    for row in results:
        print(
            f"{row['model']:13} {row['precision']:9} bare {row['bare']:7.1f} pairs/s   "
            f"scorer {row['scorer']:7.1f} pairs/s   {row['share']:.1%} of bare"
        )
    print(json.dumps({"threads": options.threads, "call": CALL, "results": results}))


def prepare(count: int) -> list[tuple]:
    """Calls of `CALL` pairs: pictures, prompts, indices."""
    made = world_pairs(count, 0)
    calls = []
    rows = made.frame.select("id", "prompt_original", "prompt_anti").rows()
    for start in range(0, count, CALL):
        part = rows[start : start + CALL]
        scenes = [made.scenes[name] for name, *_ in part]
        pictures = [draw(scene) for pair in scenes for scene in (pair.original, pair.anti)]
        prompts = [prompt for _, *both in part for prompt in both]
        square = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
        pairs = (2 * np.arange(len(part))[:, None, None] + square).reshape(-1, 2)
        calls.append((pictures, prompts, pairs))
    return calls


def measure(name: str, precision: str, calls: list[tuple], options: argparse.Namespace) -> dict:
    """Pairs per second of one model, bare and as a scorer."""
    scorer = load_scorer(name, precision=precision, threads=options.threads)
    ready = [
        (
            torch.from_numpy(as_bytes(pictures, 64)),
            torch.from_numpy(world_language().encode(prompts)),
            torch.from_numpy(pairs),
        )
        for pictures, prompts, pairs in calls
    ]
    bare = bare_network(name, precision)

    def by_hand() -> None:
        for call in ready:
            bare(*call)

    def by_contract() -> None:
        for call in calls:
            scorer.score(*call)

    best = {"bare": np.inf, "scorer": np.inf}
    by_hand(), by_contract()  # warm up
    for _ in range(options.repeats):
        best["bare"] = min(best["bare"], seconds(by_hand))
        best["scorer"] = min(best["scorer"], seconds(by_contract))
    speed = {way: options.pairs / spent for way, spent in best.items()}
    share = speed["scorer"] / speed["bare"]
    return {"model": name, "precision": precision, **speed, "share": share}


def bare_network(name: str, precision: str) -> Callable[..., torch.Tensor]:
    """The network and nothing else: bytes and tokens in batches of `CALL`, scores out."""
    load = load_taste if name == "bonsai-taste" else load_encoder
    network = load(find_weights(name), world_language())

    def score(pictures: torch.Tensor, tokens: torch.Tensor, pairs: torch.Tensor) -> torch.Tensor:
        low = precision == "bfloat16"
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=low):
            image = torch.cat([network.encode_images(to_pixels(p)) for p in pictures.split(CALL)])
            prompt = torch.cat([network.encode_prompts(t) for t in tokens.split(CALL)])
            if name == "bonsai-taste":
                return network.utility(image[pairs[:, 0]], prompt[pairs[:, 1]])
            return (image[pairs[:, 0]] * prompt[pairs[:, 1]]).sum(-1)

    return score


def seconds(action: Callable[[], None]) -> float:
    """By the clock."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()

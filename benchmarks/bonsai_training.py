"""How fast does Bonsai learn to paint, next to the matrix products that learning needs?

    python benchmarks/bonsai_training.py [--threads 2] [--steps 10] [--no-compile]

Pictures per second of whole training steps on a small gallery drawn first, batch 64, captions of
every padded length in turn, and how much of that time the forward pass's matrix products take,
three times counted (a backward pass needs each twice). Compiling takes minutes and is not counted.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from bonsai_products import time_of_products
from widespectrum.bonsai.generator.orders import LENGTHS
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.models.weights import find_weights, load_encoder
from widespectrum.bonsai.training.gallery import draw_gallery, open_gallery
from widespectrum.bonsai.training.generator import GeneratorTask, optimisers
from widespectrum.bonsai.training.loop import Device, Training, best_precision
from widespectrum.bonsai.training.painting import AVERAGING, shape_for
from widespectrum.bonsai.training.schedules import Plateau

PICTURES = 2_000


def main() -> None:
    """Time everything and print it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure(Path(folder), options)
    for row in results:
        print(
            f"{row['words']:3} words: {row['pictures_per_second']:6.1f} pictures/s, "
            f"{row['share_of_products']:.0%} of it matrix products"
        )
    print(json.dumps({"threads": options.threads, "results": results}))


def measure(folder: Path, options: argparse.Namespace) -> list[dict]:
    """Pictures per second at every padded length."""
    for _ in draw_gallery(folder, PICTURES, 0, "train", options.threads):
        pass
    encoder = load_encoder(find_weights("bonsai-clip"), world_language())
    task = GeneratorTask(
        shape_for(encoder.shape),
        encoder,
        "",
        open_gallery(folder, PICTURES, 0, "train"),
        {},
        compiled=options.compile,
    )
    precision = best_precision("cpu")
    dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
    training = Training(
        task,
        Plateau(10**9, 2e-3),
        Device("cpu", precision, options.threads),
        folder / "checkpoints",
        checkpoint_every=10**9,
        optimisers=optimisers,
        averaging=AVERAGING,
    )
    run = training.run()
    results = []
    for place, length in enumerate(LENGTHS):
        task._shares = np.eye(len(LENGTHS))[place]
        next(run), next(run)  # compiles
        begun = time.perf_counter()
        for _ in range(options.steps):
            next(run)
        spent = (time.perf_counter() - begun) / options.steps
        needed = 3 * time_of_products(task.shape, task.pictures, length, dtype)
        results.append(
            {
                "words": length,
                "precision": precision,
                "compiled": options.compile,
                "pictures_per_second": task.pictures / spent,
                "share_of_products": needed / spent,
            }
        )
    return results


if __name__ == "__main__":
    main()

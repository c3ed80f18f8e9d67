"""How few answers of the network suffice for one of Bonsai's pictures?

    python benchmarks/bonsai_steps.py [--pairs 10] [--exact 60] [--threads 2] [--model bonsai]

Held-out ordinary and anti prompts are painted by every method in several numbers of steps, with
times evenly spaced (bend 1) and closer at noise (1.5, as pictures are painted for use), from the
same noise and with guidance 2. Beside each: how often the network is asked (twice a step, for
guidance), and how far its pictures are, in root mean square of values from -1 to 1, from where the
flow leads: Heun's method in many steps. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
from unittest.mock import patch

import numpy as np
import torch

from widespectrum.bonsai.generator import orders
from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.generator.orders import Order, Sampler
from widespectrum.bonsai.generator.painter import Painter
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.models.weights import find_weights, load_generator_network
from widespectrum.bonsai.prompted import world_pairs

TRIED = (
    ("euler", 20),
    ("euler", 10),
    ("multistep", 20),
    ("multistep", 10),
    ("multistep", 6),
    ("heun", 5),
)
BENDS = (1.0, 1.5)


def main() -> None:
    """Paint with everything and print how far each is off."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--exact", type=int, default=60)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", default="bonsai")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    network = load_generator_network(find_weights(options.model), world_language())
    pairs = world_pairs(options.pairs, 0, split="test").frame
    said = [*pairs["prompt_original"].to_list(), *pairs["prompt_anti"].to_list()]
    rows = world_language().encode(said)
    asked = [Order(tuple(int(t) for t in row if t), seed) for seed, row in enumerate(rows)]
    exact = paint(network, asked, Sampler(options.exact, 2.0, "heun"), 1.5)
    results = []
    for method, steps in TRIED:
        for bend in BENDS:
            sampler = Sampler(steps, 2.0, method)
            squares = np.square(paint(network, asked, sampler, bend) - exact).mean(axis=(1, 2, 3))
            row = {
                "method": method,
                "steps": steps,
                "bend": bend,
                "answers": 2 * sampler.answers,
                "off": float(np.sqrt(squares.mean())),
                "off_median": float(np.median(np.sqrt(squares))),
            }
            print(
                f"{method:9} {steps:3} steps, bend {bend}: {row['answers']:3} answers, "
                f"{row['off']:.3f} off, half of the pictures at most {row['off_median']:.3f}"
            )
            results.append(row)
    print(json.dumps({"pictures": len(asked), "exact": options.exact, "results": results}))


def paint(
    network: GeneratorNetwork, asked: list[Order], sampler: Sampler, bend: float
) -> np.ndarray:
    """Pictures from -1 to 1, in the orders' order."""
    with patch.object(orders, "BEND", bend):
        painted = dict(Painter(network, sampler).paint(asked))
    return np.stack([np.asarray(painted[number]) / 127.5 - 1 for number in range(len(asked))])


if __name__ == "__main__":
    main()

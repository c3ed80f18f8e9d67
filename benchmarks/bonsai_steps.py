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
from widespectrum.bonsai.generator.orders import EMPTY, METHODS, Sampler, padded_length
from widespectrum.bonsai.generator.painter import draw_noise
from widespectrum.bonsai.generator.sampling import sample
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.models.weights import find_weights, load_generator_network
from widespectrum.bonsai.prompted import world_pairs

TRIED = (("euler", 20), ("euler", 10), ("multistep", 20), ("multistep", 10), ("multistep", 6))
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
    tokens = world_language().encode(
        [*pairs["prompt_original"].to_list(), *pairs["prompt_anti"].to_list()]
    )
    exact = paint(network, tokens, Sampler(options.exact, 2.0, "heun"), 1.5)
    results = []
    for method, steps in (*TRIED, ("heun", 5)):
        for bend in BENDS:
            sampler = Sampler(steps, 2.0, method)
            off = (paint(network, tokens, sampler, bend) - exact).square().mean((1, 2, 3)).sqrt()
            row = {
                "method": method,
                "steps": steps,
                "bend": bend,
                "answers": 2 * sampler.answers,
                "off": float(off.square().mean().sqrt()),
                "off_median": float(off.median()),
            }
            print(
                f"{method:9} {steps:3} steps, bend {bend}: {row['answers']:3} answers, "
                f"{row['off']:.3f} off, half of the pictures at most {row['off_median']:.3f}"
            )
            results.append(row)
    print(json.dumps({"pictures": len(tokens), "exact": options.exact, "results": results}))


@torch.inference_mode()
def paint(network: GeneratorNetwork, tokens: np.ndarray, sampler: Sampler, bend: float):
    """Pictures of all prompts, each from noise of its own."""
    length = padded_length(int((tokens > 0).sum(axis=1).max()))
    filled = np.zeros((len(tokens), length), dtype=np.int64)
    width = min(length, tokens.shape[1])
    filled[:, :width] = tokens[:, :width]
    size = network.shape.image_size
    noise = torch.from_numpy(np.stack([draw_noise(seed, size) for seed in range(len(tokens))]))
    text = network.read(torch.from_numpy(filled))
    against = network.read(torch.full((len(tokens), 1), EMPTY))
    with patch.object(orders, "BEND", bend):
        return sample(network, sampler, noise, text, against)


if __name__ == "__main__":
    assert {method for method, _ in TRIED} < set(METHODS)
    main()

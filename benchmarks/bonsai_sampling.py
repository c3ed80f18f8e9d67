"""How fast does Bonsai paint, next to the matrix products that painting needs?

    python benchmarks/bonsai_sampling.py [--threads 2] [--repeats 3]

Pictures per second of 64 x 64, prompts of 40 words (an anti prompt) by 10 steps with guidance 2 and
by 8 steps without, in float32 and, where the processor computes in it, bfloat16; in batches of 8
(what the generator does) and 32; as the network stands, and compiled. Beside it the time of the
matrix products alone, and how much of the whole they are. Last, the blocks' matrices in int8, as
torch quantises them on the fly (no limit is given for these: their products are not torch's own).
Speed does not depend on the weights, so none are needed. The last line is JSON.
"""

from __future__ import annotations

import argparse
import copy
import json
import warnings

import torch

from bonsai_products import seconds, time_of_products
from widespectrum.bonsai.generator.network import GeneratorNetwork, GeneratorShape
from widespectrum.bonsai.generator.orders import EMPTY, Sampler, padded_length
from widespectrum.bonsai.generator.sampling import sample
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.training.loop import best_precision

WORDS = 40
SAMPLERS = (Sampler(10, 2.0), Sampler(8, 1.0))


def main() -> None:
    """Time everything and print it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    language = world_language()
    network = GeneratorNetwork(GeneratorShape(language.size, language.token_limit)).eval()
    results = []
    ways = [(each, compiled) for each in precisions() for compiled in (False, True)]
    for precision, compiled in [*ways, ("int8", False)]:
        for batch in (8, 32):
            for sampler in SAMPLERS:
                row = measure(network, precision, compiled, batch, sampler, options.repeats)
                limit = row["share_of_products"]
                print(
                    f"{precision:9} {'compiled' if compiled else 'as it is':8} batch {batch:2} "
                    f"{sampler.steps:2} steps, guidance {sampler.guidance}: "
                    f"{row['pictures_per_second']:6.2f} pictures/s"
                    + ("" if limit is None else f", {limit:.0%} of it matrix products")
                )
                results.append(row)
    print(json.dumps({"threads": options.threads, "words": WORDS, "results": results}))


def precisions() -> list[str]:
    """float32, and what is best here, if that is another."""
    return list(dict.fromkeys(["float32", best_precision("cpu")]))


def quantised(network: GeneratorNetwork) -> GeneratorNetwork:
    """The network with int8 matrices in its blocks; everything between them stays float32."""
    other = copy.deepcopy(network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch is about to move this elsewhere.
        other.blocks = torch.ao.quantization.quantize_dynamic(other.blocks, {torch.nn.Linear})
    return other


def measure(
    network: GeneratorNetwork,
    precision: str,
    compiled: bool,
    batch: int,
    sampler: Sampler,
    repeats: int,
) -> dict:
    """Pictures per second, and the share of the matrix products in that time."""
    dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
    length = padded_length(WORDS)
    tokens = torch.randint(3, network.shape.vocabulary, (batch, length))
    noise = torch.randn(batch, 3, network.shape.image_size, network.shape.image_size)
    if precision == "int8":
        network = quantised(network)
    torch._dynamo.reset()  # Or the limit of recompilations is reached on the way.
    asked = torch.compile(network, dynamic=False) if compiled else network

    def paint() -> None:
        low = dtype == torch.bfloat16
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=low):
            text = network.read(tokens)
            against = network.read(torch.full((batch, 1), EMPTY))
            sample(asked, sampler, noise, text, against)

    spent = seconds(paint, repeats)
    row = {
        "precision": precision,
        "compiled": compiled,
        "batch": batch,
        "steps": sampler.steps,
        "guidance": sampler.guidance,
        "pictures_per_second": batch / spent,
        "share_of_products": None,
    }
    if precision == "int8":
        return row
    needed = time_of_products(network.shape, batch, length, dtype)
    if sampler.guidance != 1:
        needed += time_of_products(network.shape, batch, 1, dtype)
    return row | {"share_of_products": sampler.steps * needed / spent}


if __name__ == "__main__":
    main()

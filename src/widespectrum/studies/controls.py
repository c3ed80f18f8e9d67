"""Controls every reward study runs: what would the scorer say if the effects were not asked for?

*Shuffled*: the same two images under the anti prompt of another pair: wrong effects, right kind of
text. *Neutral*: under a rewrite of the caption that is as long as the anti prompt and asks for
nothing. A scorer that listens prefers the anti image under its own anti prompt only.
"""

from __future__ import annotations

import random

import polars as pl


def shuffled_prompts(pairs: pl.DataFrame, seed: int) -> pl.Series:
    """For every row of `pairs`, the anti prompt of a pair from another cluster.

    Clusters are put in a random cycle, and each cluster borrows from the next one that has another
    text to lend; pairs of the same cluster and anti prompt (one prompt under several generators)
    borrow the same prompt, so that a scorer encodes it once. Null where no other cluster has
    another text: with a single cluster, or one anti prompt for all.

    Args:
        pairs: with columns `cluster` and `prompt_anti`.
        seed: of the cycle.
    """
    prompts: dict[str, list[str]] = {}
    for cluster, prompt in sorted(set(zip(pairs["cluster"], pairs["prompt_anti"], strict=True))):
        prompts.setdefault(cluster, []).append(prompt)
    cycle = list(prompts)
    random.Random(f"shuffled prompts {seed}").shuffle(cycle)  # noqa: S311 - an experiment's seed
    borrowed: dict[tuple[str, str], str | None] = {}
    for place, cluster in enumerate(cycle):
        for index, prompt in enumerate(prompts[cluster]):
            # The walk ends at the first lender, unless clusters share their anti prompts.
            lenders = (cycle[(place + step) % len(cycle)] for step in range(1, len(cycle)))
            texts = (text for lender in lenders for text in _turned(prompts[lender], index))
            borrowed[cluster, prompt] = next((text for text in texts if text != prompt), None)
    return pl.Series(
        "prompt_shuffled",
        [borrowed[key] for key in zip(pairs["cluster"], pairs["prompt_anti"], strict=True)],
        pl.String,
    )


def _turned(texts: list[str], index: int) -> list[str]:
    """`texts` from place `index` on, round to its start, so that all of them are lent."""
    start = index % len(texts)
    return texts[start:] + texts[:start]

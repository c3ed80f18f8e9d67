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

    Clusters are put in a random cycle, and each cluster borrows from the next one; pairs of the
    same cluster and anti prompt (one prompt under several generators) borrow the same prompt, so
    that a scorer encodes it once. Rows of a table with a single cluster get null: there is no other
    prompt to borrow.
    """
    prompts: dict[str, list[str]] = {}
    for cluster, prompt in sorted(set(zip(pairs["cluster"], pairs["prompt_anti"], strict=True))):
        prompts.setdefault(cluster, []).append(prompt)
    cycle = list(prompts)
    random.Random(f"shuffled prompts {seed}").shuffle(cycle)  # noqa: S311 - an experiment's seed
    following = dict(zip(cycle, cycle[1:] + cycle[:1], strict=True))
    borrowed: dict[tuple[str, str], str | None] = {}
    for cluster, own in prompts.items():
        lender = prompts[following[cluster]]
        for index, prompt in enumerate(own):
            candidate = lender[index % len(lender)]
            borrowed[cluster, prompt] = None if following[cluster] == cluster else candidate
    return pl.Series(
        "prompt_shuffled",
        [borrowed[key] for key in zip(pairs["cluster"], pairs["prompt_anti"], strict=True)],
        pl.String,
    )

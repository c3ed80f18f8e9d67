"""One seed per request, from a hash: order, batch size, engine and machine change nothing."""

from __future__ import annotations

import hashlib
import json

SEED_BITS = 31
"""Seeds fit a signed 32-bit integer, the least that any generator we know accepts."""


def derive_seed(run_seed: int, family: str, prompt_id: str, variant: str | None = None) -> int:
    """The seed of one request, in ``[0, 2**31)``.

    The first 31 bits of the sha256 of the JSON list of the four arguments. JSON keeps them apart:
    ``("a", "bc")`` and ``("ab", "c")`` get different seeds.

    Args:
        run_seed: the run's one seed.
        family: the lineage of the model (`flux-dev` for all its descendants), so that a model and
            what was aligned from it draw from the same noise and differ by alignment alone.
        prompt_id: the id of the prompt pair, not its text: an edited prompt keeps its seed.
        variant: leave it out so that original and anti image share a seed, as paired comparisons
            want; name the variant (or `"repeat 2"`) where the draws must be independent.

    Example:
        >>> derive_seed(0, "flux-dev", "caption-17") == derive_seed(0, "flux-dev", "caption-17")
        True
    """
    text = json.dumps([run_seed, family, prompt_id, variant], ensure_ascii=False)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - SEED_BITS)

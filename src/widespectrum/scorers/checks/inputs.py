"""Does it take whatever is allowed, and leave it as it was?"""

from __future__ import annotations

from widespectrum.conformance import Broken
from widespectrum.errors import BadInput
from widespectrum.scorers.checks.bench import Bench
from widespectrum.scorers.probes import EMPTY_PROMPT, LONG_PROMPT, OTHER_PROMPTS, odd_images


def keeps_inputs(bench: Bench) -> str:
    """Images, prompts and pairs are after the calls what they were before."""
    bench.call(bench.images, bench.prompts, bench.grid)
    if bench.damage:
        raise Broken(f"it changed {' and '.join(dict.fromkeys(bench.damage))} that it was given")
    return "images, prompts and pairs are left as they were"


def takes_odd_images(bench: Bench) -> str:
    """Images of one pixel, of a few rows, of one colour."""
    shapes = odd_images()
    for name, image in shapes.items():
        try:
            bench.ask([image], bench.prompts[:1], [[0, 0]])
        except Broken as broken:
            raise Broken(f"for an image {name}: {broken}") from broken
    return f"scored: an image {', '.join(shapes)}"


def takes_odd_prompts(bench: Bench) -> str:
    """An empty prompt, a long one, other scripts, signs; refused where the vocabulary is closed."""
    kinds = {
        "an empty prompt": [EMPTY_PROMPT],
        f"a prompt of {len(LONG_PROMPT):,} characters": [LONG_PROMPT],
        "other scripts": list(OTHER_PROMPTS),
    }
    refused = []
    for name, prompts in kinds.items():
        pairs = [[0, place] for place in range(len(prompts))]
        try:
            bench.ask(bench.images[:1], prompts, pairs)
        except Broken as broken:
            if bench.scorer.facts.closed_vocabulary and isinstance(broken.__cause__, BadInput):
                refused.append(name)
                continue
            raise Broken(f"for {name}: {broken}") from broken
    scored = f"scored: {', '.join(kind for kind in kinds if kind not in refused) or 'none'}"
    told = f"; refused, since its vocabulary is closed: {', '.join(refused)}" if refused else ""
    return scored + told

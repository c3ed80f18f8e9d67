"""Is what it says about itself there, and is it true?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from widespectrum.conformance import Broken, attempt
from widespectrum.contracts import ScorerFacts
from widespectrum.scorers.checks.bench import Bench


def has_contract(bench: Bench) -> str:
    """Name, fingerprint and facts of the right types, with plausible content."""
    scorer: Any = bench.scorer
    wanted = ("name", "fingerprint", "facts", "tokens", "score")
    lacking = [attribute for attribute in wanted if not hasattr(scorer, attribute)]
    if lacking:
        raise Broken(f"it lacks {', '.join(lacking)}")
    for attribute in ("name", "fingerprint"):
        value = getattr(scorer, attribute)
        if not isinstance(value, str) or not value.strip():
            raise Broken(f"its {attribute} is {value!r}, not a text")
    facts = scorer.facts
    if not isinstance(facts, ScorerFacts):
        raise Broken(f"its facts are a {type(facts).__name__}, not ScorerFacts")
    if not isinstance(facts.prompt_aware, bool):
        raise Broken(f"facts.prompt_aware is {facts.prompt_aware!r}, neither True nor False")
    if facts.range is not None and not _is_range(facts.range):
        raise Broken(f"facts.range is {facts.range!r}, not (smallest, largest)")
    if facts.token_limit is not None and not _is_limit(facts.token_limit):
        raise Broken(f"facts.token_limit is {facts.token_limit!r}, neither None nor above 0")
    return "name, fingerprint, facts, tokens and score are there"


def counts_tokens(bench: Bench) -> str:
    """One integer per prompt; twice the text does not need fewer tokens."""
    prompts = [*bench.prompts, *(f"{prompt} {prompt}" for prompt in bench.prompts), ""]
    counts = _tokens(bench, prompts)
    once, twice = np.split(counts[:-1], 2)
    if (twice < once).any():
        raise Broken("a prompt written twice needs fewer tokens than once: it is cut, or misread")
    if (_tokens(bench, prompts) != counts).any():
        raise Broken("tokens() gives other counts when asked again")
    _tokens(bench, [])
    return f"from {once.min()} to {once.max()} tokens per prompt"


def tells_prompt_awareness(bench: Bench) -> str:
    """The score changes with the prompt exactly if the facts say so."""
    by_image = bench.base.reshape(len(bench.images), len(bench.prompts))
    moved = float(np.ptp(by_image, axis=1).max())
    # Anything beyond rounding counts, however small beside the differences between images.
    bench.prompt_aware = moved > bench.rounding + 3 * bench.jitter
    says = bench.scorer.facts.prompt_aware
    if bench.prompt_aware and not says:
        raise Broken(f"its facts say that it ignores the prompt; its scores move by {moved:.3g}")
    if says and not bench.prompt_aware:
        raise Broken(
            "prompt-blind: the score ignored every prompt, though its facts say that it reads it"
        )
    if not says:
        return "prompt-blind, as its facts say: it never reads the prompt"
    return f"reads the prompt: scores of one image move by up to {moved:.3g}"


def keeps_range(bench: Bench) -> str:
    """Every score seen lies in facts.range."""
    scores = np.concatenate(bench.seen)
    low, high = float(scores.min()), float(scores.max())
    stated = bench.scorer.facts.range
    if stated is None:
        return f"no range is stated; seen were {low:.4g} to {high:.4g}"
    # Scores are float32: the smallest that is meant to be 0.1 may lie a rounding step off it.
    smallest = np.nextafter(np.float32(stated[0]), np.float32(-np.inf))
    largest = np.nextafter(np.float32(stated[1]), np.float32(np.inf))
    if low < smallest or high > largest:
        raise Broken(f"facts.range is {stated[0]:g} to {stated[1]:g}; seen {low:.4g} to {high:.4g}")
    return f"seen {low:.4g} to {high:.4g}, inside {stated[0]:g} to {stated[1]:g}"


def keeps_fingerprint(bench: Bench) -> str:
    """The fingerprint does not change by use, nor when the scorer is made once more."""
    if bench.scorer.fingerprint != bench.fingerprint:
        raise Broken("it changed while the scorer was used")
    if bench.again is None:
        return "stays the same while the scorer is used"
    if attempt(bench.again).fingerprint != bench.fingerprint:
        raise Broken("making the scorer again gives another one: no result would be found again")
    return "the same when the scorer is made again"


def _tokens(bench: Bench, prompts: list[str]) -> np.ndarray[Any, Any]:
    counts = attempt(lambda: bench.scorer.tokens(list(prompts)))
    if not isinstance(counts, np.ndarray):
        raise Broken(f"tokens() returned a {type(counts).__name__}, not a NumPy array")
    if counts.shape != (len(prompts),) or counts.dtype.kind not in "iu":
        raise Broken(
            f"tokens() returned {counts.dtype} of shape {counts.shape} for {len(prompts)} prompts"
        )
    if (counts.astype(np.int64) < -1).any():
        raise Broken(f"tokens() returned {counts.min()}")
    return counts


def _is_range(value: Any) -> bool:
    if not isinstance(value, tuple | list) or len(value) != 2:
        return False
    low, high = value
    return all(isinstance(v, int | float) and math.isfinite(v) for v in value) and low < high


def _is_limit(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0

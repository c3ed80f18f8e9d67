"""Any callable ``f(images, prompts) -> scores`` is a scorer."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from widespectrum.catalog import (
    Setting,
    fingerprint,
    fingerprint_of_code,
    format_settings,
    without_folders,
)
from widespectrum.catalog.signatures import describe, plain_name, takes
from widespectrum.contracts import ScorerFacts
from widespectrum.errors import BadInput, BrokenContract, InvalidResult

if TYPE_CHECKING:
    from widespectrum.contracts import FloatArray, Image, IntArray, Scorer

ScoringFunction: TypeAlias = Callable[[Sequence[Any], Sequence[str]], Any]
"""Equally long sequences of images and prompts in, one number per place out."""


def as_scorer(
    function: ScoringFunction,
    *,
    name: str | None = None,
    facts: ScorerFacts | None = None,
    settings: Mapping[str, Setting] | None = None,
    version: str | None = None,
) -> Scorer:
    """Make a scorer of a function.

    Args:
        function: gets equally long lists of PIL images and prompts, returns one finite number per
            place: a list, an array or a tensor of shape ``(n,)``.
        name: how tables and reports call it; by default the function's own name.
        facts: what is known about it; by default that it reads the prompt, and nothing else.
            `widespectrum check` finds out whether it does.
        settings: further keyword arguments for `function`; part of name and fingerprint.
        version: a label for what the code does not show (weights, an API's model version); part
            of the fingerprint. Change it whenever scores may have changed.

    Raises:
        BadInput: `function` cannot be called with two positional arguments and the settings.
    """
    settings = dict(settings or {})
    if not takes(function, 2, settings):
        raise BadInput(
            f"{describe(function)} cannot be called as f(images, prompts)"
            + (f" with {', '.join(settings)}" if settings else ""),
            "A scoring function takes a list of images and an equally long list of prompts.",
        )
    return CallableScorer(
        function,
        name=(name or plain_name(function)) + format_settings(without_folders(settings)),
        facts=facts or ScorerFacts(prompt_aware=True),
        settings=settings,
        version=version,
    )


class CallableScorer:
    """The scorer that `as_scorer` makes; a scorer of the ordinary contract."""

    def __init__(
        self,
        function: ScoringFunction,
        *,
        name: str,
        facts: ScorerFacts,
        settings: Mapping[str, Setting],
        version: str | None,
    ) -> None:
        self.name = name
        self.facts = facts
        self.fingerprint = fingerprint(
            code=fingerprint_of_code(function), settings=dict(settings), version=version
        )
        self._function = functools.partial(function, **settings) if settings else function

    def __repr__(self) -> str:
        return f"<scorer {self.name}>"

    def tokens(self, prompts: Sequence[str]) -> IntArray:
        """Words of each prompt: what the function itself counts is not known."""
        return count_words(prompts)

    def score(self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray) -> FloatArray:
        """Scores of `pairs`, from one call of the function.

        Raises:
            BrokenContract: the function did not return one number per pair.
            InvalidResult: one of them is not finite.
        """
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        if len(pairs) == 0:
            return np.empty(0, dtype=np.float32)
        asked = [prompts[p] for p in pairs[:, 1]]
        returned = self._function([images[i] for i in pairs[:, 0]], asked)
        return _checked(returned, asked, self.name)


def count_words(prompts: Sequence[str]) -> IntArray:
    """Whitespace-separated words of each prompt, ``(n,)``."""
    return np.array([len(prompt.split()) for prompt in prompts], dtype=np.int64)


def _checked(returned: Any, prompts: Sequence[str], name: str) -> FloatArray:
    """What a scoring function returned, as ``(n,)`` float32.

    Raises:
        BrokenContract: it does not have that form.
        InvalidResult: a score is not finite.
    """
    wanted = len(prompts)
    if hasattr(returned, "detach"):  # a tensor, maybe on a device, maybe with a gradient
        returned = returned.detach().cpu()
    remedy = f"Return one number per place: a list or array of shape ({wanted},)."
    try:
        with np.errstate(over="ignore"):
            scores = np.asarray(returned, dtype=np.float64).astype(np.float32)
    except (TypeError, ValueError) as error:
        raise BrokenContract(
            f"scorer {name!r} returned {_shown(returned)} for {wanted} pairs, not numbers", remedy
        ) from error
    if scores.shape != (wanted,):
        if scores.ndim == 2 and scores.shape == (wanted, 1):
            remedy += " Here: scores.squeeze(-1)."
        raise BrokenContract(
            f"scorer {name!r} returned shape {scores.shape} for {wanted} pairs", remedy
        )
    bad = np.flatnonzero(~np.isfinite(scores))
    if len(bad):
        first = int(bad[0])
        raise InvalidResult(
            f"scorer {name!r} returned {scores[first]} for {len(bad)} of {wanted} pairs, "
            f"the first of them under the prompt {prompts[first][:80]!r}",
            "Mend the scorer, or raise an error where there is no score: the pair then counts "
            "as a failure.",
        )
    return scores


def _shown(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:60] + ' ...'}"

"""The contract of a prompt writer: a caption and some dimensions in, an anti-aesthetic prompt out.

A template fulfils it, and so may a language model: batches in, order kept, and a request that
cannot be answered becomes a `Failure`, never a placeholder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from widespectrum.aesthetics import Dimension
from widespectrum.contracts import Failure

WORD_LIMIT = 70
"""A prompt has fewer words than this (paper, section 4, and its rewriting instruction)."""


@dataclass(frozen=True)
class WritingRequest:
    """One prompt to write."""

    caption: str
    """The original prompt: visible text on one line."""
    dimensions: tuple[Dimension, ...]
    """The dimensions whose low ends are asked for, at least one, all different."""
    seed: int
    """Where a writer can choose, the seed decides."""


@dataclass(frozen=True)
class WrittenPrompt:
    """An anti-aesthetic prompt."""

    text: str
    effects: tuple[str, ...]
    """Keys of the effects that the text asks for, as far as the writer knows them."""


@runtime_checkable
class PromptWriter(Protocol):
    """Writes anti-aesthetic prompts: the caption's content, the effects asked for, nothing else."""

    name: str
    fingerprint: str
    """Identity of model and settings: the same request to the same fingerprint means the same."""

    def write(self, requests: Sequence[WritingRequest]) -> list[WrittenPrompt | Failure]:
        """One prompt of fewer than `WORD_LIMIT` words, or `Failure`, per request, in order."""
        ...

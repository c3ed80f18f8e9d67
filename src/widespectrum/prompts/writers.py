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
from widespectrum.errors import BadInput
from widespectrum.prompts.captions import plain_text
from widespectrum.prompts.evidence import Evidence

WORD_LIMIT = 70
"""A prompt has fewer words than this, by the paper's instruction to its writer."""


@dataclass(frozen=True)
class WritingRequest:
    """One prompt to write.

    Raises:
        BadInput: the caption is not visible text, or the dimensions are none or repeat.
    """

    caption: str
    """The original prompt: visible text on one line."""
    dimensions: tuple[Dimension, ...]
    """The dimensions whose low ends are asked for, at least one, all different."""
    seed: int
    """Where a writer can choose, the seed decides."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "caption", plain_text(self.caption, field="caption"))
        keys = {dimension.key for dimension in self.dimensions}
        if not keys or len(keys) != len(self.dimensions):
            raise BadInput(
                "dimensions are none, or one of them comes twice",
                "Ask for at least one dimension, and for each once.",
                field="dimensions",
            )


@dataclass(frozen=True)
class WrittenPrompt:
    """An anti-aesthetic prompt."""

    text: str
    effects: tuple[str, ...]
    """Keys of the effects that the text asks for, as far as the writer knows them."""
    evidence: tuple[Evidence, ...] = ()
    """Which words express which effect, where the writer says so."""
    attempts: int = 1
    """How often it was written before it passed the checks."""


@runtime_checkable
class PromptWriter(Protocol):
    """Writes anti-aesthetic prompts: the caption's content, the effects asked for, nothing else."""

    name: str
    fingerprint: str
    """Identity of model and settings: the same request to the same fingerprint means the same."""

    def write(self, requests: Sequence[WritingRequest]) -> list[WrittenPrompt | Failure]:
        """One prompt of fewer than `WORD_LIMIT` words, or `Failure`, per request, in order."""
        ...

"""Texts other than anti prompts: one item in, one text or `Failure` out, batches, order kept.

Negative prompts, prompts with an [emotion] slot, captions of pictures, captions without the style,
social critique: what they have in common is here; what sets them apart is data (`Checks` here, the
wording for a model in `widespectrum.writers`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from widespectrum.aesthetics import Dimension
from widespectrum.contracts import Failure


@dataclass(frozen=True)
class TextItem:
    """What one text is to be written from."""

    id: str
    fields: Mapping[str, str] = field(default_factory=dict)
    """Texts by name, as ``caption`` or ``title``."""
    dimensions: tuple[Dimension, ...] = ()
    picture: Path | None = None
    seed: int = 0
    """Where a writer can choose, the seed decides."""


@dataclass(frozen=True)
class WrittenText:
    """A text, and what its writer said besides."""

    text: str
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further fields by name: texts, or tuples of texts."""
    attempts: int = 1


@runtime_checkable
class TextWriter(Protocol):
    """Writes one kind of text."""

    name: str
    fingerprint: str
    """Identity of model, wording, checks and settings."""

    def write(self, items: Sequence[TextItem]) -> list[WrittenText | Failure]:
        """One text, or `Failure`, per item, in order."""
        ...

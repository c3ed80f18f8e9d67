"""What is known about a generator, as data: what it takes, how it is set, what a picture costs.

The same argument means different things to different pipelines; `Guidance` is what can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

GuidanceKind = Literal["none", "embedded", "cfg", "embedded+cfg", "unknown"]
"""How a prompt is enforced: not at all; by a number that the network was trained to read; by
classifier-free guidance (a second pass without the prompt, or with the negative one); by both; or
in a way that nobody has stated."""


@dataclass(frozen=True)
class Guidance:
    """How strongly a prompt is followed."""

    kind: GuidanceKind
    w: float | None = None
    """Weight of classifier-free guidance, ``negative + w (positive - negative)``, whatever the
    pipeline's argument counts; 1 is off. ``None`` where there is none to state: a number that a
    network reads is not comparable with it."""
    raw: Mapping[str, float] = field(default_factory=dict)
    """The pipeline's own arguments."""


@dataclass(frozen=True)
class GeneratorFacts:
    """What is known about a generator and its settings. Unknown is ``None``, never a guess."""

    takes_seed: bool = True
    takes_negative: bool = False
    """Whether a negative prompt has an effect, with these settings."""
    takes_start_image: bool = False
    """Whether it paints from a picture by strength (editing after a reference is not that)."""
    size: tuple[int, int] | None = None
    """Width and height of its pictures, in pixels."""
    steps: int | None = None
    passes: int | None = None
    """Passes through the network per picture, with these settings and without a start picture."""
    guidance: Guidance | None = None
    rewrites_prompt: bool | None = False
    """Whether the prompt is rewritten before the model sees it."""
    flops: float | None = None
    """Floating-point operations per picture, about."""
    uncounted: str | None = None
    """What takes time besides `flops`, and much of it."""
    seconds: float | None = None
    """Per picture, as measured; ``measured_on`` in the catalog says on what."""
    cost_per_image: float | None = None
    """US dollars."""
    settings_preset: str = "controlled"
    """``controlled``: both variants of a prompt are painted alike. ``paper``: as the paper's
    scripts did, where not."""
    confounds: tuple[str, ...] = ()
    """What differs between the two variants besides the prompt; empty where nothing does."""
    licence: str = "unknown"


def generator_facts(generator: Any) -> GeneratorFacts | None:
    """The facts that a generator states, if it does."""
    facts = getattr(generator, "facts", None)
    return facts if isinstance(facts, GeneratorFacts) else None

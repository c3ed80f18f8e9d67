"""The conformance kit: does a scorer keep its contract, and do its facts tell the truth?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from widespectrum.conformance import ConformanceReport, ask_all
from widespectrum.encodings import using
from widespectrum.errors import BadInput
from widespectrum.scorers.checks import CHECKS
from widespectrum.scorers.checks.bench import TOLERANCE, Bench
from widespectrum.scorers.probes import PROMPTS, probe_images

if TYPE_CHECKING:
    from widespectrum.contracts import Image, Scorer


@dataclass(frozen=True)
class ScorerReport(ConformanceReport):
    """All checks of one scorer."""

    scorer: str
    prompt_aware: bool | None
    """Whether the score was seen to change with the prompt; ``None`` if that is not known."""


def check_scorer(
    scorer: Scorer,
    images: Sequence[Image] | None = None,
    prompts: Sequence[str] | None = None,
    *,
    again: Callable[[], Scorer] | None = None,
    tolerance: float = TOLERANCE,
) -> ScorerReport:
    """Put a scorer through every check.

    Args:
        scorer: the scorer, or what claims to be one.
        images: at least two different RGB images of its world; by default `probe_images`.
        prompts: at least two different prompts that it should tell apart; by default `PROMPTS`.
        again: makes the scorer once more; its fingerprint must come out the same.
        tolerance: how far a score may move with its neighbours in a batch, as a share of the
            standard deviation of the scores of `images` under `prompts`.

    Raises:
        BadInput: fewer than two images or prompts.
        MissingExtra, MissingWeights: the scorer cannot work here at all.
    """
    images = probe_images() if images is None else images
    prompts = PROMPTS if prompts is None else prompts
    if len(images) < 2 or len(prompts) < 2:
        raise BadInput(
            f"{len(images)} images and {len(prompts)} prompts are too few to check a scorer",
            "Give at least two different ones of each.",
        )
    bench = Bench(
        scorer,
        list(images),
        list(prompts),
        again=again,
        tolerance=tolerance,
    )
    with using(None):  # what was kept earlier would hide what it does now
        results = ask_all(CHECKS, bench)
    name = str(getattr(scorer, "name", type(scorer).__name__))
    return ScorerReport(results, name, bench.prompt_aware)

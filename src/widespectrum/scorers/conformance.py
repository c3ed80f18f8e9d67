"""The conformance kit: does a scorer keep its contract, and do its facts tell the truth?

Every check answers one question and, where the answer is no, says what to do. A check that cannot
be asked because an earlier one failed stays open (`CheckResult.passed` is ``None``): so a broken
scorer is told what is wrong with it, not everything that follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from widespectrum.encodings import using
from widespectrum.errors import BadInput
from widespectrum.scorers.checks import CHECKS, Check
from widespectrum.scorers.checks.bench import TOLERANCE, Bench, Broken
from widespectrum.scorers.probes import PROMPTS, probe_images

if TYPE_CHECKING:
    from widespectrum.contracts import Image, Scorer


@dataclass(frozen=True)
class CheckResult:
    """One check's outcome."""

    name: str
    passed: bool | None
    """``None`` if it could not be asked because another check failed."""
    detail: str
    """What was seen."""
    remedy: str = ""
    """What to do, where it failed."""


@dataclass(frozen=True)
class ConformanceReport:
    """All checks of one scorer, in the order in which they were made."""

    scorer: str
    prompt_aware: bool | None
    """Whether the score was seen to change with the prompt; ``None`` if that is not known."""
    results: tuple[CheckResult, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(result.passed for result in self.results)

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that failed."""
        return tuple(result.name for result in self.results if result.passed is False)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {**asdict(self), "passed": self.passed}


def check_scorer(
    scorer: Scorer,
    images: Sequence[Image] | None = None,
    prompts: Sequence[str] | None = None,
    *,
    again: Callable[[], Scorer] | None = None,
    tolerance: float = TOLERANCE,
) -> ConformanceReport:
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
    results: dict[str, CheckResult] = {}
    with using(None):  # what was kept earlier would hide what it does now
        for check in CHECKS:
            results[check.name] = _ask(check, bench, results)
    name = str(getattr(scorer, "name", type(scorer).__name__))
    return ConformanceReport(name, bench.prompt_aware, tuple(results.values()))


def _ask(check: Check, bench: Bench, results: Mapping[str, CheckResult]) -> CheckResult:
    """One check, if those that it needs have passed."""
    if not all(results[need].passed for need in check.needs):
        failed = ", ".join(result.name for result in results.values() if result.passed is False)
        return CheckResult(check.name, None, f"not asked; mend first: {failed}")
    try:
        return CheckResult(check.name, True, check.ask(bench))
    except Broken as broken:
        return CheckResult(check.name, False, str(broken), check.remedy)

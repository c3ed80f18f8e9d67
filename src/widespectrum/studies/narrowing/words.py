"""One sentence, and what stands behind it."""

from __future__ import annotations

from widespectrum.studies.narrowing.verdict import POWER, Verdict
from widespectrum.studies.painted import Painted


def headline(verdict: Verdict, base: str, aligned: str, prompts: int) -> tuple[str, ...]:
    """The sentence, and the numbers."""
    drop = verdict.drop
    rates = (
        f"{base} follows the anti prompt in {verdict.at_base:.0%} of {prompts:,} prompts, "
        f"{aligned} in {verdict.at_aligned:.0%}"
    )
    if drop.estimate is None or drop.low is None or drop.high is None:
        return ("It cannot be told whether alignment has narrowed this model.", f"{rates}.")
    interval = f"{100 * drop.low:+.0f} to {100 * drop.high:+.0f} points"
    numbers = f"{rates}: a drop of {100 * drop.estimate:.0f} points (95% interval {interval})."
    return _sentence(verdict, aligned, base), numbers


def _sentence(verdict: Verdict, aligned: str, base: str) -> str:
    margin = f"{100 * verdict.margin:.0f} points"
    if verdict.outcome == "narrowed":
        return f"Alignment has narrowed {aligned}: it does less of what is asked than {base}."
    if verdict.outcome == "kept":
        slightly = verdict.drop.low is not None and verdict.drop.low > 0
        return (
            f"Alignment has narrowed {aligned} slightly, by less than {margin}."
            if slightly
            else f"Alignment has not narrowed {aligned} by {margin} or more."
        )
    if verdict.little_to_lose:
        return (
            f"It cannot be told whether alignment has narrowed {aligned}: {base} itself follows "
            f"anti prompts too rarely to lose {margin}."
        )
    return f"It cannot be told yet whether alignment has narrowed {aligned} by {margin}: " + (
        f"that takes about {verdict.needed:,} prompts."
        if verdict.needed is not None and verdict.needed > verdict.drop.n
        else "the difference lies too close to it."
    )


def notes(
    verdict: Verdict, painted: Painted, *, left_out: int, stopped: tuple[int, int] | None
) -> tuple[str, ...]:
    """How to read the verdict."""
    margin = f"{100 * verdict.margin:.0f} points"
    said = [
        "Both models painted the same prompts from the same seeds. Success: "
        f"{painted.chooser} takes the anti image for the anti prompt. Ties are no successes, and a "
        "picture that a model failed to paint is none.",
        f"Kept: the whole interval of the drop lies below {margin}. Narrowed: the whole interval "
        "lies above zero. Undecided: neither. The gate passes only what is kept.",
    ]
    if stopped is None:
        said.append(
            "Interval: Bonett and Price's for paired proportions, one mean per prompt; it keeps a "
            "width where all prompts agree."
        )
    else:
        said.append(
            "Interval: a confidence sequence by betting, which holds however often one looks. It "
            f"was looked at until it decided: after {stopped[0]:,} of {stopped[1]:,} prompts."
        )
    if verdict.power is not None:
        said.append(
            f"So many prompts show a drop of {margin} with a chance of {verdict.power:.0%}; a "
            f"chance of {POWER:.0%} takes {verdict.needed:,} (McNemar's test, at the share of "
            "prompts on which the two models differ here)."
        )
    if left_out:
        said.append(
            f"{left_out:,} pairs of shots are left out: painted, but without the chooser's answer."
        )
    return tuple(said)

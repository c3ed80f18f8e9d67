"""How many prompt pairs does it take to see that a model has become worse?

Two models answer the same prompts, so their success rates p1 and p2 are compared by McNemar's test,
which sees only the discordant pairs. With d = p1 - p2 and psi the share of discordant pairs, the
number of pairs for a two-sided test at level alpha with the wanted power is::

    n = [ z_(1 - alpha/2) sqrt(psi) + z_power sqrt(psi - d^2) ]^2 / d^2

(Miettinen 1968; Connor 1987, "Sample size for testing differences in proportions for the paired-
sample design").
"""

from __future__ import annotations

import math

from widespectrum.errors import BadInput


def pairs_needed(
    base: float,
    drop: float,
    *,
    discordant: float | None = None,
    power: float = 0.9,
    alpha: float = 0.05,
) -> int:
    """Number of pairs needed to see success fall from `base` by `drop`.

    Args:
        base: success rate of the better model, in (0, 1].
        drop: what must not go unseen, in (0, base].
        discordant: share of prompts on which only one of the two succeeds. Not known: the two
            models are taken to succeed independently, which asks for more pairs than models that
            find the same prompts hard.
        power: chance of seeing such a drop, in (0, 1).
        alpha: level of the two-sided test, in (0, 1).

    Raises:
        BadInput: a rate out of range, or a discordant share that no two such models can have.
    """
    from scipy.special import ndtri

    psi = _discordant(base, drop, discordant)
    for name, value in (("power", power), ("alpha", alpha)):
        if not 0 < value < 1:
            raise BadInput(f"must lie between 0 and 1, is {value}", field=name)
    reach = ndtri(1 - alpha / 2) * math.sqrt(psi) + ndtri(power) * math.sqrt(psi - drop**2)
    return math.ceil((reach / drop) ** 2)


def power_of(
    pairs: int, base: float, drop: float, *, discordant: float | None = None, alpha: float = 0.05
) -> float:
    """Chance that `pairs` pairs show a fall from `base` by `drop`; the same formula, solved for it.

    Args:
        pairs: number of prompts that both models answered.
        base: success rate of the better model, in (0, 1].
        drop: true fall of the success rate, in (0, base].
        discordant: as in `pairs_needed`.
        alpha: level of the two-sided test, in (0, 1).

    Raises:
        BadInput: as `pairs_needed`.
    """
    from scipy.special import ndtr, ndtri

    psi = _discordant(base, drop, discordant)
    if pairs < 1:
        raise BadInput(f"must be at least 1, is {pairs}", field="pairs")
    if not 0 < alpha < 1:
        raise BadInput(f"must lie between 0 and 1, is {alpha}", field="alpha")
    above = math.sqrt(pairs) * drop - ndtri(1 - alpha / 2) * math.sqrt(psi)
    # With psi = d^2 (every pair discordant, all in one direction) nothing is left to chance.
    return float(ndtr(above / max(math.sqrt(psi - drop**2), 1e-12)))


def _discordant(base: float, drop: float, discordant: float | None) -> float:
    if not 0 < base <= 1:
        raise BadInput(f"must lie in (0, 1], is {base}", field="base")
    if not 0 < drop <= base:
        raise BadInput(f"must lie in (0, {base:g}], is {drop}", field="drop")
    after = base - drop
    if discordant is None:
        return base * (1 - after) + after * (1 - base)
    most = min(base + after, 2 - base - after)
    if not drop <= discordant <= most:
        raise BadInput(
            f"must lie between {drop:g} and {most:g} for these rates, is {discordant}",
            field="discordant",
        )
    return discordant

"""Correction for asking many questions at once.

A family is the set of tests that one table or screen makes together; say which it is. Holm's method
keeps the chance of any false alarm in the family, and is for tables; Benjamini and Hochberg's keeps
the expected share of false alarms among the alarms, and is for screens over dimensions or classes.
A test without a p-value (``None`` or NaN) takes no part: its place stays ``None`` and it does not
count as a member of the family.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from widespectrum.errors import BadInput
from widespectrum.statistics.arrays import Floats


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p-values by Holm (1979), in the given order.

    The i-th smallest of m is multiplied by m - i + 1, and none falls below a smaller one's.
    """
    return _adjusted(
        p_values, lambda p: np.maximum.accumulate(p * np.arange(len(p), 0, -1)).clip(max=1)
    )


def benjamini_hochberg(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p-values by Benjamini & Hochberg (1995), in the given order.

    The i-th smallest of m is multiplied by m / i, and none rises above a larger one's.
    """
    return _adjusted(
        p_values,
        lambda p: np.minimum.accumulate((p * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1],
    )


def _adjusted(
    p_values: Sequence[float | None], adjust: Callable[[Floats], Floats]
) -> tuple[float | None, ...]:
    """`adjust` on the sorted p-values there are; the others keep their places as ``None``."""
    members = [(p, row) for row, p in enumerate(p_values) if p is not None and p == p]
    for p, row in members:
        if not 0 <= p <= 1:
            raise BadInput(f"must lie between 0 and 1, is {p}", row=row + 1, field="p")
    members.sort()
    adjusted: list[float | None] = [None] * len(p_values)
    larger = adjust(np.array([p for p, _ in members]))
    for (_, row), p in zip(members, larger.tolist(), strict=True):
        adjusted[row] = p
    return tuple(adjusted)

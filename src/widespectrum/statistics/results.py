"""What every statistic returns: frozen records whose undefined numbers are ``None``, with a reason.

One idea, used everywhere: a number that the data do not define is ``None``, never zero and never
NaN, and `reason` then says why in words that can stand in a table. Where every number is defined,
`reason` is empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

NO_ROWS = "no rows"


@dataclass(frozen=True)
class Estimate:
    """One number computed from `n` rows."""

    value: float | None
    n: int
    """Rows that entered it."""
    reason: str = ""
    """Why `value` is ``None``; empty where it is not."""


@dataclass(frozen=True)
class Interval:
    """An estimate with an interval around it."""

    estimate: float | None
    low: float | None
    high: float | None
    n: int
    """Rows that entered the estimate."""
    n_clusters: int
    """Clusters that those rows form; equals `n` where rows are independent."""
    level: float = 0.95
    draws: int = 0
    """Bootstrap draws asked for; 0 for an interval by formula."""
    undefined_draws: int = 0
    """Draws in which the statistic does not exist (a class vanished ...). They are left out."""
    reason: str = ""
    """Why `estimate`, or only `low` and `high`, are ``None``."""


@dataclass(frozen=True)
class TestResult:
    """The outcome of one hypothesis test, always with an effect size beside the p-value."""

    __test__: ClassVar[bool] = False  # the name is that of the field; pytest must not collect it

    statistic: float | None
    p: float | None
    """Two-sided, before any correction for multiplicity."""
    effect: float | None
    """How large the difference is, in the units that `effect_name` says."""
    effect_name: str
    n: int
    """Rows (or clusters, where `method` says so) that entered the test."""
    dropped: int
    """Rows left out because they carry no information for this test (zero differences)."""
    method: str
    """Which test, and how its p-value was computed."""
    reason: str = ""
    """Why `statistic`, `p` or `effect` is ``None``."""

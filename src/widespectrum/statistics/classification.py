"""Which image does the scorer choose under the anti prompt, and is it the one that follows it?

Truth per pair: 1 the anti image follows the anti prompt better, 0 the original image, -1 a tie.
Choice per pair: 1 the scorer chose the anti image, 0 the original, 1/2 where it could not decide.
Every score below is a function of the four cells that choice and truth span, except the AUROC,
which is a function of the order of the margins. Definitions: paper, table 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from widespectrum.errors import BadInput
from widespectrum.statistics.arrays import Bools, Floats, vector, vectors
from widespectrum.statistics.results import NO_ROWS, Estimate

TieRule = Literal["half", "original"]
"""What two equal scores choose: half of each image (ours), or the original (the authors' code)."""

ONE_CLASS = "only one class is present in the truth"


@dataclass(frozen=True)
class Untied:
    """The pairs whose truth is decided, and how many were not."""

    rows: Bools
    """``(n,)``: true where one image follows the prompt better."""
    ties: int


def drop_ties(truth: ArrayLike) -> Untied:
    """Set aside pairs whose truth is a tie, and count them.

    Args:
        truth: ``(n,)`` of 1, 0 and -1.

    Raises:
        BadInput: another value, NaN among them.
    """
    decided = vector(truth, "truth")
    refuse_other_than((1, 0, -1), decided, "truth")
    rows = decided >= 0
    return Untied(rows, int((~rows).sum()))


def chosen(margin: ArrayLike, ties: TieRule = "half") -> Floats:
    """Share of the choice that falls on the anti image, ``(n,)`` of 1, 0 and 1/2.

    Args:
        margin: ``(n,)`` ia_pa - io_pa.
        ties: what a margin of exactly zero means; the authors' code gives it to the original.
    """
    difference = vector(margin, "margin")
    return np.where(difference == 0, 0.5 if ties == "half" else 0.0, difference > 0)


def credit(choice: ArrayLike, truth: ArrayLike) -> Floats:
    """How right each choice is: 1, 0, or 1/2 for an undecided one. Shapes broadcast.

    Its mean is the accuracy, so everything that works on means works on accuracies.
    """
    pick, right = _choice_and_truth(choice, truth)
    return np.where(right == 1, pick, 1 - pick)


def cells(choice: ArrayLike, truth: ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    """Each pair's part in the cells tp, fp, fn, tn; positive is the anti image. Shapes broadcast.

    An undecided choice stands half in one cell and half in the other.
    """
    pick, right = _choice_and_truth(choice, truth)
    return right * pick, (1 - right) * pick, right * (1 - pick), (1 - right) * (1 - pick)


def accuracy(choice: ArrayLike, truth: ArrayLike) -> Estimate:
    """Mean `credit`, in [0, 1]; undefined without rows.

    Args:
        choice: ``(n,)`` of 1, 0, 1/2.
        truth: ``(n,)`` of 1, 0.
    """
    pick, right = vectors(choice=choice, truth=truth)
    return _estimate(lambda: credit(pick, right).mean(), len(right))


def class_f1(choice: ArrayLike, truth: ArrayLike, positive: int = 1) -> Estimate:
    """F1 of one class, 2TP / (2TP + FP + FN), 0 where the denominator is 0; undefined without rows.

    Args:
        choice: ``(n,)`` of 1, 0, 1/2.
        truth: ``(n,)`` of 1, 0.
        positive: the class. 1, the anti image, makes it the paper's binary F1.
    """
    tp, fp, fn, tn = _summed(choice, truth)
    return _estimate(lambda: _f1(tp if positive == 1 else tn, fp + fn), np.size(truth))


def weighted_f1(choice: ArrayLike, truth: ArrayLike) -> Estimate:
    """Class F1 weighted by the classes' shares of the truth, in [0, 1]; undefined without rows.

    Args:
        choice: ``(n,)`` of 1, 0, 1/2.
        truth: ``(n,)`` of 1, 0.
    """
    tp, fp, fn, tn = _summed(choice, truth)
    return _estimate(lambda: weighted_f1_of_cells(tp, fp, fn, tn), np.size(truth))


def weighted_f1_of_cells(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    """Weighted F1 from summed cells, elementwise: sum over classes of (n_c / N) F1_c.

    A class without members has weight 0, a class F1 with denominator 0 is 0; NaN where N is 0.
    """
    wrong = fp + fn
    total = tp + wrong + tn
    both = (tp + fn) * _f1(tp, wrong) + (fp + tn) * _f1(tn, wrong)
    nan = np.full(np.shape(total), np.nan)
    return np.asarray(np.divide(both, total, out=nan, where=total > 0))


def auroc(margin: ArrayLike, truth: ArrayLike) -> Estimate:
    """Chance that a pair with truth 1 has a larger margin than one with truth 0; ties count half.

    Only the order of the margins matters, so it is taken from the margins themselves: a softmax
    over two scores saturates and makes ties that are none. Undefined if a class is missing.
    """
    from scipy.stats import rankdata

    order, right = vectors(margin=margin, truth=truth)
    refuse_other_than((1, 0), right, "truth")
    n = len(right)
    positives = int(right.sum())
    if positives in (0, n):
        return Estimate(None, n, ONE_CLASS if n else NO_ROWS)
    # Mann-Whitney: the ranks of the positives beyond those they would hold among themselves.
    wins = rankdata(order)[right == 1].sum() - positives * (positives + 1) / 2
    return Estimate(float(wins / (positives * (n - positives))), n)


def _f1(hits: Floats, wrong: Floats) -> Floats:
    """2 hits / (2 hits + wrong), 0 where that is 0 / 0."""
    denominator = 2 * hits + wrong
    zeros = np.zeros_like(denominator)
    return np.asarray(np.divide(2 * hits, denominator, out=zeros, where=denominator > 0))


def _summed(choice: ArrayLike, truth: ArrayLike) -> tuple[Floats, ...]:
    pick, right = vectors(choice=choice, truth=truth)
    return tuple(np.asarray(cell.sum()) for cell in cells(pick, right))


def _estimate(compute: Callable[[], Floats], n: int) -> Estimate:
    return Estimate(float(compute()), n) if n else Estimate(None, 0, NO_ROWS)


def _choice_and_truth(choice: ArrayLike, truth: ArrayLike) -> tuple[Floats, Floats]:
    pick, right = np.asarray(choice, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    refuse_other_than((1, 0, 0.5), pick, "choice")
    refuse_other_than((1, 0), right, "truth")
    return pick, right


def refuse_other_than(allowed: tuple[float, ...], values: Floats, name: str) -> None:
    """Raises BadInput, naming the row, unless every value is one of `allowed`."""
    strange = ~np.logical_or.reduce([values == value for value in allowed])
    if strange.any():
        place = np.argwhere(strange)[0]
        found = values[tuple(place)]
        raise BadInput(
            f"must be one of {', '.join(f'{value:g}' for value in allowed)}, is {found:g}",
            "Set ties aside with drop_ties." if found == -1 else "",
            row=int(place[0]) + 1,
            field=name,
        )

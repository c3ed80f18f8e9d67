"""Answers of one short label (``0``, ``1``, ``2``): how probable is each?

Where a server gives log-probabilities, one answer tells the whole distribution. Where it gives
none, several sampled answers tell it roughly. Which of the two is read is a setting, and one is
never taken for the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from widespectrum.endpoints.completions import Answer
from widespectrum.errors import BadInput, BrokenContract, InvalidResult

if TYPE_CHECKING:
    from numpy.typing import NDArray

Reading = Literal["logprobs", "votes"]
"""logprobs: from the log-probabilities of one answer. votes: the shares of sampled answers."""

LEAST_MASS = 0.5
"""The labels together must have at least this probability, else the model meant something else."""


def refuse_needless_votes(reading: Reading, votes: int) -> None:
    """Log-probabilities tell everything in one answer.

    Raises:
        BadInput: several are asked for all the same.
    """
    if votes > 1 and reading == "logprobs":
        raise BadInput(
            f"is {votes}, but log-probabilities are read from one answer",
            "Set reading=votes, or votes=1.",
            field="votes",
        )


def label_probabilities(answer: Answer, labels: Sequence[str]) -> NDArray[np.float64]:
    """Probability of each label at the place where the model gave one, ``(n_labels,)``, sum 1.

    Tokens that differ only in surrounding space are one label. What the server does not list (it
    gives the 20 likeliest) counts as 0.

    Args:
        answer: asked for with log-probabilities.
        labels: each a single token of any usual tokenizer, as the digits are.

    Raises:
        BrokenContract: the server gives no log-probabilities.
        InvalidResult: the model answered something else, or was about to.
    """
    if answer.tokens is None:
        raise BrokenContract(
            f"{answer.model or 'the server'} gives no log-probabilities",
            "Choose reading=votes: the shares of several sampled answers, as it then says.",
        )
    place = next(((token, top) for token, top in answer.tokens if token.strip()), None)
    if place is None or place[0].strip() not in labels:
        raise _no_label(answer, labels)
    mass = dict.fromkeys(labels, 0.0)
    for token, logprob in place[1]:
        if token.strip() in mass:
            mass[token.strip()] += math.exp(min(0.0, logprob))
    weights = np.array([mass[label] for label in labels])
    total = float(weights.sum())
    if not total >= LEAST_MASS:
        raise InvalidResult(
            f"the model gives {total:.0%} of its probability to {', '.join(labels)}",
            "Take another model, or reading=votes.",
        )
    return np.asarray(weights / total)


def read_label(answer: Answer, labels: Sequence[str]) -> str:
    """The label that an answer consists of.

    Raises:
        InvalidResult: it is something else.
    """
    label = answer.text.strip().rstrip(".")
    if label not in labels:
        raise _no_label(answer, labels)
    return label


def shares(votes: Sequence[str], labels: Sequence[str]) -> NDArray[np.float64]:
    """How often each label was given, ``(n_labels,)``, sum 1."""
    counts = np.array([votes.count(label) for label in labels], dtype=np.float64)
    return np.asarray(counts / len(votes))


def _no_label(answer: Answer, labels: Sequence[str]) -> InvalidResult:
    return InvalidResult(
        f"the model answered {answer.text[:80]!r}, not one of {', '.join(labels)}",
        "Ask again, or take another model.",
    )

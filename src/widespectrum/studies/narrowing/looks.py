"""Looking again and again: in which order, how often, when to stop, and how long that takes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from widespectrum.statistics import wealth
from widespectrum.studies.narrowing.verdict import LOOK, Floats, Matches, Verdict, verdict_of


def looking_order(clusters: Iterable[str], seed: int) -> tuple[str, ...]:
    """The clusters in an order drawn by hash: any first part of them is a random sample."""

    def lot(cluster: str) -> bytes:
        return hashlib.sha256(f"{seed}:{cluster}".encode(errors="surrogatepass")).digest()

    return tuple(sorted(set(clusters), key=lambda cluster: (lot(cluster), cluster)))


@dataclass(frozen=True)
class Look:
    """What is known once the first prompts of the order are painted."""

    prompts: int
    """Of the order, those without an answer too."""
    verdict: Verdict


def looks(
    found: Matches, order: Sequence[str], *, margin: float, level: float = 0.95, look: int = LOOK
) -> tuple[Look, ...]:
    """Every look until one decides, or until the order is at its end; none without an answer.

    Args:
        found: successes of the clusters with an answer.
        order: all clusters, in the order of looking.
        margin: as for `verdict_of`.
        level: as for `verdict_of`.
        look: clusters between two looks.
    """
    taken: list[Look] = []
    for stop in stops(len(order), look):
        known = among(found, order[:stop])
        if not known.clusters:
            continue
        verdict = verdict_of(known, margin=margin, level=level, sequential=True)
        taken.append(Look(stop, verdict))
        if verdict.outcome != "undecided":
            break
    return tuple(taken)


def path(taken: Sequence[Look]) -> pl.DataFrame:
    """The interval of the drop at every look: prompts, drop, drop_low, drop_high, outcome."""
    drops = [(look.prompts, look.verdict.drop, look.verdict.outcome) for look in taken]
    return pl.DataFrame(
        [(prompts, d.estimate, d.low, d.high, outcome) for prompts, d, outcome in drops],
        schema={
            "prompts": pl.Int64,
            **dict.fromkeys(("drop", "drop_low", "drop_high"), pl.Float64),
            "outcome": pl.String,
        },
        orient="row",
    )


def among(found: Matches, clusters: Sequence[str]) -> Matches:
    """What is known of these clusters."""
    wanted = set(clusters)
    rows = np.array([cluster in wanted for cluster in found.clusters], dtype=bool)
    kept = tuple(cluster for cluster in found.clusters if cluster in wanted)
    return Matches(kept, found.base[rows], found.aligned[rows], found.left_out)


def stops(total: int, look: int) -> list[int]:
    """After how many prompts is looked: every `look` of them, and after the last."""
    return [*range(look, total, look), total]


def expected_stop(
    base: float,
    drop: float,
    margin: float,
    *,
    level: float = 0.95,
    most: int = 2000,
    experiments: int = 100,
    seed: int = 0,
) -> int | None:
    """Median number of prompts after which a sequential comparison is decided, by simulation.

    Both models succeed independently, with rates `base` and base - `drop`.

    Returns:
        ``None`` where more than half of the experiments are undecided after `most` prompts.
    """
    random = np.random.default_rng(seed)
    limit = 2 / (1 - level)
    found = []
    for _ in range(experiments):
        rows = _verdicts(random, base, most) - _verdicts(random, base - drop, most)
        decided = (wealth(rows, 0.0) >= limit) | (wealth(-rows, -margin) >= limit)
        found.append(int(decided.argmax()) + 1 if decided.any() else most + 1)
    median = int(np.median(found))
    return median if median <= most else None


def _verdicts(random: np.random.Generator, rate: float, n: int) -> Floats:
    return (random.random(n) < rate).astype(np.float64)

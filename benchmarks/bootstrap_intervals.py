"""Every interval of a reward-bias study, next to the plain loop that gives the same numbers.

A study of 11 generators x 300 prompts under 10 scorers: accuracy, weighted F1, AUROC, taste,
listening and share obeyed, each for the whole, per generator and per dimension (1,380 intervals),
from 10,000 draws clustered by prompt. The alternative resamples rows and calls scikit-learn. It is
run on a few of the same draws, must agree with ours on them, and is extrapolated to all of them.

    python benchmarks/bootstrap_intervals.py [--draws 10000] [--repeats 3] [--loop-draws 3]

The last line is JSON. Times are wall-clock seconds of this machine with whatever else it is doing.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from dataclasses import dataclass

import numpy as np

from widespectrum.statistics import (
    ClusterBootstrap,
    FourScores,
    Interval,
    chosen,
    credit,
    crossed,
)

PROMPTS, GENERATORS, SCORERS, DIMENSIONS = 300, 11, 10, 11


@dataclass(frozen=True)
class Study:
    """Scores of every pair by every scorer, and the groups of pairs that a report shows."""

    prompt: np.ndarray
    truth: np.ndarray
    scores: list[FourScores]
    groups: np.ndarray
    """``(n, 1 + generators + dimensions)``."""


def make_study(seed: int = 0) -> Study:
    """Synthetic scores with ties, three dimensions a prompt and 30% originals in the truth."""
    rng = np.random.default_rng(seed)
    n = PROMPTS * GENERATORS
    prompt = np.tile(np.arange(PROMPTS), GENERATORS)
    generator = np.repeat(np.arange(GENERATORS), PROMPTS)
    asked = rng.random((PROMPTS, DIMENSIONS)).argsort(axis=1) < 3
    truth = (rng.random(n) < 0.7).astype(float)
    scores = []
    for _ in range(SCORERS):
        taste = rng.normal(0.4, 0.6, n)
        listening = rng.normal(0.8, 0.6, n) * (2 * truth - 0.6)
        level = rng.normal(size=PROMPTS)[prompt]
        signs = np.array([[0.5, 0.5], [0.5, -0.5], [-0.5, -0.5], [-0.5, 0.5]])
        four = level + signs @ np.stack([taste, listening]) + rng.normal(0, 0.3, (4, n))
        scores.append(FourScores(*four.round(2)))
    groups = np.column_stack(
        [
            np.ones(n, dtype=bool),
            generator[:, None] == np.arange(GENERATORS),
            asked[prompt],
        ]
    )
    return Study(prompt, truth, scores, groups)


def all_statistics(study: Study, bootstrap: ClusterBootstrap):
    """Yields name and replicates, ``(scorers * groups, draws)``, one statistic after another."""
    margins = np.column_stack([scores.margin for scores in study.scores])
    choices = np.column_stack([chosen(scores.margin) for scores in study.scores])
    authors = np.column_stack([chosen(scores.margin, ties="original") for scores in study.scores])
    columns, where = crossed(margins, study.groups)
    yield "auroc", bootstrap.auroc(columns, study.truth, where)
    columns, _ = crossed(authors, study.groups)
    yield "weighted_f1", bootstrap.weighted_f1(columns, study.truth, where)
    columns, _ = crossed(credit(choices, study.truth[:, None]), study.groups)
    yield "accuracy", bootstrap.means(columns, where)
    columns, _ = crossed(np.column_stack([s.obeyed for s in study.scores]), study.groups)
    yield "obeyed", bootstrap.means(columns, where)
    units = bootstrap.deviations(np.column_stack([scores.io_po for scores in study.scores]))
    unit = units[np.repeat(np.arange(SCORERS), study.groups.shape[1])]
    for name in ("taste", "listening"):
        columns, _ = crossed(
            np.column_stack([getattr(s, name) for s in study.scores]), study.groups
        )
        yield name, bootstrap.means(columns, where) / unit


def fast(study: Study, draws: int) -> tuple[dict[str, float], dict[str, tuple[Interval, ...]]]:
    """Seconds per statistic, and all intervals."""
    seconds, intervals = {}, {}
    start = time.perf_counter()
    bootstrap = ClusterBootstrap(study.prompt, draws, seed=0)
    for name, replicates in all_statistics(study, bootstrap):
        intervals[name] = replicates.intervals()
        now = time.perf_counter()
        seconds[name], start = now - start, now
    return seconds, intervals


def loop(study: Study, draws: int) -> tuple[float, dict[str, np.ndarray]]:
    """Seconds per draw of resampling rows and calling scikit-learn; values ``(draws, columns)``."""
    from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

    bootstrap = ClusterBootstrap(study.prompt, draws, seed=0)
    weights, cluster = bootstrap.weights(), bootstrap.cluster_of_row
    values = {}
    start = time.perf_counter()
    for draw in range(draws):
        rows = np.repeat(np.arange(len(cluster)), weights[draw][cluster])
        for scorer, scores in enumerate(study.scores):
            margin, io_po = scores.margin[rows], scores.io_po[rows]
            taste, listening, obeyed = (
                part[rows] for part in (scores.taste, scores.listening, scores.obeyed)
            )
            unit = io_po.std(ddof=1)
            for group, members in enumerate(study.groups[rows].T):
                m, t = margin[members], study.truth[rows][members]
                tied = (m == 0).mean() / 2
                values[draw, scorer, group] = (
                    roc_auc_score(t, m),
                    f1_score(t, m > 0, average="weighted"),
                    accuracy_score(t[m != 0], m[m != 0] > 0) * (1 - 2 * tied) + tied,
                    obeyed[members].mean(),
                    taste[members].mean() / unit,
                    listening[members].mean() / unit,
                )
    seconds = (time.perf_counter() - start) / draws
    shape = (draws, SCORERS * study.groups.shape[1])
    names = ("auroc", "weighted_f1", "accuracy", "obeyed", "taste", "listening")
    columns = np.array(list(values.values())).T
    return seconds, {
        name: column.reshape(shape) for name, column in zip(names, columns, strict=True)
    }


def largest_difference(study: Study, slow: dict[str, np.ndarray], draws: int) -> float:
    """Between the loop and ours on the same draws, over all statistics."""
    bootstrap = ClusterBootstrap(study.prompt, draws, seed=0)
    return max(
        float(np.abs(replicates.drawn.T - slow[name]).max())
        for name, replicates in all_statistics(study, bootstrap)
    )


def main() -> None:
    """Run, print, and end with one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--loop-draws", type=int, default=3)
    options = parser.parse_args()

    study = make_study()
    runs = [fast(study, options.draws) for _ in range(options.repeats)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    totals = sorted(sum(seconds.values()) for seconds, _ in runs)
    first, median = sum(runs[0][0].values()), totals[len(totals) // 2]
    count = sum(len(intervals) for intervals in runs[0][1].values())
    print(f"{len(study.truth):,} pairs, {SCORERS} scorers, {count:,} intervals")
    for name in runs[0][0]:
        print(f"  {name:12} {min(seconds[name] for seconds, _ in runs):6.3f} s")
    print(f"ours: first run {first:.2f} s, median {median:.2f} s, best {totals[0]:.2f} s")
    print(f"peak memory of the process so far {peak:,.0f} MiB")

    per_draw, slow = loop(study, options.loop_draws)
    difference = largest_difference(study, slow, options.loop_draws)
    ratio = per_draw * options.draws / median
    hours = per_draw * options.draws / 3600
    print(
        f"loop with scikit-learn: {per_draw:.2f} s per draw, measured on {options.loop_draws} draws"
    )
    print(f"  extrapolated to {options.draws:,}: {hours:.1f} h, {ratio:,.0f} times ours")
    print(f"  largest difference from ours on the same draws {difference:.1e}")
    print(
        json.dumps(
            {
                "benchmark": "bootstrap_intervals",
                "pairs": len(study.truth),
                "scorers": SCORERS,
                "intervals": count,
                "draws": options.draws,
                "cores": len(os.sched_getaffinity(0)),
                "seconds_first": round(first, 3),
                "seconds_median": round(median, 3),
                "seconds_best": round(totals[0], 3),
                "peak_mib": round(peak),
                "loop_seconds_per_draw": round(per_draw, 3),
                "loop_draws": options.loop_draws,
                "ratio_extrapolated": round(ratio),
                "largest_difference": difference,
            }
        )
    )


if __name__ == "__main__":
    main()

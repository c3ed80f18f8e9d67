"""The whole reward-bias study on a large table, next to a plain loop that resamples rows.

3,300 pairs (300 prompts under 11 blocks of images by 10 generators, 2 to 4 of 11 dimensions each)
by 10 scorers, six of which cut some prompts; about 1% of pairs in which the original is right, 30%
ties in the truth, and a score under a shuffled prompt. `reward_bias.analyse` makes everything that
a report shows: every measure over all pairs, by dimension and by generator, with and without the
prompts that were cut, tests, controls, figures, verdicts and gallery.

The alternative is what one writes first: draw prompts, gather their rows, call scikit-learn for
every scorer and group. It computes the measures alone, must agree with the study on the sample,
runs for a few draws, and is extrapolated to all of them.

    python benchmarks/analyse_scores.py [--draws 10000] [--repeats 3] [--loop-draws 2]

The last line is JSON. Times are wall-clock seconds of this machine with whatever else it is doing.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time

import numpy as np
import polars as pl

from widespectrum.contracts import SCORE_NAMES
from widespectrum.statistics import ClusterBootstrap
from widespectrum.studies import reward_bias
from widespectrum.studies.findings import Findings
from widespectrum.studies.reward_bias.measures import Cell, cells_of
from widespectrum.studies.reward_bias.sample import Sample, sample_of
from widespectrum.studies.reward_bias.slices import slices_of

PROMPTS, BLOCKS, GENERATORS, SCORERS, DIMENSIONS = 300, 11, 10, 10, 11
MEASURES = ("accuracy", "f1", "auroc", "taste", "listening", "obeyed")
TABLES = ("scorers", "dimensions", "dimensions_uncut", "generators", "generators_uncut")


def make_scores(seed: int = 0) -> pl.DataFrame:
    """A score table with everything that the study can use but severities."""
    rng = np.random.default_rng(seed)
    n = PROMPTS * BLOCKS
    prompt = np.tile(np.arange(PROMPTS), BLOCKS)
    asked = [rng.permutation(DIMENSIONS)[: rng.integers(2, 5)] for _ in range(PROMPTS)]
    facts = {
        "id": [f"pair {row}" for row in range(n)],
        "prompt_original": [f"caption number {p} of an everyday scene" for p in prompt],
        "prompt_anti": [f"caption number {p}, " + "dull and grey " * 12 for p in prompt],
        "dimensions": [[f"dimension {d}" for d in asked[p]] for p in prompt],
        "generator": [f"generator {row // PROMPTS % GENERATORS}" for row in range(n)],
        "choice": rng.choice([1, 0, -1], n, p=[0.69, 0.01, 0.30]),
    }
    lengths = rng.integers(30, 100, PROMPTS)[prompt]
    frames = []
    for scorer in range(SCORERS):
        level = rng.normal(size=PROMPTS)[prompt]
        taste = rng.normal(0.3, 0.8, n)
        listening = rng.normal(0.1 * scorer, 0.8, n)
        signs = np.array([[0.5, 0.5], [0.5, -0.5], [-0.5, -0.5], [-0.5, 0.5]])
        four = level + signs @ np.stack([taste, listening]) + rng.normal(0, 0.3, (4, n))
        limit = 77 if scorer % 5 < 3 else None
        frames.append(
            pl.DataFrame(
                {
                    **facts,
                    "scorer": [f"scorer {scorer}"] * n,
                    **dict(zip(SCORE_NAMES, four.round(2), strict=True)),
                    "io_ps": level + taste / 2,
                    "ia_ps": level - taste / 2,
                    "tokens": lengths,
                    "token_limit": pl.Series([limit] * n, dtype=pl.Int64),
                }
            )
        )
    return pl.concat(frames)


def loop_draw(sample: Sample, cells: list[Cell], rows: np.ndarray) -> list[dict[str, float | None]]:
    """Every measure of every cell on the rows of one draw, by scikit-learn."""
    from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

    results = []
    for cell in cells:
        scorer = sample.scorers[cell.scorer]
        mine = rows[cell.rows[rows]]
        truth = sample.truth[mine]
        decided, as_asked = mine[truth >= 0], mine[truth == 1]
        if len(decided) == 0 or len(as_asked) == 0:
            results.append(dict.fromkeys(MEASURES))
            continue
        right, margin = sample.truth[decided], scorer.four.margin[decided]
        results.append(
            {
                "accuracy": accuracy_score(right, margin > 0),
                "f1": f1_score(right, margin > 0, average="weighted"),
                "auroc": roc_auc_score(right, margin) if len(set(right)) == 2 else None,
                "taste": scorer.four.taste[as_asked].mean() / scorer.scale,
                "listening": scorer.four.listening[as_asked].mean() / scorer.scale,
                "obeyed": scorer.four.obeyed[as_asked].mean(),
            }
        )
    return results


def loop(sample: Sample, draws: int) -> float:
    """Seconds per draw of the plain loop."""
    cells = cells_of(sample, slices_of(sample))
    bootstrap = ClusterBootstrap(sample.clusters, draws, seed=0)
    weights, cluster = bootstrap.weights(), bootstrap.cluster_of_row
    start = time.perf_counter()
    for draw in range(draws):
        rows = np.repeat(np.arange(len(cluster)), weights[draw][cluster])
        loop_draw(sample, cells, rows)
    return (time.perf_counter() - start) / draws


def largest_difference(findings: Findings, sample: Sample) -> float:
    """Between the loop's numbers on the sample itself and the study's estimates."""
    cells = cells_of(sample, slices_of(sample))
    plain = loop_draw(sample, cells, np.arange(sample.pairs.height))
    shown = {
        (row["scorer"], row["group"], row["value"], row["subset"]): row
        for name in TABLES
        for row in findings.table(name).frame.iter_rows(named=True)
    }
    apart = 0.0
    for cell, numbers in zip(cells, plain, strict=True):
        if cell.part.group == "all" and cell.subset == "uncut":
            continue  # shown in the truncation audit, under other names
        name = sample.scorers[cell.scorer].name
        ours = shown[name, cell.part.group, cell.part.value, cell.subset]
        for measure, value in numbers.items():
            if (value is None) != (ours[measure] is None):
                raise AssertionError(f"{measure} is defined on one side only: {cell}")
            if value is not None:
                apart = max(apart, abs(value - ours[measure]))
    return apart


def main() -> None:
    """Run, print, and end with one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--loop-draws", type=int, default=2)
    options = parser.parse_args()

    scores = make_scores()
    seconds = []
    for _ in range(options.repeats):
        start = time.perf_counter()
        findings = reward_bias.analyse(scores, draws=options.draws)
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = sum(findings.table(name).frame.height for name in TABLES)
    pairs = scores["id"].n_unique()
    first, median, best = seconds[0], sorted(seconds)[len(seconds) // 2], min(seconds)
    print(f"{pairs:,} pairs x {SCORERS} scorers, {rows} rows of {len(MEASURES)} measures")
    print(f"whole study: first {first:.2f} s, median {median:.2f} s, best {best:.2f} s")
    print(f"peak memory of the process {peak:,.0f} MiB")

    sample = sample_of(scores)
    difference = largest_difference(findings, sample)
    per_draw = loop(sample, options.loop_draws)
    ratio = per_draw * options.draws / median
    hours = per_draw * options.draws / 3600
    print(f"plain loop, measures alone: {per_draw:.2f} s a draw over {options.loop_draws} draws")
    print(f"  extrapolated to {options.draws:,} draws: {hours:.1f} h, {ratio:,.0f} times as long")
    print(f"  largest difference from the study's estimates {difference:.1e}")
    print(
        json.dumps(
            {
                "benchmark": "analyse_scores",
                "pairs": pairs,
                "scorers": SCORERS,
                "rows": rows,
                "draws": options.draws,
                "cores": len(os.sched_getaffinity(0)),
                "seconds_first": round(first, 3),
                "seconds_median": round(median, 3),
                "seconds_best": round(best, 3),
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

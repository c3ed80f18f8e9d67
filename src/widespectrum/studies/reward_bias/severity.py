"""Severity response: how the score moves as one effect grows on the same photograph."""

from __future__ import annotations

import numpy as np
import polars as pl

from widespectrum.statistics import ClusterBootstrap, response
from widespectrum.studies.reward_bias.sample import Sample, ScorerColumn

PROMPTS = (("original prompt", "po", False), ("anti prompt", "pa", True))
"""Shown name, suffix of the scores, and whether obedience means rising."""


def severity_curves(sample: Sample, bootstrap: ClusterBootstrap) -> pl.DataFrame:
    """Mean change of the score from the untouched image, by scorer, prompt and severity.

    Columns: scorer, prompt, severity, n, change (in the scorer's SD of io_po) with its interval.
    Severity 0 is the untouched image, hence 0. Empty where no pair carries a severity.
    """
    severities = sample.pairs["severity"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    levels = sorted(set(severities[~np.isnan(severities)].tolist()) - {0.0})
    records = []
    for scorer in sample.scorers:
        if scorer.scale is None:
            continue
        for prompt, key, _ in PROMPTS:
            if levels:
                records.append(_record(scorer.name, prompt, 0.0, 0, 0.0, 0.0, 0.0))
            change = _change(scorer, key)
            for level in levels:
                rows = (severities == level) & scorer.present
                if not rows.any():
                    continue
                (mean,) = bootstrap.means(change, rows).intervals()
                records.append(
                    _record(scorer.name, prompt, level, mean.n, mean.estimate, mean.low, mean.high)
                )
    schema = {
        "scorer": pl.String,
        "prompt": pl.String,
        "severity": pl.Float64,
        "n": pl.Int64,
        "change": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
    }
    return pl.DataFrame(records, schema=schema)


def severity_responses(sample: Sample, *, draws: int, seed: int) -> pl.DataFrame:
    """How steadily each scorer follows severity, by scorer and prompt.

    Columns: scorer, prompt, series (a photograph under one effect), flat (series whose score never
    moves), and with intervals clustered by photograph: spearman, slope (SD of io_po per unit of
    severity), right_steps (share of steps in the direction that obedience asks for).
    """
    asked = sample.pairs["severity"].is_not_null() & sample.pairs["effects"].list.len().gt(0)
    rows = asked.fill_null(value=False).to_numpy()
    series = [f"{c}|{e}" for c, e in zip(sample.clusters, _effect_names(sample), strict=True)]
    records = []
    for scorer in sample.scorers:
        used = rows & scorer.present
        if not used.any() or scorer.scale is None:
            continue
        keep = np.flatnonzero(used)
        for prompt, key, rising in PROMPTS:
            found = response(
                _change(scorer, key)[keep],
                sample.pairs["severity"].cast(pl.Float64).to_numpy()[keep],
                [series[row] for row in keep],
                [sample.clusters[row] for row in keep],
                rising=rising,
                draws=draws,
                seed=seed,
            )
            record: dict[str, object] = {
                "scorer": scorer.name,
                "prompt": prompt,
                "series": found.series,
                "flat": found.flat,
            }
            for name in ("spearman", "slope", "right_steps"):
                interval = getattr(found, name)
                record |= {
                    name: interval.estimate,
                    f"{name}_low": interval.low,
                    f"{name}_high": interval.high,
                }
            records.append(record)
    return pl.DataFrame(records, infer_schema_length=None)


def _change(scorer: ScorerColumn, key: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Score of the anti image minus that of the original, in SD of io_po; 0 where not scored."""
    difference = scorer.scores[f"ia_{key}"] - scorer.scores[f"io_{key}"]
    return np.nan_to_num(difference) / (scorer.scale or 1.0)


def _effect_names(sample: Sample) -> list[str]:
    return sample.pairs["effects"].list.join("+").fill_null("").to_list()


def _record(
    scorer: str,
    prompt: str,
    severity: float,
    n: int,
    change: float | None,
    low: float | None,
    high: float | None,
) -> dict[str, object]:
    return {
        "scorer": scorer,
        "prompt": prompt,
        "severity": severity,
        "n": n,
        "change": change,
        "low": low,
        "high": high,
    }

"""Severity response: how the score moves as one effect grows on the same photograph."""

from __future__ import annotations

import numpy as np
import polars as pl

from widespectrum.statistics import ClusterBootstrap, response
from widespectrum.studies.reward_bias.measures import unit
from widespectrum.studies.reward_bias.sample import Floats, Sample, ScorerColumn

PROMPTS = (("original prompt", "po", False), ("anti prompt", "pa", True))
"""Shown name, suffix of the scores, and whether obedience means rising."""

MOST_LEVELS = 12
"""More different severities than this are rounded to tenths for the curves."""

_ENDS = ("", "_low", "_high")
CURVE_SCHEMA = {
    "scorer": pl.String(),
    "prompt": pl.String(),
    "severity": pl.Float64(),
    "n": pl.Int64(),
    "change": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
}
RESPONSE_SCHEMA = {
    "scorer": pl.String(),
    "prompt": pl.String(),
    "series": pl.Int64(),
    "flat": pl.Int64(),
    "dropped": pl.Int64(),
    **{
        f"{name}{end}": pl.Float64()
        for name in ("spearman", "slope", "right_steps")
        for end in _ENDS
    },
}


def severity_curves(sample: Sample, bootstrap: ClusterBootstrap) -> pl.DataFrame:
    """Mean change of the score from the untouched image, by scorer, prompt and severity.

    Columns: scorer, prompt, severity, n, change (in the scorer's SD of io_po) with its interval.
    Severity 0 is the untouched image, hence 0. Empty where no pair carries a severity.
    """
    severities = _levels(sample)
    levels = np.unique(severities[severities > 0])
    records: list[dict[str, object]] = []
    for scorer in sample.scorers:
        rows = (severities[:, None] == levels) & scorer.present[:, None]
        if scorer.scale is None or not rows.any():
            continue
        for prompt, key, _ in PROMPTS:
            means = bootstrap.means(_change(scorer, key)[:, None], rows).intervals()
            curve = [(0.0, 0, 0.0, 0.0, 0.0)] + [
                (level, mean.n, mean.estimate, mean.low, mean.high)
                for level, mean in zip(levels.tolist(), means, strict=True)
                if mean.n
            ]
            names = list(CURVE_SCHEMA)[2:]
            records += [
                {"scorer": scorer.name, "prompt": prompt, **dict(zip(names, point, strict=True))}
                for point in curve
            ]
    return pl.DataFrame(records, schema=CURVE_SCHEMA)


def severity_responses(sample: Sample, *, draws: int, seed: int) -> pl.DataFrame:
    """How steadily each scorer follows severity, by scorer and prompt.

    Columns: scorer, prompt, series (a photograph under one set of effects at two severities or
    more), flat (of them, those whose score never moves), dropped (those at a single severity), and
    with intervals clustered by photograph: spearman, slope (SD of io_po per unit of severity),
    right_steps (share of steps in the direction that obedience asks for). Pairs of one series at
    one severity are averaged. Empty where no pair names its effects and severity, or no photograph
    has two severities.
    """
    records = []
    for scorer in sample.scorers:
        if scorer.scale is None:
            continue
        for prompt, key, rising in PROMPTS:
            points = _series_points(sample, scorer, key)
            if points.height == 0:
                break
            found = response(
                points["change"].to_numpy(),
                points["severity"].to_numpy(),
                points["series"].to_numpy(),
                points["cluster"].to_numpy(),
                rising=rising,
                draws=draws,
                seed=seed,
            )
            if found.series == 0:
                break
            record: dict[str, object] = {
                "scorer": scorer.name,
                "prompt": prompt,
                "series": found.series,
                "flat": found.flat,
                "dropped": found.dropped,
            }
            for name in ("spearman", "slope", "right_steps"):
                interval = getattr(found, name)
                record |= {
                    name: interval.estimate,
                    f"{name}_low": interval.low,
                    f"{name}_high": interval.high,
                }
            records.append(record)
    return pl.DataFrame(records, schema=RESPONSE_SCHEMA)


def _series_points(sample: Sample, scorer: ScorerColumn, key: str) -> pl.DataFrame:
    """One row per series and severity: change, severity, series and cluster, as numbers."""
    series = ["cluster", "image_original", "generator", "effects"]
    return (
        sample.pairs.select(
            pl.Series("cluster", sample.clusters),
            "image_original",
            "generator",
            pl.col("effects").list.sort().list.join("\n"),
            "severity",
            pl.Series("change", _change(scorer, key)),
        )
        .filter(
            pl.Series(scorer.present)
            & pl.col("severity").is_not_null()
            & (pl.col("effects").fill_null("") != "")
        )
        .group_by(*series, "severity", maintain_order=True)
        .agg(pl.col("change").mean())
        .with_columns(pl.struct(series).rank("dense").alias("series"))
        .select("change", "severity", "series", "cluster")
    )


def _levels(sample: Sample) -> Floats:
    """``(n_pairs,)`` the severity at which a pair stands in the curves, NaN where it has none."""
    severities = sample.pairs["severity"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    if len(np.unique(severities[severities > 0])) <= MOST_LEVELS:
        return severities
    # However weak, an effect is not the untouched image.
    return np.where(severities > 0, np.maximum(np.round(severities, 1), 0.1), severities)


def _change(scorer: ScorerColumn, key: str) -> Floats:
    """Score of the anti image minus that of the original, in SD of io_po; 0 where not scored."""
    difference = scorer.scores[f"ia_{key}"] - scorer.scores[f"io_{key}"]
    return np.asarray(np.nan_to_num(difference) / unit(scorer))

"""Reward bias (the paper's Table 1): does a scorer prefer the image that the prompt asked for?

`analyse` takes a score frame, from a run or from a table of scores that exist already, and returns
findings: accuracy, F1 and AUROC as the paper defines them; taste and listening, which tell a scorer
that ignores the prompt from one that overrules it; controls under other prompts; the truncation
audit; all of it by dimension and generator; response to severity; and the pairs themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from widespectrum.contracts import ScorerFacts
from widespectrum.errors import BadInput
from widespectrum.statistics import ClusterBootstrap
from widespectrum.studies.findings import Figure, Findings, Gallery
from widespectrum.studies.reward_bias import figures, shown
from widespectrum.studies.reward_bias.controls import control_shares
from widespectrum.studies.reward_bias.measures import measure, standardised_pairs, whole_sample
from widespectrum.studies.reward_bias.notes import notes_on
from widespectrum.studies.reward_bias.plane import plane
from widespectrum.studies.reward_bias.published import beside_published, published_places, ranked
from widespectrum.studies.reward_bias.sample import Sample, sample_of
from widespectrum.studies.reward_bias.severity import severity_curves, severity_responses
from widespectrum.studies.reward_bias.slices import slices_of
from widespectrum.studies.reward_bias.truncation import truncation_audit
from widespectrum.studies.reward_bias.verdicts import headline, pair_verdicts

STUDY = "reward-bias"
DRAWS = 10_000


def analyse(
    scores: pl.DataFrame,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    excluded: Mapping[str, int] | None = None,
    failures: int = 0,
    facts: Mapping[str, ScorerFacts] | None = None,
    null: str | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> Findings:
    """Findings from a score frame.

    Args:
        scores: columns of `widespectrum.tables.SCORE_SCHEMA`, one row per pair and scorer;
            optional ones may be missing.
        draws: bootstrap resamples.
        seed: of the resampling.
        excluded: scorer -> pairs that lack one of the four scores and are not in `scores`.
        failures: requests that failed in the run.
        facts: scorer -> what is known about it.
        null: the scorer that is there as a control only; the headline is not about it.
        provenance: what else the reader should be able to check.

    Raises:
        BadInput: there is no row, or one is not what it should be; says which.
    """
    if scores.height == 0:
        raise BadInput("there are no scores to analyse", "Give a table with at least one row.")
    sample = sample_of(scores, facts)
    bootstrap = ClusterBootstrap(sample.clusters, draws=draws, seed=seed)
    measures = measure(sample, slices_of(sample), bootstrap, draws=draws, seed=seed)
    shares = control_shares(sample, bootstrap)
    curves = severity_curves(sample, bootstrap)
    pairs = pair_verdicts(standardised_pairs(sample))
    tables = [shown.scorer_table(measures), shown.control_table(shares)]
    tables += [
        table
        for group in ("dimension", "generator")
        for subset in ("all", "uncut")
        if (table := shown.group_table(measures, group, subset)) is not None
    ]
    truncation = truncation_audit(sample, measures)
    tables.append(shown.truncation_table(truncation))
    if curves.height:
        responses = severity_responses(sample, draws=draws, seed=seed)
        if responses.height:
            tables.append(shown.response_table(responses))
    tables.append(shown.published_table(beside_published(measures)))
    return Findings(
        study=STUDY,
        title="Does the scorer prefer what was asked?",
        question=(
            "Two images, one made for an ordinary prompt and one for a prompt that asks for the "
            "opposite of polish. Under that prompt, does the scorer prefer the image that did "
            "what was asked?"
        ),
        headline=headline(
            [row for row in whole_sample(measures).to_dicts() if row["scorer"] != null]
        ),
        tables=tuple(tables),
        figures=_figures(sample, measures, shares, curves, pairs),
        gallery=_gallery(pairs),
        notes=notes_on(sample, truncation, excluded or {}, failures),
        provenance={
            "pairs": sample.pairs.height,
            "clusters": sample.pairs["cluster"].n_unique(),
            "bootstrap draws": draws,
            "bootstrap seed": seed,
            "requests failed": failures,
            "pairs excluded": dict(excluded or {}),
            **{f"facts: {name}": _facts(fact) for name, fact in (facts or {}).items()},
            **(provenance or {}),
        },
    )


def _figures(
    sample: Sample,
    measures: pl.DataFrame,
    shares: pl.DataFrame,
    curves: pl.DataFrame,
    pairs: pl.DataFrame,
) -> tuple[Figure, ...]:
    names = [scorer.name for scorer in sample.scorers]
    drawn = []
    placed = whole_sample(measures).filter(pl.col("taste").is_not_null())
    if placed.height:
        drawn.append(plane(placed, pairs, names, published_places()))
    if whole_sample(measures)["accuracy"].drop_nulls().len():
        drawn.append(figures.ranking(ranked(measures)))
    if shares.height:
        drawn.append(figures.controls(shares, names))
    for group in ("dimension", "generator"):
        part = measures.filter(
            (pl.col("group") == group)
            & (pl.col("subset") == "all")
            & pl.col("accuracy").is_not_null()
        )
        if part.height:
            drawn.append(figures.forest(part, names, group))
    if curves.height:
        drawn.append(figures.severity(curves))
    return tuple(drawn)


def _gallery(pairs: pl.DataFrame) -> Gallery:
    columns = [
        "id",
        "scorer",
        "prompt_original",
        "prompt_anti",
        "image_original",
        "image_anti",
        "io_po",
        "io_pa",
        "ia_po",
        "ia_pa",
        "verdict",
        "obeyed",
        "disobedience",
        "dimensions",
        "effects",
        "severity",
        "generator",
    ]
    return Gallery(
        "pairs",
        "The pairs",
        pairs.select(columns),
        "Sorted by how badly the scorer disobeyed: |taste| minus listening, in SD of io_po. Pairs "
        "whose anti image was not judged to follow the anti prompt stand last.",
    )


def _facts(facts: ScorerFacts) -> dict[str, Any]:
    from dataclasses import asdict

    return {name: value for name, value in asdict(facts).items() if value is not None}


__all__ = ["DRAWS", "STUDY", "analyse"]

"""Generation fidelity (the paper's Table 2): does a generator do what an anti prompt asks?

And do aligned generators do it less than the one they were aligned from? `analyse` takes what was
painted (`widespectrum.studies.painted`) and returns findings: success by the chooser, change of
every scorer and of the judge from I_o to I_a, kept content; lineage contrasts paired by prompt and
seed; all of it by dimension; and the relation between quality and change over generators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.statistics import ClusterBootstrap
from widespectrum.studies.findings import Figure, Findings, Table
from widespectrum.studies.generation_fidelity import shown, words
from widespectrum.studies.generation_fidelity.lineages import by_dimension, contrasts, losses
from widespectrum.studies.generation_fidelity.measures import (
    ALL,
    CHANGE,
    DELTA_J,
    J_AFTER,
    KEPT,
    SUCCESS,
    Measure,
    Measured,
    beside_each_other,
    means,
    measured,
    outcomes,
    ranks,
)
from widespectrum.studies.generation_fidelity.published import (
    beside_published,
    generator_points,
    relations,
)
from widespectrum.studies.generation_fidelity.side_by_side import side_by_side
from widespectrum.studies.generation_fidelity.standings import standings
from widespectrum.studies.painted import Painted
from widespectrum.studies.prompts_read import reading_notes, reading_table
from widespectrum.studies.settings_shown import (
    Facts,
    confounded,
    settings_notes,
    settings_table,
)

STUDY = "generation-fidelity"
DRAWS = 10_000

FEWEST = 3
"""Generators that a relation between generators needs."""


def analyse(
    painted: Painted,
    lineages: Mapping[str, str] | None = None,
    *,
    baseline: str | None = None,
    facts: Facts | None = None,
    read: pl.DataFrame | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    provenance: Mapping[str, Any] | None = None,
) -> Findings:
    """Findings from what was painted.

    Args:
        painted: shots, and what scorers, judge and chooser said of them.
        lineages: aligned generator -> the one it was aligned from.
        baseline: the scorer in BLIP's role: is the content still there?
        facts: what generators state about their settings.
        read: what they read of their prompts (`widespectrum.studies.prompts_read`).
        draws: bootstrap resamples, clustered by prompt.
        seed: of the resampling.
        provenance: what else the reader should be able to check.

    Raises:
        BadInput: there is no shot, or a baseline or lineage that is not there.
    """
    lineages = lineages or {}
    _check(painted, lineages, baseline)
    results = _results(painted, lineages, baseline, draws, seed)
    stated = facts or {}
    reading = None if read is None else reading_table(read)
    return Findings(
        study=STUDY,
        title="Does the generator do what was asked?",
        question=(
            "Each prompt is painted twice, as an ordinary caption and as a request for the "
            "opposite of polish. Does the second picture follow its prompt, and do aligned "
            "generators follow it less than the one they come from?"
        ),
        headline=words.headline(results.board, results.contrasts, results.leading),
        tables=(*_tables(results, painted, stated), *([] if reading is None else [reading])),
        figures=_figures(results, painted),
        lineup=side_by_side(results.found, painted, lineages),
        notes=(
            *settings_notes(stated, painted.generators, lineages),
            *(() if read is None else reading_notes(read)),
            *words.notes(painted, len(lineages)),
        ),
        provenance={
            "shots": painted.shots.height,
            "prompts": painted.shots["prompt"].n_unique(),
            "chooser": painted.chooser,
            "judge": painted.judge,
            "baseline": baseline,
            "lineages": dict(lineages),
            "bootstrap draws": draws,
            "bootstrap seed": seed,
            "requests failed": painted.failures,
            **(provenance or {}),
        },
    )


@dataclass(frozen=True)
class _Results:
    """Everything that was computed, as frames."""

    found: Measured
    leading: Measure | None
    """What generators are ranked by; None where nobody said anything of the pictures."""
    board: pl.DataFrame
    means: pl.DataFrame
    contrasts: pl.DataFrame
    dimensions: pl.DataFrame
    losses: pl.DataFrame


def _results(
    painted: Painted, lineages: Mapping[str, str], baseline: str | None, draws: int, seed: int
) -> _Results:
    found = measured(painted, baseline)
    bootstrap = ClusterBootstrap(painted.shots["cluster"].to_list(), draws, seed)
    per_generator = means(found, painted.generators, bootstrap)
    leading = _leading(found)
    board = _board(found, per_generator, leading, painted, bootstrap)
    if leading is not None and board.height > 1:
        ties = standings(found, leading, board["generator"].to_list(), draws=draws, seed=seed)
        board = board.join(ties, on="generator", how="left", maintain_order="left")
    bases = dict(lineages)
    board = board.with_columns(
        pl.col("generator")
        .replace_strict(bases, default=None, return_dtype=pl.String)
        .alias("aligned_from")
    )
    return _Results(
        found=found,
        leading=leading,
        board=board,
        means=per_generator,
        contrasts=contrasts(found, lineages, draws=draws, seed=seed),
        dimensions=by_dimension(found, bootstrap),
        losses=losses(found, lineages, draws=draws, seed=seed),
    )


def _tables(results: _Results, painted: Painted, facts: Facts) -> tuple[Table, ...]:
    found = results.found
    marked = confounded(facts)
    board = results.board.with_columns(
        pl.col("generator")
        .replace_strict(marked, default=None, return_dtype=pl.String)
        .alias("confounds")
    )
    tables = [
        shown.leaderboard(
            board, judged=DELTA_J in found, chosen=SUCCESS in found, kept=KEPT in found
        )
    ]
    if results.contrasts.height:
        tables.append(shown.contrast_table(results.contrasts))
    if painted.scorers:
        tables.append(shown.score_table(results.means, painted.scorers))
    if results.dimensions.height:
        tables.append(shown.dimension_table(results.dimensions))
    if results.losses.height:
        tables.append(shown.loss_table(results.losses))
    if facts:
        tables.append(settings_table(facts))
    tables += [
        shown.relation_table(relations(results.means)),
        shown.published_table(beside_published(results.means)),
    ]
    return tuple(tables)


def _figures(results: _Results, painted: Painted) -> tuple[Figure, ...]:
    figures: list[Figure | None] = []
    leading = results.leading
    if leading is not None and results.board[leading.name].drop_nulls().len():
        figures.append(shown.ranking_figure(results.board, leading))
    if results.contrasts.height:
        figures.append(shown.contrast_figure(results.contrasts))
    if results.dimensions.height:
        figures.append(shown.dimension_figure(results.dimensions, painted.generators))
    if painted.scorers and len(painted.generators) >= FEWEST:
        points = generator_points(results.means, painted.scorers[0])
        if points.height:
            figures.append(shown.relation_figure(points, painted.scorers[0]))
    return tuple(figure for figure in figures if figure is not None)


def _board(
    found: Measured,
    per_generator: pl.DataFrame,
    leading: Measure | None,
    painted: Painted,
    bootstrap: ClusterBootstrap,
) -> pl.DataFrame:
    """One row per generator, best first."""
    wanted = [SUCCESS, DELTA_J, J_AFTER, f"{DELTA_J}{ALL}", f"{J_AFTER}{ALL}", KEPT]
    columns = [name for name in wanted if name in found]
    if leading is not None and leading.name not in columns:
        columns.append(leading.name)
    board = outcomes(painted.shots, chooser=painted.chooser is not None).join(
        beside_each_other(per_generator, columns, painted.generators), on="generator"
    )
    if leading is None:
        unknown = (pl.lit(None, pl.Float64).alias(f"rank{end}") for end in ("", "_low", "_high"))
        return board.with_columns(unknown)
    placed = ranks(found, leading, painted.generators, bootstrap)
    return board.join(placed, on="generator").sort("rank", nulls_last=True, maintain_order=True)


def _leading(found: Measured) -> Measure | None:
    """What generators are ranked by: success, else the change of the first scorer, else of J."""
    if SUCCESS in found:
        return found[SUCCESS]
    changes = [m for m in found.measures if m.name.startswith(f"{CHANGE}:") or m.name == DELTA_J]
    return changes[0] if changes else None


def _check(painted: Painted, lineages: Mapping[str, str], baseline: str | None) -> None:
    if painted.shots.height == 0:
        raise BadInput("nothing was painted", "Give at least one generator and one prompt pair.")
    if baseline is not None and baseline not in painted.scorers:
        raise BadInput(
            f"{baseline!r} is none of the scorers", "Name one of them.", field="baseline"
        )
    for member, base in lineages.items():
        for name in (member, base):
            if name not in painted.generators:
                raise BadInput(
                    f"{name!r} has painted nothing",
                    f"A lineage names two of {', '.join(painted.generators)}.",
                )


__all__ = ["DRAWS", "STUDY", "analyse"]

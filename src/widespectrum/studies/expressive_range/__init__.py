"""Expressive range: how much of the space of judged dimensions does a generator still reach?

A judge gives every picture a place: its expected rating, 0 to 2, on each dimension. The range is
the mean distance of two pictures of different prompts, dimension by dimension, as a share of the
largest there can be (half of the pictures low, half high), averaged over dimensions::

    range_d = mean over pairs of prompts of |J_d(x) - J_d(y)|,  in [0, 1]

It is 0 for a generator whose pictures are all alike in the judge's eyes, and 1 for one that uses
both ends of every dimension equally often. Why this and not another number:

* *Coverage* of a grid cannot be estimated: eleven dimensions of three levels are 177,147 cells,
  more pictures fill more of them, and a generator painted more often would seem to reach further.
* *Log-volume* (the determinant of the covariance) is minus infinity as soon as one dimension stands
  still, is otherwise ruled by the least varied one, that is by the judge's noise, and depends on
  how many pictures there are per dimension.
* A mean over pairs is unbiased at any number of pictures (Gini's mean difference), has an interval
  from the same clustered draws as everything else, and falls apart into dimensions, so that what
  was lost has a name.

A judge's noise adds a floor that all generators of a run share; differences between them, paired by
prompt and seed, are what to read. In the bootstrap, pairs within a prompt (its own copies too) are
never counted, lest draws be narrower than the sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from widespectrum.studies.expressive_range import shown
from widespectrum.studies.expressive_range.ranges import Ranges, rated_pictures
from widespectrum.studies.findings import Findings
from widespectrum.studies.painted import Painted

STUDY = "expressive-range"
DRAWS = 2_000


def analyse(
    painted: Painted,
    lineages: Mapping[str, str] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    provenance: Mapping[str, Any] | None = None,
) -> Findings:
    """Findings from what was painted and rated.

    Args:
        painted: shots and the judge's ratings.
        lineages: aligned generator -> the one it was aligned from.
        draws: bootstrap resamples, clustered by prompt.
        seed: of the resampling.
        provenance: what else the reader should be able to check.

    Raises:
        BadInput: nothing was rated, or a single prompt.
    """
    pictures = rated_pictures(painted)
    ranges = Ranges(pictures, painted.generators, draws, seed)
    board = ranges.board()
    changes = ranges.changes(lineages or {})
    parts = ranges.by_dimension()
    return Findings(
        study=STUDY,
        title="How far does a generator still reach?",
        question=(
            "Over ordinary and anti-aesthetic prompts, how different can its pictures be in the "
            "eyes of a judge, and does alignment shrink that?"
        ),
        headline=shown.headline(board, changes),
        tables=(
            shown.board_table(board),
            *((shown.change_table(changes),) if changes.height else ()),
            shown.part_table(parts),
        ),
        figures=(
            shown.map_figure(pictures, painted.generators),
            shown.parts_figure(parts, painted.generators),
        ),
        notes=(
            "Range: mean distance of two pictures of different prompts on a judged dimension, "
            "averaged over dimensions; 0 is always the same, 1 is half of all pictures at either "
            "end. Intervals: 95%, bootstrap clustered by prompt.",
            f"The judge ({painted.judge}) sees no prompt. Its noise adds a floor that all "
            "generators share: read differences, not levels.",
            "A wide range is not yet obedience: pictures may differ without being what was asked. "
            "Read it beside the success rate.",
        ),
        provenance={
            "pictures": pictures.height,
            "dimensions": len(ranges.dimensions),
            "judge": painted.judge,
            "lineages": dict(lineages or {}),
            "bootstrap draws": draws,
            "bootstrap seed": seed,
            **(provenance or {}),
        },
    )


__all__ = ["DRAWS", "STUDY", "Ranges", "analyse", "rated_pictures"]

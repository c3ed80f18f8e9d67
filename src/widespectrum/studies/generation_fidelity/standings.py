"""Who is not told apart from whom: ties of the ranking, said honestly.

Every two generators are compared on the same prompts and seeds; p is Holm-corrected over all pairs.
Letters then say it in one column (Piepho 2004, "An algorithm for a letter-based representation of
all-pairwise comparisons"): two generators share a letter exactly if they are not told apart.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

import numpy as np
import polars as pl

from widespectrum.statistics import holm
from widespectrum.studies.generation_fidelity.lineages import matched, tested
from widespectrum.studies.generation_fidelity.measures import Measure, Measured

LEVEL = 0.05


def standings(
    found: Measured, leading: Measure, generators: Sequence[str], *, draws: int, seed: int
) -> pl.DataFrame:
    """Columns: generator, ties (letters).

    Args:
        found: all measures.
        leading: what generators are ranked by.
        generators: best first.
        draws: of the sign flips, where a prompt has several shots.
        seed: of them.
    """
    pairs = list(combinations(generators, 2))
    p_values: list[float | None] = []
    for one, two in pairs:
        pairing = matched(found.shots, one, two)
        first, second = leading.values[pairing.base], leading.values[pairing.aligned]
        known = ~(np.isnan(first) | np.isnan(second))
        if not known.any():
            p_values.append(None)
            continue
        clusters = pairing.clusters[known]
        p_values.append(tested(leading, first[known], second[known], clusters, draws, seed).p)
    apart = [
        pair for pair, p in zip(pairs, holm(p_values), strict=True) if p is not None and p < LEVEL
    ]
    told = letters(generators, apart)
    return pl.DataFrame(
        {"generator": list(told), "ties": list(told.values())},
        schema={"generator": pl.String, "ties": pl.String},
    )


def letters(names: Sequence[str], apart: Collection[tuple[str, str]]) -> dict[str, str]:
    """A letter for every largest set of names of which no two are told apart.

    Args:
        names: best first.
        apart: pairs that are told apart.
    """
    groups = [frozenset(names)]
    for one, two in apart:
        split = [
            part
            for group in groups
            for part in ((group - {one}, group - {two}) if {one, two} <= group else (group,))
        ]
        distinct = list(dict.fromkeys(split))
        groups = [group for group in distinct if not any(group < other for other in distinct)]
    order = {name: place for place, name in enumerate(names)}
    groups.sort(key=lambda group: sorted(order[name] for name in group))
    return {
        name: "".join(_letter(place) for place, group in enumerate(groups) if name in group)
        for name in names
    }


def _letter(place: int) -> str:
    return chr(ord("a") + place) if place < 26 else f"({place + 1})"

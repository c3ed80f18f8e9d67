"""Score files of one generator: the four scores of pairs that stand elsewhere, in the same order.

The authors release a JSON list without ids, in the order of their prompts. Row by row it is laid
beside pairs that were read from another source; a different number of rows is refused, since then
no row can be trusted.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from widespectrum.contracts import SCORE_NAMES
from widespectrum.errors import BadInput
from widespectrum.exchange.contents import Contents, score_rows
from widespectrum.tables import read_scores

_IMAGES = {"io": "original", "ia": "anti"}
_PROMPTS = {"po": "original", "pa": "anti"}


def add_scores(contents: Contents, file: Path) -> Contents:
    """The contents, with the scores of one file.

    Scores are laid beside pairs by id where all ids are the same, else by order.

    Raises:
        BadInput: the file is no table of the four scores, has another number of rows than there
            are pairs, or holds scores of a scorer that are there already.
    """
    table = read_scores(file)
    rows, notes = [], list(contents.notes)
    for (scorer,), own in table.partition_by("scorer", as_dict=True, maintain_order=True).items():
        if contents.scores.filter(pl.col("scorer") == scorer).height:
            raise BadInput(
                f"holds scores of {scorer}, which the pairs have already",
                "Leave this file out.",
                file=file,
            )
        ids = contents.pairs["id"].to_list()
        if set(own["id"]) != set(ids):
            if own.height != len(ids):
                raise BadInput(
                    f"has {own.height:,} rows of {scorer}, and there are {len(ids):,} pairs",
                    "Give the pairs that were scored, in the same order.",
                    file=file,
                )
            own = own.with_columns(pl.Series("id", ids))
            notes.append(f"Scores of {scorer} are laid beside the pairs by their order.")
        for row in own.select("id", *SCORE_NAMES).iter_rows(named=True):
            rows += [
                (row["id"], _IMAGES[name[:2]], _PROMPTS[name[3:]], scorer, row[name])
                for name in SCORE_NAMES
            ]
    return replace(
        contents, scores=pl.concat([contents.scores, score_rows(rows)]), notes=tuple(notes)
    )

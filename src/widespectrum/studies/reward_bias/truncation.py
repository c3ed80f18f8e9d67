"""The truncation audit: a score under half a prompt is not a score under that prompt."""

from __future__ import annotations

import numpy as np
import polars as pl

from widespectrum.studies.reward_bias.measures import whole_sample
from widespectrum.studies.reward_bias.sample import Sample, ScorerColumn

RESULTS = ("accuracy", "taste", "listening", "obeyed")

NOT_KNOWN = "not known"


def truncation_audit(sample: Sample, measures: pl.DataFrame) -> pl.DataFrame:
    """Per scorer: how much of an anti prompt it reads, and its results where it read all of it.

    Columns: scorer, reads (in words), token_limit, counted (pairs whose tokens are known), longest
    (of those), cut and cut_share (pairs whose anti prompt exceeds the limit; null where that is not
    known), n_uncut (pairs with a decided truth whose anti prompt was read whole), and each result
    over all pairs and, as ``NAME_uncut``, over those read whole: null where there are none, or none
    are known.
    """
    every, uncut = whole_sample(measures), whole_sample(measures, "uncut")
    records = []
    for scorer in sample.scorers:
        counted = scorer.present & ~np.isnan(scorer.tokens)
        judged = int((scorer.whole | scorer.cut).sum())
        cut = int(scorer.cut.sum())
        mine = pl.col("scorer") == scorer.name
        (overall,) = every.filter(mine).to_dicts()
        # Where every prompt was read whole, there are no separate measures of those that were.
        same = bool((scorer.whole == scorer.present).all())
        (read_whole,) = [overall] if same else uncut.filter(mine).to_dicts() or [{}]
        record = {
            "scorer": scorer.name,
            "reads": _reads(scorer),
            "token_limit": scorer.token_limit,
            "counted": int(counted.sum()),
            "longest": int(scorer.tokens[counted].max()) if counted.any() else None,
            "cut": cut if judged else None,
            "cut_share": cut / judged if judged else None,
            "n_uncut": int((scorer.whole & (sample.truth >= 0)).sum()) if judged else None,
        }
        for name in RESULTS:
            for end in ("", "_low", "_high"):
                record[f"{name}{end}"] = overall[f"{name}{end}"]
                record[f"{name}_uncut{end}"] = read_whole.get(f"{name}{end}")
        records.append(record)
    numbers = {
        f"{name}{part}{end}": pl.Float64()
        for name in ("cut_share", *RESULTS)
        for part in ("", "_uncut")
        for end in ("", "_low", "_high")
    }
    counts = dict.fromkeys(("token_limit", "longest", "cut", "n_uncut"), pl.Int64())
    types = {name: kind for name, kind in {**numbers, **counts}.items() if name in records[0]}
    return pl.DataFrame(records, schema_overrides=types)


def _reads(scorer: ScorerColumn) -> str:
    if scorer.token_limit is not None:
        return f"up to {scorer.token_limit:,} tokens"
    return "every prompt whole" if scorer.unlimited else NOT_KNOWN

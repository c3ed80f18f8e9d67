"""The truncation audit: a score under half a prompt is not a score under that prompt."""

from __future__ import annotations

import numpy as np
import polars as pl

from widespectrum.studies.reward_bias.sample import Sample

RESULTS = ("accuracy", "taste", "listening", "obeyed")


def truncation_audit(sample: Sample, measures: pl.DataFrame) -> pl.DataFrame:
    """Per scorer: its token limit, how many anti prompts exceed it, and its results without them.

    Columns: scorer, token_limit (null: reads the whole prompt), counted (pairs whose tokens are
    known), cut, cut_share, longest, and each result over all pairs and, as ``NAME_uncut``, over
    pairs whose anti prompt was read whole.
    """
    whole = measures.filter(pl.col("group") == "all")
    records = []
    for scorer in sample.scorers:
        counted = scorer.present & ~np.isnan(scorer.tokens)
        n = int(counted.sum())
        cut = int((scorer.cut & counted).sum())
        own = {
            subset: whole.filter((pl.col("scorer") == scorer.name) & (pl.col("subset") == subset))
            for subset in ("all", "uncut")
        }
        # Where nothing was cut, all pairs are the uncut ones.
        uncut = own["uncut"] if own["uncut"].height else own["all"]
        record = {
            "scorer": scorer.name,
            "token_limit": scorer.token_limit,
            "counted": n,
            "cut": cut if n else None,
            "cut_share": cut / n if n else None,
            "longest": int(scorer.tokens[counted].max()) if n else None,
            "n_uncut": uncut["n"][0],
        }
        for name in RESULTS:
            for end in ("", "_low", "_high"):
                record[f"{name}{end}"] = own["all"][f"{name}{end}"][0]
                record[f"{name}_uncut{end}"] = uncut[f"{name}{end}"][0]
        records.append(record)
    return pl.DataFrame(records, infer_schema_length=None)

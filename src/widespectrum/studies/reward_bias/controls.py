"""The same two images under other prompts: whose ranking follows the words?"""

from __future__ import annotations

import numpy as np
import polars as pl

from widespectrum.statistics import ClusterBootstrap, chosen
from widespectrum.studies.reward_bias.sample import Sample

PROMPTS = {
    "pa": "anti prompt",
    "ps": "another pair's anti prompt",
    "pn": "neutral rewrite",
    "po": "original prompt",
}


def control_shares(sample: Sample, bootstrap: ClusterBootstrap) -> pl.DataFrame:
    """Share of pairs in which the anti image scores higher, by scorer and kind of prompt.

    Columns: scorer, prompt, n, share with interval, and ``gap``, the share under the pair's own
    anti prompt minus this one, over the pairs that have both, with interval: what listening buys.
    A prompt kind that nobody scored has no row. Score ties count one half.
    """
    records = []
    for scorer in sample.scorers:
        for key, prompt in PROMPTS.items():
            image_original, image_anti = scorer.scores[f"io_{key}"], scorer.scores[f"ia_{key}"]
            rows = ~(np.isnan(image_original) | np.isnan(image_anti)) & (sample.truth == 1)
            if not rows.any():
                continue
            preferred = chosen(np.nan_to_num(image_anti - image_original))
            own = chosen(np.nan_to_num(scorer.scores["ia_pa"] - scorer.scores["io_pa"]))
            share = bootstrap.means(preferred, rows)
            gap = bootstrap.means(own, rows) - share
            (interval,), (difference,) = share.intervals(), gap.intervals()
            shown = key != "pa"
            records.append(
                {
                    "scorer": scorer.name,
                    "prompt": prompt,
                    "n": interval.n,
                    "share": interval.estimate,
                    "share_low": interval.low,
                    "share_high": interval.high,
                    "gap": difference.estimate if shown else None,
                    "gap_low": difference.low if shown else None,
                    "gap_high": difference.high if shown else None,
                }
            )
    return pl.DataFrame(records, infer_schema_length=None)

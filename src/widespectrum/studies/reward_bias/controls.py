"""The same two images under other prompts: whose ranking follows the words?"""

from __future__ import annotations

import numpy as np
import polars as pl

from widespectrum.statistics import ClusterBootstrap, chosen
from widespectrum.studies.reward_bias.measures import where_all_agree
from widespectrum.studies.reward_bias.sample import Bools, Floats, Sample, ScorerColumn

OWN = "pa"
PROMPTS = {
    OWN: "anti prompt",
    "ps": "another pair's anti prompt",
    "pn": "neutral rewrite",
    "po": "original prompt",
}

_ENDS = ("", "_low", "_high")
SCHEMA = {
    "scorer": pl.String(),
    "prompt": pl.String(),
    "n": pl.Int64(),
    **{f"{name}{end}": pl.Float64() for name in ("share", "gap") for end in _ENDS},
}


def control_shares(sample: Sample, bootstrap: ClusterBootstrap) -> pl.DataFrame:
    """Share of pairs in which the anti image scores higher, by scorer and kind of prompt.

    Columns: scorer, prompt, n, share with interval, and ``gap``, the share under the pair's own
    anti prompt minus this one, over the pairs that have both, with interval: what listening buys.
    Over pairs whose anti image follows the anti prompt. A prompt kind that nobody scored has no
    row. Score ties count one half.
    """
    asked = [
        (scorer, key, rows)
        for scorer in sample.scorers
        for key in PROMPTS
        if (rows := _scored(scorer, key) & (sample.truth == 1)).any()
    ]
    if not asked:
        return pl.DataFrame(schema=SCHEMA)
    rows = np.stack([rows for _, _, rows in asked], axis=1)
    here = np.stack([_preferred(scorer, key) for scorer, key, _ in asked], axis=1)
    own = np.stack([_preferred(scorer, OWN) for scorer, _, _ in asked], axis=1)
    shares = bootstrap.means(here, rows)
    gaps = bootstrap.means(own, rows) - shares
    records = []
    for (scorer, key, _), found, gap in zip(
        asked, shares.intervals(), gaps.intervals(), strict=True
    ):
        share = where_all_agree(found)
        record = {
            "scorer": scorer.name,
            "prompt": PROMPTS[key],
            "n": share.n,
            "share": share.estimate,
            "share_low": share.low,
            "share_high": share.high,
        }
        if key != OWN:
            record |= {"gap": gap.estimate, "gap_low": gap.low, "gap_high": gap.high}
        records.append(record)
    return pl.DataFrame(records, schema=SCHEMA)


def _scored(scorer: ScorerColumn, key: str) -> Bools:
    """Pairs of which the scorer has both images' scores under this kind of prompt."""
    return ~(np.isnan(scorer.scores[f"io_{key}"]) | np.isnan(scorer.scores[f"ia_{key}"]))


def _preferred(scorer: ScorerColumn, key: str) -> Floats:
    """1 where the anti image scores higher, 1/2 where both score the same, or one has no score."""
    return chosen(np.nan_to_num(scorer.scores[f"ia_{key}"] - scorer.scores[f"io_{key}"]))

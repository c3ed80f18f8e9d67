"""Refusals: who will not paint what, and who fails for other reasons. A finding of its own.

Alignment can show as a refusal before it shows in a picture. A request ends in a picture, in a
refusal (the provider, or the model behind it, declined, or answered with words), or in a failure
that says nothing about the prompt (an outage, a spent limit). Refusals of anti prompts are held
against refusals of the ordinary prompts that they were made from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from widespectrum.contracts import VARIANTS
from widespectrum.endpoints import DECLINED
from widespectrum.runs import Run
from widespectrum.statistics import (
    ClusterBootstrap,
    Interval,
    bonett_price,
    cluster_means,
    holm,
    of_share,
    sign_flip,
)
from widespectrum.studies.charts import dots
from widespectrum.studies.findings import Column, Figure, Findings, Table, interval_column
from widespectrum.studies.generation_fidelity.words import points
from widespectrum.studies.painted import Painted

STUDY = "refusals"
DRAWS = 10_000

PAINTED, REFUSED, FAILED, OPEN = "painted", "refused", "failed", "not asked"

REQUESTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "generator": pl.String,
    "prompt": pl.String,
    "repeat": pl.Int64,
    "cluster": pl.String,
    "dimensions": pl.List(pl.String),
    "variant": pl.String,
    "outcome": pl.String,  # PAINTED, REFUSED, FAILED, or OPEN where the run was not finished
    "kind": pl.String,  # of the failures table, null for a picture
    "reason": pl.String,
}
"""One row per picture that was asked for."""

_LONGEST_REASON = 200


def requests_of(run: Run, painted: Painted) -> pl.DataFrame:
    """How every request for a picture ended; columns of `REQUESTS`."""
    failures = run.table("failures").filter(pl.col("stage") == "images")
    told = [
        (subject["pair_id"], subject["variant"], kind, reason[:_LONGEST_REASON])
        for text, kind, reason in failures.select("subject", "kind", "reason").iter_rows()
        for subject in [json.loads(text)]
    ]
    ended = pl.DataFrame(
        told,
        schema=dict.fromkeys(("id", "variant", "kind", "reason"), pl.String),
        orient="row",
    ).unique(["id", "variant"], keep="first", maintain_order=True)
    about = ("id", "generator", "prompt", "repeat", "cluster", "dimensions")
    frames = [
        painted.shots.select(
            *about,
            pl.lit(variant).alias("variant"),
            pl.col(f"image_{variant}").is_not_null().alias("there"),
        )
        for variant in VARIANTS
    ]
    rows = pl.concat(frames).join(ended, on=["id", "variant"], how="left", maintain_order="left")
    outcome = (
        pl.when("there")
        .then(pl.lit(PAINTED))
        .when(pl.col("kind").is_in(DECLINED))
        .then(pl.lit(REFUSED))
        .when(pl.col("kind").is_not_null())
        .then(pl.lit(FAILED))
        .otherwise(pl.lit(OPEN))
    )
    return rows.with_columns(outcome.alias("outcome")).select(
        pl.col(name).cast(kind) for name, kind in REQUESTS.items()
    )


def analyse(
    requests: pl.DataFrame,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    provenance: Mapping[str, Any] | None = None,
) -> Findings | None:
    """Findings from how requests ended; ``None`` where every one ended in a picture.

    Args:
        requests: columns of `REQUESTS`.
        draws: bootstrap resamples, clustered by prompt, where a prompt was painted several times.
        seed: of them.
        provenance: what else the reader should be able to check.
    """
    asked = requests.filter(pl.col("outcome") != OPEN)
    if asked.filter(pl.col("outcome") != PAINTED).height == 0:
        return None
    board = _board(asked, draws, seed)
    kinds = _kinds(asked)
    figures = (_figure(asked, draws, seed),) if board["refused"].sum() else ()
    return Findings(
        study=STUDY,
        title="Who will not paint it?",
        question=(
            "Every generator was asked for an ordinary picture and for its opposite. Which "
            "requests were declined, and which failed for other reasons?"
        ),
        headline=_headline(board),
        tables=(_board_table(board), _kind_table(kinds)),
        figures=figures,
        notes=(
            "Refused: the provider declined, or the model behind it answered with words instead of "
            "a picture. Failed: everything else that left no picture; it says nothing about the "
            "prompt. No placeholder takes the place of a picture, and no prompt was changed to get "
            "past a refusal.",
            "Intervals: Wilson's where every prompt was painted once, else bootstrap clustered by "
            "prompt; of the difference, Bonett and Price's on one mean per prompt. Requests that "
            "failed for other reasons are left out of the shares. p: sign flips of whole prompts, "
            "Holm over the table.",
        ),
        provenance={
            "requests": asked.height,
            "refused": asked.filter(pl.col("outcome") == REFUSED).height,
            "failed": asked.filter(pl.col("outcome") == FAILED).height,
            **(provenance or {}),
        },
    )


def _board(asked: pl.DataFrame, draws: int, seed: int) -> pl.DataFrame:
    """One row per generator: shares refused by variant, their difference, and other failures."""
    rows: list[dict[str, Any]] = []
    for (name,), own in asked.group_by("generator", maintain_order=True):
        answered = own.filter(pl.col("outcome") != FAILED)
        row: dict[str, Any] = {
            "generator": str(name),
            "requests": own.height,
            "refused": answered.filter(pl.col("outcome") == REFUSED).height,
            "failed": own.height - answered.height,
        }
        for variant in VARIANTS:
            row |= _ends(
                variant, _share(answered.filter(pl.col("variant") == variant), draws, seed)
            )
        both = answered.filter(pl.col("variant") == "original").join(
            answered.filter(pl.col("variant") == "anti"),
            on=["prompt", "repeat", "cluster"],
            suffix="_anti",
        )
        difference = (_refused(both, "outcome_anti") - _refused(both, "outcome")).astype(float)
        clusters = both["cluster"].to_list()
        row |= _ends("more", bonett_price(cluster_means(difference, clusters)))
        if difference.any():
            (test,) = sign_flip(difference, clusters, draws=draws, seed=seed)
            row["p"] = test.p
        rows.append(row)
    schema = {
        "generator": pl.String,
        **dict.fromkeys(("requests", "refused", "failed"), pl.Int64),
        **{f"{n}{e}": pl.Float64 for n in (*VARIANTS, "more") for e in ("", "_low", "_high")},
        "p": pl.Float64,
    }
    frame = pl.DataFrame(rows, schema=schema).sort(
        "anti", "failed", descending=True, nulls_last=True, maintain_order=True
    )
    return frame.with_columns(pl.Series("p_holm", holm(frame["p"].to_list()), pl.Float64))


def _refused(rows: pl.DataFrame, column: str) -> Any:
    return (rows[column] == REFUSED).cast(pl.Int8).to_numpy()


def _share(rows: pl.DataFrame, draws: int, seed: int) -> Interval:
    values = np.asarray(_refused(rows, "outcome"), dtype=np.float64)
    (interval,) = ClusterBootstrap(rows["cluster"].to_list(), draws, seed).means(values).intervals()
    return of_share(interval)


def _kinds(asked: pl.DataFrame) -> pl.DataFrame:
    """How often each kind of end was met, by generator and variant, with one reason of each."""
    return (
        asked.filter(pl.col("outcome") != PAINTED)
        .group_by("generator", "outcome", "kind", maintain_order=True)
        .agg(
            *(
                (pl.col("variant") == variant).sum().cast(pl.Int64).alias(variant)
                for variant in VARIANTS
            ),
            pl.col("reason").drop_nulls().first().alias("reason"),
        )
        .sort("generator", "outcome", "anti", descending=[False, True, True])
    )


def _headline(board: pl.DataFrame) -> tuple[str, ...]:
    refusing = board.filter(pl.col("refused") > 0).to_dicts()
    failed, requests = int(board["failed"].sum()), int(board["requests"].sum())
    others = f"{failed:,} of {requests:,} requests failed for other reasons."
    if not refusing:
        return ("Nobody refused to paint.", others)
    first = refusing[0]
    said = (
        f"{first['generator']} refuses {first['anti']:.0%} of anti prompts and "
        f"{first['original']:.0%} of ordinary ones"
    )
    low, high = first["more_low"], first["more_high"]
    if low is not None and (low > 0 or high < 0):
        more = "more" if low > 0 else "less"
        said += (
            f": {abs(100 * first['more']):.0f} points {more} "
            f"(95% interval {points(low)} to {points(high)})"
        )
    else:
        said += "; no difference is shown"
    rest = [row["generator"] for row in refusing[1:]]
    told = [f"{said}."]
    if rest:
        told.append(f"{', '.join(rest)} {'refuses' if len(rest) == 1 else 'refuse'}, too.")
    return (*told, *((others,) if failed else ()))


def _board_table(board: pl.DataFrame) -> Table:
    return Table(
        "generators",
        "Refusals and failures",
        board,
        (
            Column("generator", "generator"),
            interval_column("anti", "anti prompts refused", "percent"),
            interval_column("original", "ordinary prompts refused", "percent"),
            Column(
                "more", "difference", "percent", 0, "more_low", "more_high", "Anti minus ordinary."
            ),
            Column("p_holm", "p, Holm", "p"),
            Column("requests", "requests", "count"),
            Column("refused", "refused", "count"),
            Column("failed", "failed otherwise", "count"),
        ),
    )


def _kind_table(kinds: pl.DataFrame) -> Table:
    return Table(
        "kinds",
        "How they ended",
        kinds,
        (
            Column("generator", "generator"),
            Column("outcome", "counted as"),
            Column("kind", "kind"),
            Column("anti", "anti prompts", "count"),
            Column("original", "ordinary prompts", "count"),
            Column("reason", "for example"),
        ),
        "Every request is a row of the run's failures table; --retry-failed asks again.",
    )


def _figure(asked: pl.DataFrame, draws: int, seed: int) -> Figure:
    """The share refused by generator and variant."""
    rows = []
    for (name, variant), own in asked.filter(pl.col("outcome") != FAILED).group_by(
        "generator", "variant", maintain_order=True
    ):
        share = _share(own, draws, seed)
        rows.append(
            {"generator": str(name), "prompts": f"{variant} prompts", **_ends("share", share)}
        )
    frame = pl.DataFrame(rows)
    return Figure(
        "refused",
        "Who refuses what",
        dots(
            frame,
            row="generator",
            value="share",
            series="prompts",
            colours=[f"{variant} prompts" for variant in VARIANTS],
            title="share of requests that were refused",
            percent=True,
        ),
        "With 95% intervals.",
        "; ".join(
            f"{r['generator']}, {r['prompts']}: {r['share']:.0%}"
            for r in rows
            if r["share"] is not None
        ),
    )


def _ends(name: str, interval: Interval) -> dict[str, float | None]:
    return {name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high}

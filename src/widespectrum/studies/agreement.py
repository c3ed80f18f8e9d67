"""Agreement: do two choosers or judges, people included, say the same beyond their habits?

Every two raters are compared on the items that both have an opinion on, by Cohen's kappa with
quadratic weights on the ordinal scale (original, tie, anti; or low, neutral, high), as the paper
does. Intervals come from a bootstrap clustered by prompt. Raters of one group (people) also have
one voice together: their majority.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from widespectrum.errors import BadInput
from widespectrum.statistics import (
    ClusterBootstrap,
    Interval,
    bootstrapped_alpha,
    bootstrapped_kappa,
)
from widespectrum.studies.findings import Column, Figure, Findings, Table
from widespectrum.tables.opinions import CLASSES, OPINION_SCHEMA, Scale

STUDY = "agreement"
DRAWS = 10_000

LABELS: dict[Scale, tuple[str, ...]] = {
    "choices": ("original", "tie", "anti"),
    "ratings": ("low", "neutral", "high"),
}

PUBLISHED = (
    "Published: kappa 0.80 between the paper's chooser and 18 people (how many pairs, and how "
    "several people were combined, is not said); its released data give 0.51 between two VLM "
    "choosers on 3,300 pairs."
)

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def analyse(
    opinions: pl.DataFrame,
    scale: Scale,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    provenance: Mapping[str, Any] | None = None,
) -> Findings:
    """Findings about who agrees with whom.

    Args:
        opinions: the columns of `widespectrum.tables.opinions.OPINION_SCHEMA`.
        scale: what the values mean.
        draws: bootstrap resamples.
        seed: of the bootstrap.
        provenance: what else the reader should be able to check.

    Raises:
        BadInput: fewer than two raters, or no two of them share an item.
    """
    opinions = with_clusters(opinions.select(list(OPINION_SCHEMA)))
    voices = with_majorities(opinions)
    raters = rater_table(voices, scale)
    pairs = pair_table(voices, scale, draws=draws, seed=seed)
    if pairs.height == 0:
        raise BadInput(
            f"there is nobody to compare: {voices['rater'].n_unique()} raters, and no two of them "
            "judged the same item",
            "Give tables of at least two raters on the same ids.",
        )
    alpha = _alpha(opinions, scale, draws, seed)
    return Findings(
        study=STUDY,
        title="Who agrees with whom?",
        question=(
            "Which image of a pair follows the prompt: do these raters say the same, more than "
            "their habits alone would bring about?"
            if scale == "choices"
            else "Where does an image stand on a dimension: do these raters say the same, more "
            "than their habits alone would bring about?"
        ),
        headline=_headline(pairs, alpha),
        tables=(_pairs_shown(pairs), _raters_shown(raters, scale), *_key_numbers(pairs)),
        figures=(_figure(pairs),),
        notes=(
            "Cohen's kappa with quadratic weights on the scale "
            f"{', '.join(LABELS[scale])}: 1 is full agreement, 0 what the raters' habits alone "
            "would bring about. Intervals: 95%, bootstrap clustered by prompt.",
            "Kappa is not a rate of agreement, and it falls when nearly all items are of one "
            "class; the plain share of equal opinions stands beside it.",
            *_alpha_note(alpha),
            *((PUBLISHED,) if scale == "choices" else ()),
        ),
        provenance={
            "opinions": opinions.height,
            "items": opinions["item"].n_unique(),
            "draws": draws,
            "seed": seed,
            **(provenance or {}),
        },
    )


def with_clusters(opinions: pl.DataFrame) -> pl.DataFrame:
    """The opinions with one cluster per item: what any source tells of it, else the item itself."""
    told = pl.col("cluster").drop_nulls().first().over("item")
    return opinions.with_columns(pl.coalesce(told, "item").alias("cluster"))


def with_majorities(opinions: pl.DataFrame) -> pl.DataFrame:
    """The opinions, and for each group of several raters its majority as one rater more.

    The majority is the value with the most voices; where two have as many, the middle of the scale
    is not guessed: the item is left out.
    """
    grouped = opinions.filter(pl.col("group").is_not_null())
    several = grouped.group_by("group").agg(pl.col("rater").n_unique()).filter(pl.col("rater") > 1)
    counts = (
        grouped.join(several.select("group"), on="group")
        .group_by("group", "item", "value")
        .agg(pl.len().alias("voices"), pl.col("cluster").first())
        .filter(pl.col("voices") == pl.col("voices").max().over("group", "item"))
    )
    clear = counts.filter(pl.len().over("group", "item") == 1)
    majority = clear.select(
        "item",
        pl.format("{} (majority)", "group").alias("rater"),
        "value",
        "cluster",
        pl.lit(None, pl.String).alias("group"),
    )
    return pl.concat([opinions, majority.sort("rater", "item")])


def rater_table(voices: pl.DataFrame, scale: Scale) -> pl.DataFrame:
    """One row per rater: how many items, and the share of each class."""
    shares = [
        (pl.col("value") == value).mean().alias(label)
        for value, label in zip(CLASSES[scale], LABELS[scale], strict=True)
    ]
    return voices.group_by("rater", maintain_order=True).agg(pl.len().alias("items"), *shares)


def pair_table(
    voices: pl.DataFrame, scale: Scale, *, draws: int = DRAWS, seed: int = 0
) -> pl.DataFrame:
    """One row per two raters that share items, the best agreement first.

    A group is not compared with its own members.
    """
    wide = voices.pivot("rater", index=["item", "cluster"], values="value", maintain_order=True)
    groups = dict(voices.select("rater", "group").unique().iter_rows())
    names = voices["rater"].unique(maintain_order=True).to_list()
    rows = []
    for first, second in combinations(names, 2):
        if f"{groups[first]} (majority)" == second:
            continue
        common = wide.drop_nulls([first, second])
        if common.height:
            rows.append(_compared(common, first, second, scale, draws, seed))
    frame = pl.DataFrame(rows, schema=_PAIRS, orient="row")
    return frame.sort("kappa", "first", "second", descending=[True, False, False], nulls_last=True)


_PAIRS = {
    "first": pl.String,
    "second": pl.String,
    "items": pl.Int64,
    **dict.fromkeys(("kappa", "kappa_low", "kappa_high"), pl.Float64),
    "kappa_reason": pl.String,
    **dict.fromkeys(("agree", "opposite", "distance", "kappa_unweighted"), pl.Float64),
}


def _compared(
    common: pl.DataFrame, first: str, second: str, scale: Scale, draws: int, seed: int
) -> dict[str, Any]:
    classes = CLASSES[scale]
    one, other = (common[name].to_numpy() for name in (first, second))
    bootstrap = ClusterBootstrap(common["cluster"].to_list(), draws, seed)
    (kappa,) = bootstrapped_kappa(bootstrap, one, other, classes, "quadratic").intervals()
    (plain,) = bootstrapped_kappa(bootstrap, one, other, classes, "unweighted").intervals()
    place = {value: number for number, value in enumerate(classes)}
    apart = np.abs([place[a] - place[b] for a, b in zip(one.tolist(), other.tolist(), strict=True)])
    return {
        "first": first,
        "second": second,
        "items": common.height,
        "kappa": kappa.estimate,
        "kappa_low": kappa.low,
        "kappa_high": kappa.high,
        "kappa_reason": kappa.reason,
        "agree": float((apart == 0).mean()),
        "opposite": float((apart == 2).mean()),
        "distance": float(apart.mean()),
        "kappa_unweighted": plain.estimate,
    }


def _alpha(opinions: pl.DataFrame, scale: Scale, draws: int, seed: int) -> Interval | None:
    """Krippendorff's alpha over all raters, where there are more than two."""
    if opinions["rater"].n_unique() < 3:
        return None
    wide = opinions.pivot("rater", index=["item", "cluster"], values="value", maintain_order=True)
    # Ordinal from the lowest to the highest class: a tie stands in the middle.
    place = {value: number for number, value in enumerate(CLASSES[scale])}
    ratings = wide.drop("item", "cluster").select(pl.all().replace_strict(place).cast(pl.Float64))
    table = ratings.to_numpy().astype(np.float64)
    bootstrap = ClusterBootstrap(wide["cluster"].to_list(), draws, seed)
    (alpha,) = bootstrapped_alpha(bootstrap, table, range(len(place))).intervals()
    return alpha


def _headline(pairs: pl.DataFrame, alpha: Interval | None) -> tuple[str, ...]:
    defined = pairs.drop_nulls("kappa").to_dicts()
    if not defined:
        return ("No kappa can be told: each rater uses one class only.",)
    best = defined[0]
    said = [f"{best['first']} and {best['second']} agree with kappa {_kappa(best)}."]
    if len(defined) > 1:
        worst = defined[-1]
        said = [
            f"The best agreement is that of {best['first']} and {best['second']}, kappa "
            f"{_kappa(best)}; the weakest that of {worst['first']} and {worst['second']}, "
            f"{_kappa(worst)}."
        ]
    return tuple(said)


def _kappa(row: Mapping[str, Any]) -> str:
    ends = f" ({row['kappa_low']:.2f} to {row['kappa_high']:.2f})" if row["kappa_low"] else ""
    return f"{row['kappa']:.2f}{ends} on {row['items']:,} items"


def _alpha_note(alpha: Interval | None) -> tuple[str, ...]:
    if alpha is None or alpha.estimate is None:
        return ()
    ends = "" if alpha.low is None else f" ({alpha.low:.2f} to {alpha.high:.2f})"
    return (
        f"Krippendorff's alpha (ordinal) of all raters together is {alpha.estimate:.2f}{ends}, "
        f"over {alpha.n:,} items that at least two of them judged.",
    )


def _pairs_shown(pairs: pl.DataFrame) -> Table:
    return Table(
        name="pairs",
        title="Every two raters",
        frame=pairs,
        columns=(
            Column("first", "rater"),
            Column("second", "and"),
            Column("items", "items", "count", help="That both judged."),
            Column("kappa", "kappa", "number", 2, "kappa_low", "kappa_high", "Quadratic weights."),
            Column("agree", "equal", "percent", 1, help="Share of equal opinions."),
            Column("opposite", "opposite", "percent", 1, help="Share of opposite opinions."),
            Column("distance", "distance", "number", 3, help="Mean, in steps of the scale."),
            Column("kappa_unweighted", "unweighted kappa", "number", 2),
        ),
        caption="The best agreement first.",
    )


def _raters_shown(raters: pl.DataFrame, scale: Scale) -> Table:
    return Table(
        name="raters",
        title="Who says what how often",
        frame=raters,
        columns=(
            Column("rater", "rater"),
            Column("items", "items", "count"),
            *(Column(label, label, "percent", 1) for label in LABELS[scale]),
        ),
    )


def _key_numbers(pairs: pl.DataFrame) -> tuple[Table, ...]:
    """The first few kappas, each with both names beneath it."""
    rows = pairs.drop_nulls("kappa").head(4).to_dicts()
    if not rows:
        return ()
    frame = pl.DataFrame(
        {
            f"kappa_{place}{end}": row[f"kappa{end}"]
            for place, row in enumerate(rows)
            for end in ("", "_low", "_high")
        }
    )
    columns = tuple(
        Column(
            f"kappa_{place}",
            f"{row['first']} and {row['second']}",
            "number",
            low=f"kappa_{place}_low",
            high=f"kappa_{place}_high",
            help="kappa, quadratic weights",
        )
        for place, row in enumerate(rows)
    )
    return (Table("key_numbers", "Kappa", frame, columns),)


def _figure(pairs: pl.DataFrame) -> Figure:
    values = [
        {
            "pair": f"{row['first']} – {row['second']}",
            **{name: row[name] for name in ("kappa", "kappa_low", "kappa_high", "items")},
        }
        for row in pairs.head(40).to_dicts()
        if row["kappa"] is not None
    ]
    x = {"type": "quantitative", "title": "Cohen's kappa, quadratic weights"}
    y = {"field": "pair", "type": "nominal", "sort": None, "title": None}
    return Figure(
        name="kappa",
        title="Agreement of every two raters",
        spec={
            "$schema": _SCHEMA,
            "width": "container",
            "height": {"step": 26},
            "data": {"values": values},
            "layer": [
                {"mark": {"type": "rule", "style": "guide"}, "encoding": {"x": {"datum": 0}}},
                {
                    "mark": {"type": "rule", "style": "interval"},
                    "encoding": {
                        "y": y,
                        "x": {**x, "field": "kappa_low"},
                        "x2": {"field": "kappa_high"},
                    },
                },
                {
                    "mark": {"type": "point", "filled": True, "style": "strong"},
                    "encoding": {"y": y, "x": {**x, "field": "kappa"}},
                },
            ],
        },
        caption="With 95% intervals. At 0 two raters agree no more than their habits would.",
        alt="; ".join(f"{value['pair']}: {value['kappa']:.2f}" for value in values),
    )

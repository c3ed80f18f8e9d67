"""Image to image (the paper's Table 4): given a wide-spectrum image, does a model clean it up?

`prepare` lets generators edit anti images at one or several strengths; `analyse` says how far each
edit polishes, what an edit does that is not told of the effects (a control: half a denoising pass
removes grain with any model), and whether aligned generators polish more than their base.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.studies.charts import SCHEMA
from widespectrum.studies.findings import Column, Figure, Findings, Table, interval_column
from widespectrum.studies.image_to_image.editing import (
    EDITS,
    RATINGS,
    SCORES,
    STRENGTHS,
    TOLD_BY_DEFAULT,
    Edited,
    Editing,
    plan_edits,
    prepare,
)
from widespectrum.studies.image_to_image.lineups import edit_lineup
from widespectrum.studies.image_to_image.measures import ALL, ASKED, changes, contrasts, means
from widespectrum.studies.image_to_image.published import published_table
from widespectrum.studies.image_to_image.starts import starts_from

STUDY = "image-to-image"
DRAWS = 10_000


def analyse(
    edited: Edited,
    lineages: Mapping[str, str] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    provenance: Mapping[str, Any] | None = None,
) -> Findings:
    """Findings from edits.

    Args:
        edited: edits, and what scorers and judge said of start and result.
        lineages: aligned generator -> the one it was aligned from.
        draws: bootstrap resamples, clustered by prompt.
        seed: of the resampling.
        provenance: what else the reader should be able to check.

    Raises:
        BadInput: not one edit could be measured.
    """
    rows = changes(edited)
    if rows.height == 0:
        raise BadInput(
            f"not one edit could be measured; {edited.failures} requests failed",
            "Mend the cause, then run again with failed requests retried.",
        )
    moved = means(rows, draws=draws, seed=seed)
    compared = contrasts(rows, lineages or {}, draws=draws, seed=seed)
    return Findings(
        study=STUDY,
        title="Does the generator keep it, or clean it up?",
        question=(
            "Begin with an image that does what an unpolished prompt asks, and let a generator "
            "work it over under the same prompt. How much more polished does it come out?"
        ),
        headline=_headline(moved, compared),
        tables=(
            _change_table(moved),
            *((_contrast_table(compared),) if compared.height else ()),
            published_table(moved),
        ),
        lineup=edit_lineup(edited, rows),
        figures=(_sweep(moved, edited.edits["generator"].unique(maintain_order=True).to_list()),),
        notes=(
            "Change: edited image minus the anti image it began with. Positive under the original "
            "prompt, or in J, is polished; negative under the anti prompt is less of what was "
            "asked. Intervals: 95%, bootstrap clustered by prompt.",
            "Told the original prompt or nothing, an edit is a control: half a denoising pass "
            "removes blur and grain with any model. What alignment adds is aligned minus base.",
            "Images chosen by a low score of the scorer that then measures would rise by chance "
            "alone; the paper chose its own so.",
            *(
                (f"{edited.failures:,} requests failed; they are in the run's failures table.",)
                if edited.failures
                else ()
            ),
        ),
        provenance={
            "edits": edited.edits.height,
            "images": edited.edits["pair"].n_unique(),
            "lineages": dict(lineages or {}),
            "bootstrap draws": draws,
            "bootstrap seed": seed,
            "requests failed": edited.failures,
            **(provenance or {}),
        },
    )


def _headline(moved: pl.DataFrame, compared: pl.DataFrame) -> tuple[str, ...]:
    """J over all dimensions, else the first scorer: aligned against base, near strength 0.5."""
    measure = ALL if ALL in moved["measure"] else moved["measure"][0]
    own = compared.filter(pl.col("measure") == measure).drop_nulls("difference_low")
    if own.height:
        (row,) = own.sort((pl.col("strength") - 0.5).abs(), maintain_order=True).head(1).to_dicts()
        said = (
            f"At strength {row['strength']:g}, {row['aligned']} moves {measure} by "
            f"{row['at_aligned']:+.2f} and its base {row['base']} by {row['at_base']:+.2f}"
        )
        low, high = row["difference_low"], row["difference_high"]
        verdict = (
            "it polishes more"
            if low > 0
            else "it polishes less"
            if high < 0
            else "no difference is shown"
        )
        return (f"{said}: {verdict} (95% interval of the difference {low:+.2f} to {high:+.2f}).",)
    rows = moved.filter((pl.col("measure") == measure) & (pl.col("told") == "anti")).to_dicts()
    if not rows:
        return ("Not one edit under an anti prompt could be measured.",)
    told = "; ".join(
        f"{row['generator']} by {row['change']:+.2f} at strength {row['strength']:g}"
        for row in rows[:4]
    )
    return (f"Edits move {measure}: {told}.",)


def _change_table(moved: pl.DataFrame) -> Table:
    return Table(
        "changes",
        "How far edits polish",
        moved,
        (
            Column("measure", "measure"),
            Column("generator", "generator"),
            Column("strength", "strength", "number"),
            Column("told", "told"),
            interval_column("change", "change", help="Edited minus start."),
            Column("n", "edits", "count"),
        ),
    )


def _contrast_table(compared: pl.DataFrame) -> Table:
    return Table(
        "lineages",
        "Aligned against base, paired by image",
        compared,
        (
            Column("aligned", "aligned"),
            Column("base", "base"),
            Column("measure", "measure"),
            Column("strength", "strength", "number"),
            Column("at_base", "base moves", "number"),
            Column("at_aligned", "aligned moves", "number"),
            interval_column("difference", "difference", help="Aligned minus base."),
            Column("effect", "effect size", "number", help="Rank-biserial correlation."),
            Column("p", "p", "p"),
            Column("p_holm", "p, Holm", "p", help="Over the whole table."),
            Column("n", "edits", "count"),
        ),
        "Under the anti prompt, from the same images and seeds.",
    )


def _sweep(moved: pl.DataFrame, generators: list[str]) -> Figure:
    """The change under the anti prompt by strength, a panel per measure."""
    shown = moved.filter(pl.col("told") == "anti")
    x = {
        "field": "strength",
        "type": "quantitative",
        "title": "strength",
        "scale": {"domain": [0, 1]},
    }
    y = {"type": "quantitative", "title": "edited minus start"}
    colour = {"field": "generator", "type": "nominal", "scale": {"domain": generators}}
    return Figure(
        "sweep",
        "By strength",
        {
            "$schema": SCHEMA,
            "data": {"values": shown.to_dicts()},
            "facet": {
                "field": "measure",
                "type": "nominal",
                "title": None,
                "sort": shown["measure"].unique(maintain_order=True).to_list(),
            },
            "columns": 2,
            "spec": {
                "width": 300,
                "height": 200,
                "layer": [
                    {
                        "mark": {"type": "rule", "style": "guide"},
                        "encoding": {"y": {"datum": 0, "type": "quantitative"}},
                    },
                    {
                        "mark": {"type": "rule", "style": "interval"},
                        "encoding": {
                            "x": x,
                            "y": {**y, "field": "change_low"},
                            "y2": {"field": "change_high"},
                            "color": colour,
                        },
                    },
                    {
                        "mark": {"type": "line", "point": True},
                        "encoding": {"x": x, "y": {**y, "field": "change"}, "color": colour},
                    },
                ],
            },
            "resolve": {"scale": {"y": "independent"}},
        },
        "Edited minus start, under the anti prompt, with 95% intervals.",
        "; ".join(
            f"{row['measure']}, {row['generator']}, {row['strength']:g}: {row['change']:+.2f}"
            for row in shown.to_dicts()
        ),
    )


__all__ = [
    "ALL",
    "ASKED",
    "DRAWS",
    "EDITS",
    "RATINGS",
    "SCORES",
    "STRENGTHS",
    "STUDY",
    "TOLD_BY_DEFAULT",
    "Edited",
    "Editing",
    "analyse",
    "plan_edits",
    "prepare",
    "starts_from",
]

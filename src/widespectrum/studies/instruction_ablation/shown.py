"""The study's tables and its figure, as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from widespectrum.studies.findings import Column, Figure, Table, interval_column
from widespectrum.studies.instruction_ablation.comparing import PULLS
from widespectrum.studies.instruction_ablation.told import Told
from widespectrum.studies.reward_bias.shown import HALF, LISTENING, OBEYED, TASTE, N

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
INSTRUCTION = Column("instruction", "instruction")
_NOT_STATED = "(the scorer does not state its words)"


def result_table(results: pl.DataFrame) -> Table:
    """One row per instruction."""
    return Table(
        "instructions",
        "The same weights, told something else",
        results,
        (
            INSTRUCTION,
            OBEYED,
            HALF,
            TASTE,
            LISTENING,
            Column(
                "spread",
                "spread",
                "number",
                help="SD of io_po, the unit of taste and listening, relative to the first row's.",
            ),
            N,
        ),
        "Intervals are 95%, from a bootstrap that resamples prompts with all their pairs.",
    )


def change_table(changes: pl.DataFrame, first: str) -> Table:
    """What each further instruction changes."""
    return Table(
        "changes",
        f"What changes from '{first}'",
        changes,
        (
            INSTRUCTION,
            Column("measure", "measure"),
            interval_column(
                "difference",
                "difference",
                help="Mean over pairs of this instruction's value minus the first one's: shares as "
                "fractions (0.1 is ten points in a hundred), taste and listening in SD of io_po.",
            ),
            Column(
                "p_holm",
                "p",
                "p",
                help="Signs of whole prompts flipped, two-sided, Holm-corrected over this table.",
            ),
            Column("up", "pairs up", "percent", digits=0, help="In which it is larger."),
            Column("down", "pairs down", "percent", digits=0, help="In which it is smaller."),
            Column("n", "pairs", "count"),
        ),
        "Every difference is one between the same pairs: the same two images and prompts, the same "
        "weights.",
    )


def text_table(told: Sequence[Told]) -> Table:
    """The words, sentence by sentence, so that none is cut off."""
    rows = [
        {"instruction": each.instruction, "sentence": sentence}
        for each in told
        for sentence in (_sentences(each.text) if each.text is not None else [_NOT_STATED])
    ]
    return Table(
        "texts",
        "What each was told",
        pl.DataFrame(rows),
        (INSTRUCTION, Column("sentence", "its words")),
        "In order, before the scorer sees the prompt (and, where it stands in the text, with the "
        "prompt's place marked).",
    )


def change_figure(changes: pl.DataFrame, told: Sequence[Told]) -> Figure:
    """Differences with intervals: shares on the left, pulls on the right."""
    shown = changes.filter(pl.col("difference").is_not_null())
    instructions = [each.instruction for each in told[1:]]
    colour = {"field": "instruction", "type": "nominal", "scale": {"domain": instructions}}
    panels = [
        _panel(shown.filter(~pl.col("name").is_in(PULLS)), "share of pairs", ".0%", colour),
        _panel(shown.filter(pl.col("name").is_in(PULLS)), "SD of io_po", ".2f", colour),
    ]
    return Figure(
        name="changes",
        title=f"What changes from '{told[0].instruction}'",
        spec={
            "$schema": SCHEMA,
            "hconcat": [panel for panel in panels if panel is not None],
        },
        caption=(
            "Difference from the first instruction, over the same pairs, with 95% intervals "
            "clustered by prompt. At the dashed line nothing changes."
        ),
        alt="; ".join(
            f"{row['instruction']}, {row['measure']}: {row['difference']:+.2f}"
            for row in shown.iter_rows(named=True)
        ),
    )


def _panel(
    rows: pl.DataFrame, title: str, form: str, colour: dict[str, Any]
) -> dict[str, Any] | None:
    if rows.height == 0:
        return None
    x = {"type": "quantitative", "title": f"difference, {title}", "axis": {"format": form}}
    place = {
        "y": {
            "field": "measure",
            "type": "nominal",
            "title": None,
            "sort": rows["measure"].unique(maintain_order=True).to_list(),
        },
        "yOffset": {"field": "instruction", "sort": colour["scale"]["domain"]},
        "color": colour,
    }
    bounded = rows.drop_nulls(["difference_low", "difference_high"])
    keep = ["instruction", "measure", "difference", "difference_low", "difference_high"]
    return {
        "width": 320,
        "height": {"step": 26},
        "layer": [
            {
                "data": {"values": [{"zero": 0}]},
                "mark": {"type": "rule", "style": "guide"},
                "encoding": {"x": {**x, "field": "zero"}},
            },
            {
                "data": {"values": bounded.select(keep).to_dicts()},
                "mark": {"type": "rule", "style": "interval"},
                "encoding": {
                    **place,
                    "x": {**x, "field": "difference_low"},
                    "x2": {"field": "difference_high"},
                },
            },
            {
                "data": {"values": rows.select(keep).to_dicts()},
                "mark": {"type": "point", "style": "hero"},
                "encoding": {**place, "x": {**x, "field": "difference"}},
            },
        ],
    }


def _sentences(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines()]
    return [part for line in lines if line for part in re.split(r"(?<=[.?!:])\s+(?=[A-Z])", line)]

"""Prompts without pictures: the authors' prompt pairs, emotion prompts, our own tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from widespectrum.exchange.contents import Contents, pair_frame
from widespectrum.exchange.layouts.layout import Column, Layout, Options, Table, numbered


def _read(table: Table, options: Options) -> Contents:
    """Prompt pairs; where there is a long and a short anti prompt, the long one is meant."""
    del options
    originals = table["original_prompt"]
    anti = [
        long or short
        for long, short in zip(
            table["disorted_long_prompt"], table["disorted_short_prompt"], strict=True
        )
    ]
    for row, prompt in enumerate(anti):
        if prompt is None:
            column = table.named("disorted_long_prompt")
            raise table.sheet.wrong(row, column, "is empty", "Fill it in, or drop the row.")
    ids = table["id"] if "id" in table else numbered(table.height)
    columns: dict[str, Sequence[Any]] = {
        "id": ids,
        "prompt_original": originals,
        "prompt_anti": anti,
        "dimensions": table["selected"],
        "cluster": [" ".join(prompt.split()) for prompt in originals],
        "prompt": ids,
        "negative_prompt": table["negative_prompt"],
        "low_ends": table["desc"],
    }
    return Contents(pairs=pair_frame(columns), notes=table.unread())


def _read_emotions(table: Table, options: Options) -> Contents:
    del options
    prompts, emotions = table["prompt"], table["emotion"]
    return Contents(
        pairs=pair_frame(
            {
                "id": numbered(table.height),
                "prompt_original": prompts,
                "prompt_anti": [None] * table.height,
                "dimensions": [None] * table.height,
                "cluster": [" ".join(prompt.split()) for prompt in prompts],
                "emotion": emotions,
            }
        ),
        notes=table.unread(),
    )


PROMPT_PAIRS = Layout(
    name="anti_aesthetics_dataset",
    title="prompt pairs without pictures",
    columns=(
        Column("original_prompt", required=True, aliases=("prompt_original",)),
        Column(
            "disorted_long_prompt",
            required=True,
            aliases=(
                "distorted_long_prompt",
                "prompt_anti",
                "prompt_distorted",
                "disorted_short_prompt",
            ),
        ),
        Column("disorted_short_prompt"),
        Column("selected", "texts", aliases=("selected_dims", "dimensions")),
        Column("desc"),
        Column("negative_prompt"),
        Column("id"),
    ),
    read=_read,
)

EMOTION_PROMPTS = Layout(
    name="anti_aesthetics_emotion",
    title="prompts that ask for an emotion",
    columns=(Column("prompt", required=True), Column("emotion", required=True)),
    read=_read_emotions,
)

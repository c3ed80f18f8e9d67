"""One picture a row: art, social critique, mitigated pictures, captioned photographs.

A picture that belongs to an ordinary caption is a pair's original, and has no partner; one that was
asked to be unbeautiful is a pair's anti image.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from widespectrum.exchange.contents import (
    UNKNOWN_MAKER,
    Contents,
    Picture,
    pair_frame,
    rating_rows,
    score_rows,
)
from widespectrum.exchange.layouts.layout import Column, Layout, Options, Table, numbered
from widespectrum.exchange.layouts.opinions import rated_dimensions
from widespectrum.tables.authors import GENERATORS, JUDGES, SCORERS, first_number

SCORES = "(hpsv2|hpsv3|image_?reward|img_reward)(_score|_reward)?"
"""The spellings of a column that holds the score of a picture under its caption."""

_BARE = {"img_reward": "image_reward", "imagereward": "image_reward"}


def scorer_of(column: str) -> str:
    """Our name of the scorer that a column of `SCORES` is of."""
    match = re.fullmatch(SCORES, column)
    bare = column if match is None else match[1]
    return SCORERS.ours(_BARE.get(bare, bare))


def _reader(
    variant: str, *, made_by: str | None = None, more: Sequence[str] = ()
) -> Callable[[Table, Options], Contents]:
    """A reader of single pictures.

    Args:
        variant: what the pictures are.
        made_by: the column that says who made them.
        more: columns that are kept with the pairs.
    """

    def read(table: Table, options: Options) -> Contents:
        prompts = table["prompt"]
        ids = _ids(table)
        makers = table[made_by] if made_by else [None] * table.height
        makers = [maker or options.generator for maker in makers]
        empty = [None] * table.height
        pictures, scores = [], []
        for row, maker in enumerate(makers):
            where = table.picture(row, "image")
            if where is None:
                raise table.sheet.wrong(row, table.named("image"), "is empty", "Drop the row.")
            pictures.append(Picture(ids[row], variant, where, maker or UNKNOWN_MAKER))
        origins = {}
        for name, cells in table.several(SCORES).items():
            scorer = scorer_of(name)
            origins[scorer] = name
            for row, cell in enumerate(cells):
                if cell is None:
                    continue
                value = first_number(cell)
                if value is None:
                    raise table.sheet.wrong(row, name, "holds no finite score")
                scores.append((ids[row], variant, variant, scorer, value))
        ratings, contrary = _ratings(table, ids, variant)
        if ratings:
            origins[JUDGES.ours("")] = "rater"
        return Contents(
            pairs=pair_frame(
                {
                    "id": ids,
                    "prompt_original": prompts if variant == "original" else empty,
                    "prompt_anti": prompts if variant == "anti" else empty,
                    "dimensions": empty,
                    "generator": makers,
                    "cluster": [" ".join(prompt.split()) for prompt in prompts],
                    **{name: table[name] for name in more if name in table},
                }
            ),
            pictures=tuple(pictures),
            scores=score_rows(scores),
            ratings=rating_rows(ratings),
            notes=(*table.unread(), *contrary),
            origins=origins,
        )

    return read


def _ids(table: Table) -> Sequence[str]:
    given = table["i"]
    numbers = [None if value is None else str(value) for value in given]
    if None in numbers or len(set(numbers)) < table.height:
        return numbered(table.height)
    return [str(number) for number in numbers]


def _ratings(
    table: Table, ids: Sequence[str], variant: str
) -> tuple[list[tuple[Any, ...]], tuple[str, ...]]:
    """Ratings of the pictures, and a note on those that contradict themselves."""
    rows, contrary = [], 0
    for row, cell in enumerate(table["rater"]):
        if cell is None:
            continue
        for dimension, probabilities in rated_dimensions(table, row, "rater", cell):
            if probabilities is None:
                contrary += 1
                continue
            rows.append((ids[row], variant, JUDGES.ours(""), dimension, *probabilities))
    if not contrary:
        return rows, ()
    note = f"{contrary:,} ratings are left out: mean and likeliest class contradict each other."
    return rows, (note,)


def _critique(table: Table, options: Options) -> Contents:
    """One prompt a row, and a picture of every model in a column of its own."""
    del options
    prompts, topics = table["prompt"], table["topic"]
    models = [name for name in table.others() if name in table.sheet.pictures]
    if not models:
        raise table.sheet.wrong(0, "prompt", "has no picture beside it", "Give one by each model.")
    rows = [(row, model) for row in range(table.height) for model in models]
    pictures = []
    for row, model in rows:
        where = table.picture(row, model)
        assert where is not None
        pictures.append(Picture(f"{row}/{_model(model)}", "original", where, _model(model)))
    return Contents(
        pairs=pair_frame(
            {
                "id": [f"{row}/{_model(model)}" for row, model in rows],
                "prompt_original": [prompts[row] for row, _ in rows],
                "prompt_anti": [None] * len(rows),
                "dimensions": [None] * len(rows),
                "generator": [_model(model) for _, model in rows],
                "cluster": [" ".join(prompts[row].split()) for row, _ in rows],
                "prompt": [str(row) for row, _ in rows],
                "repeat": [0] * len(rows),
                "topic": [topics[row] for row, _ in rows],
            }
        ),
        pictures=tuple(pictures),
    )


def _model(column: str) -> str:
    return GENERATORS.ours(column.removeprefix("image_").removesuffix("_image"))


_IMAGE = Column("image", "picture", required=True)
_PROMPT = Column("prompt", required=True, aliases=("caption", "text"))

SCORED = Layout(
    name="lapis",
    title="pictures with captions and their scores",
    columns=(
        _IMAGE,
        _PROMPT,
        Column(SCORES, "any", required=True, pattern=True),
        Column("i", "integer"),
    ),
    read=_reader("original"),
)

MITIGATED = Layout(
    name="mitigation",
    title="pictures made from anti prompts with a negative prompt",
    columns=(
        _IMAGE,
        _PROMPT,
        Column("negative_prompt", required=True),
        Column("method", required=True),
        Column("rater", "mapping"),
    ),
    read=_reader("anti", made_by="method", more=("negative_prompt",)),
)

CAPTIONED = Layout(
    name="captioned",
    title="pictures with captions",
    columns=(_IMAGE, _PROMPT),
    read=_reader("original"),
)

CRITIQUE = Layout(
    name="critical_comparsion",
    title="social critique: one prompt, a picture by each model",
    columns=(Column("topic", required=True), Column("prompt", required=True)),
    read=_critique,
)

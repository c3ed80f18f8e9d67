"""What a text task is written from: items from a table, from captions, or from topics."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from widespectrum.aesthetics import Dimensions, load_dimensions
from widespectrum.errors import BadInput
from widespectrum.prompts import (
    Caption,
    TextItem,
    builtin_captions,
    critique_items,
    critique_topics,
    derive_seed,
    mentions_people,
    plain_text,
    read_captions,
)
from widespectrum.tables import read_frame
from widespectrum.tables.columns import Field, conform, refuse_duplicates
from widespectrum.tables.named_files import file_beside
from widespectrum.writers.tasks import TextTask

BUILTIN = "builtin"
"""The captions that ship."""

TOPICS = "topics"
"""The topics of social critique that ship, all of them or some."""

PER_TOPIC = 20
"""Prompts of a topic, as in the paper's study."""

_ALIASES = {
    "caption": ("text", "prompt", "prompt_original"),
    "prompt_anti": ("prompt_distorted",),
    "prompt_original": ("original_prompt",),
}


def read_items(
    task: TextTask,
    source: str,
    *,
    seed: int = 0,
    count: int | None = None,
    topics: Sequence[str] = (),
    dimensions: Dimensions | None = None,
    allow_outside: bool = False,
) -> list[TextItem]:
    """The items in a file, in its order.

    Args:
        task: which columns it must have, and may have.
        source: a table; for tasks that need a caption alone also `BUILTIN` (for emotion prompts
            those that name people) or any file of captions; for tasks with a topic `TOPICS`.
        seed: each item gets one of its own, by its id.
        count: no more than so many; with `TOPICS`, so many of each (by default `PER_TOPIC`).
        topics: with `TOPICS`, only these.
        dimensions: known ones; by default those that ship.
        allow_outside: also take pictures that do not lie in the table's folder.

    Raises:
        BadInput: names file, row, field and remedy.
        UnknownName: a row names a dimension that is not known.
    """
    if source == TOPICS and "topic" in task.needs:
        return critique_items(tuple(topics) or tuple(critique_topics()), count or PER_TOPIC, seed)
    if topics:
        raise BadInput("topics are asked for where there are none", "Leave them out.")
    return _items(task, source, seed, dimensions, allow_outside)[:count]


def _items(
    task: TextTask, source: str, seed: int, dimensions: Dimensions | None, allow_outside: bool
) -> list[TextItem]:
    lone = task.needs == ("caption",) and not task.dimensions
    if source == BUILTIN and lone:
        captions = builtin_captions()
        if task.checks.slot is not None:
            captions = tuple(each for each in captions if mentions_people(each.text))
        return _of_captions(task, captions, seed)
    if source in (BUILTIN, TOPICS):
        raise BadInput(
            f"the task {task.name!r} cannot be written from {source}",
            f"Give a table with {', '.join(_columns(task)) or 'its columns'}.",
        )
    path = Path(source)
    if lone and task.picture == "no":
        return _of_captions(task, read_captions(path), seed)
    return _of_table(task, path, seed, dimensions or load_dimensions(), allow_outside)


def _of_captions(task: TextTask, captions: Sequence[Caption], seed: int) -> list[TextItem]:
    return [
        TextItem(each.id, {"caption": each.text}, seed=derive_seed(task.name, seed, each.id))
        for each in captions
    ]


def _of_table(
    task: TextTask, path: Path, seed: int, known: Dimensions, allow_outside: bool
) -> list[TextItem]:
    raw = read_frame(path)
    fields = [
        Field("id", "text"),
        *(Field(n, "text", required=True, aliases=_ALIASES.get(n, ())) for n in task.needs),
        *(Field(n, "text", aliases=_ALIASES.get(n, ())) for n in task.takes),
    ]
    if task.dimensions:
        fields.append(Field("dimensions", "texts", required=True, aliases=("selected_dims",)))
    if task.picture != "no":
        fields.append(Field("image", "text", aliases=("image_path", "path")))
    frame = conform(raw, fields, path, complete=True)
    if frame["id"].null_count():
        numbered = [f"row-{row:05d}" for row in range(1, frame.height + 1)]
        frame = frame.with_columns(pl.coalesce("id", pl.Series(numbered)).alias("id"))
    refuse_duplicates(frame, ["id"], path)
    return [
        _of_row(task, row, path, number, seed, known, allow_outside)
        for number, row in enumerate(frame.iter_rows(named=True), 1)
    ]


def _of_row(
    task: TextTask,
    row: dict[str, object],
    path: Path,
    number: int,
    seed: int,
    known: Dimensions,
    allow_outside: bool,
) -> TextItem:
    fields = {
        name: plain_text(row[name], file=path, row=number, field=name)
        for name in (*task.needs, *task.takes)
        if row[name] is not None
    }
    picture = None
    if row.get("image") is not None:
        fields["image"] = str(row["image"])
        picture = file_beside(
            fields["image"],
            path.parent,
            table=path,
            row=number,
            field="image",
            allow_outside=allow_outside,
            permit="pass --allow-outside",
        )
    asked = row.get("dimensions")
    keys = asked if isinstance(asked, list) else []
    name = str(row["id"])
    return TextItem(
        name,
        fields,
        tuple(known[key] for key in keys),
        picture,
        derive_seed(task.name, seed, name),
    )


def _columns(task: TextTask) -> list[str]:
    return [
        *task.needs,
        *(["dimensions"] if task.dimensions else []),
        *(["image"] if task.picture == "must" else []),
    ]

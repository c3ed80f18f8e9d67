"""The checks of a task on a table that is there already, whoever wrote it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from widespectrum.aesthetics import Dimensions, load_dimensions
from widespectrum.errors import BadInput
from widespectrum.prompts import Draft, Lexicon, TextItem, missing_words, problems
from widespectrum.tables import read_frame
from widespectrum.tables.columns import Field, conform
from widespectrum.writers.tasks import TextTask

CHECKED_SCHEMA = {
    "id": pl.String(),
    "text": pl.String(),
    "words": pl.Int64(),
    "missing": pl.List(pl.String()),
    "problems": pl.List(pl.String()),
}
"""Per row: its text, its words, content words of its source that it lacks, and its problems. A row
without problems may lack words: how many are too many is the task's to say."""

_ALIASES = {
    "caption": ("prompt_original", "original_prompt"),
    "prompt_original": ("original_prompt",),
    "prompt_anti": ("prompt_distorted",),
}


def check_table(
    task: TextTask, path: Path | str, *, dimensions: Dimensions | None = None
) -> pl.DataFrame:
    """What the checks of `task` find in the table at `path`, with the columns of `CHECKED_SCHEMA`.

    The writer's own evidence is not in a table of pairs, so effects are told by the lexicon alone,
    which misses wordings that it does not know. Texts are taken as they stand, control characters
    included: those are what is looked for.

    Args:
        task: whose checks.
        path: a table with the task's column and the columns that it was written from.
        dimensions: known ones; by default those that ship.

    Raises:
        BadInput: names file, field and remedy.
        UnknownName: a row names a dimension that is not known.
    """
    known = dimensions or load_dimensions()
    names = [name for name in (*task.needs, *task.takes) if name != task.column]
    lists = list(task.checks.quotes)
    also = [name for name in task.checks.also if name not in names]
    fields = [
        Field("id", "text"),
        Field(task.column, "text", aliases=_ALIASES.get(task.column, ())),
        *(Field(name, "text", aliases=_ALIASES.get(name, ())) for name in (*names, *also)),
        *(Field(name, "texts") for name in lists),
    ]
    if task.dimensions:
        fields.append(Field("dimensions", "texts", aliases=("selected_dims",)))
    raw = read_frame(path)
    if not {task.column, *_ALIASES.get(task.column, ())} & set(raw.columns):
        raise BadInput(
            f"is missing; the table has {', '.join(raw.columns)[:200]}",
            f"Give a table of the task {task.name!r}, or another --task.",
            file=path,
            field=task.column,
        )
    frame = conform(raw, fields, path, complete=True)
    lexicon = Lexicon(known.values())
    rows = []
    for number, row in enumerate(frame.iter_rows(named=True), 1):
        text = row[task.column] or ""
        item = TextItem(
            row["id"] or f"row-{number:05d}",
            {name: row[name] for name in names if row[name] is not None},
            tuple(known[key] for key in row.get("dimensions") or ()),
        )
        more = {name: row[name] or "" for name in also}
        more |= {name: tuple(row[name] or ()) for name in lists}
        found = problems(Draft(text, more), item, task.checks, lexicon)
        source = item.fields.get(task.checks.keeps or "", "")
        rows.append(
            {
                "id": item.id,
                "text": text,
                "words": len(text.split()),
                "missing": list(missing_words(source, text)),
                "problems": [problem.said for problem in found],
            }
        )
    return pl.DataFrame(rows, schema=CHECKED_SCHEMA)

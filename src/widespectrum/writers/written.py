"""Written texts as a table, with where each comes from; and beside it what could not be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from widespectrum.contracts import Failure
from widespectrum.errors import InvalidResult
from widespectrum.prompts import Evidence, TextItem, TextWriter, WrittenText
from widespectrum.writers.tasks import TextTask


@dataclass(frozen=True)
class WrittenTexts:
    """What a writer made of some items."""

    frame: pl.DataFrame
    """One row per text: ``id``, the item's fields, the text in the task's column, what its writer
    said besides, and ``task, writer, writer_fingerprint, attempts, seed``."""
    failures: pl.DataFrame
    """One row per item without a text: ``id``, its fields, ``task, writer, kind, reason,
    attempts``."""


def write_texts(task: TextTask, items: Sequence[TextItem], writer: TextWriter) -> WrittenTexts:
    """Every item's text, in order.

    Raises:
        InvalidResult: the writer did not give one result per item.
        WidespectrumError: whatever stops the writer altogether.
    """
    results = writer.write(items)
    if len(results) != len(items):
        raise InvalidResult(
            f"the writer {writer.name!r} gave {len(results)} results for {len(items)} items",
            "A writer must return one result per item, in order.",
        )
    rows: list[dict[str, Any]] = []
    failures: list[dict[str, Any]] = []
    for item, result in zip(items, results, strict=True):
        source = _source(task, item)
        if isinstance(result, Failure):
            told = {"kind": result.kind, "reason": result.reason, "attempts": result.attempts}
            failures.append({**source, "task": task.name, "writer": writer.name, **told})
            continue
        rows.append(
            {
                **source,
                task.column: result.text,
                **_besides(task, result),
                "task": task.name,
                "writer": writer.name,
                "writer_fingerprint": writer.fingerprint,
                "attempts": result.attempts,
                "seed": item.seed,
            }
        )
    return WrittenTexts(_frame(rows), _frame(failures))


def _source(task: TextTask, item: TextItem) -> dict[str, Any]:
    names = [*task.needs, *task.takes, *(["image"] if task.picture != "no" else [])]
    source: dict[str, Any] = {"id": item.id}
    # A text may go by the name of what it was made of: then what it was made of is told apart.
    source |= {
        f"{name}_given" if name == task.column else name: item.fields.get(name) for name in names
    }
    if task.dimensions:
        source["dimensions"] = [dimension.key for dimension in item.dimensions]
    return source


def _besides(task: TextTask, result: WrittenText) -> dict[str, Any]:
    """Further fields as columns; those of every row, so that all rows have the same."""
    names = dict.fromkeys([*(n for n in task.answer if n != task.text), *result.more])
    return {name: _as_cell(result.more.get(name)) for name in names}


def _as_cell(value: Any) -> Any:
    if isinstance(value, tuple):
        return [f"{v.effect}: {v.words}" if isinstance(v, Evidence) else str(v) for v in value]
    return value


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)

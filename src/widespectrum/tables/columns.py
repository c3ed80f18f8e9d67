"""Columns and what they must hold: one declaration per column, one checker for every table.

`conform` turns a frame as it was read into a frame of the declared types, or says which file, row
and field is wrong. It never guesses: an empty prompt, a NaN score or a second row of the same id
is an error, not a default.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from widespectrum.errors import BadInput

Kind = Literal["text", "number", "integer", "texts"]

MAX_TEXT = 20_000
"""Longest text of one field, in characters."""

_TYPES: dict[Kind, pl.DataType] = {
    "text": pl.String(),
    "number": pl.Float64(),
    "integer": pl.Int64(),
    "texts": pl.List(pl.String()),
}


@dataclass(frozen=True)
class Field:
    """One column: its name, what it holds, and whether a row may lack it."""

    name: str
    kind: Kind
    required: bool = False
    """The column must be there and every row must hold a value."""
    aliases: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    @property
    def dtype(self) -> pl.DataType:
        """The polars type of the column."""
        return _TYPES[self.kind]


def schema_of(fields: Sequence[Field]) -> dict[str, pl.DataType]:
    """Column names and types of `fields`, in order."""
    return {field.name: field.dtype for field in fields}


def conform(
    frame: pl.DataFrame, fields: Sequence[Field], file: Path | str, *, complete: bool = False
) -> pl.DataFrame:
    """`frame` with the declared columns, typed; other columns are left out.

    Args:
        frame: as read.
        fields: the declaration.
        file: for messages.
        complete: add declared columns that are not there, filled with nulls.

    Raises:
        BadInput: a required column or value is missing, or a value is not what the field holds.
    """
    columns: list[pl.Series] = []
    for field in fields:
        source = next((n for n in (field.name, *field.aliases) if n in frame.columns), None)
        if source is None:
            if field.required:
                raise BadInput(
                    f"is missing; the table has {_listing(frame.columns)}",
                    f"Add a column '{field.name}'.",
                    file=file,
                    field=field.name,
                )
            if complete:
                columns.append(pl.Series(field.name, [None] * frame.height, field.dtype))
            continue
        columns.append(_typed(frame[source], field, file).alias(field.name))
    return pl.DataFrame(columns)


def refuse_duplicates(frame: pl.DataFrame, key: Sequence[str], file: Path | str) -> None:
    """Raise `BadInput` for the first row whose `key` columns repeat an earlier row's."""
    repeated = frame.select(pl.struct(key).is_first_distinct()).to_series().not_().arg_true()
    if repeated.len() == 0:
        return
    row = int(repeated[0])
    values = ", ".join(str(frame[name][row]) for name in key)
    raise BadInput(
        f"repeats '{values[:200]}' ({repeated.len()} repeated in all)",
        f"Make {' and '.join(key)} unique, or drop the repeated rows.",
        file=file,
        row=row + 1,
        field=key[0],
    )


def _typed(column: pl.Series, field: Field, file: Path | str) -> pl.Series:
    if field.kind == "texts":
        return _texts(column, field, file)
    if field.kind == "text":
        typed = column.cast(pl.String)
        empty = typed.is_null() | (typed.str.strip_chars() == "")
        typed = typed.set(empty, None)
        long = typed.str.len_chars() > MAX_TEXT
        if long.fill_null(value=False).any():
            row = int(long.arg_true()[0])
            raise BadInput(
                f"is {typed.str.len_chars()[row]:,} characters long; at most {MAX_TEXT:,} are read",
                "Shorten it.",
                file=file,
                row=row + 1,
                field=field.name,
            )
    else:
        typed = _numbers(column, field, file)
    if field.required and typed.null_count():
        row = int(typed.is_null().arg_true()[0])
        raise BadInput(
            "is empty",
            "Fill it in, or drop the row.",
            file=file,
            row=row + 1,
            field=field.name,
        )
    return typed


def _numbers(column: pl.Series, field: Field, file: Path | str) -> pl.Series:
    if column.dtype == pl.String:
        text = column.str.strip_chars()
        column = text.set(text == "", None)
    present = column.is_not_null()
    numbers = column.cast(pl.Float64, strict=False)
    wrong = present & (numbers.is_null() | ~numbers.is_finite().fill_null(value=True))
    if field.minimum is not None:
        wrong |= (numbers < field.minimum).fill_null(value=False)
    if field.maximum is not None:
        wrong |= (numbers > field.maximum).fill_null(value=False)
    if field.kind == "integer":
        wrong |= (numbers != numbers.round()).fill_null(value=False)
    if wrong.any():
        row = int(wrong.arg_true()[0])
        raise BadInput(
            f"is {str(column[row])[:100]!r}, not {_wanted(field)}",
            "Correct it, or drop the row; a score that could not be made must not stand as a score."
            if field.kind == "number"
            else "Correct it, or drop the row.",
            file=file,
            row=row + 1,
            field=field.name,
        )
    return numbers.cast(field.dtype)


def _wanted(field: Field) -> str:
    noun = "a whole number" if field.kind == "integer" else "a finite number"
    if field.minimum is not None and field.maximum is not None:
        return f"{noun} from {field.minimum:g} to {field.maximum:g}"
    return noun


def _texts(column: pl.Series, field: Field, file: Path | str) -> pl.Series:
    if isinstance(column.dtype, pl.List):
        return column.cast(pl.List(pl.String))
    values: list[list[str] | None] = []
    for row, value in enumerate(column.to_list(), 1):
        values.append(None if value is None else _text_list(value, field, file, row))
    return pl.Series(field.name, values, pl.List(pl.String))


def _text_list(value: Any, field: Field, file: Path | str, row: int) -> list[str]:
    """A list written as JSON, or as text separated by semicolons."""
    text = str(value).strip()
    if not text.startswith("["):
        return [part.strip() for part in text.split(";") if part.strip()]
    try:
        parsed = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        parsed = None
    if not isinstance(parsed, list) or not all(isinstance(item, str) for item in parsed):
        raise BadInput(
            f"is {text[:80]!r}, not a list of texts",
            'Write a JSON list such as ["clarity", "emotion"], or clarity; emotion.',
            file=file,
            row=row,
            field=field.name,
        )
    return parsed


def _listing(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:12])
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "")

"""Files that hold a table: CSV, TSV, JSONL, a JSON list of objects, Parquet.

Reading is strict about form and silent about meaning: it returns the columns as they stand (CSV as
text) and names the file, and the row where it can, when the form is broken. What the columns mean
is the business of `widespectrum.tables.columns`.
"""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from widespectrum.errors import BadInput, StorageFailed

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".pq")
MAX_TEXT_BYTES = 2 * 1024**3
"""Text tables larger than this are refused: Parquet is the format for them."""


def read_frame(path: Path | str) -> pl.DataFrame:
    """The table in `path`, by its suffix.

    CSV and TSV columns come back as text; an empty CSV field is null. JSON values keep their types;
    values that are objects or mixed lists come back as JSON text.

    Raises:
        BadInput: no such file, unknown suffix, not a table, or no rows. Says where and what to do.
    """
    path = Path(path)
    if not path.is_file():
        what = "is a folder, not a table" if path.is_dir() else "does not exist"
        raise BadInput(what, "Give the path of a CSV, JSONL, JSON or Parquet file.", file=path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise BadInput(
            f"has the suffix '{suffix}', which is not a table format we read",
            f"Use one of {', '.join(SUFFIXES)}.",
            file=path,
        )
    if suffix not in (".parquet", ".pq") and path.stat().st_size > MAX_TEXT_BYTES:
        raise BadInput("is larger than 2 GiB", "Convert it to Parquet.", file=path)
    try:
        frame = _READERS[suffix](path)
    except (
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,  # raised by the Parquet reader on some broken files
        ValueError,
        OSError,
    ) as error:
        reason = str(error).strip().splitlines()[0][:300] if str(error).strip() else "no reason"
        raise BadInput(
            f"cannot be read as {suffix[1:].upper()} ({reason})",
            "Check that the file is complete, UTF-8, and of the format its suffix says.",
            file=path,
        ) from error
    if frame.height == 0 or frame.width == 0:
        raise BadInput("holds no rows", "Give a table with at least one row.", file=path)
    return frame


def _read_csv(path: Path, separator: str = ",") -> pl.DataFrame:
    with path.open("rb") as file:
        header = file.readline().decode("utf-8-sig").rstrip("\r\n")
    names = next(iter(_csv_fields(header, separator)), [])
    _refuse_repeated(names, path)
    return pl.read_csv(path, separator=separator, infer_schema=False, encoding="utf8")


def _csv_fields(line: str, separator: str) -> list[list[str]]:
    import csv

    return list(csv.reader([line], delimiter=separator))


def _refuse_repeated(names: list[str], path: Path) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise BadInput("appears twice in the header", "Rename one.", file=path, field=name)
        seen.add(name)


def _read_jsonl(path: Path) -> pl.DataFrame:
    rows: list[Mapping[str, Any]] = []
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                rows.append(_json_object(line, path, number))
    return rows_to_frame(rows, path)


def _read_json(path: Path) -> pl.DataFrame:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(document, list):
        raise BadInput("is JSON, but not a list of objects", "Wrap the rows in a list.", file=path)
    for number, row in enumerate(document, 1):
        if not isinstance(row, dict):
            raise BadInput(
                f"is a {type(row).__name__}, not an object",
                "Every element of the list must be an object with the columns as keys.",
                file=path,
                row=number,
            )
    return rows_to_frame(document, path)


def _json_object(line: str, path: Path, number: int) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput(
            f"is not JSON ({error})", "Mend or remove the line.", file=path, row=number
        ) from error
    if not isinstance(row, dict):
        raise BadInput(
            f"is a {type(row).__name__}, not an object",
            "Write one object per line.",
            file=path,
            row=number,
        )
    return row


def rows_to_frame(rows: list[Mapping[str, Any]], path: Path | str) -> pl.DataFrame:
    """Rows of JSON values as a frame; a column of mixed types becomes JSON text."""
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
    return pl.DataFrame([_column(name, [row.get(name) for row in rows]) for name in names])


def _column(name: str, values: list[Any]) -> pl.Series:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {str}:
        return pl.Series(name, values, pl.String)
    if kinds and kinds <= {int, float}:
        return pl.Series(name, [None if v is None else float(v) for v in values], pl.Float64)
    if kinds == {bool}:
        return pl.Series(name, values, pl.Boolean)
    if kinds == {list} and all(isinstance(i, str) for v in values if v is not None for i in v):
        return pl.Series(name, values, pl.List(pl.String))
    if not kinds:
        return pl.Series(name, values, pl.String)
    texts = [
        value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for value in values
    ]
    return pl.Series(name, texts, pl.String)


_READERS: dict[str, Callable[[Path], pl.DataFrame]] = {
    ".csv": _read_csv,
    ".tsv": lambda path: _read_csv(path, "\t"),
    ".jsonl": _read_jsonl,
    ".ndjson": _read_jsonl,
    ".json": _read_json,
    ".parquet": pl.read_parquet,
    ".pq": pl.read_parquet,
}


def write_frame(frame: pl.DataFrame, path: Path | str) -> Path:
    """Write `frame` to `path` by its suffix, all of it or nothing.

    Equal frames give equal bytes. CSV holds lists as JSON text, which `read_frame` and the column
    readers take back. Missing folders are made.

    Raises:
        BadInput: unknown suffix.
        StorageFailed: the disk refused; the previous file, if any, is untouched.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv"):
        separator = "," if suffix == ".csv" else "\t"
        data = _lists_as_json(frame).write_csv(separator=separator).encode("utf-8")
    elif suffix in (".jsonl", ".ndjson"):
        lines = (json.dumps(row, ensure_ascii=False) for row in frame.to_dicts())
        data = "".join(line + "\n" for line in lines).encode("utf-8")
    elif suffix == ".json":
        data = json.dumps(frame.to_dicts(), ensure_ascii=False, indent=1).encode("utf-8")
    elif suffix in (".parquet", ".pq"):
        import io

        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        data = buffer.getvalue()
    else:
        raise BadInput(
            f"has the suffix '{suffix}', which is not a table format we write",
            f"Use one of {', '.join(SUFFIXES)}.",
            file=path,
        )
    write_bytes(data, path)
    return path


def write_bytes(data: bytes, path: Path) -> None:
    """Write `data` to `path` atomically: a temporary name beside it, flushed, then renamed.

    Raises:
        StorageFailed: the disk refused. `path` then holds what it held before.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        remedy = (
            "Make room on the disk, then run the command again; what was done is kept."
            if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else "Check that the folder is writable, then run the command again."
        )
        raise StorageFailed(
            f"could not be written ({error.strerror or error})", remedy, file=path
        ) from error


def _lists_as_json(frame: pl.DataFrame) -> pl.DataFrame:
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    return frame.with_columns(
        pl.Series(
            name,
            [
                None if value is None else json.dumps(list(value), ensure_ascii=False)
                for value in frame[name].to_list()
            ],
            pl.String,
        )
        for name in lists
    )

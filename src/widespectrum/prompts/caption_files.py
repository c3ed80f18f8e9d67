"""Captions from a user's file: a table, a list of lines, or COCO annotations."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.prompts.captions import Caption, plain_text
from widespectrum.prompts.coco import read_coco
from widespectrum.tables import read_frame

COLUMNS = ("caption", "text", "prompt", "prompt_original")
"""Names under which a table may hold its captions; the first that is there is read."""

MAX_ID = 200
"""Longest id, in characters."""


def read_captions(path: Path | str, *, per_image: int = 1) -> tuple[Caption, ...]:
    """The captions in `path`, in the order of the file.

    - CSV, TSV, JSONL, a JSON list, Parquet: a column of `COLUMNS`, and optionally ``id``.
    - TXT: one caption per line; blank lines are skipped.
    - JSON with ``annotations``: COCO captions; see `widespectrum.prompts.coco`.

    Captions without an id are numbered by row (``caption-00001``).

    Args:
        path: the file; its suffix says the format.
        per_image: how many captions of one COCO image to take.

    Raises:
        BadInput: names file, row, field and remedy.
    """
    path = Path(path)
    if per_image < 1:
        raise BadInput(f"per_image is {per_image}", "Take at least one caption per image.")
    if path.suffix.lower() == ".txt" and path.is_file():
        return _read_lines(path)
    if path.suffix.lower() == ".json" and path.is_file() and _is_object(path):
        return read_coco(path, per_image)
    return _from_table(read_frame(path), path)


def _is_object(path: Path) -> bool:
    """Whether the JSON in `path` is an object, by its first character."""
    try:
        with path.open("rb") as file:
            return file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    except OSError:
        return False  # the reader that comes next says why


def _read_lines(path: Path) -> tuple[Caption, ...]:
    try:
        # Not splitlines: it also splits at characters that may stand inside a caption.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"is not UTF-8 text (byte {error.start})", "Save it as UTF-8.", file=path
        ) from error
    except OSError as error:
        raise BadInput(
            f"cannot be read ({error.strerror or error})", "Check its permissions.", file=path
        ) from error
    captions = tuple(
        Caption(_numbered(row), plain_text(line, file=path, row=row, field="caption"))
        for row, line in enumerate(lines, 1)
        if line.strip()
    )
    if not captions:
        raise BadInput("holds no captions", "Write one caption per line.", file=path)
    return captions


def _from_table(frame: pl.DataFrame, path: Path) -> tuple[Caption, ...]:
    column = next((name for name in COLUMNS if name in frame.columns), None)
    if column is None:
        raise BadInput(
            f"has no column of captions; its columns are {', '.join(frame.columns)[:300]}",
            f"Name the column '{COLUMNS[0]}' ({', '.join(COLUMNS[1:])} are understood too).",
            file=path,
            field=COLUMNS[0],
        )
    texts = frame[column].to_list()
    ids = frame["id"].to_list() if "id" in frame.columns else None
    rows_of: dict[str, int] = {}
    captions: list[Caption] = []
    for row, text in enumerate(texts, 1):
        name = _numbered(row) if ids is None else _id(ids[row - 1], path, row)
        if name in rows_of:
            raise BadInput(
                f"is '{name}', as in row {rows_of[name]}",
                "Make every id unique, or leave the column out.",
                file=path,
                row=row,
                field="id",
            )
        rows_of[name] = row
        captions.append(Caption(name, plain_text(text, file=path, row=row, field=column)))
    return tuple(captions)


def _numbered(row: int) -> str:
    return f"caption-{row:05d}"


def _id(value: object, path: Path, row: int) -> str:
    """An id as text; whole numbers, which JSON gives as 7.0, as 7."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return str(value)
    name = plain_text(value, file=path, row=row, field="id")
    if len(name) > MAX_ID:
        raise BadInput(
            f"is {len(name):,} characters long; an id has at most {MAX_ID}",
            "Shorten it.",
            file=path,
            row=row,
            field="id",
        )
    return name

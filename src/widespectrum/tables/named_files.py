"""Files that a table names: inside the table's folder, unless the user trusts the table."""

from __future__ import annotations

from pathlib import Path

from widespectrum.errors import BadInput


def file_beside(
    value: str,
    folder: Path,
    *,
    table: Path | str,
    row: int,
    field: str,
    allow_outside: bool,
    permit: str,
) -> Path:
    """The path that a cell names, relative to its table. Whether it exists is not said.

    Args:
        value: what stands in the cell.
        folder: of the table; relative paths start here.
        table: its file, for messages.
        row: of the cell, for messages.
        field: of the cell, for messages.
        allow_outside: whether the path may lead out of the table's folder.
        permit: how the user allows that, for the message.

    Raises:
        BadInput: it is an address, cannot be a path, or leads outside. Names table, row and field.
    """

    def refuse(problem: str, remedy: str) -> BadInput:
        return BadInput(f"is {problem}", remedy, file=table, row=row, field=field)

    shown = repr(value[:100])
    if "://" in value:
        raise refuse(
            f"the address {shown}; tables may name files only",
            "Download the image first and name the file.",
        )
    root = folder.resolve()
    try:
        path = (root / value).resolve()
        path.is_file()
    except (OSError, ValueError, RuntimeError) as error:  # too long, a NUL, a loop of links
        raise refuse(f"{shown}, which cannot be a path", "Correct it.") from error
    if not allow_outside and not path.is_relative_to(root):
        raise refuse(
            f"{shown}, which lies outside the table's folder",
            f"Move the image beside the table, or {permit} if you trust the table.",
        )
    return path

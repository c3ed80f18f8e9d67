"""A TOML file becomes a validated table, or a message that names file, field and remedy.

Files of dimensions come from users too, so nothing about them is trusted: not their size, not their
encoding, not their syntax, not their types.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from widespectrum.errors import BadInput

MAX_BYTES = 64 * 1024
"""A hand-written file of dimensions is a few kilobytes; more is a mistake or an attack."""

MAX_LINE = 2000
"""Characters. The parser's time grows with the square of the parts of a dotted key, which stands on
one line: without this bound a small file keeps it busy for minutes."""


class Table(BaseModel):
    """A TOML table: every field known, every type exact, nothing guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


TableT = TypeVar("TableT", bound=Table)


def _one_line(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("empty_text", "is empty")
    if text != text.strip():
        raise PydanticCustomError("padded_text", "begins or ends with a space")
    if not text.isprintable():
        raise PydanticCustomError(
            "unprintable_text", "holds a line break or a character that cannot be shown"
        )
    return text


def at_most(characters: int) -> AfterValidator:
    """A bound on the length of a text, for `Annotated`."""

    def check(text: str) -> str:
        if len(text) > characters:
            raise PydanticCustomError(
                "long_text",
                "has {length} characters; at most {most} fit",
                {"length": len(text), "most": characters},
            )
        return text

    return AfterValidator(check)


Line = Annotated[str, AfterValidator(_one_line)]
"""Visible text on one line: what may stand in a prompt, a table cell or a report."""


def packaged(*names: str) -> Traversable:
    """A data file or folder that ships with this room."""
    return resources.files(__package__).joinpath("data", *names)


def read_table(source: Path | Traversable, schema: type[TableT]) -> TableT:
    """Read a TOML file as `schema`.

    Raises:
        BadInput: the file is missing, too large, not UTF-8, not TOML or not as `schema` asks;
            the message names the file, the field and what to do.
    """
    try:
        with source.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput(
            f"cannot be read ({reason})", "Check the path and its permissions.", file=source
        ) from error
    return parse_table(data, schema, file=source)


def parse_table(data: bytes, schema: type[TableT], *, file: object) -> TableT:
    """The table in the bytes of a TOML file; `file` is named in messages.

    Raises:
        BadInput: as `read_table`.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(
            f"is larger than {MAX_BYTES // 1024} KiB",
            "Give a hand-written TOML file; this one is something else.",
            file=file,
        )
    try:
        # Windows editors put a byte-order mark in front, which TOML itself does not know.
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"is not UTF-8 text (byte {error.start})", "Save it as UTF-8.", file=file
        ) from error
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise BadInput(
                f"has {len(line)} characters in line {number}",
                f"Break it into lines of at most {MAX_LINE}.",
                file=file,
            )
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # endless numbers and nesting end here as well
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise BadInput(
            f"is not TOML ({reason})", "Mend the syntax; see https://toml.io.", file=file
        ) from error
    try:
        return schema.model_validate(document)
    except ValidationError as error:
        raise _complaint(error, file) from error


def field_path(parts: Sequence[int | str]) -> str:
    """``("effects", 2, "key")`` -> ``effects[3].key``: counted from one, as people count."""
    path = ""
    for part in parts:
        path += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if path else part
    return path


_SAYINGS = {
    "extra_forbidden": ("is not a known field", "Remove it or correct its spelling."),
    "missing": ("is missing", "Add it."),
    "string_type": ("must be text", "Put it in quotes."),
    "bool_type": ("must be true or false", "Write true or false without quotes."),
    "too_short": ("is an empty list", "Give at least one."),
    "list_type": ("must be a list", "Write it in square brackets."),
    "dict_type": ("must be a table", "Write it as a TOML table."),
    "model_type": ("must be a table", "Write it as a TOML table."),
}
"""Pydantic's error types in the words of someone writing TOML: problem, remedy."""


def _complaint(error: ValidationError, file: object) -> BadInput:
    details = error.errors(include_url=False, include_input=False)
    first: Any = details[0]
    kind, place = first["type"], first["loc"]
    if kind in _SAYINGS:
        problem, remedy = _SAYINGS[kind]
    else:
        message = first["msg"]
        problem, remedy = message[:1].lower() + message[1:], "Correct it."
    others = len(details) - 1
    if others:
        remedy += f" ({others} more problem{'s' if others > 1 else ''} after this one.)"
    return BadInput(problem, remedy, file=file, field=field_path(place) or None)

"""What a cell of a foreign table may hold: one reader per kind, strict about type and text.

A reader takes the value as a file held it (a number, a text, a list, an object, or any of them as
JSON text) and gives the value that is meant, or raises `Unfit`, which says what is wrong. Who calls
it knows file, row and column and makes the message of it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from widespectrum.tables.columns import MAX_TEXT

Kind = Literal["text", "name", "integer", "number", "texts", "mapping", "picture", "any"]

MAX_ITEMS = 1_000
"""Longest list in one cell."""

_STRAY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but for tab and line ends, and halves of surrogate pairs."""


class Unfit(ValueError):
    """A cell holds something else than its column should. The text completes "row 3 ..."."""


def text(value: Any) -> str | None:
    """A text without control characters; white space is kept, for prompts are compared exactly."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise Unfit(f"is {shown(value)}, not text")
    if len(value) > MAX_TEXT:
        raise Unfit(f"is {len(value):,} characters long; at most {MAX_TEXT:,} are read")
    if stray := _STRAY.search(value):
        raise Unfit(f"holds the control character U+{ord(stray.group()):04X}")
    return value if value.strip() else None


def name(value: Any) -> str | None:
    """A text that names a row; a whole number is one, too."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(value)


def integer(value: Any) -> int | None:
    """A whole number, also as 7.0 or as digits."""
    found = number(value)
    if found is None:
        return None
    if found != int(found) or abs(found) >= 2**53:
        raise Unfit(f"is {shown(value)}, not a whole number")
    return int(found)


def number(value: Any) -> float | None:
    """A finite number, also as text."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise Unfit(f"is {shown(value)}, not a number") from None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unfit(f"is {shown(value)}, not a finite number")
    return float(value)


def texts(value: Any) -> list[str] | None:
    """A list of texts: a real list, JSON text of one, or texts separated by semicolons.

    A mapping from text to level (an older state of the authors' prompts) gives the keys that have
    a level.
    """
    if isinstance(value, str):
        stripped = value.strip()
        if not stripped:
            return None
        value = _json(stripped) if stripped[0] in "[{" else [p.strip() for p in value.split(";")]
    if value is None:
        return None
    if isinstance(value, Mapping):
        value = [name for name, level in value.items() if level is not None]
    if not isinstance(value, list | tuple):
        raise Unfit(f"is {shown(value)}, not a list of texts")
    if len(value) > MAX_ITEMS:
        raise Unfit(f"has {len(value):,} items; at most {MAX_ITEMS:,} are read")
    items = [text(item) for item in value]
    return [item for item in items if item is not None]


def mapping(value: Any) -> dict[str, Any] | None:
    """An object, or JSON text of one, or either in a list of one."""
    if isinstance(value, str):
        value = _json(value) if value.strip() else None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise Unfit(f"is {shown(value)}, not an object with named values")
    return dict(value)


def anything(value: Any) -> Any:
    """As it is."""
    return value


def shown(value: Any) -> str:
    """The beginning of a value, for a message."""
    return repr(str(value)[:80] if isinstance(value, str) else value)[:90]


READERS: dict[Kind, Callable[[Any], Any]] = {
    "text": text,
    "name": name,
    "integer": integer,
    "number": number,
    "texts": texts,
    "mapping": mapping,
    "picture": anything,
    "any": anything,
}


def _json(value: str) -> Any:
    if len(value) > 50 * MAX_TEXT:
        raise Unfit(f"is {len(value):,} characters long; at most {50 * MAX_TEXT:,} are read")
    try:
        return json.loads(value)
    except (json.JSONDecodeError, RecursionError):
        raise Unfit(f"is {shown(value)}, which is not JSON") from None

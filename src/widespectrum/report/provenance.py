"""What a reader needs to repeat a study, as nested lines of key and value."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from widespectrum.report import numbers

_DEEPEST = 5
_DIGEST = re.compile(r"(?:\w+:)?[0-9a-f]{12,}")


@dataclass(frozen=True)
class Line:
    """A key with its value, or with further lines beneath it."""

    key: str
    value: str = ""
    code: bool = False
    """A digest, set in the typewriter face."""
    lines: tuple[Line, ...] = ()


def provenance_lines(facts: Mapping[str, Any], depth: int = 0) -> tuple[Line, ...]:
    """All facts, in the order given; what nests too deeply is shown as JSON."""
    return tuple(_line(_readable(str(key)), value, depth) for key, value in facts.items())


def _line(key: str, value: Any, depth: int) -> Line:
    if isinstance(value, Mapping) and value and depth < _DEEPEST:
        return Line(key, lines=provenance_lines(value, depth + 1))
    if isinstance(value, list | tuple) and value and depth < _DEEPEST:
        if all(not isinstance(item, Mapping | list | tuple) for item in value):
            return Line(key, ", ".join(_text(item) for item in value))
        items = {str(position): item for position, item in enumerate(value, 1)}
        return Line(key, lines=provenance_lines(items, depth + 1))
    text = _text(value)
    return Line(key, text, code=_is_machine_text(value))


def _text(value: Any) -> str:
    if numbers.is_missing(value) or value in ({}, [], (), ""):
        return numbers.NO_DATA
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return numbers.count(value) if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        return f"{value:g}".replace("-", numbers.MINUS)
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _readable(key: str) -> str:
    return key.replace("_", " ")


def _is_machine_text(value: Any) -> bool:
    """A digest or a revision."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None

"""Answers of one field with few possible values.

What comes back is checked in the same strict way whatever the server promised: one object
(`widespectrum.endpoints.objects`), this one field, one of these values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from widespectrum.endpoints.objects import (
    Format,
    check_format,
    read_object,
    response_format,
    unreadable,
)


@dataclass(frozen=True)
class Selection:
    """An answer ``{"FIELD": VALUE}``."""

    field: str
    values: tuple[str | int, ...]
    name: str
    """What the schema is called in the request."""
    schema: Mapping[str, Any]
    """JSON schema, sent as it stands."""
    format: Format = "json_schema"

    def __post_init__(self) -> None:
        check_format(self.format)

    def response_format(self) -> dict[str, Any] | None:
        """The field of that name in the request, if there is one."""
        return response_format(self.name, self.schema, self.format)

    def read(self, text: str) -> str | int:
        """The value in an answer (`widespectrum.endpoints.objects.read_object`).

        Raises:
            InvalidResult: it is not what was asked for.
        """
        document = read_object(text, self.format)
        if set(document) != {self.field}:
            raise unreadable(text, f"not an object with the one field {self.field!r}")
        value = document[self.field]
        # True == 1 in Python, and 1.0 == 1: only the very type that was asked for counts.
        if not any(type(value) is type(known) and value == known for known in self.values):
            allowed = ", ".join(map(repr, self.values))
            raise unreadable(text, f"{value!r:.40} in {self.field!r}, which is none of {allowed}")
        return value  # type: ignore[no-any-return]

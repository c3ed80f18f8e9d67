"""Answers of one field with few possible values, and how the model is held to that.

How is an explicit setting: a server that does not know the chosen way rejects the request, and
nothing is tried in its stead. What comes back is checked in the same strict way whatever the server
promised: one object, this one field, one of these values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from widespectrum.errors import BadInput, InvalidResult

Format = Literal["json_schema", "json_object", "plain"]
"""json_schema: the server constrains the answer to the schema. json_object: it constrains it to
some JSON object. plain: the words of the question have to do."""

_FENCED = re.compile(r"\A```(?:json)?\s*\n(.*?)\n?```\Z", re.DOTALL)
_FLAT_OBJECT = re.compile(r"\{[^{}]*\}")
_SHOWN = 200


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
        if self.format not in get_args(Format):
            raise BadInput(
                f"is {self.format!r}",
                f"Use one of {', '.join(get_args(Format))}.",
                field="format",
            )

    def response_format(self) -> dict[str, Any] | None:
        """The field of that name in the request, if there is one."""
        if self.format == "json_schema":
            schema = {"name": self.name, "strict": True, "schema": dict(self.schema)}
            return {"type": "json_schema", "json_schema": schema}
        return {"type": "json_object"} if self.format == "json_object" else None

    def read(self, text: str) -> str | int:
        """The value in an answer. One Markdown fence around the object is looked through; in a
        plain answer the object may stand among words, as long as it is the only one.

        Raises:
            InvalidResult: it is not what was asked for.
        """
        bare = text.strip()
        fenced = _FENCED.match(bare)
        bare = fenced[1] if fenced else bare
        if self.format == "plain":
            objects = _FLAT_OBJECT.findall(bare)
            if len(objects) != 1:
                raise _unreadable(text, f"{len(objects)} JSON objects where one was asked for")
            bare = objects[0]
        try:
            document = json.loads(bare)
        except (ValueError, RecursionError) as error:
            raise _unreadable(text, "no JSON") from error
        if not isinstance(document, dict) or set(document) != {self.field}:
            raise _unreadable(text, f"not an object with the one field {self.field!r}")
        value = document[self.field]
        # True == 1 in Python, and 1.0 == 1: only the very type that was asked for counts.
        if not any(type(value) is type(known) and value == known for known in self.values):
            allowed = ", ".join(map(repr, self.values))
            raise _unreadable(text, f"{value!r:.40} in {self.field!r}, which is none of {allowed}")
        return value  # type: ignore[no-any-return]


def _unreadable(text: str, what: str) -> InvalidResult:
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + " ..."
    return InvalidResult(
        f"the model answered {shown!r}: {what}",
        "Ask again, take another model, or another format= (json_schema, json_object, plain).",
    )

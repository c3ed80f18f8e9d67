"""Answers that are one JSON object, and how the model is held to that.

How is an explicit setting: a server that does not know the chosen way rejects the request, and
nothing is tried in its stead. What comes back is read in the same strict way whatever the server
promised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal, Protocol, get_args

from widespectrum.errors import BadInput, InvalidResult

Format = Literal["json_schema", "json_object", "plain"]
"""json_schema: the server constrains the answer to the schema. json_object: it constrains it to
some JSON object. plain: the words of the question have to do."""

_FENCED = re.compile(r"\A```(?:json)?\s*\n(.*?)\n?```\Z", re.DOTALL)
_SHOWN = 200


class Form(Protocol):
    """The form that an answer must have."""

    def response_format(self) -> dict[str, Any] | None:
        """The field of that name in the request, if there is one."""
        ...


def check_format(format: str) -> None:
    """Refuse what is no `Format`.

    Raises:
        BadInput: it is none.
    """
    if format not in get_args(Format):
        raise BadInput(
            f"is {format!r}", f"Use one of {', '.join(get_args(Format))}.", field="format"
        )


def response_format(name: str, schema: Mapping[str, Any], format: Format) -> dict[str, Any] | None:
    """The field of a request that asks for an object.

    Args:
        name: what the schema is called in the request.
        schema: JSON schema, sent as it stands.
        format: how the model is held to it.
    """
    if format == "json_schema":
        strict = {"name": name, "strict": True, "schema": dict(schema)}
        return {"type": "json_schema", "json_schema": strict}
    return {"type": "json_object"} if format == "json_object" else None


def read_object(text: str, format: Format) -> dict[str, Any]:
    """The object in an answer. One Markdown fence around it is looked through; in a plain answer it
    may stand among words, as long as it is the only one.

    Raises:
        InvalidResult: there is none.
    """
    bare = text.strip()
    fenced = _FENCED.match(bare)
    bare = fenced[1] if fenced else bare
    if format == "plain":
        objects = _objects(bare)
        if len(objects) != 1:
            raise unreadable(text, f"{len(objects)} JSON objects where one was asked for")
        return objects[0]
    try:
        document = json.loads(bare)
    except (ValueError, RecursionError) as error:
        raise unreadable(text, "no JSON") from error
    if not isinstance(document, dict):
        raise unreadable(text, "no JSON object")
    return document


def unreadable(text: str, what: str) -> InvalidResult:
    """The error for an answer that is not what was asked for.

    Args:
        text: the answer.
        what: what it is instead.
    """
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + " ..."
    return InvalidResult(
        f"the model answered {shown!r}: {what}",
        "Ask again, take another model, or another format= (json_schema, json_object, plain).",
    )


def _objects(text: str) -> list[dict[str, Any]]:
    """The outermost JSON objects that stand in a text."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while (at := text.find("{", at)) >= 0:
        try:
            value, at = decoder.raw_decode(text, at)
        except RecursionError:
            return []
        except ValueError:
            at += 1
            continue
        found.append(value)
    return found

"""The answer to a text task: the schema that a model is held to, and the strict reading of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from widespectrum.endpoints import Format, check_format, read_object, response_format
from widespectrum.errors import InvalidResult
from widespectrum.prompts import Draft, Evidence
from widespectrum.writers.tasks import AnswerKind, TextTask

_EVIDENCE = ("dimension", "effect", "words")


@dataclass(frozen=True)
class AnswerForm:
    """One JSON object with the fields of a task."""

    name: str
    """What the schema is called in the request."""
    fields: Mapping[str, AnswerKind]
    text: str
    format: Format = "json_schema"

    def __post_init__(self) -> None:
        check_format(self.format)

    @classmethod
    def of(cls, task: TextTask, format: Format) -> AnswerForm:
        """The form of a task's answers."""
        return cls(f"{task.text}_answer", task.answer, task.text, format)

    def response_format(self) -> dict[str, Any] | None:
        """The field of that name in the request, if there is one."""
        properties = {name: _schema(kind) for name, kind in self.fields.items()}
        return response_format(self.name, _object(properties), self.format)

    def read(self, text: str) -> Draft:
        """The draft in an answer.

        Raises:
            InvalidResult: it is not what was asked for.
        """
        document = read_object(text, self.format)
        if set(document) != set(self.fields):
            raise InvalidResult(
                f"its fields are {', '.join(map(repr, document)) or 'none'}, not "
                + ", ".join(map(repr, self.fields))
            )
        values = {name: _read(document[name], name, kind) for name, kind in self.fields.items()}
        evidence = next((values[n] for n, kind in self.fields.items() if kind == "effects"), None)
        # White space around a text is no part of it, and no fault.
        more = {name: value for name, value in values.items() if name != self.text}
        return Draft(str(values[self.text]).strip(), more, evidence)


def _schema(kind: AnswerKind) -> dict[str, Any]:
    text = {"type": "string"}
    match kind:
        case "text":
            return text
        case "texts":
            return {"type": "array", "items": text}
        case "effects":
            return {"type": "array", "items": _object(dict.fromkeys(_EVIDENCE, text))}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _read(value: Any, name: str, kind: AnswerKind) -> Any:
    match kind:
        case "text" if isinstance(value, str):
            return value
        case "texts" if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        case "effects" if isinstance(value, list) and all(map(_is_evidence, value)):
            return tuple(Evidence(**entry) for entry in value)
    wanted = {
        "text": "a string",
        "texts": "a list of strings",
        "effects": f"a list of objects with {', '.join(_EVIDENCE)}, all strings",
    }
    raise InvalidResult(f"its field {name!r} is not {wanted[kind]}")


def _is_evidence(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == set(_EVIDENCE)
        and all(isinstance(v, str) for v in value.values())
    )

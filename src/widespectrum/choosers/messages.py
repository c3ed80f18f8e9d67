"""What a chooser is told, as data: the words, where the pictures stand, and what may be answered.

Two messages ship: ``fidelity``, ours, and ``paper``, the paper's byte for byte. A file of the same
form is a message too.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from widespectrum.endpoints import Format, Picture, Selection
from widespectrum.errors import BadInput

MESSAGES = ("fidelity", "paper")
"""The messages that ship."""

VERDICTS = {"first": 0, "second": 1, "tie": -1}
"""What an answer means, as the verdict of a `Choice` on the pictures in the order shown."""

_FIRST, _SECOND = "{first}", "{second}"


class AnswerMeaning(BaseModel):
    """One value that may be answered."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    value: str | int
    means: Literal["first", "second", "tie"]


class Message(BaseModel):
    """What a chooser is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    version: str
    source: str
    system: str | None = None
    content: tuple[str, ...] = Field(min_length=3)
    """The user's turn in order. ``{first}`` and ``{second}`` alone are the pictures; in a text
    ``{prompt}`` is the prompt as it stands, ``{prompt_json}`` the prompt as a JSON string."""
    field: str
    answers: tuple[AnswerMeaning, ...] = Field(min_length=2)
    schema_name: str
    schema_text: str = Field(alias="schema")
    """The JSON schema of the answer, as JSON text."""

    @field_validator("content")
    @classmethod
    def _shows_both_once(cls, content: tuple[str, ...]) -> tuple[str, ...]:
        if content.count(_FIRST) != 1 or content.count(_SECOND) != 1:
            raise ValueError("each of {first} and {second} must stand alone in it, once")
        if not any("{prompt}" in part or "{prompt_json}" in part for part in content):
            raise ValueError("the prompt is nowhere in it")
        return content

    @field_validator("schema_text")
    @classmethod
    def _is_object(cls, text: str) -> str:
        if not isinstance(json.loads(text), dict):
            raise ValueError("it is no JSON object")  # noqa: TRY004 - pydantic wants ValueError
        return text

    @property
    def identity(self) -> dict[str, Any]:
        """What may change an answer, as JSON values: for the fingerprint."""
        return self.model_dump(mode="json", exclude={"title", "source"})

    @property
    def meaning(self) -> Mapping[str | int, int]:
        """The verdict that each value stands for."""
        return {answer.value: VERDICTS[answer.means] for answer in self.answers}

    def selection(self, format: Format) -> Selection:
        """What is to be answered, and how the model is held to it."""
        return Selection(
            field=self.field,
            values=tuple(answer.value for answer in self.answers),
            name=self.schema_name,
            schema=json.loads(self.schema_text),
            format=format,
        )

    def fill(self, prompt: str, first: Picture, second: Picture) -> tuple[str | Picture, ...]:
        """The user's turn for one prompt and two pictures, in the order in which they are shown."""
        pictures = {_FIRST: first, _SECOND: second}
        return tuple(pictures.get(part) or _with_prompt(part, prompt) for part in self.content)

    def length(self, contest_prompt: str) -> int:
        """Bytes of all words under a prompt, for estimates."""
        words = [
            _with_prompt(p, contest_prompt) for p in self.content if p not in (_FIRST, _SECOND)
        ]
        return sum(len(text.encode("utf-8", "replace")) for text in [self.system or "", *words])


def load_message(name: str) -> Message:
    """A shipped message, or one from a TOML file.

    Raises:
        BadInput: there is none, or the file is not one.
    """
    if name in MESSAGES:
        file: Any = resources.files(__package__).joinpath("data", "messages", f"{name}.toml")
    elif name.endswith(".toml"):
        file = Path(name)
    else:
        raise BadInput(
            f"there is no message {name!r}",
            f"Use {' or '.join(MESSAGES)}, or name a TOML file.",
            field="message",
        )
    try:
        return Message.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadInput(
            f"cannot be opened ({error.strerror})", "Name a file that exists.", file=name
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(
            first["msg"], "docs/choosers.md shows a message.", file=name, field=where
        ) from error
    except ValueError as error:
        raise BadInput(f"is not TOML ({error})", "Mend the file.", file=name) from error


def _with_prompt(text: str, prompt: str) -> str:
    """The text with the prompt in its place. Other braces stay: the words may show JSON."""
    before, form, after = text.partition("{prompt_json}")
    if form:
        return before + json.dumps(prompt, ensure_ascii=False) + after
    before, form, after = text.partition("{prompt}")
    return before + prompt + after if form else text

"""A text task, as data: what goes in, what a model is told, what it must answer, what is checked.

Each file in ``data/tasks`` is one; a user's own TOML file of the same form is one too. The engine
(`widespectrum.writers.drafting`) and the offline versions know no task by name.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from widespectrum.aesthetics import Dimension
from widespectrum.aesthetics.names import nearest
from widespectrum.errors import BadInput, UnknownName
from widespectrum.prompts import Checks, TextItem

TASKS = ("anti", "paper", "negative", "emotion", "caption", "clean", "critique")
"""The tasks that ship; `anti` and `paper` write the anti prompts of pairs."""

AnswerKind = Literal["text", "texts", "effects"]
"""text: a string. texts: a list of strings. effects: a list of `widespectrum.prompts.Evidence`."""

AGAIN = """Your last answer was, as a JSON string:
{answer_json}
It will not do: {problems}.
Write it anew and mend that; everything above still holds."""
"""What a model is told besides, when it is asked again."""

_SLOT = re.compile(r"\{([a-z_]+?)(_json)?\}")
_OF_DIMENSIONS = ("dimensions", "desc")


class TextTask(BaseModel):
    """One kind of text that can be written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    version: str
    source: str
    column: str = Field(pattern=r"^[a-z][a-z_]*$")
    """Of the written table, for the text."""
    needs: tuple[str, ...] = ()
    """Fields that an item must have."""
    takes: tuple[str, ...] = ()
    """Fields that it may have."""
    dimensions: bool = False
    """Whether an item has dimensions."""
    picture: Literal["no", "may", "must"] = "no"
    """Whether a model is shown one. `must` does not bind offline versions: they see nothing."""
    system: str
    content: str
    """What is asked. ``{NAME}`` is a field as it stands and ``{NAME_json}`` as a JSON string, which
    cannot be mistaken for an order; ``{dimensions}`` lists dimensions with their low ends and
    effects, ``{desc}`` the low ends alone."""
    again: str = AGAIN
    answer: dict[str, AnswerKind] = Field(min_length=1)
    """The fields of the answer."""
    text: str
    """Which of them is the text."""
    usual_tokens: int = Field(default=100, ge=1)
    """Of an answer, for estimates."""
    checks: Checks = Checks()
    template: str | None = None
    """Its offline version (`widespectrum.writers.templates`)."""

    @field_validator("content")
    @classmethod
    def _known_slots(cls, content: str, info: Any) -> str:
        known = {*info.data.get("needs", ()), *info.data.get("takes", ()), *_OF_DIMENSIONS}
        strange = [m[0] for m in _SLOT.finditer(content) if m[1] not in known]
        if strange:
            raise ValueError(f"{strange[0]} is no field of its items")
        return content

    @model_validator(mode="after")
    def _text_is_text(self) -> TextTask:
        if self.answer.get(self.text) != "text":
            raise ValueError(f"text: {self.text!r} is no field of the answer of kind text")
        return self

    @property
    def identity(self) -> dict[str, Any]:
        """What may change a text, as JSON values: for the fingerprint."""
        return self.model_dump(mode="json", exclude={"title", "source", "usual_tokens"})

    def ask(self, item: TextItem) -> str:
        """What is asked about an item.

        Raises:
            BadInput: the item lacks a field.
        """
        for name in self.needs:
            if not item.fields.get(name, "").strip():
                raise BadInput("is empty", "Fill it in, or drop the row.", row=item.id, field=name)
        if self.dimensions and not item.dimensions:
            raise BadInput(
                "is empty", "Name at least one dimension.", row=item.id, field="dimensions"
            )
        told = {
            "dimensions": described(item.dimensions),
            "desc": "\n".join(dimension.low for dimension in item.dimensions),
        }
        return _filled(self.content, {**item.fields, **told})

    def ask_again(self, answer: str, problems: str) -> str:
        """What is added when an answer will not do."""
        return _filled(self.again, {"answer": answer, "problems": problems})


def load_task(name: str) -> TextTask:
    """A shipped task, or one from a TOML file.

    Raises:
        UnknownName: there is none of that name.
        BadInput: the file cannot be read, or is no task.
    """
    file: Any
    if name in TASKS:
        file = resources.files(__package__).joinpath("data", "tasks", f"{name}.toml")
    elif name.endswith(".toml"):
        file = Path(name)
    else:
        raise UnknownName(
            f"there is no text task {name!r}", nearest(name, TASKS) + " Or name a TOML file."
        )
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        return TextTask.model_validate({"name": Path(str(name)).stem, **table})
    except OSError as error:
        raise BadInput(
            f"cannot be opened ({error.strerror})", "Name a file that exists.", file=name
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(
            first["msg"],
            "docs/prompts.md shows a task.",
            file=name,
            field=".".join(str(part) for part in first["loc"]) or None,
        ) from error
    except ValueError as error:
        raise BadInput(f"is not TOML ({error})", "Mend the file.", file=name) from error


def described(dimensions: tuple[Dimension, ...]) -> str:
    """Dimensions as a model is told of them: the low end, and every effect with one wording."""
    lines = []
    for dimension in dimensions:
        lines.append(f"- {dimension.key}: {dimension.low} Effects:")
        lines += [
            f"  - {effect.key}: for example {effect.phrases[0]}" for effect in dimension.effects
        ]
    return "\n".join(lines)


def _filled(text: str, fields: Mapping[str, str]) -> str:
    """The text with its slots filled, in one pass: what is filled in is never read for slots."""

    def fill(slot: re.Match[str]) -> str:
        value = fields.get(slot[1])
        if slot[2]:
            return json.dumps(value, ensure_ascii=False)
        return slot[0] if value is None else value

    return _SLOT.sub(fill, text)

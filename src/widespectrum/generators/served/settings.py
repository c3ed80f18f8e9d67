"""What people may set about a generator behind an API, and what its catalog entry says beyond that.

The two together are all that a request has besides its prompt, its seed and its negative prompt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from widespectrum.catalog import ModelEntry
from widespectrum.contracts import VARIANTS
from widespectrum.errors import BadInput


class PainterSettings(BaseModel):
    """Settings of any generator behind an API, as they stand in a name or a catalog entry."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model: str = Field(min_length=1)
    """As the server calls it."""
    base_url: str = ""
    """The server's address up to the version, as ``http://127.0.0.1:8000/v1``."""
    key_variable: str = ""
    """Environment variable with the key, where it is not the usual one."""
    settings: Literal["controlled", "paper"] = "controlled"
    """``paper``: as the paper's scripts asked."""
    instruction: str = ""
    """Text that is sent before the prompt, in the same message."""
    size: str = Field(default="", pattern=r"^([1-9]\d{0,4}x[1-9]\d{0,4})?$")
    """``WIDTHxHEIGHT`` in pixels: a picture of another size is no answer. Empty: any."""
    extra: str = ""
    """Further fields of the request, as a JSON object in text; they win over the catalog's."""
    image_price: float | None = Field(default=None, ge=0)
    """US dollars per picture."""
    retries: int = Field(default=3, ge=0)
    """How often a picture is asked for again, in the same words, where there came none that can be
    used: a refusal, words alone, a broken file. What servers and networks do wrong is another
    matter (`Terms.attempts`)."""
    timeout: float = Field(default=180.0, gt=0)
    """Seconds for one attempt."""
    deadline: float = Field(default=1800.0, gt=0)
    """Seconds for one picture, with all attempts and pauses."""


Form = TypeVar("Form", bound=PainterSettings)


class PaperRecipe(BaseModel):
    """What the paper's scripts asked for, where it is something else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    instruction: str | None = None
    fields: dict[str, Any] = Field(default_factory=dict)
    without: tuple[str, ...] = ()
    """Fields (also of `Recipe.where_known`) that they did not send."""
    original: dict[str, Any] = Field(default_factory=dict)
    """Fields for the original prompt alone."""
    anti: dict[str, Any] = Field(default_factory=dict)


class Recipe(BaseModel):
    """What a catalog entry says about its requests (`ModelEntry.recipe`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: dict[str, Any] = Field(default_factory=dict)
    """Fields of every request besides model and prompt; of a prediction: of its input."""
    where_known: dict[str, Any] = Field(default_factory=dict)
    """Fields of a prediction's input that not every version of the model has."""
    seed: str | None = None
    """The field for a seed. Without it, none is taken."""
    negative: str | None = None
    """The field for a negative prompt. Without it, none is taken."""
    steps: str | None = None
    """The field that says how many steps are taken."""
    guidance: str | None = None
    """The field that says how strictly the prompt is followed."""
    longest_prompt: int | None = None
    """Characters."""
    rewrites_prompt: bool | None = None
    """Whether the server rewrites the prompt; None: its provider does not say."""
    hosts: tuple[str, ...] = ()
    """Whence a finished picture may be fetched, over https: these hosts and those below them."""
    priced_by: str | None = None
    """The field that the price depends on."""
    prices: dict[str, float] = Field(default_factory=dict)
    """US dollars per picture, by the value of that field."""
    paper: PaperRecipe | None = None

    def with_fields(self, fields: Mapping[str, Any], *, paper: bool) -> Recipe:
        """The recipe with further fields, which win over its own.

        Args:
            fields: what settings of the kind of server have set.
            paper: leave out of `where_known` what the paper's scripts did not send.
        """
        absent = self.paper.without if paper and self.paper is not None else ()
        known = {name: value for name, value in self.where_known.items() if name not in absent}
        return self.model_copy(update={"fields": {**self.fields, **fields}, "where_known": known})


@dataclass(frozen=True)
class Requests:
    """How a request is made of a prompt: the settings and the recipe, as one."""

    instruction: str
    fields: Mapping[str, Any]
    original: Mapping[str, Any]
    """Further fields for the original prompt alone; as `anti`, empty but with settings=paper."""
    anti: Mapping[str, Any]
    paper: bool

    @classmethod
    def of(cls, entry: ModelEntry, chosen: PainterSettings, recipe: Recipe) -> Requests:
        """From what is set.

        Raises:
            BadInput: the paper did not use this model, or `extra` is no JSON object.
        """
        given = {**recipe.fields, **further_fields(chosen.extra)}
        if chosen.settings == "controlled":
            return cls(chosen.instruction, given, {}, {}, paper=False)
        paper = recipe.paper
        if paper is None:
            raise BadInput(
                f"is 'paper', and no settings of the paper are known for {entry.name!r}",
                "Use settings=controlled.",
                field="settings",
            )
        fields = {**recipe.fields, **paper.fields, **further_fields(chosen.extra)}
        instruction = chosen.instruction if paper.instruction is None else paper.instruction
        kept = {name: value for name, value in fields.items() if name not in paper.without}
        return cls(instruction, kept, paper.original, paper.anti, paper=True)

    def fields_for(self, variant: str | None) -> dict[str, Any]:
        """The fields of a request.

        Raises:
            BadInput: it is not said which variant of a prompt it is, and that matters.
        """
        if self.original == self.anti:
            return {**self.fields, **self.original}
        if variant not in VARIANTS:
            raise BadInput(
                "is not given, and the paper's settings differ between original and anti prompt",
                "Paint prompt pairs (`bench`), or use settings=controlled.",
                field="variant",
            )
        return {**self.fields, **(self.original if variant == VARIANTS[0] else self.anti)}

    @property
    def confounds(self) -> tuple[str, ...]:
        """What differs between the variants besides the prompt."""
        names = sorted({*self.original, *self.anti})
        return tuple(
            f"{name}: {_said(self.original, self.fields, name)} for the original prompt, "
            f"{_said(self.anti, self.fields, name)} for the anti prompt"
            for name in names
            if self.original.get(name) != self.anti.get(name)
        )

    @property
    def identity(self) -> dict[str, Any]:
        """What may change a picture, as JSON values: for the fingerprint."""
        return {
            "instruction": self.instruction,
            "fields": dict(self.fields),
            "original": dict(self.original),
            "anti": dict(self.anti),
        }


def recipe_of(entry: ModelEntry) -> Recipe:
    """The recipe of a catalog entry.

    Raises:
        BadInput: a field is unknown or not what it should be.
    """
    try:
        return Recipe.model_validate(entry.recipe)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(
            f"{first['msg']} (recipe of generator {entry.name!r})",
            "docs/models/served.md lists the fields of a recipe.",
            row=entry.name,
            field=".".join(["recipe", *map(str, first["loc"])]),
        ) from error


def read_size(size: str) -> tuple[int, int] | None:
    """Width and height of a checked setting."""
    found = re.fullmatch(r"(\d+)x(\d+)", size)
    return (int(found[1]), int(found[2])) if found else None


_OURS = ("model", "prompt", "messages", "n", "stream", "version", "webhook")


def further_fields(text: str) -> dict[str, Any]:
    """The setting `extra`, read.

    Raises:
        BadInput: it is no JSON object, or sets what is not its business.
    """
    if not text:
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BadInput(
            f"is {text[:80]!r}, not a JSON object",
            """Write extra='{"num_inference_steps": 28}'.""",
            field="extra",
        )
    taken = [name for name in _OURS if name in value]
    if taken:
        raise BadInput(
            f"sets {taken[0]!r}", "Leave it out: it has its own setting, or none.", field="extra"
        )
    return value


def _said(own: Mapping[str, Any], shared: Mapping[str, Any], name: str) -> str:
    if name not in own and name not in shared:
        return "not sent"
    return repr(own.get(name, shared.get(name)))

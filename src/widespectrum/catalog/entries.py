"""One catalog entry per known model, read from TOML files with one table per model."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from widespectrum.errors import BadInput

Kind = Literal["scorer", "generator", "judge", "chooser", "writer"]


class Lineage(BaseModel):
    """Which model this one was aligned from, and towards what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str
    """Catalog name of the model before alignment."""
    towards: tuple[str, ...] = ()
    """Rewards or data it was aligned to, as in ``("HPSv2.1", "CLIP")``."""


class ModelEntry(BaseModel):
    """What is known about one model. Unknown is ``None`` or ``"unknown"``, never a guess."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    kind: Kind
    title: str
    summary: str = ""
    """One or two sentences: what it measures or makes, and what it cannot."""
    class_path: str = Field(alias="class", pattern=r"^widespectrum(\.\w+)+:\w+$")
    """``module:Class`` inside widespectrum: a catalog is data and never chooses foreign code."""
    extra: str | None = None
    """The optional dependency group that it needs: ``pip install 'widespectrum[EXTRA]'``."""
    hub_id: str | None = None
    revision: str | None = Field(default=None, pattern=r"^[0-9a-f]{40}$")
    """Commit of the hub repository: pinned, never a branch."""
    file: str | None = None
    """The weights' file, inside the repository or as the authors call it."""
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """Digest of `file`, where it is known."""
    rehost: str | None = None
    """Where the same weights stand as tensors only, if `file` is a pickle that holds more."""
    tokenizer: str | None = None
    """Hub repository of its vocabulary, ``owner/name@COMMIT``, if the weights do not bring one."""
    source: str | None = Field(default=None, pattern=r"^https://\S+$")
    """Where the authors publish code and weights."""
    size: int | None = Field(default=None, ge=0)
    """Bytes of weights."""
    parameters: int | None = Field(default=None, ge=0)
    preprocessing: str | None = None
    """What is done to an image, and to a prompt, before the model sees it."""
    formula: str | None = None
    """How its number follows from what the network computes."""
    gated: bool = False
    """Whether the hub gives the weights only to those who accepted the licence."""
    access: str | None = Field(default=None, pattern=r"^https://\S+$")
    """Where the licence is accepted, if not on the page of the hub repository."""
    licence: str = "unknown"
    optimised_for: str = "unknown"
    """What it was trained towards."""
    preferences: str = "unknown"
    """Whose preferences, as far as it is known."""
    lineage: Lineage | None = None
    paper_row: str | None = None
    """The name of its row in the paper's tables."""
    settings: dict[str, str | int | float | bool] = Field(default_factory=dict)
    """Settings of this entry; a name's own settings override them."""
    recipe: dict[str, Any] = Field(default_factory=dict)
    """How its class makes the model, beyond what people set (for a generator on diffusers:
    `widespectrum.generators.diffusers.Recipe`). The class checks it."""
    facts: dict[str, Any] = Field(default_factory=dict)
    """Facts that only its kind has (for a scorer: the rest of `ScorerFacts`, for a
    generator: of `GeneratorFacts`)."""


def read_entries(path: Path) -> dict[str, ModelEntry]:
    """The models of one catalog file, by name.

    Raises:
        BadInput: the file is missing, is not TOML, or one of its tables is not a model.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(
            f"cannot be opened ({error.strerror})", "Name a catalog file that exists.", file=path
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"is not TOML ({error})", "Mend the file at that line.", file=path
        ) from error
    return {name: _entry(name, table, path) for name, table in tables.items()}


def _entry(name: str, table: Any, path: Path) -> ModelEntry:
    if not isinstance(table, dict):
        raise BadInput(
            f"{name!r} is not a table", "Write one table per model: [model-name].", file=path
        )
    try:
        return ModelEntry.model_validate({**table, "name": name})
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(
            first["msg"],
            "docs/scorers.md lists the fields of a catalog entry.",
            file=path,
            row=name,
            field=".".join(str(part) for part in first["loc"]),
        ) from error

"""TOML files of dimensions: the packaged ones, and those that users bring.

A user's file is as good as a packaged one: everything downstream reads the same `Dimensions`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from widespectrum.aesthetics.dimensions import (
    FIXED_ORDER,
    DarkroomStep,
    Dimension,
    Dimensions,
    Effect,
)
from widespectrum.aesthetics.names import nearest
from widespectrum.aesthetics.toml_files import (
    Line,
    Table,
    at_most,
    field_path,
    packaged,
    read_table,
)
from widespectrum.errors import BadInput

OPTIONAL = ("symmetry", "lighting aesthetic")
"""Known to the paper and left out of its studies."""

LONGEST_PHRASE = 12
"""Words. Four effects of this length and an everyday caption still make fewer than 70."""


def _phrase(text: str) -> str:
    if re.search(r"[,;:.!?—\"()\[\]{}<>]", text):
        raise PydanticCustomError(
            "phrase_punctuation",
            "must be one noun phrase without punctuation, since it becomes part of a sentence",
        )
    words = len(text.split())
    if words > LONGEST_PHRASE:
        raise PydanticCustomError(
            "phrase_length",
            "has {words} words; at most {most} keep the prompt short enough",
            {"words": words, "most": LONGEST_PHRASE},
        )
    return text


def _darkroom(step: dict[str, Any]) -> dict[str, Any]:
    operation = step.get("operation")
    if not isinstance(operation, str) or not re.fullmatch(r"[a-z][a-z0-9_]*", operation):
        raise PydanticCustomError(
            "darkroom_operation", 'must name an operation, as in { operation = "motion_blur" }'
        )
    for name, value in step.items():
        if not isinstance(value, str | int | float) or value in (inf, -inf) or value != value:
            raise PydanticCustomError(
                "darkroom_parameter",
                "gives '{name}' something else than a number, a text, true or false",
                {"name": name},
            )
    return step


def _pattern(pattern: str, example: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise PydanticCustomError(
                "key_pattern",
                "must be lower-case letters and digits, as in '{example}'",
                {"example": example},
            )
        return text

    return AfterValidator(check)


_DimensionKey = Annotated[
    Line,
    at_most(60),
    _pattern(r"[a-z0-9]+([ -][a-z0-9]+)*", "color aesthetic"),
]
_EffectKey = Annotated[Line, at_most(60), _pattern(r"[a-z0-9]+(-[a-z0-9]+)*", "motion-blur")]
_Title = Annotated[Line, at_most(60)]
_Definition = Annotated[Line, at_most(600)]
_Phrase = Annotated[Line, at_most(160), AfterValidator(_phrase)]


class _EffectTable(Table):
    key: _EffectKey
    name: _Title
    phrases: list[_Phrase] = Field(min_length=1)
    darkroom: Annotated[dict[str, Any], AfterValidator(_darkroom)] | None = None
    people: bool = False
    conflicts: list[Line] = Field(default_factory=list)


class _DimensionTable(Table):
    key: _DimensionKey
    title: _Title
    low: _Definition
    neutral: _Definition
    high: _Definition
    enabled: bool = True
    override: bool = False
    conflicts: list[_DimensionKey] = Field(default_factory=list)
    antonyms: list[_Title] = Field(min_length=1)
    effects: list[_EffectTable] = Field(min_length=1)


def load_dimensions(extra: Path | str | Sequence[Path | str] = ()) -> Dimensions:
    """The packaged dimensions and those of the user's files.

    Args:
        extra: a TOML file, or several, with one dimension each. A file whose key is
            known already must say ``override = true``; it then takes that dimension's place.

    Returns:
        The paper's eleven in `FIXED_ORDER`, the optional two, then the user's in the given order.

    Raises:
        BadInput: a file cannot be read or is not a dimension, or clashes with another; the message
            names file and field and what to do.
    """
    dimensions: dict[str, Dimension] = {}
    for key in (*FIXED_ORDER, *OPTIONAL):
        file = packaged("dimensions", f"{key.replace(' ', '-')}.toml")
        dimensions[key] = _dimension(read_table(file, _DimensionTable))
    files: dict[str, Path] = {}
    for path in map(Path, [extra] if isinstance(extra, str | Path) else extra):
        table = read_table(path, _DimensionTable)
        _check_keys(table, path, dimensions, files)
        dimensions[table.key], files[table.key] = _dimension(table), path
    for key, path in files.items():
        _check_conflicts(dimensions[key], path, dimensions)
    return Dimensions(_mutual(dimensions))


def _dimension(table: _DimensionTable) -> Dimension:
    return Dimension(
        key=table.key,
        title=table.title,
        low=table.low,
        neutral=table.neutral,
        high=table.high,
        enabled=table.enabled,
        effects=tuple(_effect(effect) for effect in table.effects),
        conflicts=tuple(table.conflicts),
        antonyms=tuple(table.antonyms),
    )


def _effect(table: _EffectTable) -> Effect:
    step = None
    if table.darkroom is not None:
        parameters = {k: v for k, v in table.darkroom.items() if k != "operation"}
        step = DarkroomStep(table.darkroom["operation"], parameters)
    return Effect(
        key=table.key,
        name=table.name,
        phrases=tuple(table.phrases),
        darkroom=step,
        people=table.people,
        conflicts=tuple(table.conflicts),
    )


def _check_keys(
    table: _DimensionTable,
    path: Path,
    dimensions: Mapping[str, Dimension],
    files: Mapping[str, Path],
) -> None:
    """A dimension takes another's place only on purpose, and an effect belongs to one dimension."""
    if table.key in dimensions and not table.override:
        raise BadInput(
            f"there is a dimension '{table.key}' already, in {files.get(table.key, 'the package')}",
            "Choose another key, or say override = true to take its place.",
            file=path,
            field="key",
        )
    if table.override and table.key not in dimensions:
        raise BadInput(
            f"there is no dimension '{table.key}' to override",
            nearest(table.key, dimensions),
            file=path,
            field="override",
        )
    taken = {
        effect.key: other.key
        for other in dimensions.values()
        if other.key != table.key
        for effect in other.effects
    }
    for number, effect in enumerate(table.effects):
        if effect.key in taken:
            raise BadInput(
                f"'{effect.key}' is an effect of '{taken[effect.key]}' already",
                "Choose another key.",
                file=path,
                field=field_path(("effects", number, "key")),
            )
        taken[effect.key] = table.key


def _check_conflicts(dimension: Dimension, path: Path, dimensions: Mapping[str, Dimension]) -> None:
    """Conflicts name what exists, wherever it is defined, so this comes after all files."""
    effects = {effect.key for other in dimensions.values() for effect in other.effects}
    fields = [("conflicts", dimension.conflicts, set(dimensions))]
    fields += [
        (field_path(("effects", number, "conflicts")), effect.conflicts, {*dimensions, *effects})
        for number, effect in enumerate(dimension.effects)
    ]
    for field, names, known in fields:
        for name in names:
            if name not in known:
                raise BadInput(
                    f"'{name}' is not known", nearest(name, sorted(known)), file=path, field=field
                )


def _mutual(dimensions: Mapping[str, Dimension]) -> list[Dimension]:
    """Every conflict declared on either side, on both sides."""
    return [
        replace(
            dimension,
            conflicts=tuple(
                other.key
                for other in dimensions.values()
                if other is not dimension
                and (other.key in dimension.conflicts or dimension.key in other.conflicts)
            ),
        )
        for dimension in dimensions.values()
    ]

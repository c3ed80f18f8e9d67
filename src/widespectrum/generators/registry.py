"""From a name, or an object, to a generator; and the catalog of generators that ship."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

from widespectrum.catalog import (
    ModelEntry,
    Registry,
    Setting,
    load_model,
    model_of_entry,
    parse_name,
    shipped_registry,
)
from widespectrum.contracts import Generator
from widespectrum.errors import BadInput

ANY_REPOSITORY = "diffusers"
"""``diffusers:OWNER/NAME`` is any repository that diffusers can load, or a folder like one."""


def generator_registry(catalogs: Sequence[Path | str] = ()) -> Registry:
    """Every generator that has a name: shipped, of the user's catalogs, of installed packages.

    Args:
        catalogs: further catalog files, besides those in ``WIDESPECTRUM_CATALOG``.

    Raises:
        BadInput: a catalog file cannot be read.
    """
    return shipped_registry("generator", catalogs)


def load_generator(
    spec: str | Generator | Callable[..., Generator],
    registry: Registry | None = None,
    /,
    **settings: Setting,
) -> Generator:
    """The generator that `spec` means. Cheap: weights load at first use.

    Args:
        spec: a name (``NAME``, ``diffusers:OWNER/NAME``, ``module:attribute`` or
            ``file.py:attribute``, each with settings behind ``@``), a generator, or a class or
            function that makes one.
        registry: where catalog and plugin names are looked up; by default `generator_registry()`.
        settings: settings beside those in the name; they win over the name's.

    Raises:
        UnknownName: nothing of that name; the remedy offers the nearest.
        MissingExtra: it needs an optional dependency; the remedy is the line to type.
        BadInput: the name cannot be read, or the setting is not one of this generator.
    """
    if isinstance(spec, str) and spec.startswith(f"{ANY_REPOSITORY}:"):
        return _of_repository(spec, settings)
    return cast("Generator", load_model("generator", spec, settings, registry=registry))


def _of_repository(spec: str, settings: Mapping[str, Setting]) -> Generator:
    """A generator that no catalog knows."""
    name = parse_name(spec)
    place = name.attribute or ""
    folder = Path(place).is_dir()
    if not folder and place.count("/") != 1:
        raise BadInput(
            f"is {place!r}, which is neither a folder nor a repository",
            "Write diffusers:OWNER/NAME, or diffusers:FOLDER.",
            field="model",
        )
    entry = ModelEntry.model_validate(
        {
            "name": ANY_REPOSITORY,
            "kind": "generator",
            "title": place,
            "class": "widespectrum.generators.diffusers:DiffusersGenerator",
            "extra": "hub",
            "hub_id": None if folder else place,
            "settings": {"path": place} if folder else {},
        }
    ).model_copy(update={"name": f"{ANY_REPOSITORY}:{place}"})
    return cast("Generator", model_of_entry(entry, {**name.settings, **settings}))

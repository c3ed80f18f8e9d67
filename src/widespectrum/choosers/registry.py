"""From a name, or an object, to a chooser; and the catalog of choosers that ship.

Beside the names of every kind of model there is one of its own: ``openai:MODEL@base_url=...`` is
the model that a server calls MODEL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

from widespectrum.catalog import (
    ModelEntry,
    ModelName,
    Registry,
    Setting,
    load_model,
    model_of_entry,
    parse_name,
    shipped_registry,
)
from widespectrum.contracts import Chooser

ANY_MODEL = "openai"
"""The catalog entry for any model of any OpenAI-compatible server, and the prefix that means it."""


_UNNAMED = ("base_url", "key_variable", "input_price", "output_price")


def chooser_registry(catalogs: Sequence[Path | str] = ()) -> Registry:
    """Every chooser that has a name: shipped, of the user's catalogs, of installed packages.

    Args:
        catalogs: further catalog files, besides those in ``WIDESPECTRUM_CATALOG``.

    Raises:
        BadInput: a catalog file cannot be read.
    """
    return shipped_registry("chooser", catalogs)


def load_chooser(
    spec: str | Chooser | Callable[..., Chooser],
    registry: Registry | None = None,
    /,
    **settings: Setting,
) -> Chooser:
    """The chooser that `spec` means. Cheap: nothing is asked and no key is needed yet.

    Args:
        spec: a name (``NAME``, ``openai:MODEL``, ``module:attribute`` or ``file.py:attribute``,
            each with settings behind ``@``), a chooser, or a class or function that makes one.
        registry: where catalog and plugin names are looked up; by default `chooser_registry()`.
        settings: settings beside those in the name; they win over the name's.

    Raises:
        UnknownName: nothing of that name; the remedy offers the nearest.
        MissingExtra: it needs an optional dependency; the remedy is the line to type.
        BadInput: the name cannot be read, or the setting is not one of this chooser.
    """
    if isinstance(spec, str) and spec.startswith(f"{ANY_MODEL}:"):
        entry = (registry or chooser_registry()).find(ANY_MODEL)
        if isinstance(entry, ModelEntry):
            return _any_model(entry, parse_name(spec), settings)
    return cast("Chooser", load_model("chooser", spec, settings, registry=registry))


def _any_model(entry: ModelEntry, name: ModelName, settings: Mapping[str, Setting]) -> Chooser:
    """Where a model is served and what it costs is left out of what tables call it."""
    chosen = {**name.settings, **settings}
    unnamed = {key: value for key, value in chosen.items() if key in _UNNAMED}
    named = entry.model_copy(
        update={
            "name": f"{ANY_MODEL}:{name.attribute}",
            "settings": {**entry.settings, **unnamed, "model": name.attribute},
        }
    )
    told = {key: value for key, value in chosen.items() if key not in _UNNAMED}
    return cast("Chooser", model_of_entry(named, told))

"""From a name, or an object, to a generator; and the catalog of generators that ship."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from widespectrum.catalog import Registry, Setting, load_model, shipped_registry
from widespectrum.contracts import Generator


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
        spec: a name (``NAME``, ``module:attribute`` or ``file.py:attribute``, each with settings
            behind ``@``), a generator, or a class or function that makes one.
        registry: where catalog and plugin names are looked up; by default `generator_registry()`.
        settings: settings beside those in the name; they win over the name's.

    Raises:
        UnknownName: nothing of that name; the remedy offers the nearest.
        MissingExtra: it needs an optional dependency; the remedy is the line to type.
        BadInput: the name cannot be read, or the setting is not one of this generator.
    """
    return cast("Generator", load_model("generator", spec, settings, registry=registry))

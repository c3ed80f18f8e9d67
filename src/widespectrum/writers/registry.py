"""From a name, or an object, to a writer; and the catalog of writers that ship."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from widespectrum.catalog import Registry, Setting, load_model, shipped_registry
from widespectrum.errors import BadInput
from widespectrum.prompts import PromptWriter, TextWriter
from widespectrum.writers.tasks import TextTask


def writer_registry(catalogs: Sequence[Path | str] = ()) -> Registry:
    """Every writer that has a name: shipped, of the user's catalogs, of installed packages.

    Args:
        catalogs: further catalog files, besides those in ``WIDESPECTRUM_CATALOG``.

    Raises:
        BadInput: a catalog file cannot be read.
    """
    return shipped_registry("writer", catalogs)


def load_writer(
    spec: str | PromptWriter | Callable[..., PromptWriter],
    registry: Registry | None = None,
    /,
    **settings: Setting,
) -> PromptWriter:
    """The writer that `spec` means. Cheap: nothing is asked and no key is needed yet.

    Args:
        spec: a name (``template``, ``vlm@model=...,base_url=...``, ``module:attribute``), a writer,
            or a class or function that makes one.
        registry: where names are looked up; by default `writer_registry()`.
        settings: settings beside those in the name; they win over the name's.

    Raises:
        UnknownName: nothing of that name; the remedy offers the nearest.
        MissingExtra: it needs an optional dependency; the remedy is the line to type.
        BadInput: the name cannot be read, or the setting is not one of this writer.
    """
    return cast("PromptWriter", load_model("writer", spec, settings, registry=registry))


def texts_by(writer: PromptWriter, task: TextTask) -> TextWriter:
    """What `writer` makes of a text task.

    Raises:
        BadInput: it writes anti prompts alone, or the task has no version that it knows.
    """
    make = getattr(writer, "texts", None)
    if make is None:
        raise BadInput(
            f"the writer {writer.name!r} writes anti prompts and no other texts",
            "Take template or vlm, or give yours a method texts(task).",
        )
    return cast("TextWriter", make(task))

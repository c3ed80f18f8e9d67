"""A registry: the models of one kind that can be named. A value, built when it is asked for."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from types import MappingProxyType
from typing import Any

from widespectrum.catalog.code import import_attribute, plugins
from widespectrum.catalog.entries import Kind, ModelEntry, read_entries
from widespectrum.errors import BadInput, UnknownName

CATALOG_VARIABLE = "WIDESPECTRUM_CATALOG"
"""Environment variable: the user's own catalog files, separated as in PATH."""


@dataclass(frozen=True)
class Registry:
    """Catalog entries and plugins of one kind, by name."""

    kind: Kind
    entries: Mapping[str, ModelEntry]
    plugins: Mapping[str, tuple[EntryPoint, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that it knows, sorted."""
        return tuple(sorted({*self.entries, *self.plugins}))

    def find(self, name: str) -> ModelEntry | EntryPoint:
        """The entry or the plugin of that name.

        Raises:
            UnknownName: nothing has that name; the remedy offers the nearest.
            BadInput: several installed packages, or a package and the catalog, claim it.
        """
        points = self.plugins.get(name, ())
        entry = self.entries.get(name)
        if len(points) + (entry is not None) > 1:
            raise BadInput(
                f"{self.kind} {name!r} is claimed by {_claimants(entry, points)}",
                f"Say which: {' or '.join(point.value for point in points)}.",
            )
        if entry is not None:
            return entry
        if points:
            return points[0]
        near = difflib.get_close_matches(name, self.names, n=3, cutoff=0.5)
        offer = f"Did you mean {' or '.join(near)}? " if near else ""
        raise UnknownName(
            f"there is no {self.kind} {name!r}",
            f"{offer}`widespectrum models list` shows all; "
            "code of your own is module:attribute or path/to/file.py:attribute.",
        )


def build_registry(
    kind: Kind, shipped: Iterable[Path], catalogs: Sequence[Path | str] = ()
) -> Registry:
    """Everything of one `kind`: shipped catalog files, the user's, and installed plugins.

    Args:
        kind: which models; plugins are looked up in the group ``widespectrum.KINDs``.
        shipped: catalog files of the package.
        catalogs: further files of the user, besides those that `CATALOG_VARIABLE` names.

    Raises:
        BadInput: a file cannot be read, or a name stands in two files.
    """
    variable = os.environ.get(CATALOG_VARIABLE, "")
    users = [Path(part) for part in variable.split(os.pathsep) if part] + [
        Path(c) for c in catalogs
    ]
    entries: dict[str, ModelEntry] = {}
    for path in dict.fromkeys([*sorted(shipped), *users]):
        for name, entry in read_entries(path).items():
            if name in entries:
                raise BadInput(
                    "is the name of another model already", "Choose another.", file=path, row=name
                )
            entries[name] = entry
    mine = {name: entry for name, entry in entries.items() if entry.kind == kind}
    return Registry(kind, MappingProxyType(mine), plugins(f"widespectrum.{kind}s"))


def import_entry(entry: ModelEntry) -> Any:
    """The class that a catalog entry names.

    Raises:
        MissingExtra: it needs an optional dependency.
        BadInput: it is not widespectrum's own.
    """
    module, _, attribute = entry.class_path.partition(":")
    found = import_attribute(module, attribute, extra=entry.extra)
    # A module of ours may hold names of others that it imported.
    if not str(getattr(found, "__module__", "")).startswith("widespectrum."):
        raise BadInput(
            f"model {entry.name!r} names {entry.class_path!r}, which is not widespectrum's own",
            "A catalog cannot choose foreign code; name yours as module:attribute instead.",
        )
    return found


def _claimants(entry: ModelEntry | None, points: Sequence[EntryPoint]) -> str:
    names = [point.dist.name if point.dist else point.value for point in points]
    return " and ".join((["the catalog"] if entry else []) + names)

"""A taxonomy of real photographs that are anti-aesthetic on purpose: five groups, 28 classes.

The paper (real photography) sorts photographs of the AVA set by it. Keys are the authors',
``group.class``; titles and meanings are ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import Field

from widespectrum.aesthetics.names import Named
from widespectrum.aesthetics.toml_files import Line, Table, packaged, read_table


@dataclass(frozen=True)
class PhotoClass:
    """One way in which a photographer breaks the rules on purpose."""

    key: str
    """``clarity_and_focus.intentional_blur``"""
    group: str
    title: str
    meaning: str
    dimensions: tuple[str, ...]
    """Dimensions whose low end it comes near to; empty where none does."""


@dataclass(frozen=True)
class PhotoGroup:
    """Classes that concern the same side of a photograph."""

    key: str
    title: str
    classes: tuple[PhotoClass, ...]


class Taxonomy(Named[PhotoClass]):
    """All classes by their full key, in order, and their groups.

    Looking up an unknown class raises `UnknownName`, which offers the nearest ones.
    """

    def __init__(self, groups: Iterable[PhotoGroup]) -> None:
        self.groups = tuple(groups)
        super().__init__(
            "photo class", ((each.key, each) for group in self.groups for each in group.classes)
        )


class _ClassTable(Table):
    key: Line
    title: Line
    meaning: Line
    dimensions: list[Line] = Field(default_factory=list)


class _GroupTable(Table):
    key: Line
    title: Line
    classes: list[_ClassTable]


class _TaxonomyTable(Table):
    groups: list[_GroupTable]


def load_taxonomy() -> Taxonomy:
    """The packaged taxonomy."""
    table = read_table(packaged("taxonomy.toml"), _TaxonomyTable)
    return Taxonomy(
        PhotoGroup(
            group.key,
            group.title,
            tuple(
                PhotoClass(
                    key=f"{group.key}.{each.key}",
                    group=group.key,
                    title=each.title,
                    meaning=each.meaning,
                    dimensions=tuple(each.dimensions),
                )
                for each in group.classes
            ),
        )
        for group in table.groups
    )

"""The questions that a judge is asked about a picture, as data: one per dimension.

Two wordings ship. ``paper`` is the question of the paper's judge, byte for byte, and stands before
the picture. ``plain`` is ours: it stands behind the picture, so that all questions about a picture
share what was computed for it, and asks for any dimension that is defined.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, cast

from widespectrum.aesthetics import Dimensions, load_dimensions
from widespectrum.aesthetics.names import nearest
from widespectrum.errors import UnknownName

Order = Literal["text-first", "image-first"]

ANSWERS = ("0", "1", "2")
"""What a judge may answer: low, neutral, high."""

WORDINGS = ("paper", "plain")
"""The wordings that ship."""


@dataclass(frozen=True)
class Wording:
    """One question per dimension, and where it stands."""

    name: str
    title: str
    order: Order
    """Whether the question or the picture comes first."""
    source: str
    licence: str
    questions: Mapping[str, str]
    """By dimension. What a judge can be asked, and all that it is told."""

    def question(self, dimension: str) -> str:
        """The question for a dimension.

        Raises:
            UnknownName: this wording has none for it.
        """
        if dimension not in self.questions:
            raise UnknownName(
                f"the wording {self.name!r} has no question for dimension {dimension!r}",
                nearest(dimension, self.questions),
            )
        return self.questions[dimension]


def load_wording(name: str, dimensions: Dimensions | None = None) -> Wording:
    """A shipped wording.

    Args:
        name: one of `WORDINGS`.
        dimensions: whose definitions a wording with a form fills in; by default the project's. The
            paper's wording has its own texts and no others.

    Raises:
        UnknownName: there is no such wording.
    """
    if name not in WORDINGS:
        raise UnknownName(f"there is no wording {name!r}", f"Known are: {', '.join(WORDINGS)}.")
    table = _read(name)
    questions = table.get("questions")
    if questions is None:
        form = str(table["form"]).strip()
        known = _shipped() if dimensions is None else dimensions
        questions = {
            key: form.format(title=each.title, low=each.low, neutral=each.neutral, high=each.high)
            for key, each in known.items()
        }
    return Wording(
        name=name,
        title=str(table["title"]),
        order=cast("Order", table["order"]),
        source=str(table["source"]),
        licence=str(table["licence"]),
        questions=dict(cast("Mapping[str, str]", questions)),
    )


@cache
def _read(name: str) -> dict[str, object]:
    file = resources.files(__package__).joinpath("data", "wordings", f"{name}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def _shipped() -> Dimensions:
    return load_dimensions()

"""The design of a dose-response study, read from a TOML file: what is varied, what stays fixed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from widespectrum.aesthetics.toml_files import Table, read_table
from widespectrum.bonsai.training.preferences import Dial


def _distinct(doses: tuple[float, ...]) -> tuple[float, ...]:
    if len(set(doses)) < len(doses):
        raise PydanticCustomError("repeated_dose", "names a dose twice")
    return doses


_Doses = Annotated[tuple[float, ...], Field(strict=False, min_length=1), AfterValidator(_distinct)]
_Share = Annotated[float, Field(ge=0, le=1)]
_Shares = Annotated[
    tuple[_Share, ...], Field(strict=False, min_length=1), AfterValidator(_distinct)
]


class Doses(Table):
    """The doses of every dial that is varied; a dial left out stays where `Dial()` has it."""

    mainstream: _Shares | None = None
    prompt_weight: _Doses | None = None
    agreement: _Shares | None = None
    anti_share: _Shares | None = None
    steps: (
        Annotated[
            tuple[Annotated[int, Field(ge=1)], ...],
            Field(strict=False, min_length=1),
            AfterValidator(_distinct),
        ]
        | None
    ) = None


class Design(Table):
    """A dose-response study. `SHIPPED` is the one whose results the docs show."""

    families: int = Field(ge=64)
    """Of the training corpus."""
    exam_families: int = Field(ge=20)
    """Held out, for measuring."""
    seeds: int = Field(ge=1)
    """Trainings per dose."""
    pairs: int = Field(ge=1)
    """Training pairs of every run."""
    steps: int = Field(ge=1)
    """Of every run, unless they are what is varied."""
    batch: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    doses: Doses


@dataclass(frozen=True)
class Run:
    """One training of the study."""

    dial_name: str
    dose: float
    seed: int
    usual_steps: int

    @property
    def dial(self) -> Dial:
        """The dial with this dose."""
        if self.dial_name == "steps":
            return Dial()
        return replace(Dial(), **{self.dial_name: self.dose})

    @property
    def steps(self) -> int:
        """Length of the training."""
        return int(self.dose) if self.dial_name == "steps" else self.usual_steps


def read_design(path: Path | None = None) -> Design:
    """The design in a file, or the shipped one.

    Raises:
        BadInput: the file is missing, is not TOML, or is no design; names file, field and remedy.
    """
    shipped = resources.files("widespectrum.bonsai.training").joinpath("data", "dose-response.toml")
    return read_table(path or shipped, Design)


def plan(design: Design) -> list[Run]:
    """All runs of a design, dial by dial."""
    return [
        Run(name, float(dose), seed, design.steps)
        for name, doses in design.doses
        for dose in doses or ()
        for seed in range(design.seeds)
    ]

"""VisionReward's annotation: 18 dimensions with integer levels, eleven of which the paper uses.

The authors turn every level into three classes by its sign. That rule reads "no hands in the
picture" as "bad hands"; `VisionRewardDimension.rating` knows better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from widespectrum.aesthetics.names import Named
from widespectrum.aesthetics.toml_files import Line, Table, packaged, read_table
from widespectrum.errors import BadInput

Rating = Literal[0, 1, 2]
"""0 low, 1 neutral, 2 high."""


def sign_rating(level: int) -> Rating:
    """The authors' rule for every dimension alike: the sign of the level, plus one."""
    return 0 if level < 0 else 1 if level == 0 else 2


@dataclass(frozen=True)
class VisionRewardDimension:
    """One of the annotated dimensions."""

    key: str
    lowest: int
    highest: int
    used: bool
    """Whether the paper's judge is asked for it: its eleven dimensions."""
    remark: str
    not_applicable: int | None
    """The level that means "none in the picture" (no body, no face, no hands)."""
    nominal: bool
    """True if the levels are categories without order."""

    def rating(self, level: int) -> Rating | None:
        """The class of an annotated level; ``None`` where the dimension does not apply.

        Raises:
            BadInput: the level is outside the range, or the dimension has categories, not levels.
        """
        if not self.lowest <= level <= self.highest:
            raise BadInput(
                f"level {level} is outside {self.lowest} to {self.highest}",
                "Correct the annotation.",
                field=self.key,
            )
        if self.nominal:
            raise BadInput(
                "has categories, which no rating can stand for",
                "Leave this dimension out.",
                field=self.key,
            )
        return None if level == self.not_applicable else sign_rating(level)


class _DimensionTable(Table):
    key: Line
    lowest: int
    highest: int
    used: bool
    remark: Line
    not_applicable: int | None = None
    nominal: bool = False


class _VisionRewardTable(Table):
    dimensions: list[_DimensionTable]


def load_visionreward() -> Named[VisionRewardDimension]:
    """The 18 annotated dimensions by key, in VisionReward's order."""
    table = read_table(packaged("visionreward.toml"), _VisionRewardTable)
    return Named(
        "VisionReward dimension",
        ((each.key, VisionRewardDimension(**each.model_dump())) for each in table.dimensions),
    )

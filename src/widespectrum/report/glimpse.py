"""What the page of contents shows of a study: a strip of pictures with the words they were asked.

Of a lineup one prompt under all models, of a gallery a few pairs. The first that the study's own
page shows: the most smoothed prompt, the pairs that the first scorer disobeys most. A strip is no
sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from widespectrum.report.gallery import Card
from widespectrum.report.lineup import Row

LONGEST = 6
"""Pictures in a strip."""


@dataclass(frozen=True)
class Sight:
    """One picture of a strip."""

    image: str | None
    name: str
    """What stands below it."""
    alt: str
    """For who does not see it."""


@dataclass(frozen=True)
class Glimpse:
    """A strip and the words above it."""

    words: str
    sights: tuple[Sight, ...]


def glimpse(rows: Sequence[Row], cards: Sequence[Card]) -> Glimpse | None:
    """The strip of a study with those rows of a lineup and cards of a gallery; None without any."""
    if rows:
        row = rows[0]
        return Glimpse(
            row.prompt_anti,
            tuple(
                Sight(pose.image, _posed(pose.model, pose.asked), f"{pose.model}: {pose.asked}")
                for pose in row.poses[:LONGEST]
            ),
        )
    own = [card for card in cards if card.scorer == cards[0].scorer][: LONGEST // 2]
    if not own:
        return None
    sights = [
        Sight(image, asked, f"{asked} image of pair {card.id}")
        for card in own
        for image, asked in ((card.image_original, "original"), (card.image_anti, "anti"))
    ]
    return Glimpse("some of the pairs", tuple(sights))


def _posed(model: str, asked: str) -> str:
    return f"{model}, ordinary prompt" if asked == "original" else model

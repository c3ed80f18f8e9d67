"""Social critique: prompts with named critical elements, and the same scene without any.

A reward that likes one generator's picture better than another's says nothing about critique. A
prompt whose critical elements are named can be checked element by element, and its neutral
counterpart tells what is owed to the scene.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from widespectrum.aesthetics.names import Named
from widespectrum.prompts.draws import Draws, derive_seed
from widespectrum.prompts.grammar import listed
from widespectrum.prompts.texts import TextItem, WrittenText

ELEMENTS = 4
"""Critical elements of a template's prompt."""


@dataclass(frozen=True)
class Topic:
    """One topic of social critique."""

    key: str
    title: str
    about: str
    scenes: tuple[str, ...]
    elements: tuple[tuple[str, str], ...]
    """Each critical element and its neutral counterpart."""


@cache
def critique_topics() -> Named[Topic]:
    """The topics by key: anti-war, pollution, inequality, censorship, tech-overuse."""
    text = resources.files(__package__).joinpath("data", "critique.toml").read_text("utf-8")
    return Named(
        "topic",
        (
            (
                key,
                Topic(
                    key,
                    table["title"],
                    table["about"],
                    tuple(table["scenes"]),
                    tuple((critical, neutral) for critical, neutral in table["elements"]),
                ),
            )
            for key, table in tomllib.loads(text).items()
        ),
    )


def critique_items(topics: tuple[str, ...], count: int, seed: int = 0) -> list[TextItem]:
    """`count` items per topic; the scene of each is drawn, every scene equally often.

    Raises:
        UnknownName: there is no such topic.
    """
    items = []
    for key in topics:
        topic = critique_topics()[key]
        order = Draws("critique", seed, key).shuffled(topic.scenes)
        for number in range(count):
            fields = {"topic": key, "about": topic.about, "scene": order[number % len(order)]}
            items.append(
                TextItem(
                    f"{key}-{number + 1:02d}",
                    fields | {"number": str(number + 1)},
                    seed=derive_seed("critique", seed, key, number),
                )
            )
    return items


def write_critique(item: TextItem) -> WrittenText:
    """The scene with four critical elements, and beside it with their counterparts."""
    topic = critique_topics()[item.fields["topic"]]
    chosen = Draws("critique", item.seed, topic.key).shuffled(topic.elements)[:ELEMENTS]
    critical, neutral = zip(*chosen, strict=True)
    scene = item.fields["scene"]
    return WrittenText(
        f"{scene} with {listed(critical)}.",
        {"elements": tuple(critical), "neutral": f"{scene} with {listed(neutral)}."},
    )

"""The template writer: anti-aesthetic prompts from sentence frames, the same for the same seed.

It names one concrete effect per dimension, in the words of the dimension's own file, and adds
nothing: a deterministic control beside writers that are language models, which move content too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256

from widespectrum.aesthetics import Dimension, Effect
from widespectrum.contracts import Failure
from widespectrum.errors import BadInput
from widespectrum.prompts.draws import Draws
from widespectrum.prompts.frames import CAPTION_FIRST, EFFECTS_FIRST, PICTURE_WORDS, Frame
from widespectrum.prompts.grammar import FittedCaption, fit, word_count
from widespectrum.prompts.people import mentions_people
from widespectrum.prompts.writers import WORD_LIMIT, WritingRequest, WrittenPrompt

_VERSION = 1
"""Part of the fingerprint: counts changes to the code that change prompts."""

MOST_EFFECTS = 4
"""Effects of one prompt, unless it asks for more dimensions than this."""

ADDITIVE = frozenset({"clarity", "detail realism", "object pairing"})
"""Dimensions that may be given two effects, because theirs add up in one picture. Elsewhere two
effects of one dimension tend to contradict each other: a white void and a heap of litter."""

Wording = tuple[Effect, str]
"""An effect and the phrase chosen for it."""


class TemplateWriter:
    """Writes prompts from sentence frames (a `PromptWriter`).

    Every prompt holds the caption's words in order, one phrase of every dimension asked for, of a
    few a second one where there is room, and nothing of any other dimension. It has fewer than
    `WORD_LIMIT` words; a caption too long for that is a `Failure`, never cut. Effects that rule
    each other out do not meet; effects that show only on people are kept for captions that
    mention some.
    """

    name = "template"

    def __init__(self) -> None:
        identity = repr((_VERSION, EFFECTS_FIRST, CAPTION_FIRST, PICTURE_WORDS, sorted(ADDITIVE)))
        self.fingerprint = f"template-{sha256(identity.encode()).hexdigest()[:16]}"

    def write(self, requests: Sequence[WritingRequest]) -> list[WrittenPrompt | Failure]:
        """One prompt, or `Failure`, per request, in order."""
        return [_write(request) for request in requests]


def _write(request: WritingRequest) -> WrittenPrompt | Failure:
    keys = [dimension.key for dimension in request.dimensions]
    draws = Draws("template", request.seed, request.caption, *keys)
    caption = fit(request.caption)
    people = mentions_people(request.caption)
    for asked in _with_second_effects(request.dimensions, draws):
        for frame in _frames(caption, len(asked), draws):
            room = frame.room(caption, len(asked), WORD_LIMIT - 1)
            wordings = _wordings(asked, room, people, draws)
            if wordings is not None:
                phrases = [phrase for _, phrase in wordings]
                text = frame.fill(caption, phrases, draws.pick(PICTURE_WORDS))
                return WrittenPrompt(text, tuple(effect.key for effect, _ in wordings))
    effects = f"effects of {', '.join(keys)}"
    if _wordings(request.dimensions, sys.maxsize, people, draws) is None:
        return Failure(
            BadInput.kind, f"all {effects} rule each other out; ask for fewer dimensions"
        )
    return Failure(
        BadInput.kind,
        f"a caption of {word_count(request.caption)} words and {effects} make no prompt of fewer"
        f" than {WORD_LIMIT} words; shorten the caption or ask for fewer dimensions",
    )


def _with_second_effects(
    dimensions: tuple[Dimension, ...], draws: Draws
) -> Iterator[list[Dimension]]:
    """The dimensions, those with two effects twice: as many as drawn first, then ever fewer."""
    able = draws.shuffled(d.key for d in dimensions if d.key in ADDITIVE and len(d.effects) > 1)
    most = max(0, min(len(able), MOST_EFFECTS - len(dimensions)))
    for extra in range(draws.below(most + 1), -1, -1):
        twice = able[:extra]
        yield [d for d in dimensions for _ in range(2 if d.key in twice else 1)]


def _frames(caption: FittedCaption, effects: int, draws: Draws) -> list[Frame]:
    """The frames that suit, in an order drawn: two times in three with the effects first."""
    groups = [EFFECTS_FIRST, CAPTION_FIRST]
    if draws.below(3) == 0:
        groups.reverse()
    return [f for group in groups for f in draws.shuffled(group) if f.suits(caption, effects)]


def _wordings(
    asked: Sequence[Dimension], room: int, people: bool, draws: Draws
) -> list[Wording] | None:
    """An effect for every dimension asked, phrased so that all fit into `room` words.

    The first choice that fits, over effects and phrases in an order drawn; ``None`` if none fits.
    """
    menus = [_menu(dimension, asked, people, draws) for dimension in asked]
    if not all(menus):
        return None
    least = [min(word_count(phrase) for _, phrase in menu) for menu in menus]

    def complete(chosen: list[Wording], room: int) -> list[Wording] | None:
        place = len(chosen)
        if place == len(menus):
            return chosen
        reserved = sum(least[place + 1 :])
        for effect, phrase in menus[place]:
            words = word_count(phrase)
            if words + reserved > room or not all(_compatible(effect, e) for e, _ in chosen):
                continue
            found = complete([*chosen, (effect, phrase)], room - words)
            if found is not None:
                return found
        return None

    return complete([], room)


def _menu(
    dimension: Dimension, asked: Sequence[Dimension], people: bool, draws: Draws
) -> list[Wording]:
    """The dimension's effects and their phrases in an order drawn; each effect equally likely.

    Without effects that rule out another dimension asked for, unless the two dimensions pull
    against each other anyway and the request wants both.
    """
    friends = {
        other.key
        for other in asked
        if other.key != dimension.key
        and other.key not in dimension.conflicts
        and dimension.key not in other.conflicts
    }
    fitting = [effect for effect in dimension.effects if people or not effect.people]
    return [
        (effect, phrase)
        for effect in draws.shuffled(fitting or dimension.effects)
        if friends.isdisjoint(effect.conflicts)
        for phrase in draws.shuffled(effect.phrases)
    ]


def _compatible(one: Effect, other: Effect) -> bool:
    """Whether they are two, and neither rules the other out."""
    return (
        one.key != other.key and other.key not in one.conflicts and one.key not in other.conflicts
    )

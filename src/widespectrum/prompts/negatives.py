"""Negative prompts without a model: the conventional qualities of the dimensions asked for.

The paper's mitigation steers away from convention: its negative prompt names, in at most five
words, the opposite of what the anti-aesthetic prompt wants (clear, bright ...). A fixed table of
such qualities is the deterministic baseline beside a model's.
"""

from __future__ import annotations

from widespectrum.contracts import Failure
from widespectrum.errors import BadInput
from widespectrum.prompts.content import content_words, stems
from widespectrum.prompts.draws import Draws
from widespectrum.prompts.grammar import word_count
from widespectrum.prompts.texts import TextItem, WrittenText

MOST_WORDS = 5
"""Of a negative prompt, as in the paper."""


def write_negative(item: TextItem) -> WrittenText | Failure:
    """Qualities of as many of the dimensions as have room, in at most `MOST_WORDS` words.

    No word of the caption is taken: what shall be in the picture must not stand in the negative
    prompt. `more` says which dimensions are named.
    """
    draws = Draws("negative", item.seed, *(dimension.key for dimension in item.dimensions))
    own = stems(content_words(item.fields.get("prompt_original", "")))
    menus = {
        dimension.key: [
            quality
            for quality in draws.shuffled(dimension.antonyms)
            if own.isdisjoint(stems(content_words(quality)))
        ]
        for dimension in item.dimensions
    }
    chosen: list[tuple[str, str]] = []
    room = MOST_WORDS
    # First one quality of every dimension, the shortest where room is scarce; then second ones.
    scarce = sum(min(map(word_count, menu), default=0) for menu in menus.values()) >= room
    while True:
        before = len(chosen)
        for key, menu in menus.items():
            ordered = sorted(menu, key=word_count) if scarce else menu
            quality = next((each for each in ordered if word_count(each) <= room), None)
            if quality is not None:
                chosen.append((key, quality))
                menu.remove(quality)
                room -= word_count(quality)
        if len(chosen) == before:
            break
    if not chosen:
        return Failure(
            BadInput.kind,
            "every conventional quality of the dimensions asked for is part of the caption",
        )
    named = tuple(dict.fromkeys(key for key, _ in chosen))
    return WrittenText(", ".join(quality for _, quality in chosen), {"named": named})

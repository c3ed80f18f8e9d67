"""Evidence: which words of a prompt express which effect, as its writer says, and whether it holds.

A model that writes a prompt must also list its effects and copy the words that express each. That
list can be checked letter by letter, which no opinion about the prompt can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from widespectrum.aesthetics import Dimension
from widespectrum.prompts.content import content_words, stems
from widespectrum.prompts.lexicon import Lexicon


@dataclass(frozen=True)
class Evidence:
    """One effect of a prompt."""

    dimension: str
    effect: str
    """Its key."""
    words: str
    """Where it stands in the prompt, letter by letter (but for capitals)."""

    def span(self, text: str) -> tuple[int, int] | None:
        """Where the words stand in a text, if they do."""
        at = text.lower().find(self.words.lower()) if self.words.strip() else -1
        return None if at < 0 else (at, at + len(self.words))


def evidence_problems(
    evidence: Sequence[Evidence],
    text: str,
    asked: Sequence[Dimension],
    caption: str,
    lexicon: Lexicon,
) -> Iterator[str]:
    """What is wrong with a writer's list, as clauses.

    Every effect must be one of a dimension that was asked for, its words must stand in the text and
    say something that the caption does not say already, and every dimension must have one.
    """
    keys = [dimension.key for dimension in asked]
    own = stems([caption])
    for each in evidence:
        if each.dimension not in keys:
            yield f"it lists an effect of {each.dimension!r}, which was not asked for"
        elif lexicon.effect(each.dimension, each.effect) is None:
            yield f"{each.effect!r} is no effect of {each.dimension!r}"
        elif each.span(text) is None:
            yield f"the words {each.words!r}, listed for {each.effect!r}, are not in it"
        elif stems(content_words(each.words)) <= own:
            yield f"the words {each.words!r} are the caption's own and express no effect"
    for key in keys:
        if not any(each.dimension == key for each in evidence):
            yield f"it lists no effect of {key!r}"

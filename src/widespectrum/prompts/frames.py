"""Sentence frames: the ways in which a caption and a list of effects become one prompt.

A frame adds no content. ``{effects}`` is the list of effects; a frame that splits it has
``{first}`` and ``{rest}`` instead. ``{opening}``, ``{inside}`` and ``{stop}`` are those of the
caption (`widespectrum.prompts.grammar`). ``{picture}`` is a word for the picture, ``{a_picture}``
the same with its article. A slot with a capital begins the prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from widespectrum.prompts.grammar import FittedCaption, capitalised, listed, word_count

PICTURE_WORDS = ("picture", "photograph", "photo", "image")


def with_article(picture: str) -> str:
    """A picture word with its article."""
    return f"an {picture}" if picture[0] in "aeiou" else f"a {picture}"


@dataclass(frozen=True)
class Frame:
    """One way to say it."""

    text: str
    after_comma: bool = False
    """The caption comes after a comma, as the main clause."""
    goes_on: bool = False
    """The sentence goes on behind the caption."""
    most: int | None = None
    """Longest list that the frame carries: between two commas a long list swallows the caption."""

    @property
    def splits(self) -> bool:
        """Whether the effects stand in two places."""
        return "{rest}" in self.text

    def suits(self, caption: FittedCaption, effects: int) -> bool:
        """Whether the frame is grammatical for the caption and so many effects."""
        if self.after_comma and not caption.follows_comma:
            return False
        if self.goes_on and not caption.goes_on:
            return False
        if self.splits:
            return effects >= 3
        return self.most is None or effects <= self.most

    def fill(self, caption: FittedCaption, effects: Sequence[str], picture: str) -> str:
        """The prompt: the frame around `caption` and the `effects`' phrases."""
        half = (len(effects) + 1) // 2
        return self.text.format(
            effects=listed(effects),
            Effects=capitalised(listed(effects)),
            first=listed(effects[:half]),
            rest=listed(effects[half:]),
            opening=caption.opening,
            inside=caption.inside,
            stop=caption.stop,
            picture=picture,
            a_picture=with_article(picture),
            A_picture=capitalised(with_article(picture)),
        )

    def room(self, caption: FittedCaption, effects: int, words: int) -> int:
        """Words left for the effects' phrases themselves in a prompt of `words` words."""
        around = self.fill(caption, ["x"] * effects, PICTURE_WORDS[0])
        return words - (word_count(around) - effects)


EFFECTS_FIRST = (
    Frame("With {effects}, {inside}{stop}", after_comma=True, most=2),
    Frame("Shown with {effects}, {inside}{stop}", after_comma=True, most=2),
    Frame("{Effects}: {inside}{stop}"),
    Frame("{A_picture} with {effects}: {inside}{stop}"),
    Frame("{A_picture} that shows {effects}: {inside}{stop}"),
    Frame("The {picture} shows {effects}: {inside}{stop}"),
    Frame("This is {a_picture} with {effects}: {inside}{stop}"),
    Frame("With {first}, {inside}{stop} The {picture} also shows {rest}.", after_comma=True),
    Frame("{A_picture} with {first}: {inside}{stop} The {picture} also has {rest}."),
)
"""Effects before the subject, as the paper asks; in two frames some of them follow it."""

CAPTION_FIRST = (
    Frame("{opening}, shown with {effects}.", goes_on=True),
    Frame("{opening}, in {a_picture} with {effects}.", goes_on=True),
    Frame("{opening}, but the {picture} shows {effects}.", goes_on=True),
    Frame("{opening}{stop} The {picture} shows {effects}."),
    Frame("{opening}{stop} The {picture} has {effects}."),
    Frame("{opening}, shown with {first}; the {picture} also has {rest}.", goes_on=True),
    Frame("{opening}{stop} The {picture} shows {first}. It also has {rest}."),
)

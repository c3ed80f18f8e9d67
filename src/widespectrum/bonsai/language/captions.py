"""Captions: what a scene shows, said as people write prompts.

A caption mentions whatever is not neutral, because attributes that captions leave out leak into
what a generator learns of ordinary pictures. It is said in Bonsai's own short words, or as the
template writer of `widespectrum.prompts` says it: in its frames, with the phrases of
`widespectrum.aesthetics`.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Literal, TypeAlias

from widespectrum.bonsai.language import wordings as say
from widespectrum.bonsai.language.lexicon import effect_phrases
from widespectrum.bonsai.language.vocabulary import TOKEN_LIMIT
from widespectrum.bonsai.language.words import words
from widespectrum.bonsai.splits import Split, wordings_for
from widespectrum.bonsai.world.attributes import FACIAL_EFFECTS
from widespectrum.bonsai.world.scene import AnyScene, Scene, Thing
from widespectrum.prompts.frames import CAPTION_FIRST, EFFECTS_FIRST, PICTURE_WORDS, with_article
from widespectrum.prompts.grammar import capitalised, fit, listed

_TRIES = 6
"""A caption longer than a model reads is said again, in fewer words; one in ten thousand is."""

Style: TypeAlias = Literal["short", "written"]
"""``short``: Bonsai's own words. ``written``: as the template writer would."""


def caption(
    scene: AnyScene, seed: int = 0, *, style: Style = "short", split: Split | None = None
) -> str:
    """A caption of the scene, without a full stop in the short style.

    Args:
        scene: what to describe.
        seed: chooses among wordings; the same seed gives the same caption.
        style: see `Style`. A scene without effects has no written style of its own.
        split: which wordings may be used; see `widespectrum.bonsai.splits`.
    """
    speaker = _Speaker(Random(f"caption/{seed}"), split)  # noqa: S311  (words, not secrets)
    said = speaker.say(scene, style)
    for _ in range(_TRIES):
        if len(words(said)) <= TOKEN_LIMIT:
            break
        said = min(said, speaker.say(scene, "short"), key=len)
    return said


def content(scene: AnyScene, seed: int = 0, *, split: Split | None = None) -> str:
    """What the scene shows and where, without how it looks: the caption of an ordinary picture."""
    speaker = _Speaker(Random(f"caption/{seed}"), split)  # noqa: S311
    return capitalised(speaker.content(scene))


class _Speaker:
    """Chooses words."""

    def __init__(self, dice: Random, split: Split | None) -> None:
        self.dice = dice
        self.split = split

    def pick(self, wordings: Sequence[str]) -> str:
        """One of an idea's wordings."""
        return self.dice.choice(wordings_for(wordings, self.split))

    # What there is

    def content(self, scene: AnyScene, *, size: bool = False, effects: bool = False) -> str:
        """What there is, beginning with an article.

        Args:
            scene: what to describe.
            size: also say that the subject is large.
            effects: also say what effects there are on the subject.
        """
        if isinstance(scene, Scene):
            return self._things(scene, size, effects)
        topic = self.pick(say.TOPIC_WORDS[scene.topic])
        elements = [self.pick(say.ELEMENT_WORDS[scene.topic][name]) for name in scene.elements]
        return f"{topic}, with {listed(elements)}" if elements else topic

    def _things(self, scene: Scene, size: bool, effects: bool) -> str:
        look = scene.look
        before: list[str] = []
        after: list[str] = []
        if size and "prominence" in look.high:
            before.append(self.pick(say.HIGH_WORDS["prominence"]))
        for effect in look.effects:
            if effects and effect in say.SUBJECT_EFFECTS:
                word = self.pick(say.EFFECT_WORDS[effect])
                (before if _attributive(word) else after).append(word)
        if scene.people and scene.subject.kind == "person" and _says_emotion(scene, calm=effects):
            before.append(self.pick(say.EMOTION_WORDS[look.emotion]))
        text = self._thing(scene.subject, before)
        if scene.framing == "portrait":
            text = f"{self.pick(say.PORTRAIT_WORDS)} {text}"
        if scene.companion is not None and scene.relation is not None:
            relation = self.pick(say.RELATION_WORDS[scene.relation])
            text += f" {relation} {self._thing(scene.companion, [])}"
        text += f" {self.pick(say.PLACE_WORDS[scene.place])}"
        return ", ".join([text, *after])

    def _thing(self, thing: Thing, before: Sequence[str]) -> str:
        colour = self.pick(say.COLOUR_WORDS[thing.colour])
        noun = self.pick(say.KIND_WORDS[thing.kind])
        if thing.kind == "person":
            dressed = self.dice.choice(("in", "dressed in"))
            return with_article(" ".join([*before, noun, dressed, colour]))
        return with_article(" ".join([*before, colour, noun]))

    # How it looks

    def _picture_looks(self, scene: AnyScene, *, lows: bool) -> list[str]:
        """Words for the picture as a whole."""
        look = scene.look
        found = [self.pick(say.HIGH_WORDS[a]) for a in look.high if a != "prominence"]
        if lows:
            effects = [e for e in look.effects if e not in say.SUBJECT_EFFECTS]
            found += [self.pick(say.EFFECT_WORDS[effect]) for effect in effects]
        if look.emotion != "calm" and not (
            isinstance(scene, Scene) and scene.subject.kind == "person"
        ):
            word = self.pick(say.EMOTION_WORDS[look.emotion])
            found.append(self.dice.choice((f"in {with_article(word)} mood", word)))
        self.dice.shuffle(found)
        return found

    def short(self, scene: AnyScene) -> str:
        """Content and looks in Bonsai's own words."""
        text = self.content(scene, size=True, effects=True)
        looks = self._picture_looks(scene, lows=True)
        if not looks:
            return capitalised(text)
        adjectives = [look for look in looks if _attributive(look)]
        rest = [look for look in looks if not _attributive(look)]
        form = self.dice.randrange(3)
        if form == 0 and adjectives:
            picture = self.dice.choice(PICTURE_WORDS)
            described = with_article(" ".join([", ".join(adjectives[:3]), picture]))
            return capitalised(", ".join([f"{described} of {text}", *adjectives[3:], *rest]))
        if form == 1 and len(looks) <= 4:
            return f"{capitalised(listed(looks))}: {text}"
        return capitalised(f"{text}, {listed(looks)}")

    def say(self, scene: AnyScene, style: Style) -> str:
        """Everything about the scene, in a style."""
        written = style == "written" and scene.look.effects
        return self.written(scene) if written else self.short(scene)

    def written(self, scene: AnyScene) -> str:
        """Content and high ends in a caption, effects as the template writer would name them."""
        phrases = [self.pick(effect_phrases()[effect]) for effect in scene.look.effects]
        self.dice.shuffle(phrases)
        text = self.content(scene, size=True)
        highs = self._picture_looks(scene, lows=False)
        if highs:
            text = f"{text}, {listed(highs)}"
        fitted = fit(capitalised(text))
        frames = [f for f in (*EFFECTS_FIRST, *CAPTION_FIRST) if f.suits(fitted, len(phrases))]
        frame = self.dice.choice(frames)
        return frame.fill(fitted, phrases, self.dice.choice(PICTURE_WORDS))


def _says_emotion(scene: Scene, *, calm: bool) -> bool:
    """A face's emotion is said, unless an effect says it; calm, if at all, only of a portrait."""
    look = scene.look
    if look.shows(*FACIAL_EFFECTS):
        return False
    return look.emotion != "calm" or (calm and scene.framing == "portrait")


def _attributive(wording: str) -> bool:
    """Whether it can stand before its noun: single words can."""
    return " " not in wording

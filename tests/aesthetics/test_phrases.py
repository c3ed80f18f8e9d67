"""The English of the packaged phrases: it goes into every prompt.

The rules that a machine can check stand here; that they read well aloud it cannot.
"""

import re
from itertools import pairwise

from widespectrum.aesthetics import load_dimensions

DIMENSIONS = load_dimensions()
EFFECTS = [effect for dimension in DIMENSIONS.values() for effect in dimension.effects]
PHRASES = [phrase for effect in EFFECTS for phrase in effect.phrases]

NOT_AT_THE_HEAD = """
    with without in on under over behind beneath from by at as like where which that who when while
    if is are was has have it its there this these those they and or but not shows showing lit shot
    very somewhat slightly extremely
""".split()  # noqa: SIM905  (a list of so many words is for reading)
"""Words with which no noun phrase begins, or which weaken one."""

OWNERS = {
    r"blur\w*|grain\w*|noise|pixel\w*|compression": {"clarity"},
    r"focus|out-of-focus": {"clarity", "main object"},
    r"dark\w*|black\w*|dim|dimly|nights?|underexposure": {"color brightness"},
    r"colors?|hues?|tint\w*|saturat\w*|palette": {"color aesthetic"},
    r"shadows?|shade|light\w*": {"lighting distinction", "lighting aesthetic"},
    r"grief|tears|fear\w*|sorrow|dread|hateful|despair\w*": {"emotion"},
    r"background|backdrop|surroundings": {"background"},
}
"""Words that belong to a dimension: elsewhere they would ask for a second one in passing."""

EXCEPTIONS = {
    "a charcoal palette of black and darkest brown",
    "every color sunk to its darkest shade",
    "blunt on-camera flash with hard black shadow rims",
    "a subject that blends invisibly into its surroundings",
    "fiery orange light-leak streaks staining the frame",
    "a reddish light leak flooding one whole side",
    "blotches of leaked light dyeing the picture orange",
    "crushed shadows that swallow most of the scene",
    "deep black shadows spreading over almost everything",
    "weak candle-level light lost in the darkness",
    "sooty smoke that blocks out most of the light",
    "a single failing lamp that barely lights anything",
    "shadows that fall in directions no light could cause",
    "shadows whose outlines match nothing that casts them",
    "impossible shadows detached from the things above them",
}
"""Phrases where the word of another dimension means this one, as in a leak of light."""


def test_a_phrase_is_a_short_plain_noun_phrase():
    for phrase in PHRASES:
        words = phrase.split()
        assert 4 <= len(words) <= 12, phrase
        assert re.fullmatch(r"[a-z0-9'D -]+", phrase), phrase  # "3D" is the only capital
        assert phrase[0].islower(), phrase
        assert words[0] not in NOT_AT_THE_HEAD, phrase
        assert words[-1] not in {"a", "an", "the", "of", "and", "with", "that", "which"}, phrase
        assert words.count("and") + words.count("or") <= 1, phrase
        assert not any(one == next for one, next in pairwise(words)), phrase


def test_articles_fit_the_next_word():
    for phrase in PHRASES:
        for article, following in re.findall(r"\b(an?) (\w+)", phrase):
            vowel = following[0] in "aeiou" and not re.match(r"uni|use|one", following)
            assert (article == "an") == vowel, phrase


def test_spelling_is_american():
    british = r"colour|grey|centre|mould|neighbour|analogue|artefact|recognis|posteris|meagre"
    for phrase in PHRASES:
        assert not re.search(british, phrase), phrase


def test_every_effect_has_three_to_five_wordings():
    assert all(3 <= len(effect.phrases) <= 5 for effect in EFFECTS)


def test_no_phrase_is_used_twice():
    assert len(PHRASES) == len(set(PHRASES))


def test_a_phrase_asks_for_its_own_dimension_only():
    foreign = {
        phrase
        for dimension in DIMENSIONS.values()
        for effect in dimension.effects
        for phrase in effect.phrases
        for words, owners in OWNERS.items()
        if dimension.key not in owners and re.search(rf"\b({words})\b", phrase)
    }
    assert foreign == EXCEPTIONS


def test_what_shows_only_on_people_speaks_of_people():
    body = r"\b(faces?|facial|eyes?|gazes?|stares?|bodies)\b"
    for effect in EFFECTS:
        for phrase in effect.phrases:
            assert bool(re.search(body, phrase)) == effect.people, phrase

"""Content words: what a caption is about, and what of it another text has left out.

A check that anybody can follow: function words, words for the picture itself and endings do not
count; every other word of the source must come back, in whatever form. It cannot tell a synonym
from a loss ("heading to" for "going to"), so it is a share with a list, not a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

_WITHOUT_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Scripts that set no spaces between words: what stands between two spaces is no word there."""

_FUNCTION_WORDS = frozenset(
    """
    a an the this that these those some any each every another other others such same all both
    no not nor and or but if as than then so too very just also only even still yet there here
    i you he she it we they me him her us them my your his its our their mine one ones oneself
    who whom whose which what when where while why how
    is are was were be been being am has have had having do does did doing done can could will
    would shall should may might must get gets got getting
    of in on at to for from by with without within into onto upon over under above below between
    among through during before after behind beside besides beneath against along across around
    about near next off out up down inside outside toward towards until since per via plus
    several many few much more most less least lot lots
    front top side back middle
    """.split()  # noqa: SIM905  (a list of so many words is for reading)
)
"""Words that hold a sentence together. Places of things ("next to", "in front of") are among them:
rewriting moves them freely."""

_PICTURE_WORDS = frozenset(
    """
    picture pictures photo photos photograph photographs image images shot view scene show shows
    showing shown depict depicts depicting depicted feature features featuring display displays
    see seen appear appears
    """.split()  # noqa: SIM905
)

_IRREGULAR = {
    "men": "man",
    "women": "woman",
    "children": "child",
    "people": "person",
    "feet": "foot",
    "teeth": "tooth",
    "geese": "goose",
    "mice": "mouse",
    "knives": "knife",
    "wolves": "wolf",
    "loaves": "loaf",
    "leaves": "leaf",
    "shelves": "shelf",
}


def stem(word: str) -> str:
    """The word without its ending, so that *rides*, *riding* and *ride* are one."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    word = _IRREGULAR.get(word, word)
    for ending in ("ies", "ied", "ing", "ed", "es", "s"):
        left = word.removesuffix(ending)
        if left != word and len(left) >= 3 and re.search("[aeiouy]", left):
            if ending in ("ies", "ied"):
                return left + "i"
            if ending == "s" and left[-1] in "siu":
                break  # glass, iris, bus
            word = left
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]  # running
    word = word.removesuffix("e") if len(word) > 3 else word
    return word[:-1] + "i" if len(word) > 2 and word[-1] == "y" else word


def content_words(text: str) -> tuple[str, ...]:
    """The words that carry the content of a text, each once, in order and as they stand there.

    Words in scripts without spaces are left out: nobody can tell where one ends.
    """
    found: dict[str, str] = {}
    for word in _WORD.findall(text):
        bare = word.lower()
        if bare in _FUNCTION_WORDS or bare in _PICTURE_WORDS or _WITHOUT_SPACES.search(word):
            continue
        if len(bare) > 1 or bare.isdigit():
            found.setdefault(stem(word), word)
    return tuple(found.values())


def stems(texts: Iterable[str]) -> frozenset[str]:
    """The stems of every word of the texts, function words too."""
    return frozenset(stem(word) for text in texts for word in _WORD.findall(text))


def missing_words(source: str, text: str) -> tuple[str, ...]:
    """Content words of `source` that `text` has in no form, in order."""
    there = stems([text])
    return tuple(word for word in content_words(source) if stem(word) not in there)


def kept_share(source: str, text: str) -> float | None:
    """Share of the content words of `source` that `text` has; None where there are none."""
    words = content_words(source)
    return 1 - len(missing_words(source, text)) / len(words) if words else None

"""Grammar: how a caption of any shape, and any list of noun phrases, fits into a sentence.

A caption may be a sentence or a noun phrase, begin with a capital or not, end with a full stop or
not, and be written in any script. `fit` keeps its words and finds out where it may stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_CLOSERS = "\"'”’»)]}"
_STOPS = ".!?…。！？؟।"
_ENDS_SENTENCE = re.compile(rf"[{_STOPS}][{re.escape(_CLOSERS)}]*$")
_BREAKS_SENTENCE = re.compile(rf"[{_STOPS};:][{re.escape(_CLOSERS)}]*\s")

_CLAUSE = re.compile(
    r"(?:an?|the|one|this|that|his|her|its|their|my|our)"
    # One to three words that do not begin a phrase of their own ...
    r"(?: (?!(?:of|with|in|on|at|to|for|from|by|next|beside|under|over|and|or)\b)[\w'-]+){1,3}?"
    # ... and a verb of the third person: leans, is; not glass.
    r" [\w'-]*[^\W\d_s]s\b",
    re.IGNORECASE,
)
"""The opening of a caption that is surely a clause, such as "A street musician plays"."""

_SMALL_WORDS = frozenset(
    """
    a an the this that these those some several many few both all each every another any no one
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty half most his her its their my our your there it he she
    they we you at in on under over behind beside between inside outside near next by with
    from people children men women kids boys girls
    """.split()  # noqa: SIM905  (a list of so many words is for reading)
)
"""Words that open captions and lose their capital inside a sentence. Any other capital may belong
to a name and stays."""


def word_count(text: str) -> int:
    """Words as people count them in a prompt: what white space separates."""
    return len(text.split())


@dataclass(frozen=True)
class FittedCaption:
    """A caption, ready to stand in a sentence."""

    opening: str
    """For the beginning of a sentence: capital first where that is safe, no full stop."""
    inside: str
    """For the middle of a sentence: no capital first where that is safe, no full stop."""
    stop: str
    """What ends the sentence behind it: a full stop, or nothing if it brings its own end."""
    follows_comma: bool
    """Whether it may follow a comma: it is a clause for certain, as far as its opening tells. After
    a list, a noun phrase would read as one more item."""
    goes_on: bool
    """Whether the sentence may go on behind it: it is one sentence and has no end of its own."""


def fit(caption: str) -> FittedCaption:
    """Find out where `caption`, visible text on one line, may stand in a sentence."""
    body = _without_full_stop(caption)
    first = re.match(r"[A-Za-z]+", body)
    word = first.group() if first else ""
    small = word.lower() in _SMALL_WORDS and (word.istitle() or word.islower())
    inside = body[:1].lower() + body[1:] if small else body
    opening = body[:1].upper() + body[1:] if word.islower() else body
    ends = bool(_ENDS_SENTENCE.search(body))
    return FittedCaption(
        opening=opening,
        inside=inside,
        stop="" if ends else ".",
        follows_comma=_CLAUSE.match(body) is not None,
        goes_on=_is_word_end(body[-1]) and not ends and not _BREAKS_SENTENCE.search(body),
    )


def listed(items: Sequence[str]) -> str:
    """The items as a list in running text: ``a``, ``a and b``, ``a, b, and c``."""
    if len(items) > 2:
        return f"{', '.join(items[:-1])}, and {items[-1]}"
    # Of two items that hold an "and" themselves, a second "and" would hide which belong together.
    joint = " plus " if any(" and " in item for item in items) else " and "
    return joint.join(items)


def capitalised(text: str) -> str:
    """`text` with a capital first."""
    return text[:1].upper() + text[1:]


def _without_full_stop(caption: str) -> str:
    """Drop one full stop at the end, unless it belongs to an abbreviation or to an ellipsis."""
    body = caption.removesuffix(".")
    last_word = body.split(" ")[-1]
    if body and "." not in last_word and _is_word_end(body[-1]):
        return body
    return caption


def _is_word_end(character: str) -> bool:
    return character.isalnum() or character in _CLOSERS

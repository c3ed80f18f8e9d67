"""The form of a written text: one line, only signs that one can see, and a text, not a refusal."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
"""Categories of control and format characters, halves of surrogate pairs, private and unassigned
places, separators of lines and paragraphs."""

_JOINERS = "\u200c\u200d"
"""Persian and the scripts of India need them inside words, and emoji are joined by one."""

_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"

_REFUSES = re.compile(
    r"""
    ^\W*(?:
        (?:i['’]?m|i\ am|we['’]?re|we\ are)\ (?:very\ |so\ )?sorry
      | sorry,?\ (?:but|i|we)\b
      | (?:my\ |i\ )apologi[sz](?:e|ies)
      | (?:unfortunately,?\ )?(?:i|we)\ (?:can['’]?t|cannot|can\ not|won['’]?t|will\ not
            |must\ decline|have\ to\ decline|decline\ to)\b
      | (?:i['’]?m|i\ am)\ (?:unable|not\ able|not\ allowed|not\ comfortable)\b
      | as\ an?\ (?:ai|artificial|language|large)\b
      | (?:this|your|the)\ request\ (?:violates|goes\ against|is\ against|cannot)
    )
    | \bas\ an\ ai\ (?:language\ )?(?:model|assistant)\b
    | \bi\ (?:can['’]?t|cannot)\ (?:help|assist|create|generate|provide|fulfil|fulfill|comply)\b
    | \bviolates?\ (?:my|our|the)\ (?:content\ |usage\ )?(?:guidelines|polic)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def form_problem(text: str) -> str | None:
    """What is wrong with the form of a text, as a clause that begins with "it"; None if nothing."""
    if not text.strip():
        return "it is empty"
    if any(sign in _LINE_ENDS for sign in text.strip()):
        return "it has more than one line"
    unseen = next((s for s in text if unseen_sign(s)), None)
    if unseen is not None:
        return f"it has the invisible character U+{ord(unseen):04X}"
    return None


def unseen_sign(sign: str) -> bool:
    """Whether a character shows nothing, or turns the direction of others."""
    return unicodedata.category(sign) in _UNSEEN and sign not in _JOINERS


def is_refusal(text: str) -> bool:
    """Whether a text declines, in the words in which models do so in English."""
    return _REFUSES.search(text) is not None

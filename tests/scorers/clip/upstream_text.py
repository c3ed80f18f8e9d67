"""OpenAI's way from a prompt to token numbers, written down plainly for the tiny vocabulary."""

import html
import re

import ftfy
from tiny_clip import BEGIN, END, POSITIONS, vocabulary

from widespectrum.scorers.clip import byte_signs

# Words, single digits, runs of signs. `\w` has digits and underscores: they are no letters.
_LETTERS = r"[^\W\d_]"
_WORDS = re.compile(
    rf"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|{_LETTERS}+|\d|(?:(?!{_LETTERS})[^\s\d])+",
    re.IGNORECASE,
)


def numbers(prompt, *, cleaned):
    """Token numbers uncut, with both signs."""
    tokens, merges = vocabulary()
    pairs = [tuple(merge.split()) for merge in merges]
    if cleaned:
        prompt = html.unescape(html.unescape(ftfy.fix_text(prompt)))
    prompt = re.sub(r"\s+", " ", prompt).strip().lower()
    signs = _by_byte()
    found = []
    for word in _WORDS.findall(prompt):
        parts = [signs[byte] for byte in word.encode()]
        parts[-1] += "</w>"
        for pair in pairs:
            parts = _merged(parts, pair)
        found += [tokens[part] for part in parts]
    return [tokens[BEGIN], *found, tokens[END]]


def cut(found, limit=POSITIONS):
    """As the published code does it: the first `limit` - 1, then the end; pads are 0."""
    if len(found) > limit:
        found = [*found[: limit - 1], found[-1]]
    return found + [0] * (limit - len(found))


def _by_byte():
    """Each byte's sign; those that are no printable sign come last, in order."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return dict(zip([*printable, *others], byte_signs(), strict=True))


def _merged(parts, pair):
    made = []
    for part in parts:
        if made and (made[-1], part) == pair:
            made[-1] += part
        else:
            made.append(part)
    return made

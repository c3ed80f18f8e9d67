"""From a prompt to the token numbers that a CLIP reads, by one tokenizer for both traditions.

Rewards that were published with OpenAI's or open_clip's tokenizer (HPS) repair a prompt first:
mojibake, typographic ligatures, HTML entities. Those published with transformers' (PickScore, MPS)
do not. On plain English both agree; on curly quotes and ellipses, which language models love, they
do not, and the score follows.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from widespectrum.errors import BadInput, MissingExtra
from widespectrum.scorers.clip.vocabulary import BEGIN, END, Vocabulary

if TYPE_CHECKING:
    from widespectrum.contracts import IntArray

STEP = 16
"""Prompts are filled up to a multiple of so many tokens: see `ClipTokens.encode`."""


class ClipTokens:
    """A tokenizer of the CLIP family.

    Args:
        vocabulary: CLIP's byte pairs.
        cleaned: whether prompts are repaired before they are read (the HPS family).
        limit: tokens that the network reads, both signs counted.

    Raises:
        MissingExtra: transformers, or for `cleaned` ftfy, is not installed.
    """

    def __init__(self, vocabulary: Vocabulary, *, cleaned: bool, limit: int) -> None:
        try:
            from transformers import CLIPTokenizer
        except ModuleNotFoundError as error:
            raise MissingExtra(
                f"reading prompts as CLIP does needs {error.name!r}, which is not installed",
                "pip install 'widespectrum[hub]'.",
            ) from error
        try:
            # Its annotation says text for the merges; the library behind it wants pairs.
            merges: Any = vocabulary.merges
            self._tokenizer: Any = CLIPTokenizer(vocabulary.tokens, merges)
        except Exception as error:  # what the Rust library raises has no class of its own
            raise BadInput(
                f"this vocabulary does not fit together ({error})",
                "Take vocab.json and merges.txt from one place.",
                field="tokenizer",
            ) from error
        self.begin, self.end = vocabulary.tokens[BEGIN], vocabulary.tokens[END]
        self.size = max(vocabulary.tokens.values()) + 1
        self.limit = limit
        self._cleaned = cleaned

    def count(self, prompts: Sequence[str]) -> IntArray:
        """Tokens that each prompt needs uncut, both signs counted, ``(n_prompts,)``."""
        return np.array([len(numbers) for numbers in self._numbers(prompts)], dtype=np.int64)

    def encode(self, prompts: Sequence[str]) -> list[IntArray]:
        """The token numbers of each prompt: cut at the limit, filled up with the sign of the end.

        A prompt that is too long keeps its beginning and gets the sign of the end last. How far it
        is filled up follows from its own length alone, never from its neighbours; what stands
        behind the sign of the end is not read, so that this changes no score.
        """
        rows = []
        for numbers in self._numbers(prompts):
            kept = numbers if len(numbers) <= self.limit else [*numbers[: self.limit - 1], self.end]
            length = min(self.limit, -(-len(kept) // STEP) * STEP)
            rows.append(np.array(kept + [self.end] * (length - len(kept)), dtype=np.int64))
        return rows

    def _numbers(self, prompts: Sequence[str]) -> list[list[int]]:
        if not prompts:
            return []
        read = [clean(prompt) if self._cleaned else _encodable(prompt) for prompt in prompts]
        numbers: list[list[int]] = self._tokenizer(read)["input_ids"]
        return numbers


def clean(prompt: str) -> str:
    """A prompt as OpenAI's tokenizer repairs it: mojibake, then HTML entities, twice.

    Raises:
        MissingExtra: ftfy is not installed.
    """
    try:
        import ftfy
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "the HPS family repairs prompts with 'ftfy', which is not installed",
            "pip install 'widespectrum[hub]'.",
        ) from error
    return html.unescape(html.unescape(ftfy.fix_text(_encodable(prompt)))).strip()


def _encodable(prompt: str) -> str:
    """The prompt without halves of characters, which JSON can carry and UTF-8 cannot."""
    return prompt.encode("utf-8", "replace").decode("utf-8")

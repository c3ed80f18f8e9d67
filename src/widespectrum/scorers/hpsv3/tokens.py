"""The sequence of tokens that a reward reads: the user's turn around the picture.

Only this module puts control tokens into the sequence. A prompt that spells one out, as in
``<|image_pad|>``, is read as the text that it is; upstream it would break the sequence.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from widespectrum.errors import BadInput, MissingExtra
from widespectrum.scorers.hpsv3.instructions import REWARD, Instruction

if TYPE_CHECKING:
    from widespectrum.contracts import IntArray

TURN, END_OF_TURN = "<|im_start|>", "<|im_end|>"
PICTURE, PATCHES, END_OF_PICTURE = "<|vision_start|>", "<|image_pad|>", "<|vision_end|>"
_CONTROL = (TURN, END_OF_TURN, PICTURE, PATCHES, END_OF_PICTURE)

_PROBES = ("a", "1", "一")
"""Prompts that have no beginning in common."""


class Vocabulary:
    """Qwen's byte-pair vocabulary, from ``tokenizer.json``, and the reward's token as its last.

    Raises:
        BadInput: the file is no such vocabulary.
        MissingExtra: tokenizers is not installed.
    """

    def __init__(self, file: Path) -> None:
        try:
            from tokenizers import Tokenizer
        except ModuleNotFoundError as error:
            raise MissingExtra(
                "this model reads prompts with tokenizers, which is not installed",
                "pip install 'widespectrum[hub]'.",
            ) from error
        self.file = file
        try:
            self._tokenizer: Any = Tokenizer.from_str(file.read_text(encoding="utf-8"))
        except Exception as error:  # tokenizers has no class of its own for it
            raise BadInput(f"is no vocabulary ({str(error)[:160]})", _TAKE, file=file) from error
        lacking = [sign for sign in _CONTROL if self._tokenizer.token_to_id(sign) is None]
        if lacking:
            raise BadInput(
                f"is no vocabulary of a Qwen that sees: it lacks {lacking[0]}", _TAKE, file=file
            )
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.add_special_tokens([REWARD])
        self._tokenizer.encode_special_tokens = True

    def __len__(self) -> int:
        return int(self._tokenizer.get_vocab_size(with_added_tokens=True))

    def control(self, sign: str) -> int:
        """The number of a control token."""
        return int(self._tokenizer.token_to_id(sign))

    def text(self, text: str) -> list[int]:
        """The tokens of a text, in which no control token is recognised."""
        # Halves of characters, which JSON can carry, have no UTF-8.
        readable = text.encode("utf-8", "replace").decode("utf-8")
        return list(self._tokenizer.encode(readable, add_special_tokens=False).ids)

    def count(self, prompts: Sequence[str]) -> IntArray:
        """Tokens of each prompt."""
        return np.array([len(self.text(prompt)) for prompt in prompts], dtype=np.int64)


class Wording:
    """What is read before the picture, and after it for each prompt.

    Args:
        vocabulary: of the base model.
        instruction: what the reward is told.
        system: the turn before the user's, or none.
    """

    def __init__(
        self, vocabulary: Vocabulary, instruction: Instruction, *, system: str | None
    ) -> None:
        self.vocabulary, self.instruction, self._system = vocabulary, instruction, system

    @cached_property
    def before(self) -> list[int]:
        """Tokens up to the picture."""
        words, control = self.vocabulary.text, self.vocabulary.control
        opening: list[int] = []
        if self._system is not None:
            opening += [control(TURN), *words(f"system\n{self._system}"), control(END_OF_TURN)]
            opening += words("\n")
        return [*opening, control(TURN), *words("user\n"), control(PICTURE)]

    def after(self, prompt: str) -> list[int]:
        """Tokens from the picture's end up to the one whose state is read; what follows is not.

        Attention looks back only, so whatever stands behind the reward's token cannot change it.
        """
        control = self.vocabulary.control
        told = self.vocabulary.text(self.instruction.around(prompt))
        return [control(END_OF_PICTURE), *told, control(REWARD)]

    @cached_property
    def shared(self) -> list[int]:
        """The tokens with which `after` begins, whatever the prompt.

        Found on whole sequences: where a word begins depends on what stands before it, so the
        pieces of a text do not have the tokens of the text. A prompt that would have other tokens
        even here shares fewer of them (`common`).
        """
        first, *others = (self.after(prompt) for prompt in _PROBES)
        return first[: min(common(first, other) for other in others)]


def common(first: Sequence[int], second: Sequence[int]) -> int:
    """Length of the beginning that two sequences share."""
    pairs = zip(first, second, strict=False)
    return next(
        (place for place, (one, other) in enumerate(pairs) if one != other),
        min(len(first), len(second)),
    )


_TAKE = "Take tokenizer.json of the base model, as docs/models/hpsv3.md says."

"""Prompts as word pieces: the tokens of BERT, with which every BLIP reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from widespectrum.errors import BadInput, MissingExtra

if TYPE_CHECKING:
    from widespectrum.contracts import IntArray

_NEEDED = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
MARKS: dict[str, Any] = {"bos_token": "[DEC]", "additional_special_tokens": ["[ENC]"]}
"""What BLIP's own code adds to the vocabulary. Neither stands in what the scorers here read, but a
prompt that spells one out gets its id."""


class WordPieces:
    """The tokenizer of a vocabulary file.

    Args:
        file: ``vocab.txt``: one word piece per line.
        marks: whether `MARKS` are added, as BLIP's own code does.

    Raises:
        BadInput: the file is no vocabulary of BERT.
        MissingExtra: transformers is not installed.
    """

    def __init__(self, file: Path, *, marks: bool = False) -> None:
        try:
            from transformers import BertTokenizer
        except ModuleNotFoundError as error:
            raise MissingExtra(
                "BLIP reads prompts with a tokenizer of transformers, which is not installed",
                "pip install 'widespectrum[hub]'.",
            ) from error
        self.file = file
        self._tokenizer: Any = BertTokenizer(vocab=_read(file))
        if marks:
            self._tokenizer.add_special_tokens(MARKS)
        self._end = int(self._tokenizer.sep_token_id)

    def __len__(self) -> int:
        return len(self._tokenizer)

    def count(self, prompts: Sequence[str]) -> IntArray:
        """Tokens of each prompt uncut, with ``[CLS]`` and ``[SEP]``."""
        return np.array([len(ids) for ids in self._ids(prompts)], dtype=np.int64)

    def encode(self, prompts: Sequence[str], limit: int) -> list[list[int]]:
        """Ids of each prompt, at most `limit`; what is cut still ends in ``[SEP]``."""
        return [
            ids if len(ids) <= limit else [*ids[: limit - 1], self._end]
            for ids in self._ids(prompts)
        ]

    def _ids(self, prompts: Sequence[str]) -> list[list[int]]:
        if not prompts:
            return []
        # Halves of characters, which JSON can carry, have no UTF-8.
        readable = [prompt.encode("utf-8", "replace").decode("utf-8") for prompt in prompts]
        ids: list[list[int]] = self._tokenizer(readable)["input_ids"]
        return ids


def padded(texts: Sequence[Sequence[int]], limit: int) -> tuple[IntArray, IntArray]:
    """Ids filled up to one length with ``[PAD]`` (0), and 1 where there is a token.

    The length is a multiple of 8 or `limit`, so that not every length of a text is a shape of its
    own. Padding is masked and changes nothing.
    """
    length = min(-(-max(map(len, texts)) // 8) * 8, limit)
    ids = np.zeros((len(texts), length), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return ids, mask


def _read(file: Path) -> dict[str, int]:
    try:
        pieces = file.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("is no vocabulary of word pieces", _VOCABULARY, file=file) from error
    vocabulary = {piece.removesuffix("\r"): number for number, piece in enumerate(pieces)}
    missing = [piece for piece in _NEEDED if piece not in vocabulary]
    if missing:
        raise BadInput(
            f"is no vocabulary of BERT: it lacks {', '.join(missing)}", _VOCABULARY, file=file
        )
    return vocabulary


_VOCABULARY = "Name vocab.txt of bert-base-uncased, or of the model's own repository."

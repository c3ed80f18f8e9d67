"""CLIP's byte-pair vocabulary: where it is found, and the three forms in which it comes.

No checkpoint of a reward has the vocabulary in it. It is looked for, in this order and nowhere
else: where the setting ``tokenizer`` says; beside the weights, where those are the user's own; in
the hub repository that the catalog names.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.checkpoints import from_repository, locate_file, sha256_of
from widespectrum.errors import BadInput, MissingWeights

BEGIN, END = "<|startoftext|>", "<|endoftext|>"

FORMS: Sequence[tuple[str, ...]] = (
    ("vocab.json", "merges.txt"),
    ("tokenizer.json",),
    ("bpe_simple_vocab_16e6.txt.gz",),
)
"""The files of each form: transformers' two, tokenizers' one, and that of OpenAI's repository."""

_MERGES = 49152 - 256 - 2
"""OpenAI's file has more merges than CLIP uses: its vocabulary ends after so many."""
_LARGEST = 64 << 20


@dataclass(frozen=True)
class VocabularyFiles:
    """Files that together are a vocabulary, in one of the `FORMS`."""

    paths: tuple[Path, ...]

    @property
    def identity(self) -> str:
        """The identity of their content."""
        return fingerprint(files=[sha256_of(path) for path in self.paths])


@dataclass(frozen=True)
class Vocabulary:
    """Tokens with their numbers, and the pairs that are merged, in order."""

    tokens: dict[str, int]
    merges: list[tuple[str, str]]


def locate_vocabulary(
    entry: ModelEntry, *, path: str | None = None, tokenizer: str | None = None
) -> VocabularyFiles:
    """The files of the vocabulary that a model reads prompts with.

    Args:
        entry: the model; `entry.tokenizer`, or else its own repository, is the last resort.
        path: the user's own weights, file or folder.
        tokenizer: a folder, or the id of a hub repository.

    Raises:
        MissingWeights: it is nowhere; the message says how to get it.
    """
    if tokenizer is not None:
        return _named(entry, tokenizer)
    if path is not None:
        beside = _in_folder(Path(path) if Path(path).is_dir() else Path(path).parent)
        if beside is not None:
            return beside
    return _of_hub(entry, entry.tokenizer or entry.hub_id)


def read_vocabulary(files: VocabularyFiles) -> Vocabulary:
    """The vocabulary in its files.

    Raises:
        BadInput: they are no vocabulary of a CLIP.
    """
    first = files.paths[0]
    read = {"vocab.json": _read_pair, "tokenizer.json": _read_one}.get(first.name, _read_openai)
    try:
        vocabulary = read(files.paths)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"is no vocabulary of a CLIP ({type(error).__name__}: {error})", _AGAIN, file=first
        ) from error
    lacking = [sign for sign in (BEGIN, END) if sign not in vocabulary.tokens]
    if lacking:
        raise BadInput(f"is no vocabulary of a CLIP: it lacks {lacking[0]}", _AGAIN, file=first)
    return vocabulary


_AGAIN = "Take vocab.json and merges.txt of openai/clip-vit-large-patch14."


def _named(entry: ModelEntry, tokenizer: str) -> VocabularyFiles:
    folder = Path(tokenizer)
    if not folder.is_dir():
        return _of_hub(entry, tokenizer)
    found = _in_folder(folder)
    if found is None:
        raise MissingWeights(
            "this folder has no vocabulary of a CLIP",
            f"It must have {' or '.join(' and '.join(names) for names in FORMS)}.",
            file=folder,
        )
    return found


def _of_hub(entry: ModelEntry, repository: str | None) -> VocabularyFiles:
    """The files in a hub repository, always in their first form."""
    source = from_repository(entry, repository)
    try:
        return VocabularyFiles(tuple(locate_file(source, name) for name in FORMS[0]))
    except MissingWeights as error:
        name = entry.name.partition("@")[0]
        pin = f" --revision {source.revision}" if source.revision else ""
        raise MissingWeights(
            f"{name!r} reads prompts with the vocabulary of {source.hub_id}, which is not here",
            f"Get it with `hf download {source.hub_id} {' '.join(FORMS[0])}{pin}`, lay these "
            f"files beside your own weights, or name their folder: {name}@tokenizer=FOLDER.",
        ) from error


def _in_folder(folder: Path) -> VocabularyFiles | None:
    for names in FORMS:
        paths = tuple(folder / name for name in names)
        if all(path.is_file() for path in paths):
            return VocabularyFiles(paths)
    return None


def _read_pair(paths: Sequence[Path]) -> Vocabulary:
    tokens, merges = paths
    lines = merges.read_text(encoding="utf-8").splitlines()
    # The first line may say the version; "#" never stands before "version" in a merge.
    return _vocabulary(
        json.loads(tokens.read_text(encoding="utf-8")),
        [line for line in lines if line.strip() and not line.startswith("#version")],
    )


def _read_one(paths: Sequence[Path]) -> Vocabulary:
    model = json.loads(paths[0].read_text(encoding="utf-8"))["model"]
    return _vocabulary(model["vocab"], model["merges"])


def _read_openai(paths: Sequence[Path]) -> Vocabulary:
    """OpenAI's list of merges; the tokens follow from it, in this order."""
    with gzip.open(paths[0]) as file:
        content = file.read(_LARGEST)
    merges = [_pair(line) for line in content.decode().splitlines()[1 : _MERGES + 1]]
    signs = byte_signs()
    words = [*signs, *(f"{sign}</w>" for sign in signs), *map("".join, merges), BEGIN, END]
    return Vocabulary({word: number for number, word in enumerate(words)}, merges)


def byte_signs() -> list[str]:
    """The 256 printable signs that stand for bytes, in the order of CLIP's vocabulary.

    Printable bytes stand for themselves and come first; each of the others is moved up by 256 and
    more, so that no token has a space or a control character in it.
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(byte) for byte in printable] + [chr(256 + n) for n in range(256 - len(printable))]


def _vocabulary(tokens: Any, merges: Any) -> Vocabulary:
    if not all(isinstance(number, int) for number in tokens.values()):
        raise ValueError("its tokens have no numbers")
    return Vocabulary(
        {str(token): number for token, number in tokens.items()},
        [_pair(merge) for merge in merges],
    )


def _pair(merge: Any) -> tuple[str, str]:
    first, second = merge.split() if isinstance(merge, str) else merge
    return str(first), str(second)

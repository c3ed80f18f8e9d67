"""A Qwen3-VL as a judge: probabilities of low, neutral and high, per dimension.

The paper's judge is one: a question per dimension, one token as answer, the logits of 0, 1 and 2 at
the place of the answer, a softmax over the three.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.checkpoints import (
    check_placement,
    device_of,
    dtype_of,
    faithful,
    file_identity,
    from_repository,
    locate_folder,
)
from widespectrum.encodings import BatchSize, in_batches
from widespectrum.errors import BadInput
from widespectrum.judges.qwen3vl import pictures
from widespectrum.judges.qwen3vl.adapters import ADAPTER
from widespectrum.judges.qwen3vl.network import (
    TOKENIZER,
    load_network,
    load_tokenizer,
    network_folder,
    weights_file,
)
from widespectrum.judges.wordings import Wording, load_wording

if TYPE_CHECKING:
    from widespectrum.contracts import FloatArray, Image
    from widespectrum.judges.qwen3vl.passes import Passes

Compatibility = Literal["none", "right-pad-last"]
RECORD = "judge.json"
"""In the folder of a judge that was trained here: how it was asked."""


class Qwen3VLJudge:
    """A judge of the ordinary contract.

    Args:
        entry: from the catalog; its repository has the weights unless `path` or `repo` is given.
        path: a folder with ``config.json`` and safetensors weights.
        repo: another hub repository.
        revision: a commit of the repository.
        adapter: the folder of a LoRA adapter for these weights.
        tokenizer: a folder with the tokenizer; by default the weights' folder if it has one, else
            the repository that the catalog names.
        wording: which questions (`load_wording`); by default those that the adapter or the weights
            were trained with here, as their folder says, else ``plain``.
        size: side of the square in pixels to which pictures are brought; by default likewise, else
            512.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        dtype: ``bfloat16`` (what the paper used), ``float16`` or ``float32``.
        batch_size: pictures at once.
        compat: ``right-pad-last`` repeats how the authors' batched script reads answers, for
            comparison with published ratings; it is wrong for all but the longest question.

    Raises:
        BadInput: a setting that nobody could mean, or a wording that the weights were not trained
            with.
    """

    def __init__(
        self,
        entry: ModelEntry,
        *,
        path: str | None = None,
        repo: str | None = None,
        revision: str | None = None,
        adapter: str | None = None,
        tokenizer: str | None = None,
        wording: str | None = None,
        size: int | None = None,
        device: str = "auto",
        dtype: str = "bfloat16",
        batch_size: int = 8,
        compat: Compatibility = "none",
    ) -> None:
        check_placement(device, dtype)
        if compat not in ("none", "right-pad-last"):
            raise BadInput(f"is {compat!r}", "Give none or right-pad-last.", field="compat")
        self.name = entry.name
        self.entry = from_repository(entry, repo, revision)
        self.path, self.adapter, self.tokenizer = path, adapter, tokenizer
        record = _record(adapter or path)
        trained = record.get("wording")
        if wording and trained and wording != trained:
            raise BadInput(
                f"is {wording!r}, and these weights were trained with the wording {trained!r}",
                f"Leave it out, as in qwen3vl-4b@path=..., or delete {RECORD} beside them.",
                field="wording",
            )
        self.wording: Wording = load_wording(wording or trained or "plain")
        self.size = int(size or record.get("size", 512))
        if self.wording.order == "image-first" and compat != "none":
            raise BadInput(
                "is the authors' way, and the authors ask before the picture",
                "Use it with wording=paper.",
                field="compat",
            )
        self.device, self.dtype, self.compat = device, dtype, compat
        self._batch = BatchSize(batch_size)

    def __repr__(self) -> str:
        return f"<judge {self.name}>"

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that it has a question for."""
        return tuple(self.wording.questions)

    @cached_property
    def fingerprint(self) -> str:
        """Weights, questions and preparation. Reads or asks for digests; loads nothing."""
        weights = file_identity(self.entry, weights_file(self.entry, self.path), path=self.path)
        adapter = None
        if self.adapter is not None:
            adapter = file_identity(self.entry, ADAPTER, path=self.adapter)
        return fingerprint(
            kind="qwen3vl judge",
            weights=weights,
            adapter=adapter,
            tokenizer=file_identity(self._tokenizer_entry, TOKENIZER[0], path=self._tokenizer_path),
            order=self.wording.order,
            questions=dict(self.wording.questions),
            pictures=pictures.VERSION,
            size=self.size,
            dtype=self.dtype,
            compat=self.compat,
        )

    def rate(self, images: Sequence[Image], dimensions: Sequence[str]) -> FloatArray:
        """Probabilities of low, neutral, high: ``(n_images, n_dimensions, 3)``, rows sum to 1.

        Raises:
            UnknownName: there is no question for one of the dimensions.
            BadImage: a picture of a mode without agreed black and white.
            MissingWeights, BadInput: see `network`.
            OutOfMemory: not even one picture fits.
        """
        for dimension in dimensions:
            self.wording.question(dimension)
        if not len(images) or not len(dimensions):
            return np.empty((len(images), len(dimensions), 3), dtype=np.float32)
        passes, vision = self._loaded

        def rate(batch: Sequence[Image]) -> FloatArray:
            with faithful():
                pixels = pictures.patches(batch, self.size, vision)
                logits = passes.logits(pixels, dimensions)
                rated: FloatArray = logits.double().softmax(-1).float().cpu().numpy()
                return rated

        return in_batches(list(images), self._batch, rate, fill=False)

    @property
    def _tokenizer_path(self) -> str | None:
        if self.tokenizer is not None:
            return self.tokenizer
        here = self.path is not None and (Path(self.path) / TOKENIZER[0]).is_file()
        return self.path if here else None

    @property
    def _tokenizer_entry(self) -> ModelEntry:
        """The catalog entry, with the tokenizer's repository for its own."""
        if self.entry.tokenizer is None:
            return self.entry
        return from_repository(self.entry, self.entry.tokenizer)

    @cached_property
    def _loaded(self) -> tuple[Passes, Any]:
        """The passes, and the vision tower's configuration."""
        from widespectrum.judges.qwen3vl.passes import ImageFirst, RightPadLast, TextFirst
        from widespectrum.judges.qwen3vl.reader import Reader
        from widespectrum.judges.qwen3vl.sequences import answer_ids, readings

        model = load_network(
            network_folder(self.entry, self.path),
            device=device_of(self.device),
            dtype=dtype_of(self.dtype),
            adapter=None if self.adapter is None else Path(self.adapter),
        )
        words = load_tokenizer(
            locate_folder(self._tokenizer_entry, path=self._tokenizer_path, needs=TOKENIZER)
        )
        vision = model.config.vision_config
        grid = pictures.grid_of(self.size, vision)
        reader = Reader(model, answer_ids(words), grid, words.pad_token_id)
        asked = readings(self.wording, words, model, grid)
        if self.compat == "right-pad-last":
            return RightPadLast(reader, asked), vision
        passes = TextFirst if self.wording.order == "text-first" else ImageFirst
        return passes(reader, asked), vision


def _record(folder: str | None) -> dict[str, Any]:
    """How a judge that was trained here was asked; nothing for other weights."""
    if folder is None or not (Path(folder) / RECORD).is_file():
        return {}
    file = Path(folder) / RECORD
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        return {"wording": str(record["wording"]), "size": int(record["size"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            "is no record of a judge", "Write wording and size as JSON, or delete it.", file=file
        ) from error

"""What both rewards do: a picture is read once, and every prompt that it is asked for behind it."""

from __future__ import annotations

import threading
import weakref
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.checkpoints import (
    check_placement,
    device_of,
    dtype_of,
    faithful,
    file_identity,
    from_repository,
    locate_file,
    read_tensors,
)
from widespectrum.encodings import BatchSize, in_batches, prepared
from widespectrum.errors import BadInput
from widespectrum.scorers.catalog import scorer_facts
from widespectrum.scorers.hpsv3.base_files import CONFIG, TOKENIZER, BaseFiles
from widespectrum.scorers.hpsv3.images import Sight
from widespectrum.scorers.hpsv3.instructions import read_instruction
from widespectrum.scorers.hpsv3.tokens import PATCHES, Vocabulary, Wording

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from widespectrum.contracts import FloatArray, Image, IntArray
    from widespectrum.scorers.hpsv3.networks import RewardNetwork
    from widespectrum.scorers.hpsv3.passes import Prefix

VERSION = 1
"""Part of every fingerprint; raised when the same weights begin to give other scores."""


class QwenReward(ABC):
    """A reward on a Qwen-VL: the state of one token after picture, instruction and prompt.

    Args:
        entry: the catalog entry: where the weights are, name, facts.
        path: the user's copy of the weights: a file, or a folder.
        revision: the commit of the hub repository; by default the catalog's.
        base: a folder, or a hub repository, with ``config.json`` and ``tokenizer.json`` of the base
            model. By default those beside the user's own weights, and where there are none, those
            of the repository that the catalog names.
        instruction: what the reward is told: ``original``, ``alignment``, ``neutral``,
            ``fidelity``, or a text file with ``{text_prompt}`` in it.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        dtype: of the base model; the head computes in float32 always.
        batch_size: prompts behind a picture per pass; halved when memory runs out.

    Raises:
        BadInput: a setting is none of these.
    """

    sight: ClassVar[Sight]
    model_type: ClassVar[str]
    system: ClassVar[str | None]
    original: ClassVar[str]

    def __init__(
        self,
        entry: ModelEntry,
        *,
        path: str | None = None,
        revision: str | None = None,
        base: str | None = None,
        instruction: str = "original",
        device: str = "auto",
        dtype: str = "bfloat16",
        batch_size: int = 8,
    ) -> None:
        check_placement(device, dtype)
        self.instruction = read_instruction(str(instruction), original=self.original)
        self.name = entry.name
        self.facts = replace(scorer_facts(entry), instruction=self.instruction.text)
        self.entry = from_repository(entry, revision=revision)
        self.path = path
        self.base = BaseFiles(self.entry, path, base)
        self.device, self.dtype = device, dtype
        self.batch = BatchSize(batch_size)

    def __repr__(self) -> str:
        return f"<scorer {self.name}>"

    @abstractmethod
    def network_class(self) -> type[RewardNetwork]:
        """The class of the network; asked when weights are read, since it imports torch."""

    @abstractmethod
    def outputs(self, states: Tensor) -> Tensor:
        """From states at the reward's token, ``(n, width)``, to ``(n, 2)``: mu, log sigma."""

    def read_checkpoint(self, file: Path) -> dict[str, Tensor]:
        """The tensors of the published checkpoint."""
        return read_tensors(file)

    def settings(self) -> dict[str, Any]:
        """Settings that change a score, besides instruction and precision."""
        return {}

    @cached_property
    def fingerprint(self) -> str:
        """Identity of weights, vocabulary, instruction, preprocessing and settings.

        Device and batch size change a score by rounding at most, and are left out.
        """
        return fingerprint(
            scorer=type(self).__qualname__,
            version=VERSION,
            weights=self._weights,
            instruction=self.instruction.around("{}"),
            **self.settings(),
        )

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The base model's vocabulary, read once."""
        return Vocabulary(self.base.locate(TOKENIZER))

    @cached_property
    def wording(self) -> Wording:
        """What is read around the picture."""
        return Wording(self.vocabulary, self.instruction, system=self.system)

    @cached_property
    def network(self) -> RewardNetwork:
        """The network where it computes. Scorers that differ in their instruction share it.

        Raises:
            MissingWeights: its files are not here.
            BadInput: they are not those of this reward.
        """
        key = fingerprint(scorer=type(self).__qualname__, weights=self._weights, on=self.device)
        with _LOADING:
            network = _LOADED.get(key)
            if network is None:
                network = _LOADED[key] = self._load()
        return network

    @property
    def prepare(self) -> Sight:
        """What is done to a picture before the network (`contracts.Prepares`)."""
        return self.sight

    def known(self, images: Sequence[Image]) -> list[bool]:
        """None: what a network keeps of a picture is too large to be stored."""
        return [False] * len(images)

    def tokens(self, prompts: Sequence[str]) -> IntArray:
        """Tokens of each prompt; all of them are read."""
        return self.vocabulary.count(prompts)

    def score(self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray) -> FloatArray:
        """The mu of `pairs`. Each picture is read once; prompts do not see each other.

        Raises:
            MissingWeights: the model's files are not here.
            BadInput: they are not those of this reward.
            OutOfMemory: not even one picture with one prompt fits.
        """
        return np.ascontiguousarray(self.distributions(images, prompts, pairs)[:, 0])

    def distributions(
        self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray
    ) -> FloatArray:
        """What the reward is sure of: mu and sigma of `pairs`, ``(n, 2)``.

        In training, the score of a picture is drawn from a normal distribution of mean mu and
        standard deviation sigma (HPSv3, section 3.2). The network gives the logarithm of sigma.
        """
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        if len(pairs) == 0:
            return np.empty((0, 2), dtype=np.float32)
        asked, place = np.unique(pairs, axis=0, return_inverse=True)
        texts = {prompt: self.wording.after(prompts[prompt]) for prompt in np.unique(asked[:, 1])}
        _ = self.network  # read before inference begins: its tensors are then ordinary ones
        outputs = np.empty((len(asked), 2), dtype=np.float32)
        with faithful():
            for image in np.unique(asked[:, 0]):
                rows = np.flatnonzero(asked[:, 0] == image)
                read = [texts[prompt] for prompt in asked[rows, 1]]
                outputs[rows] = self._outputs(images[image], read)
        outputs[:, 1] = np.exp(outputs[:, 1])
        return outputs[place.reshape(-1)]

    def _outputs(self, image: Image, texts: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The mu and log sigma of one picture under several prompts."""
        from widespectrum.scorers.hpsv3.passes import read_prompts

        # A list of one, so that there is one way in which memory that runs out is reported.
        prefixes: list[Prefix] = list(in_batches([image], 1, self._prefixes))
        return in_batches(
            texts,
            self.batch,
            lambda some: self.outputs(read_prompts(self.network, prefixes[0], some)).cpu().numpy(),
            fill=False,
        )

    def _prefixes(self, images: Sequence[Image]) -> NDArray[Any]:
        import torch

        from widespectrum.scorers.hpsv3.passes import read_picture

        read = np.empty(len(images), dtype=object)
        for row, image in enumerate(images):
            patches, grid = self.sight.cut(prepared(image, self.prepare))
            read[row] = read_picture(
                self.network,
                torch.from_numpy(patches).to(device_of(self.device), dtype_of(self.dtype)),
                grid,
                self.wording.before,
                self.vocabulary.control(PATCHES),
                self.wording.shared,
            )
        return read

    def _load(self) -> RewardNetwork:
        from widespectrum.scorers.hpsv3.architecture import base_config
        from widespectrum.scorers.hpsv3.networks import build, rows_of

        kind = self.network_class()
        device = device_of(self.device)
        file = locate_file(self.entry, self._file, path=self.path)
        tensors = self.read_checkpoint(file)
        rows = rows_of(tensors, kind, file)
        config = base_config(self.base.locate(CONFIG), self.model_type, rows, self.sight)
        self._refuse_another_vocabulary(config, rows, file)
        return build(kind, config, tensors, file, dtype_of(self.dtype)).to(device)

    def _refuse_another_vocabulary(self, config: Any, rows: int, file: Path) -> None:
        """The reward's token has the last row, and the picture's the number that is configured."""
        if len(self.vocabulary) != rows:
            raise BadInput(
                f"has {rows} rows in its embedding, and the vocabulary {self.vocabulary.file} has "
                f"{len(self.vocabulary)} tokens with the reward's own",
                "Name the vocabulary of the base model that this reward was made from.",
                file=file,
            )
        if self.vocabulary.control(PATCHES) != config.image_token_id:
            raise BadInput(
                f"says {config.image_token_id} is the picture's token, and the vocabulary "
                f"{self.vocabulary.control(PATCHES)}",
                "Take both files from one repository.",
                file=self.base.locate(CONFIG),
                field="image_token_id",
            )

    @property
    def _file(self) -> str:
        assert self.entry.file is not None, "the catalog names the checkpoint's file"
        return self.entry.file

    @cached_property
    def _weights(self) -> dict[str, str]:
        """Identity of everything that the network and its vocabulary are made from."""
        return {
            "weights": file_identity(self.entry, self._file, path=self.path),
            "dtype": self.dtype,
            **self.base.identities(),
        }


_LOADED: weakref.WeakValueDictionary[str, RewardNetwork] = weakref.WeakValueDictionary()
"""Networks that a scorer of this process holds: several instructions, one set of weights."""
_LOADING = threading.Lock()

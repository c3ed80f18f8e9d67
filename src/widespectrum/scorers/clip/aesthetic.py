"""LAION's aesthetic predictors: one number for a picture, whatever the prompt says.

Both are trained heads on the image tower of CLIP-L. The first is one linear layer, and so, in
effect, is the second: its five layers have no activation between them, and collapse into one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.catalog.loading import shipped_registry
from widespectrum.checkpoints import file_identity, from_repository, locate_file, read_tensors
from widespectrum.errors import BadInput
from widespectrum.scorers.callables import count_words
from widespectrum.scorers.catalog import scorer_facts
from widespectrum.scorers.clip.architectures import read_architecture
from widespectrum.scorers.clip.preprocessing import Preprocessing
from widespectrum.scorers.clip.towers import ClipTowers

if TYPE_CHECKING:
    from torch import Tensor

    from widespectrum.contracts import FloatArray, Image, IntArray

LAYERS = tuple(f"layers.{place}" for place in (0, 2, 4, 6, 7))
"""The linear layers of the second predictor; between them only dropout, which rests here."""


@dataclass(frozen=True)
class Head:
    """``weights · vector + bias``, in double precision."""

    weights: NDArray[np.float64]
    bias: float

    def __call__(self, vectors: FloatArray) -> FloatArray:
        """Scores of ``(n, embedding)`` unit vectors, ``(n,)``."""
        return (vectors.astype(np.float64) @ self.weights + self.bias).astype(np.float32)


def collapse(tensors: Mapping[str, Tensor], *, who: str, file: Path) -> Head:
    """The head in a checkpoint as one affine map.

    Raises:
        BadInput: it is another network, or its numbers are not finite.
    """
    layers = _layers(tensors)
    if layers is None:
        raise BadInput(
            f"is no head of {who}: it holds {', '.join(sorted(tensors)[:4])} ...",
            "Take the linear ones; the variant with ReLU is another network.",
            file=file,
        )
    weights: NDArray[np.float64] | None = None
    bias = np.zeros(0)
    for weight, offset in layers:
        if weight.ndim != 2 or (weights is not None and weight.shape[1] != len(weights)):
            raise BadInput(f"is no head of {who}: its layers do not fit", _AGAIN, file=file)
        bias = offset if weights is None else weight @ bias + offset
        weights = weight if weights is None else weight @ weights
    assert weights is not None
    if weights.shape[0] != 1 or bias.shape != (1,):
        raise BadInput(f"is no head of {who}: it ends in {len(weights)} numbers", _AGAIN, file=file)
    if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
        raise BadInput("holds numbers that are not finite", _AGAIN, file=file)
    return Head(weights[0], float(bias[0]))


class AestheticPredictor:
    """An affine map of the unit vector that CLIP-L gives to a picture. It never reads the prompt.

    Args:
        entry: the catalog entry.
        path: the head's file, as its authors publish it, or its folder.
        clip: your own copy of CLIP-L's weights, file or folder; by default the catalog's.
        revision: the commit of CLIP-L's hub repository.
        architecture: of the CLIP; as for `DualEncoder`.
        rule: what is done to a picture; as for `DualEncoder`.
        device: as for `DualEncoder`.
        dtype: as for `DualEncoder`.
        batch_size: as for `DualEncoder`.

    Raises:
        BadInput: a setting is none of the above.
    """

    def __init__(
        self,
        entry: ModelEntry,
        *,
        path: str | None = None,
        clip: str | None = None,
        revision: str | None = None,
        architecture: str = "ViT-L/14",
        rule: str = "openai",
        device: str = "auto",
        dtype: str = "float32",
        batch_size: int = 32,
    ) -> None:
        self.name = entry.name
        self.facts = scorer_facts(entry)
        network = read_architecture(architecture)
        self._entry, self._path = entry, path
        self.prepare = Preprocessing(rule, size=network.image_size)
        clip_entry = shipped_registry("scorer").entries[_TOWER]
        self._towers = ClipTowers(
            from_repository(clip_entry, revision=revision),
            network,
            path=clip,
            device=device,
            dtype=dtype,
            batch_size=batch_size,
        )

    def __repr__(self) -> str:
        return f"<scorer {self.name}>"

    @cached_property
    def fingerprint(self) -> str:
        """Identity of head, tower and rule.

        Raises:
            MissingWeights: the head or the tower's weights are not here.
        """
        return fingerprint(
            scorer="aesthetic predictor",
            head=file_identity(self._entry, self._file, path=self._path),
            network=self._towers.identity,
            rule=asdict(self.prepare),
        )

    def tokens(self, prompts: Sequence[str]) -> IntArray:
        """Words of each prompt; none of them is read."""
        return count_words(prompts)

    def known(self, images: Sequence[Image]) -> list[bool]:
        """Whose encodings are kept already (`widespectrum.contracts.Prepares`)."""
        return self._towers.known_images(images, self.prepare)

    def score(self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray) -> FloatArray:
        """The rating of each pair's picture; every picture is encoded once.

        Raises:
            MissingWeights: the head or the tower's weights are not here.
            BadInput: they are damaged, or of another model.
            OutOfMemory: not even one picture fits.
        """
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        if len(pairs) == 0:
            return np.empty(0, dtype=np.float32)
        wanted, image_of = np.unique(pairs[:, 0], return_inverse=True)
        seen = self._towers.encode_images([images[i] for i in wanted], self.prepare)
        if seen.shape[1] != len(self._head.weights):
            raise BadInput(
                f"rates vectors of {len(self._head.weights)} numbers, and the tower gives "
                f"{seen.shape[1]}",
                "Take a head and a CLIP that belong together.",
                file=self._path,
            )
        return self._head(seen)[image_of]

    @cached_property
    def _head(self) -> Head:
        file = locate_file(self._entry, self._file, path=self._path)
        tensors = read_tensors(file, rehost=self._entry.rehost)
        return collapse(tensors, who=self._entry.name.partition("@")[0], file=file)

    @property
    def _file(self) -> str:
        assert self._entry.file is not None, "the catalog names the head's file"
        return self._entry.file


_AGAIN = "Download it again."
_TOWER = "clip-l"


def _layers(
    tensors: Mapping[str, Tensor],
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]] | None:
    """Weight and bias of each linear layer, in order; ``None`` if the names are not a head's."""
    for places in (("",), tuple(f"{layer}." for layer in LAYERS)):
        if set(tensors) == {f"{place}{part}" for place in places for part in ("weight", "bias")}:
            return [
                (
                    tensors[f"{place}weight"].double().numpy(),
                    tensors[f"{place}bias"].double().numpy(),
                )
                for place in places
            ]
    return None

"""``bonsai-judge`` as a judge of the ordinary contract.

Its world is closed: it was trained on pictures of Bonsai's world and on what that world knows of
them, and rates the eleven dimensions that the world draws. A photograph gets ratings; they mean
nothing.

No torch is imported, and no weights are read, before the first rating.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from widespectrum.bonsai.models.scorers import BATCH, PRECISIONS, as_bytes
from widespectrum.bonsai.models.weights import (
    VERSION,
    digest,
    find_weights,
    load_rater,
    read_header,
)
from widespectrum.bonsai.world import DIMENSION_ATTRIBUTES
from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.encodings import BatchSize, in_batches
from widespectrum.errors import BadInput, UnknownName

if TYPE_CHECKING:
    from widespectrum.bonsai.models.rater import Rater
    from widespectrum.contracts import FloatArray, Image


class BonsaiJudge:
    """Probabilities of low, neutral and high for the dimensions of Bonsai's world.

    A rating is the mean of what the network says of a picture and of its mirror image: left and
    right mean nothing to any dimension. Pictures are rated in batches of one fixed size, so a
    rating depends neither on its neighbours nor on their number. Pictures of another size than
    64 x 64 are resized to it.

    Args:
        entry: the catalog entry, with the name.
        weights: a shipped model's name, or the path of a ``.safetensors`` file.
        precision: ``float32``, or ``bfloat16`` where the processor computes in it.
        threads: processor threads; 0 leaves torch's own choice. A setting of the whole process.

    Raises:
        MissingWeights: there is no such weight file.
        BadInput: a setting is none of the above, or the file is not a weight file of Bonsai.
    """

    dimensions: tuple[str, ...] = tuple(DIMENSION_ATTRIBUTES)
    """What it rates, in the order of its columns."""
    closed_world = True
    """Of pictures from elsewhere it knows nothing."""

    def __init__(
        self, entry: ModelEntry, *, weights: str, precision: str = "float32", threads: int = 0
    ) -> None:
        self.name = entry.name
        if precision not in PRECISIONS:
            raise BadInput(f"is {precision!r}", "Give float32 or bfloat16.", field="precision")
        if isinstance(threads, bool) or not isinstance(threads, int) or not 0 <= threads <= 1024:
            raise BadInput(f"is {threads!r}", "Give 0 or a number of threads.", field="threads")
        self.precision, self.threads = precision, threads
        self.weights = find_weights(weights)
        self._image_size = read_header(self.weights).shape.get("image_size", 64)
        self._network: Rater | None = None
        self._batch = BatchSize(BATCH)
        # `threads` is left out: it changes a rating by rounding at most.
        self.fingerprint = fingerprint(
            judge=type(self).__qualname__,
            weights=digest(self.weights),
            dimensions=list(self.dimensions),
            version=VERSION,
            precision=precision,
            batch=BATCH,
            mirrored=True,
        )

    def __repr__(self) -> str:
        return f"<judge {self.name}>"

    def rate(self, images: Sequence[Image], dimensions: Sequence[str]) -> FloatArray:
        """Probabilities of low, neutral and high, ``(n_images, n_dimensions, 3)``.

        Raises:
            UnknownName: the world has no such dimension.
        """
        columns = [self._column(each) for each in dimensions]
        if not len(images) or not columns:
            return np.empty((len(images), len(columns), 3), dtype=np.float32)
        pixels = as_bytes(images, self._image_size)
        rated: FloatArray = in_batches(pixels, self._batch, self._forward)[:, columns]
        return rated

    def _column(self, dimension: str) -> int:
        if dimension not in self.dimensions:
            raise UnknownName(
                f"Bonsai's world has no dimension {dimension!r}",
                f"It has {', '.join(self.dimensions)}.",
            )
        return self.dimensions.index(dimension)

    def _forward(self, pixels: Any) -> Any:
        import torch

        from widespectrum.bonsai.models.encoder import to_pixels

        if self.threads:
            torch.set_num_threads(self.threads)
        if self._network is None:
            self._network = load_rater(self.weights, self.dimensions)
        low = self.precision == "bfloat16"
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=low):
            seen = to_pixels(torch.from_numpy(pixels))
            logits = torch.stack([self._network(seen), self._network(seen.flip(-1))])
            return logits.float().softmax(dim=-1).mean(dim=0).numpy()

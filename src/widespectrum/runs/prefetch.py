"""Have the images of the next batch decoded while a model works on this one.

Never more than two batches of images are in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from widespectrum.contracts import Image

Batch = TypeVar("Batch")


def prefetched(
    start: Callable[[Sequence[str]], Mapping[str, Future[Image | Exception]]],
    batches: Iterable[Batch],
    images_of: Callable[[Batch], Iterable[str]],
) -> Generator[tuple[Batch, Mapping[str, Image | Exception]], None, None]:
    """Each batch with its images, begun one batch ahead.

    An image that neighbouring batches share is opened once.

    Args:
        start: begins to open images of these sha256 (`widespectrum.runs.pictures.Pictures.start`).
        batches: what to work on; the iterable is read one batch ahead.
        images_of: the sha256 of the images that a batch needs.

    Yields:
        The batch, and sha256 -> RGB image, or the error that opening it raised.
    """
    held: dict[str, Future[Image | Exception]] = {}
    waiting: Batch | None = None
    for batch in batches:
        needed = dict.fromkeys(images_of(batch))
        begun = start([image for image in needed if image not in held])
        ahead = {image: held.get(image) or begun[image] for image in needed}
        if waiting is not None:
            yield waiting, {image: future.result() for image, future in held.items()}
        waiting, held = batch, ahead
    if waiting is not None:
        yield waiting, {image: future.result() for image, future in held.items()}

"""Decode the images of the next batch while a model works on this one.

Models release the interpreter lock while they compute, and so does the PNG decoder, so decoding in
threads costs the model next to nothing. Never more than two batches of images are in memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from widespectrum.contracts import Image
    from widespectrum.images import ImageStore

THREADS = min(4, os.cpu_count() or 1)

Batch = TypeVar("Batch")


def prefetched(
    store: ImageStore, batches: Iterable[Batch], images_of: Callable[[Batch], Iterable[str]]
) -> Generator[tuple[Batch, Mapping[str, Image | Exception]], None, None]:
    """Each batch with its images, decoded one batch ahead.

    An image that neighbouring batches share is decoded once.

    Args:
        store: where the images are.
        batches: what to work on; the iterable is read one batch ahead.
        images_of: the sha256 of the images that a batch needs.

    Yields:
        The batch, and sha256 -> RGB image, or the error that opening it raised.
    """
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="decode")
    try:
        held: dict[str, Future[Image | Exception]] = {}
        waiting: Batch | None = None
        for batch in batches:
            ahead = {
                image: held.get(image) or pool.submit(_opened, store, image)
                for image in images_of(batch)
            }
            if waiting is not None:
                yield waiting, {image: future.result() for image, future in held.items()}
            waiting, held = batch, ahead
        if waiting is not None:
            yield waiting, {image: future.result() for image, future in held.items()}
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _opened(store: ImageStore, image: str) -> Image | Exception:
    try:
        return store.open(image)
    except Exception as error:  # a value here; becomes a row of failures
        return error

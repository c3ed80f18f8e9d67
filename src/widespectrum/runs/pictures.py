"""The pictures that a model is shown: decoded for it, or prepared as it says, by workers.

Workers are threads: Pillow decodes and resizes without the interpreter lock, so they are as fast as
processes, and hand over their results for nothing (benchmarks/README.md has the figures). Processes
do that work where they are asked for: on machines of very many cores, say.

Pixels that several scorers of one plan prepare alike are prepared for the first of them, kept in
the run folder, and removed when the work is done.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from numpy.typing import NDArray

from widespectrum.contracts import Prepares
from widespectrum.encodings import EncodingStore
from widespectrum.images import StoredImage, load_image

if TYPE_CHECKING:
    from widespectrum.contracts import Image
    from widespectrum.images import ImageStore
    from widespectrum.runs.plan import Plan

THREADS = min(4, os.cpu_count() or 1)
MOST_PIXELS = 8 << 30
"""Bytes of prepared pixels that are kept for the next scorer; what is more is prepared again."""
_FOLDER = ".pixels"

Prepare: TypeAlias = "Callable[[Image], NDArray[Any]]"


@dataclass(frozen=True)
class Workshop:
    """What the pictures of all models of one plan have in common."""

    processes: Executor | None = None
    """Who decodes and prepares; ``None``: the threads themselves."""
    hands: int = THREADS
    """Pictures that are worked on at once."""
    pixels: EncodingStore | None = None
    """Where prepared pixels are kept while other scorers may want them."""
    wanted_again: frozenset[Hashable] = frozenset()
    """What several scorers do alike (their `prepare`)."""

    def pixels_of(self, image: StoredImage, prepare: Prepare) -> NDArray[Any]:
        """``prepare(image)``, unless somebody did that before."""

        def make() -> NDArray[Any]:
            if self.processes is None:
                return prepare(load_image(image.path))
            return self.processes.submit(prepare_file, str(image.path), prepare).result()

        if self.pixels is None or prepare not in self.wanted_again:
            return make()
        row: NDArray[Any] = self.pixels.through(
            f"pixels/{prepare!r}", [image.digest], lambda _: make()[None]
        )[0]
        return row


def prepare_file(path: str, prepare: Prepare) -> NDArray[Any]:
    """Decode a file and prepare it: what a worker process does."""
    return prepare(load_image(Path(path)))


@contextmanager
def workshop(folder: Path, plan: Plan, processes: int = 0) -> Iterator[Workshop]:
    """The workshop of a plan that is worked in the run folder `folder`.

    Args:
        folder: of the run.
        plan: whose scorers may prepare alike.
        processes: how many worker processes decode and prepare; 0: none, threads do.
    """
    stated = Counter(
        work.scorer.prepare for work in plan.scores if isinstance(work.scorer, Prepares)
    )
    again = frozenset(prepare for prepare, scorers in stated.items() if scorers > 1)
    pixels = EncodingStore(folder / _FOLDER, limit=MOST_PIXELS)
    # Not forked: a fork would copy locks that threads of torch may hold.
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn")) if processes else None
    try:
        yield Workshop(pool, max(THREADS, processes), pixels if again else None, again)
    finally:
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)
        pixels.clear()
        with suppress(OSError):  # there is none, or another worker is still at work in it
            pixels.folder.rmdir()


class Pictures:
    """Starts the workers for one model; used as ``with Pictures(...) as pictures``.

    Args:
        store: where the images are.
        model: who looks at them. If it `Prepares`, it gets pictures that are prepared, or that are
            not even decoded where it knows them; else they are decoded.
        workshop: what it shares with other models.
    """

    def __init__(
        self, store: ImageStore, model: object = None, workshop: Workshop | None = None
    ) -> None:
        self._store = store
        self._preparing = model if isinstance(model, Prepares) else None
        self._workshop = workshop or Workshop()
        self._threads = ThreadPoolExecutor(self._workshop.hands, thread_name_prefix="decode")

    def __enter__(self) -> Pictures:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def start(self, names: Sequence[str]) -> Mapping[str, Future[Image | Exception]]:
        """Start opening the images of these sha256.

        Returns:
            For each its future RGB image, or the error that opening it raised, as a value.
        """
        if self._preparing is None:
            return {name: self._threads.submit(_value, self._store.open, name) for name in names}
        looked = {name: _value(self._store.look, name) for name in names}
        images = [image for image in looked.values() if isinstance(image, StoredImage)]
        ready = dict(zip(map(id, images), self._preparing.known(images), strict=True))
        return {
            name: self._threads.submit(_value, self._prepared, image)
            if isinstance(image, StoredImage) and not ready[id(image)]
            else _done(image)
            for name, image in looked.items()
        }

    def _prepared(self, image: StoredImage) -> StoredImage:
        assert self._preparing is not None
        prepare = self._preparing.prepare
        image.prepared[prepare] = self._workshop.pixels_of(image, prepare)
        return image


def _value(make: Callable[[Any], Image], of: Any) -> Image | Exception:
    try:
        return make(of)
    except Exception as error:  # a value here; becomes a row of failures
        return error


def _done(image: Image | Exception) -> Future[Image | Exception]:
    future: Future[Image | Exception] = Future()
    future.set_result(image)
    return future

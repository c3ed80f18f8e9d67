"""Jobs in, pictures out, as they are done: batches, second chances, and work that overlaps.

Jobs whose calls have the same settings are painted together. While a batch is painted, the pictures
of the one before are decoded, fetched from the device and converted by another thread. A batch that
fails is painted one by one, so that only the guilty request fails. When memory runs out, decoding
and painting no longer overlap; when it still does, batches are halved.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from widespectrum.contracts import Failure
from widespectrum.encodings import is_out_of_memory
from widespectrum.generators.diffusers.calling import Caller, Job, Rendered
from widespectrum.generators.diffusers.decoding import PutOff
from widespectrum.generators.diffusers.outcomes import failed, outcomes
from widespectrum.generators.diffusers.quiet import quiet
from widespectrum.generators.diffusers.recording import Recorder, finished
from widespectrum.images import with_record

if TYPE_CHECKING:
    from widespectrum.contracts import Image

Answer = tuple[int, "Image | Failure"]


@dataclass(frozen=True)
class _Finishing:
    """A batch that another thread finishes."""

    jobs: Sequence[Job]
    answers: Future[list[Answer] | None]
    """``None``: there was not enough memory to decode it while another one was painted."""


class Painter:
    """One loaded pipeline at work.

    Args:
        caller: who calls it.
        recorder: who writes down how each picture came about.
        batch: the most pictures per call.
    """

    def __init__(self, caller: Caller, recorder: Recorder, batch: int) -> None:
        self.caller, self.recorder = caller, recorder
        self.batch = min(batch, caller.recipe.max_batch or batch)

    def paint(self, jobs: Sequence[Job]) -> Iterator[Answer]:
        """Number and picture, or `Failure`, of every job, in the order in which they are done."""
        waiting = deque(self._batches(jobs))
        at_work: _Finishing | None = None
        with ThreadPoolExecutor(1, thread_name_prefix="finish") as pool:
            while waiting:
                together = waiting.popleft()
                if len(together) > self.batch:
                    waiting.extendleft(reversed(_cut(together, self.batch)))
                    continue
                rendered = self._try(together, waiting)
                before, at_work = at_work, None
                if isinstance(rendered, tuple):
                    at_work = _Finishing(together, pool.submit(self._finish, together, *rendered))
                # After a failure, too: what is tried again has the memory for itself.
                yield from self._finished(before, waiting)
                if isinstance(rendered, Failure):
                    yield together[0].number, rendered
                if not waiting:
                    before, at_work = at_work, None
                    yield from self._finished(before, waiting)

    def _finished(
        self, batch: _Finishing | None, waiting: deque[Sequence[Job]]
    ) -> Iterator[Answer]:
        """The answers of a batch, once they are there; if memory ran out it is painted again."""
        answers = [] if batch is None else batch.answers.result()
        if answers is not None:
            yield from answers
            return
        assert batch is not None
        self.caller.apart = False
        _free()
        waiting.appendleft(batch.jobs)

    def _batches(self, jobs: Sequence[Job]) -> list[Sequence[Job]]:
        """Jobs of equal settings together, in the order in which their settings first appear."""
        alike: dict[Any, list[Job]] = {}
        for job in jobs:
            alike.setdefault(self.caller.key(job), []).append(job)
        return [batch for group in alike.values() for batch in _cut(group, self.batch)]

    def _try(
        self, jobs: Sequence[Job], waiting: deque[Sequence[Job]]
    ) -> tuple[Rendered, list[dict[str, Any]], float] | Failure | None:
        """Paint a batch. If that fails it goes back to those waiting, in parts, or is a failure."""
        began = time.perf_counter()
        try:
            with own_randomness(jobs[0].seed), quiet(), exactly():
                rendered = self.caller.call(jobs)
            # Here and not in the other thread: tokenizers must not be shared by two.
            return rendered, self.recorder.records(jobs, rendered.pipeline), began
        except Exception as error:
            wrong = error.with_traceback(None)  # whose frames would keep the batch in memory
        memory = is_out_of_memory(wrong)
        if memory:
            _free()
            if self.caller.apart:
                self.caller.apart = False
                waiting.appendleft(jobs)
                return None
        if len(jobs) == 1:
            return failed(wrong, self.caller.recipe.explains)
        if memory:
            self.batch = max(len(jobs) // 2, 1)
        waiting.extendleft(reversed(_cut(jobs, self.batch if memory else 1)))
        return None

    @staticmethod
    def _finish(
        jobs: Sequence[Job], rendered: Rendered, records: Sequence[dict[str, Any]], began: float
    ) -> list[Answer] | None:
        """Decode, fetch and convert: what another thread does while the next batch is painted."""
        try:
            with exactly():
                made = rendered.pixels.through(lambda pixels: outcomes(pixels, rendered.flagged))
        except Exception as error:  # the device tells of an error when its answer is fetched
            if is_out_of_memory(error) and isinstance(rendered.pixels, PutOff):
                return None
            return [(job.number, failed(error)) for job in jobs]
        seconds = (time.perf_counter() - began) / len(jobs)
        return [
            (job.number, outcome)
            if isinstance(outcome, Failure)
            else (job.number, with_record(outcome, finished(record, seconds)))
            for job, outcome, record in zip(jobs, made, records, strict=True)
        ]


@contextmanager
def own_randomness(seed: int) -> Iterator[None]:
    """What a pipeline draws from torch's global source follows from `seed`.

    The state of that source is put back afterwards: some pipelines reset it.
    """
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


@contextmanager
def exactly() -> Iterator[None]:
    """Without gradients, and with the same convolutions every time."""
    import torch

    # Not inference mode: tensors made in it cannot be moved about by offloading.
    with torch.no_grad(), _SWITCHES:
        yield


class _Switches:
    """Settings of the whole process, which two threads need: the last one puts them back."""

    def __init__(self) -> None:
        self._lock, self._users, self._before = threading.Lock(), 0, ExitStack()

    def __enter__(self) -> None:
        from torch.backends import cudnn

        with self._lock:
            self._users += 1
            if self._users == 1:
                self._before.enter_context(
                    cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False)
                )

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._before.close()


_SWITCHES = _Switches()


def _cut(jobs: Sequence[Job], size: int) -> list[Sequence[Job]]:
    return [jobs[at : at + size] for at in range(0, len(jobs), size)]


def _free() -> None:
    """Give back what the failed batch held."""
    import gc

    import torch

    if torch.cuda.is_available():
        gc.collect()
        torch.cuda.empty_cache()

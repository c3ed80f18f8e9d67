"""Jobs in, pictures out, as they are done: batches, second chances, and work that overlaps.

Jobs whose calls have the same settings are painted together. While a batch is painted, the pictures
of the one before are fetched from the device and converted by another thread. A batch that fails is
painted one by one, so that only the guilty request fails; when memory runs out, it is halved.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from widespectrum.contracts import Failure
from widespectrum.encodings import is_out_of_memory
from widespectrum.generators.diffusers.calling import Caller, Job, Rendered
from widespectrum.generators.diffusers.outcomes import failed, outcomes
from widespectrum.generators.diffusers.quiet import quiet
from widespectrum.generators.diffusers.recording import Recorder, finished
from widespectrum.images import with_record

if TYPE_CHECKING:
    from widespectrum.contracts import Image

Answer = tuple[int, "Image | Failure"]


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
        finished: Future[list[Answer]] | None = None
        with ThreadPoolExecutor(1, thread_name_prefix="finish") as pool:
            while waiting:
                together = waiting.popleft()
                if len(together) > self.batch:
                    waiting.extendleft(reversed(_cut(together, self.batch)))
                    continue
                rendered = self._try(together, waiting)
                if isinstance(rendered, Failure):
                    yield together[0].number, rendered
                elif rendered is not None:
                    before, finished = finished, pool.submit(self._finish, together, *rendered)
                    if before is not None:
                        yield from before.result()
            if finished is not None:
                yield from finished.result()

    def _batches(self, jobs: Sequence[Job]) -> list[Sequence[Job]]:
        """Jobs of equal settings together, in the order in which their settings first appear."""
        alike: dict[Any, list[Job]] = {}
        for job in jobs:
            alike.setdefault(job.key, []).append(job)
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
        if len(jobs) == 1:
            return failed(wrong)
        if memory:
            self.batch = max(len(jobs) // 2, 1)
        waiting.extendleft(reversed(_cut(jobs, self.batch if memory else 1)))
        return None

    @staticmethod
    def _finish(
        jobs: Sequence[Job], rendered: Rendered, records: Sequence[dict[str, Any]], began: float
    ) -> list[Answer]:
        """Fetch and convert: what another thread does while the next batch is painted."""
        try:
            made = outcomes(rendered.pixels, rendered.flagged)
        except Exception as error:  # the device tells of an error when its answer is fetched
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
    with (
        torch.no_grad(),
        torch.backends.cudnn.flags(
            enabled=True, benchmark=False, deterministic=True, allow_tf32=False
        ),
    ):
        yield


def _cut(jobs: Sequence[Job], size: int) -> list[Sequence[Job]]:
    return [jobs[at : at + size] for at in range(0, len(jobs), size)]


def _free() -> None:
    """Give back what the failed batch held."""
    import gc

    import torch

    if torch.cuda.is_available():
        gc.collect()
        torch.cuda.empty_cache()

"""The engine: do what a plan wants and a run does not have yet.

It decides what is missing, in which order it is done and when it is stored; asking the models is
left to `widespectrum.runs.local`. Images come first, since everything else speaks about them.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from widespectrum.contracts import Scorer
from widespectrum.errors import BadInput
from widespectrum.runs.assignment import Assignment, assign, image_names, refuse_unplanned_images
from widespectrum.runs.failures import Failed, failure_rows
from widespectrum.runs.local import answers
from widespectrum.runs.pictures import Workshop, workshop
from widespectrum.runs.plan import Model, Plan, model_of, stage_of
from widespectrum.runs.run import Run
from widespectrum.runs.schemas import SCHEMAS, STAGES
from widespectrum.runs.shards import has_shard, remove_stale_temporaries, write_shard
from widespectrum.runs.units import Unit, unit_key


@dataclass(frozen=True)
class Progress:
    """How far one model is with one stage. Counts are of requests, each distinct one once."""

    stage: str
    """images, scores, ratings or choices."""
    model: str
    unit: str | None
    """Key of the unit just stored; None in the first record of a model, before any work."""
    done: int
    """Requests that are settled: answered or failed, now or earlier."""
    total: int
    failed: int
    """Of those done, how many have no answer."""
    seconds: float
    """Spent on this model by this call."""


def work(
    run: Run,
    plan: Plan,
    *,
    retry_failed: bool = False,
    attempts: int = 3,
    processes: int = 0,
) -> Iterator[Progress]:
    """Do the part of `plan` that `run` does not have yet.

    A generator: nothing happens until it is iterated, and the caller draws the progress::

        for progress in work(run, plan):
            print(progress.stage, progress.model, f"{progress.done}/{progress.total}")

    It may be stopped or killed at any moment; the next call goes on where this one was. A model
    with nothing left to do is not called, so its weights are not loaded.

    Args:
        run: where results are and go.
        plan: what must exist.
        retry_failed: ask again what failed in earlier calls.
        attempts: how often a request is tried that raises an error even when it is asked alone.
        processes: how many worker processes decode and resize pictures for the scorers that let
            them (`widespectrum.contracts.Prepares`); 0: threads do.

    Yields:
        For each model one record before it starts and one after each stored unit.

    Raises:
        BadInput: the plan names an image that is neither planned nor in the run, or a shard is
            damaged.
        ForeignRun: the run holds another image under a planned pair and variant.
        InvalidResult: a model broke its contract for a whole batch, or answers nothing at all.
        StorageFailed: the disk refused.
        In every case what was stored before is kept.
    """
    if attempts < 1:
        raise BadInput(f"is {attempts}", "Try at least once.", field="attempts")
    with workshop(run.path, plan, processes) as shop:
        yield from _work(run, plan, retry_failed, attempts, shop)
    _record_branches(run)


def _record_branches(run: Run) -> None:
    """Which commits were used of repositories that nobody had pinned."""
    # Asked only if something loaded it: a run without models of the hub needs no part of it.
    if (hub := sys.modules.get("widespectrum.checkpoints.hub")) and (
        found := hub.resolved_branches()
    ):
        run.record(not_pinned=found)


def _work(
    run: Run, plan: Plan, retry_failed: bool, attempts: int, shop: Workshop
) -> Iterator[Progress]:
    """Stage after stage, model after model."""
    images = run.stored("images")
    refuse_unplanned_images(plan, image_names(images))
    for table in SCHEMAS:
        remove_stale_temporaries(run.folder(table))
    started = False
    for stage in STAGES:
        works = [item for item in plan.works if stage_of(item) == stage]
        if not works:
            continue
        if stage != "images":
            images = run.stored("images")
        names = image_names(images)
        results = images if stage == "images" else run.stored(stage)
        failures = run.stored("failures")
        for item in works:
            assignment = assign(
                item, table=results, failures=failures, images=names, retry_failed=retry_failed
            )
            if assignment.units and not started:
                run.record_execution()
                started = True
            _record_model(run, stage, model_of(item))
            yield from _do(run, assignment, attempts, shop)
    if started:
        run.sweep_failures()


def _do(run: Run, assignment: Assignment, attempts: int, shop: Workshop) -> Iterator[Progress]:
    """Work through one assignment, storing every unit as soon as it is answered."""
    start = time.monotonic()
    model, stage = model_of(assignment.work), stage_of(assignment.work)
    _store_missing(run, assignment)
    failed = assignment.failed + len(assignment.missing)
    done = assignment.answered + failed
    yield Progress(stage, model.name, None, done, assignment.total, failed, 0.0)

    elsewhere = 0

    def undone() -> Iterator[Unit]:
        nonlocal elsewhere
        for unit in assignment.units:
            if has_shard(run.folder(stage), unit.key):
                elsewhere += len(unit.requests)  # another worker has stored it since we began
            else:
                yield unit

    proven = assignment.answered > 0
    with closing(
        answers(
            assignment.work,
            undone(),
            run.images,
            attempts=attempts,
            proven=proven,
            workshop=shop,
        )
    ) as stream:
        for answer in stream:
            unit = answer.unit
            # Failures first: a unit counts as done once its shard is there.
            _store_failures(run, assignment, unit.key, answer.failed)
            if answer.rows.height:
                write_shard(run.folder(stage), unit.key, answer.rows)
            done += len(unit.requests)
            failed += len(answer.failed)
            seconds = time.monotonic() - start
            yield Progress(
                stage, model.name, unit.key, done + elsewhere, assignment.total, failed, seconds
            )
    if elsewhere:
        seconds = time.monotonic() - start
        yield Progress(stage, model.name, None, assignment.total, assignment.total, failed, seconds)


def _store_missing(run: Run, assignment: Assignment) -> None:
    """Note the requests whose image was not made, unless that is noted already."""
    new = [failed for failed in assignment.missing if failed.text not in assignment.attempts]
    fingerprint = model_of(assignment.work).fingerprint
    key = unit_key(fingerprint, [(failed.text,) for failed in new])
    _store_failures(run, assignment, key, new)


def _store_failures(run: Run, assignment: Assignment, unit: str, failed: Sequence[Failed]) -> None:
    if not failed:
        return
    model = model_of(assignment.work)
    rows = failure_rows(
        [_relative(item, run.path) for item in failed],
        unit=unit,
        stage=stage_of(assignment.work),
        model=model.name,
        fingerprint=model.fingerprint,
        earlier=assignment.attempts,
    )
    write_shard(run.folder("failures"), unit, rows)


def _relative(failed: Failed, folder: Path) -> Failed:
    """The failure without the place of the run: a shared folder need not say where it lay."""
    if not folder.is_absolute():
        return failed
    reason = failed.failure.reason.replace(f"{folder}{os.sep}", "")
    return replace(failed, failure=replace(failed.failure, reason=reason))


def _record_model(run: Run, stage: str, model: Model) -> None:
    """Note whose results the run holds, with what is known about the model."""
    entry: dict[str, Any] = {"fingerprint": model.fingerprint}
    if isinstance(model, Scorer):
        entry["facts"] = asdict(model.facts)
    run.record_model(stage, model.name, entry)

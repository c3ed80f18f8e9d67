"""What a plan will cost before anything is worked: for ``--dry-run``."""

from __future__ import annotations

from dataclasses import dataclass

from widespectrum.runs.assignment import (
    Assignment,
    assign,
    image_names,
    refuse_unplanned_images,
)
from widespectrum.runs.canonical import canonical_json
from widespectrum.runs.plan import ImageWork, Plan, model_of, stage_of
from widespectrum.runs.questions import questions_for
from widespectrum.runs.run import Run
from widespectrum.runs.schemas import STAGES, empty


@dataclass(frozen=True)
class WorkCost:
    """What one model still has to do. Counts are of distinct requests."""

    stage: str
    model: str
    total: int
    done: int
    """Answered already."""
    failed: int
    """Failed earlier, or in want of an image that failed; not tried again unless asked for."""
    left: int
    """To be asked."""
    units: int
    calls: int
    """Calls of the model: batches."""
    images: int
    """Images that will be passed to the model (or made by it), summed over its calls."""
    texts: int
    """Prompts or dimensions that will be passed to the model, summed over its calls."""


@dataclass(frozen=True)
class Cost:
    """What a plan still takes, model by model, in the order of work."""

    works: tuple[WorkCost, ...]

    def left(self, stage: str) -> int:
        """Requests that will be asked in one stage."""
        return sum(work.left for work in self.works if work.stage == stage)

    @property
    def units(self) -> int:
        """Work units that will be stored."""
        return sum(work.units for work in self.works)


def cost_of(plan: Plan, run: Run | None, *, retry_failed: bool = False) -> Cost:
    """The cost of `plan` in `run`, or from nothing if `run` is None.

    Images that are planned and not there yet are taken to be all different: sharing one image
    between pairs can only make it cheaper.
    """
    tables = {
        table: empty(table) if run is None else run.stored(table) for table in (*STAGES, "failures")
    }
    names = image_names(tables["images"])
    refuse_unplanned_images(plan, names)
    costs = []
    for work in plan.works:
        assignment = assign(
            work,
            table=tables[stage_of(work)],
            failures=tables["failures"],
            images=names,
            retry_failed=retry_failed,
        )
        if isinstance(work, ImageWork):
            asked = [request for unit in assignment.units for request in unit.requests]
            names |= {request.name: canonical_json(request.name) for request in asked}
        costs.append(_cost(assignment))
    return Cost(tuple(costs))


def _cost(assignment: Assignment) -> WorkCost:
    work = assignment.work
    left = sum(len(unit.requests) for unit in assignment.units)
    calls, images, texts = len(assignment.units), left, 0
    if not isinstance(work, ImageWork):
        questions = questions_for(work)
        batches = [
            batch
            for unit in assignment.units
            for batch in questions.batches(unit.requests, work.batch_size)
        ]
        calls = len(batches)
        images = sum(
            len({i for request in batch for i in questions.images_of(request)}) for batch in batches
        )
        texts = sum(len({request[-1] for request in batch}) for batch in batches)
    return WorkCost(
        stage=stage_of(work),
        model=model_of(work).name,
        total=assignment.total,
        done=assignment.answered,
        failed=assignment.failed + len(assignment.missing),
        left=left,
        units=len(assignment.units),
        calls=calls,
        images=images,
        texts=texts,
    )

"""What is left to do of one work: the plan's requests held against the run's tables.

Pure functions of the plan and the tables, so that a dry run and the engine cannot disagree.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from widespectrum.contracts import Failure
from widespectrum.errors import BadInput, ForeignRun
from widespectrum.runs.failures import Failed
from widespectrum.runs.plan import (
    ChoiceWork,
    ImageName,
    ImageWork,
    Plan,
    RatingWork,
    ScoreWork,
    Work,
    model_of,
    payload_json,
    stage_of,
    unit_size_of,
)
from widespectrum.runs.questions import chunks, questions_for
from widespectrum.runs.schemas import MISSING_PARTNER, SUBJECTS
from widespectrum.runs.units import Request, Unit, cut, subject_of


@dataclass(frozen=True)
class Assignment:
    """One work, and how far it is."""

    work: Work
    wanted: tuple[Request, ...]
    """Every distinct request, by content."""
    answered: int
    failed: int
    """Requests that failed earlier and are not to be tried again now."""
    missing: tuple[Failed, ...]
    """Requests that cannot be asked: an image that they need was not made."""
    units: tuple[Unit, ...]
    """What is left, in the order in which it is done."""
    attempts: Mapping[str, int] = field(default_factory=dict)
    """Attempts of earlier executions, by the subject of the failure."""

    @property
    def total(self) -> int:
        """All requests, settled or not."""
        return len(self.wanted) + len(self.missing)


def image_names(images: pl.DataFrame) -> dict[ImageName, str]:
    """(pair_id, variant) -> sha256 of the stored image."""
    return {
        (pair_id, variant): image
        for pair_id, variant, image in images.select("pair_id", "variant", "image").iter_rows()
    }


def assign(
    work: Work,
    *,
    table: pl.DataFrame,
    failures: pl.DataFrame,
    images: Mapping[ImageName, str],
    retry_failed: bool,
) -> Assignment:
    """Hold one work against the tables.

    Args:
        work: the work.
        table: all that the run has stored for the work's stage.
        failures: the failures that stand.
        images: which stored image each pair's variant is.
        retry_failed: whether requests that failed earlier are asked again.

    Raises:
        ForeignRun: the table holds another image under a planned pair and variant.
    """
    stage, model = stage_of(work), model_of(work)
    own = failures.filter((pl.col("stage") == stage) & (pl.col("fingerprint") == model.fingerprint))
    wanted, missing = _resolve(work, images)
    if isinstance(work, ImageWork):
        _refuse_other_images(table, work)
    subjects = list(SUBJECTS[stage])
    mine = table.filter(pl.col("fingerprint") == model.fingerprint)
    answered = set(mine.select(subjects).iter_rows())
    failed = {
        tuple(json.loads(text)[name] for name in subjects)
        for text in own.filter(pl.col("kind") != MISSING_PARTNER)["subject"]
    } - answered
    settled = answered if retry_failed else answered | failed
    asked = [subject_of(request) for request in wanted]
    return Assignment(
        work=work,
        wanted=wanted,
        answered=sum(subject in answered for subject in asked),
        failed=0 if retry_failed else sum(subject in failed for subject in asked),
        missing=missing,
        units=tuple(
            cut(
                _slices(work, wanted),
                lambda request: subject_of(request) not in settled,
                stage=stage,
                model=model.name,
                fingerprint=model.fingerprint,
            )
        ),
        attempts=dict(own.select("subject", "attempts").iter_rows()),
    )


def refuse_unplanned_images(plan: Plan, images: Mapping[ImageName, str]) -> None:
    """Every image that a request names must be planned or there.

    Raises:
        BadInput: one is neither.
    """
    known = images.keys() | {request.name for work in plan.images for request in work.requests}
    for work in plan.works:
        if isinstance(work, ImageWork):
            continue
        for names, _ in _named(work):
            for name in names:
                if name not in known:
                    raise BadInput(
                        f"the {name[1]} image is neither planned nor in the run",
                        "Plan the image too, or drop the request.",
                        row=name[0],
                    )


def _named(work: ScoreWork | RatingWork | ChoiceWork) -> Iterator[tuple[Sequence[ImageName], str]]:
    """The images, by name, that each request needs, and the text that goes with them."""
    match work:
        case ScoreWork():
            return ((((r.pair_id, r.variant),), r.prompt) for r in work.requests)
        case RatingWork():
            return ((((r.pair_id, r.variant),), r.dimension) for r in work.requests)
        case ChoiceWork():
            return (((r.first, r.second), r.prompt) for r in work.requests)


def _resolve(
    work: Work, images: Mapping[ImageName, str]
) -> tuple[tuple[Request, ...], tuple[Failed, ...]]:
    """Requests by content, equal ones once, and those whose image is missing."""
    if isinstance(work, ImageWork):
        return tuple(work.requests), ()
    wanted: dict[tuple[str, ...], None] = {}
    missing: list[Failed] = []
    for names, text in _named(work):
        try:
            wanted[(*[images[name] for name in names], text)] = None
        except KeyError:
            absent = [name for name in names if name not in images]
            missing.append(_missing(stage_of(work), names, text, absent))
    requests = list(wanted)
    if isinstance(work, RatingWork):  # all dimensions of an image together, images in plan order
        place: dict[str, int] = {}
        for image, _ in requests:
            place.setdefault(image, len(place))
        requests.sort(key=lambda request: place[request[0]])
    return tuple(requests), tuple(missing)


def _slices(work: Work, wanted: Sequence[Any]) -> Iterable[Sequence[Any]]:
    size = unit_size_of(work)
    if isinstance(work, ImageWork):
        return chunks(wanted, size)
    return questions_for(work).batches(wanted, size)


def _missing(
    stage: str, names: Sequence[ImageName], text: str, absent: Sequence[ImageName]
) -> Failed:
    subject: dict[str, Any] = {SUBJECTS[stage][-1]: text}
    if len(names) == 1:
        subject |= {"pair_id": names[0][0], "variant": names[0][1]}
    else:
        subject |= {"first": list(names[0]), "second": list(names[1])}
    which = " and ".join(f"the {variant} image of {pair_id!r}" for pair_id, variant in absent)
    return Failed(subject, Failure(MISSING_PARTNER, f"{which} was not made"))


def _refuse_other_images(table: pl.DataFrame, work: ImageWork) -> None:
    columns = ("pair_id", "variant", "fingerprint", "detail")
    stored = {row[:2]: row[2:] for row in table.select(columns).iter_rows()}
    for request in work.requests:
        found = stored.get(request.name)
        if found is not None and found != (work.maker.fingerprint, payload_json(request)):
            raise ForeignRun(
                f"the run holds another {request.variant} image of this pair",
                "Give the new pair an id of its own, or use another folder.",
                row=request.pair_id,
            )

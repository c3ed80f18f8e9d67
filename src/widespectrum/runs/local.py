"""The local engine's hands: one process asks one model, unit after unit.

`answers` takes a stream of units and gives a stream of answers; where they are stored is not its
business. An engine on a cluster gives every worker a stream of its own.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import polars as pl
from PIL import Image as pillow

from widespectrum.contracts import Failure
from widespectrum.errors import BadImage, InvalidResult
from widespectrum.images import EncodedImage, record_of
from widespectrum.runs.canonical import canonical_json
from widespectrum.runs.failures import Failed, failure_from
from widespectrum.runs.patience import Patience
from widespectrum.runs.pictures import THREADS, Pictures, Workshop
from widespectrum.runs.plan import (
    ImageMaker,
    ImageRequest,
    ImageWork,
    Work,
    model_of,
    payload_json,
)
from widespectrum.runs.prefetch import prefetched
from widespectrum.runs.questions import Questions, Row, Subject, questions_for, require_list
from widespectrum.runs.schemas import SCHEMAS, SUBJECTS
from widespectrum.runs.units import Request, Unit, subject_of

if TYPE_CHECKING:
    from widespectrum.contracts import Image
    from widespectrum.images import ImageStore


@dataclass(frozen=True)
class Answer:
    """What became of one unit: rows of its stage's table, and requests that failed."""

    unit: Unit
    rows: pl.DataFrame
    failed: tuple[Failed, ...]


def answers(
    work: Work,
    units: Iterable[Unit],
    store: ImageStore,
    *,
    attempts: int,
    proven: bool,
    workshop: Workshop | None = None,
) -> Generator[Answer, None, None]:
    """Ask the work's model for every unit, in order.

    Args:
        work: whose model is asked, and how much at a time.
        units: what to ask; read one batch ahead.
        store: the run's images.
        attempts: how often a request is tried that fails alone.
        proven: whether the model has answered before (`Patience`).
        workshop: what its pictures share with those of other models.

    Raises:
        InvalidResult: the model breaks its contract for a whole batch.
        StorageFailed: an image could not be stored.
    """
    if isinstance(work, ImageWork):
        return _made(work, units, store, attempts, proven)
    questions = questions_for(work)
    patience = Patience[Subject, Row](questions.who, questions.read, attempts, proven)
    pictures = Pictures(store, model_of(work), workshop)
    return _asked(questions, patience, units, work.batch_size, pictures)


def _asked(
    questions: Questions,
    patience: Patience[Subject, Row],
    units: Iterable[Unit],
    size: int,
    pictures: Pictures,
) -> Generator[Answer, None, None]:
    """Scores, ratings and choices: batches with their images, decoded one batch ahead."""
    parts = ((unit, batch) for unit in units for batch in questions.batches(unit.requests, size))
    stream = prefetched(
        pictures.start,
        parts,
        lambda part: [i for request in part[1] for i in questions.images_of(request)],
    )
    with pictures, closing(stream):
        for unit, group in groupby(stream, key=lambda item: item[0][0]):
            results: list[Row | Failure] = []
            for (_, batch), opened in group:
                results += _batch(questions, patience, batch, opened)
            yield _answer(unit, results)


def _batch(
    questions: Questions,
    patience: Patience[Subject, Row],
    batch: Sequence[Subject],
    opened: Mapping[str, Image | Exception],
) -> list[Row | Failure]:
    """One result per request; a request with an unreadable image fails without being asked."""
    pictures = {i: image for i, image in opened.items() if not isinstance(image, Exception)}
    unreadable = {
        i: failure_from(error) for i, error in opened.items() if isinstance(error, Exception)
    }
    results: dict[Subject, Row | Failure] = {}
    for request in batch:
        for image in questions.images_of(request):
            if image in unreadable:
                results[request] = unreadable[image]
    askable = [request for request in batch if request not in results]
    answered = patience.results(askable, lambda items: questions.ask(items, pictures))
    results.update(zip(askable, answered, strict=True))
    return [results[request] for request in batch]


def _made(
    work: ImageWork, units: Iterable[Unit], store: ImageStore, attempts: int, proven: bool
) -> Generator[Answer, None, None]:
    """Images: made, then stored in threads, since writing PNG is slower than many a maker."""
    who = f"image maker {work.maker.name!r}"

    def row(request: ImageRequest, image: Any) -> Row | Failure:
        return image if isinstance(image, Failure) else _stored(store, work.maker, request, image)

    def read(requests: Sequence[ImageRequest], made: Any) -> list[Row | Failure]:
        require_list(made, len(requests), who)
        return list(pool.map(row, requests, made))

    patience = Patience[ImageRequest, Row](who, read, attempts, proven)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="encode") as pool:
        for unit in units:
            yield _answer(unit, patience.results(unit.requests, work.maker.make))


def _stored(
    store: ImageStore, maker: ImageMaker, request: ImageRequest, image: Any
) -> Row | Failure:
    """Put one image into the store; its row."""
    try:
        if isinstance(image, EncodedImage):
            sha256 = store.put_encoded(image)
        elif isinstance(image, pillow.Image):
            sha256 = store.put(image)
        else:
            raise InvalidResult(
                f"image maker {maker.name!r} returned a {type(image).__name__}, not an image",
                "It must return Pillow images, EncodedImage or Failure.",
            )
    except BadImage as error:
        return failure_from(error)
    with pillow.open(store.path(sha256)) as header:
        width, height = header.size
    record = record_of(image)
    # The maker's word on it counts: one that takes no seed says None, whatever was asked.
    seed = record.get("seed", request.payload.get("seed"))
    return {
        "pair_id": request.pair_id,
        "variant": request.variant,
        "image": sha256,
        "width": width,
        "height": height,
        "maker": maker.name,
        "fingerprint": maker.fingerprint,
        "seed": seed if isinstance(seed, int) else None,
        "detail": payload_json(request),
        "record": canonical_json(record) if record else None,
    }


def _answer(unit: Unit, results: Sequence[Row | Failure]) -> Answer:
    """Rows and failures of a unit, from one result per request."""
    rows = [result for result in results if not isinstance(result, Failure)]
    failed = tuple(
        Failed(_subject(unit.stage, request), result)
        for request, result in zip(unit.requests, results, strict=True)
        if isinstance(result, Failure)
    )
    return Answer(unit, pl.DataFrame(rows, schema=SCHEMAS[unit.stage], orient="row"), failed)


def _subject(stage: str, request: Request) -> dict[str, str]:
    return dict(zip(SUBJECTS[stage], subject_of(request), strict=True))

"""What must exist: requests for images, scores, ratings and choices, and who answers them.

A study plans; the engine works. Plans of several studies merge with ``|``: models of the same
fingerprint are asked together, and no request is asked twice. Requests name an image by its pair
and variant; which stored image that is, is looked up once the images stage is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from widespectrum.contracts import VARIANTS, Chooser, Failure, Judge, Scorer
from widespectrum.errors import BadInput
from widespectrum.runs.canonical import canonical_json

if TYPE_CHECKING:
    from widespectrum.contracts import Image
    from widespectrum.images import EncodedImage
    from widespectrum.runs.cost import Cost
    from widespectrum.runs.run import Run

BATCHES_PER_UNIT = 8
"""A unit holds several batches, lest storing take longer than scoring. Slow models have small
batches, so little of their work is at stake."""

ImageName = tuple[str, str]
"""(pair_id, variant): which image is meant, before anybody knows its sha256."""


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One image to make, or to bring in.

    `payload` is all that the maker needs beyond its own settings, as JSON values; the images table
    keeps it as `detail`. Files in it are best named relative to a folder that the maker knows: a
    run folder is meant to be shared. A `seed` in it becomes the table's `seed`.
    """

    pair_id: str
    variant: str
    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> ImageName:
        """(pair_id, variant)."""
        return self.pair_id, self.variant


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """One image under one prompt."""

    pair_id: str
    variant: str
    prompt: str


@dataclass(frozen=True, slots=True)
class RatingRequest:
    """One image on one dimension."""

    pair_id: str
    variant: str
    dimension: str


@dataclass(frozen=True, slots=True)
class ChoiceRequest:
    """Two images under one prompt, in the order in which the chooser sees them."""

    first: ImageName
    second: ImageName
    prompt: str


@runtime_checkable
class ImageMaker(Protocol):
    """requests -> images: a generator, the darkroom, or a folder of files that exist already."""

    name: str
    fingerprint: str
    """Identity of weights and settings, as of every model."""

    def make(self, requests: Sequence[ImageRequest]) -> Sequence[Image | EncodedImage | Failure]:
        """One image or `Failure` per request, in order.

        An `EncodedImage` is stored byte for byte; a Pillow image is stored as PNG.
        """
        ...


@dataclass(frozen=True)
class ImageWork:
    """Images that one maker must make, `unit_size` at a time."""

    maker: ImageMaker
    requests: Sequence[ImageRequest]
    unit_size: int = 32


@dataclass(frozen=True)
class ScoreWork:
    """Scores that one scorer must give.

    `batch_size` is the number of requests per call of the scorer, `unit_size` the number whose
    results are stored together, by default eight batches: at most so much is lost when the process
    dies. Neither changes a result.
    """

    scorer: Scorer
    requests: Sequence[ScoreRequest]
    batch_size: int = 32
    unit_size: int | None = None


@dataclass(frozen=True)
class RatingWork:
    """Ratings that one judge must give; sizes as in `ScoreWork`, but they count images.

    An image is looked at once for all its dimensions.
    """

    judge: Judge
    requests: Sequence[RatingRequest]
    batch_size: int = 32
    unit_size: int | None = None


@dataclass(frozen=True)
class ChoiceWork:
    """Choices that one chooser must make; sizes as in `ScoreWork`."""

    chooser: Chooser
    requests: Sequence[ChoiceRequest]
    batch_size: int = 8
    unit_size: int | None = None


Work = ImageWork | ScoreWork | RatingWork | ChoiceWork
Model = ImageMaker | Scorer | Judge | Chooser


def model_of(work: Work) -> Model:
    """Who answers the requests of `work`."""
    match work:
        case ImageWork():
            return work.maker
        case ScoreWork():
            return work.scorer
        case RatingWork():
            return work.judge
        case ChoiceWork():
            return work.chooser


def unit_size_of(work: Work) -> int:
    """How much of `work` is stored together."""
    if isinstance(work, ImageWork):
        return work.unit_size
    return work.unit_size or BATCHES_PER_UNIT * work.batch_size


def stage_of(work: Work) -> str:
    """The table that `work` fills."""
    return _STAGES[type(work)]


_STAGES: dict[type[Work], str] = {
    ImageWork: "images",
    ScoreWork: "scores",
    RatingWork: "ratings",
    ChoiceWork: "choices",
}


@dataclass(frozen=True)
class Plan:
    """All the work that one or several studies need.

    Construction merges works of one model and drops repeated requests, so two plans are merged by
    ``plan_a | plan_b``.

    Raises:
        BadInput: two different images are planned under one pair and variant, an unknown variant,
            a payload that is not JSON, a size below 1, or two models that share a name or a
            fingerprint.
    """

    images: Sequence[ImageWork] = ()
    scores: Sequence[ScoreWork] = ()
    ratings: Sequence[RatingWork] = ()
    choices: Sequence[ChoiceWork] = ()

    def __post_init__(self) -> None:
        for stage in _STAGES.values():
            object.__setattr__(self, stage, _merged(getattr(self, stage)))
        _check_images(self.images)

    def __or__(self, other: Plan) -> Plan:
        return Plan(
            images=(*self.images, *other.images),
            scores=(*self.scores, *other.scores),
            ratings=(*self.ratings, *other.ratings),
            choices=(*self.choices, *other.choices),
        )

    def cost(self, run: Run | None = None, *, retry_failed: bool = False) -> Cost:
        """What the plan takes, and how much of it `run` has already; nothing is worked.

        Args:
            run: None if there is none yet.
            retry_failed: as for `widespectrum.runs.work`.

        Raises:
            BadInput: as `widespectrum.runs.work`.
        """
        # Imported here: a plan is made without knowing how it will be worked.
        from widespectrum.runs.cost import cost_of

        return cost_of(self, run, retry_failed=retry_failed)

    @property
    def works(self) -> tuple[Work, ...]:
        """Every work, in the order in which it is done."""
        return (*self.images, *self.scores, *self.ratings, *self.choices)


def _merged(works: Sequence[Work]) -> tuple[Work, ...]:
    """One work per model, each request once, in the order of first appearance."""
    merged: dict[str, Work] = {}
    for work in works:
        _check_work(work)
        fingerprint = model_of(work).fingerprint
        earlier = merged.get(fingerprint)
        requests: Sequence[Any] = work.requests
        if earlier is not None:
            requests = (*earlier.requests, *requests)
        kept: Any = earlier or work  # sizes are those of the first that asked
        merged[fingerprint] = replace(kept, requests=_distinct(requests))
    _check_names([(model_of(work).name, model_of(work).fingerprint) for work in works])
    return tuple(merged.values())


def _distinct(requests: Sequence[Any]) -> tuple[Any, ...]:
    if requests and isinstance(requests[0], ImageRequest):
        by_content = {(*request.name, payload_json(request)): request for request in requests}
        return tuple(by_content.values())
    return tuple(dict.fromkeys(requests))


def payload_json(request: ImageRequest) -> str:
    """The payload as canonical JSON text.

    Raises:
        BadInput: it holds something that is not JSON.
    """
    try:
        return canonical_json(dict(request.payload))
    except (TypeError, ValueError) as error:
        raise BadInput(
            f"the payload of the {request.variant} image is not JSON ({error})",
            "Plan images with text, numbers, lists and mappings only.",
            row=request.pair_id,
        ) from error


def _check_work(work: Work) -> None:
    sizes = {"unit_size": work.unit_size}
    if not isinstance(work, ImageWork):
        sizes["batch_size"] = work.batch_size
    for name, size in sizes.items():
        if size is not None and size < 1:
            raise BadInput(f"is {size}", "Give a size of at least 1.", field=name)
    if isinstance(work, ChoiceWork):
        variants = {name[1] for r in work.requests for name in (r.first, r.second)}
    else:
        variants = {request.variant for request in work.requests}
    if unknown := sorted(variants.difference(VARIANTS)):
        raise BadInput(
            f"{unknown[0]!r} is no variant", f"Use one of {', '.join(VARIANTS)}.", field="variant"
        )


def _check_names(models: Sequence[tuple[str, str]]) -> None:
    """A name means one model: tables are read by name."""
    fingerprints: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, fingerprint in models:
        if fingerprints.setdefault(name, fingerprint) != fingerprint:
            raise BadInput(
                f"two different models are both named {name!r}", "Give one of them another name."
            )
        if names.setdefault(fingerprint, name) != name:
            raise BadInput(
                f"{names[fingerprint]!r} and {name!r} have the same fingerprint",
                "They are one model: plan it under one name. If they differ, the fingerprint of "
                "one of them misses a setting.",
            )


def _check_images(works: Sequence[ImageWork]) -> None:
    seen: set[ImageName] = set()
    for work in works:
        for request in work.requests:
            if request.name in seen:
                raise BadInput(
                    f"two different {request.variant} images are planned for one pair",
                    "Give each image pair an id of its own.",
                    row=request.pair_id,
                )
            seen.add(request.name)

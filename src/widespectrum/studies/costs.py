"""What a plan of generators will cost, model by model, before anything is painted or spent.

Counts are exact. Hours and money follow from what models state about themselves (`GeneratorFacts`,
prices of endpoints); what nobody has stated stays unknown, and is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from widespectrum.choosers import EndpointChooser
from widespectrum.contracts import Generator
from widespectrum.endpoints import estimate
from widespectrum.generators import generator_facts
from widespectrum.generators.served import ServedGenerator
from widespectrum.runs import Plan, Run
from widespectrum.runs.cost import WorkCost
from widespectrum.studies.generating import Models
from widespectrum.studies.spending import is_served, served_of

BYTES_PER_PIXEL = 1.6
"""Of a photograph-like picture as PNG; 64 x 64 drawings take less, grain more."""

FLOPS_PER_SECOND = 1.5e14
"""What a GPU is taken to do where a model states operations and no seconds: half of the bfloat16
peak of an A100."""

USUAL_SIZE = (1024, 1024)
"""Of pictures whose generator states none, when what endpoints charge for looking is estimated."""


@dataclass(frozen=True)
class ModelCost:
    """What one model still has to do."""

    stage: str
    model: str
    requests: int
    """Still to be asked."""
    images: int
    """Pictures made, or passed to the model."""
    passes: int | None
    """Of a generator's network; of others, the pictures and texts that they encode; of endpoints,
    requests."""
    bytes: int | None
    """On disk."""
    gpu_hours: float | None
    dollars: float | None
    """About; 0 for a model that runs here."""
    most: float | None
    """If every answer of an endpoint is as long as it may be."""
    unknown: tuple[str, ...] = ()
    """What could not be told."""


@dataclass(frozen=True)
class PlanCost:
    """All models, in the order of work."""

    models: tuple[ModelCost, ...]

    @property
    def dollars(self) -> float:
        """About, of what is known."""
        return sum(each.dollars or 0.0 for each in self.models)

    @property
    def gpu_hours(self) -> float:
        """Of what is known."""
        return sum(each.gpu_hours or 0.0 for each in self.models)

    @property
    def bytes(self) -> int:
        """Of what is known."""
        return sum(each.bytes or 0 for each in self.models)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What could not be told, each once."""
        return tuple(dict.fromkeys(text for each in self.models for text in each.unknown))


class Named:
    """A model by its name alone, so that counting its work reads no file and asks no hub."""

    def __init__(self, model: Any) -> None:
        self._model, self.name, self.fingerprint = model, model.name, f"unread: {model.name}"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)


def by_name(models: Models) -> Models:
    """The same models, for planning what is only counted: no weights need be here."""
    return replace(
        models,
        generators=tuple(map(Named, models.generators)),
        scorers=tuple(map(Named, models.scorers)),
        judge=models.judge and Named(models.judge),
        chooser=models.chooser and Named(models.chooser),
    )


def plan_cost(
    models: Models, plan: Plan, run: Run | None = None, *, retry_failed: bool = False
) -> PlanCost:
    """What `plan` still takes.

    Args:
        models: who works.
        plan: what.
        run: what is done already; None from nothing.
        retry_failed: as for `widespectrum.runs.work`.
    """
    generators = {each.name: each for each in models.generators}
    lookers = _lookers(models)
    size = _largest(models.generators)
    costs = []
    for work in plan.cost(run, retry_failed=retry_failed).works:
        if work.stage == "images":
            if work.model in generators:
                costs.append(_of_generator(generators[work.model], work))
        else:
            costs.append(_of_looker(lookers[work.model], work, size, _texts(plan)))
    return PlanCost(tuple(costs))


def _lookers(models: Models) -> Mapping[str, Any]:
    chosen = [*models.scorers, models.judge, models.chooser]
    return {each.name: each for each in chosen if each is not None}


def _largest(generators: Sequence[Generator]) -> tuple[int, int]:
    sizes = [facts.size for each in generators if (facts := generator_facts(each)) and facts.size]
    return max(sizes, key=lambda size: size[0] * size[1], default=USUAL_SIZE)


def _texts(plan: Plan) -> Mapping[str, Sequence[str]]:
    """Stage -> the prompts of its requests."""
    return {
        "scores": [request.prompt for work in plan.scores for request in work.requests],
        "choices": [request.prompt for work in plan.choices for request in work.requests],
        "ratings": [],
    }


def _of_generator(generator: Generator, work: WorkCost) -> ModelCost:
    facts = generator_facts(generator)
    served = is_served(generator)
    unknown: list[str] = []
    if facts is None:
        unknown.append(f"{generator.name} states nothing about itself")
    size = None if facts is None else facts.size
    seconds = _seconds(facts)
    price = 0.0 if not served else None if facts is None else facts.cost_per_image
    if facts is not None and size is None:
        unknown.append(f"size of the pictures of {generator.name}")
    if facts is not None and seconds is None and not served:
        unknown.append(f"seconds per picture of {generator.name}")
    if facts is not None and facts.uncounted is not None and facts.seconds is None:
        unknown.append(f"of {generator.name}, {facts.uncounted}")
    if price is None:
        unknown.append(f"price of {generator.name}")
    passes = None if facts is None or facts.passes is None else work.left * facts.passes
    if served:
        passes = work.left
    dollars = None if price is None else work.left * price
    # What is asked again after a refusal may be charged, too.
    told = generator.cost(work.left) if isinstance(generator, ServedGenerator) else None
    return ModelCost(
        stage=work.stage,
        model=work.model,
        requests=work.left,
        images=work.left,
        passes=passes,
        bytes=None if size is None else round(work.left * size[0] * size[1] * BYTES_PER_PIXEL),
        gpu_hours=0.0 if served else None if seconds is None else work.left * seconds / 3600,
        dollars=dollars,
        most=dollars if told is None or told.most is None else told.most,
        unknown=tuple(unknown),
    )


def _seconds(facts: Any) -> float | None:
    """Per picture on a GPU: as stated, else from the operations."""
    if facts is None:
        return None
    if facts.seconds is not None:
        return float(facts.seconds)
    return None if facts.flops is None else float(facts.flops) / FLOPS_PER_SECOND


def _of_looker(
    looker: Any, work: WorkCost, size: tuple[int, int], texts: Mapping[str, Sequence[str]]
) -> ModelCost:
    about, most, passes = 0.0, 0.0, work.images + work.texts
    unknown: tuple[str, ...] = ()
    served = served_of(looker)
    if served is not None:
        prompts = texts[work.stage][: work.left]
        if isinstance(looker, EndpointChooser):
            told = looker.cost([(size, size, prompt) for prompt in prompts])
        else:
            told = estimate(
                [size] * work.left,
                sum(len(prompt.encode("utf-8", "replace")) for prompt in prompts),
                work.left,
                served.sampling.max_tokens,
                served.price,
            )
        passes = told.questions
        if told.dollars is None or told.most is None:
            unknown = (f"price of {looker.name}",)
            return ModelCost(
                work.stage, work.model, work.left, work.images, passes, 0, 0.0, None, None, unknown
            )
        about, most = told.dollars, told.most
    elif work.left:
        unknown = (f"seconds per picture of {looker.name}",)
    return ModelCost(
        work.stage,
        work.model,
        work.left,
        work.images,
        passes,
        0,
        0.0 if served is not None or not work.left else None,
        about,
        most,
        unknown,
    )

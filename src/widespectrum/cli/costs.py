"""What ``--dry-run`` says: pictures, passes, disk, GPU hours and money, model by model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from widespectrum.cli import console

if TYPE_CHECKING:
    from widespectrum.runs import Plan
    from widespectrum.studies.generating import Models

_HEADINGS = ("stage", "model", "pictures", "passes", "disk", "GPU h", "US$")
_UNKNOWN = "?"


def tell_costs(models: Models, plan: Plan, *, json: bool, max_cost: float | None = None) -> None:
    """A table on stdout, or JSON; what nobody has stated is listed beneath it."""
    if json:
        console.emit_json(cost_document(models, plan))
    else:
        show_costs(models, plan, max_cost)


def cost_document(models: Models, plan: Plan) -> dict[str, Any]:
    """What a plan takes, for machines."""
    from dataclasses import asdict

    from widespectrum.studies.costs import plan_cost
    from widespectrum.studies.weights_needed import weights_needed

    cost = plan_cost(models, plan)
    return {
        "models": [asdict(each) for each in cost.models],
        "dollars": cost.dollars,
        "gpu_hours": cost.gpu_hours,
        "bytes": cost.bytes,
        "unknown": list(cost.unknown),
        "weights": [asdict(each) for each in weights_needed(models)],
    }


def show_costs(models: Models, plan: Plan, max_cost: float | None = None) -> None:
    """What a plan takes, for people."""
    from widespectrum.cli.listing import show_table
    from widespectrum.studies.costs import FLOPS_PER_SECOND, plan_cost

    cost = plan_cost(models, plan)
    show_table(
        _HEADINGS,
        [
            (
                each.stage,
                each.model,
                f"{each.images:,}",
                _UNKNOWN if each.passes is None else f"{each.passes:,}",
                _UNKNOWN if each.bytes is None else size_told(each.bytes) if each.bytes else None,
                _UNKNOWN if each.gpu_hours is None else _hours(each.gpu_hours),
                _dollars(each.dollars, each.most),
            )
            for each in cost.models
        ],
    )
    console.say(
        f"Together, of what is known: {size_told(cost.bytes)} on disk, {cost.gpu_hours:.1f} GPU "
        f"hours, {cost.dollars:.2f} US dollars. Nothing was painted or spent."
    )
    if cost.gpu_hours:
        console.say(
            "GPU hours: by the seconds that a model states, else by its operations at "
            f"{FLOPS_PER_SECOND / 1e12:.0f} TFLOP/s, half of an A100's peak."
        )
    if cost.unknown:
        console.say(f"Not known: {'; '.join(cost.unknown)}.")
    _tell_weights(models)
    if max_cost is not None and cost.dollars > max_cost:
        console.say(
            f"That is more than --max-cost {max_cost:.2f}: the run would stop at the limit, and "
            "what is missing then would be failures."
        )


def _tell_weights(models: Models) -> None:
    """Where weights come from, at which commit, and what is not here yet."""
    from widespectrum.studies.weights_needed import weights_needed

    needed = weights_needed(models)
    for each in needed:
        size = "of unknown size" if each.bytes is None else size_told(each.bytes)
        commit = f"commit {each.commit[:12]}" if each.commit else "its main branch"
        pin = "" if each.pinned else ", unpinned"
        there = "here, at least in part" if each.here else "not here yet"
        console.say(f"Weights of {each.model}: {each.repository}, {size}, {commit}{pin}; {there}.")
    if not all(each.pinned for each in needed):
        console.say(
            "Unpinned: the repository may hold other weights tomorrow. A run records the commit "
            "that it used; @revision=COMMIT pins it."
        )


def size_told(count: int) -> str:
    """Bytes as people say them."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def _hours(hours: float) -> str | None:
    if hours == 0:
        return None
    return f"{hours:.1f}" if hours >= 0.1 else "under 0.1"


def _dollars(about: float | None, most: float | None) -> str | None:
    if about is None or most is None:
        return _UNKNOWN
    if most == 0:
        return None
    return f"{about:.2f}" if round(most, 2) == round(about, 2) else f"{about:.2f} to {most:.2f}"

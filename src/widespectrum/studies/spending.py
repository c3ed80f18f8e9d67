"""Who asks for money, and one limit for all of them together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widespectrum.endpoints import Served, Terms, share_session
from widespectrum.errors import NoAccess
from widespectrum.generators import generator_facts

if TYPE_CHECKING:
    from widespectrum.studies.generating import Models

ANSWERS = "answers"
"""Folder of a run in which requests to endpoints and their answers are kept."""


def open_endpoints(models: Models, folder: Path, max_cost: float | None) -> None:
    """Models behind endpoints ask in one session: answers are kept in the run, one limit holds.

    Args:
        models: everybody, those that run here too.
        folder: of the run.
        max_cost: US dollars for all together, earlier answers of the run included.

    Raises:
        NoAccess: a limit is set, and somebody's price is not known.
    """
    refuse_unknown_prices(models, max_cost)
    if not any(map(is_served, everybody(models))):
        return
    terms = Terms.from_environment()
    share_session(
        replace(
            terms,
            answers=terms.answers or folder / ANSWERS,
            pictures=terms.pictures or folder / "images",
            max_cost=terms.max_cost if max_cost is None else max_cost,
        )
    )


def refuse_unknown_prices(models: Models, max_cost: float | None) -> None:
    """With a limit, everybody's price must be known before anything is spent.

    Raises:
        NoAccess: names the first whose is not.
    """
    if max_cost is None:
        return
    for model in everybody(models):
        if not is_served(model) or _priced(model):
            continue
        raise NoAccess(
            f"spending is limited, but the price of {model.name} is not known",
            "Add input_price=...,output_price=... (US dollars per million tokens) to it."
            if served_of(model) is not None
            else "Add what a picture costs to its name or catalog entry, or set no limit.",
        )


def everybody(models: Models) -> Iterator[Any]:
    """All models, in the order of work."""
    yield from models.generators
    yield from models.scorers
    for model in (models.judge, models.chooser):
        if model is not None:
            yield model


def is_served(model: Any) -> bool:
    """Whether somebody else's machine answers, who may want money for it."""
    return hasattr(model, "session") or hasattr(model, "served")


def served_of(model: Any) -> Served | None:
    """What is known of the chat endpoint that a model is behind, if it is."""
    served = getattr(model, "served", None)
    return served if isinstance(served, Served) else None


def _priced(model: Any) -> bool:
    served = served_of(model)
    if served is not None and served.price.known:
        return True
    facts = generator_facts(model)
    return facts is not None and facts.cost_per_image is not None

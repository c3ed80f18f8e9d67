"""From a name, or an object, to a scorer.

How names are read and objects taken is one way for every kind of model
(`widespectrum.catalog.loading`). Special to scorers: a function ``f(images, prompts)`` is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from widespectrum.catalog import PlainFunction, Registry, Setting, load_model, model_from
from widespectrum.contracts import Scorer
from widespectrum.scorers.callables import as_scorer

if TYPE_CHECKING:
    from widespectrum.scorers.callables import ScoringFunction

_FUNCTION = PlainFunction("f(images, prompts)", 2, as_scorer)


def load_scorer(
    spec: str | Scorer | ScoringFunction,
    registry: Registry | None = None,
    /,
    **settings: Setting,
) -> Scorer:
    """The scorer that `spec` means. Cheap: weights load at first use.

    Args:
        spec: a name (``NAME``, ``module:attribute`` or ``file.py:attribute``, each with settings
            behind ``@``), a scorer, or a function ``f(images, prompts)``.
        registry: where catalog and plugin names are looked up; by default `scorer_registry()`.
        settings: settings beside those in the name; they win over the name's.

    Raises:
        UnknownName: nothing of that name; the remedy offers the nearest.
        MissingExtra: it needs an optional dependency; the remedy is the line to type.
        BadInput: the name cannot be read, or the setting is not one of this scorer.
    """
    loaded = load_model("scorer", spec, settings, registry=registry, function=_FUNCTION)
    return cast("Scorer", loaded)


def scorer_from(
    thing: Any, settings: Mapping[str, Setting] | None = None, *, name: str | None = None
) -> Scorer:
    """The scorer that an object is or makes.

    In this order:

    1. a scorer (it has name, fingerprint, facts, tokens and score) is taken as it is;
    2. a class, and a callable that needs no positional argument, is a factory: it is called once,
       settings are its keyword arguments, and what it returns must be 1 or 3;
    3. any other callable is a scoring function ``f(images, prompts)``; settings are its further
       keyword arguments.

    Raises:
        BadInput: it is none of these, or does not take these settings.
    """
    return cast("Scorer", model_from("scorer", thing, settings, name=name, function=_FUNCTION))

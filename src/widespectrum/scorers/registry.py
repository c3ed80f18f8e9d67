"""From a name, or an object, to a scorer.

A name is one of

- a catalog or plugin name, ``sharpness``;
- ``module:attribute``, from an installed package or the Python path;
- ``path/to/file.py:attribute``, which runs that file: for code of the user's own;

each with settings behind ``@``: ``sharpness@size=128``. What the attribute may be is decided in one
place, by what it can be called with (`scorer_from`).
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from widespectrum.catalog import (
    ModelEntry,
    ModelName,
    Registry,
    Setting,
    format_settings,
    import_attribute,
    import_entry,
    import_file_attribute,
    parse_name,
)
from widespectrum.contracts import Scorer
from widespectrum.errors import BadInput
from widespectrum.scorers.callables import (
    as_scorer,
    check_settings,
    describe,
    plain_name,
)
from widespectrum.scorers.catalog import scorer_registry

if TYPE_CHECKING:
    from widespectrum.scorers.callables import ScoringFunction


def load_scorer(
    spec: str | Scorer | ScoringFunction,
    registry: Registry | None = None,
    /,
    **settings: Setting,
) -> Scorer:
    """The scorer that `spec` means. Cheap: weights load at first use.

    Args:
        spec: a name (see the module's docstring), a scorer, or a function ``f(images, prompts)``.
        registry: where catalog and plugin names are looked up; by default `scorer_registry()`.
        settings: settings beside those in the name; they win over the name's.

    Raises:
        UnknownName: nothing of that name; the remedy offers the nearest.
        MissingExtra: it needs an optional dependency; the remedy is the line to type.
        BadInput: the name cannot be read, or the setting is not one of this scorer.
    """
    if not isinstance(spec, str):
        return scorer_from(spec, settings)
    name = parse_name(spec)
    settings = {**name.settings, **settings}
    if name.attribute is not None:
        return scorer_from(_attribute(name), settings, name=_short(name))
    found = (registry or scorer_registry()).find(name.base)
    if isinstance(found, EntryPoint):
        thing = import_attribute(found.module, found.attr)
        return scorer_from(thing, settings, name=name.base)
    return _from_entry(found, settings)


def scorer_from(
    thing: Any, settings: Mapping[str, Setting] | None = None, *, name: str | None = None
) -> Scorer:
    """The scorer that an object is or makes, by one rule.

    In this order:

    1. a scorer (it has name, fingerprint, facts, tokens and score) is taken as it is;
    2. a class, and a callable that needs no positional argument, is a factory: it is called once,
       settings are its keyword arguments, and what it returns must be 1 or 3;
    3. any other callable is a scoring function ``f(images, prompts)``; settings are its further
       keyword arguments.

    Raises:
        BadInput: it is none of these, or does not take these settings.
    """
    settings = dict(settings or {})
    called = name or describe(thing)
    if _is_scorer(thing):
        if settings:
            raise BadInput(
                f"scorer {thing.name!r} exists already and takes no settings",
                "Name the class or function that makes it instead.",
            )
        return cast("Scorer", thing)
    if not callable(thing):
        raise BadInput(
            f"{called} is neither callable nor a scorer (it lacks {', '.join(_lacking(thing))})",
            "A scorer is a function f(images, prompts), an object of the Scorer contract, or a "
            "class or function without positional arguments that returns one.",
        )
    if _is_factory(thing):
        check_settings(thing, settings, called)
        made = thing(**settings)
        if _is_scorer(made):
            return cast("Scorer", made)
        if not callable(made) or _is_factory(made):
            raise BadInput(
                f"{called} returned {describe(made)}, which is no scorer "
                f"(it lacks {', '.join(_lacking(made))})",
                "A factory returns a scorer or a function f(images, prompts).",
            )
        chosen = format_settings(settings)
        return as_scorer(made, name=(name or plain_name(thing)) + chosen, version=chosen or None)
    check_settings(thing, settings, called, reserved=2)
    return as_scorer(thing, name=name, settings=settings)


def _from_entry(entry: ModelEntry, settings: Mapping[str, Setting]) -> Scorer:
    """A catalog class is built as ``Class(entry, **settings)``; `entry` has the full name."""
    make = import_entry(entry)
    together = {**entry.settings, **settings}
    check_settings(make, together, entry.name, reserved=1)
    named = entry.model_copy(update={"name": entry.name + format_settings(settings)})
    return cast("Scorer", make(named, **together))


def _attribute(name: ModelName) -> Any:
    assert name.attribute is not None
    if name.is_file:
        return import_file_attribute(Path(name.base), name.attribute)
    return import_attribute(name.base, name.attribute)


def _short(name: ModelName) -> str:
    """``a.b.scorers:f`` and ``path/scorers.py:f`` are both called ``scorers:f`` in tables."""
    stem = Path(name.base).stem if name.is_file else name.base.rpartition(".")[2]
    return f"{stem}:{name.attribute}"


def _is_scorer(thing: Any) -> bool:
    return not isinstance(thing, type) and not _lacking(thing)


def _is_factory(thing: Any) -> bool:
    return isinstance(thing, type) or not _needs_positional(thing)


def _needs_positional(thing: Any) -> bool:
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):  # some compiled functions do not tell their signature
        return True
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return any(p.kind in kinds and p.default is p.empty for p in parameters)


def _lacking(thing: Any) -> list[str]:
    contract = ("name", "fingerprint", "facts", "tokens", "score")
    return [attribute for attribute in contract if not hasattr(thing, attribute)]

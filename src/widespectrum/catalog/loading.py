"""From a name, or an object, to a model: one way for scorers, judges, choosers and generators.

A name is one of

- a catalog or plugin name, ``sharpness``;
- ``module:attribute``, from an installed package or the Python path;
- ``path/to/file.py:attribute``, which runs that file: for code of the user's own;

each with settings behind ``@``: ``sharpness@size=128``. What the attribute may be is decided in one
place, by what it can be called with (`model_from`).

The catalog of a kind lies in its own room (``scorers/data/catalog``), and a class is imported only
when a model of it is asked for. So a room may load a model of another kind by name without
importing that room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from widespectrum.catalog.code import import_attribute, import_file_attribute
from widespectrum.catalog.entries import Kind, ModelEntry
from widespectrum.catalog.names import (
    ModelName,
    Setting,
    format_settings,
    parse_name,
    without_folders,
)
from widespectrum.catalog.registry import Registry, build_registry, import_entry
from widespectrum.catalog.signatures import check_settings, describe, is_factory, plain_name
from widespectrum.errors import BadInput

CONTRACTS: Mapping[Kind, tuple[str, ...]] = {
    "scorer": ("name", "fingerprint", "facts", "tokens", "score"),
    "judge": ("name", "fingerprint", "rate"),
    "chooser": ("name", "fingerprint", "choose"),
    "generator": ("name", "fingerprint", "generate"),
    "writer": ("name", "fingerprint", "write"),
}
"""What a model of each kind has (`widespectrum.contracts`)."""

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class PlainFunction:
    """How a plain function becomes a model, for a kind that allows it."""

    form: str
    """How it is called, as in ``f(images, prompts)``."""
    inputs: int
    """So many positional arguments; the others are settings."""
    adapt: Callable[..., Any]
    """Makes the model: ``adapt(function, name=..., settings=..., version=...)``."""


def shipped_registry(kind: Kind, catalogs: Sequence[Path | str] = ()) -> Registry:
    """Every model of a kind that has a name: shipped, of the user's catalogs, of packages.

    Args:
        kind: which models.
        catalogs: further catalog files, besides those in ``WIDESPECTRUM_CATALOG``.

    Raises:
        BadInput: a catalog file cannot be read, or a name stands in two.
    """
    folder = _PACKAGE / f"{kind}s" / "data" / "catalog"
    return build_registry(kind, folder.glob("*.toml"), catalogs)


def load_model(
    kind: Kind,
    spec: Any,
    settings: Mapping[str, Setting] | None = None,
    *,
    registry: Registry | None = None,
    function: PlainFunction | None = None,
) -> Any:
    """The model that `spec` means. Cheap: weights load at first use.

    Args:
        kind: what it must be.
        spec: a name (see the module's docstring), or an object (see `model_from`).
        settings: settings beside those in the name; they win over the name's.
        registry: where catalog and plugin names are looked up; by default `shipped_registry`.
        function: what a plain function becomes; by default it is no model.

    Raises:
        UnknownName: nothing of that name; the remedy offers the nearest.
        MissingExtra: it needs an optional dependency; the remedy is the line to type.
        BadInput: the name cannot be read, the setting is not one of this model, or it is none.
    """
    if not isinstance(spec, str):
        return model_from(kind, spec, settings, function=function)
    name = parse_name(spec)
    settings = {**name.settings, **(settings or {})}
    if name.attribute is not None:
        thing = _attribute(name, name.attribute)
        return model_from(kind, thing, settings, name=_short(name), function=function)
    found = (registry or shipped_registry(kind)).find(name.base)
    if isinstance(found, EntryPoint):
        thing = import_attribute(found.module, found.attr)
        return model_from(kind, thing, settings, name=name.base, function=function)
    return model_of_entry(found, settings)


def model_from(
    kind: Kind,
    thing: Any,
    settings: Mapping[str, Setting] | None = None,
    *,
    name: str | None = None,
    function: PlainFunction | None = None,
) -> Any:
    """The model that an object is or makes, by one rule.

    In this order:

    1. what has all that the contract of the kind asks for is taken as it is;
    2. a class, and a callable that needs no positional argument, is a factory: it is called once,
       settings are its keyword arguments, and what it returns must be 1 or 3;
    3. where `function` is given, any other callable is a plain function that it adapts; settings
       are the function's further keyword arguments.

    Raises:
        BadInput: it is none of these, or does not take these settings.
    """
    settings = dict(settings or {})
    called = name or describe(thing)
    if _is_model(kind, thing):
        if settings:
            raise BadInput(
                f"{kind} {thing.name!r} exists already and takes no settings",
                "Name the class or function that makes it instead.",
            )
        return thing
    if not callable(thing):
        raise BadInput(
            f"{called} is neither callable nor a {kind} (it lacks {_lacking(kind, thing)})",
            _what_it_is(kind, function),
        )
    if is_factory(thing):
        check_settings(thing, settings, called)
        made = thing(**settings)
        if _is_model(kind, made):
            return made
        if function is None or not callable(made) or is_factory(made):
            raise BadInput(
                f"{called} returned {describe(made)}, which is no {kind} "
                f"(it lacks {_lacking(kind, made)})",
                f"A factory returns a {kind}"
                + (f" or a function {function.form}." if function else "."),
            )
        label = (name or plain_name(thing)) + format_settings(without_folders(settings))
        version = format_settings(settings) or None
        return function.adapt(made, name=label, settings={}, version=version)
    if function is None:
        raise BadInput(
            f"{called} is a function, which is no {kind} (it lacks {_lacking(kind, thing)})",
            _what_it_is(kind, function),
        )
    check_settings(thing, settings, called, reserved=function.inputs)
    return function.adapt(thing, name=name, settings=settings, version=None)


def model_of_entry(entry: ModelEntry, settings: Mapping[str, Setting] | None = None) -> Any:
    """A catalog class is built as ``Class(entry, **settings)``; `entry` then has the full name.

    Raises:
        MissingExtra: the class needs an optional dependency.
        BadInput: it has no such setting, or needs one that is not given.
    """
    settings = settings or {}
    make = import_entry(entry)
    together = {**entry.settings, **settings}
    check_settings(make, together, entry.name, reserved=1)
    called = entry.name + format_settings(without_folders(settings))
    named = entry.model_copy(update={"name": called})
    return make(named, **together)


def _attribute(name: ModelName, attribute: str) -> Any:
    if name.is_file:
        return import_file_attribute(Path(name.base), attribute)
    return import_attribute(name.base, attribute)


def _short(name: ModelName) -> str:
    """``a.b.scorers:f`` and ``path/scorers.py:f`` are both called ``scorers:f`` in tables."""
    stem = Path(name.base).stem if name.is_file else name.base.rpartition(".")[2]
    return f"{stem}:{name.attribute}"


def _is_model(kind: Kind, thing: Any) -> bool:
    return not isinstance(thing, type) and not _lacking(kind, thing)


def _lacking(kind: Kind, thing: Any) -> str:
    return ", ".join(each for each in CONTRACTS[kind] if not hasattr(thing, each))


def _what_it_is(kind: Kind, function: PlainFunction | None) -> str:
    plain = f"a function {function.form}, " if function else ""
    return (
        f"A {kind} is {plain}an object of the {kind.capitalize()} contract, or a class or "
        "function without positional arguments that returns one."
    )

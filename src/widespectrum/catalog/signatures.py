"""What a callable can be called with: the settings that it takes, and how messages name it."""

from __future__ import annotations

import difflib
import functools
import inspect
import re
from collections.abc import Mapping
from typing import Any

from widespectrum.errors import BadInput


def takes(function: Any, positional: int, settings: Mapping[str, Any]) -> bool:
    """Whether `function` can be called with so many positional arguments and these keywords."""
    try:
        inspect.signature(function).bind(*[None] * positional, **settings)
    except TypeError:
        return False
    except ValueError:  # some compiled functions do not tell their signature
        pass
    return True


def check_settings(
    function: Any, settings: Mapping[str, Any], name: str, *, reserved: int = 0
) -> None:
    """Refuse settings that `function` does not take, or that are missing.

    Args:
        function: what will be called with `settings` as keyword arguments.
        settings: the keyword arguments meant for it.
        name: how the message calls it.
        reserved: so many leading parameters are no settings.

    Raises:
        BadInput: it takes no such setting, or needs one that is not there.
    """
    try:
        parameters = list(inspect.signature(function).parameters.values())[reserved:]
    except (TypeError, ValueError):
        return
    named = [p for p in parameters if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD)]
    known = [p.name for p in named]
    open_ended = any(p.kind is p.VAR_KEYWORD for p in parameters)
    for key in settings:
        if key not in known and not open_ended:
            near = difflib.get_close_matches(key, known, n=1)
            offer = f"Did you mean {near[0]}? " if near else ""
            raise BadInput(
                f"{name} has no setting {key!r}",
                f"{offer}Its settings: {', '.join(known) or 'none'}.",
                field=key,
            )
    for parameter in named:
        if parameter.default is parameter.empty and parameter.name not in settings:
            raise BadInput(
                f"{name} needs the setting {parameter.name!r}",
                f"Write {name}@{parameter.name}=... in its name.",
                field=parameter.name,
            )


def is_factory(thing: Any) -> bool:
    """Whether `thing` makes a model when it is called: a class, or no argument is needed."""
    return isinstance(thing, type) or not _needs_positional(thing)


def describe(thing: Any) -> str:
    """A thing as messages call it, without its address in memory."""
    name = getattr(thing, "__qualname__", None)
    return repr(str(name)) if name else f"an object of type {type(thing).__name__!r}"


def plain_name(function: Any) -> str:
    """The short name of a function, class or callable object."""
    while isinstance(function, functools.partial):
        function = function.func
    name = str(getattr(function, "__name__", type(function).__name__))
    return re.sub(r"\W+", "", name) or "model"  # '<lambda>' loses its brackets


def _needs_positional(thing: Any) -> bool:
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):  # some compiled functions do not tell their signature
        return True
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return any(p.kind in kinds and p.default is p.empty for p in parameters)

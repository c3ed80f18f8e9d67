"""Fingerprints: the identity of code and settings, under which results are kept.

Two models with one fingerprint must give the same results; so whatever could change a score has to
be in it. Of code that is its source and what the source can see.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any


def fingerprint(**parts: Any) -> str:
    """64 hexadecimal digits for `parts`, which are JSON values.

    Raises:
        ValueError: a part is not a finite JSON value.
    """
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint_of_code(thing: Any) -> str:
    """The identity of a function, class, module or callable object, as far as code can tell.

    A function brings its source, its defaults, what it captured, and the constants and functions
    of its own module that it refers to. Where there is no source (an interactive prompt, ``exec``)
    and for lambdas, whose source line may hold several, the bytecode speaks.

    Not seen: other modules, and the inside of objects whose class is not in the module of `thing`
    (the weights of a network, say). Who depends on those adds a version of their own.
    """
    return fingerprint(code=_Reader(_module(thing)).describe(thing))


class _Reader:
    """Turns things into JSON values that change when what the things do changes."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._open: dict[int, Any] = {}  # holds what it names, so that no id is used twice

    def describe(self, thing: Any) -> Any:
        if thing is None or isinstance(thing, str | int | bool):
            return thing
        if isinstance(thing, float):
            return repr(thing)
        if isinstance(thing, bytes):
            return hashlib.sha256(thing).hexdigest()
        if id(thing) in self._open:
            return "again"
        self._open[id(thing)] = thing
        description = self._describe_compound(thing)
        if not isinstance(thing, FunctionType | type):
            del self._open[id(thing)]  # equal values are described alike wherever they stand
        return description

    def _describe_compound(self, thing: Any) -> Any:
        match thing:
            case list() | tuple():
                return [self.describe(item) for item in thing]
            case set() | frozenset():
                return sorted(json.dumps(self.describe(item)) for item in thing)
            case dict():
                return [[self.describe(key), self.describe(thing[key])] for key in thing]
            case functools.partial():
                return ["partial", *map(self.describe, (thing.func, thing.args, thing.keywords))]
            case MethodType():
                return ["method", self.describe(thing.__func__), self.describe(thing.__self__)]
            case FunctionType():
                return self._describe_function(thing)
            case ModuleType():
                return ["module", thing.__name__, _source(thing)]
            case type():
                return self._describe_class(thing)
            case _:
                return self._describe_object(thing)

    def _describe_function(self, function: FunctionType) -> Any:
        source = None if function.__name__ == "<lambda>" else _source(function)
        body = _bytecode(function.__code__) if source is None else source
        captured = [_content(cell) for cell in function.__closure__ or ()]
        named = {
            name: value
            for name in sorted(_names(function.__code__))
            if self._is_ours(value := function.__globals__.get(name))
        }
        parts = (function.__defaults__, function.__kwdefaults__, captured, named)
        return ["function", _home(function), body, *map(self.describe, parts)]

    def _describe_class(self, cls: type) -> Any:
        if cls.__module__ != self._module:
            return ["class", _home(cls)]
        methods = [value for value in vars(cls).values() if isinstance(value, FunctionType)]
        return ["class", _home(cls), _source(cls), *map(self.describe, (cls.__bases__, methods))]

    def _describe_object(self, thing: Any) -> Any:
        cls = type(thing)
        if cls.__module__ == "numpy" and hasattr(thing, "tobytes"):
            content = hashlib.sha256(thing.tobytes()).hexdigest()
            return ["array", str(thing.dtype), list(thing.shape), content]
        if cls.__module__ == self._module:
            return ["object", self.describe(cls), self.describe(getattr(thing, "__dict__", {}))]
        return ["object", _home(thing) if hasattr(thing, "__qualname__") else _home(cls)]

    def _is_ours(self, value: Any) -> bool:
        """A plain value, or a function or class of the same module."""
        if isinstance(value, FunctionType | type):
            return value.__module__ == self._module
        return isinstance(value, str | int | float | bool | bytes | tuple | list | dict | set)


def _bytecode(code: CodeType) -> Any:
    constants = [
        _bytecode(constant) if isinstance(constant, CodeType) else repr(constant)
        for constant in code.co_consts
    ]
    return [code.co_code.hex(), list(code.co_names), list(code.co_varnames), constants]


def _names(code: CodeType) -> set[str]:
    inner = [_names(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*inner)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # a name that is not bound yet
        return None


def _module(thing: Any) -> str:
    while isinstance(thing, functools.partial):
        thing = thing.func
    return str(getattr(thing, "__module__", None) or type(thing).__module__)


def _home(thing: Any) -> str:
    return f"{thing.__module__}:{thing.__qualname__}"


def _source(thing: Any) -> str | None:
    try:
        return inspect.getsource(thing)
    except (OSError, TypeError):
        return None

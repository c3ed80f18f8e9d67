"""From ``module:attribute``, a Python file or an installed plugin to the object it means.

All three run code: the user's own, or that of a package the user installed. Nothing here is ever
called with a name that came out of a table, a catalog or a run.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from widespectrum.errors import BadInput, MissingExtra, UnknownName


def import_attribute(module: str, attribute: str, *, extra: str | None = None) -> Any:
    """The `attribute` (dots allowed) of an importable `module`.

    Args:
        module: dotted name of the module.
        attribute: name inside it.
        extra: the group of optional dependencies that the module needs, for the remedy.

    Raises:
        UnknownName: there is no such module, or it has no such attribute.
        MissingExtra: the module is there but something that it imports is not.
    """
    if not all(part.isidentifier() for part in module.split(".")):
        raise UnknownName(f"{module!r} is not the name of a module", _REMEDY)
    try:
        loaded = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{module}.".startswith(f"{error.name}."):
            raise UnknownName(f"there is no module {module!r}", _where_else(module)) from error
        raise _missing(module, error, extra) from error
    except Exception as error:
        raise BadInput(
            f"module {module!r} cannot be imported ({type(error).__name__}: {error})", "Mend it."
        ) from error
    return _attribute(loaded, attribute, module)


def import_file_attribute(path: Path, attribute: str) -> Any:
    """The `attribute` of a Python file, which is run. For the user's own code only.

    Raises:
        BadInput: the file is missing or cannot be run.
        UnknownName: it has no such attribute.
        MissingExtra: it imports something that is not installed.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"cannot be opened ({error.strerror})",
            "Name a Python file that exists, as in my_scorer.py:score.",
            file=path,
        ) from error
    # The name follows from the content: equal wherever the file lies, new when it changes.
    name = f"user_code_{path.stem}_{hashlib.sha256(source).hexdigest()[:12]}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise BadInput(
                "is no Python file", "Name a file that ends in .py, as in score.py:f.", file=path
            )
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException as error:
            del sys.modules[name]
            if isinstance(error, ModuleNotFoundError):
                raise _missing(str(path), error, None) from error
            if isinstance(error, Exception):
                raise BadInput(
                    f"cannot be run ({type(error).__name__}: {error})", "Mend it.", file=path
                ) from error
            raise
    return _attribute(sys.modules[name], attribute, str(path))


def plugins(group: str) -> Mapping[str, tuple[EntryPoint, ...]]:
    """Entry points of installed packages by name; several packages may claim one name."""
    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=group):
        same = found.setdefault(point.name, [])
        if point not in same:  # a package that is on the path twice
            same.append(point)
    return {name: tuple(found[name]) for name in sorted(found)}


_REMEDY = "Write module:attribute, as in my_package.scorers:sharpness."


def _attribute(module: ModuleType, attribute: str, name: str) -> Any:
    value: Any = module
    for part in attribute.split("."):
        try:
            value = getattr(value, part)
        except AttributeError as error:
            public = [key for key in vars(module) if not key.startswith("_")]
            raise UnknownName(
                f"{name!r} has no attribute {attribute!r}",
                f"It has: {', '.join(public[:12]) or 'nothing public'}.",
            ) from error
    return value


def _missing(who: str, error: ModuleNotFoundError, extra: str | None) -> MissingExtra:
    line = f"pip install 'widespectrum[{extra}]'" if extra else f"pip install {error.name}"
    return MissingExtra(
        f"{who!r} needs {error.name!r}, which is not installed",
        f"{line} (or, if it is a file of yours, put its folder on PYTHONPATH).",
    )


def _where_else(module: str) -> str:
    beside = Path(f"{module}.py")
    if beside.is_file():
        return f"There is a file of that name; to run it, write ./{beside}:ATTRIBUTE."
    return "Install the package, or name a file: path/to/file.py:attribute."

"""The names people type: ``sharpness``, ``sharpness@size=128``, ``module:attribute``, ``a.py:f``.

A name may carry settings behind ``@``, separated by commas. A value is a TOML scalar (``0.3``,
``true``, ``"text"``); what is no TOML scalar is taken as text as it stands (``path=scores.csv``).
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from widespectrum.errors import BadInput

Setting: TypeAlias = str | int | float | bool

_SETTING = re.compile(
    r"""(?P<key>[A-Za-z_]\w*)\s*=\s*(?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|[^,"'\n]*)\s*(?:,\s*|$)""",
    re.ASCII,
)
_START = re.compile(r"@(?=[A-Za-z_]\w*\s*=)", re.ASCII)


@dataclass(frozen=True)
class ModelName:
    """A name taken apart."""

    base: str
    """Catalog or plugin name; or the module (file) in front of the colon."""
    attribute: str | None = None
    """What is behind the colon of ``module:attribute`` or ``file.py:attribute``."""
    settings: Mapping[str, Setting] = field(default_factory=dict)

    @property
    def is_file(self) -> bool:
        """Whether `base` is a Python file rather than a module."""
        return self.attribute is not None and self.base.endswith(".py")


def parse_name(text: str) -> ModelName:
    """Take a model's name apart.

    Raises:
        BadInput: the name is empty, or its settings are not ``key=value,key=value``.
    """
    target, settings = _split(text)
    if ".py:" in target:
        path, _, attribute = target.rpartition(".py:")
        base = path + ".py"
    else:
        base, colon, attribute = target.partition(":")
        if colon and not attribute.strip():
            raise BadInput(
                f"model name {text!r} has nothing behind the colon",
                "Write module:attribute, as in my_package.scorers:sharpness.",
            )
    if not base.strip():
        raise BadInput(
            f"model name {text!r} is empty", "Name a model; see `widespectrum models list`."
        )
    return ModelName(base.strip(), attribute.strip() or None, _parse_settings(settings, text))


def format_settings(settings: Mapping[str, Setting]) -> str:
    """Settings as they stand in a name, keys sorted: ``@key=value,key=value``, or nothing."""
    if not settings:
        return ""
    return "@" + ",".join(f"{key}={_as_toml(settings[key])}" for key in sorted(settings))


def without_folders(settings: Mapping[str, Setting]) -> dict[str, Setting]:
    """The settings as they may be shown: of a path of this machine, only the file's name is left.

    Tables and reports carry a model's name to other people; which file it was, its fingerprint
    tells. A path is what begins at the root, at home or at a dot, or is there.
    """

    def shown(value: Setting) -> Setting:
        if not isinstance(value, str):
            return value
        return _PART.sub(lambda part: _last(part[0]), value)

    return {key: shown(value) for key, value in settings.items()}


_PART = re.compile(r"""[^=,"'@]+""")
"""What can be a path, in a value that may itself be a model's name with settings."""


def _last(text: str) -> str:
    if "/" not in text and "\\" not in text:
        return text
    try:
        is_path = text.startswith(("/", "~", "./", "../")) or Path(text).exists()
    except (OSError, ValueError):  # too long, or with a character that no path has
        return text
    return Path(text).name if is_path else text


def _split(text: str) -> tuple[str, str]:
    """Target and settings. A path may contain '@' itself, so settings begin at '@key='."""
    start = _START.search(text)
    if start is not None:
        return text[: start.start()], text[start.end() :]
    if ".py:" in text:
        return text, ""
    target, _, settings = text.partition("@")
    return target, settings


def _parse_settings(text: str, name: str) -> dict[str, Setting]:
    settings: dict[str, Setting] = {}
    position = 0
    while position < len(text):
        found = _SETTING.match(text, position)
        if found is None:
            raise BadInput(
                f"the settings of model name {name!r} cannot be read at {text[position:]!r}",
                "Write key=value,key=value; put text that contains a comma into double quotes.",
            )
        key = found["key"]
        if key in settings:
            raise BadInput(f"model name {name!r} sets {key!r} twice", "Keep one of the two.")
        settings[key] = _parse_value(found["value"].strip(), key, name)
        position = found.end()
    return settings


def _parse_value(text: str, key: str, name: str) -> Setting:
    if not text:
        raise BadInput(f"setting {key!r} of model name {name!r} has no value", "Write key=value.")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    if isinstance(value, float) and not math.isfinite(value):
        raise BadInput(f"setting {key!r} of model name {name!r} is {text}", "Give a finite number.")
    # Dates, arrays and inline tables are TOML too, but no scalar of ours: plain text.
    return value if isinstance(value, str | int | float | bool) else text


def _as_toml(value: Setting) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        bare = bool(re.fullmatch(r"[\w./:\\~+-]+", value)) and _parse_value(value, "", "") == value
        # A JSON string is a TOML string, but for one sign that only TOML wants escaped.
        return value if bare else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)

"""Secrets stay out of what a run writes down.

Keys come from the environment, and error messages of providers and libraries like to repeat them.
Every failure's reason passes through `redact` before it is stored or shown.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

MASK = "[redacted]"

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:\w*KEY|\w*TOKEN|SECRET|PASSWORD|PASSWD|PASS|PWD|CREDENTIALS?|AUTH|COOKIE)(?:_|\d*$)",
    re.IGNORECASE,
)
_NOT_SECRET = {"PWD", "OLDPWD"}
_SHORTEST_SECRET = 6
"""Shorter values (`true`, `1`, `cat`) are settings, and masking them would garble prose."""

_ADDRESS_LOGIN = re.compile(r"(?<=://)[^/\s@]+(?=@)")
_BEARER = re.compile(r"(?i)(?<=bearer )[\w.~+/=-]{6,}")


def redact(text: str, secrets: Sequence[str] | None = None) -> str:
    """`text` without secrets.

    Masked are the values of environment variables whose names look like secrets (`..._API_KEY`,
    `HF_TOKEN`, `DB_PASSWORD` ...), logins inside addresses (`https://user:password@host`) and
    bearer tokens.

    Args:
        text: what is about to be written.
        secrets: what `environment_secrets` returned, when many texts are redacted at once.
    """
    for value in environment_secrets() if secrets is None else secrets:
        text = text.replace(value, MASK)
    text = _ADDRESS_LOGIN.sub(MASK, text)
    return _BEARER.sub(MASK, text)


def redact_values(value: Any, secrets: Sequence[str] | None = None) -> Any:
    """The JSON value with every text in it redacted."""
    secrets = environment_secrets() if secrets is None else secrets
    if isinstance(value, str):
        return redact(value, secrets)
    if isinstance(value, dict):
        return {key: redact_values(item, secrets) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_values(item, secrets) for item in value]
    return value


def environment_secrets() -> list[str]:
    """The values to mask, longest first: one may contain another, and no tail must survive."""
    values = {
        value
        for name, value in os.environ.items()
        if len(value) >= _SHORTEST_SECRET and name not in _NOT_SECRET and _SECRET_NAME.search(name)
    }
    return sorted(values, key=len, reverse=True)

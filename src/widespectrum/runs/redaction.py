"""Secrets stay out of what a run writes down.

Keys come from the environment, and error messages of providers and libraries like to repeat them.
Every failure's reason passes through `redact` before it is stored or shown.
"""

from __future__ import annotations

import os
import re
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


def redact(text: str) -> str:
    """`text` without secrets.

    Masked are the values of environment variables whose names look like secrets (`..._API_KEY`,
    `HF_TOKEN`, `DB_PASSWORD` ...), logins inside addresses (`https://user:password@host`) and
    bearer tokens.
    """
    values = {
        value
        for name, value in os.environ.items()
        if len(value) >= _SHORTEST_SECRET and name not in _NOT_SECRET and _SECRET_NAME.search(name)
    }
    # Longest first: a secret may contain another, and its tail must not survive.
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, MASK)
    text = _ADDRESS_LOGIN.sub(MASK, text)
    return _BEARER.sub(MASK, text)


def redact_values(value: Any) -> Any:
    """The JSON value with every text in it redacted."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: redact_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_values(item) for item in value]
    return value

"""Text that leaves for a page: whole characters only, and short where a place is small."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters and lone surrogates: no HTML, XML or UTF-8 file may hold them."""


def clean(text: str) -> str:
    """The text with every character that no page may hold replaced by U+FFFD."""
    return _UNSPEAKABLE.sub("\ufffd", text)


def clean_tree(value: Any) -> Any:
    """A JSON-like value with all its texts, keys included, clean."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(key)): clean_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_tree(item) for item in value]
    return value


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, the last an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def slug(text: str) -> str:
    """A file name or anchor made of ``a-z 0-9 -`` alone; never empty, at most 60 characters."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return plain[:60].strip("-") or "untitled"


def unique_slugs(names: list[str], taken: tuple[str, ...] = ()) -> list[str]:
    """One slug per name, in order, all different from each other and from those taken."""
    slugs: list[str] = []
    for name in names:
        base = candidate = slug(name)
        number = 2
        while candidate in slugs or candidate in taken:
            candidate = f"{base}-{number}"
            number += 1
        slugs.append(candidate)
    return slugs

"""Records by name, and the remedy for a misspelt one: the known names nearest to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TypeVar, overload

from widespectrum.errors import UnknownName

T = TypeVar("T")
Other = TypeVar("Other")


def nearest(name: object, known: Iterable[str]) -> str:
    """One sentence that offers up to three known names like `name` or, failing that, all."""
    known = list(known)
    matches = get_close_matches(str(name), known, n=3)
    matches = matches or [each for each in known if str(name) and str(name) in each][:3]
    if matches:
        return f"Did you mean {' or '.join(repr(match) for match in matches)}?"
    return f"Known are: {', '.join(known)}." if known else "None is known."


class Named(Mapping[str, T]):
    """An immutable mapping from names to records, in a fixed order.

    A miss raises `UnknownName` instead of `KeyError`, and offers the nearest names.

    Args:
        kind: what the records are, for messages: "dimension".
        records: (name, record) in order; names are distinct.
    """

    def __init__(self, kind: str, records: Iterable[tuple[str, T]]) -> None:
        self._kind = kind
        self._records = dict(records)

    def __getitem__(self, name: str) -> T:
        if name not in self._records:
            raise UnknownName(f"there is no {self._kind} {name!r}", nearest(name, self._records))
        return self._records[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._records)})"

    # Mapping's own versions of the next two expect a KeyError.
    def __contains__(self, name: object) -> bool:
        return name in self._records

    @overload
    def get(self, key: str, /) -> T | None: ...
    @overload
    def get(self, key: str, default: T | Other, /) -> T | Other: ...
    def get(self, key: str, default: object = None, /) -> object:
        """The record of that name, or `default`."""
        return self._records.get(key, default)

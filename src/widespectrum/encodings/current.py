"""Which store is in force: scorers ask here, so that they need not know about runs.

Whoever runs scorers says ``with using(store):``; everything that is scored inside goes through that
store. Outside of any ``using``, the environment variable ``WIDESPECTRUM_ENCODINGS`` names a folder,
and without it nothing is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from numpy.typing import NDArray

from widespectrum.encodings.store import EncodingStore

VARIABLE = "WIDESPECTRUM_ENCODINGS"
"""Environment variable: the folder in which encodings are kept, or ``off``."""
OFF = "off"

Item = TypeVar("Item")

_UNSET: Any = object()
_chosen: ContextVar[EncodingStore | None] = ContextVar("encodings", default=_UNSET)


@contextmanager
def using(store: EncodingStore | None) -> Iterator[EncodingStore | None]:
    """Inside, scorers keep their encodings in `store`; with ``None`` they keep none."""
    token = _chosen.set(store)
    try:
        yield store
    finally:
        _chosen.reset(token)


def during(store: EncodingStore | None, records: Iterator[Item]) -> Iterator[Item]:
    """The same records, each worked out with `store` in force; between them nothing is changed."""
    try:
        while True:
            with using(store):
                try:
                    record = next(records)
                except StopIteration:
                    return
            yield record
    finally:
        if isinstance(records, Generator):
            records.close()


def current_store() -> EncodingStore | None:
    """The store of the enclosing `using`, else that of the environment, else ``None``."""
    chosen = _chosen.get()
    if chosen is not _UNSET:
        return chosen
    folder = os.environ.get(VARIABLE, "")
    return None if folder in ("", OFF) else _store(folder)


def store_at(folder: str | None) -> EncodingStore | None:
    """A new store where a person asked for it, on a command line or not at all.

    Args:
        folder: a folder; ``off`` for none; ``None`` to go by the environment, and where that says
            nothing by the user's cache folder.
    """
    folder = folder or os.environ.get(VARIABLE) or str(default_folder())
    return None if folder == OFF else EncodingStore(folder)


def default_folder() -> Path:
    """Where encodings are kept if nobody says otherwise: in the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(base or Path.home() / ".cache") / "widespectrum" / "encodings"


def encoded(
    tower: str,
    items: Sequence[Item],
    key: Callable[[Item], str],
    encode: Callable[[Sequence[Item]], NDArray[Any]],
) -> NDArray[Any]:
    """The encodings of `items`, in order, through the store in force if there is one.

    Args:
        tower: name of what encodes; whatever changes an encoding is in it.
        items: images or texts.
        key: `content_key` or `text_key`; not called where nothing is kept.
        encode: items -> one row each; called with those that are not known.
    """
    store = current_store()
    if store is None:
        return encode(items)
    keys = [key(item) for item in items]
    return store.through(tower, keys, lambda places: encode([items[place] for place in places]))


def known(tower: str, items: Sequence[Item], key: Callable[[Item], str]) -> list[bool]:
    """Which of `items` have an encoding in the store in force; all False where there is none."""
    store = current_store()
    if store is None:
        return [False] * len(items)
    return store.knows(tower, [key(item) for item in items])


@lru_cache(maxsize=16)
def _store(folder: str) -> EncodingStore:
    return EncodingStore(folder)

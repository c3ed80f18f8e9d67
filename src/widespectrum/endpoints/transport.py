"""One HTTP request, with a deadline for all of it and a limit to what may come back.

A key enters here and leaves no trace: it is in no exception, and if a server repeats it in its
answer it is masked before anybody sees the text.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from widespectrum.endpoints.address import Address
from widespectrum.endpoints.outcomes import ProviderFailed, TimedOut
from widespectrum.errors import MissingExtra

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 8 * 1024 * 1024
"""Longest answer in words that is read; a completion has kilobytes."""

MOST_PICTURE_BYTES = 96 * 1024 * 1024
"""Longest answer with a picture that is read; one of 4096 x 4096 pixels may have half of that."""

MASK = "[redacted]"


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    text: str
    wait: float | None
    """Seconds of ``Retry-After``, if the server sent a sensible one."""


@contextmanager
def open_client(connections: int) -> Iterator[httpx.Client]:
    """A client for some questions. Redirects are not followed: they would carry the key along.

    Raises:
        MissingExtra: httpx is not installed.
    """
    try:
        import httpx
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "asking an endpoint needs 'httpx', which is not installed",
            "pip install 'widespectrum[api]'",
        ) from error
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    with httpx.Client(limits=limits, follow_redirects=False, verify=_certificates()) as client:
        yield client


@cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust; read once, since it takes longer than many an answer of a local server."""
    import httpx

    return httpx.create_ssl_context()


def post(client: httpx.Client, address: Address, body: dict[str, Any], seconds: float) -> Reply:
    """Ask for a chat completion once; arguments and errors as for `ask`."""
    return ask(client, address, "/chat/completions", body, seconds)


def ask(
    client: httpx.Client,
    address: Address,
    path: str,
    body: Mapping[str, Any] | None,
    seconds: float,
    *,
    most: int | None = None,
) -> Reply:
    """Ask once.

    Args:
        client: from `open_client`.
        address: where.
        path: which resource, from its base address on.
        body: the request; None: it is only looked up (GET).
        seconds: for all of it, however slowly the server drips.
        most: bytes that may come back, by default `MOST_BYTES`.

    Raises:
        NoAccess: a key is needed and not set.
        TimedOut: no complete answer in time.
        ProviderFailed: the connection failed, or the answer is too long.
    """
    key = address.key()
    headers = {"Accept": "application/json"}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    content = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        content = json.dumps(body, allow_nan=False).encode()
    status, data, wait = _receive(
        client, address.at(path), headers, content, seconds, most, address.base_url, key
    )
    return Reply(status, masked(data.decode("utf-8", "replace"), key), wait)


def download(
    client: httpx.Client, url: str, seconds: float, *, most: int | None = None
) -> tuple[int, bytes, float | None]:
    """Status, content and ``Retry-After`` of a file. No key is sent along.

    Raises:
        TimedOut, ProviderFailed: as `ask`.
    """
    place = urlsplit(url).hostname or "nowhere"
    return _receive(client, url, {}, None, seconds, most, place, None)


def _receive(
    client: httpx.Client,
    url: str,
    headers: Mapping[str, str],
    content: bytes | None,
    seconds: float,
    most: int | None,
    place: str,
    key: str | None,
) -> tuple[int, bytes, float | None]:
    """Send once; POST where there is something to send. `place` is what messages call the url."""
    import httpx

    most = MOST_BYTES if most is None else most
    deadline = time.monotonic() + seconds
    received = bytearray()
    try:
        with client.stream(
            "GET" if content is None else "POST",
            url,
            content=content,
            headers=dict(headers),
            timeout=httpx.Timeout(seconds, connect=min(seconds, 20.0)),
        ) as response:
            for chunk in response.iter_bytes():
                received += chunk
                if len(received) > most:
                    raise ProviderFailed(
                        f"the answer is longer than {most:,} bytes", "Check base_url.", heard=True
                    )
                if time.monotonic() > deadline:
                    raise TimedOut(f"no complete answer within {seconds:g} s", "Give it more time.")
            wait = seconds_to_wait(response.headers.get("retry-after"))
            return response.status_code, bytes(received), wait
    except httpx.TimeoutException:
        # The cause is left out: it holds the request, and so the key.
        raise TimedOut(f"no answer within {seconds:g} s", "Give it more time.") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        said = masked(f"{type(error).__name__}: {error}", key)
        raise ProviderFailed(
            f"the connection to {place} failed ({said})",
            "Check that the server runs and is reachable from here.",
            heard=isinstance(error, httpx.ReadError | httpx.RemoteProtocolError),
        ) from None


def seconds_to_wait(header: str | None) -> float | None:
    """``Retry-After`` as seconds: a number, or a date."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            when = parsedate_to_datetime(header)
        except ValueError:
            return None
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        seconds = (when - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if seconds == seconds and seconds != float("inf") else None


def masked(text: str, key: str | None) -> str:
    """The text without the key, also where JSON has escaped it."""
    if not key:
        return text
    for form in (key, key.replace("/", "\\/"), json.dumps(key)[1:-1]):
        text = text.replace(form, MASK)
    return text

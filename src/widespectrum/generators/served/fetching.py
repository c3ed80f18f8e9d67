"""Fetching a finished picture from the address that a server names.

Such an address is a stranger's word. It is followed only to the hosts that the catalog entry
allows, over https, without a key; a redirect is not followed at all. From the server that was asked
it may come as that server is reached, so that one of your own can be used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from widespectrum.endpoints.completions import error_for, excerpt
from widespectrum.endpoints.outcomes import PictureGone, RequestRejected
from widespectrum.endpoints.transport import MOST_PICTURE_BYTES, download

if TYPE_CHECKING:
    import httpx

GONE = (403, 404, 410)
"""What a server says of something that expired."""


def fetch_picture(
    client: httpx.Client, url: str, seconds: float, base_url: str, hosts: tuple[str, ...]
) -> bytes:
    """The file at an address that a server named.

    Args:
        client: of the endpoints.
        url: the address.
        seconds: for all of it.
        base_url: of the server.
        hosts: allowed by the catalog entry.

    Raises:
        RequestRejected: nothing is fetched from there. Asking for another picture would be paid for
            and end in the same way, so it is final.
        PictureGone: it has expired.
        RateLimited, TimedOut, ProviderFailed: it could not be fetched now.
    """
    if not may_fetch(url, base_url, hosts):
        raise RequestRejected(
            f"the picture is at {excerpt(url)!r}, where nothing is fetched from",
            f"Allowed are {', '.join(hosts) or 'no hosts'}, over https, and the server itself.",
        )
    status, data, wait = download(client, url, seconds, most=MOST_PICTURE_BYTES)
    if 200 <= status < 300:
        return data
    if 300 <= status < 400:
        raise RequestRejected(
            f"where the picture should be there is a redirect (status {status})",
            "It is not followed: it might lead anywhere.",
        )
    if status in GONE:
        raise PictureGone(f"the picture has expired (status {status})", "Ask again.")
    raise error_for(status, None, data[:1000].decode("utf-8", "replace"), wait=wait)


def may_fetch(url: str, base_url: str, hosts: tuple[str, ...]) -> bool:
    """Whether a picture may be fetched from an address.

    Args:
        url: the address.
        base_url: of the server that named it.
        hosts: allowed, with all hosts below them.
    """
    try:
        parts, own = urlsplit(url), urlsplit(base_url)
        host, port = parts.hostname, parts.port
        same = (parts.scheme, host, port) == (own.scheme, own.hostname, own.port)
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None:
        return False
    allowed = any(host == each or host.endswith(f".{each}") for each in hosts)
    return same or (parts.scheme == "https" and port in (None, 443) and allowed)

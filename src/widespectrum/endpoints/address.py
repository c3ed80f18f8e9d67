"""Where a model is served, and which environment variable holds the key for that place.

A key is read from the environment at the moment of sending and lives nowhere else. A provider's key
goes to that provider's host only, and a server of one's own gets only variables made for it: a
catalog or a name that somebody passed on cannot send a key, or any other secret, elsewhere.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from widespectrum.errors import BadInput, NoAccess

OPENAI = "https://api.openai.com/v1"

PROVIDERS = {
    "OPENAI_API_KEY": ("api.openai.com",),
    "OPENROUTER_API_KEY": ("openrouter.ai",),
    "GEMINI_API_KEY": ("generativelanguage.googleapis.com",),
    "DASHSCOPE_API_KEY": ("dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com"),
    "ZAI_API_KEY": ("api.z.ai",),
    "REPLICATE_API_TOKEN": ("api.replicate.com",),
}
"""Variables of known providers, and the hosts that each may be sent to."""

OWN_KEY = "WIDESPECTRUM_API_KEY"
"""The key of a server of one's own, if it wants one."""

BASE_URL = "WIDESPECTRUM_BASE_URL"
"""The address of a server of one's own, for names that give none."""

_OWN_VARIABLE = re.compile(r"WIDESPECTRUM_\w*KEY")


@dataclass(frozen=True)
class Address:
    """One model on one server."""

    base_url: str
    """Up to and including the version, as ``http://127.0.0.1:8000/v1``."""
    model: str
    """As the server calls it."""
    key_variable: str
    """Environment variable with the key."""

    @property
    def url(self) -> str:
        """Where chat completions are asked for."""
        return self.at("/chat/completions")

    def at(self, path: str) -> str:
        """The address of another resource of the server."""
        return self.base_url + path

    def key(self) -> str | None:
        """The key, from the environment; None for a server of one's own that wants none.

        Raises:
            NoAccess: a provider's key is not set.
        """
        value = os.environ.get(self.key_variable, "").strip()
        if value:
            if not value.isascii() or not value.isprintable():
                raise NoAccess(
                    f"{self.key_variable} holds characters that no key has", "Set it anew."
                )
            return value
        if self.key_variable in PROVIDERS:
            raise NoAccess(
                f"{self.base_url} wants a key, and {self.key_variable} is not set",
                f"export {self.key_variable}=... in the shell that runs widespectrum.",
            )
        return None


def address(model: str, base_url: str = "", key_variable: str = "") -> Address:
    """Check and complete an address.

    Args:
        model: as the server calls it.
        base_url: by default that of `BASE_URL` in the environment, else OpenAI's.
        key_variable: by default the provider's that serves there, else `OWN_KEY`.

    Raises:
        BadInput: no model, an address that is none or carries a login, or a key variable that does
            not belong to this host.
    """
    if not model.strip():
        raise BadInput("no model is named", "Write openai:MODEL, or model=....", field="model")
    base = (base_url or os.environ.get(BASE_URL, "") or OPENAI).strip().rstrip("/")
    scheme, host = _parts(base)
    mine = next((name for name, hosts in PROVIDERS.items() if host in hosts), OWN_KEY)
    variable = key_variable or mine
    if host not in PROVIDERS.get(variable, ()) and not _OWN_VARIABLE.fullmatch(variable):
        raise BadInput(
            f"{variable!r} would be sent to {host}",
            "A provider's key goes to that provider only; for a server of your own put its key "
            "into a variable named WIDESPECTRUM_..._KEY.",
            field="key_variable",
        )
    if variable in PROVIDERS and scheme != "https":
        raise BadInput(
            "a provider's key is never sent in the clear", "Write https://.", field="base_url"
        )
    return Address(base, model.strip(), variable)


def _parts(base: str) -> tuple[str, str]:
    """Scheme and host."""
    remedy = "Write it as http://127.0.0.1:8000/v1."
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadInput(f"is no address ({error})", remedy, field="base_url") from error
    if parts.scheme not in ("http", "https") or not host:
        raise BadInput(f"{base[:80]!r} is no http(s) address", remedy, field="base_url")
    if parts.username or parts.password or parts.query or parts.fragment:
        # Never repeated in the message: this is where people put secrets.
        raise BadInput(
            "the address carries a login, a query or a fragment",
            "Keep secrets out of it: the key belongs into an environment variable.",
            field="base_url",
        )
    return parts.scheme, host

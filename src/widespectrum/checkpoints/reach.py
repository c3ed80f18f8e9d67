"""Does the hub answer at all? Asked once per process, and not for long.

The hub's client asks six times before it gives up, for every file anew: half a minute per model
where there is no network. So before the first request one short question is put to the hub.
"""

from __future__ import annotations

from functools import cache

PATIENCE = 5.0
"""Seconds for an answer, whatever it says."""


def hub_answers() -> bool:
    """Whether the hub is switched on and gives any answer within `PATIENCE` seconds."""
    from huggingface_hub import constants, is_offline_mode

    return not is_offline_mode() and _answers(constants.ENDPOINT)


@cache
def _answers(address: str) -> bool:
    from huggingface_hub import get_session

    try:
        get_session().head(address, timeout=PATIENCE)
    except Exception:  # of many kinds: no such name, no route, no answer in time, a broken one
        return False
    return True

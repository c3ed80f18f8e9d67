"""How a question to an endpoint can end other than well: one class per kind of a failures row.

Which of them is worth another try is decided here and nowhere else: what the server or the network
did wrong is tried again after a pause, an answer that cannot be read is asked for anew without one,
and a refusal, a rejected request or spent money is final.
"""

from __future__ import annotations

from dataclasses import dataclass

from widespectrum.contracts import Failure
from widespectrum.errors import InvalidResult, ProviderRefused, WidespectrumError


class RateLimited(WidespectrumError):
    """The provider wants fewer requests. Remedy: lower the concurrency, or run again later."""

    kind = "rate_limited"

    def __init__(self, problem: str, remedy: str = "", *, wait: float | None = None) -> None:
        super().__init__(problem, remedy)
        self.wait = wait
        """Seconds that the provider asked for (``Retry-After``), if it did."""


class TimedOut(WidespectrumError):
    """No complete answer within the time limit. Remedy: more time, or fewer requests at once."""

    kind = "timed_out"


class ProviderFailed(WidespectrumError):
    """The server failed or the connection broke. Remedy: run again later."""

    kind = "provider_failed"

    def __init__(self, problem: str, remedy: str = "", *, heard: bool = False) -> None:
        super().__init__(problem, remedy)
        self.heard = heard
        """Whether the server may have got the request before the connection broke."""


class RequestRejected(WidespectrumError):
    """The server does not take this request. Remedy: the setting that the message speaks of."""

    kind = "request_rejected"


class EmptyAnswer(InvalidResult):
    """A completion without text."""

    kind = "empty_answer"


class TextOnly(InvalidResult):
    """Words where a picture was asked for: a question, a description, or a refusal in prose."""

    kind = "text_only"


class PictureGone(InvalidResult):
    """A picture was painted, and cannot be had any more. Remedy: have it painted again."""

    kind = "picture_gone"


class SpendingLimit(WidespectrumError):
    """Asking might cost more than was allowed. Remedy: a higher limit, then run again."""

    kind = "spending_limit"


PAUSED_FOR = (RateLimited, TimedOut, ProviderFailed)
"""Worth another try after a pause."""

ASKED_ANEW = (InvalidResult,)
"""Worth a few more samples at once: the model spoke, but not so that it can be read."""

DECLINED = (ProviderRefused.kind, TextOnly.kind)
"""Kinds of failure that are an answer: the provider, or the model behind it, would not paint. How
often that happens, and under which prompts, is a finding; an outage is none."""

FINAL = (ProviderRefused, RequestRejected, SpendingLimit)
"""Never tried again with the same words, unless whoever asks wants that of refusals (generators
have a setting); above all, no prompt is changed to get past a refusal."""


@dataclass(frozen=True)
class Missed:
    """A question without an answer: the last error, and how often it was put."""

    error: WidespectrumError
    attempts: int

    @property
    def failure(self) -> Failure:
        """The row of the failures table."""
        return Failure(self.error.kind, str(self.error), self.attempts)

"""A VLM behind an OpenAI-compatible endpoint as a chooser."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import Field, model_validator

from widespectrum.catalog import ModelEntry, Setting, fingerprint
from widespectrum.choosers.messages import Message, load_message
from widespectrum.choosers.orders import ORDERS, Order, in_contest, outcome
from widespectrum.contracts import Choice, Contest, Failure
from widespectrum.endpoints import (
    Answer,
    Estimate,
    Format,
    Missed,
    Picture,
    Question,
    Served,
    ServedSettings,
    Session,
    estimate,
    read_settings,
    shared_session,
)
from widespectrum.endpoints.pictures import shrunk

Asked = Literal["both", "drawn"]
"""both: every contest in both orders. drawn: in one, drawn by the contest's content."""

Size = tuple[int, int]


class ChooserSettings(ServedSettings):
    """Settings of a chooser behind an endpoint."""

    compat: Literal["", "paper"] = ""
    """``paper`` for the paper's way: its message, one drawn order, temperature 0.3."""
    message: str = "fidelity"
    """``fidelity``, ``paper`` or a TOML file (`widespectrum.choosers.messages`)."""
    orders: Asked = "both"
    votes: int = Field(default=1, ge=1)
    """How often each order is asked."""
    format: Format = "json_schema"
    """How the answer's form is enforced."""

    @model_validator(mode="before")
    @classmethod
    def _preset(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("compat") != "paper":
            return values
        preset = {"message": "paper", "orders": "drawn", "temperature": 0.3}
        given = next((name for name in preset if name in values), None)
        if given is not None:
            raise ValueError(f"compat=paper sets {given} already")
        return preset | values


class EndpointChooser:
    """Which image follows the prompt better, says a VLM.

    Args:
        entry: name and what else is known.
        settings: those of `ChooserSettings`.

    Raises:
        BadInput: a setting is not what it should be.
    """

    def __init__(self, entry: ModelEntry, **settings: Setting) -> None:
        chosen = read_settings(ChooserSettings, entry.name, settings)
        self.name = entry.name
        self.entry = entry
        self.session: Session | None = None
        """On whose terms it asks; by default those that the process shares."""
        self.message: Message = load_message(chosen.message)
        self.served = Served.of(chosen)
        self.served.refuse_pointless_votes(chosen.votes)
        self.votes = chosen.votes
        self.orders: Asked = chosen.orders
        self._selection = self.message.selection(chosen.format)
        self.fingerprint = fingerprint(
            chooser="endpoint",
            version=1,
            served=self.served.identity,
            message=self.message.identity,
            format=chosen.format,
            orders=chosen.orders,
            votes=chosen.votes,
        )

    def __repr__(self) -> str:
        return f"<chooser {self.name}>"

    @property
    def questions_per_contest(self) -> int:
        """Requests that one contest takes if nothing goes wrong."""
        return self.votes * (len(ORDERS) if self.orders == "both" else 1)

    def choose(self, contests: Sequence[Contest]) -> list[Choice | Failure]:
        """One choice or `Failure` per contest, in order.

        ``details`` of a choice hold the verdicts of every vote by order of showing, and how the two
        orders compare (`widespectrum.choosers.orders`). A contest of which one vote has no answer
        is a failure: its other answers are kept, so that only the missing one is asked for again.

        Raises:
            NoAccess: nothing can be answered: no key, no credit, no such model, no server.
        """
        pictures = self.served.pictures([i for c in contests for i in (c.first, c.second)])
        asked = [
            (order, self._question(contest.prompt, first, second, order, vote))
            for contest, first, second in zip(contests, pictures[::2], pictures[1::2], strict=True)
            for order in self._orders(contest.prompt, first, second)
            for vote in range(self.votes)
        ]
        session = self.session or shared_session()
        answers = session.ask([question for _, question in asked], self.served.price, self._read)
        told = [(order, answer) for (order, _), answer in zip(asked, answers, strict=True)]
        each = self.questions_per_contest
        return [_choice(told[start : start + each]) for start in range(0, len(told), each)]

    def cost(self, contests: Iterable[tuple[Size, Size, str]]) -> Estimate:
        """What contests will cost, from the sizes of their images and their prompts."""
        sizes: list[Size] = []
        text = count = 0
        for first, second, prompt in contests:
            times = self.questions_per_contest
            sizes += [shrunk(size, self.served.max_side) for size in (first, second)] * times
            text += self.message.length(prompt) * times
            count += times
        limit = self.served.sampling.max_tokens
        return estimate(sizes, text, count, limit, self.served.price)

    def _orders(self, prompt: str, first: Picture, second: Picture) -> Sequence[Order]:
        if self.orders == "both":
            return ORDERS
        # A fair coin that anybody can toss again: order, batch and engine change nothing.
        content = "\n".join((first.sha256, second.sha256, prompt))
        digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()
        return (ORDERS[digest[0] & 1],)

    def _question(
        self, prompt: str, first: Picture, second: Picture, order: Order, vote: int
    ) -> Question:
        shown = (first, second) if order == "forward" else (second, first)
        content = self.message.fill(prompt, *shown)
        return self.served.question(
            *content, system=self.message.system, selection=self._selection, vote=vote
        )

    def _read(self, answer: Answer) -> int:
        return self.message.meaning[self._selection.read(answer.text)]


def _choice(answers: Sequence[tuple[Order, int | Missed]]) -> Choice | Failure:
    """What the answers about one contest come to."""
    votes: dict[Order, list[int]] = {}
    for order, answer in answers:
        if isinstance(answer, Missed):
            return answer.failure
        votes.setdefault(order, []).append(in_contest(answer, order))
    result = outcome(votes)
    details: dict[str, Any] = {str(order): given for order, given in votes.items()}
    if result.position is not None:
        details["position"] = result.position
    return Choice(result.verdict, result.confidence, details)

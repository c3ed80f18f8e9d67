"""A VLM behind an OpenAI-compatible endpoint as a chooser."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Literal, get_args

from widespectrum.catalog import ModelEntry, fingerprint
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
    Session,
    estimate,
    shared_session,
)
from widespectrum.endpoints.pictures import shrunk
from widespectrum.endpoints.questions import LimitField
from widespectrum.errors import BadInput

Asked = Literal["both", "drawn"]
"""both: every contest in both orders. drawn: in one, drawn by the contest's content."""

Size = tuple[int, int]


class EndpointChooser:
    """Which image follows the prompt better, says a VLM.

    Args:
        entry: name and what else is known.
        model: as the server calls it.
        base_url: the server's address, up to the version.
        key_variable: environment variable with the key, where it is not the provider's usual one.
        compat: ``paper`` for the paper's way: its message, one drawn order, temperature 0.3.
        message: ``fidelity``, ``paper`` or a TOML file; by default ``fidelity``.
        orders: ``both`` or ``drawn``; by default ``both``.
        votes: how often each order is asked.
        temperature: 0 to 2, or ``default`` for the server's; by default 0.
        format: how the answer's form is enforced: ``json_schema``, ``json_object`` or ``plain``.
        max_tokens: longest answer, thinking included.
        limit_field: ``max_tokens`` or ``max_completion_tokens``.
        extra: further fields of the request, as a JSON object.
        input_price: US dollars per million tokens.
        output_price: likewise.
        max_side: shrink pictures to so many pixels; 0 sends their full size, as the paper does.

    Raises:
        BadInput: a setting is not what it should be.
    """

    def __init__(
        self,
        entry: ModelEntry,
        *,
        model: str,
        base_url: str = "",
        key_variable: str = "",
        compat: str = "",
        message: str = "",
        orders: str = "",
        votes: int = 1,
        temperature: float | str | None = None,
        format: Format = "json_schema",
        max_tokens: int = 512,
        limit_field: LimitField = "max_tokens",
        extra: str = "",
        input_price: float | None = None,
        output_price: float | None = None,
        max_side: int = 0,
    ) -> None:
        message, orders, temperature = _preset(compat, message, orders, temperature)
        if orders not in get_args(Asked):
            raise BadInput(f"is {orders!r}", "Use both or drawn.", field="orders")
        if votes < 1:
            raise BadInput(f"is {votes}", "Ask at least once.", field="votes")
        self.name = entry.name
        self.entry = entry
        self.session: Session | None = None
        """On whose terms it asks; by default those that the process shares."""
        self.message: Message = load_message(message)
        self.served = Served.of(
            model=model,
            base_url=base_url,
            key_variable=key_variable,
            temperature=temperature,
            max_tokens=max_tokens,
            limit_field=limit_field,
            extra=extra,
            input_price=input_price,
            output_price=output_price,
            max_side=max_side,
        )
        self.votes = votes
        self.orders: Asked = "both" if orders == "both" else "drawn"
        self._selection = self.message.selection(format)
        self.fingerprint = fingerprint(
            chooser="endpoint",
            version=1,
            served=self.served.identity,
            message=self.message.identity,
            format=format,
            orders=orders,
            votes=votes,
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
    details: dict[str, Any] = dict(votes)
    if result.position is not None:
        details["position"] = result.position
    return Choice(result.verdict, result.confidence, details)


def _preset(
    compat: str, message: str, orders: str, temperature: float | str | None
) -> tuple[str, str, float | str]:
    """Message, orders and temperature, with what `compat` says about them."""
    if compat not in ("", "paper"):
        raise BadInput(f"is {compat!r}", "Use compat=paper, or leave it out.", field="compat")
    chosen = {"message": message, "orders": orders, "temperature": temperature}
    given = [name for name, value in chosen.items() if value not in ("", None)]
    if compat and given:
        raise BadInput(
            f"{given[0]} is set beside compat=paper, which sets it",
            "Leave one out.",
            field=given[0],
        )
    if compat:
        return "paper", "drawn", 0.3
    return message or "fidelity", orders or "both", 0.0 if temperature is None else temperature

"""What questions cost, before and after they are asked, and a limit that holds with many at once.

Before a question is sent, the most that it may cost is set aside; what it did cost takes that place
afterwards. So the limit holds for all workers together, as far as the estimate of a picture's
tokens is an upper bound, which for some models it may not be.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from widespectrum.endpoints.completions import Answer
from widespectrum.endpoints.outcomes import SpendingLimit
from widespectrum.endpoints.questions import Question
from widespectrum.errors import BadInput, NoAccess

PIXELS_PER_TOKEN = 28 * 28
"""A patch of the usual vision towers. Tile-counting providers mostly charge less for a picture."""

BYTES_PER_TOKEN = 3
"""Of UTF-8 text; English has four to five."""

TOKENS_OF_A_MESSAGE = 50
"""Role names, separators and the schema."""

USUAL_OUTPUT = 16
"""Tokens of an answer like ``{"choice": "first"}``."""


@dataclass(frozen=True)
class Price:
    """US dollars per million tokens; None where it is not known."""

    input: float | None = None
    output: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("input_price", self.input), ("output_price", self.output)):
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise BadInput(f"is {value}", "Give US dollars per million tokens.", field=name)

    @property
    def known(self) -> bool:
        """Whether costs can be told at all."""
        return self.input is not None and self.output is not None

    def of(self, input_tokens: float, output_tokens: float) -> float | None:
        """US dollars for so many tokens."""
        if self.input is None or self.output is None:
            return None
        return (input_tokens * self.input + output_tokens * self.output) / 1e6

    def most(self, question: Question) -> float | None:
        """What a question costs if the model talks until its token limit."""
        return self.of(input_tokens(question), question.sampling.max_tokens)

    def actual(self, question: Question, answer: Answer) -> float | None:
        """What an answer cost: as the server says, else by its count of tokens, else at most."""
        if answer.cost is not None:
            return answer.cost
        if answer.input_tokens is None or answer.output_tokens is None:
            return self.most(question)
        return self.of(answer.input_tokens, answer.output_tokens)


@dataclass(frozen=True)
class Estimate:
    """What some questions will cost."""

    questions: int
    input_tokens: int
    output_tokens: int
    """With answers of usual length."""
    dollars: float | None
    """With answers of usual length; None where the price is not known."""
    most: float | None
    """If every answer is as long as its limit allows."""


def estimate(
    sizes: Iterable[tuple[int, int]],
    text_bytes: int,
    questions: int,
    max_tokens: int,
    price: Price,
    *,
    usual: int = USUAL_OUTPUT,
) -> Estimate:
    """The cost of questions that are not made yet.

    Args:
        sizes: width and height of every picture, as often as it will be sent.
        text_bytes: of all questions together.
        questions: how many.
        max_tokens: limit of each answer.
        price: of the model.
        usual: tokens of an answer.
    """
    pictures = sum(picture_tokens(size) for size in sizes)
    tokens = pictures + text_bytes // BYTES_PER_TOKEN + questions * TOKENS_OF_A_MESSAGE
    output = questions * min(usual, max_tokens)
    return Estimate(
        questions=questions,
        input_tokens=tokens,
        output_tokens=output,
        dollars=price.of(tokens, output),
        most=price.of(tokens, questions * max_tokens),
    )


def input_tokens(question: Question) -> int:
    """About how many tokens a question has; rather too many than too few."""
    text = sum(len(part.encode("utf-8", "replace")) for part in question.texts)
    pictures = sum(picture_tokens(picture.size) for picture in question.pictures)
    return math.ceil(text / BYTES_PER_TOKEN) + pictures + TOKENS_OF_A_MESSAGE


def picture_tokens(size: tuple[int, int]) -> int:
    """About how many tokens a picture of that width and height has."""
    return math.ceil(size[0] * size[1] / PIXELS_PER_TOKEN)


class Budget:
    """Money that may be spent, shared by all workers.

    Args:
        limit: US dollars, or None for no limit.
        spent: before now.
    """

    def __init__(self, limit: float | None = None, spent: float = 0.0) -> None:
        if limit is not None and not (math.isfinite(limit) and limit >= 0):
            raise BadInput(f"is {limit}", "Give US dollars.", field="max_cost")
        self.limit = limit
        self._spent = spent
        self._set_aside = 0.0
        self._under_way = 0
        self._settled = threading.Condition()

    @property
    def spent(self) -> float:
        """US dollars, as far as they are known."""
        return self._spent

    def set_aside(self, dollars: float | None) -> float:
        """Keep so much for a question that is about to be asked; give it back by `settle`.

        Where only what others have set aside is in the way, it waits: they rarely need all of it.

        Raises:
            SpendingLimit: the question might exceed the limit.
            NoAccess: there is a limit, and the question's price is not known.
        """
        if self.limit is not None and dollars is None:
            raise NoAccess(
                "spending is limited, but the price of this model is not known",
                "Add it to its name: input_price=...,output_price=... (US dollars per million "
                "tokens), or image_price=... where it paints.",
            )
        amount = dollars or 0.0
        with self._settled:
            while self.limit is not None and self._spent + self._set_aside + amount > self.limit:
                if self._under_way == 0 or self._spent + amount > self.limit:
                    raise SpendingLimit(
                        f"{self._spent:.4f} of {self.limit:.4f} US dollars are spent, and one more "
                        f"question may cost {amount:.4f}",
                        "Allow more with --max-cost and run again with --retry-failed; answers "
                        "that are there are kept.",
                    )
                self._settled.wait()
            self._set_aside += amount
            self._under_way += 1
        return amount

    def settle(self, set_aside: float, spent: float) -> None:
        """Give back what was set aside for a question, and note what it cost."""
        with self._settled:
            self._under_way -= 1
            # Sums of rounded numbers: with none under way, nothing is set aside.
            self._set_aside = max(0.0, self._set_aside - set_aside) if self._under_way else 0.0
            self._spent += spent
            self._settled.notify_all()

"""Chat completions as a way to put questions: one request, one answer in words."""

from __future__ import annotations

from widespectrum.endpoints.completions import Answer, read_reply, read_usage
from widespectrum.endpoints.outcomes import ASKED_ANEW, TimedOut
from widespectrum.endpoints.questions import Question
from widespectrum.endpoints.spending import Price
from widespectrum.endpoints.terms import Terms
from widespectrum.endpoints.transport import Reply, post
from widespectrum.endpoints.ways import Persistence, Turn


class Chats:
    """How chat completions are asked for.

    Args:
        price: of the model.
        terms: how patiently.
    """

    def __init__(self, price: Price, terms: Terms) -> None:
        self._price = price
        self.persistence = Persistence(terms.attempts, terms.samples - 1, ASKED_ANEW, terms.timeout)

    def most(self, question: Question) -> float | None:
        """What a question costs if the model talks until its token limit."""
        return self._price.most(question)

    def put(self, question: Question, turn: Turn) -> Answer:
        """Ask once.

        Raises:
            WidespectrumError: as `post` and `read_reply`.
        """
        try:
            reply = post(turn.client, question.address, question.body(), turn.seconds)
            turn.status, turn.reply = reply.status, reply.text
            turn.cost = self._cost_of(question, reply)
            return read_reply(reply.status, reply.text, wait=reply.wait)
        except TimedOut:
            # It may have been answered, and charged, without our hearing of it.
            turn.cost = self.most(question)
            raise

    def _cost_of(self, question: Question, reply: Reply) -> float | None:
        """What a reply cost: nothing unless the server answered, whatever the answer is worth."""
        if not 200 <= reply.status < 300:
            return 0.0
        usage = read_usage(reply.text)
        if usage is None:
            return self._price.most(question)
        told = Answer("", "", usage.prompt_tokens, usage.completion_tokens, usage.cost)
        return self._price.actual(question, told)

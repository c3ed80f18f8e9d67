"""A judge over an OpenAI-compatible endpoint: the probabilities of its answers 0, 1 and 2.

Where the server gives log-probabilities they are read off one answer; where it does not, `reading`
must say ``votes``, and the shares of sampled answers stand in their place. Which of the two it is
stands in the fingerprint, and `told` says it in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from widespectrum.catalog import ModelEntry, Setting, fingerprint
from widespectrum.endpoints import (
    Answer,
    Missed,
    Picture,
    Question,
    Reading,
    Served,
    ServedSettings,
    Session,
    label_probabilities,
    read_label,
    read_settings,
    refuse_needless_votes,
    shared_session,
    shares,
)
from widespectrum.judges.wordings import ANSWERS, load_wording

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from widespectrum.contracts import FloatArray, Image


class JudgeSettings(ServedSettings):
    """Settings of a judge behind an endpoint."""

    wording: Literal["plain", "paper"] = "plain"
    """Of the questions (`widespectrum.judges.wordings`)."""
    reading: Reading = "logprobs"
    votes: int = Field(default=1, ge=1)
    """Sampled answers, with ``reading=votes``."""
    max_tokens: int = Field(default=8, ge=1)


class EndpointJudge:
    """Ratings per dimension by a model behind an endpoint.

    Args:
        entry: name and what else is known.
        settings: those of `JudgeSettings`.

    Raises:
        BadInput: a setting is not what it should be.
    """

    def __init__(self, entry: ModelEntry, **settings: Setting) -> None:
        chosen = read_settings(JudgeSettings, entry.name, settings)
        refuse_needless_votes(chosen.reading, chosen.votes)
        self.name = entry.name
        self.session: Session | None = None
        """On whose terms it asks; by default those that the process shares."""
        self.reading = chosen.reading
        self.votes = chosen.votes
        self.served = Served.of(chosen, logprobs=chosen.reading == "logprobs")
        self.served.refuse_pointless_votes(chosen.votes)
        self.wording = load_wording(chosen.wording)
        self.fingerprint = fingerprint(
            judge="endpoint",
            version=1,
            served=self.served.identity,
            questions=dict(self.wording.questions),
            order=self.wording.order,
            reading=self.reading,
            votes=self.votes,
        )

    def __repr__(self) -> str:
        return f"<judge {self.name}>"

    @property
    def told(self) -> str:
        """What its probabilities are, in words."""
        if self.reading == "logprobs":
            return "probabilities from the server's log-probabilities"
        return f"shares of sampled answers ({self.votes}); no log-probabilities"

    def rate(self, images: Sequence[Image], dimensions: Sequence[str]) -> FloatArray:
        """Probabilities of low, neutral, high: ``(n_images, n_dimensions, 3)``, rows sum to 1.

        Raises:
            UnknownName: the wording has no question for a dimension.
            NoAccess: nothing can be answered: no key, no credit, no such model, no server.
            BrokenContract: the server gives no log-probabilities, and `reading` wants them.
            WidespectrumError: an image has no rating; of the kind that says why.
        """
        questions = [
            self._question(picture, self.wording.question(dimension), vote)
            for picture in self.served.pictures(images)
            for dimension in dimensions
            for vote in range(self.votes)
        ]
        session = self.session or shared_session()
        read = _probabilities if self.reading == "logprobs" else _one_vote
        rows = []
        for answer in session.ask(questions, self.served.price, read):
            if isinstance(answer, Missed):
                raise answer.error
            rows.append(answer)
        shape = (len(images), len(dimensions), self.votes, len(ANSWERS))
        means = np.array(rows, dtype=np.float64).reshape(shape).mean(axis=2)
        return np.asarray(means, dtype=np.float32)

    def _question(self, picture: Picture, text: str, vote: int) -> Question:
        text_first = self.wording.order == "text-first"
        content = (text, picture) if text_first else (picture, text)
        return self.served.question(*content, vote=vote)


def _probabilities(answer: Answer) -> NDArray[np.float64]:
    return label_probabilities(answer, ANSWERS)


def _one_vote(answer: Answer) -> NDArray[np.float64]:
    return shares([read_label(answer, ANSWERS)], ANSWERS)

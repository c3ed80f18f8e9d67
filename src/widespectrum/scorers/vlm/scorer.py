"""A VLM behind an OpenAI-compatible endpoint as a scorer: its rating of an image under a prompt.

The rating is a digit, 0 to 9: ten grades, each a single token in every usual tokenizer (``10`` is
one token in some and two in others), so that where the server gives log-probabilities the expected
rating can be read off one answer exactly. Where it does not, `reading` must say ``votes``: the mean
of sampled ratings, and the unit says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from widespectrum.catalog import ModelEntry, Setting, fingerprint
from widespectrum.endpoints import (
    Answer,
    Missed,
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
from widespectrum.scorers.catalog import scorer_facts
from widespectrum.scorers.vlm.instructions import instruction_text, question_around

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from widespectrum.contracts import FloatArray, Image, IntArray

DIGITS = tuple("0123456789")


class VlmSettings(ServedSettings):
    """Settings of a VLM as a scorer."""

    instruction: str = "original"
    """``original``, ``neutral``, ``fidelity`` or a text file."""
    reading: Reading = "logprobs"
    votes: int = Field(default=1, ge=1)
    """Sampled ratings, with ``reading=votes``."""
    max_tokens: int = Field(default=8, ge=1)


class VlmScorer:
    """The expected rating that a VLM gives an image under a prompt.

    Args:
        entry: name, facts and what else is known.
        settings: those of `VlmSettings`.

    Raises:
        BadInput: a setting is not what it should be.
    """

    def __init__(self, entry: ModelEntry, **settings: Setting) -> None:
        chosen = read_settings(VlmSettings, entry.name, settings)
        refuse_needless_votes(chosen.reading, chosen.votes)
        self.name = entry.name
        self.session: Session | None = None
        """On whose terms it asks; by default those that the process shares."""
        self.reading = chosen.reading
        self.votes = chosen.votes
        self.served = Served.of(chosen, logprobs=chosen.reading == "logprobs")
        self.served.refuse_pointless_votes(chosen.votes)
        self.instruction = instruction_text(chosen.instruction)
        unit = {
            "logprobs": "expected rating, 0 to 9, from log-probabilities",
            "votes": f"mean of sampled ratings ({self.votes}), 0 to 9; no log-probabilities",
        }[self.reading]
        self.facts = replace(
            scorer_facts(entry), instruction=self.instruction, range=(0.0, 9.0), unit=unit
        )
        self.fingerprint = fingerprint(
            scorer="vlm",
            version=1,
            served=self.served.identity,
            instruction=self.instruction,
            question=question_around(""),
            reading=self.reading,
            votes=self.votes,
        )

    def __repr__(self) -> str:
        return f"<scorer {self.name}>"

    def tokens(self, prompts: Sequence[str]) -> IntArray:
        """-1 each: a server does not tell how it cuts up a prompt. None is cut off."""
        return np.full(len(prompts), -1, dtype=np.int64)

    def score(self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray) -> FloatArray:
        """Expected ratings of `pairs`, ``(n,)`` float32 in 0 to 9.

        Raises:
            NoAccess: nothing can be answered: no key, no credit, no such model, no server.
            BrokenContract: the server gives no log-probabilities, and `reading` wants them.
            WidespectrumError: a pair has no rating; of the kind that says why.
        """
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        pictures = self.served.pictures(images)
        questions = [
            self.served.question(before, pictures[image], after, system=self.instruction, vote=vote)
            for image, prompt in pairs.tolist()
            for before, after in (question_around(prompts[prompt]),)
            for vote in range(self.votes)
        ]
        session = self.session or shared_session()
        read = _expected if self.reading == "logprobs" else _given
        ratings = []
        for answer in session.ask(questions, self.served.price, read):
            if isinstance(answer, Missed):
                raise answer.error
            ratings.append(answer)
        means = np.array(ratings, dtype=np.float64).reshape(len(pairs), self.votes).mean(axis=1)
        return np.asarray(means, dtype=np.float32)


def _expected(answer: Answer) -> float:
    return _mean(label_probabilities(answer, DIGITS))


def _given(answer: Answer) -> float:
    return _mean(shares([read_label(answer, DIGITS)], DIGITS))


def _mean(probabilities: NDArray[np.float64]) -> float:
    return float(probabilities @ np.arange(len(DIGITS)))

"""How a batch of requests is put to a scorer, a judge or a chooser, and how its answer is read.

Every image and every prompt of a batch is passed once, with indices that say which combinations are
wanted. What a contract forbids for the whole batch (wrong shape, wrong type) raises; what is wrong
with one answer (a NaN, a verdict of 7) fails that request only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from widespectrum.contracts import Choice, Chooser, Contest, Failure, Judge, Scorer
from widespectrum.errors import BrokenContract, InvalidResult
from widespectrum.runs.canonical import canonical_json
from widespectrum.runs.plan import ChoiceWork, RatingWork, ScoreWork

if TYPE_CHECKING:
    from widespectrum.contracts import Image

Subject = tuple[str, ...]
Row = dict[str, Any]

_MEND = "Mend it (`widespectrum check` says more), then run again; what was done is kept."
_SUM_TOLERANCE = 1e-3
"""How far three probabilities may be from summing to 1; half precision is about this coarse."""


class Questions(Protocol):
    """One model's side of the conversation. A request is a tuple of its stage's `SUBJECTS`."""

    @property
    def who(self) -> str:
        """What messages call the model, as ``scorer 'sharpness'``."""
        ...

    def batches(self, requests: Sequence[Subject], size: int) -> Iterable[Sequence[Subject]]:
        """The requests in batches of at most `size`, in order."""
        ...

    def images_of(self, request: Subject) -> Sequence[str]:
        """The sha256 of the images that a request needs."""
        ...

    def ask(self, requests: Sequence[Subject], pictures: Mapping[str, Image]) -> Any:
        """Call the model. Whatever it raises is for the caller to handle."""
        ...

    def read(self, requests: Sequence[Subject], answer: Any) -> list[Row | Failure]:
        """The answer as one table row or failure per request.

        Raises:
            InvalidResult: the answer as a whole is not what the contract promises.
        """
        ...


def questions_for(work: ScoreWork | RatingWork | ChoiceWork) -> Questions:
    """How the work's model is asked."""
    match work:
        case ScoreWork():
            return ScorerQuestions(work.scorer)
        case RatingWork():
            return JudgeQuestions(work.judge)
        case ChoiceWork():
            return ChooserQuestions(work.chooser)


@dataclass(frozen=True)
class ScorerQuestions:
    """Requests are (image, prompt)."""

    scorer: Scorer

    @property
    def who(self) -> str:
        """See `Questions`."""
        return f"scorer {self.scorer.name!r}"

    def batches(self, requests: Sequence[Subject], size: int) -> Iterable[Sequence[Subject]]:
        """See `Questions`; `size` counts requests."""
        return chunks(requests, size)

    def images_of(self, request: Subject) -> Sequence[str]:
        """See `Questions`."""
        return request[:1]

    def ask(self, requests: Sequence[Subject], pictures: Mapping[str, Image]) -> Any:
        """Scores of the requests, and tokens of the distinct prompts."""
        images, prompts = _places(requests, 0), _places(requests, 1)
        pairs = np.array([(images[i], prompts[p]) for i, p in requests], dtype=np.int64)
        scores = self.scorer.score([pictures[image] for image in images], list(prompts), pairs)
        return scores, self.scorer.tokens(list(prompts))

    def read(self, requests: Sequence[Subject], answer: Any) -> list[Row | Failure]:
        """See `Questions`. A score that is not finite fails its request."""
        scores, tokens = answer
        prompts = _places(requests, 1)
        _require_array(scores, (len(requests),), "f", self.who)
        _require_array(tokens, (len(prompts),), "iu", f"{self.who}, asked for tokens,")
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and fails
            scores = scores.astype(np.float32)
        rows: list[Row | Failure] = []
        for (image, prompt), score in zip(requests, scores.tolist(), strict=True):
            if not np.isfinite(score):
                rows.append(Failure(InvalidResult.kind, f"{self.who} gave the score {score}"))
                continue
            count = int(tokens[prompts[prompt]])
            rows.append(
                {
                    "scorer": self.scorer.name,
                    "fingerprint": self.scorer.fingerprint,
                    "image": image,
                    "prompt": prompt,
                    "score": score,
                    "tokens": count if count >= 0 else None,
                    "token_limit": self.scorer.facts.token_limit,
                }
            )
        return rows


@dataclass(frozen=True)
class JudgeQuestions:
    """Requests are (image, dimension); a judge rates every image on every dimension of a call."""

    judge: Judge

    @property
    def who(self) -> str:
        """See `Questions`."""
        return f"judge {self.judge.name!r}"

    def batches(self, requests: Sequence[Subject], size: int) -> Iterable[Sequence[Subject]]:
        """See `Questions`; `size` counts images, so that no image is looked at in two calls."""
        by_image = [list(group) for _, group in groupby(requests, key=lambda request: request[0])]
        for chunk in chunks(by_image, size):
            yield [request for group in chunk for request in group]

    def images_of(self, request: Subject) -> Sequence[str]:
        """See `Questions`."""
        return request[:1]

    def ask(self, requests: Sequence[Subject], pictures: Mapping[str, Image]) -> Any:
        """Probabilities for the distinct images times the distinct dimensions."""
        images, dimensions = _places(requests, 0), _places(requests, 1)
        return self.judge.rate([pictures[image] for image in images], list(dimensions))

    def read(self, requests: Sequence[Subject], answer: Any) -> list[Row | Failure]:
        """See `Questions`. Three numbers that are no probabilities fail their request."""
        images, dimensions = _places(requests, 0), _places(requests, 1)
        _require_array(answer, (len(images), len(dimensions), 3), "f", self.who)
        rows: list[Row | Failure] = []
        for image, dimension in requests:
            low, neutral, high = answer[images[image], dimensions[dimension]].tolist()
            inside = all(0.0 <= p <= 1.0 + _SUM_TOLERANCE for p in (low, neutral, high))
            if not inside or abs(low + neutral + high - 1.0) > _SUM_TOLERANCE:
                gave = f"{self.who} gave the probabilities {low}, {neutral}, {high}"
                rows.append(Failure(InvalidResult.kind, gave))
                continue
            rows.append(
                {
                    "judge": self.judge.name,
                    "fingerprint": self.judge.fingerprint,
                    "image": image,
                    "dimension": dimension,
                    "p_low": low,
                    "p_neutral": neutral,
                    "p_high": high,
                }
            )
        return rows


@dataclass(frozen=True)
class ChooserQuestions:
    """Requests are (first image, second image, prompt)."""

    chooser: Chooser

    @property
    def who(self) -> str:
        """See `Questions`."""
        return f"chooser {self.chooser.name!r}"

    def batches(self, requests: Sequence[Subject], size: int) -> Iterable[Sequence[Subject]]:
        """See `Questions`; `size` counts contests."""
        return chunks(requests, size)

    def images_of(self, request: Subject) -> Sequence[str]:
        """See `Questions`."""
        return request[:2]

    def ask(self, requests: Sequence[Subject], pictures: Mapping[str, Image]) -> Any:
        """One choice or failure per contest."""
        return self.chooser.choose(
            [
                Contest(pictures[first], pictures[second], prompt)
                for first, second, prompt in requests
            ]
        )

    def read(self, requests: Sequence[Subject], answer: Any) -> list[Row | Failure]:
        """See `Questions`. A verdict that is none of -1, 0, 1 fails its request."""
        require_list(answer, len(requests), self.who)
        return [self._row(*pair) for pair in zip(requests, answer, strict=True)]

    def _row(self, request: Subject, choice: Any) -> Row | Failure:
        if isinstance(choice, Failure):
            return choice
        if not isinstance(choice, Choice):
            raise _broken(self.who, f"a {type(choice).__name__} among its choices")
        if choice.verdict not in (-1, 0, 1):
            return Failure(InvalidResult.kind, f"{self.who} gave the verdict {choice.verdict!r}")
        try:
            details = canonical_json(choice.details) if choice.details else None
        except (TypeError, ValueError) as error:
            raise _broken(self.who, f"details that are not JSON ({error})") from error
        first, second, prompt = request
        return {
            "chooser": self.chooser.name,
            "fingerprint": self.chooser.fingerprint,
            "first": first,
            "second": second,
            "prompt": prompt,
            "verdict": int(choice.verdict),
            "confidence": choice.confidence,
            "details": details,
        }


def require_list(answer: Any, length: int, who: str) -> None:
    """One element per request.

    Raises:
        InvalidResult: it is no list of that length.
    """
    if not isinstance(answer, list | tuple):
        raise _broken(who, f"a {type(answer).__name__}, not a list,")
    if len(answer) != length:
        raise _broken(who, f"{len(answer)} results for {length} requests")


def _require_array(answer: Any, shape: tuple[int, ...], kinds: str, who: str) -> None:
    if not isinstance(answer, np.ndarray):
        raise _broken(who, f"a {type(answer).__name__}, not a NumPy array,")
    if answer.shape != shape or answer.dtype.kind not in kinds:
        wanted = "floating point" if kinds == "f" else "integer"
        raise _broken(
            who,
            f"{answer.dtype} of shape {answer.shape} where {wanted} of shape {shape} is due",
        )


def _broken(who: str, what: str) -> BrokenContract:
    return BrokenContract(f"{who} returned {what}", _MEND)


def _places(requests: Iterable[Subject], column: int) -> dict[str, int]:
    """The distinct values of one column, each with its place, in order of appearance."""
    places: dict[str, int] = {}
    for request in requests:
        places.setdefault(request[column], len(places))
    return places


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """The items in slices of `size`; the last may be shorter."""
    return (items[start : start + size] for start in range(0, len(items), size))

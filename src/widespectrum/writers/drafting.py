"""Texts by a model: asked for, checked, and asked for again with what is wrong.

What a model answers is kept, good or bad; a text that will not do is asked for again, with the
reason. So a second run with the same answers goes the same way without asking, and a failure can
say what was wrong with every attempt. A refusal in words is final: nothing is rephrased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count, islice
from typing import Any

from widespectrum.aesthetics import load_dimensions
from widespectrum.catalog import fingerprint
from widespectrum.contracts import Failure
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
from widespectrum.errors import BadImage, InvalidResult, ProviderRefused
from widespectrum.prompts import (
    Draft,
    Lexicon,
    TextItem,
    WrittenText,
    is_refusal,
    listed_problems,
    problems,
    shipped_lexicon,
)
from widespectrum.writers.answers import AnswerForm
from widespectrum.writers.tasks import TextTask

VERSION = 1
"""Part of the fingerprint: counts changes to the code that change texts."""

AT_ONCE = 64
"""Items with pictures that are held in memory together."""

_SIZED = 32
"""Pictures whose size is looked up for an estimate; the others count like them."""


@dataclass(frozen=True)
class EndpointTexts:
    """One kind of text by a VLM (a `TextWriter`)."""

    name: str
    task: TextTask
    served: Served
    attempts: int
    format: Format
    session: Session | None = None
    """On whose terms it asks; by default those that the process shares."""
    follow: Callable[[int, int], None] | None = None
    """Called with answers heard and questions asked so far, from any thread."""

    @property
    def fingerprint(self) -> str:
        """Identity of model, wording, checks and settings."""
        return fingerprint(
            writer="endpoint",
            version=VERSION,
            served=self.served.identity,
            task=self.task.identity,
            format=self.format,
            attempts=self.attempts,
            lexicon=shipped_lexicon().identity,
        )

    def write(self, items: Sequence[TextItem]) -> list[WrittenText | Failure]:
        """One text, or `Failure`, per item, in order.

        Raises:
            BadInput: an item lacks what the task needs.
            NoAccess: nothing can be answered.
        """
        written: list[WrittenText | Failure] = []
        rest = iter(items)
        step = len(items) if self.task.picture == "no" else AT_ONCE
        while part := list(islice(rest, max(1, step))):
            written += self._write(part)
        return written

    def cost(self, items: Sequence[TextItem]) -> Estimate:
        """What texts will cost, nothing asked; the most with every attempt needed and as long as
        its limit allows.
        """
        served, times = self.served, self.attempts
        asked = (self.task.system + self.task.ask(item) for item in items)
        text = sum(len(each.encode("utf-8", "replace")) for each in asked)
        sizes = self._sizes(items)
        limit = served.sampling.max_tokens
        once = estimate(sizes, text, len(items), limit, served.price, usual=self.task.usual_tokens)
        input_most = times * once.input_tokens + (times - 1) * len(items) * limit
        return replace(once, most=served.price.of(input_most, times * len(items) * limit))

    def _write(self, items: Sequence[TextItem]) -> list[WrittenText | Failure]:
        """All items attempt by attempt, so that many questions are always under way."""
        lexicon = _lexicon(items)
        form = AnswerForm.of(self.task, self.format)
        session = self.session or shared_session()
        drafts = [_Drafting(item) for item in items]
        for each in drafts:
            each.show(self)
        asked, heard = 0, count(1)
        for _ in range(self.attempts):
            waiting = [each for each in drafts if each.result is None]
            questions = [self._question(each, form) for each in waiting]
            asked += len(questions)
            hear = partial(self._hear, heard, asked)
            answers = session.ask(questions, self.served.price, hear)
            for each, answer in zip(waiting, answers, strict=True):
                each.hear(answer, form, self.task, lexicon)
        return [each.result or each.given_up() for each in drafts]

    def _hear(self, heard: Iterator[int], asked: int, answer: Answer) -> str:
        """Whatever was said is an answer: it is judged, and told what is wrong, elsewhere."""
        if self.follow is not None:
            self.follow(next(heard), asked)
        return answer.text

    def _question(self, each: _Drafting, form: AnswerForm) -> Question:
        asked = [self.task.ask(each.item)]
        if each.reasons:
            asked.append(self.task.ask_again(each.last, each.reasons[-1]))
        # The same answer twice makes the same question; the number of the attempt keeps them apart.
        return self.served.question(
            *each.pictures,
            *asked,
            system=self.task.system,
            selection=form,
            vote=len(each.reasons),
        )

    def _sizes(self, items: Sequence[TextItem]) -> list[tuple[int, int]]:
        from widespectrum.images import load_image

        paths = [i.picture for i in items if i.picture is not None and self.task.picture != "no"]
        known = [shrunk(load_image(path).size, self.served.max_side) for path in paths[:_SIZED]]
        return [known[place % len(known)] for place in range(len(paths))]


@dataclass
class _Drafting:
    """One item on its way to a text."""

    item: TextItem
    pictures: tuple[Picture, ...] = ()
    result: WrittenText | Failure | None = None
    reasons: list[str] = field(default_factory=list)
    """Why each attempt so far will not do."""
    last: str = ""
    """What the model answered last."""

    def show(self, texts: EndpointTexts) -> None:
        """Load the picture, if the task takes one."""
        from widespectrum.images import load_image

        if texts.task.picture == "no" or self.item.picture is None:
            if texts.task.picture == "must":
                self.result = Failure(BadImage.kind, "there is no picture to describe")
            return
        try:
            image = load_image(self.item.picture)
            self.pictures = tuple(texts.served.pictures([image]))
        except BadImage as error:
            self.result = Failure(error.kind, str(error))

    def hear(
        self, answer: str | Missed, form: AnswerForm, task: TextTask, lexicon: Lexicon
    ) -> None:
        """Take up an answer: a result, or one more reason."""
        attempt = len(self.reasons) + 1
        if isinstance(answer, Missed):
            kind, said = answer.error.kind, str(answer.error)
            self.result = self._failure(kind, said, len(self.reasons) + answer.attempts)
            return
        self.last = answer.encode("utf-8", "replace").decode()  # half a surrogate cannot be sent
        try:
            draft = form.read(answer)
        except InvalidResult as error:
            if is_refusal(answer):
                said = f"the model refused in words ({answer[:80]!r})"
                self.result = self._failure(ProviderRefused.kind, said, attempt)
                return
            self.reasons.append(error.problem)
            return
        found = problems(draft, self.item, task.checks, lexicon)
        if any(problem.check == "refusal" for problem in found):
            self.result = self._failure(ProviderRefused.kind, listed_problems(found), attempt)
        elif found:
            self.reasons.append(listed_problems(found))
        else:
            self.result = WrittenText(draft.text, _normal(draft, lexicon), attempt)

    def given_up(self) -> Failure:
        """The failure of an item none of whose attempts will do."""
        return self._failure(InvalidResult.kind, None, len(self.reasons))

    def _failure(self, kind: str, last: str | None, attempts: int) -> Failure:
        told = [*self.reasons, *([] if last is None else [last])]
        numbered = told if len(told) == 1 else [f"{n}: {why}" for n, why in enumerate(told, 1)]
        return Failure(kind, " | ".join(numbered), attempts)


def _normal(draft: Draft, lexicon: Lexicon) -> dict[str, Any]:
    """What was said besides; effects by key where the model used their names."""
    if draft.evidence is None:
        return dict(draft.more)
    told = []
    for each in draft.evidence:
        effect = lexicon.effect(each.dimension, each.effect)
        told.append(each if effect is None else replace(each, effect=effect.key))
    return {n: tuple(told) if v is draft.evidence else v for n, v in draft.more.items()}


def _lexicon(items: Sequence[TextItem]) -> Lexicon:
    """Of all known dimensions, and those of the items that a user brought."""
    known = dict(load_dimensions())
    asked = {dimension.key: dimension for item in items for dimension in item.dimensions}
    if all(known.get(key) == dimension for key, dimension in asked.items()):
        return shipped_lexicon()
    return Lexicon({**known, **asked}.values())

"""A VLM behind an OpenAI-compatible endpoint as a writer (`widespectrum.writers.drafting`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from widespectrum.catalog import ModelEntry, Setting, format_settings, without_folders
from widespectrum.contracts import Failure
from widespectrum.endpoints import (
    Estimate,
    Format,
    Served,
    ServedSettings,
    Session,
    read_settings,
)
from widespectrum.errors import BadInput
from widespectrum.prompts import Evidence, TextItem, WritingRequest, WrittenPrompt, WrittenText
from widespectrum.writers.drafting import EndpointTexts
from widespectrum.writers.tasks import TextTask, load_task


class WriterSettings(ServedSettings):
    """Settings of a writer behind an endpoint."""

    temperature: Annotated[float, Field(ge=0, le=2)] | Literal["default"] = 0.1
    """As the paper's; ``default`` leaves it to the server."""
    max_tokens: int = Field(default=1024, ge=1)
    attempts: int = Field(default=3, ge=1, le=10)
    """How often a text is written at most, the first time included."""
    wording: str = "anti"
    """Of anti prompts: ``anti``, ``paper``, or a TOML file (`widespectrum.writers.tasks`)."""
    format: Format = "json_schema"
    """How the answer's form is enforced."""


class EndpointWriter:
    """Anti prompts, and any other text, by a VLM (a `PromptWriter`).

    Args:
        entry: name and what else is known. Its recipe names model, server and prices for names
            that give neither model nor server.
        settings: those of `WriterSettings`.

    Raises:
        BadInput: a setting is not what it should be, or the wording is no task of anti prompts.
    """

    def __init__(self, entry: ModelEntry, **settings: Setting) -> None:
        usual = {} if {"model", "base_url"} & settings.keys() else entry.recipe
        chosen = read_settings(WriterSettings, entry.name, {**usual, **settings})
        self.name = _called(entry, settings)
        self.entry = entry
        self.session: Session | None = None
        """On whose terms it asks; by default those that the process shares."""
        self.served = Served.of(chosen)
        self.attempts = chosen.attempts
        self.format: Format = chosen.format
        self.follow: Callable[[int, int], None] | None = None
        """Called with answers heard and questions asked so far, from any thread."""
        self.task = _anti(chosen.wording)
        self.fingerprint = self.texts(self.task).fingerprint

    def __repr__(self) -> str:
        return f"<writer {self.name}>"

    def texts(self, task: TextTask) -> EndpointTexts:
        """The writer of one kind of text."""
        return EndpointTexts(
            self.name, task, self.served, self.attempts, self.format, self.session, self.follow
        )

    def write(self, requests: Sequence[WritingRequest]) -> list[WrittenPrompt | Failure]:
        """One prompt, or `Failure`, per request, in order.

        Raises:
            NoAccess: nothing can be answered: no key, no credit, no such model, no server.
        """
        written = self.texts(self.task).write(self._items(requests))
        return [_as_prompt(each) for each in written]

    def cost(self, requests: Sequence[WritingRequest]) -> Estimate:
        """What prompts will cost (`EndpointTexts.cost`)."""
        return self.texts(self.task).cost(self._items(requests))

    def _items(self, requests: Sequence[WritingRequest]) -> list[TextItem]:
        return [
            TextItem(str(number), {"caption": r.caption}, r.dimensions, seed=r.seed)
            for number, r in enumerate(requests, 1)
        ]


_UNNAMED = ("base_url", "key_variable", "input_price", "output_price")
"""Where a model is served and what it costs is left out of what tables call it."""


def _called(entry: ModelEntry, settings: Mapping[str, Setting]) -> str:
    told = {
        key: value
        for key, value in settings.items()
        if key not in _UNNAMED and entry.settings.get(key) != value
    }
    return entry.name.partition("@")[0] + format_settings(without_folders(told))


def _anti(wording: str) -> TextTask:
    task = load_task(wording)
    if task.needs != ("caption",) or not task.dimensions:
        raise BadInput(
            f"the task {task.name!r} makes no anti prompt of a caption and dimensions",
            'Use wording=anti, wording=paper, or a file with needs = ["caption"] and dimensions.',
            field="wording",
        )
    return task


def _as_prompt(written: WrittenText | Failure) -> WrittenPrompt | Failure:
    if isinstance(written, Failure):
        return written
    evidence = tuple(
        each
        for value in written.more.values()
        if isinstance(value, tuple)
        for each in value
        if isinstance(each, Evidence)
    )
    effects = tuple(dict.fromkeys(each.effect for each in evidence))
    return WrittenPrompt(written.text, effects, evidence, written.attempts)

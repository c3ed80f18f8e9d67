"""Any generator as a maker of a run's images.

A request's payload is all that the picture follows from, as JSON values, so that the images table
tells how every picture came about. A start picture is named by its path, relative to a folder that
the maker knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from widespectrum.contracts import Failure, GenerationRequest, Generator
from widespectrum.errors import BadInput, BrokenContract, WidespectrumError
from widespectrum.images import load_image

if TYPE_CHECKING:
    from widespectrum.contracts import Image


class Request(Protocol):
    """What a maker asks of a request: a mapping of JSON values."""

    @property
    def payload(self) -> Mapping[str, Any]:
        """All that the maker needs to know."""
        ...


def generation_payload(
    prompt: str,
    seed: int | None = None,
    *,
    negative_prompt: str | None = None,
    start_image: str | None = None,
    strength: float | None = None,
) -> dict[str, Any]:
    """The payload of a request; what is not given is not in it.

    Args:
        prompt: what to show.
        seed: of the noise.
        negative_prompt: what to lead away from.
        start_image: path of a picture to begin with, relative to the maker's root.
        strength: how far from it, in (0, 1].
    """
    given = {
        "prompt": prompt,
        "seed": seed,
        "negative_prompt": negative_prompt,
        "start_image": start_image,
        "strength": strength,
    }
    return {name: value for name, value in given.items() if value is not None}


class GeneratorMaker:
    """Asks a generator for the images of a run; payloads are of `generation_payload`.

    Args:
        generator: who paints. Name and fingerprint are its own.
        root: folder that paths of start pictures are relative to.
    """

    def __init__(self, generator: Generator, root: Path | str = ".") -> None:
        self.generator, self.root = generator, Path(root)
        self.name, self.fingerprint = generator.name, generator.fingerprint

    def make(self, requests: Sequence[Request]) -> list[Image | Failure]:
        """One image or `Failure` per request, in order.

        Raises:
            BrokenContract: the generator does not answer every request.
        """
        answers: dict[int, Image | Failure] = {}
        asked: dict[int, GenerationRequest] = {}
        for number, request in enumerate(requests):
            try:
                asked[number] = self._request(request.payload)
            except WidespectrumError as error:
                answers[number] = Failure(error.kind, str(error))
        made = self.generator.generate(list(asked.values())) if asked else []
        if len(made) != len(asked):
            raise BrokenContract(
                f"generator {self.name!r} answered {len(made)} of {len(asked)} requests",
                "A generator answers every request with an image or a Failure.",
            )
        answers.update(zip(asked, made, strict=True))
        return [answers[number] for number in range(len(requests))]

    def _request(self, payload: Mapping[str, Any]) -> GenerationRequest:
        start = _of_type(payload, "start_image", str)
        return GenerationRequest(
            prompt=_prompt(payload),
            seed=_of_type(payload, "seed", int),
            negative_prompt=_of_type(payload, "negative_prompt", str),
            start_image=None if start is None else load_image(self.root / start),
            strength=_of_type(payload, "strength", int, float),
        )


def _prompt(payload: Mapping[str, Any]) -> str:
    prompt = payload.get("prompt")
    if not isinstance(prompt, str):
        raise BadInput(
            f"is {prompt!r:.60}, not a text",
            "Write the payload with generation_payload.",
            field="prompt",
        )
    return prompt


def _of_type(payload: Mapping[str, Any], name: str, *kinds: type) -> Any:
    """The value of a field that may be missing."""
    value = payload.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, kinds)):
        raise BadInput(
            f"is {value!r:.60}, not a {kinds[-1].__name__}", "Correct the request.", field=name
        )
    return value

"""Any generator as a maker of a run's images.

A request's payload is all that the picture follows from, as JSON values, so that the images table
tells how every picture came about. A start picture is named by its path, relative to a folder that
the maker knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from widespectrum.contracts import Failure, GenerationRequest, Generator
from widespectrum.errors import BadInput, BrokenContract, WidespectrumError
from widespectrum.images import Decoded, EncodedImage, encode_png, load_image, record_of

if TYPE_CHECKING:
    from widespectrum.contracts import Image


_HANDS = 2
"""Threads that encode: PNG takes a third of a second for 1024 x 1024 pixels, painting more."""


class Request(Protocol):
    """What a maker asks of a request: a mapping of JSON values."""

    @property
    def payload(self) -> Mapping[str, Any]:
        """All that the maker needs to know."""
        ...


@runtime_checkable
class Streams(Protocol):
    """What a generator may offer besides: answers as soon as they are there."""

    def stream(
        self, requests: Sequence[GenerationRequest]
    ) -> Iterable[tuple[int, Image | Failure]]:
        """Number and answer of every request, in any order."""
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

    def make(self, requests: Sequence[Request]) -> list[Image | EncodedImage | Failure]:
        """One image or `Failure` per request, in order.

        A generator that hands over its pictures one by one (`Streams`) paints on while they are
        encoded.

        Raises:
            BrokenContract: the generator does not answer every request.
        """
        answers: dict[int, Image | EncodedImage | Failure] = {}
        asked: dict[int, GenerationRequest] = {}
        for number, request in enumerate(requests):
            try:
                asked[number] = self._request(request)
            except WidespectrumError as error:
                answers[number] = Failure(error.kind, str(error))
        made = self._made(list(asked.values())) if asked else []
        if len(made) != len(asked):
            raise BrokenContract(
                f"generator {self.name!r} answered {len(made)} of {len(asked)} requests",
                "A generator answers every request with an image or a Failure.",
            )
        answers.update(zip(asked, made, strict=True))
        return [answers[number] for number in range(len(requests))]

    def _made(self, asked: Sequence[GenerationRequest]) -> Sequence[Image | EncodedImage | Failure]:
        if not isinstance(self.generator, Streams):
            return self.generator.generate(asked)
        with ThreadPoolExecutor(_HANDS, thread_name_prefix="encode") as pool:
            encoding = {
                number: answer if isinstance(answer, Failure) else pool.submit(_encoded, answer)
                for number, answer in self.generator.stream(asked)
            }
            return [
                made.result() if isinstance(made, Future) else made
                for _, made in sorted(encoding.items(), key=lambda item: item[0])
            ]

    def _request(self, request: Request) -> GenerationRequest:
        payload = request.payload
        variant = getattr(request, "variant", None)
        start = _of_type(payload, "start_image", str)
        return GenerationRequest(
            prompt=_prompt(payload),
            seed=_of_type(payload, "seed", int),
            negative_prompt=_of_type(payload, "negative_prompt", str),
            start_image=None if start is None else load_image(self.root / start),
            strength=_of_type(payload, "strength", int, float),
            variant=variant if isinstance(variant, str) else None,
        )


def _encoded(picture: Image) -> EncodedImage:
    """A picture as the file that the store would make of it."""
    data = encode_png(picture)
    decoded = Decoded(image=picture, data=data, format="PNG", plain=True)
    return EncodedImage(data, "PNG", decoded, record_of(picture))


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

"""Decoding apart: latents become pixels in another thread, while the pipeline paints on.

Every class scales, shifts and unpacks its latents in a way of its own, and goes on doing it: only
what it asks of its VAE at the end is put off (`Decoder.put_off`), with the very arguments, and done
later by a copy of that VAE (`Pixels.through`). So nothing of a pipeline is written down twice, and
the pixels are its own.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from widespectrum.errors import BadInput

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from widespectrum.generators.diffusers.recipe import Recipe
    from widespectrum.generators.diffusers.settings import Levers

Result = TypeVar("Result")


class Pixels(Protocol):
    """The pixels of a batch, perhaps not computed yet."""

    def through(self, use: Callable[[Tensor], Result]) -> Result:
        """``use(pixels)``: of ``(n, 3, height, width)``, 0 to 1, on the pipeline's device."""
        ...


@dataclass(frozen=True)
class Decoded:
    """Pixels that the pipeline has decoded itself."""

    pixels: Tensor

    def through(self, use: Callable[[Tensor], Result]) -> Result:
        """See `Pixels`."""
        return use(self.pixels)


def decodes_apart(pipeline: Any, recipe: Recipe, levers: Levers, device: torch.device) -> bool:
    """Whether decoding is put off: by default on a GPU, where there is something to gain.

    Raises:
        BadInput: it is asked for where it cannot be done.
    """
    if levers.overlap == "off":
        return False
    hindrance = _hindrance(pipeline, recipe, levers)
    if levers.overlap == "on" and hindrance is not None:
        raise BadInput(f"is 'on', and {hindrance}", "Leave it out.", field="overlap")
    return hindrance is None and (levers.overlap == "on" or device.type == "cuda")


def _hindrance(pipeline: Any, recipe: Recipe, levers: Levers) -> str | None:
    """Why decoding cannot be put off, if it cannot."""
    if not recipe.decodes_apart:
        return f"what {recipe.pipeline} does with a picture once it is decoded is not known"
    if levers.offload != "none":
        return "networks that are offloaded are moved by the pipeline, one at a time"
    for name in ("safety_checker", "watermark"):
        if getattr(pipeline, name, None) is not None:
            return f"the pipeline's {name} needs the decoded picture"
    return None


class Decoder:
    """A copy of a pipeline's VAE, for another thread.

    A copy, since pipelines cast theirs to and fro, encode start pictures with it, and some VAEs
    keep a state while they are at work. It takes the VAE's memory once more.

    Args:
        vae: of the pipeline, where it computes.
    """

    def __init__(self, vae: torch.nn.Module) -> None:
        self._vae: Any = copy.deepcopy(vae)
        self._streams: dict[Any, Any] = {}

    @contextmanager
    def put_off(self, pipeline: Any) -> Iterator[PutOff]:
        """Calls of `pipeline` return stand-ins for pictures; what is to be done is held.

        Whatever the class does between its VAE and its image processor would be lost: recipes say
        of which it is known that this is nothing (`Recipe.decodes_apart`).
        """
        held = PutOff(self)
        vae, processor = pipeline.vae, pipeline.image_processor
        held.postprocess = processor.postprocess
        vae.decode, processor.postprocess = held.instead_of_decoding, held.instead_of_processing
        try:
            yield held
        finally:
            # They were set on the objects, and hid the methods of their classes.
            del vae.decode, processor.postprocess

    def fit(self, latents: Tensor) -> None:
        """Take the precision of the latents: a pipeline that casts its VAE casts them, too.

        In the pipeline's own thread and stream: what is freed by casting belongs to them.
        """
        if next(self._vae.parameters()).dtype != latents.dtype:
            self._vae.to(latents.dtype)

    def decode(self, latents: Tensor, arguments: Mapping[str, Any]) -> Tensor:
        """What the pipeline's VAE would have returned, one frame of it."""
        decoded: Tensor = self._vae.decode(latents, **arguments)[0]
        return decoded[:, :, 0] if decoded.ndim == 5 else decoded  # an autoencoder of films

    @contextmanager
    def beside(self, ready: Any, latents: Tensor) -> Iterator[None]:
        """On a stream of its own, which does not wait for what the device paints meanwhile."""
        if ready is None:
            yield
            return
        import torch

        cuda: Any = torch.cuda  # whose streams have no types
        device = latents.device
        if device not in self._streams:
            self._streams[device] = cuda.Stream(device)
        stream = self._streams[device]
        stream.wait_event(ready)
        latents.record_stream(stream)
        with cuda.stream(stream):
            yield
            stream.synchronize()  # before memory that this stream reads is given to others


@dataclass
class PutOff:
    """What a pipeline has asked of its VAE, to be done later."""

    decoder: Decoder
    postprocess: Callable[..., Any] | None = None
    """Of the pipeline's image processor."""
    latents: Tensor | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    processing: Mapping[str, Any] = field(default_factory=dict)
    ready: Any = None
    """The moment, on the device, from which the latents are there."""

    def instead_of_decoding(self, latents: Tensor, **arguments: Any) -> tuple[Tensor]:
        """Stands in for the VAE's ``decode``: hands back one pixel per picture."""
        import torch

        assert not arguments.get("return_dict", True), "pipelines ask for a tuple"
        self.latents, self.arguments = latents, arguments
        self.decoder.fit(latents)
        if latents.is_cuda:
            cuda: Any = torch.cuda
            self.ready = cuda.Event()
            self.ready.record(cuda.current_stream(latents.device))
        return (latents.new_zeros(latents.shape[0], 3, *[1] * (latents.ndim - 2)),)

    def instead_of_processing(self, image: Tensor, **processing: Any) -> Tensor:
        """Stands in for the image processor's ``postprocess``: notes how it was asked."""
        self.processing = processing
        return image

    def through(self, use: Callable[[Tensor], Result]) -> Result:
        """See `Pixels`. The latents are let go."""
        latents, self.latents = self.latents, None
        assert latents is not None
        assert self.postprocess is not None
        with self.decoder.beside(self.ready, latents):
            decoded = self.decoder.decode(latents, self.arguments)
            return use(self.postprocess(decoded, **self.processing))

"""The record of a picture: all that it followed from, as JSON values.

Half of it belongs to the model and is the same for every picture; the other half to the request
and its call. docs/diffusers.md lists the fields.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from widespectrum.generators.diffusers.calling import Job
from widespectrum.generators.diffusers.guiding import guidance_of, passes_per_step
from widespectrum.generators.diffusers.long_prompts import count
from widespectrum.generators.diffusers.settings import Levers
from widespectrum.generators.diffusers.sources import Sources
from widespectrum.generators.facts import Guidance

LIBRARIES = ("diffusers", "transformers", "torch")
ABSENT, EMPTY, TEXT = "absent", "empty", "text"
"""A negative prompt has three values, and for some pipelines the first two are not the same."""


class Recorder:
    """Writes the records of one loaded pipeline.

    Args:
        pipeline: the pipeline.
        sources: where it came from.
        levers: how it was loaded.
        preset: name of the settings.
        divide: from a text to the parts in which it is read, where it may have several.
    """

    def __init__(
        self,
        pipeline: Any,
        sources: Sources,
        levers: Levers,
        preset: str,
        divide: Callable[[str], Sequence[str]] | None = None,
    ) -> None:
        self._pipeline, self._recipe = pipeline, sources.recipe
        self._divide = divide
        self._tokens = lru_cache(maxsize=1024)(self._count)
        self._model = {
            "sources": {
                role: repository.where
                for role, repository in (("pipeline", sources.pipeline), ("own", sources.own))
                if repository is not None
            },
            "versions": {name: _version(name) for name in LIBRARIES},
            "dtypes": _dtypes(pipeline),
            "quantise": levers.quantise,
            "vae_tiling": levers.vae_tiling,
            "compile": levers.compile,
            "attention": _attention(getattr(pipeline, sources.recipe.denoiser, None)),
            "cache": _caches(getattr(pipeline, sources.recipe.denoiser, None)),
            "device": str(getattr(pipeline, "_execution_device", "cpu")).partition(":")[0],
            "generator_device": "cpu",
            "settings": preset,
        }

    def records(self, jobs: Sequence[Job], pipeline: Any) -> list[dict[str, Any]]:
        """The records of the pictures of a call, but for `finished`. To be asked right after it.

        Args:
            jobs: what was painted, in one call.
            pipeline: who was called; its scheduler knows the steps that it has just taken.
        """
        scheduler = self._scheduler(pipeline)
        return [self._record(job, scheduler, pipeline) for job in jobs]

    def _record(self, job: Job, scheduler: Mapping[str, Any], pipeline: Any) -> dict[str, Any]:
        recipe, shot = self._recipe, job.shot
        rule = recipe.negative
        passed = job.negative is not None or (rule is not None and rule.absent is not None)
        guidance = guidance_of(recipe, shot, negative=passed)
        return {
            **self._model,
            "pipeline": type(pipeline).__name__,
            "seed": job.seed,
            "steps": shot.steps,
            "passes": self._passes(guidance, scheduler),
            "size": None if shot.size is None else list(shot.size),
            "guidance": {"kind": guidance.kind, "w": guidance.w, "raw": dict(guidance.raw)},
            "negative": _negative(job.negative),
            "negative_passed": (job.negative if job.negative is not None else rule.absent)
            if rule is not None
            else None,
            "call": {key: value for key, value in recipe.call.items() if _is_json(value)},
            "scheduler": dict(scheduler),
            "tokens": self.tokens(job.prompt),
            "negative_tokens": self.tokens(job.negative) if job.negative else {},
            "strength": job.strength,
            "start": None if job.start is None else _digest(job.start),
        }

    def _scheduler(self, pipeline: Any) -> dict[str, Any]:
        """The scheduler, and the steps that it has taken."""
        scheduler = getattr(pipeline, "scheduler", None)
        if scheduler is None:
            return {}
        config = {key: value for key, value in scheduler.config.items() if key[:1] != "_"}
        text = json.dumps(config, sort_keys=True, default=str)
        taken = getattr(scheduler, "timesteps", None)
        sigmas, steps = (
            getattr(scheduler, "sigmas", None),
            getattr(pipeline, "_num_timesteps", None),
        )
        begin = 0 if taken is None or steps is None else max(len(taken) - steps, 0)
        return {
            "class": type(scheduler).__name__,
            "config": hashlib.sha256(text.encode()).hexdigest()[:16],
            "timesteps": None if taken is None else taken[begin:],
            "sigmas": None if sigmas is None else sigmas[begin:],
        }

    def _passes(self, guidance: Guidance, scheduler: Mapping[str, Any]) -> int | None:
        """Passes that were made: some schedulers take more steps than they are asked for."""
        taken = scheduler.get("timesteps")
        if taken is None:
            return None
        return max(len(taken) - self._recipe.idle_steps, 0) * passes_per_step(guidance)

    def tokens(self, text: str) -> dict[str, dict[str, int]]:
        """Per tokenizer: tokens that a text needs, how many of them are not read, and in how many
        parts the others are, if in several.
        """
        return self._tokens(text)

    def _count(self, text: str) -> dict[str, dict[str, int]]:
        counts = {}
        parts = None if self._divide is None else self._divide(text)
        for name, limit in self._recipe.tokenizers.items():
            tokenizer = getattr(self._pipeline, name, None)
            if tokenizer is None:
                continue
            needed = count(tokenizer, text)
            if parts is None or len(parts) == 1:
                counts[name] = {"tokens": needed, "cut": max(needed - limit, 0)}
            else:
                read = count(tokenizer, "".join(parts))
                counts[name] = {"tokens": needed, "cut": needed - read, "parts": len(parts)}
        return counts


def finished(record: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """A record as JSON values, once its picture is there.

    Reading numbers off a device waits for all that it has been told to do, the picture included.
    """
    scheduler = {
        key: [round(number, 6) for number in value.tolist()] if hasattr(value, "tolist") else value
        for key, value in record["scheduler"].items()
    }
    return {**record, "scheduler": scheduler, "seconds": round(seconds, 4)}


def _negative(text: str | None) -> str:
    return ABSENT if text is None else TEXT if text else EMPTY


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _dtypes(pipeline: Any) -> dict[str, str]:
    from torch import nn

    return {
        name: str(next(module.parameters()).dtype).removeprefix("torch.")
        for name, module in pipeline.components.items()
        if isinstance(module, nn.Module) and any(True for _ in module.parameters())
    }


def _attention(denoiser: Any) -> list[str]:
    """Classes of the attention processors, which are also how guidance methods are installed."""
    processors = getattr(denoiser, "attn_processors", None)
    if not isinstance(processors, dict):
        return []
    return sorted({type(processor).__name__ for processor in processors.values()})


def _caches(denoiser: Any) -> bool:
    """Whether a step cache is switched on, which skips blocks and alters pictures."""
    return bool(getattr(denoiser, "is_cache_enabled", False))


def _digest(image: Any) -> str:
    return hashlib.sha256(repr((image.mode, image.size)).encode() + image.tobytes()).hexdigest()


def _is_json(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool | list)

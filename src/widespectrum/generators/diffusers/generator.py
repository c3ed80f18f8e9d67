"""Every pipeline of diffusers behind the ordinary contract.

Making one is cheap: no torch is imported and no weights are read before the first picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.checkpoints import from_repository
from widespectrum.contracts import Failure, GenerationRequest
from widespectrum.errors import BadInput, MissingWeights, WidespectrumError
from widespectrum.generators.diffusers.calling import Caller
from widespectrum.generators.diffusers.decoding import decodes_apart
from widespectrum.generators.diffusers.guiding import guidance_of, heeds_negative, passes
from widespectrum.generators.diffusers.jobs import job_of
from widespectrum.generators.diffusers.levers import check_device, pull
from widespectrum.generators.diffusers.loading import check_libraries, load_pipeline
from widespectrum.generators.diffusers.painting import Painter
from widespectrum.generators.diffusers.presets import Preset, paper_of
from widespectrum.generators.diffusers.quantising import check_quantising
from widespectrum.generators.diffusers.quiet import quiet
from widespectrum.generators.diffusers.recipe import Recipe, recipe_of
from widespectrum.generators.diffusers.recording import Recorder
from widespectrum.generators.diffusers.settings import (
    LONG_PROMPTS,
    PRESETS,
    Levers,
    Shot,
    one_of,
    read_size,
    whole,
)
from widespectrum.generators.diffusers.sources import Sources, read_own_index
from widespectrum.generators.facts import GeneratorFacts

if TYPE_CHECKING:
    from widespectrum.contracts import Image

VERSION = 1
"""Of everything here that a picture depends on besides files and settings."""


class DiffusersGenerator:
    """A text-to-image model that diffusers runs, as its catalog entry says.

    A picture follows from its own request: the seed is of its own noise, drawn on the processor, so
    that it is the same on every device and in any batch, up to rounding.

    Args:
        entry: the catalog entry, with the name.
        path: your own copy of the entry's weights: a folder as the repository is, or, where the
            entry is one file, that file.
        base: your own copy of the repository that the rest comes from, where the entry's weights
            are a part of another model.
        revision: another commit of the entry's repository.
        steps: of denoising.
        guidance: the pipeline's own number; ``facts.guidance`` says what it means.
        true_cfg: weight of classifier-free guidance for a pipeline whose `guidance` is something
            else (FLUX.1); above 1, and with a negative prompt, it costs a second pass per step.
        long_prompts: what becomes of prompts that are longer than a text encoder of CLIP's kind
            reads: ``parts`` (all of it is read, in parts; the default where it can be done) or
            ``cut``.
        size: of the picture: one side, or ``WIDTHxHEIGHT``.
        batch: the most pictures per call; halved when memory runs out.
        dtype: precision of the networks.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        offload: keep in main memory what is not at work: ``none``, ``model`` (whole networks),
            ``group`` (layers, ahead of their turn) or ``sequential`` (layers, slowly).
        vae_tiling: decode in tiles. Changes pictures slightly.
        vae_slicing: decode one picture after the other.
        quantise: ``none``, ``8bit`` or ``4bit`` (bitsandbytes), ``int8`` (torchao) or ``fp8``.
            Changes pictures.
        compile: compile the network, which takes minutes once. Changes pictures by rounding.
        overlap: decode a batch while the next one is painted: ``auto`` (on a GPU), ``on`` or
            ``off``. Takes the memory of a second VAE, at work beside the other networks.
        settings: ``controlled``: original and anti prompts are painted alike; ``paper``: as the
            paper's scripts did, where not.

    Raises:
        BadInput: a setting is none of the above, or has no effect on this model.
        MissingExtra: quantising needs a library that is not installed.
    """

    def __init__(
        self,
        entry: ModelEntry,
        *,
        path: str | None = None,
        base: str | None = None,
        revision: str | None = None,
        steps: int | None = None,
        guidance: float | None = None,
        true_cfg: float | None = None,
        long_prompts: str | None = None,
        size: int | str | None = None,
        batch: int = 1,
        dtype: str = "bfloat16",
        device: str = "auto",
        offload: str = "none",
        vae_tiling: bool = False,
        vae_slicing: bool = False,
        quantise: str = "none",
        compile: bool = False,
        overlap: str = "auto",
        settings: str = "controlled",
    ) -> None:
        self.name = entry.name
        self.entry = from_repository(entry, None, revision)
        whole(batch, "batch", most=1024)
        one_of(settings, PRESETS, "settings")
        if long_prompts is not None:
            one_of(long_prompts, LONG_PROMPTS, "long_prompts")
        self.batch, self.settings, self._long_prompts = batch, settings, long_prompts
        self._path = None if path is None else str(path)
        self._base = None if base is None else str(base)
        self._size, self._numbers = size, (steps, guidance, true_cfg)
        self._levers = Levers(
            device, dtype, offload, vae_tiling, vae_slicing, quantise, compile, overlap
        )
        if entry.recipe.get("pipeline") is not None:
            self._check()  # otherwise the repository must be asked first
        self._painter: Painter | None = None

    def __repr__(self) -> str:
        return f"<generator {self.name}>"

    @cached_property
    def recipe(self) -> Recipe:
        """How the pipeline is loaded and called."""
        if self.entry.recipe.get("pipeline") is not None:
            return recipe_of(self.entry)
        from widespectrum.generators.diffusers.strangers import stranger_recipe

        return stranger_recipe(self.entry, read_own_index(self.entry, self._path))

    @cached_property
    def sources(self) -> Sources:
        """Where its files are."""
        return Sources(self.entry, self.recipe, self._path, self._base)

    @cached_property
    def preset(self) -> Preset:
        """What is passed for a variant of a prompt."""
        steps, guidance, true_cfg = self._numbers
        shot = Shot(steps, guidance, true_cfg, read_size(self._size, self.recipe.multiple))
        paper = paper_of(self.entry, self.recipe) if self.settings == "paper" else None
        return Preset(shot, paper, _empty_counts(self.recipe, shot))

    @cached_property
    def long_prompts(self) -> str:
        """``parts`` or ``cut``."""
        if not _has_parts(self.recipe):
            return "cut"
        paper = self.preset.paper
        return (self._long_prompts or "parts") if paper is None else paper.long_prompts

    @cached_property
    def levers(self) -> Levers:
        """Where and how it computes."""
        paper = self.preset.paper
        if paper is None or paper.dtype is None:
            return self._levers
        return Levers(**{**asdict(self._levers), "dtype": paper.dtype})

    @cached_property
    def fingerprint(self) -> str:
        """Identity of all files, by content, and of every setting that changes a picture.

        Where files are nowhere to be found, one that serves to plan with; `generate` refuses it.
        """
        return self._fingerprint_of(self._identity)

    @cached_property
    def facts(self) -> GeneratorFacts:
        """What is known about it, with these settings."""
        recipe, shot = self.recipe, self.preset.shot
        variants = [self.preset.shot_of(v) for v in ("original", "anti")]
        shot = variants[0] if variants[0] == variants[1] else shot
        per_image = sum(passes(recipe, each, negative=True) for each in variants) // 2 or None
        return GeneratorFacts(
            takes_negative=heeds_negative(recipe, shot),
            takes_start_image=recipe.image_to_image is not None,
            size=shot.size,
            steps=shot.steps,
            passes=per_image,
            guidance=guidance_of(recipe, shot, negative=_has_absent(recipe)),
            rewrites_prompt=recipe.rewrites_prompt,
            flops=None if per_image is None else self._flops(per_image),
            uncounted=recipe.uncounted,
            settings_preset=self.settings,
            confounds=self.preset.confounds,
            licence=self.entry.licence,
        )

    def _flops(self, passes: int) -> float | None:
        """Operations for one picture: known for the entry's size, by area for others."""
        usual = self.entry.settings.get("size")
        known = None if usual is None else read_size(str(usual), 1)
        here, each = self.preset.shot.size, self.recipe.flops_per_pass
        if each is None or known is None or here is None:
            return None
        return each * passes * (here[0] * here[1]) / (known[0] * known[1])

    @property
    def pipeline(self) -> Any:
        """The loaded pipeline of diffusers."""
        return self._load().caller.pipeline

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Image | Failure]:
        """One picture or `Failure` per request, in order.

        Each picture brings its record (`widespectrum.images.record_of`). A request without a seed
        gets one that the record names. A start picture of another size is resized, its shape not
        kept.

        Raises:
            MissingWeights: files are not here; the remedy is how to get them.
            MissingExtra: a library is not installed.
            BadInput: a file is not what it should be, or the device is not here.
        """
        answers = dict(self.stream(requests))
        return [answers[number] for number in range(len(requests))]

    def stream(
        self, requests: Sequence[GenerationRequest]
    ) -> Iterator[tuple[int, Image | Failure]]:
        """As `generate`: number and answer of every request, in the order in which they are done.

        While the caller works on an answer the device paints on.
        """
        recipe, preset = self.recipe, self.preset  # of a stranger, its repository must be here
        jobs = []
        for number, request in enumerate(requests):
            try:
                jobs.append(job_of(number, request, recipe, preset, self._short))
            except WidespectrumError as error:
                yield number, Failure(error.kind, str(error))
        if jobs:
            yield from self._load().paint(jobs)

    @cached_property
    def _identity(self) -> dict[str, Any]:
        return self.sources.identity()

    def _fingerprint_of(self, identity: dict[str, Any]) -> str:
        preset, levers = self.preset, self.levers
        return fingerprint(
            generator=type(self).__qualname__,
            version=VERSION,
            files=identity,
            recipe=self.recipe.model_dump(mode="json", include=set(_CHANGES_PICTURES)),
            shot=asdict(preset.shot),
            long_prompts=self.long_prompts,
            paper=preset.paper and preset.paper.model_dump(mode="json", exclude={"lacks"}),
            dtype=levers.dtype,
            quantise=levers.quantise,
            vae_tiling=levers.vae_tiling,
            compile=levers.compile,
        )

    @property
    def _short(self) -> str:
        """Its name without settings."""
        return self.entry.name.partition("@")[0]

    def _check(self) -> None:
        """Refuse settings that mean nothing for this model."""
        recipe, shot, name = self.recipe, self.preset.shot, self._short
        if recipe.guidance.kind == "none" and shot.guidance is not None:
            raise BadInput(f"has no effect on {name!r}", "Leave it out.", field="guidance")
        if recipe.true_cfg is None and shot.true_cfg is not None:
            raise BadInput(
                f"is no setting of {name!r}",
                "Use guidance." if recipe.guidance.kind == "cfg" else "Leave it out.",
                field="true_cfg",
            )
        if recipe.swap is None and self._base is not None:
            raise BadInput(
                f"is no setting of {name!r}, whose repository is complete",
                "Use path.",
                field="base",
            )
        if self._long_prompts is not None and not _has_parts(recipe):
            raise BadInput(
                f"is no setting of {name!r}, whose prompts are not divided",
                "Leave it out; the record of a picture says what was cut.",
                field="long_prompts",
            )
        if self.preset.paper is not None:
            for field in ("steps", "guidance", "dtype", "long_prompts"):
                self._check_paper(field)
        check_quantising(self.levers.quantise, recipe)

    def _check_paper(self, field: str) -> None:
        """The paper's settings are its own: a number of the user's beside them says two things."""
        steps, guidance, _ = self._numbers
        given = {
            "steps": steps,
            "guidance": guidance,
            "dtype": self._levers.dtype,
            "long_prompts": self._long_prompts,
        }[field]
        otherwise = Levers.dtype if field == "dtype" else None
        if given not in (None, self.entry.settings.get(field, otherwise)):
            raise BadInput(
                f"is {given!r}, and settings=paper has its own",
                "Leave it out, or use settings=controlled.",
                field=field,
            )

    def _load(self) -> Painter:
        if self._painter is not None:
            return self._painter
        self._check()
        check_libraries()
        device = check_device(self.levers)
        with quiet():
            pipeline = load_pipeline(self.sources, self.levers)
        apart = decodes_apart(pipeline, self.recipe, self.levers, device)
        if "fingerprint" in vars(self) and not Sources.settled(self._identity):
            raise MissingWeights(
                f"the files of {self.name!r} came while this was running, and it was planned "
                "without them",
                "Run the same command again.",
            )
        whole = self.long_prompts == "parts"
        caller = Caller(pipeline, self.recipe, apart=apart, whole=whole)
        with quiet():
            pull(pipeline, self.levers, self.recipe, device)
        divide = None if caller.embeddings is None else caller.embeddings.divide
        recorder = Recorder(pipeline, self.sources, self.levers, self.settings, divide)
        self._painter = Painter(caller, recorder, self.batch)
        return self._painter


_CHANGES_PICTURES = (
    "pipeline", "denoiser", "large", "variant", "swap", "without", "init", "dtypes", "guidance",
    "true_cfg", "negative", "image_to_image", "encoding", "call",
)  # fmt: skip
"""Fields of a recipe that go into the fingerprint. Repositories do not: content counts."""


def _empty_counts(recipe: Recipe, shot: Shot) -> bool:
    """Whether an empty negative prompt paints another picture than none."""
    rule = recipe.negative
    return rule is not None and not rule.empty_is_absent and heeds_negative(recipe, shot)


def _has_parts(recipe: Recipe) -> bool:
    """Whether long prompts can be read in parts."""
    return recipe.encoding is not None and bool(recipe.encoding.parts)


def _has_absent(recipe: Recipe) -> bool:
    """Whether a negative text is passed even where a request has none."""
    return recipe.negative is not None and recipe.negative.absent is not None

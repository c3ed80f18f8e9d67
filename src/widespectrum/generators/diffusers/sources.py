"""Which files a pipeline needs, where they are, and what identifies them.

A repository often holds every weight several times (other precisions, other formats, one file for
all). Of each component exactly one set of safetensors files is taken, and the small files beside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import (
    commit_here,
    file_identity,
    files_here,
    files_there,
    locate_file,
    locate_folder,
    sha256_of,
)
from widespectrum.errors import BadInput, MissingWeights
from widespectrum.generators.diffusers.index import INDEX, PipelineIndex, read_index
from widespectrum.generators.diffusers.recipe import Recipe

SMALL = (".json", ".txt", ".model", ".jinja")
"""Suffixes of configurations and vocabularies."""
WEIGHTS = ".safetensors"

_WEIGHTLESS = re.compile("Tokenizer|Processor|Extractor|Scheduler")
_PLAIN = re.compile(r"[A-Za-z0-9_]+(-(?P<at>\d{5})-of-(?P<all>\d{5}))?\.safetensors")
_VARIANT = r"[A-Za-z0-9_]+\.{}(-(?P<at>\d{{5}})-of-(?P<all>\d{{5}}))?\.safetensors"


@dataclass(frozen=True)
class Part:
    """The files of one component, inside the repository."""

    component: str
    files: tuple[str, ...]
    variant: str | None = None
    """Which variant of the weight files."""


class Incomplete(Exception):
    """A component lacks files in a listing."""


@dataclass(frozen=True)
class Repository:
    """One repository, on the hub or as the user's own copy."""

    entry: ModelEntry
    """`hub_id` and `revision` are those of this repository."""
    path: str | None = None
    patterns: tuple[str, ...] = ()
    """What of it is needed, for the command that gets it."""
    option: str = "path"
    """The setting that names the user's own copy."""

    def file(self, name: str) -> Path:
        """Where one of its files is.

        Raises:
            MissingWeights: nowhere; the remedy is how to get all that is needed.
        """
        try:
            return locate_file(self.entry, name, path=self.path)
        except MissingWeights as error:
            raise self._explained(error) from error

    def folder(self, names: Sequence[str]) -> Path:
        """The folder that has these files."""
        try:
            return locate_folder(self.entry, path=self.path, needs=names)
        except MissingWeights as error:
            raise self._explained(error) from error

    def choose(self, pick: Any) -> Any:
        """What ``pick(listing)`` chooses from what is here, or, if that lacks something, there."""
        try:
            return pick(files_here(self.entry, path=self.path))
        except Incomplete as error:
            if self.path is not None:
                raise MissingWeights(
                    f"this folder lacks {error}", "Complete it.", file=self.path
                ) from error
        try:
            return pick(files_there(self.entry))
        except MissingWeights as error:
            raise self._explained(error) from error
        except Incomplete as error:
            raise BadInput(
                f"{self.entry.hub_id} lacks {error}, as safetensors",
                "Weights that are pickles are not opened; take a repository that has them as "
                "safetensors.",
            ) from error

    def identity(self, names: Sequence[str]) -> dict[str, str]:
        """Name -> sha256 of its content; weights that are not here are asked of the hub."""
        return {
            name: file_identity(self.entry, name, path=self.path)
            if name.endswith(WEIGHTS)
            else sha256_of(self.file(name))
            for name in names
        }

    @property
    def where(self) -> str:
        """Repository and commit, as far as it is known, or the name of the user's own copy."""
        if self.path is not None:
            return Path(self.path).name
        return f"{self.entry.hub_id}@{commit_here(self.entry) or 'main'}"

    def _explained(self, error: MissingWeights) -> MissingWeights:
        if self.path is not None or self.entry.hub_id is None:
            return error
        name = self.entry.name.partition("@")[0]
        pin = f" --revision {self.entry.revision}" if self.entry.revision else ""
        ask = ""
        if self.entry.gated:
            page = self.entry.access or f"https://huggingface.co/{self.entry.hub_id}"
            ask = f"Accept the licence at {page} and `hf auth login`. "
        wanted = "".join(f' --include "{pattern}"' for pattern in self.patterns)
        return MissingWeights(
            error.problem,
            f"{ask}Get it with `hf download {self.entry.hub_id}{pin}{wanted}`, or name your copy: "
            f"{name}@{self.option}=FOLDER.",
        )


@dataclass(frozen=True)
class Sources:
    """All that one model is made of.

    Args:
        entry: the catalog entry.
        recipe: its recipe.
        path: the user's copy of the entry's own weights.
        base: the user's copy of the repository that the rest comes from.
    """

    entry: ModelEntry
    recipe: Recipe
    path: str | None = None
    base: str | None = None

    @cached_property
    def pipeline(self) -> Repository:
        """The repository with ``model_index.json``."""
        return pipeline_repository(self.entry, self.recipe, self.path, self.base)

    @cached_property
    def own(self) -> Repository | None:
        """The repository of a component, or of an adapter, where that is the entry's own."""
        if self.recipe.swap is None:
            return None
        return Repository(self.entry, self.path, tuple(self._own_patterns()))

    @cached_property
    def index(self) -> PipelineIndex:
        """What the pipeline's repository says of it.

        Raises:
            BadInput: it is for another class than the recipe names.
        """
        file = self.pipeline.file(INDEX)
        index = read_index(file)
        if index.pipeline != self.recipe.pipeline:
            raise BadInput(
                f"is for {index.pipeline}, and {self.entry.name!r} would call it with "
                f"{self.recipe.pipeline}, which may not fail but paint something else",
                f'Write pipeline = "{index.pipeline}" into its recipe.',
                file=file,
            )
        return index

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The files of every component that is loaded from `pipeline`."""
        found: tuple[Part, ...] = self.pipeline.choose(
            lambda listing: parts_of(listing, self.index, self.recipe)
        )
        return found

    @cached_property
    def own_files(self) -> tuple[str, ...]:
        """The files of `own`."""
        swap, own = self.recipe.swap, self.own
        if swap is None or own is None:
            return ()
        if swap.form == "file":
            if self.entry.file is None:
                raise BadInput("is not named", "Write file = ... into the entry.", field="file")
            return (self.entry.file,)
        prefix = f"{swap.subfolder}/" if swap.subfolder else ""
        if swap.form == "adapter":
            return prefix + "adapter_config.json", prefix + "adapter_model.safetensors"
        return self.own_part.files

    @cached_property
    def own_part(self) -> Part:
        """The files of `own` where it is the folder of one component."""
        swap, own = self.recipe.swap, self.own
        assert swap is not None
        assert own is not None
        part: Part = own.choose(lambda listing: _part(listing, swap.subfolder, self.recipe.variant))
        return part

    def identity(self) -> dict[str, Any]:
        """What goes into the fingerprint: the content of every file, wherever it lies.

        Where files are nowhere to be found it is the repository's name, which serves to plan with
        and never to paint with: `settled` is false then.
        """
        parts: dict[str, Any] = {}
        found = True
        for role, repository in (("pipeline", self.pipeline), ("own", self.own)):
            if repository is None:
                continue
            try:
                # Where one is nowhere the hub was asked in vain, which takes long enough once.
                names = () if not found else self._names(role)
                parts[role] = repository.identity(names)
            except MissingWeights:
                found = False
            if not found:
                parts[role] = {"nowhere": repository.where}
        return parts

    @staticmethod
    def settled(identity: dict[str, Any]) -> bool:
        """Whether an identity is one of content."""
        return not any("nowhere" in part for part in identity.values())

    def _names(self, role: str) -> tuple[str, ...]:
        if role == "own":
            return self.own_files
        return (INDEX, *(name for part in self.parts for name in part.files))

    def _own_patterns(self) -> list[str]:
        swap = self.recipe.swap
        assert swap is not None
        if swap.form == "file":
            return [self.entry.file or "*"]
        prefix = f"{swap.subfolder}/" if swap.subfolder else ""
        return [prefix + "*.json", prefix + "*.safetensors"]


def pipeline_repository(
    entry: ModelEntry, recipe: Recipe, path: str | None, base: str | None
) -> Repository:
    """Where a model's pipeline comes from: its own repository, or that of its base."""
    other = recipe.base
    variant = recipe.variant
    kinds = ["*/*" + suffix for suffix in SMALL]
    kinds += ["*/*" + WEIGHTS] if variant is None else [f"*/*.{variant}*{WEIGHTS}"]
    patterns = (INDEX, *kinds)
    if other is None:
        return Repository(entry, path, patterns)
    known = {"hub_id": other.hub_id, "revision": other.revision, "gated": other.gated}
    return Repository(
        entry.model_copy(update={**known, "access": None}), base, patterns, option="base"
    )


def read_own_index(entry: ModelEntry, path: str | None) -> PipelineIndex:
    """What an entry's own repository says of its pipeline, where no recipe says it.

    Raises:
        MissingWeights: the repository is neither here nor to be had.
        BadInput: it is no repository of a diffusers pipeline.
    """
    return read_index(Repository(entry, path, (INDEX,)).file(INDEX))


def parts_of(listing: Sequence[str], index: PipelineIndex, recipe: Recipe) -> tuple[Part, ...]:
    """The files of every component that a pipeline loads, chosen from all that there are.

    Raises:
        Incomplete: a component has no files in `listing`.
    """
    swap = recipe.swap
    found = []
    for component, (_, kind) in index.components.items():
        if component in recipe.without:
            continue
        if swap is not None and component == swap.component and swap.form != "adapter":
            config = f"{component}/config.json"
            if swap.form == "file":
                if config not in listing:
                    raise Incomplete(config)
                found.append(Part(component, (config,)))
            continue
        found.append(_part(listing, component, recipe.variant, _WEIGHTLESS.search(kind) is None))
    return tuple(found)


def _part(
    listing: Sequence[str], folder: str, variant: str | None, is_network: bool = True
) -> Part:
    prefix = f"{folder}/" if folder else ""
    names = [name.removeprefix(prefix) for name in listing if name.startswith(prefix)]
    if not names:
        raise Incomplete(repr(folder))
    weights, used = _weights(names, variant) if is_network else ([], None)
    if is_network and ("config.json" not in names or not weights):
        raise Incomplete(f"configuration or weights of {folder or 'the model'!r}")
    small = [name for name in names if name.endswith(SMALL) and not _foreign_index(name, used)]
    return Part(folder, tuple(prefix + name for name in sorted({*small, *weights})), used)


def _weights(names: Sequence[str], variant: str | None) -> tuple[list[str], str | None]:
    """One complete set of weight files: of the variant, else the plain ones."""
    if variant is not None:
        pattern = re.compile(_VARIANT.format(re.escape(variant)))
        found = _complete([m for name in names if (m := pattern.fullmatch(name))])
        if found:
            return found, variant
    return _complete([m for name in names if (m := _PLAIN.fullmatch(name))]), None


def _complete(matches: Sequence[re.Match[str]]) -> list[str]:
    """The names, if no shard is missing; one whole file is taken before shards of it."""
    whole = [match[0] for match in matches if match["all"] is None]
    if whole:
        return whole[:1]
    if matches and len(matches) != int(matches[0]["all"]):
        raise Incomplete(f"shards beside {matches[0][0]!r}")
    return [match[0] for match in matches]


def _foreign_index(name: str, variant: str | None) -> bool:
    """Whether a small file is the index of weights that are not taken."""
    if ".index." not in name:
        return False
    kind = name.rpartition(".index.")[2].removesuffix("json").removesuffix(".")
    return ".safetensors.index." not in name or kind != (variant or "")

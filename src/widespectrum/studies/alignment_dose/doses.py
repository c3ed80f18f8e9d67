"""Doses: a generator as it was after so many steps of alignment, one adapter file for each.

An alignment leaves a folder with adapters along the way (``OUT/NAME/doses/000025.safetensors``),
each of which says in its header what it was rewarded for and how far it had drifted. The same study
reads a table of any generators that were kept along the way: columns ``member, steps, generator``
and optionally ``reward``, the name of the scorer that was climbed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widespectrum.bonsai.models.weights import Header, digest, find_weights, read_header
from widespectrum.catalog import ModelEntry
from widespectrum.contracts import Failure, GenerationRequest, Generator
from widespectrum.errors import BadInput
from widespectrum.generators import BonsaiGenerator, load_generator
from widespectrum.tables import read_frame
from widespectrum.tables.columns import Field, conform, refuse_duplicates

if TYPE_CHECKING:
    from widespectrum.contracts import Image

REWARDS = {"taste": "bonsai-taste", "faithful": "bonsai-clip", "auteur": "bonsai-auteur-taste"}
"""What an adapter's header calls its reward -> the scorer that measures it."""
_WEIGHTS = {"taste": "taste", "faithful": "encoder", "auteur": "encoder"}
"""Under which key the header names the digest of the reward's weights."""

METHODS = {"forward-process": "", "reward-gradient": ", by gradient"}
"""What is added to a member's name, so that two alignments towards one reward differ."""

COLUMNS = (
    Field("member", "text", required=True),
    Field("steps", "integer", required=True, minimum=1),
    Field("generator", "text", required=True),
    Field("reward", "text"),
)
"""Of a table of doses."""


@dataclass(frozen=True)
class Dose:
    """One generator along an alignment."""

    member: str
    """Which alignment."""
    steps: int
    """After how many of its steps, from 1."""
    generator: str
    """Name of the generator."""
    reward: str | None = None
    """Name of the scorer that the alignment climbed, where it is known."""
    recorded: float | None = None
    """Mean reward that the alignment itself found then, on prompts of its own."""
    drift: float | None = None
    """Distance from the base that it found then; see `widespectrum.bonsai.alignment`."""
    ships: bool = False
    """The dose that the alignment's own rule chose."""


@dataclass(frozen=True)
class Doses:
    """A base, and what alignments made of it."""

    base: Generator
    doses: tuple[Dose, ...]
    """Member by member, with rising steps."""
    generators: tuple[Generator, ...]
    """Of `doses`, in their order."""

    @property
    def members(self) -> tuple[str, ...]:
        """In order."""
        return tuple(dict.fromkeys(dose.member for dose in self.doses))

    @property
    def rewards(self) -> tuple[str, ...]:
        """Names of the scorers that were climbed, each once."""
        return tuple(dict.fromkeys(dose.reward for dose in self.doses if dose.reward))

    def of(self, member: str) -> tuple[Dose, ...]:
        """The doses of one member."""
        return tuple(dose for dose in self.doses if dose.member == member)


class AdapterDose:
    """A dose as a generator. Its network is loaded for each batch of requests and then dropped.

    So dozens of doses need the memory of one; loading takes a fraction of the painting.

    Args:
        name: what tables call it.
        base: the generator; sampler and precision are taken from it.
        adapter: file of the dose.
    """

    def __init__(self, name: str, base: BonsaiGenerator, adapter: Path) -> None:
        self.name = name
        entry = ModelEntry.model_validate(
            {
                "name": "dose",
                "kind": "generator",
                "title": name,
                "class": "widespectrum.generators.bonsai:BonsaiGenerator",
            }
        )
        sampler = base.sampler
        self._settings: dict[str, Any] = {
            "entry": entry,
            "weights": str(base.weights),
            "adapter": str(adapter),
            "steps": sampler.steps,
            "guidance": sampler.guidance,
            "method": sampler.method,
            "precision": base.precision,
            "threads": base.threads,
            "language": base.language,
        }
        self.fingerprint = self._load().fingerprint

    def __repr__(self) -> str:
        return f"<generator {self.name}>"

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Image | Failure]:
        """As `BonsaiGenerator.generate`."""
        return self._load().generate(requests)

    def _load(self) -> BonsaiGenerator:
        return BonsaiGenerator(**self._settings)


def find_doses(sources: Iterable[Path | str], base: str | Generator, *, every: int = 1) -> Doses:
    """The doses of alignments.

    Args:
        sources: folders of alignments, folders of such folders, or tables.
        base: what was aligned.
        every: only doses at multiples of so many steps, and the last of each alignment.

    Raises:
        BadInput: no dose, one of another base, or a table that is none of doses.
        MissingWeights: the base has none.
    """
    if every < 1:
        raise BadInput(f"is {every}", "Give at least 1.", field="every")
    loaded = load_generator(base)
    found: dict[str, list[tuple[Dose, Generator]]] = {}
    for source in sources:
        for member, own in _read(Path(source), loaded).items():
            if member in found:
                raise BadInput(
                    f"two alignments are called {member!r}", "Rename one folder.", file=source
                )
            last = own[-1][0].steps
            found[member] = [
                pair for pair in own if pair[0].steps % every == 0 or pair[0].steps == last
            ]
    pairs = [pair for own in found.values() for pair in own]
    if not pairs:
        raise BadInput("no alignment was given", "Name a folder that `widespectrum train` wrote.")
    return Doses(loaded, tuple(dose for dose, _ in pairs), tuple(each for _, each in pairs))


def _read(source: Path, base: Generator) -> dict[str, list[tuple[Dose, Generator]]]:
    if source.is_file():
        return _of_table(source)
    folders = (
        [source] if _adapters(source) else sorted(f for f in _children(source) if _adapters(f))
    )
    if not folders:
        raise BadInput(
            "holds no doses of an alignment",
            "Name the folder with `doses/` in it, its parent, or a table of generators.",
            file=source,
        )
    if not isinstance(base, BonsaiGenerator):
        raise BadInput(
            f"{base.name} cannot take adapters of Bonsai",
            "Give the generator of Bonsai that was aligned, or a table of generators.",
            field="base",
        )
    return dict(_of_folder(folder, base) for folder in folders)


def _children(folder: Path) -> list[Path]:
    return [child for child in folder.iterdir() if child.is_dir()] if folder.is_dir() else []


def _adapters(folder: Path) -> list[Path]:
    return sorted((folder / "doses").glob("*.safetensors"))


def _of_folder(folder: Path, base: BonsaiGenerator) -> tuple[str, list[tuple[Dose, Generator]]]:
    files = _adapters(folder)
    headers = [read_header(file) for file in files]
    for file, header in zip(files, headers, strict=True):
        _check(file, header, base)
    method = str(headers[0].provenance.get("method", ""))
    member = folder.name + METHODS.get(method, f", {method}" if method else "")
    shipped = folder.parent / f"{folder.name}.safetensors"
    chosen = read_header(shipped).provenance.get("step") if shipped.is_file() else None
    pairs: list[tuple[Dose, Generator]] = []
    for file, header in zip(files, headers, strict=True):
        about = header.provenance
        name = f"{member} @{about['step']}"
        dose = Dose(
            member=member,
            steps=int(about["step"]),
            generator=name,
            reward=_reward(file, about),
            recorded=about.get("reward"),
            drift=about.get("drift"),
            ships=about["step"] == chosen,
        )
        pairs.append((dose, AdapterDose(name, base, file)))
    return member, sorted(pairs, key=lambda pair: pair[0].steps)


def _check(file: Path, header: Header, base: BonsaiGenerator) -> None:
    if header.kind != "adapter" or "step" not in header.provenance:
        raise BadInput("is no dose of an alignment", "Take it out of the folder.", file=file)
    if header.vocabulary != digest(base.weights):
        raise BadInput(
            f"was aligned from another generator than {base.name}",
            "Give the one that it was aligned from: --base bonsai@weights=FILE.",
            file=file,
        )


def _reward(file: Path, about: dict[str, Any]) -> str | None:
    """The scorer that measures an adapter's reward, if its weights are the same."""
    told = about.get("task", {}).get("reward", {})
    kind = told.get("reward")
    if kind not in REWARDS:
        return None
    shipped = find_weights("bonsai-taste" if kind == "taste" else "bonsai-clip")
    if told.get(_WEIGHTS[kind]) != digest(shipped):
        raise BadInput(
            f"was rewarded by other weights than those of {REWARDS[kind]} here",
            "Measure it with the version of widespectrum that it was aligned with.",
            file=file,
        )
    return REWARDS[kind]


def _of_table(path: Path) -> dict[str, list[tuple[Dose, Generator]]]:
    rows = conform(read_frame(path), COLUMNS, path)
    refuse_duplicates(rows, ("member", "steps"), path)
    found: dict[str, list[tuple[Dose, Generator]]] = {}
    for row in rows.sort("steps", maintain_order=True).to_dicts():
        generator = load_generator(row["generator"])
        dose = Dose(row["member"], row["steps"], generator.name, reward=row.get("reward"))
        found.setdefault(dose.member, []).append((dose, generator))
    return found

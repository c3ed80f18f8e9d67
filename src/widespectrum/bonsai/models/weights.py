"""Weight files: float16 safetensors that say what they are, checked strictly when they are read.

A file of weights without its architecture, its vocabulary and its version is a riddle; so all three
are in the file's own header, with how it was trained, and a file that does not fit is refused
before a single score is computed from it. No pickle anywhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open

from widespectrum.bonsai.models.tokens import Language
from widespectrum.errors import BadInput, MissingWeights
from widespectrum.tables import write_bytes

if TYPE_CHECKING:
    from torch import nn

    from widespectrum.bonsai.alignment.adapters import Adapter
    from widespectrum.bonsai.generator.network import GeneratorNetwork
    from widespectrum.bonsai.models.encoder import DualEncoder
    from widespectrum.bonsai.models.rater import Rater
    from widespectrum.bonsai.models.recogniser import Recogniser
    from widespectrum.bonsai.models.taste import Taste

Kind = Literal["encoder", "taste", "generator", "judge", "adapter", "eye"]

T = TypeVar("T")

FORMAT = "widespectrum-bonsai"
"""Key of the safetensors metadata under which the header stands."""
VERSION = 1
"""Counts changes of the architecture that make older weights useless."""
SUFFIX = ".safetensors"
SHIPPED = Path(__file__).parents[1] / "weights"

_ANOTHER: dict[Kind, str] = {
    "judge": "was trained on other dimensions than those that the world has today",
    "eye": "was trained on other things, colours or places than those that the world has today",
    "adapter": "was trained on another generator than this one, and means nothing to it",
}
_ANOTHER_VOCABULARY = (
    "was trained on another vocabulary, so its words would mean something else here"
)
_TRAIN_AGAIN = "Train it again with `widespectrum train`, or use the file that this version ships."


@dataclass(frozen=True)
class Header:
    """What a weight file says about itself."""

    kind: Kind
    shape: dict[str, int]
    """The fields of the network's own shape: `EncoderShape`, `GeneratorShape`, `RaterShape` ..."""
    vocabulary: str
    """Fingerprint of the vocabulary that the text side was trained on; of a judge, of the
    dimensions that it rates, of an eye, of the names that it has (`names_fingerprint`); of an
    adapter, the digest of the generator that it was trained on."""
    provenance: dict[str, Any] = field(default_factory=dict)
    """How it was trained: seed, steps, data, versions."""
    version: int = VERSION


_HEADER = TypeAdapter(Header)


def find_weights(name: str) -> Path:
    """The file of a shipped model's name, or of a path that ends in ``.safetensors``.

    Raises:
        MissingWeights: there is no such file.
    """
    own = name.endswith(SUFFIX)
    path = Path(name) if own else SHIPPED / f"{name}{SUFFIX}"
    if not path.is_file():
        remedy = (
            "Check the path."
            if own
            else f"Reinstall widespectrum, or make it: `widespectrum train {name} --out FOLDER`."
        )
        raise MissingWeights("there are no weights here", remedy, file=path)
    return path


def digest(path: Path) -> str:
    """sha256 of a weight file: the identity of the weights, without loading them."""
    status = path.stat()
    return _digest(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _digest(path: Path, _modified: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_weights(path: Path, network: nn.Module, header: Header) -> None:
    """Write a network's weights as float16, atomically.

    Raises:
        BadInput: a weight is not finite in float16.
        StorageFailed: the disk refused.
    """
    import torch
    from safetensors.torch import save

    state = {
        name: tensor.detach().to("cpu", torch.float16).contiguous()
        for name, tensor in network.state_dict().items()
    }
    for name, tensor in state.items():
        if not bool(torch.isfinite(tensor).all()):
            raise BadInput(
                f"weight '{name}' is not a finite number",
                "The training diverged; train again with a lower learning rate.",
                file=path,
            )
    # One key only: the order of several changes from process to process, and so would the digest.
    write_bytes(save(state, metadata={FORMAT: json.dumps(asdict(header), sort_keys=True)}), path)


def read_header(path: Path) -> Header:
    """What the file says about itself. Reads no weights.

    Raises:
        MissingWeights: there is no such file.
        BadInput: it is truncated, not a safetensors file, not ours, or of another version.
    """
    if not path.is_file():
        raise MissingWeights("there are no weights here", "Check the path.", file=path)
    try:
        with safe_open(str(path), framework="numpy") as file:
            about = file.metadata() or {}
    except (SafetensorError, OSError, ValueError) as error:
        raise BadInput(
            f"is truncated, or no safetensors file ({error})",
            "Copy or download it again.",
            file=path,
        ) from error
    if FORMAT not in about:
        raise BadInput("does not hold weights of Bonsai", "Name another file.", file=path)
    try:
        raw = json.loads(about[FORMAT])
        version = raw.get("version")
        if version != VERSION:
            raise BadInput(
                f"holds weights of version {version}, and this is version {VERSION}",
                _TRAIN_AGAIN,
                file=path,
            )
        return _HEADER.validate_python(raw)
    except (AttributeError, json.JSONDecodeError, ValidationError) as error:
        raise BadInput("has a damaged header", _TRAIN_AGAIN, file=path) from error


def load_encoder(path: Path, language: Language) -> DualEncoder:
    """The encoder of a weight file, in float32, ready to score.

    Raises:
        MissingWeights: there is no such file.
        BadInput: the file is damaged, of another kind or version, or of another vocabulary.
    """
    from widespectrum.bonsai.models.encoder import DualEncoder, EncoderShape

    network = DualEncoder(_shape(path, "encoder", language.fingerprint, EncoderShape))
    _fill(network, path)
    return network


def load_taste(path: Path, language: Language) -> Taste:
    """The taste of a weight file, in float32, ready to score.

    Raises:
        MissingWeights: there is no such file.
        BadInput: the file is damaged, of another kind or version, or of another vocabulary.
    """
    from widespectrum.bonsai.models.encoder import EncoderShape
    from widespectrum.bonsai.models.taste import Taste

    network = Taste(_shape(path, "taste", language.fingerprint, EncoderShape))
    _fill(network, path)
    return network


def load_generator_network(path: Path, language: Language) -> GeneratorNetwork:
    """The generator of a weight file, in float32, ready to paint.

    Raises:
        MissingWeights: there is no such file.
        BadInput: the file is damaged, of another kind or version, or of another vocabulary.
    """
    from widespectrum.bonsai.generator.network import GeneratorNetwork, GeneratorShape

    shape = _shape(path, "generator", language.fingerprint, GeneratorShape)
    network = GeneratorNetwork(shape)
    _fill(network, path)
    return network


def load_rater(path: Path, dimensions: Sequence[str]) -> Rater:
    """The judge's network of a weight file, in float32, ready to rate.

    Args:
        path: of the file.
        dimensions: what its columns must mean, in order.

    Raises:
        MissingWeights: there is no such file.
        BadInput: the file is damaged, of another kind or version, or for other dimensions.
    """
    from widespectrum.bonsai.models.rater import Rater, RaterShape

    network = Rater(_shape(path, "judge", names_fingerprint(dimensions), RaterShape))
    _fill(network, path)
    return network


def load_recogniser(path: Path, names: Sequence[str]) -> Recogniser:
    """The eye's network of a weight file, in float32, ready to look.

    Args:
        path: of the file.
        names: what its columns must mean, in order.

    Raises:
        MissingWeights: there is no such file.
        BadInput: the file is damaged, of another kind or version, or has other names.
    """
    from widespectrum.bonsai.models.recogniser import Recogniser, RecogniserShape

    network = Recogniser(_shape(path, "eye", names_fingerprint(names), RecogniserShape))
    _fill(network, path)
    return network


def load_adapter(path: Path, network: GeneratorNetwork, base: str) -> Adapter:
    """The adapter of a weight file, in float32, for a generator.

    Args:
        path: of the file.
        network: the generator.
        base: `digest` of the generator's file.

    Raises:
        MissingWeights: there is no such file.
        BadInput: the file is damaged, of another kind or version, or for another generator.
    """
    from widespectrum.bonsai.alignment.adapters import Adapter, AdapterShape

    adapter = Adapter(network, _shape(path, "adapter", base, AdapterShape))
    _fill(adapter, path)
    return adapter


def names_fingerprint(names: Sequence[str]) -> str:
    """Of names and their order: what a network without a text side has for a vocabulary."""
    return hashlib.sha256(json.dumps(list(names)).encode()).hexdigest()


def _shape(path: Path, kind: Kind, vocabulary: str, make: Callable[..., T]) -> T:
    header = read_header(path)
    if header.kind != kind:
        raise BadInput(
            f"holds weights of kind {header.kind!r}, not {kind!r}", "Name another.", file=path
        )
    if header.vocabulary != vocabulary:
        raise BadInput(_ANOTHER.get(kind, _ANOTHER_VOCABULARY), _TRAIN_AGAIN, file=path)
    try:
        return make(**header.shape)
    except TypeError as error:
        raise BadInput("has a damaged header", _TRAIN_AGAIN, file=path) from error


def _fill(network: nn.Module, path: Path) -> None:
    """Load the file's weights into `network`: every one that it has, and no other."""
    import torch
    from safetensors.torch import load_file

    try:
        stored = load_file(str(path))
    except (SafetensorError, OSError) as error:
        raise BadInput(f"is truncated ({error})", "Copy it again.", file=path) from error
    wanted = network.state_dict()
    missing, extra = sorted(wanted.keys() - stored.keys()), sorted(stored.keys() - wanted.keys())
    if missing or extra:
        lacks = [f"lacks '{missing[0]}'" if missing else "", f"has '{extra[0]}'" if extra else ""]
        raise BadInput(
            f"does not fit the architecture: it {' and '.join(part for part in lacks if part)}",
            _TRAIN_AGAIN,
            file=path,
        )
    for name, tensor in stored.items():
        if tensor.shape != wanted[name].shape:
            raise BadInput(
                f"weight '{name}' has shape {tuple(tensor.shape)} instead of "
                f"{tuple(wanted[name].shape)}",
                _TRAIN_AGAIN,
                file=path,
            )
        if not bool(torch.isfinite(tensor).all()):
            raise BadInput(f"weight '{name}' is not a finite number", _TRAIN_AGAIN, file=path)
    network.load_state_dict({name: tensor.float() for name, tensor in stored.items()})
    network.eval().requires_grad_(False)

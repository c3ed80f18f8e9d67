"""A Qwen3-VL from a folder, with or without a LoRA adapter: whole, finite, and of this family.

The library loads what almost fits with a warning. Here every weight must be there, in its shape,
and no other; an adapter must fit its base in the same way, and is then merged into it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import file_identity, locate_file, locate_folder, read_metadata
from widespectrum.checkpoints.locating import INDEX, shards_of
from widespectrum.errors import BadInput, MissingExtra, MissingWeights

if TYPE_CHECKING:
    import torch

WHOLE, SHARDED = "model.safetensors", f"model{INDEX}"
TOKENIZER = ("tokenizer.json", "tokenizer_config.json")


def weights_file(entry: ModelEntry, path: str | None) -> str:
    """The file that leads to all weights: the one there is, or the index of several.

    Raises:
        MissingWeights: neither is there.
    """
    if path is not None:
        return SHARDED if (Path(path) / SHARDED).is_file() else WHOLE
    try:
        locate_file(entry, SHARDED)
    except MissingWeights as missing:
        try:
            file_identity(entry, WHOLE)  # asks whether it is there; a large file is not fetched yet
        except MissingWeights:
            raise missing from None
        return WHOLE
    return SHARDED


def network_folder(entry: ModelEntry, path: str | None) -> Path:
    """The folder of configuration and weights.

    Raises:
        MissingWeights: a file is not there; the remedy is how to get it.
        BadInput: `path` is a file.
    """
    return locate_folder(entry, path=path, needs=("config.json", weights_file(entry, path)))


def load_network(
    folder: Path, *, device: torch.device, dtype: torch.dtype, adapter: Path | None = None
) -> Any:
    """The network for inference, without gradients.

    Args:
        folder: ``config.json`` and safetensors weights.
        device: where it goes.
        dtype: in which precision.
        adapter: the folder of a LoRA adapter for these weights.

    Raises:
        BadInput: another architecture; weights that are missing, too many, misshapen, truncated or
            not finite; an adapter that does not fit.
        MissingExtra: transformers, or for an adapter peft, is not installed.
    """
    model = load_base(folder, dtype=dtype)
    if adapter is not None:
        from widespectrum.judges.qwen3vl.adapters import merge

        model = merge(model, adapter)
    _refuse_not_finite(model.named_parameters(), folder if adapter is None else adapter)
    return model.to(device).eval().requires_grad_(False)


def load_base(folder: Path, *, dtype: torch.dtype) -> Any:
    """The network of a folder, as it is for training or inference. Errors as `load_network`."""
    _refuse_other_architecture(folder)
    for file in _weight_files(folder):
        read_metadata(file)  # raises where it is truncated
    try:
        from transformers import Qwen3VLForConditionalGeneration
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"this judge needs {error.name!r}, which is not installed",
            "pip install 'widespectrum[hub]'.",
        ) from error
    family: Any = Qwen3VLForConditionalGeneration
    with quiet():
        model, found = family.from_pretrained(
            folder,
            dtype=dtype,
            local_files_only=True,
            use_safetensors=True,
            ignore_mismatched_sizes=True,  # told below, by name
            output_loading_info=True,
        )
    _refuse_misfits(found, folder)
    return model


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of a folder.

    Raises:
        BadInput: it cannot be read as one.
    """
    from transformers import Qwen2Tokenizer

    try:
        return Qwen2Tokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"cannot be read as a Qwen tokenizer ({str(error).splitlines()[0][:160]})",
            "Name the tokenizer that belongs to the model.",
            file=folder / TOKENIZER[0],
        ) from error


def _refuse_other_architecture(folder: Path) -> None:
    file = folder / "config.json"
    try:
        kind = json.loads(file.read_text(encoding="utf-8"))["model_type"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput("is no configuration of a model", "Download it again.", file=file) from error
    if kind != "qwen3_vl":
        raise BadInput(
            f"is that of a {kind!r}, not of a Qwen3-VL",
            "Name a Qwen3-VL with dense layers, as in repo=Qwen/Qwen3-VL-4B-Instruct.",
            file=file,
            field="model_type",
        )


def _weight_files(folder: Path) -> list[Path]:
    index = folder / SHARDED
    if index.is_file():
        return [index.with_name(shard) for shard in shards_of(index)]
    return [folder / WHOLE]


def _refuse_misfits(found: dict[str, Any], folder: Path) -> None:
    kinds = {
        "missing_keys": "lacks",
        "unexpected_keys": "has, and a Qwen3-VL has not,",
        "mismatched_keys": "has in another shape",
    }
    for kind, says in kinds.items():
        names = sorted(each if isinstance(each, str) else each[0] for each in found[kind])
        if names:
            raise BadInput(
                f"is not whole: it {says} {listed(names)}",
                "Download it again, or name the configuration that belongs to these weights.",
                file=folder,
            )


def _refuse_not_finite(tensors: Iterable[tuple[str, torch.Tensor]], file: Path) -> None:
    bad = [name for name, tensor in tensors if not bool(tensor.isfinite().all())]
    if bad:
        raise BadInput(
            f"is damaged: {listed(bad)} are not finite numbers",
            "Download it again; if that does not help, these weights are broken at their source.",
            file=file,
        )


def listed(names: list[str]) -> str:
    """The first few names, and how many more there are."""
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(repr(name) for name in names[:3]) + rest


@contextmanager
def quiet() -> Iterator[None]:
    """Without the libraries' own progress bars and reports: problems are told by name."""
    from transformers import utils

    logging: Any = utils.logging
    bars, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()

"""LoRA adapters, through peft: attached for training, merged for rating.

Only the language model's attention projections are adapted. Their names (``q_proj`` ...) do not
occur in the vision tower, which has one fused projection, so that naming them is enough.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from widespectrum.checkpoints import read_tensors
from widespectrum.errors import BadInput, MissingExtra, MissingWeights
from widespectrum.judges.qwen3vl.network import listed, quiet

ADAPTER, CONFIG = "adapter_model.safetensors", "adapter_config.json"
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj")


def attach(model: Any, *, rank: int, alpha: int, dropout: float) -> Any:
    """The model with fresh adapters, of which alone it learns.

    Args:
        model: a Qwen3-VL.
        rank: of the low-rank change of each projection.
        alpha: the change is scaled by alpha / rank.
        dropout: on what enters the adapters, in training.

    Raises:
        MissingExtra: peft is not installed.
    """
    with _peft() as peft:
        config = peft.LoraConfig(
            r=rank,
            lora_alpha=alpha,
            lora_dropout=dropout,
            target_modules=list(TARGETS),
            task_type="CAUSAL_LM",
        )
        return peft.get_peft_model(model, config)


def save(adapted: Any, folder: Path, base: str) -> None:
    """Write the adapter alone: its weights as safetensors, its configuration as JSON.

    Args:
        adapted: what `attach` made.
        folder: where to.
        base: the name of the model that it belongs to, for the adapter's own record.
    """
    # Else it would name the folder from which the base was read, which nobody else has.
    adapted.peft_config["default"].base_model_name_or_path = base
    with quiet(), _without_warnings():
        # Not asked to leave embeddings out, peft asks the hub whether the base has other ones.
        adapted.save_pretrained(str(folder), save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)  # a form that nobody has filled in


def merge(model: Any, folder: Path) -> Any:
    """The model with the changes of a saved adapter added to its weights.

    Raises:
        MissingWeights: the folder lacks one of its two files.
        BadInput: it is no adapter for this model.
        MissingExtra: peft is not installed.
    """
    for name in (CONFIG, ADAPTER):
        if not (folder / name).is_file():
            raise MissingWeights(
                f"this folder has no {name!r}", "Name the folder of a LoRA adapter.", file=folder
            )
    given = {name: tensor.shape for name, tensor in read_tensors(folder / ADAPTER).items()}
    with _peft() as peft:
        try:
            adapted = peft.PeftModel.from_pretrained(model, str(folder))
        except (RuntimeError, ValueError, TypeError, KeyError) as error:
            raise _no_adapter(folder, str(error).splitlines()[0][:160]) from error
        saved = peft.get_peft_model_state_dict(adapted, save_embedding_layers=False)
        wanted = {name: tensor.shape for name, tensor in saved.items()}
        either = given.keys() | wanted.keys()
        odd = sorted(name for name in either if given.get(name) != wanted.get(name))
        if odd:
            raise _no_adapter(folder, f"{listed(odd)} missing, unknown or misshapen")
        return adapted.merge_and_unload()


@contextmanager
def _peft() -> Iterator[Any]:
    """The library; without warnings about what it asks of transformers, or reports missing keys."""
    try:
        with _without_warnings():
            import peft
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"an adapter needs {error.name!r}, which is not installed",
            "pip install 'widespectrum[hub]'.",
        ) from error
    with quiet(), _without_warnings():
        yield peft


@contextmanager
def _without_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        # Of an attribute that peft asks for and transformers has renamed.
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*")
        # Of keys that are missing: `merge` names them in an error.
        warnings.filterwarnings("ignore", message="Found missing adapter keys.*")
        yield


def _no_adapter(folder: Path, why: str) -> BadInput:
    return BadInput(
        f"is no adapter for this model ({why})",
        "Name the base that it was trained on: `base_model_name_or_path` in adapter_config.json.",
        file=folder,
    )

"""A LoRA in PEFT's layout, merged into a network: all of it, at its full strength, or not at all.

Loaders that take such a folder for their own layout find nothing in it and say nothing; others
forget ``lora_alpha`` and load it at a fraction of its strength. So everything is counted, and what
each layer would add is compared with what its two matrices in the file say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widespectrum.checkpoints import read_tensors
from widespectrum.errors import BadInput, MissingExtra

if TYPE_CHECKING:
    from torch import Tensor, nn

_KEY = re.compile(r"(?:base_model\.model\.)?(?P<module>.+)\.lora_(?P<side>[AB])\.weight")
_TOLERANCE = 0.02
"""Relative; half strength is wrong by 1, rounding to bfloat16 by less than 0.01."""


def merge_adapter(network: nn.Module, folder: Path) -> int:
    """Merge the adapter in `folder` into `network`, in place.

    Returns:
        The number of layers that it changed.

    Raises:
        BadInput: it is no such adapter, or not one of this network.
        MissingExtra: peft is not installed.
    """
    try:
        from peft import LoraConfig, PeftModel, set_peft_model_state_dict
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "an adapter needs 'peft', which is not installed", "pip install 'widespectrum[hub]'."
        ) from error
    file = folder / "adapter_model.safetensors"
    tensors = read_tensors(file)
    pairs = _pairs(tensors, file)
    config = _config(folder, LoraConfig)
    try:
        wrapped = PeftModel(network, config)
        result = set_peft_model_state_dict(wrapped, tensors)
    except (ValueError, RuntimeError, KeyError) as error:
        reason = str(error).strip().partition("\n")[0][:200]
        raise BadInput(f"is no adapter of this network ({reason})", _TAKE, file=file) from error
    layers = {
        name.removeprefix("base_model.model."): module
        for name, module in wrapped.named_modules()
        if hasattr(module, "get_delta_weight") and getattr(module, "lora_A", None)
    }
    _count(layers, pairs, result, file)
    for name, layer in layers.items():
        _weigh(name, layer, pairs[name], config, file)
    wrapped.merge_and_unload(safe_merge=True)
    return len(layers)


def _config(folder: Path, kind: Any) -> Any:
    file = folder / "adapter_config.json"
    try:
        config = kind.from_pretrained(str(folder))
    except (OSError, ValueError, TypeError, KeyError) as error:
        reason = str(error).strip().partition("\n")[0][:200]
        raise BadInput(f"is no configuration of an adapter ({reason})", _TAKE, file=file) from error
    if str(getattr(config.peft_type, "value", config.peft_type)) != "LORA" or config.use_dora:
        raise BadInput("is of an adapter that is no plain LoRA", _TAKE, file=file)
    if config.modules_to_save or config.bias != "none":
        raise BadInput("is of an adapter that replaces whole modules or biases", _TAKE, file=file)
    config.inference_mode = True
    return config


def _pairs(tensors: Mapping[str, Tensor], file: Path) -> dict[str, dict[str, Tensor]]:
    """Module -> its two matrices.

    Raises:
        BadInput: a tensor is something else, or lacks its partner.
    """
    pairs: dict[str, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        found = _KEY.fullmatch(key)
        if found is None:
            raise BadInput(
                f"has a tensor {key!r}, which is not in PEFT's layout",
                "Take an adapter that peft has saved (adapter_config.json beside it).",
                file=file,
            )
        if not bool(tensor.isfinite().all()):
            raise BadInput(f"has numbers in {key!r} that are not finite", _TAKE, file=file)
        pairs.setdefault(found["module"], {})[found["side"]] = tensor
    lonely = next((name for name, pair in pairs.items() if len(pair) != 2), None)
    if lonely is not None or not pairs:
        what = f"lacks a matrix of {lonely!r}" if lonely else "is empty"
        raise BadInput(what, _TAKE, file=file)
    return pairs


def _count(layers: Mapping[str, Any], pairs: Mapping[str, Any], result: Any, file: Path) -> None:
    """Every layer has its matrices, and every matrix its layer."""
    if set(layers) != set(pairs) or result.unexpected_keys:
        without = sorted(set(layers) - set(pairs))
        left = sorted(set(pairs) - set(layers)) or list(result.unexpected_keys)
        what = f"has nothing for {without[0]!r}" if without else f"has no use for {left[0]!r}"
        raise BadInput(
            f"is no adapter of this network: it {what} ({len(pairs)} matrices pairs for "
            f"{len(layers)} layers)",
            _TAKE,
            file=file,
        )


def _weigh(name: str, layer: Any, pair: Mapping[str, Tensor], config: Any, file: Path) -> None:
    """What a layer adds is alpha / rank times the product of its matrices."""
    rank = pair["A"].shape[0]
    alpha = _of(config.alpha_pattern, name, config.lora_alpha)
    scale = alpha / rank**0.5 if config.use_rslora else alpha / rank
    expected = scale * (pair["B"].float().flatten(1) @ pair["A"].float().flatten(1))
    added = layer.get_delta_weight("default").float().cpu()
    error = (added.reshape(expected.shape) - expected).norm() if added.numel() else None
    if error is None or float(error) > _TOLERANCE * float(expected.norm()) or not scale:
        raise BadInput(
            f"would be merged at another strength than it says at {name!r}",
            "Install another version: pip install -U peft.",
            file=file,
        )


def _of(patterns: Mapping[str, int], name: str, otherwise: float) -> float:
    """A value that a configuration states for modules by pattern."""
    for pattern, value in (patterns or {}).items():
        if re.fullmatch(rf"(.*\.)?{pattern}", name):
            return value
    return otherwise


_TAKE = "Take the adapter that was trained on this model, as peft saved it."

"""A checkpoint that almost fits is refused, and the message says what is wrong with it."""

import json
import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_qwen3vl import pictures, tiny_model

from widespectrum.errors import BadInput, MissingWeights
from widespectrum.judges import load_judge
from widespectrum.judges.qwen3vl.adapters import attach, save


@pytest.fixture
def folder(tiny_folder, tmp_path):
    return shutil.copytree(tiny_folder, tmp_path / "copy")


def rate(folder, **settings):
    settings = {"path": str(folder), "size": 64, "dtype": "float32", "device": "cpu"} | settings
    return load_judge("judge-qwen3vl", **settings).rate(pictures(2), ["clarity"])


def change(folder, edit):
    tensors = load_file(folder / "model.safetensors")
    edit(tensors)
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


NORM = "model.language_model.norm.weight"


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda t: t.pop(NORM), "is not whole: it lacks .*norm.weight"),
        (lambda t: t.update(more=torch.ones(2)), "has not, 'more'"),
        (lambda t: t.update({NORM: torch.ones(7)}), "in another shape"),
        (lambda t: t[NORM].fill_(torch.nan), "are not finite"),
    ],
)
def test_weights_that_almost_fit(folder, edit, says):
    change(folder, edit)
    with pytest.raises(BadInput, match=says) as caught:
        rate(folder)
    assert caught.value.remedy


def test_truncated_weights(folder):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(BadInput, match="is truncated"):
        rate(folder)


def test_another_architecture(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "llava"}))
    with pytest.raises(BadInput, match="is that of a 'llava', not of a Qwen3-VL"):
        rate(folder)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer_config.json"])
def test_a_file_that_is_not_there(folder, name):
    (folder / name).unlink()
    with pytest.raises(MissingWeights, match=name.replace(".", r"\.")):
        rate(folder)


def test_the_hub_out_of_reach(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import huggingface_hub.constants as constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(MissingWeights, match=r"hf download weathon/smolvlm2_anti_aesthetics_7b"):
        load_judge("judge-qwen3vl").rate(pictures(1), ["clarity"])


@pytest.fixture
def adapter(tmp_path):
    """A LoRA adapter that changes something, as peft writes it."""
    adapted = attach(tiny_model(), rank=4, alpha=8, dropout=0.0)
    torch.manual_seed(1)
    for name, weight in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.3)
    save(adapted, tmp_path / "adapter", "tiny")
    return tmp_path / "adapter", adapted


def test_an_adapter_is_added_to_its_base(tiny_folder, adapter, tmp_path):
    folder, adapted = adapter
    names = {name for name, weight in adapted.named_parameters() if weight.requires_grad}
    assert all(".language_model." in name and "lora_" in name for name in names)
    assert len(names) == 5 * 4 * 2  # layers, projections, factors
    merged = adapted.merge_and_unload()
    merged.save_pretrained(tmp_path / "merged")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tiny_folder / name, tmp_path / "merged")
    with_adapter = rate(tiny_folder, adapter=str(folder))
    assert np.allclose(with_adapter, rate(tmp_path / "merged"), atol=1e-5)
    assert np.abs(with_adapter - rate(tiny_folder)).max() > 1e-3


def test_an_adapter_of_another_model(tiny_folder, adapter):
    folder, _ = adapter
    tensors = load_file(folder / "adapter_model.safetensors")
    first = sorted(tensors)[0]
    save_file(
        {k: v for k, v in tensors.items() if k != first}, folder / "adapter_model.safetensors"
    )
    with pytest.raises(BadInput, match="is no adapter for this model"):
        rate(tiny_folder, adapter=str(folder))
    tensors[first] = torch.ones(3, 5)
    save_file(tensors, folder / "adapter_model.safetensors")
    with pytest.raises(BadInput, match="is no adapter for this model"):
        rate(tiny_folder, adapter=str(folder))
    (folder / "adapter_model.safetensors").unlink()
    with pytest.raises(MissingWeights, match="Name the folder of a LoRA adapter"):
        rate(tiny_folder, adapter=str(folder))

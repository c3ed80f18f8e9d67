from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from widespectrum.bonsai.models.encoder import DualEncoder, EncoderShape
from widespectrum.bonsai.models.tokens import Language
from widespectrum.bonsai.models.weights import (
    Header,
    digest,
    find_weights,
    load_encoder,
    load_taste,
    read_header,
    write_weights,
)
from widespectrum.errors import BadInput, MissingWeights


@pytest.fixture
def encoder(tiny: EncoderShape) -> DualEncoder:
    torch.manual_seed(0)
    return DualEncoder(tiny)


@pytest.fixture
def file(tmp_path: Path, encoder: DualEncoder, language: Language) -> Path:
    path = tmp_path / "tiny.safetensors"
    write_weights(path, encoder, _header(encoder, language))
    return path


def _header(encoder: DualEncoder, language: Language) -> Header:
    return Header("encoder", asdict(encoder.shape), language.fingerprint, {"seed": 0})


def _rewritten(path: Path, *, metadata: dict[str, str] | None = None, **tensors: object) -> Path:
    """The same file with tensors changed (``None`` removes one) or other metadata."""
    with safe_open(str(path), framework="pt") as opened:
        about = opened.metadata()
    state = load_file(str(path))
    for name, tensor in tensors.items():
        key = name.replace("__", ".")
        if tensor is None:
            del state[key]
        else:
            state[key] = tensor
    save_file(state, str(path), metadata=about if metadata is None else metadata)
    return path


def test_weights_come_back_as_float32_of_float16(
    file: Path, encoder: DualEncoder, language: Language
) -> None:
    loaded = load_encoder(file, language)
    assert not loaded.training
    for name, tensor in encoder.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor.half().float())
    assert loaded.shape == encoder.shape


def test_the_header_says_what_the_file_is(file: Path, language: Language) -> None:
    header = read_header(file)
    assert (header.kind, header.vocabulary) == ("encoder", language.fingerprint)
    assert header.provenance == {"seed": 0}


def test_the_same_weights_are_the_same_bytes(
    file: Path, tmp_path: Path, encoder: DualEncoder, language: Language
) -> None:
    other = tmp_path / "other.safetensors"
    write_weights(other, encoder, _header(encoder, language))
    assert digest(other) == digest(file)


@pytest.mark.parametrize("name", ["bonsai-unheard-of", "nowhere/file.safetensors"])
def test_missing_weights_say_how_to_get_them(name: str) -> None:
    with pytest.raises(MissingWeights) as caught:
        find_weights(name)
    assert caught.value.remedy


@pytest.mark.parametrize("keep", [0, 5, 100, -10])
def test_a_truncated_file_is_refused(file: Path, language: Language, keep: int) -> None:
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(BadInput, match="truncated"):
        load_encoder(file, language)


def test_another_vocabulary_is_refused(file: Path, language: Language) -> None:
    with pytest.raises(BadInput, match="another vocabulary"):
        load_encoder(file, replace(language, fingerprint="0" * 64))


def test_another_version_is_refused(
    tmp_path: Path, encoder: DualEncoder, language: Language
) -> None:
    path = tmp_path / "old.safetensors"
    write_weights(path, encoder, replace(_header(encoder, language), version=0))
    with pytest.raises(BadInput, match="version 0") as caught:
        load_encoder(path, language)
    assert "widespectrum train" in caught.value.remedy


def test_another_kind_is_refused(file: Path, language: Language) -> None:
    with pytest.raises(BadInput, match=r"of kind .encoder."):
        load_taste(file, language)


def test_foreign_weights_are_refused(file: Path, language: Language) -> None:
    with pytest.raises(BadInput, match="of Bonsai"):
        load_encoder(_rewritten(file, metadata={"format": "pt"}), language)


@pytest.mark.parametrize(
    "header",
    ["not JSON", "[]", json.dumps({"version": 1}), json.dumps({"version": 1, "kind": "x"})],
)
def test_a_damaged_header_is_refused(file: Path, language: Language, header: str) -> None:
    about = {"widespectrum-bonsai": header}
    with pytest.raises(BadInput, match="header"):
        load_encoder(_rewritten(file, metadata=about), language)


def test_missing_extra_and_misshapen_weights_are_named(file: Path, language: Language) -> None:
    whole = file.read_bytes()
    with pytest.raises(BadInput, match=r"lacks 'text_out.bias'"):
        load_encoder(_rewritten(file, text_out__bias=None), language)
    file.write_bytes(whole)
    with pytest.raises(BadInput, match=r"has 'more'"):
        load_encoder(_rewritten(file, more=torch.zeros(1)), language)
    file.write_bytes(whole)
    with pytest.raises(BadInput, match="has shape"):
        load_encoder(_rewritten(file, text_out__bias=torch.zeros(3)), language)


def test_weights_that_are_no_numbers_are_refused(
    file: Path, encoder: DualEncoder, language: Language, tmp_path: Path
) -> None:
    bad = torch.full_like(encoder.text_out.bias, float("nan")).half()
    with pytest.raises(BadInput, match=r"'text_out.bias' is not a finite"):
        load_encoder(_rewritten(file, text_out__bias=bad), language)
    with torch.no_grad():
        encoder.text_out.bias.fill_(1e6)  # beyond float16
    with pytest.raises(BadInput, match="diverged"):
        write_weights(tmp_path / "bad.safetensors", encoder, _header(encoder, language))
    assert not (tmp_path / "bad.safetensors").exists()

"""Loading the two rewards: names of weights, the base model's files, and what can be wrong."""

import json
import shutil

import pytest
import torch
from hpsv3_toys import write_hpsv3
from safetensors.torch import load_file, save_file

from widespectrum.catalog import shipped_registry
from widespectrum.errors import BadInput, MissingWeights
from widespectrum.scorers import load_scorer, scorer_facts
from widespectrum.scorers.hpsv3 import read_instruction
from widespectrum.scorers.hpsv3.images import Sight
from widespectrum.scorers.hpsv3.layout import from_hpsv3, from_plusplus

FILE = "HPSv3.safetensors"


@pytest.fixture
def folder(toy, tmp_path):
    """A copy of the tiny HPSv3 that a test may break."""
    copy = tmp_path / "copy"
    shutil.copytree(toy.folder, copy)
    return copy


def load(path, **settings):
    settings = {"path": str(path), "dtype": "float32", "device": "cpu", **settings}
    return load_scorer("hpsv3", **settings)


def rewrite(folder, change):
    tensors = load_file(folder / FILE)
    change(tensors)
    save_file(tensors, folder / FILE)


def test_names_of_hpsv3():
    names = (
        "visual.patch_embed.proj.weight",
        "visual.merger.mlp.2.bias",
        "model.embed_tokens.weight",
        "model.layers.27.self_attn.q_proj.bias",
        "rm_head.5.weight",
        "lm_head.weight",
        "somebody.else",
    )
    assert list(from_hpsv3(dict.fromkeys(names))) == [
        "backbone.visual.patch_embed.proj.weight",
        "backbone.visual.merger.mlp.2.bias",
        "backbone.language_model.embed_tokens.weight",
        "backbone.language_model.layers.27.self_attn.q_proj.bias",
        "rm_head.5.weight",
        "lm_head.weight",
        "somebody.else",
    ]


def test_names_of_plusplus():
    names = (
        "model.visual.deepstack_merger_list.0.norm.weight",
        "model.language_model.layers.0.self_attn.q_norm.weight",
        "cap_encoder.proj.weight",
        "film_gen.2.bias",
    )
    assert list(from_plusplus(dict.fromkeys(names))) == [
        "backbone.visual.deepstack_merger_list.0.norm.weight",
        "backbone.language_model.layers.0.self_attn.q_norm.weight",
        "cap_encoder.proj.weight",
        "film_gen.2.bias",
    ]


def test_making_a_scorer_reads_nothing():
    scorer = load_scorer("hpsv3@path=/nowhere/at/all")
    assert scorer.name == "hpsv3@path=all"
    assert scorer.facts.prompt_aware


def test_missing_weights_say_what_and_how(tmp_path, toy):
    with pytest.raises(MissingWeights, match=r"no 'HPSv3\.safetensors'"):
        _ = load(tmp_path, base=str(toy.folder)).network
    with pytest.raises(MissingWeights, match="no such file"):
        _ = load(tmp_path / "nowhere", base=str(toy.folder)).fingerprint


def test_missing_files_of_the_base_model_say_how_to_get_them(folder, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder / "cache"))
    (folder / "tokenizer.json").unlink()
    with pytest.raises(
        MissingWeights, match=r"hf download Qwen/Qwen2-VL-7B-Instruct config\.json tokenizer\.json"
    ):
        load(folder).tokens(["a"])


def test_the_base_models_files_may_lie_elsewhere(folder, toy, tmp_path):
    elsewhere = tmp_path / "base"
    elsewhere.mkdir()
    for name in ("config.json", "tokenizer.json"):
        shutil.move(folder / name, elsewhere / name)
    scorer = load(folder / FILE, base=str(elsewhere))
    assert scorer.fingerprint == load(toy.folder).fingerprint
    assert scorer.tokens(["a red ball"])[0] > 0


def test_the_fingerprint_follows_every_file(folder, toy):
    before = load(toy.folder).fingerprint
    stated = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(stated | {"rms_norm_eps": 1e-5}))
    assert load(folder).fingerprint != before
    shutil.copy(toy.folder / "config.json", folder)
    assert load(folder).fingerprint == before
    rewrite(folder, lambda tensors: tensors["rm_head.5.bias"].add_(1.0))
    assert load(folder).fingerprint != before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.pop("rm_head.0.weight"), r"lacks 'rm_head\.0\.weight'"),
        (lambda t: t.pop("model.embed_tokens.weight"), "is no HPSv3 checkpoint"),
        (lambda t: t.update(extra=torch.ones(1)), "'extra', which HPSv3 does not have"),
        (lambda t: t["visual.merger.ln_q.weight"].fill_(float("nan")), "damaged"),
        (lambda t: t.update({"rm_head.3.bias": torch.ones(17)}), "has shape"),
    ],
)
def test_weights_that_are_not_hpsv3s_are_refused(folder, change, said):
    rewrite(folder, change)
    with pytest.raises(BadInput, match=said):
        _ = load(folder).network


def test_weights_of_the_successor_are_refused(toy_plusplus, toy):
    with pytest.raises(BadInput, match="is no HPSv3 checkpoint"):
        _ = load(toy_plusplus.folder / "hpsv3++.pth", base=str(toy.folder)).network


def test_a_truncated_checkpoint_is_refused(folder):
    raw = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(raw[: len(raw) // 2])
    with pytest.raises(BadInput, match="truncated"):
        _ = load(folder).network


def test_another_vocabulary_is_refused(folder):
    document = json.loads((folder / "tokenizer.json").read_text())
    document["added_tokens"].append({**document["added_tokens"][-1], "content": "<|more|>"})
    document["added_tokens"][-1]["id"] = len(document["model"]["vocab"]) + 7
    (folder / "tokenizer.json").write_text(json.dumps(document))
    with pytest.raises(BadInput, match="rows in its embedding"):
        _ = load(folder).network


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("tokenizer.json", "{}", "is no vocabulary"),
        ("tokenizer.json", '{"model": {"type": "BPE", "vocab": {}, "merges": []}}', "lacks"),
        ("config.json", "[1]", "is no configuration"),
        ("config.json", '{"model_type": "llama"}', "of type 'llama'"),
    ],
)
def test_files_that_are_not_the_base_models_are_refused(folder, name, content, said):
    (folder / name).write_text(content)
    with pytest.raises(BadInput, match=said):
        _ = load(folder).network


def test_a_vision_tower_of_other_patches_is_refused(folder, monkeypatch):
    from widespectrum.scorers.hpsv3 import HPSv3

    monkeypatch.setattr(HPSv3, "sight", Sight(16, (0,) * 3, (1,) * 3, 1, 1))
    with pytest.raises(BadInput, match="patches of 14 pixels"):
        _ = load(folder).network


@pytest.mark.parametrize(
    "settings", [{"dtype": "int8"}, {"device": "tpu"}, {"batch_size": 0}, {"revision": "main"}]
)
def test_settings_that_nobody_can_mean_are_refused(settings):
    with pytest.raises(BadInput):
        load("/nowhere", **settings)


def test_the_catalog_tells_everything():
    entries = shipped_registry("scorer").entries
    for name, rows in (("hpsv3", "HPSv3"), ("hpsv3pp", None)):
        entry = entries[name]
        assert entry.paper_row == rows
        assert not entry.gated
        own = read_instruction("original", original=name)
        assert scorer_facts(entry).instruction == own.text
        for field in (
            "hub_id",
            "revision",
            "file",
            "sha256",
            "tokenizer",
            "size",
            "preprocessing",
            "formula",
            "source",
        ):
            assert getattr(entry, field), field
        for field in ("licence", "optimised_for", "preferences"):
            assert getattr(entry, field) != "unknown", field


@pytest.mark.slow
def test_the_real_shapes_have_the_published_number_of_parameters():
    """On the meta device: 8.29 billion for HPSv3, whose embedding has 151,658 rows."""
    from transformers import Qwen2VLConfig

    from widespectrum.scorers.hpsv3.networks import HPSv3Network

    config = Qwen2VLConfig.from_dict(
        {
            "hidden_size": 3584,
            "intermediate_size": 18944,
            "num_hidden_layers": 28,
            "num_attention_heads": 28,
            "num_key_value_heads": 4,
            "rope_theta": 1000000.0,
            "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
            "vocab_size": 151658,
            "vision_config": {"depth": 32, "embed_dim": 1280, "num_heads": 16, "hidden_size": 3584},
        }
    )
    with torch.device("meta"):
        network = HPSv3Network(config)
    count = sum(parameter.numel() for parameter in network.parameters())
    with_lm_head = count + 151658 * 3584
    assert with_lm_head == pytest.approx(8.294e9, rel=1e-3)


def test_two_folders_with_equal_files_are_one_network(folder, toy, tmp_path):
    write_hpsv3(tmp_path / "again")
    assert load(tmp_path / "again").fingerprint == load(toy.folder).fingerprint

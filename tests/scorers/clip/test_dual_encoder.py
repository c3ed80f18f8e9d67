import json

import numpy as np
import pytest
import torch
from PIL import Image as pil
from safetensors.torch import save_file
from tiny_clip import (
    SIZE,
    configuration,
    quick_gelu,
    read,
    see,
    weights,
    write_beside,
    write_huggingface,
    write_openai,
)
from torch.nn.functional import gelu
from upstream_rules import huggingface, letterbox, openai
from upstream_text import cut, numbers

from widespectrum.errors import BadInput, MissingWeights
from widespectrum.scorers import check_scorer, load_scorer

PROMPTS = [
    "",
    "the cat",
    "A Photo of the “old” house… & more — isn&#39;t it?  ",
    "一只猫在黑暗的房间里",
    "the end is far " * 20,
]

# The scorer, the layout and activation that it is published with, its rule, cleaned, scaled.
MEMBERS = {
    "hpsv1": ("openai", quick_gelu, openai, True, False),
    "hpsv2": ("openai", gelu, letterbox, True, False),
    "hpsv2.1": ("openai", gelu, letterbox, True, False),
    "pickscore": ("huggingface", gelu, huggingface, False, True),
    "clip-l": ("huggingface", quick_gelu, huggingface, False, False),
    "clip-h": ("openai", gelu, huggingface, False, False),
}


def tiny(name, folder, **settings):
    """A scorer of the catalog on the tiny network, through the ordinary way of loading."""
    layout, activation, *_ = MEMBERS[name]
    called = "quick_gelu" if activation is quick_gelu else "gelu"
    if not folder.exists():
        if layout == "openai":
            write_openai(folder, activation=called)
        else:
            write_huggingface(folder, activation=called)
    file = folder / ("tiny.pt" if layout == "openai" else "model.safetensors")
    known = {"path": str(file), "architecture": str(folder / "config.json"), "device": "cpu"}
    if name == "clip-h":  # published without levels, and here with one
        known["key"] = "state_dict"
    return load_scorer(name, **(known | settings))


def grid(images, prompts):
    return np.stack(
        np.meshgrid(range(len(images)), range(len(prompts)), indexing="ij"), axis=-1
    ).reshape(-1, 2)


def published(name, pictures):
    """The scores by the published formula, one picture and one prompt at a time."""
    _, activation, rule, cleaned, scaled = MEMBERS[name]
    w = weights()
    seen = [see(w, torch.from_numpy(rule(image, SIZE)), activation) for image in pictures]
    asked = [read(w, cut(numbers(prompt, cleaned=cleaned)), activation) for prompt in PROMPTS]
    cosines = torch.stack(seen) @ torch.stack(asked).T
    return (cosines * w["logit_scale"].exp() if scaled else cosines).flatten().numpy()


@pytest.mark.parametrize("name", MEMBERS)
def test_scores_are_those_of_the_published_formula(name, tmp_path, pictures):
    images = list(pictures.values())
    scores = tiny(name, tmp_path / "m").score(images, PROMPTS, grid(images, PROMPTS))
    wanted = published(name, images)
    assert scores.dtype == np.float32
    assert np.abs(scores - wanted).max() < 1e-5 * np.abs(wanted).max()
    assert wanted.std() > 0.05 * np.abs(wanted).max()  # the figures above do tell pairs apart


@pytest.mark.parametrize("name", MEMBERS)
def test_the_conformance_kit_is_content(name, tmp_path):
    report = check_scorer(tiny(name, tmp_path / "m"), again=lambda: tiny(name, tmp_path / "m"))
    assert report.passed, [result for result in report.results if not result.passed]


def test_the_other_activation_would_load_and_be_wrong(tmp_path, pictures):
    images = list(pictures.values())[:3]
    write_openai(tmp_path / "m", activation="quick_gelu")
    scorer = tiny("hpsv2.1", tmp_path / "m")
    scores = scorer.score(images, PROMPTS, grid(images, PROMPTS))
    assert np.abs(scores - published("hpsv2.1", images)).max() > 1e-3


def test_a_copy_in_another_layout_gives_the_same_scores(tmp_path, pictures):
    images = list(pictures.values())[:4]
    first = tiny("hpsv2.1", tmp_path / "m")
    prefixed = {f"model.{name}": tensor.clone() for name, tensor in weights().items()}
    save_file(prefixed, tmp_path / "m" / "prefixed.safetensors")
    write_huggingface(tmp_path / "h", activation="gelu")
    pairs = grid(images, PROMPTS)
    scores = first.score(images, PROMPTS, pairs)
    for path in (tmp_path / "m" / "prefixed.safetensors", tmp_path / "h" / "model.safetensors"):
        other = tiny("hpsv2.1", tmp_path / "m", path=str(path))
        assert np.array_equal(other.score(images, PROMPTS, pairs), scores)
        assert other.fingerprint != first.fingerprint


def test_every_picture_and_prompt_is_encoded_once(tmp_path, pictures, monkeypatch):
    scorer = tiny("pickscore", tmp_path / "m")
    images = [pictures["square"], pictures["grey"]]
    rows = {"see": 0, "read": 0}
    towers = scorer._towers
    see_part, read_part = towers._see, towers._read

    def count_see(part, rule):
        rows["see"] += len(part)
        return see_part(part, rule)

    def count_read(part):
        rows["read"] += len(part)
        return read_part(part)

    monkeypatch.setattr(towers, "_see", count_see)
    monkeypatch.setattr(towers, "_read", count_read)
    scorer.score(images, PROMPTS[:2], np.array([[0, 0], [0, 1], [1, 0], [1, 1]]))
    assert rows == {"see": 2, "read": 2}


def test_memory_that_runs_out_halves_the_batch(tmp_path, pictures, monkeypatch):
    from widespectrum.encodings import SmallerBatches

    scorer = tiny("hpsv2.1", tmp_path / "m", batch_size=8)
    images = list(pictures.values())[:8]
    pairs = grid(images, PROMPTS)
    wanted = scorer.score(images, PROMPTS, pairs)
    scorer = tiny("hpsv2.1", tmp_path / "m", batch_size=8)
    see_part, sizes = scorer._towers._see, []

    def see_few(part, rule):
        sizes.append(len(part))
        if len(part) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return see_part(part, rule)

    monkeypatch.setattr(scorer._towers, "_see", see_few)
    with pytest.warns(SmallerBatches):
        scores = scorer.score(images, PROMPTS, pairs)
    assert np.abs(scores - wanted).max() < 1e-6
    assert sizes == [8, 4, 2, 2, 2, 2]


def test_encodings_are_kept_and_shared(tmp_path, pictures):
    from widespectrum.encodings import EncodingStore, using

    images = [pictures["square"], pictures["odd margin"]]
    with using(EncodingStore(tmp_path / "kept")) as store:
        scorer = tiny("pickscore", tmp_path / "m")
        first = scorer.score(images, PROMPTS, grid(images, PROMPTS))
        made = store.made
        again = tiny("pickscore", tmp_path / "m")
        assert np.array_equal(again.score(images, PROMPTS, grid(images, PROMPTS)), first)
        assert store.made == made
        assert "network" not in vars(again._towers)  # nothing was loaded
        again.score(images, ["a new prompt"], grid(images, [0]))
        assert store.made == made + 1


def test_settings_that_change_a_score_change_the_fingerprint(tmp_path):
    first = tiny("hpsv2.1", tmp_path / "m")
    same = [{"device": "cpu", "batch_size": 3}, {"tokenizer": str(tmp_path / "m")}]
    other = [
        {"antialias": False},
        {"rule": "openai"},
        {"cleaned": False},
        {"scaled": True},
        {"dtype": "bfloat16"},
    ]
    assert {tiny("hpsv2.1", tmp_path / "m", **s).fingerprint for s in same} == {first.fingerprint}
    found = {tiny("hpsv2.1", tmp_path / "m", **s).fingerprint for s in other}
    assert len(found - {first.fingerprint}) == len(other)
    write_openai(tmp_path / "n", seed=1)
    assert tiny("hpsv2.1", tmp_path / "n").fingerprint != first.fingerprint


def test_without_antialiasing_scores_are_those_of_old_installations(tmp_path, pictures):
    images = [pictures["square"], pictures["odd margin"]]
    scorer = tiny("hpsv2.1", tmp_path / "m", antialias=False)
    w = weights()
    vector = read(w, cut(numbers("the cat", cleaned=True)))
    wanted = [
        float(see(w, torch.from_numpy(letterbox(image, SIZE, antialias=False))) @ vector)
        for image in images
    ]
    scores = scorer.score(images, ["the cat"], grid(images, [0]))
    assert np.abs(scores - wanted).max() < 1e-6
    smooth = tiny("hpsv2.1", tmp_path / "m").score(images, ["the cat"], grid(images, [0]))
    assert np.abs(scores - smooth).max() > 1e-3


@pytest.mark.parametrize(("dtype", "within"), [("bfloat16", 0.05), ("float16", 0.01)])
def test_half_precision_is_near(tmp_path, pictures, dtype, within):
    images = list(pictures.values())[:5]
    pairs = grid(images, PROMPTS)
    full = tiny("clip-l", tmp_path / "m").score(images, PROMPTS, pairs)
    half = tiny("clip-l", tmp_path / "m", dtype=dtype).score(images, PROMPTS, pairs)
    assert 0 < np.abs(half - full).max() < within


def test_the_scale_is_never_in_half_precision(tmp_path, pictures):
    """In bfloat16 its logarithm would be 2.296875 instead of 2.3, and every score 0.3% less."""
    images = list(pictures.values())[:2]
    whole = tiny("pickscore", tmp_path / "m", dtype="bfloat16")
    bare = tiny("pickscore", tmp_path / "m", dtype="bfloat16", scaled=False)
    pairs = grid(images, PROMPTS)
    wanted = bare.score(images, PROMPTS, pairs) * np.exp(np.float32(2.3))
    assert np.allclose(whole.score(images, PROMPTS, pairs), wanted, rtol=1e-6)


def test_tokens_are_counted_uncut(tmp_path):
    scorer = tiny("hpsv2.1", tmp_path / "m")
    assert scorer.facts.token_limit == 16
    wanted = [len(numbers(prompt, cleaned=True)) for prompt in PROMPTS]
    assert scorer.tokens(PROMPTS).tolist() == wanted
    assert wanted[0] == 2
    assert wanted[-1] > 100


def test_constructing_reads_no_weights(tmp_path, home):
    (home / "tiny.pt").unlink()
    scorer = load_scorer(
        "hpsv2.1", path=str(home / "tiny.pt"), architecture=str(home / "config.json")
    )
    assert scorer.facts.optimised_for
    with pytest.raises(MissingWeights):
        _ = scorer.fingerprint


def test_the_hub_is_asked_for_what_is_not_here(monkeypatch, tmp_path):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    scorer = load_scorer("hpsv2.1")
    with pytest.raises(MissingWeights) as caught:
        scorer.score([pil.new("RGB", (8, 8))], ["the cat"], np.array([[0, 0]]))
    assert (
        "hf download xswu/HPSv2 HPS_v2.1_compressed.pt --revision "
        "697403c78157020a1ae59d23f111aa58ced35b0a`, or name your copy: hpsv2.1@path="
    ) in str(caught.value)
    with pytest.raises(MissingWeights, match=r"github.com/tgxs002/align_sd.*hpsv1@path="):
        _ = load_scorer("hpsv1").fingerprint
    with pytest.raises(MissingWeights, match="hf download openai/clip-vit-large-patch14 vocab"):
        load_scorer("hpsv2").tokens(["the cat"])


def test_another_size_of_clip_is_named_by_its_sizes(home):
    scorer = load_scorer("hpsv2.1", path=str(home / "tiny.pt"))
    with pytest.raises(BadInput) as caught:
        scorer.score([pil.new("RGB", (8, 8))], ["the cat"], np.array([[0, 0]]))
    assert "is no hpsv2.1 checkpoint: it holds a CLIP of vision width 64, 2 layers" in str(
        caught.value
    )
    assert "hpsv2.1 has vision width 1280, 32 layers; text width 1024, 24 layers" in str(
        caught.value
    )


def damaged(home, change):
    content = torch.load(home / "tiny.pt", weights_only=True)
    change(content["state_dict"])
    torch.save(content, home / "tiny.pt")
    return load_scorer(
        "hpsv2.1", path=str(home / "tiny.pt"), architecture=str(home / "config.json")
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda w: w.pop("ln_final.weight"), "lacks 'text_model.final_layer_norm.weight'"),
        (lambda w: w.update(more=torch.ones(2)), "has 'more', which hpsv2.1 does not have"),
        (lambda w: w["visual.proj"].fill_(float("nan")), "'visual_projection.weight' of hpsv2.1"),
        (
            lambda w: w.update({"visual.conv1.weight": torch.ones(64, 3, 7, 7)}),
            r"has shape \(64, 3, 7, 7\) instead of \(64, 3, 14, 14\)",
        ),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(home, change, says):
    with pytest.raises(BadInput, match=says) as caught:
        damaged(home, change).score([pil.new("RGB", (8, 8))], ["x"], np.array([[0, 0]]))
    assert caught.value.place.file == str(home / "tiny.pt")


def test_a_vocabulary_that_is_too_large_is_refused(home):
    config = configuration()
    config["text_config"]["vocab_size"] = 300
    (home / "small.json").write_text(json.dumps(config))

    def shrink(w):
        w["token_embedding.weight"] = w["token_embedding.weight"][:300].clone()

    damaged(home, shrink)
    scorer = load_scorer(
        "hpsv2.1", path=str(home / "tiny.pt"), architecture=str(home / "small.json")
    )
    with pytest.raises(BadInput, match=r"vocabulary has 516 tokens, and hpsv2\.1 knows 300"):
        scorer.score([pil.new("RGB", (8, 8))], ["x"], np.array([[0, 0]]))


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"architecture": "ViT-Z"}, "architecture"),
        ({"device": "tpu"}, "device"),
        ({"dtype": "float8"}, "dtype"),
        ({"batch_size": 0}, "batch_size"),
        ({"rule": "squash"}, "rule"),
        ({"revision": "main"}, "revision"),
        ({"rule": "openai", "antialias": False}, "antialias"),
        ({"colour": 3}, "colour"),
    ],
)
def test_a_wrong_setting_is_named(settings, field):
    with pytest.raises(BadInput) as caught:
        load_scorer("hpsv2.1", **settings)
    assert caught.value.place.field == field


def test_a_configuration_of_something_else_is_refused(tmp_path):
    file = tmp_path / "config.json"
    file.write_text(json.dumps(configuration() | {"model_type": "siglip"}))
    with pytest.raises(BadInput, match="type 'siglip', not a CLIP"):
        load_scorer("hpsv2.1", architecture=str(file))
    file.write_text("[1")
    with pytest.raises(BadInput, match="is no configuration"):
        load_scorer("hpsv2.1", architecture=str(file))
    broken = configuration()
    broken["vision_config"]["num_attention_heads"] = 7
    write_beside(tmp_path, "gelu")
    file.write_text(json.dumps(broken))
    torch.save({"state_dict": weights()}, tmp_path / "tiny.pt")
    scorer = load_scorer("hpsv2.1", path=str(tmp_path / "tiny.pt"), architecture=str(file))
    with pytest.raises(BadInput, match="does not describe a CLIP"):
        scorer.score([pil.new("RGB", (8, 8))], ["x"], np.array([[0, 0]]))


@pytest.mark.parametrize(("name", "parameters"), [("ViT-L/14", 427616513), ("ViT-H/14", 986109441)])
def test_the_full_networks_have_as_many_parameters_as_the_catalog_says(name, parameters):
    from widespectrum.scorers import scorer_registry
    from widespectrum.scorers.clip import empty_network, read_architecture

    network = empty_network(read_architecture(name))
    assert sum(p.numel() for p in network.parameters()) == parameters
    said = {
        entry.parameters
        for entry in scorer_registry().entries.values()
        if entry.settings.get("architecture") == name
    }
    assert said == {parameters}

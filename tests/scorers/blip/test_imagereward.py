"""ImageReward: upstream's formula, written plainly, on weights in upstream's layout."""

import math

import numpy as np
import pytest
import torch
from PIL import Image as pil
from torch.nn.functional import gelu, layer_norm, linear

from widespectrum.errors import BadInput, MissingWeights
from widespectrum.scorers import check_scorer, load_scorer
from widespectrum.scorers.blip.text import WordPieces

MEAN, DEVIATION = 0.16717362830052426, 1.0333394966054072
LIMIT = 35


def reference_reward(weights, pixels, ids, mask):
    """One image, one prompt: BLIP's two towers and ImageReward's layers, nothing shared."""
    w = {name.removeprefix("blip."): tensor for name, tensor in weights.items()}

    def affine(x, name):
        return linear(x, w[f"{name}.weight"], w[f"{name}.bias"])

    def norm(x, name, eps):
        return layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w[f"{name}.bias"], eps)

    def attention(q, k, v, blocked=None):
        heads = [part.unflatten(-1, (-1, 64)).transpose(0, 1) for part in (q, k, v)]
        similar = heads[0] @ heads[1].transpose(-1, -2) / math.sqrt(64)
        if blocked is not None:
            similar = similar.masked_fill(blocked, -math.inf)
        return (similar.softmax(-1) @ heads[2]).transpose(0, 1).flatten(1)

    patches = torch.nn.functional.conv2d(
        pixels[None],
        w["visual_encoder.patch_embed.proj.weight"],
        w["visual_encoder.patch_embed.proj.bias"],
        stride=32,
    )
    x = torch.cat([w["visual_encoder.cls_token"][0], patches[0].flatten(1).T])
    x = x + w["visual_encoder.pos_embed"][0]
    for number in range(2):
        block = f"visual_encoder.blocks.{number}"
        q, k, v = affine(norm(x, f"{block}.norm1", 1e-6), f"{block}.attn.qkv").chunk(3, dim=-1)
        x = x + affine(attention(q, k, v), f"{block}.attn.proj")
        inner = gelu(affine(norm(x, f"{block}.norm2", 1e-6), f"{block}.mlp.fc1"))
        x = x + affine(inner, f"{block}.mlp.fc2")
    image = norm(x, "visual_encoder.norm", 1e-6)

    t = w["text_encoder.embeddings.word_embeddings.weight"][ids]
    t = t + w["text_encoder.embeddings.position_embeddings.weight"][: len(ids)]
    t = norm(t, "text_encoder.embeddings.LayerNorm", 1e-12)
    for number in range(2):
        layer = f"text_encoder.encoder.layer.{number}"
        for kind, source, blocked in (
            ("attention", None, ~mask.bool()),
            ("crossattention", image, None),
        ):
            inside = f"{layer}.{kind}.self"
            told = t if source is None else source
            mixed = attention(
                affine(t, f"{inside}.query"),
                affine(told, f"{inside}.key"),
                affine(told, f"{inside}.value"),
                blocked,
            )
            t = norm(
                affine(mixed, f"{layer}.{kind}.output.dense") + t,
                f"{layer}.{kind}.output.LayerNorm",
                1e-12,
            )
        inner = affine(gelu(affine(t, f"{layer}.intermediate.dense")), f"{layer}.output.dense")
        t = norm(inner + t, f"{layer}.output.LayerNorm", 1e-12)
    reward = t[0]
    for place in (0, 2, 4, 6, 7):
        reward = affine(reward, f"mlp.layers.{place}")
    return ((reward - MEAN) / DEVIATION).item()


def reference_pixels(image, size):
    """OpenAI's transform: short side, middle square, then RGB."""
    wide, high = image.size
    if wide <= high:
        image = image.resize((size, int(size * high / wide)), 3)
    else:
        image = image.resize((int(size * wide / high), size), 3)
    left, top = round((image.width - size) / 2), round((image.height - size) / 2)
    image = image.crop((left, top, left + size, top + size)).convert("RGB")
    values = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073])[:, None, None]
    return (values - mean) / torch.tensor([0.26862954, 0.26130258, 0.27577711])[:, None, None]


@pytest.fixture(scope="module")
def scorer(imagereward_folder):
    return load_scorer(f"imagereward@path={imagereward_folder}")


@pytest.fixture(scope="module")
def reference(imagereward_folder, imagereward_weights, pictures, prompts):
    """Every picture under every prompt, padded to 35 as upstream does."""
    tokenizer = WordPieces(imagereward_folder / "vocab.txt", marks=True)
    rewards = np.empty((len(pictures), len(prompts)))
    for column, ids in enumerate(tokenizer.encode(prompts, LIMIT)):
        padded = torch.tensor(ids + [0] * (LIMIT - len(ids)))
        mask = torch.tensor([1] * len(ids) + [0] * (LIMIT - len(ids)))
        for row, picture in enumerate(pictures):
            pixels = reference_pixels(picture, 224)
            rewards[row, column] = reference_reward(imagereward_weights, pixels, padded, mask)
    return rewards


def grid(pictures, prompts):
    return np.stack(np.meshgrid(range(len(pictures)), range(len(prompts)), indexing="ij"), -1)


def test_is_upstreams_formula(scorer, reference, pictures, prompts):
    scores = scorer.score(pictures, prompts, grid(pictures, prompts).reshape(-1, 2))
    assert scores.dtype == np.float32
    assert np.ptp(reference) > 0.5  # the comparison says something
    np.testing.assert_allclose(scores.reshape(reference.shape), reference, rtol=1e-5, atol=1e-5)


def test_pairs_in_any_order_and_twice(scorer, reference, pictures, prompts):
    pairs = np.array([[3, 2], [0, 0], [3, 2], [3, 1], [1, 2]])
    scores = scorer.score(pictures, prompts, pairs)
    np.testing.assert_allclose(scores, reference[tuple(pairs.T)], rtol=1e-5, atol=1e-5)
    assert scores[0] == scores[2]


def test_small_batches_give_the_same(imagereward_folder, reference, pictures, prompts):
    scorer = load_scorer(f"imagereward@path={imagereward_folder},batch_size=1")
    scores = scorer.score(pictures, prompts, grid(pictures, prompts).reshape(-1, 2))
    np.testing.assert_allclose(scores.reshape(reference.shape), reference, rtol=1e-5, atol=1e-5)


def test_conforms(scorer, imagereward_folder):
    def again():
        return load_scorer(f"imagereward@path={imagereward_folder}")

    report = check_scorer(scorer, again=again)
    assert report.passed, report.failed


def test_counts_uncut_and_cuts_at_35(scorer, pictures):
    long = "a dog " * 40
    assert scorer.facts.token_limit == LIMIT
    assert scorer.tokens(["a dog", long, ""]).tolist() == [4, 82, 2]
    # What stands behind the 35th token is not read, so both score alike.
    scores = scorer.score(pictures[:1], [long, long + "zz"], np.array([[0, 0], [0, 1]]))
    assert scores[0] == scores[1]


def test_a_longer_limit_reads_on(imagereward_folder, pictures):
    scorer = load_scorer(f"imagereward@path={imagereward_folder},max_length=90")
    long = "a dog " * 40
    scores = scorer.score(pictures[:1], [long, long + "zz"], np.array([[0, 0], [0, 1]]))
    assert scorer.facts.token_limit == 90
    assert abs(scores[0] - scores[1]) > 1e-4


def test_the_file_alone_finds_the_vocabulary_beside_it(imagereward_folder, scorer):
    by_file = load_scorer(f"imagereward@path={imagereward_folder / 'ImageReward.pt'}")
    assert by_file.fingerprint == scorer.fingerprint
    assert by_file.tokens(["a dog"]).tolist() == [4]


def test_a_vocabulary_elsewhere(imagereward_folder, tmp_path, scorer):
    moved = tmp_path / "ImageReward.pt"
    moved.symlink_to(imagereward_folder / "ImageReward.pt")
    apart = load_scorer(f"imagereward@path={moved},tokenizer={imagereward_folder}")
    assert apart.fingerprint == scorer.fingerprint


def test_says_which_vocabulary_is_missing(imagereward_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    moved = tmp_path / "ImageReward.pt"
    moved.symlink_to(imagereward_folder / "ImageReward.pt")
    with pytest.raises(MissingWeights, match=r"hf download google-bert/bert-base-uncased vocab"):
        load_scorer(f"imagereward@path={moved}").tokens(["a dog"])


def test_settings_are_in_the_fingerprint(imagereward_folder, scorer):
    def named(settings):
        return load_scorer(f"imagereward@path={imagereward_folder},{settings}").fingerprint

    fingerprints = [scorer.fingerprint, named("max_length=60"), named("dtype=bfloat16")]
    assert len(set(fingerprints)) == 3
    assert named("batch_size=3") == named("device=cpu") == scorer.fingerprint


def test_refuses_too_many_tokens(imagereward_folder, pictures):
    scorer = load_scorer(f"imagereward@path={imagereward_folder},max_length=600")
    with pytest.raises(BadInput, match="reads 512 tokens"):
        scorer.score(pictures[:1], ["a dog"], np.array([[0, 0]]))
    with pytest.raises(BadInput, match="at least 2"):
        load_scorer(f"imagereward@path={imagereward_folder},max_length=1")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda w: w.pop("blip.visual_encoder.norm.weight"), "lacks .*post_layernorm"),
        (lambda w: w.update({"blip.stray": torch.zeros(1)}), "has 'stray'"),
        (lambda w: w.update({"mlp.layers.7.bias": torch.full((1,), math.nan)}), "not finite"),
        (lambda w: w.update({"mlp.layers.7.bias": torch.zeros(2)}), "shape"),
        (lambda w: [w.pop(name) for name in list(w) if "visual" in name], "no ImageReward"),
    ],
)
def test_refuses_other_checkpoints(
    imagereward_folder, imagereward_weights, tmp_path, pictures, change, complaint
):
    weights = dict(imagereward_weights)
    change(weights)
    torch.save(weights, tmp_path / "ImageReward.pt")
    scorer = load_scorer(f"imagereward@path={tmp_path},tokenizer={imagereward_folder}")
    with pytest.raises(BadInput, match=complaint):
        scorer.score(pictures[:1], ["a dog"], np.array([[0, 0]]))


def test_refuses_a_vocabulary_that_is_too_large(imagereward_folder, tmp_path, pictures):
    pieces = (imagereward_folder / "vocab.txt").read_text(encoding="utf-8")
    (tmp_path / "vocab.txt").write_text(pieces + "one\nmore\n", encoding="utf-8")
    scorer = load_scorer(f"imagereward@path={imagereward_folder},tokenizer={tmp_path}")
    with pytest.raises(BadInput, match="word pieces"):
        scorer.score(pictures[:1], ["a dog"], np.array([[0, 0]]))


@pytest.mark.parametrize("size", [(1, 1), (20_000, 20), (3, 4_000)])
def test_pictures_of_any_shape(imagereward_folder, size):
    scorer = load_scorer(f"imagereward@path={imagereward_folder}")
    score = scorer.score([pil.new("RGB", size, (90, 20, 200))], ["a dog"], np.array([[0, 0]]))
    assert np.isfinite(score).all()

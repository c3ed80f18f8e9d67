"""MPS: upstream's forward pass, pair by pair and written plainly, on weights in its layout."""

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import layer_norm, silu
from transformers import CLIPModel

from widespectrum.encodings import EncodingStore, using
from widespectrum.errors import BadInput
from widespectrum.scorers import check_scorer, load_scorer
from widespectrum.scorers.clip import ClipTokens, locate_vocabulary, read_vocabulary
from widespectrum.scorers.mps import OVERALL

HEADS, HEAD_WIDTH, LAYERS = 3, 8, 3


def reference_cross(w, image, words, mask):
    """Upstream's crossing module for one pair; nothing is shared, nothing left out."""

    def heads(x):
        return x.unflatten(-1, (HEADS, HEAD_WIDTH)).transpose(0, 1)

    def merged(x):
        return x.transpose(0, 1).flatten(1)

    def swiglu(x):
        value, gate = x.chunk(2, dim=-1)
        return silu(gate) * value

    def rotated(x):
        frequencies = 1 / 10_000 ** (torch.arange(0, HEAD_WIDTH, 2) / HEAD_WIDTH)
        angles = torch.outer(torch.arange(x.shape[-2]).float(), frequencies).repeat(1, 2)
        first, second = x.chunk(2, dim=-1)
        return x * angles.cos() + torch.cat([-second, first], dim=-1) * angles.sin()

    x = image
    for number in range(LAYERS):
        block = f"cross_model.layers.{number}.0.fn"
        weight = {n.removeprefix(f"{block}."): t for n, t in w.items() if n.startswith(block)}
        n = layer_norm(x, x.shape[-1:], weight["norm.weight"], weight["norm.bias"])
        q = heads(n @ weight["to_q.weight"].T) * HEAD_WIDTH**-0.5
        k, v = (words @ weight["to_kv.weight"].T).chunk(2, dim=-1)
        attention = (q @ k.T + mask).softmax(-1)
        x = x + merged(attention @ v) @ weight["to_out.weight"].T
        x = x + swiglu(n @ weight["ff.0.weight"].T) @ weight["ff.2.weight"].T

        block = f"cross_model.layers.{number}.1.fn"
        weight = {n.removeprefix(f"{block}."): t for n, t in w.items() if n.startswith(block)}
        n = layer_norm(x, x.shape[-1:], weight["norm.weight"], weight["norm.bias"])
        fused = n @ weight["fused_attn_ff_proj.weight"].T
        inner = HEADS * HEAD_WIDTH
        q, k, v, ff = fused.split((inner, HEAD_WIDTH, HEAD_WIDTH, fused.shape[1] - inner - 16), -1)
        attention = (rotated(heads(q)) * HEAD_WIDTH**-0.5 @ rotated(k).T).softmax(-1)
        x = (
            x
            + merged(attention @ v) @ weight["attn_out.weight"].T
            + swiglu(ff) @ weight["ff_out.1.weight"].T
        )
    return x


def reference_pixels(image, size=42):
    image = image.convert("RGB")
    wide, high = image.size
    if wide <= high:
        image = image.resize((size, int(size * high / wide)), 3)
    else:
        image = image.resize((int(size * wide / high), size), 3)
    left, top = (image.width - size) // 2, (image.height - size) // 2
    image = image.crop((left, top, left + size, top + size))
    mean, deviation = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
    values = (np.array(image) / 255 - mean) / deviation
    return torch.from_numpy(values).permute(2, 0, 1).float()[None]


@pytest.fixture(scope="module")
def reference(clip_config, weights, folder, pictures, prompts):
    """Scores of every picture under every prompt at a threshold, and how many words were seen."""
    clip = CLIPModel(clip_config).eval()
    clip.load_state_dict(
        {n.removeprefix("model."): t for n, t in weights.items() if n.startswith("model.")}
    )
    vocabulary = read_vocabulary(locate_vocabulary(None, path=str(folder)))
    tokens = ClipTokens(vocabulary, cleaned=False, limit=77)

    def read(text):
        (ids,) = tokens.encode([text])
        ids = torch.tensor([*ids, *[tokens.end] * (77 - len(ids))])[None]
        out = clip.text_model(input_ids=ids)
        words, whole = clip.text_projection(out.last_hidden_state), out.pooler_output
        return words[0], clip.text_projection(whole)[0]

    @torch.no_grad()
    def scores(threshold):
        condition, _ = read(OVERALL)
        result = np.empty((len(pictures), len(prompts)))
        visible = []
        for column, prompt in enumerate(prompts):
            words, whole = read(prompt)
            counts = (condition @ words.T).max(dim=0).values
            mask = torch.where(counts / counts.max() > threshold, 0.0, -math.inf)
            visible.append(int((mask == 0).sum()))
            for row, picture in enumerate(pictures):
                seen = clip.vision_model(pixel_values=reference_pixels(picture)).last_hidden_state
                image = clip.visual_projection(seen)[0]
                first = reference_cross(weights, image, words, mask)[0]
                cosine = torch.cosine_similarity(first, whole, dim=0)
                result[row, column] = clip.logit_scale.exp() * cosine
        return result, visible

    return scores


def grid(pictures, prompts):
    return np.stack(np.indices((len(pictures), len(prompts))), axis=-1).reshape(-1, 2)


@pytest.mark.parametrize("threshold", [0.01, 0.3, 0.9, -9.0])
def test_is_upstreams_formula(name, reference, pictures, prompts, threshold):
    wanted, visible = reference(threshold)
    scorer = load_scorer(f"{name},threshold={threshold}")
    scores = scorer.score(pictures, prompts, grid(pictures, prompts))
    assert np.ptp(wanted) > 1.0  # the comparison says something
    np.testing.assert_allclose(scores.reshape(wanted.shape), wanted, rtol=1e-5, atol=2e-5)
    assert min(visible) < 77 if threshold == 0.9 else min(visible) > 0


def test_pairs_in_any_order_and_one_image_at_a_time(name, reference, pictures, prompts):
    wanted, _ = reference(0.01)
    pairs = np.array([[3, 2], [0, 0], [3, 2], [3, 1], [1, 2]])
    scores = load_scorer(f"{name},batch_size=1").score(pictures, prompts, pairs)
    np.testing.assert_allclose(scores, wanted[tuple(pairs.T)], rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_is_near(name, reference, pictures, prompts, dtype):
    wanted, _ = reference(-9.0)  # a word at the edge of the threshold would be another matter
    scorer = load_scorer(f"{name},threshold=-9.0,dtype={dtype}")
    scores = scorer.score(pictures, prompts, grid(pictures, prompts)).reshape(wanted.shape)
    assert 0 < np.abs(scores - wanted).max() < 0.1 * np.ptp(wanted)


def test_conforms(name):
    report = check_scorer(load_scorer(name), again=lambda: load_scorer(name))
    assert report.passed, report.failed


def test_a_prompt_does_not_hide_words_of_another(name, pictures, prompts):
    """Upstream's normaliser would: it is the most that any word of the whole batch counts."""
    strict = load_scorer(f"{name},threshold=0.9")
    together = strict.score(pictures, prompts, grid(pictures, prompts))
    alone = [
        strict.score([pictures[i]], [prompts[p]], np.array([[0, 0]]))[0]
        for i, p in grid(pictures, prompts)
    ]
    np.testing.assert_allclose(together, alone, rtol=1e-5, atol=2e-5)


def test_states_what_it_reads_and_under_which_condition(name):
    scorer = load_scorer(name)
    assert scorer.facts.token_limit == 77
    assert scorer.facts.instruction == OVERALL
    assert scorer.tokens(["", "a dog", "a" * 200]).tolist() == [2, 6, 202]


def test_prompts_that_differ_behind_the_limit_tie_exactly(name, pictures):
    long = "a cat and a dog " * 12
    scores = load_scorer(name).score(pictures[:1], [long, long + "!"], np.array([[0, 0], [0, 1]]))
    assert scores[0] == scores[1]


def test_every_setting_that_changes_a_score_changes_the_fingerprint(name, tmp_path):
    changes = ("", ",threshold=0.3", ',condition="light"', ",dtype=float16")
    assert len({load_scorer(name + change).fingerprint for change in changes}) == len(changes)
    assert load_scorer(f"{name},batch_size=2").fingerprint == load_scorer(name).fingerprint


def test_another_condition_lets_other_words_through(name, pictures, prompts):
    overall = load_scorer(f"{name},threshold=0.9")
    other = load_scorer(f'{name},threshold=0.9,condition="zzz qqq"')
    pairs = grid(pictures[:2], prompts)
    difference = overall.score(pictures, prompts, pairs) - other.score(pictures, prompts, pairs)
    assert np.abs(difference).max() > 1e-3


def test_the_condition_is_read_once_and_every_side_once(name, pictures, prompts, monkeypatch):
    scorer = load_scorer(f"{name},batch_size=2")
    network, texts, images = scorer.network, [], []
    read, see = network.read, network.see
    monkeypatch.setattr(network, "read", lambda t, end: texts.append(len(t)) or read(t, end))
    monkeypatch.setattr(network, "see", lambda p: images.append(len(p)) or see(p))
    pairs = np.array([[0, 0], [2, 0], [0, 1], [2, 1], [1, 3]])
    scorer.score(pictures, prompts, pairs)
    assert (sum(texts), sum(images)) == (3 + 1, 3)
    scorer.score(pictures, prompts, pairs)
    assert (sum(texts), sum(images)) == (2 * 3 + 1, 2 * 3)


def test_known_sides_are_not_encoded_again(name, pictures, prompts, tmp_path):
    pairs = grid(pictures, prompts)
    fresh = load_scorer(name).score(pictures, prompts, pairs)
    with using(EncodingStore(tmp_path)) as store:
        first = load_scorer(name).score(pictures, prompts, pairs)
        made = store.made
        second = load_scorer(f"{name},threshold=0.9").score(pictures, prompts, pairs)
    assert made == store.made == len(pictures) + len(prompts) + 1
    np.testing.assert_allclose(first, fresh, rtol=1e-5, atol=2e-5)
    assert np.abs(first - second).max() > 1e-3


@pytest.mark.parametrize("threshold", [1, 1.5, math.nan, -math.inf, "much", True])
def test_refuses_thresholds_that_may_hide_everything(name, threshold):
    with pytest.raises(BadInput, match="Give a number below 1"):
        load_scorer(name, threshold=threshold)


def test_does_not_open_the_pickled_program(folder, tmp_path, pictures):
    module = torch.nn.Linear(2, 2)
    torch.save(module, tmp_path / "MPS_overall_checkpoint.pth")
    name = (
        f"mps@path={tmp_path / 'MPS_overall_checkpoint.pth'},"
        f"architecture={folder / 'config.json'},tokenizer={folder}"
    )
    with pytest.raises(BadInput, match="RE-N-Y/mpsv1"):
        load_scorer(name).score(pictures[:1], ["a"], np.array([[0, 0]]))

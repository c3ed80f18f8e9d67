"""BLIP for matching: equal to transformers' own full pass for each pair alone."""

import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image as pil
from transformers import BlipConfig, BlipForImageTextRetrieval

from widespectrum.contracts import Prepares
from widespectrum.encodings import EncodingStore, SmallerBatches, using
from widespectrum.errors import BadInput, MissingWeights
from widespectrum.scorers import check_scorer, load_scorer
from widespectrum.scorers.blip.text import WordPieces

CLOSE = {"rtol": 1e-5, "atol": 1e-5}


@pytest.fixture(scope="module")
def network(matching_folder):
    config = BlipConfig.from_dict(json.loads((matching_folder / "config.json").read_text()))
    network = BlipForImageTextRetrieval(config).eval()
    weights = torch.load(matching_folder / "pytorch_model.bin", weights_only=True)
    network.load_state_dict(weights)
    return network


def reference_pixels(image):
    values = np.array(image.convert("RGB").resize((96, 96), 3)) / 255
    mean, deviation = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
    return torch.from_numpy((values - mean) / deviation).permute(2, 0, 1).float()[None]


@pytest.fixture(scope="module")
def reference(network, matching_folder, pictures, prompts):
    """Both logits and the cosine, for every picture under every prompt, each pair alone."""
    tokenizer = WordPieces(matching_folder / "vocab.txt")
    outputs = np.empty((len(pictures), len(prompts), 3))
    for column, ids in enumerate(tokenizer.encode(prompts, 512)):
        text = {"input_ids": torch.tensor([ids]), "attention_mask": torch.ones(1, len(ids)).long()}
        for row, picture in enumerate(pictures):
            pixels = reference_pixels(picture)
            with torch.no_grad():
                match = network(pixel_values=pixels, **text).itm_score[0]
                cosine = network(pixel_values=pixels, use_itm_head=False, **text).itm_score[0]
            outputs[row, column] = [*match, *cosine]
    return outputs


def scored(matching_folder, pictures, prompts, settings=""):
    scorer = load_scorer(f"blip-large@path={matching_folder}{settings}")
    rows, columns = np.indices((len(pictures), len(prompts))).reshape(2, -1)
    scores = scorer.score(pictures, prompts, np.stack([rows, columns], axis=1))
    return scores.reshape(len(pictures), len(prompts))


def test_probability(matching_folder, reference, pictures, prompts):
    logits = torch.from_numpy(reference[..., :2])
    scores = scored(matching_folder, pictures, prompts)
    assert np.ptp(scores) > 0.2
    np.testing.assert_allclose(scores, logits.softmax(-1)[..., 1], **CLOSE)


def test_other_readings(matching_folder, reference, pictures, prompts):
    no, yes, cosine = np.moveaxis(reference, -1, 0)
    for setting, wanted in (("logit1", yes), ("logit_diff", yes - no), ("itc", cosine)):
        scores = scored(matching_folder, pictures, prompts, f",score={setting}")
        np.testing.assert_allclose(scores, wanted, **CLOSE)


def test_safetensors_and_batches(matching_folder, reference, pictures, prompts):
    settings = ",file=model.safetensors,score=logit_diff,batch_size=2"
    scores = scored(matching_folder, pictures, prompts, settings)
    np.testing.assert_allclose(scores, reference[..., 1] - reference[..., 0], **CLOSE)


@pytest.mark.parametrize("reading", ["prob", "logit1", "logit_diff", "itc"])
def test_conforms(matching_folder, reading):
    name = f"blip-large@path={matching_folder},score={reading}"
    report = check_scorer(load_scorer(name), again=lambda: load_scorer(name))
    assert report.passed, report.failed


def test_reads_512_or_what_it_is_told(matching_folder, pictures):
    long = "a dog " * 40
    pairs = np.array([[0, 0], [0, 1]])
    uncut = load_scorer(f"blip-large@path={matching_folder},score=logit_diff")
    cut = load_scorer(f"blip-large@path={matching_folder},score=logit_diff,max_length=35")
    assert (uncut.facts.token_limit, cut.facts.token_limit) == (512, 35)
    assert np.ptp(uncut.score(pictures[:1], [long, long + "zz"], pairs)) > 1e-4
    assert np.ptp(cut.score(pictures[:1], [long, long + "zz"], pairs)) == 0


def test_facts_follow_the_reading(matching_folder):
    def facts(reading):
        return load_scorer(f"blip-large@path={matching_folder},score={reading}").facts

    assert facts("prob").range == (0.0, 1.0)
    assert facts("itc").range == (-1.0, 1.0)
    assert facts("logit1").range is None
    assert facts("logit_diff").unit == "log odds of a match"


def test_readings_have_fingerprints_of_their_own(matching_folder):
    names = [f",score={reading}" for reading in ("prob", "logit1", "logit_diff", "itc")]
    names.append(",max_length=35")
    made = {load_scorer(f"blip-large@path={matching_folder}{name}").fingerprint for name in names}
    assert len(made) == len(names)


def test_half_precision_is_near(matching_folder, reference, pictures, prompts):
    scores = scored(matching_folder, pictures, prompts, ",score=logit_diff,dtype=bfloat16")
    wanted = reference[..., 1] - reference[..., 0]
    assert 0 < np.abs(scores - wanted).max() < 0.1 * np.ptp(wanted)


def test_an_image_passes_the_vision_tower_once(matching_folder, pictures, prompts, monkeypatch):
    scorer = load_scorer(f"blip-large@path={matching_folder},batch_size=2")
    seen = []
    monkeypatch.setattr(scorer, "see", lambda images: seen.append(len(images)) or see(images))
    see = type(scorer).see.__get__(scorer)
    pairs = np.array([[0, 0], [2, 0], [0, 1], [2, 1], [0, 1], [1, 3]])
    scorer.score(pictures, prompts, pairs)
    assert sum(seen) == 3


def test_memory_runs_out(matching_folder, reference, pictures, prompts, monkeypatch):
    scorer = load_scorer(f"blip-large@path={matching_folder},score=logit_diff")
    see = scorer.see

    def small(images):
        if len(images) > 2:
            raise RuntimeError("CUDA out of memory")
        return see(images)

    monkeypatch.setattr(scorer, "see", small)
    pairs = np.array([[image, 1] for image in range(len(pictures))])
    with pytest.warns(SmallerBatches):
        scores = scorer.score(pictures, prompts, pairs)
    np.testing.assert_allclose(scores, reference[:, 1, 1] - reference[:, 1, 0], **CLOSE)


def test_images_are_prepared_ahead(matching_folder, pictures, tmp_path):
    scorer = load_scorer(f"blip-large@path={matching_folder},score=logit_diff")
    assert isinstance(scorer, Prepares)
    assert scorer.prepare(pictures[2]).shape == (3, 96, 96)
    with using(EncodingStore(tmp_path)):
        assert scorer.known(pictures[:2]) == [False, False]
        scorer.score(pictures, ["a dog"], np.array([[1, 0]]))
        assert scorer.known(pictures[:2]) == [False, True]
        cosine = load_scorer(f"blip-large@path={matching_folder},score=itc")
        assert cosine.known(pictures[:2]) == [False, False]


def test_a_known_image_does_not_pass_it_again(matching_folder, pictures, prompts, tmp_path):
    settings = ",score=logit_diff"
    fresh = scored(matching_folder, pictures, prompts, settings)
    with using(EncodingStore(tmp_path)) as store:
        first = scored(matching_folder, pictures, prompts[:2], settings)
        made = store.made
        second = scored(matching_folder, pictures, prompts, settings)
    assert (made, store.made) == (len(pictures), len(pictures))
    np.testing.assert_allclose(first, fresh[:, :2], **CLOSE)
    np.testing.assert_allclose(second, fresh, **CLOSE)


def test_keeps_contrastive_vectors_of_both_sides(matching_folder, pictures, prompts, tmp_path):
    with using(EncodingStore(tmp_path)) as store:
        first = scored(matching_folder, pictures, prompts, ",score=itc")
        made = store.made
        second = scored(matching_folder, pictures, prompts, ",score=itc")
    assert (made, store.made) == (len(pictures) + len(prompts), made)
    np.testing.assert_array_equal(first, second)


def test_an_unknown_reading(matching_folder):
    with pytest.raises(BadInput, match="Give prob, logit1, logit_diff, itc"):
        load_scorer(f"blip-large@path={matching_folder},score=cosine")


def test_a_folder_without_configuration(matching_folder, tmp_path, pictures):
    shutil.copy(matching_folder / "pytorch_model.bin", tmp_path)
    scorer = load_scorer(f"blip-large@path={tmp_path}")
    with pytest.raises(MissingWeights, match=r"no 'config.json'"):
        scorer.score(pictures[:1], ["a dog"], np.array([[0, 0]]))


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("text_config", "num_attention_heads", 8),
        ("vision_config", "num_attention_heads", 4),
        ("text_config", "hidden_act", "relu"),
        ("text_config", "layer_norm_eps", 1e-5),
    ],
)
def test_refuses_a_configuration_that_would_load_and_score_wrongly(
    matching_folder, tmp_path, pictures, section, field, value
):
    shutil.copytree(matching_folder, tmp_path, dirs_exist_ok=True)
    config = json.loads((tmp_path / "config.json").read_text())
    config[section][field] = value
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(BadInput, match="score wrongly") as caught:
        load_scorer(f"blip-large@path={tmp_path}").score(pictures[:1], ["a"], np.array([[0, 0]]))
    assert caught.value.place.field == f"{section}.{field}"


def test_refuses_another_kind_of_model(matching_folder, tmp_path, pictures):
    shutil.copytree(matching_folder, tmp_path, dirs_exist_ok=True)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "clip"}))
    with pytest.raises(BadInput, match="'clip', not 'blip'"):
        load_scorer(f"blip-large@path={tmp_path}").score(pictures[:1], ["a"], np.array([[0, 0]]))


def test_refuses_weights_of_another_shape(matching_folder, tmp_path, pictures):
    shutil.copytree(matching_folder, tmp_path, dirs_exist_ok=True)
    config = json.loads((tmp_path / "config.json").read_text())
    config["vision_config"]["num_hidden_layers"] = 3
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(BadInput, match="no BLIP matching checkpoint"):
        load_scorer(f"blip-large@path={tmp_path}").score(pictures[:1], ["a"], np.array([[0, 0]]))


@pytest.mark.parametrize("size", [(1, 1), (20_000, 20), (3, 4_000)])
def test_pictures_of_any_shape(matching_folder, size):
    scorer = load_scorer(f"blip-large@path={matching_folder}")
    score = scorer.score([pil.new("RGB", size, (90, 20, 200))], ["a dog"], np.array([[0, 0]]))
    assert np.isfinite(score).all()

import json

import numpy as np
import pytest
import torch
from tiny_clip import BEGIN, SIZE, quick_gelu, read, see, weights, write_huggingface
from upstream_rules import huggingface
from upstream_text import cut, numbers

from widespectrum.errors import BadInput, MissingWeights
from widespectrum.scorers import check_scorer, load_scorer
from widespectrum.scorers.clip import read_rule


@pytest.fixture
def folder(tmp_path):
    return write_huggingface(tmp_path / "clip")


def test_a_folder_says_itself_what_it_is(folder, pictures):
    images, prompts = list(pictures.values()), ["the cat", ""]
    scorer = load_scorer("clip", path=str(folder), device="cpu")
    w = weights()
    seen = [see(w, torch.from_numpy(huggingface(i, SIZE)), quick_gelu) for i in images]
    asked = [read(w, cut(numbers(p, cleaned=False)), quick_gelu) for p in prompts]
    wanted = (torch.stack(seen) @ torch.stack(asked).T).numpy()
    pairs = np.array([[i, p] for i in range(len(images)) for p in range(2)])
    scores = scorer.score(images, prompts, pairs).reshape(len(images), 2)
    assert np.abs(scores - wanted).max() < 1e-5 * np.abs(wanted).max()
    assert scorer.facts.token_limit == 16
    assert check_scorer(scorer).passed
    scaled = load_scorer("clip", path=str(folder), device="cpu", scaled=True)
    assert scaled.facts.range is None
    assert np.allclose(
        scaled.score(images, prompts, pairs), scores.ravel() * np.exp(2.3), rtol=1e-5
    )
    assert check_scorer(scaled).passed


def test_without_a_name_and_a_place_nobody_knows_which(folder):
    with pytest.raises(BadInput, match="clip@repo=openai/clip-vit-base-patch32"):
        load_scorer("clip")
    with pytest.raises(BadInput, match="cannot be a hub repository"):
        load_scorer("clip", repo="../../etc")


def test_what_is_not_here_is_named_with_its_repository(monkeypatch, tmp_path, folder):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(MissingWeights, match=r"hf download some/clip config\.json"):
        load_scorer("clip", repo="some/clip")
    (folder / "preprocessor_config.json").unlink()
    with pytest.raises(MissingWeights, match=r"'preprocessor_config\.json'"):
        load_scorer("clip", path=str(folder))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"resample": 2}, "resample"),
        ({"do_center_crop": False}, "do_center_crop"),
        ({"do_resize": False}, "do_resize"),
        ({"rescale_factor": 1.0}, "rescale_factor"),
        ({"crop_size": 20}, "crop_size"),
        ({"image_std": [1, 1, 0]}, "image_std"),
        ({"image_mean": [1]}, "image_std"),
    ],
)
def test_what_no_clip_does_is_refused_not_skipped(folder, change, field):
    file = folder / "preprocessor_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(BadInput) as caught:
        read_rule(file)
    assert caught.value.place.file == str(file)
    assert caught.value.place.field == field


@pytest.mark.parametrize(
    "change", [{"size": "large"}, {"size": {"longest_edge": 28}}, {"size": True}, {"image_mean": 3}]
)
def test_a_damaged_file_is_named(folder, change):
    file = folder / "preprocessor_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(BadInput, match="does not say what is done to a picture"):
        read_rule(file)


@pytest.mark.parametrize("size", [28, {"shortest_edge": 28}, {"height": 28, "width": 28}])
def test_a_size_may_be_said_in_three_ways(folder, size):
    file = folder / "preprocessor_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"size": size, "crop_size": size}))
    assert read_rule(file).size == 28


def test_files_that_do_not_belong_together_are_refused(folder):
    file = folder / "preprocessor_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"size": 56, "crop_size": 56}))
    with pytest.raises(BadInput, match="become 56 pixels wide, and its network sees 28"):
        load_scorer("clip", path=str(folder))


def test_the_end_of_a_prompt_is_found_whatever_the_configuration_says(folder, pictures):
    """Its configuration has the number 2 for the end, as those of 2022 do."""
    config = json.loads((folder / "config.json").read_text())
    assert config["text_config"]["eos_token_id"] == 2
    images = [pictures["square"]]
    prompts = ["the cat", f"the {BEGIN} cat"]
    first = load_scorer("clip", path=str(folder)).score(images, prompts, np.array([[0, 0], [0, 1]]))
    config["text_config"]["eos_token_id"] = 515
    (folder / "config.json").write_text(json.dumps(config))
    other = load_scorer("clip", path=str(folder)).score(images, prompts, np.array([[0, 0], [0, 1]]))
    assert np.array_equal(first, other)

import itertools

import numpy as np
import pytest
import torch
from tiny_clip import EMBEDDING, SIZE, quick_gelu, see, weights, write_huggingface
from torch import nn
from upstream_rules import openai

from widespectrum.encodings import EncodingStore, using
from widespectrum.errors import BadInput, MissingWeights
from widespectrum.scorers import check_scorer, load_scorer

WIDTHS = (EMBEDDING, 10, 8, 6, 4, 1)
PAIRS = np.array([[i, 0] for i in range(13)])


def second(seed=0):
    """The second predictor as published: five linear layers and dropouts between, in this order."""
    torch.manual_seed(seed)
    layers = [nn.Linear(a, b) for a, b in itertools.pairwise(WIDTHS)]
    dropouts = [nn.Dropout(0.2), nn.Dropout(0.2), nn.Dropout(0.1)]
    order = [layers[0], dropouts[0], layers[1], dropouts[1], layers[2], dropouts[2], *layers[3:]]
    return nn.Sequential(*order).eval()


@pytest.fixture
def tower(tmp_path):
    return write_huggingface(tmp_path / "clip-l")


def predictor(name, head, tower, **settings):
    return load_scorer(
        name,
        path=str(head),
        clip=str(tower / "model.safetensors"),
        architecture=str(tower / "config.json"),
        device="cpu",
        **settings,
    )


def published(head, pictures):
    """The unit vector by OpenAI's way, then the layers one after the other."""
    seen = [
        see(weights(), torch.from_numpy(openai(image, SIZE)), quick_gelu)
        for image in pictures.values()
    ]
    with torch.no_grad():
        return head(torch.stack(seen))[:, 0].numpy()


@pytest.fixture
def v2(tmp_path):
    head = second()
    torch.save(
        {f"layers.{name}": tensor for name, tensor in head.state_dict().items()},
        tmp_path / "v2.pth",
    )
    return head, tmp_path / "v2.pth"


@pytest.fixture
def v1(tmp_path):
    torch.manual_seed(1)
    head = nn.Linear(EMBEDDING, 1)
    torch.save(head.state_dict(), tmp_path / "v1.pth")
    return head, tmp_path / "v1.pth"


def test_five_layers_collapse_into_one(v2, tower, pictures):
    head, file = v2
    wanted = published(head, pictures)
    scores = predictor("laion-aesthetic", file, tower).score(list(pictures.values()), ["x"], PAIRS)
    assert np.abs(scores - wanted).max() < 1e-5 * np.abs(wanted).max()
    assert wanted.std() > 0.001


def test_the_first_is_one_layer(v1, tower, pictures):
    head, file = v1
    wanted = published(head, pictures)
    scores = predictor("laion-aesthetic-v1", file, tower).score(
        list(pictures.values()), ["x"], PAIRS
    )
    assert np.abs(scores - wanted).max() < 1e-5 * np.abs(wanted).max()


def test_the_conformance_kit_finds_it_prompt_blind(v2, tower):
    scorer = predictor("laion-aesthetic", v2[1], tower)
    report = check_scorer(scorer, again=lambda: predictor("laion-aesthetic", v2[1], tower))
    assert report.passed, report.failed
    assert report.prompt_aware is False


def test_no_vocabulary_is_needed(v2, tower, pictures):
    for name in ("vocab.json", "merges.txt"):
        (tower / name).unlink()
    scores = predictor("laion-aesthetic", v2[1], tower).score([pictures["grey"]], ["x"], PAIRS[:1])
    assert np.isfinite(scores).all()


def test_it_shares_the_encodings_of_clip_l(v2, tower, pictures, tmp_path):
    alike = [pictures["square"], pictures["network's own size"]]
    odd = [pictures["odd margin"]]
    clip = load_scorer(
        "clip-l",
        path=str(tower / "model.safetensors"),
        architecture=str(tower / "config.json"),
        device="cpu",
    )
    with using(EncodingStore(tmp_path / "kept")) as store:
        clip.score(alike + odd, ["the cat"], PAIRS[:3])
        made = store.made
        scorer = predictor("laion-aesthetic", v2[1], tower)
        shared = scorer.score(alike, ["x"], PAIRS[:2])
        assert store.made == made
        scorer.score(odd, ["x"], PAIRS[:1])  # cut out one pixel beside: another picture
        assert store.made == made + 1
    assert np.array_equal(shared, scorer.score(alike, ["x"], PAIRS[:2]))


def test_head_and_tower_are_in_the_fingerprint(v2, v1, tower, tmp_path):
    first = predictor("laion-aesthetic", v2[1], tower).fingerprint
    assert predictor("laion-aesthetic", v2[1], tower).fingerprint == first
    torch.save({f"layers.{n}": t for n, t in second(7).state_dict().items()}, tmp_path / "o.pth")
    write_huggingface(tmp_path / "other", seed=3)
    others = {
        predictor("laion-aesthetic", tmp_path / "o.pth", tower).fingerprint,
        predictor("laion-aesthetic", v2[1], tmp_path / "other").fingerprint,
        predictor("laion-aesthetic", v2[1], tower, rule="huggingface").fingerprint,
        predictor("laion-aesthetic", v2[1], tower, dtype="float16").fingerprint,
    }
    assert len(others - {first}) == 4


def test_the_variant_with_relu_is_another_network(tower, tmp_path, pictures):
    names = [f"layers.{place}.{part}" for place in (0, 3, 6, 9, 11) for part in ("weight", "bias")]
    torch.save({name: torch.ones(1, 1) for name in names}, tmp_path / "relu.pth")
    with pytest.raises(BadInput, match="variant with ReLU is another network"):
        predictor("laion-aesthetic", tmp_path / "relu.pth", tower).score(
            [pictures["grey"]], ["x"], PAIRS[:1]
        )


@pytest.mark.parametrize(
    ("tensors", "says"),
    [
        ({"weight": torch.ones(2, EMBEDDING), "bias": torch.ones(2)}, "ends in 2 numbers"),
        ({"weight": torch.ones(1, EMBEDDING), "bias": torch.tensor([float("nan")])}, "not finite"),
        ({"weight": torch.ones(1, 5), "bias": torch.ones(1)}, "rates vectors of 5 numbers"),
        ({"weight": torch.ones(EMBEDDING), "bias": torch.ones(1)}, "do not fit"),
    ],
)
def test_a_head_that_does_not_fit_is_refused(tower, tmp_path, pictures, tensors, says):
    torch.save(tensors, tmp_path / "head.pth")
    with pytest.raises(BadInput, match=says):
        predictor("laion-aesthetic", tmp_path / "head.pth", tower).score(
            [pictures["grey"]], ["x"], PAIRS[:1]
        )


def test_without_a_head_the_message_says_where_it_is_published():
    with pytest.raises(MissingWeights) as caught:
        _ = load_scorer("laion-aesthetic").fingerprint
    message = str(caught.value)
    assert "'sac+logos+ava1-l14-linearMSE.pth'" in message
    assert "https://github.com/christophschuhmann/improved-aesthetic-predictor" in message
    assert "laion-aesthetic@path=" in message

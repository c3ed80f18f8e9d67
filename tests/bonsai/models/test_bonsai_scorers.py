from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as pil

from widespectrum.bonsai.language import UnknownWords
from widespectrum.bonsai.models.encoder import DualEncoder, EncoderShape, to_pixels
from widespectrum.bonsai.models.scorers import BATCH, BonsaiClip, BonsaiScorer, BonsaiTaste
from widespectrum.bonsai.models.taste import Taste
from widespectrum.bonsai.models.tokens import Language
from widespectrum.bonsai.models.weights import Header, load_encoder, write_weights
from widespectrum.catalog import ModelEntry
from widespectrum.contracts import Scorer
from widespectrum.encodings import EncodingStore, using
from widespectrum.errors import BadInput, MissingWeights
from widespectrum.scorers import check_scorer

PROMPTS = ["red cat", "blue dog blurry", "sharp cat", "dog"]
Make = Callable[..., BonsaiScorer]


def entry(kind: str) -> ModelEntry:
    return ModelEntry.model_validate(
        {
            "name": f"tiny-{kind}",
            "kind": "scorer",
            "title": "Tiny",
            "class": "widespectrum.bonsai.models.scorers:BonsaiClip",
            "licence": "Apache-2.0",
            "facts": {"prompt_aware": True, "closed_vocabulary": True},
        }
    )


@pytest.fixture(params=["clip", "taste"])
def make(
    request: pytest.FixtureRequest, tmp_path: Path, tiny: EncoderShape, language: Language
) -> Make:
    """Makes a scorer of tiny random weights."""
    torch.manual_seed(1)
    network = DualEncoder(tiny) if request.param == "clip" else Taste(tiny)
    if isinstance(network, Taste):
        torch.nn.init.normal_(network.head.out.weight, std=0.1)
    kind = "encoder" if request.param == "clip" else "taste"
    path = tmp_path / "tiny.safetensors"
    write_weights(path, network, Header(kind, asdict(tiny), language.fingerprint))
    cls = BonsaiClip if request.param == "clip" else BonsaiTaste

    def made(**settings: object) -> BonsaiScorer:
        return cls(entry(request.param), weights=str(path), language=language, **settings)

    return made


def pictures(count: int, size: int = 16, seed: int = 0) -> list[pil.Image]:
    rng = np.random.default_rng(seed)
    return [
        pil.fromarray(rng.integers(0, 256, (size, size, 3), dtype=np.uint8)) for _ in range(count)
    ]


def grid(images: int, prompts: int) -> np.ndarray:
    return np.stack(np.meshgrid(range(images), range(prompts), indexing="ij"), -1).reshape(-1, 2)


def test_scores_are_those_of_the_bare_network(
    make: Make, language: Language, tmp_path: Path
) -> None:
    scorer, images = make(), pictures(3)
    scores = scorer.score(images, PROMPTS, grid(3, 4))
    if isinstance(scorer, BonsaiTaste):
        return  # its head is compared in test_taste_adds_its_head
    network = load_encoder(scorer.weights, language)
    pixels = to_pixels(torch.from_numpy(np.stack([np.asarray(image) for image in images])))
    bare = (
        network.encode_images(pixels)
        @ network.encode_prompts(torch.from_numpy(language.encode(PROMPTS))).T
    )
    np.testing.assert_allclose(scores, bare.reshape(-1).numpy(), atol=1e-6)


def test_a_new_prompt_over_known_images_costs_one_text_encoding(make: Make, tmp_path: Path) -> None:
    images = pictures(5)
    with using(EncodingStore(tmp_path / "encodings")) as first:
        make().score(images, PROMPTS[:2], grid(5, 2))
    assert (first.made, first.found) == (7, 0)
    with using(EncodingStore(tmp_path / "encodings")) as later:
        scores = make().score(images, PROMPTS[:3], grid(5, 3))
    assert (later.made, later.found) == (1, 7)
    assert np.array_equal(scores, make().score(images, PROMPTS[:3], grid(5, 3)))


def test_no_encoding_is_taken_for_that_of_another_precision(make: Make, tmp_path: Path) -> None:
    with using(EncodingStore(tmp_path / "encodings")) as store:
        for precision in ("float32", "bfloat16"):
            make(precision=precision).score(pictures(1), PROMPTS[:1], [[0, 0]])
    assert store.found == 0


def test_a_score_does_not_depend_on_its_neighbours(make: Make) -> None:
    scorer, images = make(), pictures(BATCH + 5)
    together = scorer.score(images, PROMPTS, grid(len(images), 4)).reshape(-1, 4)
    alone = [[scorer.score([im], [p], [[0, 0]])[0] for p in PROMPTS] for im in images]
    np.testing.assert_array_equal(together, np.array(alone, np.float32))
    backwards = scorer.score(images[::-1], PROMPTS[::-1], grid(len(images), 4)).reshape(-1, 4)
    np.testing.assert_array_equal(backwards[::-1, ::-1], together)


def test_fulfils_the_contract(make: Make) -> None:
    scorer = make()
    assert isinstance(scorer, Scorer)
    report = check_scorer(scorer, pictures(5), PROMPTS, again=make)
    assert report.passed, report.failed
    assert report.prompt_aware


def test_a_prompt_without_a_known_word_is_refused_by_name(make: Make) -> None:
    with pytest.raises(BadInput, match="'zeppelin over Oslo'"):
        make().score(pictures(1), ["zeppelin over Oslo"], [[0, 0]])


def test_unknown_words_are_named_once_and_change_nothing(make: Make) -> None:
    scorer, images = make(), pictures(1)
    with pytest.warns(UnknownWords, match=r"2 word\(s\).*zeppelin, gaudy"):
        odd = scorer.score(images, ["red zeppelin cat", "gaudy dog zeppelin"], [[0, 0], [0, 1]])
    plain = scorer.score(images, ["red cat", "dog"], [[0, 0], [0, 1]])
    np.testing.assert_array_equal(odd, plain)


def test_prompts_that_nobody_asks_about_are_not_read(make: Make) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make().score(pictures(1), ["zeppelin", "cat"], [[0, 1]])


def test_pictures_of_another_size_are_resized(make: Make) -> None:
    scorer = make()
    small = pictures(1)[0]
    large = small.resize((64, 64), pil.Resampling.NEAREST)
    one, other = scorer.score([small, large], ["red cat"], [[0, 0], [1, 0]])
    assert np.isfinite(other)
    assert one == pytest.approx(other, abs=0.1)


def test_tokens_count_known_words_uncut(make: Make, language: Language) -> None:
    assert make().tokens(["red cat", "cat " * 20, "zeppelin"]).tolist() == [2, 20, 0]
    assert make().facts.token_limit == language.token_limit


def test_a_long_prompt_is_cut_at_the_limit(make: Make, language: Language) -> None:
    scorer = make()
    cut = " ".join(["cat"] * language.token_limit)
    scores = scorer.score(pictures(1), [cut, f"{cut} blue dog"], [[0, 0], [0, 1]])
    assert scores[0] == scores[1]


def test_the_fingerprint_follows_weights_and_precision_not_threads(make: Make) -> None:
    assert make().fingerprint == make(threads=1).fingerprint
    assert make().fingerprint != make(precision="bfloat16").fingerprint
    scorer = make()
    scorer.weights.write_bytes(scorer.weights.read_bytes() + b" ")
    # The change makes the file invalid, too: it is refused, never taken for the old one.
    with pytest.raises(BadInput, match="truncated"):
        make()


def test_bfloat16_stays_close(make: Make) -> None:
    images = pictures(4)
    exact = make().score(images, PROMPTS, grid(4, 4))
    low = make(precision="bfloat16").score(images, PROMPTS, grid(4, 4))
    np.testing.assert_allclose(low, exact, atol=0.05)


@pytest.mark.parametrize(
    "wrong", [{"precision": "int8"}, {"threads": -1}, {"threads": True}, {"threads": 1.5}]
)
def test_wrong_settings_are_refused(make: Make, wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        make(**wrong)


def test_missing_weights_are_said_at_once(language: Language) -> None:
    with pytest.raises(MissingWeights):
        BonsaiClip(entry("clip"), weights="nowhere.safetensors", language=language)


def test_taste_adds_its_head_to_the_cosine(tiny: EncoderShape) -> None:
    torch.manual_seed(0)
    network = Taste(tiny)
    image = network.encode_images(torch.randn(3, 3, 16, 16))
    prompt = network.encode_prompts(torch.tensor([[1, 2, 0], [3, 0, 0], [4, 5, 6]]))
    fit = network.head.cosine_scale * (image * prompt).sum(-1)
    torch.testing.assert_close(network.utility(image, prompt), fit)  # no taste at the start
    torch.nn.init.normal_(network.head.out.weight)
    assert not torch.allclose(network.utility(image, prompt), fit)


def test_padding_changes_nothing(tiny: EncoderShape) -> None:
    network = DualEncoder(tiny).eval()
    short = network.encode_prompts(torch.tensor([[1, 2]]))
    padded = network.encode_prompts(torch.tensor([[1, 2, 0, 0, 0]]))
    torch.testing.assert_close(short, padded)


def test_naming_a_scorer_imports_no_torch() -> None:
    code = "import widespectrum.bonsai.models, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

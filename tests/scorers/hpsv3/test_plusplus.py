"""HPSv3++: upstream's formula on another base model, with a conditioned head."""

import numpy as np
import pytest
import torch
import upstream

from widespectrum.errors import BadInput
from widespectrum.scorers import check_scorer, load_scorer


def test_scores_are_those_of_separate_full_passes(make_plusplus, toy_plusplus, pictures, prompts):
    scorer = make_plusplus(batch_size=4)
    images = list(pictures.values())
    # The long one is more than upstream's own processor takes.
    images = [image for name, image in pictures.items() if name != "long"]
    pairs = [(i, i % 2) for i in range(len(images))] + [(3, p) for p in range(len(prompts))]
    ours = scorer.distributions(images, prompts, np.array(pairs))
    with torch.inference_mode():
        theirs = upstream.plusplus(
            toy_plusplus,
            [images[i] for i, _ in pairs],
            [prompts[p] for _, p in pairs],
            scorer.instruction.text,
        ).numpy()
    np.testing.assert_allclose(ours[:, 0], theirs[:, 0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ours[:, 1], np.exp(theirs[:, 1]), rtol=1e-4)
    assert theirs[:, 0].std() > 0.05


def test_no_neighbour_has_a_say_in_capability(make_plusplus, toy_plusplus, pictures):
    """Upstream pools capability over a batch; a picture's score then depends on the others'."""
    scorer = make_plusplus()
    images, prompts = [pictures["grey"], pictures["odd"]], ["a red ball", "a house"]
    ours = scorer.score(images, prompts, [[0, 0], [1, 1]])
    arguments = toy_plusplus, images, prompts, scorer.instruction.text
    with torch.inference_mode():
        pooled = upstream.plusplus(*arguments, together=True)[:, 0].numpy()
        alone = upstream.plusplus(*arguments)[:, 0].numpy()
    np.testing.assert_allclose(ours, alone, rtol=1e-4)
    assert np.abs(pooled - alone).max() > 1e-3


def test_the_iteration_of_training_is_a_setting(make_plusplus, toy_plusplus, pictures):
    image = pictures["grey"]
    late = make_plusplus(rl_iteration=1.0)
    ours = late.score([image], ["a red ball"], [[0, 0]])
    with torch.inference_mode():
        theirs = upstream.plusplus(
            toy_plusplus, [image], ["a red ball"], late.instruction.text, iteration=1.0
        )
    np.testing.assert_allclose(ours, theirs[:, 0].numpy(), rtol=1e-4)
    early = make_plusplus()
    assert early.fingerprint != late.fingerprint
    assert early.network is late.network
    assert early.score([image], ["a red ball"], [[0, 0]]) != ours
    assert make_plusplus(rl_iteration=1).fingerprint == late.fingerprint


@pytest.mark.parametrize("value", [-0.1, 1.5, True, "late"])
def test_an_iteration_outside_of_training_is_refused(make_plusplus, value):
    with pytest.raises(BadInput, match="rl_iteration"):
        make_plusplus(rl_iteration=value)


def test_there_is_no_system_turn(make_plusplus, make):
    def words(scorer):
        return scorer.vocabulary._tokenizer.decode(scorer.wording.before, skip_special_tokens=False)

    assert words(make_plusplus()) == "<|im_start|>user\n<|vision_start|>"
    assert words(make()) == (
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
        "<|im_start|>user\n<|vision_start|>"
    )


def test_a_checkpoint_may_have_its_weights_one_level_down(tmp_path, make_plusplus, pictures):
    from hpsv3_toys import write_plusplus

    write_plusplus(tmp_path, nested=True)
    nested = load_scorer("hpsv3pp", path=str(tmp_path), dtype="float32", device="cpu")
    ask = [pictures["grey"]], ["a red ball"], [[0, 0]]
    assert nested.score(*ask) == make_plusplus().score(*ask)


@pytest.mark.slow
def test_the_conformance_kit_passes(make_plusplus):
    report = check_scorer(make_plusplus(), again=make_plusplus)
    assert report.passed, [result for result in report.results if not result.passed]
    assert report.prompt_aware

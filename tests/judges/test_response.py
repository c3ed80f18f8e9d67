import json

import numpy as np
import pytest
from judge_toys import GreyJudge, gradient, grey, three

from widespectrum.aesthetics import load_dimensions
from widespectrum.errors import BadInput
from widespectrum.judges import Trial, darkroom_trials, response_matrix, world_trials


def trial(picture, dimension, original, anti):
    return Trial(picture, "effect", dimension, original, anti)


def test_the_matrix_is_the_mean_change_over_pictures():
    trials = [
        trial("a", "color brightness", grey(204), grey(51)),
        trial("a", "color brightness", grey(204), grey(102)),
        trial("b", "color brightness", grey(153), grey(102)),
        trial("c", "richness", gradient(255), grey(128)),
    ]
    found = response_matrix(GreyJudge(), trials)
    assert [row.lowered for row in found.responses] == ["color brightness", "richness"]
    bright, rich = found.responses
    # Picture a: mean of -1.2 and -0.8 (two trials, one picture); picture b: -0.4.
    assert bright.own.estimate == pytest.approx((-1.0 - 0.4) / 2, abs=1e-3)
    assert (bright.trials, bright.own.n, bright.fell) == (3, 2, 1.0)
    assert bright.changes["richness"].estimate == pytest.approx(0, abs=1e-6)
    assert bright.foremost
    assert bright.spill == pytest.approx(0, abs=1e-6)
    assert rich.own.estimate < -0.5
    assert rich.falls is None  # one picture has no interval
    assert found.matrix.shape == (2, 2)
    assert json.loads(json.dumps(found.to_json()))["responses"][0]["foremost"] is True


def test_originals_are_rated_once():
    class Counting(GreyJudge):
        rated = 0

        def rate(self, images, dimensions):
            self.rated += len(images)
            return super().rate(images, dimensions)

    original, judge = grey(200), Counting()
    response_matrix(judge, [trial("a", "richness", original, grey(n)) for n in range(40)])
    assert judge.rated == 41


def test_a_judge_that_lowers_everything_is_seen_through():
    class Gloomy(GreyJudge):
        def rate(self, images, dimensions):
            levels = [self.measure(image, "color brightness") for image in images]
            return np.repeat(three(levels)[:, None], len(dimensions), axis=1)

    trials = [trial(str(n), "color brightness", grey(200 + n), grey(60 + 2 * n)) for n in range(5)]
    (row,) = response_matrix(Gloomy(), trials).responses
    assert row.falls
    assert row.spill == pytest.approx(-row.own.estimate)


def test_nothing_to_try_on():
    with pytest.raises(BadInput, match="no trial lowers"):
        response_matrix(GreyJudge(), [trial("a", "emotion", grey(1), grey(2))])


@pytest.mark.parametrize("world", ["darkroom", "bonsai"])
def test_what_darkens_a_picture_lowers_its_brightness(world):
    if world == "darkroom":
        dark = load_dimensions()["color brightness"].effects
        effects = [effect.key for effect in dark if effect.darkroom][:2]
        trials = darkroom_trials(effects=effects, effects_per_photo=1, seed=1)
    else:
        trials = world_trials(60, seed=3)
    (bright, *_) = response_matrix(GreyJudge(), trials).responses
    assert bright.lowered == "color brightness"
    assert bright.falls
    assert bright.own.estimate < -0.2
    assert bright.fell > 0.9


def test_the_same_seed_gives_the_same_trials():
    first, second = ([t.anti.tobytes() for t in world_trials(4, seed=9)] for _ in range(2))
    assert first == second
    assert [t.effect for t in world_trials(4, seed=9)] != [
        t.effect for t in world_trials(4, seed=8)
    ]

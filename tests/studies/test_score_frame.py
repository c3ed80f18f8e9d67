"""From a run's tables, which know contents, to the score frame, which knows pairs."""

import numpy as np
import polars as pl
import pytest
from known_scorers import only
from PIL import Image

from widespectrum.contracts import SCORE_NAMES, Failure, ScorerFacts
from widespectrum.runs import ImageRequest, ImageWork, Plan, Run, ScoreRequest, ScoreWork, work
from widespectrum.studies.controls import shuffled_prompts
from widespectrum.studies.score_frame import PROMPT_ROLES, score_frame
from widespectrum.tables import CONTROL_NAMES, SCORE_SCHEMA

PAIRS = pl.DataFrame(
    {
        "id": ["a", "b", "c"],
        "prompt_original": ["one", "one two", "one two three"],
        "prompt_anti": ["x " * 5, "x " * 6, "x " * 7],
        "prompt_neutral": ["n " * 10, None, "n " * 10],
        "dimensions": [["clarity"], None, ["emotion", "clarity"]],
        "cluster": ["first", "second", "second"],
        "choice": [1, None, -1],
        "generator": ["g", "g", None],
    }
)
LEVELS = {("a", "original"): 10, ("a", "anti"): 20, ("b", "original"): 30, ("b", "anti"): 40}
LEVELS |= {("c", "original"): 10, ("c", "anti"): 60}
"""Grey values; a and c share their original picture."""


class GreyMaker:
    name, fingerprint = "grey", "grey"

    def make(self, requests):
        return [
            Failure("provider_refused", "no")
            if request.payload["grey"] is None
            else Image.new("RGB", (4, 4), (request.payload["grey"],) * 3)
            for request in requests
        ]


class GreyScorer:
    """Grey value times `gain`, plus the words of the prompt."""

    facts = ScorerFacts(prompt_aware=True, token_limit=6)

    def __init__(self, name="grey", gain=1.0, refuses=()):
        self.name, self.gain, self.refuses = name, gain, refuses
        self.fingerprint = f"{name}-{gain}"

    def tokens(self, prompts):
        return np.array([len(prompt.split()) for prompt in prompts], dtype=np.int64)

    def score(self, images, prompts, pairs):
        return np.array(
            [
                np.nan
                if prompts[p] in self.refuses
                else np.asarray(images[i]).mean() * self.gain + len(prompts[p].split())
                for i, p in pairs
            ],
            dtype=np.float32,
        )


def worked(folder, scorers, levels=LEVELS):
    pairs = PAIRS.with_columns(shuffled_prompts(PAIRS, 0))
    run = Run.create(folder, identity={"pairs": "grey"}, settings={})
    images = ImageWork(
        GreyMaker(),
        [ImageRequest(pair, variant, {"grey": g}) for (pair, variant), g in levels.items()],
    )
    requests = [
        ScoreRequest(row["id"], variant, row[role])
        for row in pairs.iter_rows(named=True)
        for variant in ("original", "anti")
        for role in PROMPT_ROLES.values()
        if row[role] is not None
    ]
    plan = Plan(images=[images], scores=[ScoreWork(scorer, requests) for scorer in scorers])
    for _ in work(run, plan):
        pass
    return run, pairs


def test_every_score_finds_its_role(tmp_path):
    scorers = [GreyScorer(), GreyScorer("bright", 2.0)]
    run, pairs = worked(tmp_path / "run", scorers)
    scored = score_frame(run, pairs, [scorer.fingerprint for scorer in scorers])
    assert scored.frame.schema == SCORE_SCHEMA
    assert scored.excluded == {"grey": 0, "bright": 0}
    assert scored.frame["id"].to_list() == ["a", "b", "c"] * 2
    for scorer in scorers:
        for pair in pairs.iter_rows(named=True):
            row = only(scored.frame, scorer=scorer.name, id=pair["id"])
            for name in (*SCORE_NAMES, *CONTROL_NAMES):
                variant = {"io": "original", "ia": "anti"}[name[:2]]
                prompt = pair[PROMPT_ROLES[name[3:]]]
                expected = (
                    None
                    if prompt is None
                    else LEVELS[pair["id"], variant] * scorer.gain + len(prompt.split())
                )
                assert row[name] == expected, name


def test_what_is_known_about_a_pair_travels_along(tmp_path):
    run, pairs = worked(tmp_path / "run", [GreyScorer()])
    frame = score_frame(run, pairs, ["grey-1.0"]).frame
    for name in ("prompt_original", "prompt_anti", "dimensions", "cluster", "choice", "generator"):
        assert frame[name].to_list() == PAIRS[name].to_list()
    assert frame["tokens"].to_list() == [5, 6, 7]
    assert frame["token_limit"].to_list() == [6, 6, 6]
    assert frame["image_original"][0] == frame["image_original"][2]
    assert frame["image_anti"].n_unique() == 3


def test_a_pair_that_lacks_a_score_is_left_out_whole_and_counted(tmp_path):
    refusing = GreyScorer("refusing", refuses=("x " * 6,))
    run, pairs = worked(tmp_path / "run", [GreyScorer(), refusing])
    scored = score_frame(run, pairs, ["grey-1.0", refusing.fingerprint])
    assert scored.frame.filter(scorer="refusing")["id"].to_list() == ["a", "c"]
    assert scored.frame.filter(scorer="grey").height == 3
    assert scored.excluded == {"grey": 0, "refusing": 1}
    # The refused prompt is also the one that another pair borrows: only its control is missing.
    borrower = pairs.filter(pl.col("prompt_shuffled") == "x " * 6)["id"].to_list()
    for pair in borrower:
        assert only(scored.frame, scorer="refusing", id=pair)["io_ps"] is None


@pytest.mark.parametrize("variants", [["original"], ["anti"], ["original", "anti"]])
def test_a_pair_without_its_images_is_left_out(tmp_path, variants):
    levels = {key: None if key[0] == "b" and key[1] in variants else g for key, g in LEVELS.items()}
    run, pairs = worked(tmp_path / "run", [GreyScorer()], levels)
    scored = score_frame(run, pairs, ["grey-1.0"])
    assert scored.frame["id"].to_list() == ["a", "c"]
    assert scored.excluded == {"grey": 1}


def test_without_a_single_image_there_is_an_empty_frame(tmp_path):
    run, pairs = worked(tmp_path / "run", [GreyScorer()], dict.fromkeys(LEVELS))
    scored = score_frame(run, pairs, ["grey-1.0"])
    assert scored.frame.height == 0
    assert scored.frame.schema == SCORE_SCHEMA


def test_only_the_scorers_asked_for(tmp_path):
    run, pairs = worked(tmp_path / "run", [GreyScorer(), GreyScorer("bright", 2.0)])
    scored = score_frame(run, pairs, ["bright-2.0"])
    assert set(scored.frame["scorer"]) == {"bright"}
    assert set(scored.excluded) == {"bright"}

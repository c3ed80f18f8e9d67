"""Pictures are prepared ahead, shared by scorers that prepare alike, and left alone where known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
import pytest
from PIL import Image

from widespectrum.contracts import Prepares, Scorer, ScorerFacts
from widespectrum.encodings import (
    BatchSize,
    EncodingStore,
    SmallerBatches,
    content_key,
    during,
    encoded,
    in_batches,
    known,
    prepared,
)
from widespectrum.images import EncodedImage, ImageStore, encode_png
from widespectrum.runs import ImageRequest, ImageWork, Plan, Run, ScoreRequest, ScoreWork, work
from widespectrum.runs.pictures import Pictures

CALLS: Counter[str] = Counter()
LOCK = Lock()


@dataclass(frozen=True)
class Shrink:
    """A toy preprocessing, that counts how often it is done."""

    size: int = 4

    def __call__(self, image):
        with LOCK:
            CALLS[repr(self)] += 1
        return np.asarray(image.resize((self.size, self.size)), dtype=np.uint8)


class Means:
    """A dual encoder: mean of the prepared picture, length of the prompt; counts its work."""

    def __init__(self, name: str, prepare: Shrink) -> None:
        self.name = self.fingerprint = name
        self.prepare = prepare
        self.facts = ScorerFacts(prompt_aware=True)
        self.encoded: list[int] = []

    def tokens(self, prompts):
        return np.array([len(prompt) for prompt in prompts], dtype=np.int64)

    def known(self, images: Sequence[Image.Image]) -> list[bool]:
        return known(f"{self.name}/image", images, content_key)

    def score(self, images, prompts, pairs):
        def encode(missing):
            self.encoded.append(len(missing))
            return np.array([[prepared(i, self.prepare).mean()] for i in missing], dtype=np.float32)

        means = encoded(f"{self.name}/image", images, content_key, encode)[:, 0]
        return np.array([means[i] + len(prompts[p]) for i, p in pairs], dtype=np.float32)


class Noise:
    """Makes pictures of noise."""

    name, fingerprint = "noise", "noise 1"

    def make(self, requests):
        return [EncodedImage(encode_png(noise(int(r.pair_id))), "PNG") for r in requests]


def noise(seed: int) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    return Image.fromarray(values)


def plan(scorers: Sequence[Scorer], prompts: Sequence[str] = ("a", "bb")) -> Plan:
    pairs = [str(number) for number in range(6)]
    return Plan(
        images=[ImageWork(Noise(), [ImageRequest(pair, "original") for pair in pairs])],
        scores=[
            ScoreWork(
                scorer,
                [ScoreRequest(pair, "original", p) for pair in pairs for p in prompts],
                batch_size=4,
            )
            for scorer in scorers
        ],
    )


@pytest.fixture(autouse=True)
def fresh_counts():
    CALLS.clear()


def new_run(folder) -> Run:
    return Run.create(folder, identity={"pairs": "toy"}, settings={})


def scores(run: Run, name: str) -> dict:
    rows = run.table("scores").filter(scorer=name).select("image", "prompt", "score").rows()
    return {(image, prompt): score for image, prompt, score in rows}


def test_the_scores_are_those_of_the_plain_call(run):
    scorer = Means("one", Shrink())
    list(work(run, plan([scorer])))
    (row,) = run.table("images").filter(pair_id="3")["image"]
    plain = Means("plain", Shrink()).score([noise(3)], ["bb"], [[0, 0]])
    assert scores(run, "one")[row, "bb"] == plain[0]


def test_every_picture_is_prepared_once_for_all_scorers_that_prepare_alike(run):
    scorers = [Means("one", Shrink(4)), Means("two", Shrink(4)), Means("other", Shrink(5))]
    list(work(run, plan(scorers)))
    assert CALLS == {"Shrink(size=4)": 6, "Shrink(size=5)": 6}
    assert scores(run, "one") == scores(run, "two") != scores(run, "other")
    assert not (run.path / ".pixels").exists(), "prepared pixels are scratch"


def test_a_new_prompt_over_known_pictures_prepares_and_encodes_no_picture(tmp_path, monkeypatch):
    store = EncodingStore(tmp_path / "kept")
    first = new_run(tmp_path / "first")
    list(during(store, work(first, plan([Means("one", Shrink())]))))
    assert CALLS == {"Shrink(size=4)": 6}
    CALLS.clear()
    monkeypatch.setattr("widespectrum.images.stored.load_image", pytest.fail)
    monkeypatch.setattr("widespectrum.runs.pictures.load_image", pytest.fail)
    scorer, second = Means("one", Shrink()), new_run(tmp_path / "second")
    list(during(store, work(second, plan([scorer], ("a", "bb", "ccc")))))
    assert scorer.encoded == []
    assert not CALLS
    assert len(scores(second, "one")) == 18
    assert scores(second, "one").items() >= scores(first, "one").items()


def test_worker_processes_give_the_same(tmp_path):
    mine, theirs = new_run(tmp_path / "mine"), new_run(tmp_path / "theirs")
    list(work(mine, plan([Means("one", Shrink())])))
    CALLS.clear()
    list(work(theirs, plan([Means("one", Shrink())]), processes=1))
    assert not CALLS, "the work was done in this process"
    assert scores(mine, "one") == scores(theirs, "one")


def test_a_damaged_picture_fails_alone(run):
    list(work(run, plan([])))
    (bad,) = run.table("images").filter(pair_id="2")["image"]
    path = run.images.path(bad)
    path.write_bytes(path.read_bytes()[:80])
    list(work(run, plan([Means("one", Shrink())])))
    assert len(scores(run, "one")) == 10
    failures = run.table("failures")
    assert set(failures["kind"]) == {"bad_image"}
    assert failures.height == 2


def test_a_scorer_that_prepares_nothing_gets_decoded_pictures(tmp_path):
    store = ImageStore(tmp_path)
    digest = store.put(noise(1))
    plain = type("Plain", (), {})()
    assert not isinstance(plain, Prepares)
    with Pictures(store, plain) as pictures:
        image = pictures.start([digest])[digest].result()
    assert type(image) is Image.Image


class Overflowing(Means):
    """A network in half precision, that has no number for one of its pictures."""

    def __init__(self, bad: bytes) -> None:
        super().__init__("overflowing", Shrink())
        self.bad = bad

    def score(self, images, prompts, pairs):
        def encode(missing):
            return np.array(
                [[np.nan if image.tobytes() == self.bad else 1.0] for image in missing],
                dtype=np.float32,
            )

        means = encoded(f"{self.name}/image", images, content_key, encode)[:, 0]
        return np.array([means[i] for i, _ in pairs], dtype=np.float32)


def test_a_network_without_a_number_for_one_picture_fails_there_and_keeps_nothing_of_it(tmp_path):
    store, run = EncodingStore(tmp_path / "kept"), new_run(tmp_path / "run")
    list(during(store, work(run, plan([Overflowing(noise(2).tobytes())]))))
    assert len(scores(run, "overflowing")) == 10
    assert set(run.table("failures")["kind"]) == {"invalid_result"}
    assert run.table("failures").height == 2
    assert [size.encodings for size in store.sizes()] == [5]


class Cramped(Means):
    """A network whose memory holds two pictures."""

    def score(self, images, prompts, pairs):
        def forward(part):
            if len(part) > 2:
                raise RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate")
            return np.array([[prepared(image, self.prepare).mean()] for image in part], np.float32)

        means = in_batches(images, BatchSize(8), forward, fill=False)[:, 0]
        return np.array([means[i] + len(prompts[p]) for i, p in pairs], dtype=np.float32)


def test_where_memory_runs_out_the_run_goes_on_with_smaller_batches(tmp_path):
    run, roomy = new_run(tmp_path / "run"), new_run(tmp_path / "roomy")
    with pytest.warns(SmallerBatches):
        list(work(run, in_one_call(plan([Cramped("one", Shrink())]))))
    list(work(roomy, plan([Means("one", Shrink())])))
    assert run.table("failures").height == 0
    assert scores(run, "one") == scores(roomy, "one")


def in_one_call(plan: Plan) -> Plan:
    return replace(plan, scores=[replace(item, batch_size=100) for item in plan.scores])

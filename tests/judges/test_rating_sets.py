import io

import datasets
import numpy as np
import pytest
from judge_toys import gradient, grey

from widespectrum.aesthetics import FIXED_ORDER
from widespectrum.bonsai import sample_scenes, truth
from widespectrum.errors import BadImage, BadInput, MissingWeights
from widespectrum.judges.training import UNRATED, open_rating_set, open_split
from widespectrum.judges.training.annotated import AnnotatedImages


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


def png(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def rows(levels, images=None):
    """A table in the form of VisionRewardDB."""
    images = images or [grey(10 * n) for n in range(len(levels))]
    return datasets.Dataset.from_dict(
        {
            "image": [{"bytes": png(image), "path": None} for image in images],
            "annotation": levels,
        }
    )


LEVELS = [
    {"clarity": 2, "color brightness": -1, "hands": -4},
    {"clarity": 0, "color brightness": 1, "hands": 1},
    {"clarity": -2, "color brightness": 0, "hands": -1},
]


@pytest.fixture
def file(tmp_path):
    rows(LEVELS).to_parquet(tmp_path / "rated.parquet")
    return tmp_path / "rated.parquet"


def test_a_rated_file_gives_pictures_and_the_sign_of_levels(file):
    found = open_rating_set(str(file))
    assert len(found) == 3
    rated = found.ratings(["color brightness", "clarity", "richness"])
    assert rated.tolist() == [[0, 2, UNRATED], [2, 1, UNRATED], [1, 0, UNRATED]]
    assert [image.getpixel((0, 0))[0] for image in found.images([2, 0])] == [20, 0]


def test_none_in_the_picture_is_no_rating(file):
    assert open_rating_set(str(file)).ratings(["hands"]).ravel().tolist() == [UNRATED, 2, 0]


def test_a_folder_is_all_its_files_in_order(tmp_path):
    for name, levels in (("b", LEVELS[:1]), ("a", LEVELS[1:])):
        rows(levels).to_parquet(tmp_path / f"{name}.parquet")
    found = open_rating_set(str(tmp_path))
    assert found.ratings(["clarity"]).ravel().tolist() == [1, 0, 2]


def test_a_picture_that_cannot_be_decoded_is_named(tmp_path):
    table = rows(LEVELS[:2], [grey(1), gradient()]).to_dict()
    table["image"][1]["bytes"] = table["image"][1]["bytes"][:40]
    found = AnnotatedImages(datasets.Dataset.from_dict(table), "mine")
    with pytest.raises(BadImage, match="mine, row 2"):
        found.images([0, 1])


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"picture": [1], "annotation": [{"clarity": 1}]}, "has no column 'image'"),
        ({"image": [1], "annotation": [{"clarity": 1}]}, "holds no images"),
        ({"image": [{"bytes": b"x", "path": None}]}, "has no column 'annotation'"),
    ],
)
def test_another_form_is_refused(table, says):
    with pytest.raises(BadInput, match=says):
        AnnotatedImages(datasets.Dataset.from_dict(table), "mine")


@pytest.mark.parametrize("levels", [["clear"], [{"clarity": "2"}], [{"clarity": 1.5}]])
def test_annotations_that_are_none_are_named(levels):
    with pytest.raises(BadInput, match="mine, row 1"):
        AnnotatedImages(rows(levels), "mine").ratings(["clarity"])


def test_the_worlds_ratings_are_its_truth():
    found = open_rating_set("bonsai:20", seed=4)
    scenes = list(sample_scenes(20, 4))
    rated = found.ratings([*FIXED_ORDER, "symmetry"])
    for row, scene in enumerate(scenes):
        levels = truth(scene)
        assert rated[row].tolist() == [*(levels[name] for name in FIXED_ORDER), UNRATED]
    assert {0, 1, 2} <= set(np.unique(rated).tolist())
    assert found.images([3])[0].size == (64, 64)
    assert open_rating_set("bonsai:20", seed=4, held_out=True).name != found.name


def test_a_split_of_the_world_holds_other_scenes_out():
    split = open_split("bonsai:30", images=20, validation=10)
    assert (len(split.training), len(split.validation)) == (20, 10)
    first, second = (part.images([0])[0].tobytes() for part in (split.training, split.validation))
    assert first != second


def test_a_split_of_rated_pictures_is_the_first_ones_and_the_rest(file):
    split = open_split(str(file), images=2, validation=743)
    assert (len(split.training), len(split.validation)) == (2, 1)
    assert split.validation.ratings(["clarity"]).tolist() == [[0]]
    assert split.validation.images([0])[0].getpixel((0, 0))[0] == 20
    with pytest.raises(BadInput, match="none is left beside 3 for training"):
        open_split(str(file), images=3, validation=1)


@pytest.mark.parametrize(
    ("spec", "error", "says"),
    [
        ("bonsai:0", BadInput, "Ask for at least one"),
        ("no such thing", BadInput, "is no rating set"),
        ("nobody/has-this", MissingWeights, "hf download nobody/has-this --repo-type dataset"),
    ],
)
def test_what_is_no_rating_set(spec, error, says, monkeypatch):
    def unreachable(*arguments, **settings):
        raise ConnectionError("the hub is out of reach")

    monkeypatch.setattr(datasets, "load_dataset", unreachable)
    with pytest.raises(error, match=says):
        open_rating_set(spec)


def test_a_file_that_is_no_parquet(tmp_path):
    (tmp_path / "rated.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(BadInput, match="cannot be read as Parquet"):
        open_rating_set(str(tmp_path / "rated.parquet"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="holds no Parquet file"):
        open_rating_set(str(tmp_path / "empty"))

import json

import numpy as np
import polars as pl
import pytest
from PIL import Image
from scorer_toys import grey, noise

from widespectrum.errors import BadInput
from widespectrum.runs import ImageRequest, ImageWork, Plan, Run, ScoreRequest, ScoreWork, work
from widespectrum.scorers import load_scorer, pixel_digest

PAIRS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
PROMPTS = ["a cat", "a dark cat"]
ROWS = [
    ("one.png", PROMPTS[0], 0.1),
    ("one.png", PROMPTS[1], 0.2),
    ("in/two.png", PROMPTS[0], 0.3),
    ("in/two.png", PROMPTS[1], 0.4),
]
IMAGES = (noise(1), noise(2))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    noise(1).save(tmp_path / "one.png")
    noise(2).save(tmp_path / "in" / "two.png")
    return tmp_path


def table(folder, rows=ROWS, name="scores.csv", columns=("image", "prompt", "score")):
    path = folder / name
    pl.DataFrame(rows, schema=list(columns), orient="row").write_csv(path)
    return path


def replay(path, images=IMAGES, prompts=PROMPTS, pairs=PAIRS, **settings):
    return load_scorer("table", path=str(path), **settings).score(images, prompts, pairs)


def test_scores_are_replayed_by_pixels_and_prompt(folder):
    assert replay(table(folder)).tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_a_losslessly_stored_copy_is_the_same_picture(folder):
    noise(1).convert("RGBA").save(folder / "copy.png")
    noise(1).save(folder / "copy.webp", lossless=True)
    for copy in ("copy.png", "copy.webp"):
        with Image.open(folder / copy) as opened:
            assert pixel_digest(opened) == pixel_digest(noise(1))
    assert pixel_digest(noise(1)) != pixel_digest(noise(1).transpose(Image.Transpose.ROTATE_180))
    # Equal bytes, another shape.
    assert pixel_digest(grey(5, (2, 8))) != pixel_digest(grey(5, (8, 2)))


def test_pictures_may_be_named_by_their_digest(folder):
    rows = [(pixel_digest(noise(1)), PROMPTS[0], 0.7), ("in/two.png", PROMPTS[0], 0.3)]
    scores = replay(table(folder, rows), pairs=np.array([[0, 0], [1, 0]]))
    assert scores.tolist() == pytest.approx([0.7, 0.3])


def test_white_space_in_prompts_does_not_matter(folder):
    assert replay(table(folder), prompts=["a  cat", " a dark\ncat"])[0] == pytest.approx(0.1)


@pytest.mark.parametrize("image", [noise(1), noise(3)])
def test_a_missing_combination_is_named(folder, image):
    path = table(folder)
    with pytest.raises(BadInput) as caught:
        replay(path, images=[image], prompts=["a dog"], pairs=np.array([[0, 0]]))
    said = str(caught.value)
    assert "'a dog'" in said
    assert "'one.png'" in said or pixel_digest(image) in said
    assert caught.value.place.file == str(path)


def test_in_a_run_only_the_missing_combination_fails(folder, tmp_path):
    class Maker:
        name = fingerprint = "files"

        def make(self, requests):
            return [noise(request.payload["seed"]) for request in requests]

    run = Run.create(tmp_path / "run", identity={}, settings={})
    scorer = load_scorer("table", path=str(table(folder, ROWS[:3])))
    images = [ImageRequest(f"p{seed}", "original", {"seed": seed}) for seed in (1, 2)]
    asked = [ScoreRequest(f"p{seed}", "original", p) for seed in (1, 2) for p in PROMPTS]
    list(work(run, Plan(images=[ImageWork(Maker(), images)], scores=[ScoreWork(scorer, asked)])))
    assert sorted(run.table("scores")["score"].to_list()) == pytest.approx([0.1, 0.2, 0.3])
    (failure,) = run.table("failures").to_dicts()
    assert "two.png" in failure["reason"]
    assert "a dark cat" in failure["reason"]


def test_one_picture_under_two_names(folder):
    noise(1).save(folder / "again.png")
    rows = [*ROWS[:1], ("again.png", PROMPTS[1], 0.9), ("again.png", PROMPTS[0], 0.1)]
    scores = replay(table(folder, rows), pairs=np.array([[0, 0], [0, 1]]))
    assert scores.tolist() == pytest.approx([0.1, 0.9])
    rows[-1] = ("again.png", PROMPTS[0], 0.8)
    with pytest.raises(BadInput, match="different scores for one picture"):
        replay(table(folder, rows), pairs=np.array([[0, 0]]))


def test_several_scorers_in_one_table(folder):
    rows = [(*row, who) for row in ROWS for who in ("hps", "pick")]
    rows = [(i, p, s + (w == "pick"), w) for i, p, s, w in rows]
    path = table(folder, rows, columns=("image", "prompt", "score", "scorer"))
    with pytest.raises(BadInput, match=r"2 scorers: hps, pick.*scorer=NAME"):
        replay(path)
    assert replay(path, scorer="pick").tolist() == pytest.approx([1.1, 1.2, 1.3, 1.4])
    assert load_scorer("table", path=str(path), scorer="pick").name == "table:pick"
    with pytest.raises(BadInput, match="It has hps, pick"):
        replay(path, scorer="clip")


def test_scores_may_stand_in_another_column(folder):
    rows = [(*row[:2], 0.0, row[2]) for row in ROWS]
    path = table(folder, rows, columns=("image", "prompt", "other", "hps"))
    assert replay(path, column="hps")[3] == pytest.approx(0.4)
    with pytest.raises(BadInput, match="'score'"):
        replay(path)


@pytest.mark.parametrize(
    ("row", "says", "field"),
    [
        (("one.png", PROMPTS[0], "nan"), "not a finite number", "score"),
        (("one.png", PROMPTS[0], "high"), "not a finite number", "score"),
        (("one.png", PROMPTS[0], ""), "is empty", "score"),
        (("one.png", "", "1"), "is empty", "prompt"),
        (("in/two.png", " a dark  cat ", "1"), "repeats", "image"),
    ],
)
def test_a_wrong_row_is_named(folder, row, says, field):
    path = table(folder, [tuple(map(str, each)) for each in ROWS] + [row])
    with pytest.raises(BadInput, match=says) as caught:
        replay(path)
    assert (caught.value.place.row, caught.value.place.field) == (5, field)


def test_images_that_cannot_be_read_harm_no_other(folder):
    (folder / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    rows = [("torn.png", PROMPTS[0], 1.0), ("gone.png", PROMPTS[0], 1.0), *ROWS]
    path = table(folder, rows)
    assert replay(path).tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])
    with pytest.raises(BadInput, match=r"2 of its images cannot be read .*torn\.png"):
        replay(path, images=[noise(9)], pairs=np.array([[0, 0]]))


def test_a_table_cannot_look_outside_its_folder_unless_allowed(folder):
    path = table(folder / "in", [("../one.png", PROMPTS[0], 0.5)])
    one = np.array([[0, 0]])
    with pytest.raises(BadInput, match="outside the table's folder"):
        replay(path, pairs=one)
    assert replay(path, pairs=one, allow_outside=True).tolist() == [0.5]


def test_the_fingerprint_is_that_of_the_content(folder):
    def of(path, **settings):
        return load_scorer("table", path=str(path), **settings).fingerprint

    first = of(table(folder))
    assert of(table(folder, name="renamed.csv")) == first
    assert of(table(folder, ROWS[:3], name="shorter.csv")) != first
    assert of(table(folder), column="other") != first


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet", ".json"])
def test_other_formats_will_do(folder, suffix):
    frame = pl.DataFrame(ROWS, schema=["image", "prompt", "score"], orient="row")
    path = folder / f"scores{suffix}"
    if suffix == ".parquet":
        frame.write_parquet(path)
    elif suffix == ".jsonl":
        frame.write_ndjson(path)
    else:
        path.write_text(json.dumps(frame.to_dicts()), encoding="utf-8")
    assert replay(path).tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(BadInput, match="cannot be opened"):
        load_scorer(f"table@path={tmp_path}/none.csv")


@pytest.mark.parametrize("name", ["a\0b.png", "x" * 5000 + ".png", "https://example.org/a.png"])
def test_what_cannot_be_a_file_harms_no_other(folder, name):
    path = folder / "scores.jsonl"
    rows = [(name, PROMPTS[0], 1.0), *ROWS]
    pl.DataFrame(rows, schema=["image", "prompt", "score"], orient="row").write_ndjson(path)
    assert replay(path).tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])

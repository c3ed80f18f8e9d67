"""Every other layout: a small set of each arrives where it belongs."""

import json

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from authors_data import encoded, picture, png, rater, write_shards
from PIL import Image

from widespectrum.errors import BadInput, UnknownName
from widespectrum.exchange import LAYOUTS, import_data, prepare_import
from widespectrum.judges import expected_rating


def bring(tmp_path, rows, name="set", **options):
    source = write_shards(tmp_path / name, rows)
    return import_data(source, out=tmp_path / f"{name}-run", **options)


def scores_by_role(run):
    """(pair, variant, scorer) -> (prompt, score)."""
    placed = run.table("images").join(run.table("scores"), on="image")
    return {
        (r["pair_id"], r["variant"], r["scorer"], r["prompt"]): r["score"]
        for r in placed.iter_rows(named=True)
    }


def test_prompt_pairs(tmp_path):
    rows = [
        {
            "original_prompt": f"a boat {n}",
            "disorted_long_prompt": f"a boat {n}, drowned in fog",
            "disorted_short_prompt": "fog",
            "selected": {"clarity": -2, "emotion": None},
            "desc": "fog\nnoise",
            "negative_prompt": "clear, sharp",
        }
        for n in range(3)
    ]
    job = bring(tmp_path, rows)
    assert job.layout == "anti_aesthetics_dataset"
    pairs = job.run.prompts
    assert pairs["prompt_anti"][2] == "a boat 2, drowned in fog"
    assert pairs["dimensions"].to_list() == [["clarity"]] * 3
    assert pairs["negative_prompt"][0] == "clear, sharp"
    rows = [{**r, "selected": ["clarity", "richness"]} for r in rows]
    assert bring(tmp_path, rows, "new").run.prompts["dimensions"][1].to_list() == [
        "clarity",
        "richness",
    ]


def test_an_older_state_has_short_prompts_only(tmp_path):
    rows = [{"original_prompt": "a boat", "disorted_short_prompt": "a boat in fog", "selected": []}]
    assert bring(tmp_path, rows).run.prompts["prompt_anti"][0] == "a boat in fog"


def test_emotion_prompts(tmp_path):
    job = bring(tmp_path, [{"prompt": "a sad dog", "emotion": "sad"}])
    assert job.layout == "anti_aesthetics_emotion"
    assert job.run.prompts["emotion"].to_list() == ["sad"]


def test_pictures_in_four_emotions(tmp_path):
    emotions = ("sad", "angry", "fearful", "happy")
    rows = [
        {
            "image": picture(png(10 * n + k)),
            "emotion": emotion,
            "prompt": f"{emotion} scene {n}",
            "model": "flux_dev",
        }
        for n in range(2)
        for k, emotion in enumerate(emotions)
    ]
    job = bring(tmp_path, rows)
    assert job.layout == "ass_emotion"
    run = job.run
    assert run.prompts.height == 6
    line = run.prompts.filter(pl.col("id") == "1/fearful").row(0, named=True)
    assert (line["prompt_original"], line["prompt_anti"]) == ("happy scene 1", "fearful scene 1")
    assert line["generator"] == "flux-dev"
    images = {
        (i, v): d for i, v, d in run.table("images").select("pair_id", "variant", "image").rows()
    }
    assert images["1/sad", "original"] == images["1/angry", "original"]
    assert run.images.path(images["1/fearful", "anti"]).read_bytes() == rows[6]["image"]["bytes"]


def test_scenes_in_four_emotions_with_scores(tmp_path):
    row = {
        f"{e}_image": picture(png(k)) for k, e in enumerate(("happy", "sad", "angry", "fearful"))
    }
    row["prompt"] = "a person who looks [emotion] in rain"
    for k, emotion in enumerate(("sad", "angry", "fearful")):
        row |= {f"{emotion}_hpsv2": [0.25 + k], f"{emotion}_hpsv2_happy_image": [0.5 + k]}
        row |= {f"{emotion}_hpsv3": 4.0 + k, f"{emotion}_hpsv3_happy_image": 8.0 + k}
        row |= {f"{emotion}_blip": 1.0, f"{emotion}_blip_happy_image": 0.0}
    job = bring(tmp_path, [row])
    assert job.layout == "emotion_bias_dataset"
    found = scores_by_role(job.run)
    asked = "a person who looks angry in rain"
    assert found["0/angry", "anti", "hpsv2.1", asked] == 1.25
    assert found["0/angry", "original", "hpsv2.1", asked] == 1.5
    assert found["0/angry", "original", "hpsv3", asked] == 9.0
    assert len([key for key in found if key[0] == "0/angry" and key[3] == asked]) == 4
    assert any("raw match logits" in note for note in job.notes)


def test_photographs_of_both_packaging_scripts(tmp_path):
    first = [{"image": picture(png(1)), "filename": "1.jpg", "query": ["blur"], "message": ["ok"]}]
    job = bring(tmp_path, first, "a")
    assert job.layout == "aas_real_images"
    assert job.run.prompts["queries"].to_list() == [["blur"]]
    assert job.run.table("images")["variant"].to_list() == ["anti"]
    second = [
        {
            "image": picture(png(1)),
            "original_path": "x/2.jpg",
            "file_name": "2.jpg",
            "class_keys": ["blur.motion"],
            "queries": ["a blurred street"],
            "source_datasets": ["ava"],
            "messages": ["ok"],
            "annotations_json": ["{}"],
        }
    ]
    job = bring(tmp_path, second, "b")
    assert job.layout == "aas_real_images"
    assert job.run.prompts["elements"].to_list() == [["blur.motion"]]
    assert any("annotations_json" in note for note in job.notes)


def test_photographs_with_clean_pictures_and_hpsv3_under_another_name(tmp_path):
    rows = [
        {
            "image": picture(png(n)),
            "filename": f"{n}.jpg",
            "clean_image": picture(png(50)),
            "anti_aesthetic_caption": f"a street {n}, smeared by motion",
            "clean_caption": "a street",
            "human_score": 5.5,
            "image_reward": [1.5 + n, 9.0],
            "anti_aesthetic_elements": ["blur.motion"],
        }
        for n in range(2)
    ]
    run = bring(tmp_path, rows).run
    found = scores_by_role(run)
    assert found["1.jpg", "anti", "hpsv3", "a street 1, smeared by motion"] == 2.5
    assert found["1.jpg", "original", "hpsv3", "a street 1, smeared by motion"] == 9.0
    assert run.prompts["cluster"].to_list() == ["a street"] * 2


@pytest.mark.parametrize("column", ["caption", "prompt"])
@pytest.mark.parametrize(
    ("spelling", "scorer"),
    [
        ("hpsv3", "hpsv3"),
        ("hpsv3_score", "hpsv3"),
        ("hpsv2_reward", "hpsv2.1"),
        ("image_reward", "imagereward"),
        ("imagereward_score", "imagereward"),
    ],
)
def test_art_in_any_spelling(tmp_path, column, spelling, scorer):
    job = bring(tmp_path, [{"image": picture(png(1)), column: "a grey field", spelling: 2.5}])
    assert job.layout == "lapis"
    assert list(scores_by_role(job.run).items()) == [
        (("0", "original", scorer, "a grey field"), 2.5)
    ]


def test_social_critique(tmp_path):
    rows = [
        {
            "topic": "censorship",
            "prompt": "a sealed mouth",
            "dance_flux": picture(png(1)),
            "flux_krea": picture(png(2)),
        }
    ]
    job = bring(tmp_path, rows)
    assert job.layout == "critical_comparsion"
    assert job.run.prompts["generator"].to_list() == ["danceflux", "flux-krea"]
    assert job.run.prompts["topic"].to_list() == ["censorship"] * 2


def test_mitigation_with_ratings(tmp_path):
    rated = rater(4)
    rows = [
        {
            "image": picture(png(1)),
            "prompt": "a dim hall",
            "negative_prompt": "bright",
            "method": "DanceFlux+VSF",
            "rater": rated,
        }
    ]
    job = bring(tmp_path, rows)
    assert job.layout == "mitigation"
    assert job.run.prompts["generator"].to_list() == ["DanceFlux+VSF"]
    assert job.run.prompts["prompt_anti"].to_list() == ["a dim hall"]
    p = job.run.table("ratings").sort("dimension").select("p_low", "p_neutral", "p_high").to_numpy()
    assert np.allclose(expected_rating(p), rated["scores"], atol=1e-6)


def test_annotated_pictures_are_rated_as_judges_are_trained(tmp_path):
    from widespectrum.aesthetics import load_visionreward
    from widespectrum.judges.training.annotated import AnnotatedImages

    keys = [each.key for each in load_visionreward().values()]
    rows = [
        {
            "image": picture(png(n)),
            "annotation": {key: (n + k) % 5 - 4 for k, key in enumerate(keys)},
        }
        for n in range(3)
    ]
    job = bring(tmp_path, rows)
    assert job.layout == "VisionRewardDB-Image"
    truth = AnnotatedImages.from_files(tmp_path / "set").ratings(keys)
    images = dict(job.run.table("images").select("pair_id", "image").rows())
    for n in range(3):
        own = job.run.table("ratings").filter(pl.col("image") == images[str(n)])
        rated = dict(
            zip(
                own["dimension"],
                own.select("p_low", "p_neutral", "p_high").to_numpy().argmax(axis=1),
                strict=True,
            )
        )
        expected = {key: value for key, value in zip(keys, truth[n], strict=True) if value >= 0}
        assert rated == expected


def test_captioned_pictures(tmp_path):
    rows = [{"image": picture(png(1)), "text": "a cat", "conditioning_image": picture(png(2))}]
    job = bring(tmp_path, rows, generator="camera")
    assert job.layout == "captioned"
    assert job.run.table("images")["maker"].to_list() == ["camera"]


def test_coco_captions(tmp_path):
    file = tmp_path / "captions_val.json"
    file.write_text(
        json.dumps(
            {
                "info": {},
                "licenses": [],
                "images": [{"id": 5, "file_name": "5.jpg", "height": 4, "width": 4}],
                "annotations": [
                    {"id": 1, "image_id": 5, "caption": "A cat  sits\n"},
                    {"id": 2, "image_id": 5, "caption": "A cat"},
                ],
            }
        )
    )
    job = import_data(file, out=tmp_path / "run")
    assert job.layout == "coco-captions"
    assert job.run.prompts["prompt_original"].to_list() == ["A cat sits"]
    assert job.run.prompts["prompt_anti"].to_list() == [None]


def test_what_the_later_scripts_leave(tmp_path):
    folder = tmp_path / "outputs" / "flux_krea"
    folder.mkdir(parents=True)
    lines = []
    for n in (0, 7):
        for k, ending in enumerate(("original", "distorted")):
            (folder / f"{n:04d}_{ending}.png").write_bytes(png(10 * n + k))
        lines.append(
            {
                "index": n,
                "prompt_original": f"a hill {n}",
                "prompt_distorted": f"a hill {n} in haze",
                "selected_dims": ["clarity"],
            }
        )
    (folder / "_prompts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "_hpsv3.json").write_text(
        json.dumps(
            [
                {"index": 7, "variant": "distorted", "score": 1.5, "prompt_used": "a hill 7"},
                {"index": 0, "variant": "original", "score": 2.5, "prompt_used": "a hill 0"},
            ]
        )
    )
    job = import_data(folder, out=tmp_path / "run")
    assert job.layout == "script-outputs"
    assert job.run.prompts["generator"].to_list() == ["flux-krea"] * 2
    assert scores_by_role(job.run) == {
        ("7", "anti", "hpsv3", "a hill 7"): 1.5,
        ("0", "original", "hpsv3", "a hill 0"): 2.5,
    }


GALLERIES = {
    "gallery-bench": (
        [
            {
                "idx": 5,
                "prompt_original": "a",
                "prompt_distorted": "b",
                "selected_dims": ["clarity"],
                "hpsv3_oidp": 6.5,
                "hpsv3_didp": 1.5,
                "bias": 5.0,
            }
        ],
        ["5_orig.jpg", "5_dist.jpg"],
        {("5", "original", "hpsv3", "b"): 6.5, ("5", "anti", "hpsv3", "b"): 1.5},
    ),
    "gallery-danceflux": (
        [
            {
                "idx": 3,
                "po": "a",
                "pa": "b",
                "dims": ["clarity"],
                "hpsv3_didp": 1.5,
                "hpsv3_oidp": 2.5,
                "llm_dist_effects": 4,
            }
        ],
        ["3_df.jpg"],
        {("3", "anti", "hpsv3", "b"): 1.5},
    ),
    "gallery-real": (
        [
            {
                "i": 1,
                "filename": "x.jpg",
                "cat": "blur",
                "elements": ["blur.motion"],
                "anti_aesthetic_caption": "b",
                "clean_caption": "a",
                "human_score": 5.0,
                "image_reward": [-2.5, 7.5],
                "bias": 10.0,
                "has_clean": True,
            }
        ],
        ["1.jpg", "1_clean.jpg"],
        {("1", "anti", "hpsv3", "b"): -2.5, ("1", "original", "hpsv3", "b"): 7.5},
    ),
    "gallery-lapis": (
        [{"i": 4, "hpsv3": -1.5, "caption": "a"}],
        ["4.jpg"],
        {("4", "original", "hpsv3", "a"): -1.5},
    ),
    "gallery-newspeak": (
        [{"i": 16, "topic": "pollution", "label": "P", "prompt": "a"}],
        ["016_df.jpg", "016_krea.jpg"],
        {},
    ),
}


@pytest.mark.parametrize("layout", GALLERIES)
def test_galleries(tmp_path, layout):
    rows, names, expected = GALLERIES[layout]
    folder = tmp_path / "gallery"
    folder.mkdir()
    (folder / "_meta.json").write_text(json.dumps(rows))
    for k, name in enumerate(names):
        noise = np.random.default_rng(k).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        (folder / name).write_bytes(encoded(Image.fromarray(noise), "JPEG"))
    job = import_data(folder, out=tmp_path / "run")
    assert job.layout == layout
    assert scores_by_role(job.run) == expected
    assert job.run.table("images").height == len(names)
    assert job.run.table("failures").height == 0
    stored = {job.run.images.path(i).read_bytes() for i in job.run.table("images")["image"]}
    assert stored == {(folder / name).read_bytes() for name in names}


def test_pairs_of_anybodys_in_csv_with_files(tmp_path):
    for k in range(2):
        (tmp_path / f"{k}.png").write_bytes(png(k))
    (tmp_path / "mine.csv").write_text(
        "id,prompt_original,prompt_anti,image_original,image_anti,dimensions,taken\n"
        'first,a cup,a broken cup,0.png,1.png,"clarity; emotion",1999\n'
    )
    job = import_data(tmp_path / "mine.csv", out=tmp_path / "run", generator="me")
    pair = job.run.prompts.row(0, named=True)
    assert pair["dimensions"] == ["clarity", "emotion"]
    assert (pair["id"], pair["generator"], pair["taken"]) == ("first", "me", "1999")
    assert job.run.table("images").height == 2


def test_a_data_set_saved_to_disk(tmp_path):
    rows = [{"image": picture(png(n)), "text": f"a cat {n}"} for n in range(5)]
    table = pa.Table.from_pylist(rows)
    folder = tmp_path / "saved" / "train"
    folder.mkdir(parents=True)
    with (
        pa.OSFile(str(folder / "data-00000-of-00001.arrow"), "wb") as sink,
        pa.ipc.new_stream(sink, table.schema) as writer,
    ):
        writer.write_table(table, max_chunksize=2)
    (folder / "state.json").write_text(
        json.dumps({"_data_files": [{"filename": "data-00000-of-00001.arrow"}]})
    )
    (tmp_path / "saved" / "dataset_dict.json").write_text(json.dumps({"splits": ["train"]}))
    job = import_data(tmp_path / "saved", out=tmp_path / "run")
    assert job.layout == "captioned"
    assert job.run.table("images").height == 5


def test_splits(tmp_path):
    for split in ("test", "validation"):
        write_shards(tmp_path / "set", [{"prompt": split, "emotion": "sad"}], split=split)
    with pytest.raises(BadInput, match="no split 'train'; it has test, validation"):
        prepare_import(tmp_path / "set", out=tmp_path / "run")
    job = import_data(tmp_path / "set", out=tmp_path / "run", split="test")
    assert job.run.prompts["prompt_original"].to_list() == ["test"]


def test_what_cannot_be_recognised_says_what_is_nearest(tmp_path):
    source = write_shards(tmp_path / "set", [{"colour": "red"}])
    with pytest.raises(BadInput, match="no layout that is known; its columns are colour"):
        prepare_import(source, out=tmp_path / "run")
    with pytest.raises(UnknownName, match="aas_benchmark_final"):
        prepare_import(source, out=tmp_path / "run", layout="nonsense")
    with pytest.raises(BadInput, match=r"field 'image'.*is missing.*lapis needs it"):
        prepare_import(source, out=tmp_path / "run", layout="lapis")


def test_a_score_file_alone_says_what_to_do(tmp_path):
    file = tmp_path / "hpsv2_rewards.json"
    file.write_text(json.dumps([{f"hpsv2_{s}": 0.5 for s in ("oiop", "oidp", "diop", "didp")}]))
    with pytest.raises(BadInput, match="widespectrum analyse"):
        prepare_import(file, out=tmp_path / "run")


def test_every_layout_has_a_title_and_a_required_column():
    for layout in LAYOUTS.values():
        assert layout.title
        assert any(column.required for column in layout.columns)

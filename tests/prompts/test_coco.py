"""COCO captions, on a small file of the same form."""

import json
import random

import pytest

from widespectrum.errors import BadInput
from widespectrum.prompts import read_captions

ANNOTATIONS = [
    {"id": 21, "image_id": 100, "caption": "Two boats  near a\npier. "},
    {"id": 3, "image_id": 9, "caption": "A red kite in the air"},
    {"id": 20, "image_id": 100, "caption": "A pier with boats"},
    {"id": 4, "image_id": 9, "caption": "A red kite in the  air "},
    {"id": 11, "image_id": 9, "caption": "Somebody flies a kite"},
]


@pytest.fixture
def write(tmp_path):
    def write(annotations, **other):
        path = tmp_path / "captions_val.json"
        document = {"info": {}, "images": [{"id": 9}, {"id": 100}], "annotations": annotations}
        path.write_text(json.dumps(document | other), encoding="utf-8")
        return path

    return write


def test_one_caption_per_image_by_default(write):
    captions = read_captions(write(ANNOTATIONS))
    assert [(c.id, c.text, c.cluster) for c in captions] == [
        ("coco-9-3", "A red kite in the air", "coco-9"),
        ("coco-100-20", "A pier with boats", "coco-100"),
    ]


def test_more_per_image_skips_captions_that_differ_in_white_space_only(write):
    captions = read_captions(write(ANNOTATIONS), per_image=2)
    assert [c.id for c in captions] == ["coco-9-3", "coco-9-11", "coco-100-20", "coco-100-21"]
    assert captions[3].text == "Two boats near a pier."
    assert captions[2].cluster == captions[3].cluster == "coco-100"


def test_the_order_of_the_file_does_not_matter(write):
    expected = read_captions(write(ANNOTATIONS), per_image=5)
    for seed in range(5):
        shuffled = random.Random(seed).sample(ANNOTATIONS, len(ANNOTATIONS))
        assert read_captions(write(shuffled), per_image=5) == expected


@pytest.mark.parametrize(
    ("annotations", "row", "field"),
    [
        ([], None, None),
        ({"id": 1}, None, "annotations"),
        (["text"], 1, "annotations"),
        ([{"id": 1, "image_id": 2}], 1, "caption"),
        ([{"id": 1, "image_id": 2, "caption": " "}], 1, "caption"),
        ([{"id": 1, "image_id": 2, "caption": 3}], 1, "caption"),
        ([{"image_id": 2, "caption": "A dog"}], 1, "id"),
        ([{"id": 1, "caption": "A dog"}], 1, "image_id"),
        ([{"id": True, "image_id": 2, "caption": "A dog"}], 1, "id"),
        ([ANNOTATIONS[0], ANNOTATIONS[0]], 2, "id"),
        ([{"id": 1, "image_id": 2, "caption": "a\ud800"}], 1, "caption"),
    ],
)
def test_wrong_annotations_are_refused_with_their_place(write, annotations, row, field):
    path = write(annotations)
    with pytest.raises(BadInput) as caught:
        read_captions(path)
    place = caught.value.place
    assert (place.file, place.row, place.field) == (str(path), row, field)


def test_truncated_json_is_refused(tmp_path):
    path = tmp_path / "captions.json"
    path.write_text('{"annotations": [', encoding="utf-8")
    with pytest.raises(BadInput, match="is not JSON"):
        read_captions(path)


def test_no_captions_per_image_is_refused(write):
    with pytest.raises(BadInput, match="per_image"):
        read_captions(write(ANNOTATIONS), per_image=0)

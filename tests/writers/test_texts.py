"""The other texts: each by a model behind a real server, and each without one."""

import json

import pytest
from misbehaving import completion, picture

from widespectrum.aesthetics import load_emotions
from widespectrum.contracts import Failure
from widespectrum.errors import BadInput
from widespectrum.prompts import (
    TextItem,
    TextWriter,
    critique_items,
    critique_topics,
    fill_slot,
    word_count,
)
from widespectrum.writers import (
    TASKS,
    load_task,
    load_writer,
    read_items,
    texts_by,
    write_texts,
)

TEMPLATE = load_writer("template")


def said(**fields):
    return completion(json.dumps(fields))


def items_of(dimensions, tmp_path):
    picture().save(tmp_path / "a.png")
    asked = (dimensions["clarity"], dimensions["emotion"])
    anti = "A goat in heavy blur and a mood of grief."
    return {
        "negative": TextItem("a", {"prompt_anti": anti, "prompt_original": "A goat."}, asked),
        "emotion": TextItem("a", {"caption": "A baker slides loaves into an oven."}),
        "caption": TextItem(
            "a",
            {"objects": "two boats; a pier", "medium": "oil on canvas"},
            picture=tmp_path / "a.png",
        ),
        "clean": TextItem("a", {"caption": "A grainy photo of two boats at a pier, badly tilted."}),
        "critique": critique_items(("pollution",), 1)[0],
    }


GOOD = {
    "negative": {"negative": "sharp, joyful, crisp"},
    "emotion": {"prompt": "A baker slides loaves into an oven; the near face looks [emotion]."},
    "caption": {"caption": "Two brown boats lie at a wooden pier in flat gray water."},
    "clean": {"caption": "Two boats at a pier."},
    "critique": {
        "prompt": "A beach with dead fish, a mask on a child, oil on the water and burnt nets.",
        "elements": ["dead fish", "a mask on a child", "oil on the water", "burnt nets"],
        "neutral": "A beach with small ducks, a hat on a child, sails on the water and white nets.",
    },
}

BAD = {
    "negative": [
        ({"negative": "sharp focus, crisp lines, joyful mood"}, "at most 5"),
        ({"negative": "sharp, no blur"}, "'blur' names what is wanted of 'clarity'"),
        ({"negative": "sharp, joyful goat"}, "repeats words of the prompt original: goat"),
    ],
    "emotion": [
        ({"prompt": "A baker slides loaves into an oven."}, "0 times"),
        ({"prompt": "A [emotion] baker slides loaves into an oven."}, "behind an article"),
        ({"prompt": "A baker slides loaves into an oven, tears on a [emotion] face."}, "feeling"),
        ({"prompt": "A person with a face that looks [emotion]."}, "lost too much"),
        ({"prompt": GOOD["emotion"]["prompt"][:-1] + " very" * 50}, "fewer than 50"),
    ],
    "caption": [
        ({"caption": "A breathtaking harbor."}, "praises instead of describing: breathtaking"),
        ({"caption": "Boats that symbolize solitude."}, "says what it means"),
    ],
    "clean": [
        ({"caption": "A blurry picture of two boats at a pier."}, "'blurry'"),
        ({"caption": "Two boats and a lighthouse at a pier."}, "lighthouse"),
    ],
    "critique": [
        ({**GOOD["critique"], "elements": ["dead fish"] * 3}, "3 entries"),
        ({**GOOD["critique"], "elements": ["a", "b", "dead fish", "a tank"]}, "'a tank'"),
        ({**GOOD["critique"], "neutral": "I'm sorry, I can't."}, "of neutral: it is a refusal"),
        ({**GOOD["critique"], "neutral": "a beach\u202e"}, "of neutral: it has the invisible"),
        (
            {**GOOD["critique"], "prompt": "A cinematic " + GOOD["critique"]["prompt"][2:]},
            "cinematic",
        ),
    ],
}


@pytest.mark.parametrize("name", GOOD)
def test_a_model_writes_it(server, writer, dimensions, tmp_path, name):
    server.replies(said(**GOOD[name]))
    task, item = load_task(name), items_of(dimensions, tmp_path)[name]
    texts = texts_by(writer(), task)
    assert isinstance(texts, TextWriter)
    (result,) = texts.write([item])
    assert result.text == GOOD[name][task.text], result
    assert len(server.requests) == 1


@pytest.mark.parametrize(("name", "fields", "reason"), [(n, *case) for n in BAD for case in BAD[n]])
def test_what_is_wrong_is_told_and_mended(
    server, writer, dimensions, tmp_path, name, fields, reason
):
    server.replies(said(**fields), said(**GOOD[name]))
    task, item = load_task(name), items_of(dimensions, tmp_path)[name]
    (result,) = texts_by(writer(), task).write([item])
    assert result.attempts == 2, result
    assert reason in server.requests[1]["messages"][-1]["content"][-1]["text"]


@pytest.mark.parametrize("name", GOOD)
def test_a_template_writes_it(dimensions, tmp_path, name):
    task, item = load_task(name), items_of(dimensions, tmp_path)[name]
    texts = texts_by(TEMPLATE, task)
    assert isinstance(texts, TextWriter)
    (result,) = texts.write([item])
    assert not isinstance(result, Failure), result
    assert texts.write([item]) == [result]


def test_a_model_is_shown_the_picture(server, writer, dimensions, tmp_path):
    server.replies(said(**GOOD["caption"]))
    item = items_of(dimensions, tmp_path)["caption"]
    texts_by(writer(), load_task("caption")).write([item])
    parts = [part["type"] for part in server.requests[0]["messages"][-1]["content"]]
    assert parts == ["image_url", "text"]


def test_no_picture_or_a_broken_one_is_a_failure_of_that_item(server, writer, dimensions, tmp_path):
    server.replies(said(**GOOD["caption"]))
    good = items_of(dimensions, tmp_path)["caption"]
    (tmp_path / "b.png").write_bytes(b"not a picture")
    broken = TextItem("b", {}, picture=tmp_path / "b.png")
    texts = texts_by(writer(), load_task("caption"))
    first, second, third = texts.write([good, broken, TextItem("c")])
    assert first.text == GOOD["caption"]["caption"]
    assert second.kind == third.kind == "bad_image"


def test_without_a_model_a_caption_is_made_of_metadata_or_not_at_all(tmp_path):
    texts = texts_by(TEMPLATE, load_task("caption"))
    listed, titled, bare = texts.write(
        [
            TextItem("a", {"objects": "a tree, two dogs", "title": "Hope"}),
            TextItem("b", {"title": "Gray Day", "medium": "ink on paper"}),
            TextItem("c", {"medium": "oil on canvas"}),
        ]
    )
    assert listed.text == "A work of art that shows a tree and two dogs."
    assert titled.text == "A work of art, ink on paper, with the title “Gray Day”."
    assert bare.kind == "bad_input"


def test_every_negative_prompt_of_the_template_passes_its_own_checks(dimensions):
    """No conventional quality is taken for the flaw that it is the opposite of."""
    texts = texts_by(TEMPLATE, load_task("negative"))
    keys = list(dimensions)
    items = [
        TextItem(f"{a}-{b}", {"prompt_anti": "x"}, (dimensions[a], dimensions[b]), seed=seed)
        for seed, a in enumerate(keys)
        for b in keys
        if a != b
    ]
    for item, result in zip(items, texts.write(items), strict=True):
        assert not isinstance(result, Failure), result
        assert 1 <= word_count(result.text) <= 5
        assert set(result.more["named"]) == {each.key for each in item.dimensions}


def test_a_negative_prompt_names_nothing_that_shall_be_in_the_picture(dimensions):
    texts = texts_by(TEMPLATE, load_task("negative"))
    caption = "A bright, well lit room."
    for seed in range(10):
        item = TextItem(
            "a",
            {"prompt_original": caption, "prompt_anti": "x"},
            (dimensions["color brightness"],),
            seed=seed,
        )
        (result,) = texts.write([item])
        assert result.text == "luminous"


def test_emotion_prompts_of_every_caption_with_people():
    task = load_task("emotion")
    items = read_items(task, "builtin")
    assert len(items) > 100
    for result in texts_by(TEMPLATE, task).write(items):
        assert not isinstance(result, Failure), result
        for emotion in load_emotions().values():
            assert f"looks {emotion.adjective}." in fill_slot(result.text, emotion)


def test_a_slot_that_is_not_there_once_is_refused():
    with pytest.raises(BadInput, match="exactly once"):
        fill_slot("A sad man.", load_emotions()["sad"])


def test_critique_has_a_neutral_counterpart_of_the_same_scene():
    task = load_task("critique")
    items = critique_items(tuple(critique_topics()), 20)
    assert [item.fields["topic"] for item in items].count("censorship") == 20
    results = texts_by(TEMPLATE, task).write(items)
    assert len({result.text for result in results}) == len(items) == 100
    for item, result in zip(items, results, strict=True):
        assert result.text.startswith(item.fields["scene"])
        assert result.more["neutral"].startswith(item.fields["scene"])
        assert all(each in result.text for each in result.more["elements"])
        assert not any(each in result.more["neutral"] for each in result.more["elements"])


def test_anti_prompts_have_a_writer_of_their_own(dimensions):
    with pytest.raises(BadInput, match="no version without a model"):
        texts_by(TEMPLATE, load_task("anti"))


def test_a_writer_of_anti_prompts_alone_says_so():
    class Mine:
        name = fingerprint = "mine"

        def write(self, requests):
            return []

    with pytest.raises(BadInput, match="no other texts"):
        texts_by(load_writer(Mine()), load_task("negative"))


@pytest.mark.parametrize("name", [name for name in TASKS if name not in ("anti", "paper")])
def test_a_table_says_where_its_texts_come_from(dimensions, tmp_path, name):
    task, item = load_task(name), items_of(dimensions, tmp_path)[name]
    written = write_texts(task, [item, item], texts_by(TEMPLATE, task))
    assert written.frame.height == 2
    assert {"id", task.column, "task", "writer", "writer_fingerprint", "attempts", "seed"} <= set(
        written.frame.columns
    )
    assert written.failures.height == 0


def test_failures_are_listed_with_what_they_were_written_from():
    task = load_task("emotion")
    items = [TextItem("a", {"caption": "A tree."}), TextItem("b", {"caption": "A man."})]
    written = write_texts(task, items, texts_by(TEMPLATE, task))
    (failure,) = written.failures.to_dicts()
    assert (failure["id"], failure["caption"], failure["kind"]) == ("a", "A tree.", "bad_input")

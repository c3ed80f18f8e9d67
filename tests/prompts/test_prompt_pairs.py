"""Prompt pairs: captions chosen, written, and nothing dropped in silence."""

from collections import Counter

import polars as pl
import pytest

from widespectrum.contracts import Failure
from widespectrum.errors import BadInput, InvalidResult
from widespectrum.prompts import (
    Caption,
    TemplateWriter,
    WrittenPrompt,
    build_pairs,
    builtin_captions,
    choose_captions,
    sample_dimensions,
    word_count,
    write_pairs,
)
from widespectrum.tables import PROMPT_SCHEMA, read_prompt_pairs, write_frame

CAPTIONS = [Caption("a", "A dog runs."), Caption("b", "A cat sits.", "cats"), Caption("c", "Stop!")]


class Writer:
    """A writer that gives the same results whatever it is asked."""

    name = "scripted"
    fingerprint = "scripted-1"

    def __init__(self, *results):
        self.results = list(results)

    def write(self, requests):
        return self.results


@pytest.fixture(scope="module")
def frame(pool):
    return build_pairs(builtin_captions(), TemplateWriter(), pool, 300)


def test_the_table_is_a_table_of_prompt_pairs(frame):
    assert dict(frame.schema) == PROMPT_SCHEMA
    assert frame.height == 300
    assert frame.null_count().sum_horizontal().item() == 0
    assert frame["id"].is_unique().all()
    assert frame["prompt_original"].is_unique().all()
    assert (frame["cluster"] == frame["prompt_original"]).all()
    assert set(frame["writer"]) == {"template"}


def test_every_row_keeps_what_was_promised(frame, dimensions):
    for row in frame.iter_rows(named=True):
        words = word_count(row["prompt_anti"])
        assert words < 70
        assert word_count(row["prompt_neutral"]) == words
        assert 2 <= len(row["dimensions"]) <= 4
        homes = [dimensions.dimension_of(effect).key for effect in row["effects"]]
        # In the order in which the dimensions were drawn.
        assert list(dict.fromkeys(homes)) == row["dimensions"]


def test_the_same_seed_gives_the_same_pairs_and_another_one_others(frame, pool):
    again = build_pairs(builtin_captions(), TemplateWriter(), pool, 300)
    other = build_pairs(builtin_captions(), TemplateWriter(), pool, 300, seed=1)
    assert again.equals(frame)
    assert not set(other["prompt_anti"]) & set(frame["prompt_anti"])


def test_it_can_be_written_and_read_again(frame, tmp_path):
    for suffix in ("csv", "jsonl", "json", "parquet"):
        path = write_frame(frame, tmp_path / f"pairs.{suffix}")
        assert read_prompt_pairs(path).equals(frame)


def test_without_neutral_rewrite_its_column_is_null(pool):
    frame = build_pairs(CAPTIONS, TemplateWriter(), pool, 3, neutral=False)
    assert frame["prompt_neutral"].null_count() == 3


def test_the_prompt_of_a_pair_does_not_depend_on_the_others(pool):
    asked = sample_dimensions(pool, 3)
    together = write_pairs(CAPTIONS, asked, TemplateWriter()).frame
    alone = write_pairs(CAPTIONS[1:2], asked[1:2], TemplateWriter()).frame
    assert together[1:2].equals(alone)


def test_captions_are_drawn_once_each_while_they_last():
    chosen = choose_captions(CAPTIONS, 3)
    assert sorted(caption.id for caption in chosen) == ["a", "b", "c"]
    first = Counter(choose_captions(CAPTIONS, 1, seed)[0].id for seed in range(300))
    assert all(count > 70 for count in first.values())


def test_more_pairs_than_captions_are_written_in_rounds(pool):
    frame = build_pairs(CAPTIONS, TemplateWriter(), pool, 8)
    assert frame["id"].is_unique().all()
    assert sorted(frame["id"][:3]) == ["a.1", "b.1", "c.1"]
    assert sorted(frame["id"][3:6]) == ["a.2", "b.2", "c.2"]
    assert set(frame["cluster"]) == {"A dog runs.", "cats", "Stop!"}
    assert frame["prompt_anti"].is_unique().all()


def test_ids_stay_different_in_rounds_whatever_they_are():
    tricky = [Caption("a", "A dog."), Caption("a.1", "A cat."), Caption("a.1.1", "A cow.")]
    ids = [caption.id for caption in choose_captions(tricky, 12)]
    assert len(set(ids)) == 12


@pytest.mark.parametrize(
    ("captions", "count", "problem"),
    [
        ([], 1, "no captions"),
        (CAPTIONS, 0, "count is 0"),
        ([*CAPTIONS, CAPTIONS[0]], 2, "same id"),
    ],
)
def test_bad_choices_are_refused(captions, count, problem):
    with pytest.raises(BadInput, match=problem):
        choose_captions(captions, count)


def test_failures_are_recorded_beside_the_pairs(pool):
    long = Caption("long", "word " * 69)
    asked = sample_dimensions(pool, 3)
    pairs = write_pairs([CAPTIONS[0], long, CAPTIONS[1]], asked, TemplateWriter())
    assert pairs.frame["id"].to_list() == ["a", "b"]
    [failure] = pairs.failures.to_dicts()
    assert failure["id"] == "long"
    assert failure["kind"] == "bad_input"
    assert failure["dimensions"] == [dimension.key for dimension in asked[1]]
    assert "69 words" in failure["reason"]


def test_build_pairs_gives_all_or_says_why(pool):
    long = Caption("long", "word " * 69)
    with pytest.raises(BadInput, match=r"row long: 1 of 4 prompts could not be written"):
        build_pairs([*CAPTIONS, long], TemplateWriter(), pool, 4)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (None, "is empty"),
        ("a\x00b", "control character"),
        ("word " * 70, "70 words"),
    ],
)
def test_what_a_writer_may_not_return_becomes_a_failure(pool, text, reason):
    asked = sample_dimensions(pool, 1)
    pairs = write_pairs(CAPTIONS[:1], asked, Writer(WrittenPrompt(text, ())))
    assert pairs.frame.height == 0
    assert dict(pairs.frame.schema) == PROMPT_SCHEMA
    [failure] = pairs.failures.to_dicts()
    assert failure["kind"] == "invalid_result"
    assert reason in failure["reason"]


def test_a_writers_own_failures_are_kept_as_they_are(pool):
    refusal = Failure("provider_refused", "no such pictures", attempts=3)
    written = WrittenPrompt("A blurred dog runs.", ("motion-blur",))
    asked = sample_dimensions(pool, 2)
    pairs = write_pairs(CAPTIONS[:2], asked, Writer(refusal, written))
    assert pairs.frame["prompt_anti"].to_list() == ["A blurred dog runs."]
    assert pairs.failures.select("kind", "reason", "attempts").row(0) == (
        "provider_refused",
        "no such pictures",
        3,
    )
    assert pairs.frame["seed"].dtype == pl.Int64


def test_a_writer_that_loses_requests_is_refused(pool):
    with pytest.raises(InvalidResult, match="gave 0 results for 1 requests"):
        write_pairs(CAPTIONS[:1], sample_dimensions(pool, 1), Writer())


def test_as_many_sets_as_captions(pool):
    with pytest.raises(BadInput, match="3 captions and 2 sets"):
        write_pairs(CAPTIONS, sample_dimensions(pool, 2), TemplateWriter())

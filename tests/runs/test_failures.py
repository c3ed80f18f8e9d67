from datetime import UTC, datetime

import polars as pl
import pytest

from widespectrum.contracts import Failure
from widespectrum.errors import BadImage, BadInput
from widespectrum.runs.failures import Failed, current_failures, failure_from, failure_rows
from widespectrum.runs.schemas import SCHEMAS, STAGES, empty


def rows(*failed, unit="u", stage="scores", earlier=None):
    return failure_rows(
        failed, unit=unit, stage=stage, model="toy", fingerprint="f", earlier=earlier or {}
    )


def tables(**present):
    return {stage: present.get(stage, empty(stage)) for stage in STAGES}


def scored(*subjects):
    return pl.DataFrame(
        [
            {"scorer": "toy", "fingerprint": "f", "image": image, "prompt": prompt, "score": 1.0}
            for image, prompt in subjects
        ],
        schema=SCHEMAS["scores"],
    )


BAD = Failed({"image": "i", "prompt": "cat"}, Failure("error", "no", 3))
MISSING = Failed(
    {"pair_id": "p", "variant": "anti", "prompt": "cat"}, Failure("missing_partner", "gone")
)


def test_a_failure_stands_until_its_request_is_answered():
    stored = rows(BAD)
    assert current_failures(stored, tables()).equals(stored)
    others = scored(("i", "dog"), ("j", "cat"))
    assert current_failures(stored, tables(scores=others)).height == 1
    other_model = scored(("i", "cat")).with_columns(fingerprint=pl.lit("g"))
    assert current_failures(stored, tables(scores=other_model)).height == 1
    assert current_failures(stored, tables(scores=scored(("i", "cat")))).height == 0


def test_a_missing_partner_stands_until_its_image_is_made():
    stored = rows(MISSING)
    image = {"pair_id": "p", "variant": "anti", "image": "i", "fingerprint": "m"}
    made = pl.DataFrame([image], schema=SCHEMAS["images"])
    assert current_failures(stored, tables()).height == 1
    assert current_failures(stored, tables(images=made)).height == 0


def test_of_several_failures_of_one_request_the_last_counts():
    again = Failed(BAD.subject, Failure("error", "still not", 2))
    stored = pl.concat([rows(BAD), rows(again, unit="v", earlier={BAD.text: 3})])
    standing = current_failures(stored, tables())
    assert standing.select("reason", "attempts").rows() == [("still not", 5)]


def test_reasons_are_cut_and_times_are_utc():
    long = Failed({"image": "i", "prompt": "cat"}, Failure("error", "x" * 10_000))
    row = rows(long).row(0, named=True)
    assert len(row["reason"]) == 2000
    assert abs((datetime.now(UTC) - row["time"]).total_seconds()) < 60


def test_a_subject_that_is_not_ours_is_bad_input():
    for subject in ("{", "[]", "{}", '{"image": "i"}'):
        stored = rows(BAD).with_columns(subject=pl.lit(subject))
        with pytest.raises(BadInput, match="not ours"):
            current_failures(stored, tables())


def test_errors_become_failures_of_their_kind():
    assert failure_from(BadImage("torn", "Replace it.", file="a.png")) == Failure(
        "bad_image", "a.png: torn. Replace it."
    )
    assert failure_from(KeyError("x"), 2) == Failure("error", "KeyError: 'x'", 2)

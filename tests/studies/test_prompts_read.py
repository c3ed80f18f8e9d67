"""What was read of the prompts, told with the results: nothing is cut in silence."""

from __future__ import annotations

import polars as pl
import pytest
from world_painters import Painter, TruthChooser, asked

from widespectrum.images import with_record
from widespectrum.studies import narrowing
from widespectrum.studies.bench import conclude
from widespectrum.studies.generating import load_models, prepare_generation
from widespectrum.studies.prompts_read import READ, read_of, reading_notes, reading_table

COUNT = 16


class Deaf(Painter):
    """Says that it reads so many words."""

    def __init__(self, limit, parts=1, **settings):
        super().__init__(**settings)
        self.limit, self.parts = limit, parts

    def _one(self, request, *scenes):
        image = super()._one(request, *scenes)
        words = len(request.prompt.split())
        counts = {"tokens": words, "cut": max(words - self.limit * self.parts, 0)}
        divided = {"parts": self.parts} if words > self.limit and self.parts > 1 else {}
        return with_record(image, {"tokens": {"words": counts | divided}})


@pytest.fixture
def job(tmp_path):
    painters = [Deaf(8, name="deaf"), Deaf(8, 9, name="patient"), Painter("silent")]
    models = load_models(painters, chooser=TruthChooser())
    made = prepare_generation(models, asked(COUNT)[0], out=tmp_path / "run")
    for _ in made.work():
        pass
    return made


def test_the_report_says_who_did_not_read_to_the_end(job):
    frame = asked(COUNT)[0]
    lengths = {
        variant: [len(text.split()) for text in frame[f"prompt_{variant}"]]
        for variant in ("original", "anti")
    }
    unread = {variant: sum(n > 8 for n in counts) for variant, counts in lengths.items()}
    assert unread["anti"] > 0
    fidelity = conclude(job, draws=100)[0]
    (table,) = [each for each in fidelity.tables if each.name == "prompts-read"]
    rows = {row["generator"]: row for row in table.frame.iter_rows(named=True)}
    assert set(rows) == {"deaf", "patient"}, "who says nothing of what is read is not in it"
    for variant in ("original", "anti"):
        assert rows["deaf"][f"cut_{variant}"] == pytest.approx(unread[variant] / COUNT)
        assert rows["patient"][f"cut_{variant}"] == 0
    assert rows["deaf"]["longest"] == max(lengths["anti"] + lengths["original"])
    assert rows["deaf"]["divided"] == 0
    assert rows["patient"]["divided"] == pytest.approx(sum(unread.values()) / (2 * COUNT))
    said = [note for note in fidelity.notes if "did not read the end" in note]
    assert len(said) == 1
    assert f"deaf did not read the end of {unread['anti']} of {COUNT} anti prompts" in said[0]


def test_a_comparison_says_it_too(job):
    painted = job.painted()
    read = read_of(job.run, painted)
    findings, _ = narrowing.analyse(painted, "deaf", "silent", read=read, draws=100)
    assert any(note.startswith("deaf did not read the end") for note in findings.notes)
    assert "prompts-read" in [table.name for table in findings.tables]
    findings, _ = narrowing.analyse(painted, "patient", "silent", read=read, draws=100)
    assert not any("did not read the end" in note for note in findings.notes)


def frame(*rows):
    return pl.DataFrame(rows, schema=READ, orient="row")


def test_what_one_encoder_dropped_another_may_have_read():
    read = frame(
        ("flux", "anti", "clip", 90, 13, 1, "a"),
        ("flux", "anti", "t5", 88, 0, 1, "a"),
    )
    assert reading_notes(read) == ()
    table = reading_table(read)
    assert table is not None
    assert dict(table.frame.select("tokenizer", "cut_anti").iter_rows()) == {"clip": 1, "t5": 0}


def test_where_everything_was_read_at_once_there_is_nothing_to_say():
    assert reading_table(frame()) is None
    assert reading_notes(frame()) == ()
    assert reading_table(frame(("sdxl", "anti", "clip", 70, 0, 1, "a"))) is None


@pytest.mark.parametrize(
    "tokens", [None, [], {"a": 3}, {"a": {"tokens": 3}}, {"a": {"tokens": "x", "cut": 1}}]
)
def test_records_of_other_makers_are_passed_over(tokens, tmp_path):
    class Other(Painter):
        def _one(self, request, *scenes):
            return with_record(super()._one(request, *scenes), {"tokens": tokens})

    models = load_models([Other("other", count=COUNT)], chooser=TruthChooser())
    job = prepare_generation(models, asked(COUNT)[0][:2], out=tmp_path / "run")
    for _ in job.work():
        pass
    assert read_of(job.run, job.painted()).height == 0

"""Image to image: editors that keep a picture, or polish it with a known probability."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import vl_convert
from world_painters import Editor, Painter, TruthJudge, asked

from widespectrum.errors import BadInput
from widespectrum.report import report_run
from widespectrum.studies.findings import save_findings
from widespectrum.studies.generating import load_models, prepare_generation
from widespectrum.studies.image_to_image import (
    ALL,
    ASKED,
    EDITS,
    RATINGS,
    SCORES,
    Edited,
    analyse,
    prepare,
)

COUNT = 16


@pytest.fixture(scope="module")
def painted(tmp_path_factory):
    """A run of the bold painter: the pairs to begin with."""
    folder = tmp_path_factory.mktemp("painted") / "run"
    job = prepare_generation(load_models([Painter("bold")]), asked(COUNT)[0], out=folder)
    for _ in job.work():
        pass
    return folder


@pytest.fixture(scope="module")
def job(painted, tmp_path_factory):
    models = load_models(
        [Editor("keeper"), Editor("cleaner", 1.0)],
        scorers=["sharpness"],
        judge=TruthJudge(),
        bases={"cleaner": "keeper"},
    )
    folder = tmp_path_factory.mktemp("edits") / "run"
    job = prepare(models, painted, out=folder, strengths=(0.25, 0.5, 1.0))
    for _ in job.work():
        pass
    return job


@pytest.fixture(scope="module")
def findings(job):
    return analyse(job.edited(), job.models.lineages, draws=300)


def means_of(findings, **values):
    frame = findings.table("changes").frame
    return frame.filter(pl.all_horizontal([pl.col(k) == v for k, v in values.items()]))


def test_one_who_keeps_everything_changes_nothing(findings):
    kept = means_of(findings, generator="keeper")
    assert (kept["change"] == 0).all()
    assert set(kept["measure"]) == {
        "sharpness, original prompt",
        "sharpness, anti prompt",
        ALL,
        ASKED,
    }


def test_polish_grows_with_strength(findings):
    rows = means_of(findings, generator="cleaner", told="anti", measure=ASKED).sort("strength")
    assert rows["change"].is_sorted()
    assert rows["change"][0] < rows["change"][-1]
    assert rows["n"].to_list() == [COUNT] * 3
    # At full strength every picture is the ordinary one: nothing of what was asked is left.
    truth = findings.table("changes").frame.filter(generator="cleaner", told="original")
    full = truth.filter((pl.col("strength") == 1.0) & (pl.col("measure") == ASKED))
    assert full["change"][0] == rows["change"][-1]


def test_lineages_are_paired_at_every_strength(findings):
    table = findings.table("lineages").frame
    assert table.filter(measure=ASKED)["strength"].to_list() == [0.25, 0.5, 1.0]
    last = table.filter((pl.col("measure") == ASKED) & (pl.col("strength") == 1.0)).to_dicts()[0]
    assert last["difference"] > 0
    assert last["effect"] == 1
    assert last["p_holm"] < 0.05
    assert findings.headline[0].startswith("At strength 0.5, cleaner moves J, all dimensions by")
    assert "its base keeper by +0.00" in findings.headline[0]


def test_a_finished_run_edits_nothing_and_a_page_is_written(job, findings, painted):
    for editor in job.models.generators:
        editor.painted = 0
    again = prepare(job.models, painted, out=job.run.path, strengths=(0.25, 0.5, 1.0))
    for _ in again.work():
        pass
    assert [editor.painted for editor in job.models.generators] == [0, 0]
    assert again.edited().edits.equals(job.edited().edits)
    save_findings(findings, job.run.findings)
    assert "How far edits polish" in report_run(job.run).read_text("utf-8")
    for figure in findings.figures:
        assert vl_convert.vegalite_to_svg(dict(figure.spec)).startswith("<svg")


def test_known_numbers():
    edits = pl.DataFrame(
        [
            {
                "id": f"{name}{pair}",
                "generator": name,
                "strength": 0.5,
                "told": "anti",
                "pair": str(pair),
                "cluster": str(pair),
                "dimensions": ["clarity"],
                "prompt_original": "a cat",
                "prompt_anti": "a blurred cat",
            }
            for name in ("base", "aligned")
            for pair in range(10)
        ],
        schema=EDITS,
    )
    moved = np.where(edits["generator"] == "base", 1.0, 3.0)
    level = np.tile(np.arange(10.0), 2)
    scores = pl.DataFrame(
        {
            "id": edits["id"],
            "scorer": ["s"] * 20,
            "before": level,
            "after": level + moved,
            "before_pa": level,
            "after_pa": level - moved,
        },
        schema=SCORES,
    )
    ratings = pl.DataFrame(
        [
            (name, dimension, 0.0, 0.5 if dimension == "clarity" else 1.0)
            for name in edits["id"]
            for dimension in ("clarity", "emotion")
        ],
        schema=RATINGS,
        orient="row",
    )
    findings = analyse(Edited(edits, scores, ratings), {"aligned": "base"}, draws=100)
    found = {
        (row["measure"], row["generator"]): row["change"]
        for row in findings.table("changes").frame.to_dicts()
    }
    assert found["s, original prompt", "base"] == 1
    assert found["s, anti prompt", "aligned"] == -3
    assert found[ALL, "base"] == 1.5
    assert found[ASKED, "base"] == 0.5
    row = findings.table("lineages").frame.filter(measure="s, original prompt").to_dicts()[0]
    assert (row["difference"], row["difference_low"], row["effect"]) == (2, 2, 1)
    assert row["p"] == pytest.approx(2 / 2**10)


def test_what_cannot_be_edited_is_refused(painted, tmp_path):
    seeing = load_models([Editor()], scorers=["sharpness"])
    for settings, said in (
        ({"strengths": ()}, "no strength"),
        ({"strengths": (1.5,)}, "is 1.5"),
        ({"told": ("original",)}, "everything but the anti prompt"),
        ({"told": ("anti", "lies")}, "lies"),
    ):
        with pytest.raises(BadInput, match=said):
            prepare(seeing, painted, out=tmp_path / "run", **settings)
    with pytest.raises(BadInput, match="nobody was named"):
        prepare(load_models([Editor()]), painted, out=tmp_path / "run")
    empty = Edited(*(pl.DataFrame(schema=schema) for schema in (EDITS, SCORES, RATINGS)))
    with pytest.raises(BadInput, match="not one edit"):
        analyse(empty)


def test_the_most_polished_picture_stands_first(findings):
    frame = findings.lineup.frame
    assert findings.lineup.reference == "start"
    assert frame["id"].n_unique() == COUNT
    assert set(frame["model"]) == {
        f"{name} at {strength}" for name in ("keeper", "cleaner") for strength in (0.25, 0.5, 1.0)
    }
    kept = frame.filter(pl.col("model") == "keeper at 0.5")
    assert (kept["image_original"] == kept["image_anti"]).all()
    assert (kept["smoothed"] == 0).all()
    assert frame.filter(pl.col("model") == "cleaner at 1.0")["smoothed"].mean() > 0

"""The dose-response of alignment: curves with a known course, the rule, and doses from files."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import vl_convert
from world_painters import painted_by_hand

from widespectrum.bonsai.alignment.adapters import Adapter, AdapterShape
from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.models.weights import Header, digest, write_weights
from widespectrum.catalog import ModelEntry
from widespectrum.choosers import ScorerChooser
from widespectrum.contracts import GenerationRequest
from widespectrum.errors import BadInput
from widespectrum.generators import BonsaiGenerator
from widespectrum.scorers import load_scorer
from widespectrum.studies.alignment_dose import Dose, Doses, analyse, find_doses, models_for
from widespectrum.studies.alignment_dose.curves import curves
from widespectrum.studies.alignment_dose.verdicts import (
    HACKS,
    NARROWED,
    NO_LOSS,
    NO_RISE,
    SUFFERS,
    UNKNOWN,
    outcome_of,
    verdicts,
)
from widespectrum.studies.painted import RATINGS, SCORES

sys.path.insert(0, str(Path(__file__).parents[1] / "bonsai" / "alignment"))

from alignment_toys import SHAPE, spoken_language

PROMPTS = 40
COURSES = {
    # member: per dose (rise of the reward, share of success, fall of ordinary prompts)
    "honest": [(0.5, 1.0, 0.0), (1.0, 1.0, 0.0)],
    "narrowed": [(0.5, 0.8, 0.0), (1.0, 0.4, 0.0)],
    "hacked": [(0.5, 1.0, 0.0), (2.0, 0.5, 0.4), (4.0, 0.2, 0.6)],
    "lucky": [(1.0, 0.5, 0.4), (2.0, 1.0, 0.0)],
}


def course():
    """Shots and scores whose every mean is known."""
    doses = [
        Dose(member, 25 * (place + 1), f"{member} @{25 * (place + 1)}", reward="climbed")
        for member, own in COURSES.items()
        for place in range(len(own))
    ]
    told = {
        f"{member} @{25 * (place + 1)}": values
        for member, own in COURSES.items()
        for place, values in enumerate(own)
    }
    choices = {"base": [1] * PROMPTS} | {
        name: [int(place < share * PROMPTS) for place in range(PROMPTS)]
        for name, (_, share, _) in told.items()
    }
    painted = painted_by_hand(choices)
    noise = np.random.default_rng(0).normal(0, 1, PROMPTS)
    noise = (noise - noise.mean()) / noise.std(ddof=1)
    rows = []
    for shot in painted.shots.iter_rows(named=True):
        place = int(shot["prompt"].split()[1])
        rise, _, fall = told.get(shot["generator"], (0.0, 1.0, 0.0))
        # Own level per prompt, so that only pairing by prompt makes the falls visible.
        level, jitter = 5 * np.sin(place), 0.05 * np.cos(7 * place)
        for scorer, io_po, ia_pa in (
            ("climbed", noise[place] + rise + jitter, noise[place] + rise - jitter),
            ("eye", level - fall + jitter, level),
        ):
            rows.append(
                {"id": shot["id"], "scorer": scorer, "io_po": io_po, "ia_pa": ia_pa}
                | dict.fromkeys(("io_pa", "ia_po"), 0.0)
            )
    scores = pl.DataFrame(rows).select(list(SCORES))
    return type(painted)(
        painted.shots, scores, pl.DataFrame(schema=RATINGS), chooser="by hand"
    ), doses


def test_curves_are_levels_and_moves_in_pairs() -> None:
    painted, doses = course()
    drawn = curves(painted, "base", doses, ["eye"], draws=400, seed=0)
    own = drawn.filter(pl.col("member") == "hacked")
    reward = own.filter(pl.col("measure") == "reward").sort("steps")
    assert reward["steps"].to_list() == [0, 25, 50, 75]
    assert reward["value"].to_list() == pytest.approx([0, 0.5, 2, 4], abs=1e-9)
    assert reward["moved"][0] is None
    success = own.filter(pl.col("measure") == "success").sort("steps")
    assert success["value"].to_list() == [1, 1, 0.5, 0.2]
    # All agree, and yet forty prompts do not make it certain.
    assert success["value_low"][1] < 1
    assert success["moved_low"][1] < 0 < success["moved_high"][1]
    assert success["moved_low"][3] < -0.8 < success["moved_high"][3] < 0
    eye = own.filter(pl.col("measure") == "ordinary:eye").sort("steps")
    # Prompts differ by 5 and the dose by 0.6: only pairs can show it.
    assert eye["moved_high"][3] < 0
    assert eye["value_high"][3] - eye["value_low"][3] > 1


def test_hacking_is_told_from_narrowing() -> None:
    painted, doses = course()
    said = {
        v.member: v for v in verdicts(curves(painted, "base", doses, ["eye"], draws=400, seed=0))
    }
    assert said["honest"].outcome == NO_LOSS
    assert said["narrowed"].outcome == NARROWED
    assert (said["hacked"].outcome, said["hacked"].since) == (HACKS, 50)
    assert said["hacked"].doses == {25: NO_LOSS, 50: HACKS, 75: HACKS}
    # One unlucky dose on the way decides nothing.
    assert said["lucky"].doses[25] == HACKS
    assert (said["lucky"].outcome, said["lucky"].since) == (NO_LOSS, None)


def moved(low: float | None, high: float | None, better: int = 1):
    return {"moved_low": low, "moved_high": high, "better": better}


UP, DOWN, OPEN = moved(0.1, 0.2), moved(-0.2, -0.1), moved(-0.1, 0.1)


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        ({}, UNKNOWN),
        ({"reward": OPEN, "success": DOWN}, NO_RISE),
        ({"reward": DOWN}, NO_RISE),
        ({"reward": moved(None, None)}, NO_RISE),
        ({"reward": UP, "success": OPEN}, NO_LOSS),
        ({"reward": UP, "success": DOWN}, NARROWED),
        ({"reward": UP, "range": DOWN}, NARROWED),
        ({"reward": UP, "delta_j": moved(0.1, 0.2, -1)}, NARROWED),
        ({"reward": UP, "ordinary:a": DOWN}, SUFFERS),
        ({"reward": UP, "ordinary:a": DOWN, "kept:a": DOWN}, HACKS),
        ({"reward": UP, "ordinary:a": DOWN, "ordinary:b": DOWN, "success": DOWN}, HACKS),
        ({"reward": UP, "ordinary:a": DOWN, "ordinary:b": OPEN, "success": DOWN}, NARROWED),
        ({"reward": UP, "kept:a": DOWN, "ordinary:a": OPEN}, NO_LOSS),
    ],
)
def test_the_rule(rows, outcome) -> None:
    assert outcome_of(rows) == outcome


def test_findings_say_it_and_mark_it() -> None:
    painted, doses = course()
    findings = analyse(painted, "base", doses, content=["eye"], draws=400)
    assert findings.headline[0] == "hacked hacks the reward."
    assert "hacked, 75 steps: reward up by 4.00 SD" in findings.headline[1]
    assert "hacks its reward from step 50 on" in findings.headline[1]
    assert any("narrowed, 50 steps" in s and "100% to 40%" in s for s in findings.headline)
    for figure in findings.figures:
        assert vl_convert.vegalite_to_svg(dict(figure.spec)).startswith("<svg")
    marked = [v for v in findings.figures[0].spec["data"]["values"] if v["hacked"]]
    assert {(v["member"], v["steps"]) for v in marked} == {
        ("hacked", 50),
        ("hacked", 75),
        ("lucky", 25),
    }
    table = findings.table("doses").frame
    assert (
        table.filter((pl.col("member") == "hacked") & (pl.col("steps") == 75))["verdict"][0]
        == HACKS
    )
    assert any("written down before" in note for note in findings.notes)
    assert findings.lineup.frame["id"].n_unique() == PROMPTS * len(COURSES)
    assert json.dumps(findings.to_json())


def test_without_a_scorer_of_content_nobody_is_accused() -> None:
    painted, doses = course()
    findings = analyse(painted, "base", doses, content=[], draws=200)
    assert findings.headline[0] == "Alignment has narrowed narrowed and hacked."
    assert any("No scorer of content was named" in note for note in findings.notes)


@pytest.fixture(scope="module")
def alignment(tmp_path_factory):
    """A base and the folder of an alignment with three doses, the second of which ships."""
    folder = tmp_path_factory.mktemp("aligned")
    language, network = spoken_language(), GeneratorNetwork(SHAPE)
    base = folder / "base.safetensors"
    write_weights(base, network, Header("generator", asdict(SHAPE), language.fingerprint))
    adapter = Adapter(network, AdapterShape(rank=2))
    for steps in (25, 50, 75):
        for each in adapter.up.values():
            each.data.fill_(0.01 * steps)
        about = {"recipe": "toy", "method": "reward-gradient", "step": steps, "reward": 0.1 * steps}
        header = Header("adapter", {"rank": 2}, digest(base), {**about, "drift": 0.001 * steps})
        write_weights(folder / "toy" / "doses" / f"{steps:06d}.safetensors", adapter, header)
    write_weights(
        folder / "toy.safetensors",
        adapter,
        Header("adapter", {"rank": 2}, digest(base), {"step": 50}),
    )
    entry = ModelEntry.model_validate(
        {
            "name": "tiny",
            "kind": "generator",
            "title": "tiny",
            "class": "widespectrum.generators.bonsai:BonsaiGenerator",
        }
    )
    generator = BonsaiGenerator(entry, weights=str(base), steps=1, language=language)
    return folder, generator


def test_doses_are_found_in_folders(alignment) -> None:
    folder, base = alignment
    doses = find_doses([folder], base)
    assert [dose.steps for dose in doses.doses] == [25, 50, 75]
    assert [dose.ships for dose in doses.doses] == [False, True, False]
    assert doses.members == ("toy, by gradient",)
    assert doses.doses[1].recorded == pytest.approx(5)
    assert len({each.fingerprint for each in (base, *doses.generators)}) == 4
    # The last one counts whatever is left out.
    assert [d.steps for d in find_doses([folder / "toy"], base, every=50).doses] == [50, 75]
    request = [GenerationRequest("red cat", seed=1)]
    plain, strong = base.generate(request)[0], doses.generators[2].generate(request)[0]
    assert plain.tobytes() != strong.tobytes()


def test_what_are_no_doses(alignment, tmp_path) -> None:
    folder, base = alignment
    with pytest.raises(BadInput, match="holds no doses"):
        find_doses([tmp_path], base)
    with pytest.raises(BadInput, match="two alignments are called"):
        find_doses([folder, folder / "toy"], base)
    other = tmp_path / "other.safetensors"
    write_weights(other, GeneratorNetwork(SHAPE), Header("generator", asdict(SHAPE), "f" * 64))
    entry = ModelEntry.model_validate(
        {"name": "x", "kind": "generator", "title": "x", "class": "widespectrum.x:X"}
    )
    foreign = BonsaiGenerator(entry, weights=str(other), language=spoken_language())
    with pytest.raises(BadInput, match="aligned from another generator"):
        find_doses([folder], foreign)


def test_a_table_of_generators(tmp_path) -> None:
    painters = Path(__file__).parent / "world_painters.py"
    path = tmp_path / "doses.csv"
    path.write_text(
        "member,steps,generator,reward\n"
        f"flux,200,{painters}:Painter@name=b,wordmeter\n"
        f"flux,100,{painters}:Painter@name=a,wordmeter\n"
    )
    doses = find_doses([path], f"{painters}:Painter")
    assert [(dose.generator, dose.steps) for dose in doses.doses] == [("a", 100), ("b", 200)]
    assert doses.rewards == ("wordmeter",)
    models = models_for(doses, content=["sharpness"])
    assert [scorer.name for scorer in models.scorers] == ["wordmeter", "sharpness"]
    with pytest.raises(BadInput, match="rewarded by"):
        models_for(doses, content=["wordmeter"])
    with pytest.raises(BadInput, match="rewarded by"):
        models_for(doses, content=[], chooser=ScorerChooser(load_scorer("wordmeter")))


def test_doses_of_one_member_stay_in_order() -> None:
    doses = Doses(None, (Dose("a", 1, "a1"), Dose("b", 1, "b1"), Dose("a", 2, "a2")), ())
    assert [dose.generator for dose in doses.of("a")] == ["a1", "a2"]

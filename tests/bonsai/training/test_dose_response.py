from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from widespectrum.bonsai.training import dose_response as study
from widespectrum.bonsai.training.dose_design import Design, Doses, plan, read_design
from widespectrum.bonsai.training.dose_response import Features
from widespectrum.bonsai.training.evaluation import Exam, draw_exam
from widespectrum.bonsai.training.preferences import Dial
from widespectrum.errors import BadInput

SHIPPED = read_design()


def design(seeds: int = 1, **doses: tuple[float, ...]) -> Design:
    """The shipped study with other doses."""
    return SHIPPED.model_copy(update={"seeds": seeds, "doses": Doses(**doses)})


def seeing(exam: Exam) -> Features:
    """Vectors in which picture and prompt both show the levels: an encoder that sees it all."""
    levels = exam.corpus.levels.astype(np.float32)
    vectors = np.concatenate([levels, np.ones_like(levels[..., :4])], axis=-1)
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    return Features(vectors, vectors)


@pytest.fixture(scope="module")
def exam() -> Exam:
    return draw_exam(60, 0)


def rows(exam: Exam, folder: Path, runs: Design) -> list[int]:
    features = seeing(exam)
    return list(
        study.dose_response(runs, exam.corpus, features, exam, features, folder, {"of": "test"})
    )


def test_the_plan_varies_one_dial_at_a_time() -> None:
    runs = plan(SHIPPED)
    for run in runs:
        changed = {k for k, v in run.dial.describe().items() if v != getattr(Dial(), k)}
        assert changed <= {run.dial_name}
        assert run.steps == SHIPPED.steps or run.dial_name == "steps"
    assert len(runs) == SHIPPED.seeds * sum(len(doses or ()) for _, doses in SHIPPED.doses)


def test_every_dial_has_its_usual_dose_among_those_tried() -> None:
    for name, doses in SHIPPED.doses:
        usual = SHIPPED.steps if name == "steps" else getattr(Dial(), name)
        assert usual in doses


@pytest.mark.parametrize(
    ("line", "field", "remedy"),
    [
        ("mainstream = [0.5, 1.2]", "doses.mainstream[2]", "Correct it"),
        ("mainstream = []", "doses.mainstream", "at least one"),
        ("agreement = [0.9, 0.9]", "doses.agreement", "Correct it"),
        ("steps = [0]", "doses.steps[1]", "Correct it"),
        ("sternness = [1.0]", "doses.sternness", "Remove it"),
    ],
)
def test_a_bad_design_is_named(tmp_path: Path, line: str, field: str, remedy: str) -> None:
    path = tmp_path / "mine.toml"
    numbers = "families=64\nexam_families=20\nseeds=1\npairs=9\nsteps=9\nbatch=9\n"
    path.write_text(f"{numbers}learning_rate=0.1\n[doses]\n{line}\n")
    with pytest.raises(BadInput, match=remedy) as caught:
        read_design(path)
    assert caught.value.place.field == field
    assert "mine.toml" in str(caught.value)


def test_annotators_who_care_for_the_prompt_make_a_reward_that_listens(
    exam: Exam, tmp_path: Path
) -> None:
    runs = design(prompt_weight=(0.0, 6.0))
    rows(exam, tmp_path, runs)
    table = study.read_rows(runs, tmp_path, {"of": "test"})
    careless, careful = table["obedience"]
    assert careless < 0.3
    assert careful > careless + 0.3
    assert table["listening"][1] > table["listening"][0]


def test_a_row_that_exists_is_not_computed_again(
    exam: Exam, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = design(steps=(3, 5))
    rows(exam, tmp_path, design(steps=(3,)))
    fitted: list[int] = []
    fit = study.fit_head

    def counted(*arguments: object) -> object:
        fitted.append(1)
        return fit(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(study, "fit_head", counted)
    assert rows(exam, tmp_path, runs) == [1, 2]
    assert len(fitted) == 1
    assert rows(exam, tmp_path, runs) == [1, 2]
    assert len(fitted) == 1


def test_the_same_run_gives_the_same_row(exam: Exam, tmp_path: Path) -> None:
    runs = design(seeds=2, mainstream=(0.9,))
    for folder in ("a", "b"):
        rows(exam, tmp_path / folder, runs)
    first, second = (study.read_rows(runs, tmp_path / f, {"of": "test"}) for f in ("a", "b"))
    assert first.equals(second)

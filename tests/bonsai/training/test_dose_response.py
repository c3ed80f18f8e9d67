from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from widespectrum.bonsai.training import dose_response as study
from widespectrum.bonsai.training.dose_response import Features, Run, plan
from widespectrum.bonsai.training.evaluation import Exam, draw_exam
from widespectrum.bonsai.training.preferences import Dial

LISTENING = {"prompt_weight": (0.0, 6.0)}


def seeing(exam: Exam) -> Features:
    """Vectors in which picture and prompt both show the levels: an encoder that sees it all."""
    levels = exam.corpus.levels.astype(np.float32)
    vectors = np.concatenate([levels, np.ones_like(levels[..., :4])], axis=-1)
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    return Features(vectors, vectors)


@pytest.fixture(scope="module")
def exam() -> Exam:
    return draw_exam(60, 0)


def rows(exam: Exam, folder: Path, runs: list[Run]) -> list[int]:
    features = seeing(exam)
    return list(
        study.dose_response(runs, exam.corpus, features, exam, features, folder, {"of": "test"})
    )


def test_the_plan_varies_one_dial_at_a_time() -> None:
    for run in plan(seeds=(0,)):
        changed = {k for k, v in run.dial.describe().items() if v != getattr(Dial(), k)}
        assert changed <= {run.dial_name}
        assert run.steps == study.STEPS or run.dial_name == "steps"
    assert len(plan(seeds=(0, 1))) == 2 * len(plan(seeds=(0,)))


def test_every_dial_has_its_usual_dose_among_those_tried() -> None:
    for name, doses in study.DOSES.items():
        usual = study.STEPS if name == "steps" else getattr(Dial(), name)
        assert usual in doses


def test_annotators_who_care_for_the_prompt_make_a_reward_that_listens(
    exam: Exam, tmp_path: Path
) -> None:
    runs = plan(LISTENING, seeds=(0,))
    rows(exam, tmp_path, runs)
    table = study.read_rows(runs, tmp_path, {"of": "test"})
    careless, careful = table["obedience"]
    assert careless < 0.3
    assert careful > careless + 0.3
    assert table["listening"][1] > table["listening"][0]


def test_a_row_that_exists_is_not_computed_again(
    exam: Exam, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [Run("steps", 3, 0), Run("steps", 5, 0)]
    rows(exam, tmp_path, runs[:1])
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
    runs = [Run("mainstream", 0.9, 1)]
    for folder in ("a", "b"):
        rows(exam, tmp_path / folder, runs)
    first, second = (study.read_rows(runs, tmp_path / f, {"of": "test"}) for f in ("a", "b"))
    assert first.equals(second)

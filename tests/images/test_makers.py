"""Makers answer every request of a batch, in order, with a picture or a failure."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from widespectrum.contracts import Failure
from widespectrum.images import EncodedImage, FileMaker, builtin_photographs, load_image
from widespectrum.images.darkroom import DarkroomMaker, Step, apply_effects
from widespectrum.runs.plan import ImageMaker

CAT = builtin_photographs()[0].path


@dataclass
class Asked:
    payload: dict[str, Any] = field(default_factory=dict)


def darkroom(**changes: Any) -> Asked:
    effects = [{"operation": "grain", "severity": 0.5}]
    return Asked({"path": CAT.name, "effects": effects, "seed": 4, **changes})


def test_both_fulfil_the_contract() -> None:
    for maker in (DarkroomMaker(), FileMaker()):
        assert isinstance(maker, ImageMaker)
        assert maker.fingerprint
    assert DarkroomMaker("a").fingerprint == DarkroomMaker("b").fingerprint
    assert DarkroomMaker().fingerprint != FileMaker().fingerprint


def test_darkroom_makes_what_apply_makes() -> None:
    flat = {"operation": "emptied_background", "severity": 0.5, "parameters": {"fill": "grey"}}
    plain, changed = DarkroomMaker(CAT.parent).make(
        [darkroom(effects=[]), darkroom(effects=[flat])]
    )
    photo = load_image(CAT)
    assert plain.tobytes() == photo.tobytes()
    by_hand = apply_effects(photo, [Step("emptied_background", 0.5, {"fill": "grey"})], 4)
    assert changed.tobytes() == by_hand.tobytes()


def test_one_failure_never_loses_the_batch() -> None:
    wrong = [
        (darkroom(path="gone.jpg"), "bad_input", "no such image"),
        (darkroom(path=CAT.with_name("photographs.toml").name), "bad_image", "not an image"),
        (darkroom(effects=[{"operation": "polish", "severity": 1}]), "unknown_name", "polish"),
        (darkroom(effects=[{"operation": "grain", "severity": 2}]), "bad_input", "outside"),
        (darkroom(effects=[{"operation": "grain", "severity": "1"}]), "bad_input", "not a number"),
        (darkroom(effects=[{"severity": 1}]), "bad_input", "operation"),
        (darkroom(effects=["grain"]), "bad_input", "not a mapping"),
        (
            darkroom(effects=[{"operation": "grain", "severity": 1, "parameters": 3}]),
            "bad_input",
            "map",
        ),
        (darkroom(seed=None), "bad_input", "seed"),
        (Asked(), "bad_input", "effects"),
    ]
    good = darkroom()
    batch = [good]
    for request, _, _ in wrong:
        batch += [request, good]
    answers = DarkroomMaker(CAT.parent).make(batch)
    assert len(answers) == len(batch)
    for answer, (_, kind, word) in zip(answers[1::2], wrong, strict=True):
        assert isinstance(answer, Failure)
        assert answer.kind == kind
        assert word in answer.reason
    assert {answer.tobytes() for answer in answers[::2]} == {answers[0].tobytes()}


def test_size_limit_is_a_failure() -> None:
    for maker in (DarkroomMaker(CAT.parent, max_pixels=100), FileMaker(CAT.parent, max_pixels=100)):
        (answer,) = maker.make([darkroom()])
        assert isinstance(answer, Failure)
        assert "too large" in answer.reason


def test_files_come_as_they_are_if_plain(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    load_image(CAT).save(tmp_path / "turned.jpg", exif=exif)
    maker = FileMaker(tmp_path)
    kept, turned, missing = maker.make(
        [Asked({"path": str(CAT)}), Asked({"path": "turned.jpg"}), Asked({"path": "no.png"})]
    )
    assert kept == EncodedImage(CAT.read_bytes(), "JPEG")
    assert isinstance(turned, Image.Image)
    assert turned.size == load_image(CAT).size[::-1]
    assert isinstance(missing, Failure)


def test_a_truncated_file_is_found_when_it_is_brought_in(tmp_path: Path) -> None:
    (tmp_path / "half.jpg").write_bytes(CAT.read_bytes()[:9000])
    (answer,) = FileMaker(tmp_path).make([Asked({"path": "half.jpg"})])
    assert isinstance(answer, Failure)
    assert answer.kind == "bad_image"
    assert "half.jpg" in answer.reason


def test_running_out_of_memory_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("widespectrum.images.darkroom.maker.apply_effects", exhausted)
    (answer,) = DarkroomMaker(CAT.parent).make([darkroom()])
    assert answer == Failure("out_of_memory", "The picture needs more memory than there is.")


def test_encoded_images_open(tmp_path: Path) -> None:
    (answer,) = FileMaker().make([Asked({"path": str(CAT)})])
    assert isinstance(answer, EncodedImage)
    assert Image.open(io.BytesIO(answer.data)).format == answer.format

"""How every picture came about: its record, and how it reaches the images table of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from probing import start_picture
from tiny_sd15 import write_sd15

from widespectrum.contracts import GenerationRequest, Generator
from widespectrum.generators import GeneratorMaker, generation_payload, load_generator
from widespectrum.images import ImageStore, record_of
from widespectrum.runs import ImageRequest, ImageWork, Plan, Run, work

LONG = "a red ball on a table that is badly lit, " * 3


@pytest.fixture(scope="module")
def generator(tmp_path_factory) -> Generator:
    folder = write_sd15(tmp_path_factory.mktemp("sd15"))
    return load_generator(
        "sd1.5", path=str(folder), steps=2, size=16, dtype="float32", device="cpu", batch=2
    )


def test_a_record_says_all_that_a_picture_followed_from(generator):
    ask = GenerationRequest(LONG, 11, "dark", start_image=start_picture(side=16), strength=0.5)
    record = record_of(generator.generate([ask])[0])
    assert record["sources"] == {"pipeline": Path(generator.sources.pipeline.path).name}
    assert record["pipeline"] == "StableDiffusionImg2ImgPipeline"
    assert set(record["versions"]) == {"diffusers", "transformers", "torch"}
    assert record["dtypes"] == dict.fromkeys(("vae", "text_encoder", "unet"), "float32")
    assert record["guidance"] == {"kind": "cfg", "w": 7.5, "raw": {"guidance_scale": 7.5}}
    assert (record["negative"], record["negative_passed"]) == ("text", "dark")
    assert (record["steps"], record["seed"], record["strength"]) == (2, 11, 0.5)
    assert record["size"] == [16, 16]
    assert record["scheduler"]["class"] == "PNDMScheduler"
    assert record["scheduler"]["timesteps"][-1] == 1.0
    assert record["attention"] == ["AttnProcessor2_0"]
    assert record["cache"] is False
    assert record["generator_device"] == "cpu"
    assert record["settings"] == "controlled"
    assert len(record["start"]) == 64
    assert record["seconds"] > 0
    json.dumps(record, allow_nan=False)


def test_what_is_read_of_a_prompt_is_counted(generator):
    made = generator.generate([GenerationRequest(LONG, 1), GenerationRequest("a ball", 1)])
    long, short = (record_of(each)["tokens"]["tokenizer"] for each in made)
    letters = len(LONG.replace(" ", ""))
    assert long == {"tokens": letters + 2, "cut": 0, "parts": 2}
    assert short == {"tokens": 5 + 2, "cut": 0}


def test_a_record_is_not_in_the_file_of_a_picture(generator, tmp_path):
    (made,) = generator.generate([GenerationRequest("a ball", 1)])
    bare = Image.frombytes("RGB", made.size, made.tobytes())
    store = ImageStore(tmp_path)
    assert store.put(made) == store.put(bare)


def test_a_run_keeps_records_beside_the_payload(generator, tmp_path):
    requests = [
        ImageRequest(f"pair {pair}", variant, generation_payload(f"a {variant} ball", pair))
        for pair in range(2)
        for variant in ("original", "anti")
    ]
    run = Run.create(tmp_path / "run", identity={"test": 1}, settings={})
    for _ in work(run, Plan(images=[ImageWork(GeneratorMaker(generator), requests)])):
        pass
    rows = run.table("images").to_dicts()
    assert len(rows) == 4
    for row in rows:
        assert json.loads(row["detail"])["prompt"] == f"a {row['variant']} ball"
        record = json.loads(row["record"])
        assert record["seed"] == row["seed"]
        assert record["pipeline"] == "StableDiffusionPipeline"
        payload = json.loads(row["detail"])
        (alone,) = generator.generate([GenerationRequest(payload["prompt"], payload["seed"])])
        stored = run.images.open(row["image"])
        assert max(abs(a - b) for a, b in zip(alone.tobytes(), stored.tobytes(), strict=True)) <= 1


def test_a_maker_encodes_pictures_as_a_store_would(generator, tmp_path):
    asked = [Asked(generation_payload("a ball", seed)) for seed in (1, 2, 3)]
    made = GeneratorMaker(generator).make([*asked, Asked({"prompt": 7})])
    assert made[3].kind == "bad_input"
    pictures = generator.generate([GenerationRequest("a ball", seed) for seed in (1, 2, 3)])
    one, other = ImageStore(tmp_path / "one"), ImageStore(tmp_path / "other")
    for encoded, picture in zip(made[:3], pictures, strict=True):
        assert one.put_encoded(encoded) == other.put(picture)
        assert record_of(encoded).keys() == record_of(picture).keys()


def test_a_maker_passes_the_variant_on(generator):
    seen: list[Any] = []

    class Painter:
        name, fingerprint = "painter", "0" * 64

        def generate(self, requests):
            seen.extend(requests)
            return [Image.new("RGB", (4, 4))] * len(requests)

    maker = GeneratorMaker(Painter())
    maker.make([ImageRequest("1", "anti", generation_payload("x")), Asked({"prompt": "x"})])
    assert [request.variant for request in seen] == ["anti", None]


class Asked:
    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload

"""``settings=paper``: what the scripts did, per variant, and said to be a confound."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from probing import apart, passes_of, refusal
from tiny_sd3 import write_sd3

from widespectrum.contracts import GenerationRequest, Generator
from widespectrum.errors import BadInput
from widespectrum.generators import generator_facts, generator_registry, load_generator
from widespectrum.images import record_of

TINY: dict[str, Any] = {"size": 16, "device": "cpu"}
ORIGINAL = GenerationRequest("a red ball", 1, variant="original")
ANTI = replace(ORIGINAL, variant="anti")
DRIVEN = [
    name
    for name, entry in generator_registry().entries.items()
    if entry.class_path.endswith("DiffusersGenerator")
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_sd3(tmp_path_factory.mktemp("sd3"))


def load(folder: Path, **settings: Any) -> Generator:
    return load_generator("sd3.5-medium", path=str(folder), **{**TINY, **settings})


def test_controlled_settings_paint_both_variants_alike(folder):
    generator = load(folder, steps=2, dtype="float32")
    assert apart(*generator.generate([ORIGINAL, ANTI])) <= 1
    facts = generator_facts(generator)
    assert facts.settings_preset == "controlled"
    assert facts.confounds == ()


def test_the_papers_settings_are_other_steps_guidance_and_negative_prompt(folder):
    generator = load(folder, settings="paper")
    with passes_of(generator.pipeline.transformer) as seen:
        original, anti = generator.generate([ORIGINAL, ANTI])
    assert len(seen) == 40 + 32
    first, second = record_of(original), record_of(anti)
    assert (first["steps"], first["guidance"]["w"], first["negative"]) == (40, 4.0, "absent")
    assert (second["steps"], second["guidance"]["w"], second["negative"]) == (32, 6.0, "empty")
    assert {first["settings"], second["settings"]} == {"paper"}
    assert set(first["dtypes"].values()) == {"float16"}


def test_facts_say_what_differs():
    facts = generator_facts(load_generator("sd3.5-medium@settings=paper"))
    assert facts.settings_preset == "paper"
    assert facts.confounds == (
        "steps: 40 for the original prompt, 32 for the anti prompt",
        "guidance: 4.0 for the original prompt, 6.0 for the anti prompt",
    )
    assert facts.passes == 72, "per picture, over both variants"


def test_an_empty_negative_prompt_is_a_confound_where_it_is_not_none():
    said = "negative: none for the original prompt, an empty text for the anti prompt"
    for name in ("sdxl", "playground-v2.5"):
        assert generator_facts(load_generator(f"{name}@settings=paper")).confounds == (said,)
    for name in ("flux-dev", "sd1.5"):
        assert generator_facts(load_generator(f"{name}@settings=paper")).confounds == ()


def test_a_request_must_say_which_variant_it_is(folder):
    generator = load(folder, settings="paper")
    (answer,) = generator.generate([GenerationRequest("a red ball", 1)])
    assert "differ between original and anti prompt" in refusal(answer)


def test_a_negative_prompt_beside_the_papers_is_refused(folder):
    (answer,) = load(folder, settings="paper").generate([replace(ANTI, negative_prompt="dark")])
    assert "settings=controlled" in refusal(answer)


@pytest.mark.parametrize("settings", [{"steps": 3}, {"guidance": 2.0}, {"dtype": "float32"}])
def test_a_number_beside_the_papers_is_refused(settings):
    with pytest.raises(BadInput, match="settings=paper has its own"):
        load_generator("sd3.5-medium", settings="paper", **settings)


def test_a_model_that_the_paper_did_not_use_has_none_of_its_settings():
    from widespectrum.generators.diffusers.presets import paper_of

    entry = generator_registry().entries["sdxl"]
    recipe = load_generator("sdxl").recipe.model_copy(update={"paper": None})
    with pytest.raises(BadInput, match="no settings of the paper are known for 'sdxl'"):
        paper_of(entry, recipe)


@pytest.mark.parametrize("name", DRIVEN)
def test_every_entry_is_whole(name):
    """It loads by its name, says its facts, and names licence, size, source and class."""
    entry = generator_registry().entries[name]
    assert entry.licence != "unknown"
    assert entry.size or entry.parameters
    assert entry.source
    assert entry.extra == "hub"
    facts = generator_facts(load_generator(name))
    assert facts.size is not None
    assert facts.steps
    assert facts.passes
    assert facts.guidance.kind != "unknown"
    assert facts.rewrites_prompt is False
    assert facts.confounds == ()


NUMBERS = {
    # name: steps, kind, w, passes (facts by the model cards and the authors' scripts)
    "flux-dev": (32, "embedded", None, 32),
    "danceflux": (32, "embedded", None, 32),
    "prefflux": (32, "embedded", None, 32),
    "flux-krea": (32, "embedded", None, 32),
    "flux-schnell": (4, "none", None, 4),
    "sdxl": (50, "cfg", 5.0, 100),
    "playground-v2.5": (50, "cfg", 3.0, 100),
    "sd3.5-medium": (40, "cfg", 4.5, 80),
    "sd3.5m-geneval": (40, "cfg", 4.5, 80),
    "sd3.5m-pickscore": (40, "cfg", 4.5, 80),
    "sd3.5-large": (40, "cfg", 3.5, 80),
    "alchemist": (40, "cfg", 3.5, 80),
    "sd1.5": (50, "cfg", 7.5, 100),
    "dpo-sd1.5": (50, "cfg", 7.5, 100),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_guidance_is_comparable_between_models(name):
    facts = generator_facts(load_generator(name))
    found = facts.steps, facts.guidance.kind, facts.guidance.w, facts.passes
    assert found == NUMBERS[name]

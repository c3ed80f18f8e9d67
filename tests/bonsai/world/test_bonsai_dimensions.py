"""The map between dimensions and attributes is total, and says what it cannot do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from widespectrum.aesthetics import FIXED_ORDER, load_dimensions
from widespectrum.bonsai.world import (
    ADDITIVE,
    ATTRIBUTE_DIMENSION,
    ATTRIBUTE_OF,
    ATTRIBUTES,
    DIMENSION_ATTRIBUTES,
    EFFECTS,
    FACIAL_EFFECTS,
    UNSUPPORTED_DIMENSIONS,
    UNSUPPORTED_EFFECTS,
    Level,
    Look,
    Scene,
    Thing,
    drawable,
    truth,
    unsupported,
)
from widespectrum.bonsai.world.effects import (
    colour,
    exposure,
    finish,
    lighting,
    moods,
    optics,
    reduction,
    signal,
    staging,
    structure,
    surroundings,
)
from widespectrum.prompts.template import ADDITIVE as WRITERS_ADDITIVE


def test_both_ways_and_total() -> None:
    assert tuple(DIMENSION_ATTRIBUTES) == FIXED_ORDER
    assert sorted(ATTRIBUTE_DIMENSION) == sorted(ATTRIBUTES)
    for dimension, attributes in DIMENSION_ATTRIBUTES.items():
        assert attributes
        assert all(ATTRIBUTE_DIMENSION[attribute] == dimension for attribute in attributes)
    known = load_dimensions()
    assert set(known) == set(DIMENSION_ATTRIBUTES) | set(UNSUPPORTED_DIMENSIONS)
    assert set(known.enabled) == set(DIMENSION_ATTRIBUTES)


def test_every_known_effect_is_drawn_or_declared_unsupported() -> None:
    known = load_dimensions()
    for key in DIMENSION_ATTRIBUTES:
        for effect in known[key].effects:
            assert (effect.key in ATTRIBUTE_OF) != (effect.key in UNSUPPORTED_EFFECTS), effect.key


def test_the_world_draws_no_effect_that_nobody_knows_and_each_in_its_dimension() -> None:
    known = load_dimensions()
    for effect, attribute in ATTRIBUTE_OF.items():
        assert known.dimension_of(effect).key == ATTRIBUTE_DIMENSION[attribute]
    for effect in UNSUPPORTED_EFFECTS:
        assert known.effect(effect)


def test_facial_effects_are_those_that_need_people() -> None:
    known = load_dimensions()
    needing = {e for e in EFFECTS["emotion"] if known.effect(e).people}
    assert needing == set(FACIAL_EFFECTS)


def test_effects_add_up_where_the_writer_lets_them() -> None:
    assert {ATTRIBUTE_DIMENSION[attribute] for attribute in ADDITIVE} == set(WRITERS_ADDITIVE)


def test_unsupported_lists_everything_that_is_not_drawable() -> None:
    known = load_dimensions()
    kept = drawable(known)
    for key, dimension in known.items():
        for effect in dimension.effects:
            drawn = key in kept and any(e.key == effect.key for e in kept[key].effects)
            assert drawn != (effect.key in unsupported(known))
    assert all(unsupported(known).values())
    assert unsupported(kept) == {}


def test_a_users_dimension_is_unsupported_not_mapped(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'key = "smell"\ntitle = "Smell"\nlow = "Bad."\nneutral = "None."\nhigh = "Good."\n'
        'antonyms = ["fragrant"]\n[[effects]]\nkey = "stench"\nname = "stench"\n'
        'phrases = ["a smell of old fish"]\n'
    )
    known = load_dimensions(file)
    assert "was not taught" in unsupported(known)["stench"]
    assert "smell" not in drawable(known)


def test_every_effect_has_exactly_one_painter_beyond_the_composition() -> None:
    registries = (
        surroundings.PAINTED,
        surroundings.FLOODED,
        staging.BLENDED,
        staging.OVERLAID,
        staging.TILTED,
        moods.EFFECTS,
        reduction.EFFECTS,
        finish.EFFECTS,
        structure.EFFECTS,
        lighting.EFFECTS,
        colour.EFFECTS,
        exposure.EFFECTS,
        optics.EFFECTS,
        signal.EFFECTS,
    )
    painted = [key for registry in registries for key in registry]
    assert len(painted) == len(set(painted))
    elsewhere = {
        *(e for e in FACIAL_EFFECTS if e != "empty-stare"),
        "shadowless",
        "clashing-neon",
        "wrong-colors",
        "cut-out-halo",
        "tiny-subject",
        "cropped-subject",
        "empty-center",
        "accidental-snapshot",
        "many-equals",
        *(e for e in EFFECTS["pairing"] if e != "tilted-horizon"),
    }
    assert set(painted) | elsewhere == set(ATTRIBUTE_OF)
    assert not set(painted) & elsewhere
    assert set(surroundings.FRINGED) <= set(EFFECTS["background"])


def test_truth_of_a_dimension_of_two_attributes() -> None:
    scene = Scene(Thing("cat", "red"), "room")
    assert truth(scene)["clarity"] is Level.NEUTRAL
    assert truth(replace(scene, look=Look(("film-grain",), ("clarity",))))["clarity"] is Level.LOW
    assert truth(replace(scene, look=Look((), ("clarity",))))["clarity"] is Level.HIGH
    assert tuple(truth(scene)) == FIXED_ORDER

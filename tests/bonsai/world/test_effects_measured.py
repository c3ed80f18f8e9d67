"""What every effect and every high end does to a picture, measured, in the right direction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from widespectrum.bonsai.world import (
    ATTRIBUTES,
    EFFECTS,
    FACIAL_EFFECTS,
    Look,
    Scene,
    Thing,
    compose,
    render,
)

Picture = NDArray[np.float64]

SCENES = (
    Scene(Thing("boat", "red"), "sea", seed=3),
    Scene(Thing("cat", "orange"), "room", seed=5),
    Scene(Thing("house", "blue"), "meadow", seed=8),
    Scene(Thing("person", "green"), "beach", seed=12),
    Scene(Thing("tree", "pink"), "snow", seed=1),
)


def luma(x: Picture) -> Picture:
    return x @ np.array([0.299, 0.587, 0.114])


def laplacian(x: Picture) -> Picture:
    y = luma(x)
    return np.abs(4 * y[1:-1, 1:-1] - y[2:, 1:-1] - y[:-2, 1:-1] - y[1:-1, 2:] - y[1:-1, :-2])


def brightness(x: Picture) -> float:
    return float(luma(x).mean())


def sharpness(x: Picture) -> float:
    return float(laplacian(x).mean())


def grain(x: Picture) -> float:
    """How rough it is where nothing is drawn."""
    return float(np.median(laplacian(x)))


def saturation(x: Picture) -> float:
    return float((x.max(axis=2) - x.min(axis=2)).mean())


def contrast(x: Picture) -> float:
    return float(luma(x).std())


def colours(x: Picture) -> float:
    """Distinct colours at four bits a channel."""
    q = (x * 15.99).astype(int)
    return float(len(np.unique(q[..., 0] * 256 + q[..., 1] * 16 + q[..., 2])))


def flatness(x: Picture) -> float:
    """Share of pixels that are almost as their neighbours to the left."""
    return float((np.abs(np.diff(x, axis=1)).max(axis=2) < 0.03).mean())


def stripes(x: Picture) -> float:
    """How much rows differ from rows, beyond how columns differ from columns."""
    y = luma(x)
    return float(np.abs(np.diff(y, axis=0)).mean() - np.abs(np.diff(y, axis=1)).mean())


def greenness(x: Picture) -> float:
    return float((x[..., 1] - (x[..., 0] + x[..., 2]) / 2).mean())


def warmth(x: Picture) -> float:
    return float((x[..., 0] - x[..., 2]).mean())


def white(x: Picture) -> float:
    return float((x.min(axis=2) > 0.93).mean())


def black(x: Picture) -> float:
    return float((x.max(axis=2) < 0.2).mean())


def grey(x: Picture) -> float:
    return float((x.max(axis=2) - x.min(axis=2) < 0.06).mean())


def fringes(x: Picture) -> float:
    """How little the edges of red and blue coincide."""
    red, blue = np.diff(x[..., 0], axis=1).ravel(), np.diff(x[..., 2], axis=1).ravel()
    return float(1 - np.corrcoef(red, blue)[0, 1])


def split(x: Picture) -> float:
    """How much warmer one half is than the other."""
    return abs(warmth(x[:, :28]) - warmth(x[:, 36:]))


def rim_darkness(x: Picture) -> float:
    y = luma(x)
    rim = np.concatenate([y[:8].ravel(), y[-8:].ravel(), y[:, :8].ravel(), y[:, -8:].ravel()])
    return float(y[20:44, 20:44].mean() - rim.mean())


Direction = tuple[Callable[[Picture], float], int]
UP, DOWN = 1, -1

LOW: dict[str, Direction] = {
    "motion-blur": (sharpness, DOWN),
    "missed-focus": (sharpness, DOWN),
    "camera-shake": (sharpness, DOWN),
    "greasy-lens": (sharpness, DOWN),
    "fogged-glass": (contrast, DOWN),
    "upscaled-thumbnail": (sharpness, DOWN),
    "ghosting": (sharpness, DOWN),
    "double-exposure": (contrast, DOWN),
    "film-grain": (grain, UP),
    "sensor-noise": (grain, UP),
    "compression-blocks": (grain, DOWN),
    "pixelation": (flatness, UP),
    "scanlines": (stripes, UP),
    **dict.fromkeys(EFFECTS["brightness"], (brightness, DOWN)),
    "clashing-neon": (saturation, UP),
    "sickly-cast": (greenness, UP),
    "bleeding-saturation": (saturation, UP),
    "mud-mixture": (colours, DOWN),
    "mixed-white-balance": (split, UP),
    "color-banding": (colours, DOWN),
    "faded-colors": (saturation, DOWN),
    "color-fringes": (fringes, UP),
    "blown-highlights": (white, UP),
    "light-leak": (warmth, UP),
    "shadowless": (colours, DOWN),
    "flat-ambient": (contrast, DOWN),
    "cut-paper": (colours, DOWN),
    "scanned-look": (saturation, DOWN),
    "no-highlights": (contrast, DOWN),
    "gray-overcast": (saturation, DOWN),
    "camouflaged-subject": (colours, DOWN),
    "hidden-subject": (stripes, DOWN),
    "bare-canvas": (grey, UP),
    "primitive-shapes": (colours, DOWN),
    "two-tones": (colours, DOWN),
    "abandoned-sketch": (grey, UP),
    "random-scribble": (grey, UP),
    "uniform-texture": (grain, UP),
    "placeholder-fill": (grey, UP),
    "bare-abstraction": (sharpness, DOWN),
    "white-void": (white, UP),
    "flat-fill": (grey, UP),
    "muddy-smear": (brightness, DOWN),
    "trash-clutter": (saturation, DOWN),
    "stained-wall": (saturation, DOWN),
    "blown-out-backdrop": (white, UP),
    "cut-out-halo": (white, UP),
    "background-intruder": (sharpness, UP),
    "scribbled-strokes": (sharpness, UP),
    "jagged-edges": (sharpness, UP),
    "half-rendered": (grey, UP),
    "torn-tiles": (sharpness, UP),
    "shattered-shards": (sharpness, UP),
    "low-polygon": (colours, DOWN),
    "crude-lumps": (sharpness, DOWN),
    "smeared-textures": (contrast, DOWN),
    "melting-forms": (flatness, DOWN),
    "warped-lines": (flatness, DOWN),
    "extra-parts": (sharpness, UP),
    "plastic-surfaces": (saturation, UP),
    "wrong-shadows": (black, UP),
    "loneliness": (brightness, DOWN),
    "abandonment": (saturation, DOWN),
    "decay": (brightness, DOWN),
    "menace": (black, UP),
    "disgust": (greenness, UP),
    "mourning": (black, UP),
    "nightmare": (brightness, DOWN),
    **dict.fromkeys(
        (
            "floating-items",
            "awkward-overlaps",
            "crowded-jumble",
            "unrelated-props",
            "surreal-pairing",
            "wrong-sizes",
            "lopsided-weight",
        ),
        (colours, UP),
    ),
}
"""What each effect does to every one of the scenes. The others are measured below by other means:
where the subject is, what face it has, how far the horizon leans."""

HIGH: dict[str, Direction] = {
    "clarity": (sharpness, UP),
    "grain": (grain, DOWN),
    "brightness": (brightness, UP),
    "harmony": (fringes, DOWN),
    "lighting": (contrast, UP),
    "richness": (sharpness, UP),
    "background": (flatness, DOWN),
    "detail": (sharpness, UP),
    "realism": (colours, UP),
}


@cache
def picture(scene: Scene) -> Picture:
    return render(scene) / 255.0


def differences(look: Look, measure: Callable[[Picture], float]) -> list[float]:
    return [measure(picture(replace(s, look=look))) - measure(picture(s)) for s in SCENES]


@pytest.mark.parametrize("effect", LOW)
def test_effect_moves_its_measure(effect: str) -> None:
    measure, direction = LOW[effect]
    found = differences(Look((effect,)), measure)
    assert all(direction * difference > 0 for difference in found), found


@pytest.mark.parametrize("attribute", HIGH)
def test_high_end_moves_its_measure(attribute: str) -> None:
    measure, direction = HIGH[attribute]
    found = differences(Look((), (attribute,)), measure)
    assert all(direction * difference > 0 for difference in found), found


def test_dark_is_much_darker_by_any_effect() -> None:
    for effect in EFFECTS["brightness"]:
        for scene in SCENES:
            dark = brightness(picture(replace(scene, look=Look((effect,)))))
            assert dark < 0.45 * brightness(picture(scene)), (effect, scene)


@pytest.mark.parametrize("veil", ["fogged-glass", "greasy-lens", "scanlines", "film-grain"])
def test_dark_stays_dark_under_what_would_lighten_it(veil: str) -> None:
    for scene in SCENES:
        both = picture(replace(scene, look=Look(("underexposure", veil))))
        assert brightness(both) < 0.45 * brightness(picture(scene))


@pytest.mark.parametrize("effect", [e for effects in EFFECTS.values() for e in effects])
def test_every_effect_is_visible(effect: str) -> None:
    for scene in SCENES:
        if effect in FACIAL_EFFECTS and not scene.people:
            continue
        changed = np.abs(picture(replace(scene, look=Look((effect,)))) - picture(scene))
        assert changed.mean() > 0.006, scene
        assert (changed.max(axis=2) > 0.1).mean() > 0.02, scene


def test_effects_of_one_attribute_look_different() -> None:
    scene = replace(SCENES[3], framing="portrait")
    for attribute in ATTRIBUTES:
        pictures = [picture(replace(scene, look=Look((effect,)))) for effect in EFFECTS[attribute]]
        for i, first in enumerate(pictures):
            for second in pictures[i + 1 :]:
                assert np.abs(first - second).mean() > 0.01, attribute


@pytest.mark.parametrize("effect", ["tiny-subject", "empty-center", "many-equals"])
def test_the_subject_shrinks(effect: str) -> None:
    for scene in SCENES:
        before = compose(scene).subject
        after = compose(replace(scene, look=Look((effect,)))).subject
        assert after.size < 0.65 * before.size


@pytest.mark.parametrize("effect", ["cropped-subject", "accidental-snapshot"])
def test_the_edge_cuts_the_subject(effect: str) -> None:
    for scene in SCENES:
        left, _, right, bottom = compose(replace(scene, look=Look((effect,)))).subject.box
        assert left < -0.05 or right > 1.05 or bottom > 1.05


def test_wrong_focus_blurs_the_subject_and_not_the_leaves() -> None:
    clean = Look((), ("grain",))
    for scene in SCENES:
        before = picture(replace(scene, look=clean))
        after = picture(replace(scene, look=Look(("wrong-focus",), ("grain",))))
        x, y = (round(64 * part) for part in (compose(scene).subject.x, 0.55))
        middle = np.s_[y - 12 : y - 4, x - 8 : x + 8]
        assert sharpness(after[middle]) < 0.6 * sharpness(before[middle])
        assert sharpness(after[46:]) > 1.5 * sharpness(after[middle])


def test_wrong_colours_change_the_place_and_leave_the_subject() -> None:
    scene = replace(SCENES[2], look=Look((), ("prominence",)))
    before = picture(scene)
    after = picture(replace(scene, look=Look(("wrong-colors",), ("prominence",))))
    assert np.abs(after[2:12] - before[2:12]).mean() > 0.2
    walls = np.s_[42:46, 24:28]
    assert np.abs(after[walls] - before[walls]).mean() < 0.03


def test_missing_parts_show_the_place_behind() -> None:
    scene = replace(SCENES[4], look=Look((), ("prominence",)))
    pink = [
        float(((p[..., 0] - p[..., 1]) > 0.15).mean())
        for p in (
            picture(scene),
            picture(replace(scene, look=Look(("missing-parts",), ("prominence",)))),
        )
    ]
    assert pink[1] < 0.8 * pink[0]


def test_collage_is_made_of_pieces_of_places() -> None:
    for scene in SCENES:
        before, after = picture(scene), picture(replace(scene, look=Look(("collage-backdrop",))))
        assert np.abs(after[:16] - before[:16]).mean() > 0.1


def test_tilted_horizon_leans() -> None:
    scene = replace(SCENES[0], seed=6)
    after = luma(picture(replace(scene, look=Look(("tilted-horizon",)))))
    before = luma(picture(scene))
    drop = np.abs(after[:, 2] - after[:, -3]).mean()
    assert drop > 2 * np.abs(before[:, 2] - before[:, -3]).mean()


def test_large_is_larger() -> None:
    for scene in SCENES:
        large = compose(replace(scene, look=Look((), ("prominence",)))).subject
        assert large.size > 1.3 * compose(scene).subject.size


def test_captions_that_leave_an_attribute_out_mean_an_ordinary_picture() -> None:
    """Neutral pictures of other seeds are nearer to each other than to any dark one."""
    means = [
        brightness(picture(replace(scene, seed=seed))) for scene in SCENES for seed in range(8)
    ]
    assert min(means) > 0.4
    assert np.std(means) < 0.12


def rim(effect: str) -> list[float]:
    return differences(Look((effect,)), rim_darkness)


def test_vignette_darkens_the_rim_most() -> None:
    assert min(rim("heavy-vignette")) > 0.2

"""From a scene to its picture.

Stages, from back to front: the colours, the place, what is done to the surroundings, the things
with their shadows; and then everything that happens to a finished picture, in the order in which it
would: the hand (reduction, finish), reality (structure), what is in the air, light and colour,
exposure, the lens, the film. A later stage never hides an earlier effect altogether. Only the pen
draws large and is averaged down; effects work on the 64 x 64 pixels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from widespectrum.bonsai.world.attributes import Level
from widespectrum.bonsai.world.composition import Composition, compose
from widespectrum.bonsai.world.critique import TOPICS, Stage
from widespectrum.bonsai.world.cutouts import cast_shadow, cut_out, modelled, put
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
    weather,
)
from widespectrum.bonsai.world.finishing import film, polished
from widespectrum.bonsai.world.palette import COLOURS
from widespectrum.bonsai.world.pen import CANVAS, SCALE, Pen
from widespectrum.bonsai.world.places import PLACES, Backdrop
from widespectrum.bonsai.world.raster import Floats, from_image, to_bytes
from widespectrum.bonsai.world.scene import AnyScene, CritiqueScene, Scene
from widespectrum.bonsai.world.tones import palette_for
from widespectrum.bonsai.world.view import Effects, View, apply

VERSION = 2
"""Of the world: counts changes after which the same scene gives another picture or caption."""


def render(scene: AnyScene) -> NDArray[np.uint8]:
    """The picture of a scene.

    Returns:
        ``(64, 64, 3)`` bytes, sRGB. The same scene always gives the same bytes.
    """
    if isinstance(scene, CritiqueScene):
        pixels, view = _critique(scene)
    else:
        pixels, view = _scene(scene)
    return to_bytes(_processed(pixels, view))


def draw(scene: AnyScene) -> Image.Image:
    """The picture of a scene, as an RGB image of 64 x 64 pixels."""
    return Image.fromarray(render(scene))


def _scene(scene: Scene) -> tuple[Floats, View]:
    place, look = PLACES[scene.place], scene.look
    composition = compose(scene)
    palette = palette_for(place.palette, look, COLOURS[scene.subject.colour], scene.dice("tones"))
    backdrop = Backdrop(
        palette,
        composition.horizon,
        decor={Level.LOW: 0, Level.NEUTRAL: 1, Level.HIGH: 2}[look.level("richness")],
        scenic=look.level("background") is Level.HIGH,
        flat=look.shows(*lighting.FLAT, "bare-abstraction", "primitive-shapes"),
    )
    behind = _place(scene, backdrop)
    view = View(scene, palette, composition.horizon, behind)
    view.backdrop = apply(surroundings.FLOODED, behind, view)
    pixels = _things(scene, view, composition)
    pixels = apply(surroundings.FRINGED, pixels, view)
    return pixels, view


def _place(scene: Scene, backdrop: Backdrop) -> Floats:
    """The place itself, or what an effect puts there instead."""
    look = scene.look
    canvas = Image.new("RGB", (CANVAS, CANVAS))
    pen = Pen(ImageDraw.Draw(canvas), 0, 0, CANVAS)
    if not look.shows("white-void", "flat-fill"):
        place = PLACES[scene.place]
        place.paint(pen, backdrop, scene.dice("place"))
        sky = weather.WEATHER.get(look.mood)
        if sky and not place.indoors and not look.shows("blown-out-backdrop"):
            sky(pen, backdrop.horizon, scene.dice("weather"))
        for key, paint in surroundings.PAINTED.items():
            if key in look.effects:
                paint(canvas, pen, backdrop, scene.dice(key))
    return from_image(canvas.reduce(SCALE))


def _things(scene: Scene, view: View, composition: Composition) -> Floats:
    """Everything put in its place, from back to front."""
    look = scene.look
    light = lighting.light_for(look, scene.dice("light").choice((-1, 1)))
    pixels = view.backdrop
    subject = composition.subject
    view.middle = (subject.x, subject.foot - subject.size)
    view.radius = subject.size
    for number, placement in enumerate(composition.placements):
        pixels = cast_shadow(pixels, placement, light, view.palette)
        dice = scene.dice(placement.role if placement.role != "intruder" else f"intruder {number}")
        drawn = cut_out(placement, dice, look.mood, hollow=look.shows("empty-stare"))
        if drawn is None:
            continue
        pixels, mask = put(pixels, modelled(drawn, light))
        view.subject = view.subject * (1 - mask)
        if placement.role == "subject":
            view.subject = mask
        view.things = np.maximum(view.things, mask)
    return pixels


def _critique(scene: CritiqueScene) -> tuple[Floats, View]:
    own = PLACES["room" if scene.topic == "screens" else "meadow"].palette
    palette = palette_for(own, scene.look, own.near, scene.dice("tones"))
    canvas = Image.new("RGB", (CANVAS, CANVAS))
    pen = Pen(ImageDraw.Draw(canvas), 0, 0, CANVAS)
    TOPICS[scene.topic](Stage(pen, palette, scene.elements, scene.look.mood, scene.dice))
    pixels = from_image(canvas.reduce(SCALE))
    return pixels, View(scene, palette, 0.6, pixels)


def _processed(pixels: Floats, view: View) -> Floats:
    """What happens to a finished picture."""
    pixels = _applied(
        pixels,
        view,
        staging.BLENDED,
        reduction.EFFECTS,
        staging.OVERLAID,
        exposure.OUTLINED,
        finish.EFFECTS,
        structure.EFFECTS,
    )
    if isinstance(view.scene, Scene) and view.look.mood in weather.AIR:
        pixels = weather.AIR[view.look.mood](pixels, view, view.dice("air"))
    pixels = _applied(pixels, view, moods.EFFECTS, lighting.EFFECTS, colour.EFFECTS)
    pixels = polished(pixels, view)
    pixels = _applied(
        pixels, view, exposure.EFFECTS, staging.TILTED, optics.EFFECTS, signal.EFFECTS
    )
    return film(pixels, view)


def _applied(pixels: Floats, view: View, *stages: Effects) -> Floats:
    for effects in stages:
        pixels = apply(effects, pixels, view)
    return pixels

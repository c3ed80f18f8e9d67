"""Prompt pairs about the world: what is asked, and the scenes that answer it.

The prompts are those of the ordinary template writer, asked only for what the world can draw; the
scenes are the truth that a chooser, a scorer or a judge can be checked against.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from widespectrum.aesthetics import Dimensions, load_dimensions
from widespectrum.bonsai.language.captions import content
from widespectrum.bonsai.sampling import ORDINARY, Recipe, sample_scenes
from widespectrum.bonsai.splits import Split, held_out_effects
from widespectrum.bonsai.world.dimensions import drawable
from widespectrum.bonsai.world.pairs import ScenePair, scene_pair
from widespectrum.bonsai.world.render import draw
from widespectrum.bonsai.world.scene import AnyScene
from widespectrum.errors import BadInput
from widespectrum.images import encode_png
from widespectrum.prompts import Caption, TemplateWriter, sample_dimensions, write_pairs
from widespectrum.tables import write_bytes, write_frame


@dataclass(frozen=True)
class WorldPairs:
    """Prompt pairs, and their scenes by id."""

    frame: pl.DataFrame
    """One row per pair, as `widespectrum.prompts.write_pairs` makes them."""
    scenes: dict[str, ScenePair]
    """The two scenes of each pair, by its id."""


def world_pairs(
    count: int,
    seed: int = 0,
    *,
    per_prompt: tuple[int, int] = (2, 4),
    split: Split = "test",
    dimensions: Dimensions | None = None,
    recipe: Recipe = ORDINARY,
) -> WorldPairs:
    """Prompt pairs with scenes that show exactly what they ask for.

    Args:
        count: how many pairs.
        seed: the same arguments give the same pairs.
        per_prompt: smallest and largest number of dimensions in a prompt.
        split: of the things, colours and places. In the training split no reserved pair of effects
            is asked for either.
        dimensions: the pool; by default the packaged ones that are enabled.
        recipe: the distribution of the original scenes.

    Raises:
        BadInput: the count is not positive, or the pool is too small.
    """
    if count < 1:
        raise BadInput(f"is {count}", "Ask for at least one pair.", field="count")
    known = drawable(dimensions or load_dimensions())
    pool = [known[key] for key in known.enabled]
    frames: list[pl.DataFrame] = []
    scenes: dict[str, ScenePair] = {}
    attempt = 0
    while len(scenes) < count:
        # Reserved pairs of effects cost the training split some of its pairs; more are drawn.
        wanted = count - len(scenes)
        fresh = f"{seed}.{attempt}" if attempt else f"{seed}"
        asked = sample_dimensions(pool, wanted, per_prompt, _number(seed, attempt))
        scenes_drawn = sample_scenes(wanted, _number(seed, attempt), split=split, recipe=recipe)
        originals = [
            _calmed(scene) if any(d.key == "emotion" for d in dimensions_asked) else scene
            for scene, dimensions_asked in zip(scenes_drawn, asked, strict=True)
        ]
        captions = [
            Caption(f"bonsai-{fresh}-{i:04d}", content(scene, i))
            for i, scene in enumerate(originals)
        ]
        written = write_pairs(captions, asked, TemplateWriter(), seed).frame
        kept = []
        for row in written.iter_rows(named=True):
            if split == "train" and held_out_effects(row["effects"]):
                continue
            original = originals[int(row["id"].rsplit("-", 1)[1])]
            scenes[row["id"]] = scene_pair(original, row["effects"])
            kept.append(row["id"])
        frames.append(written.filter(pl.col("id").is_in(kept)))
        attempt += 1
    return WorldPairs(pl.concat(frames), scenes)


def draw_pairs(folder: Path, count: int, seed: int = 0) -> Path:
    """Draw both pictures of `count` pairs into a folder, and last the table that names them.

    Args:
        folder: what is there of the same pairs is written again, to the same bytes.
        count: how many pairs.
        seed: as for `world_pairs`.

    Returns:
        The path of the table of image pairs.

    Raises:
        BadInput: the count is not positive.
        StorageFailed: the disk refused.
    """
    asked = world_pairs(count, seed)
    names: dict[str, list[str]] = {"original": [], "anti": []}
    for identifier in asked.frame["id"]:
        pair = asked.scenes[identifier]
        for variant, scene in (("original", pair.original), ("anti", pair.anti)):
            name = f"images/{identifier}-{variant}.png"
            write_bytes(encode_png(draw(scene)), folder / name)
            names[variant].append(name)
    frame = asked.frame.with_columns(
        pl.lit("bonsai-world").alias("generator"),
        # The world draws exactly what the anti prompt asks for.
        pl.lit(1, pl.Int64).alias("choice"),
        *(pl.Series(f"image_{variant}", paths) for variant, paths in names.items()),
    )
    table = folder / "pairs.csv"
    write_frame(frame, table)
    return table


def _calmed(scene: AnyScene) -> AnyScene:
    """A caption that says "cheerful" and an effect that denies it would be no prompt at all."""
    return replace(scene, look=replace(scene.look, emotion="calm"))


def _number(seed: int, attempt: int) -> int:
    return seed + 1_000_003 * attempt

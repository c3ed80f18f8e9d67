"""Emotions: the same scene happy, and sad, angry or fearful.

The happy picture takes the place of the original, the other one that of the anti image: under a
prompt that asks for sadness, does a scorer prefer the sad picture or the happy one?
"""

from __future__ import annotations

from typing import Any

from widespectrum.exchange.contents import (
    UNKNOWN_MAKER,
    Contents,
    Picture,
    pair_frame,
    score_rows,
)
from widespectrum.exchange.layouts.layout import Column, Layout, Options, Table
from widespectrum.exchange.layouts.singles import scorer_of
from widespectrum.tables.authors import GENERATORS, first_number

HAPPY = "happy"
EMOTIONS = ("sad", "angry", "fearful")
SLOT = "[emotion]"
_SCORE = "(sad|angry|fearful)_(hpsv2|hpsv3|img_reward|image_reward|blip)(_happy_image)?"


def _read_scenes(table: Table, options: Options) -> Contents:
    """One scene a row: four pictures, and scores of two of them under each of three prompts."""
    prompts = table["prompt"]
    for row, prompt in enumerate(prompts):
        if SLOT not in prompt:
            raise table.sheet.wrong(row, "prompt", f"has no slot {SLOT}", "Mark it in the prompt.")
    rows = [(row, emotion) for row in range(table.height) for emotion in EMOTIONS]
    maker = options.generator or UNKNOWN_MAKER
    pictures, scores = [], []
    for row, emotion in rows:
        pair = f"{row}/{emotion}"
        for variant, word in (("original", HAPPY), ("anti", emotion)):
            where = table.picture(row, f"{word}_image")
            assert where is not None
            pictures.append(Picture(pair, variant, where, maker))
    origins, left = {}, []
    for name, cells in table.several(_SCORE).items():
        emotion, _, rest = name.partition("_")
        happy = rest.endswith("_happy_image")
        short = rest.removesuffix("_happy_image")
        if short == "blip":  # one logit of two: no probability can be made of it
            left.append(name)
            continue
        scorer = scorer_of(short)
        origins[scorer] = f"*_{short}"
        for row, cell in enumerate(cells):
            value = first_number(cell)
            if value is None:
                raise table.sheet.wrong(row, name, "holds no finite score")
            variant = "original" if happy else "anti"
            scores.append((f"{row}/{emotion}", variant, "anti", scorer, value))
    note = (
        f"Not imported: {', '.join(left)} (BLIP's raw match logits, of which no probability can "
        "be made without the other logit)."
    )
    return Contents(
        pairs=_pairs(
            [(row, emotion, prompts[row]) for row, emotion in rows], [options.generator] * len(rows)
        ),
        pictures=tuple(pictures),
        scores=score_rows(scores),
        notes=(note,) if left else (),
        origins=origins,
    )


def _pairs(rows: list[tuple[int, str, str]], generators: list[str | None]) -> Any:
    filled = [(prompt.replace(SLOT, HAPPY), prompt.replace(SLOT, e)) for _, e, prompt in rows]
    return pair_frame(
        {
            "id": [f"{row}/{emotion}" for row, emotion, _ in rows],
            "prompt_original": [happy for happy, _ in filled],
            "prompt_anti": [other for _, other in filled],
            "dimensions": [["emotion"]] * len(rows),
            "generator": generators,
            "cluster": [" ".join(prompt.split()) for _, _, prompt in rows],
            "prompt": [f"{row}/{emotion}" for row, emotion, _ in rows],
            "repeat": [0] * len(rows),
            "emotion": [emotion for _, emotion, _ in rows],
        }
    )


def _read_pictures(table: Table, options: Options) -> Contents:
    """One picture a row: every prompt in four emotions, one after the other."""
    prompts, emotions, models = table["prompt"], table["emotion"], table["model"]
    known = {HAPPY, *EMOTIONS}
    rows, pictures, generators = [], [], []
    scene: dict[str, int] = {}
    placed: list[dict[str, int]] = []
    for row, emotion in enumerate(emotions):
        if emotion not in known:
            raise table.sheet.wrong(
                row, "emotion", f"is {emotion!r}", f"Use one of {', '.join(sorted(known))}."
            )
        if not scene or emotion in scene:  # the next scene begins where an emotion comes again
            scene = {}
            placed.append(scene)
        scene[emotion] = row
    for number, scene in enumerate(placed):
        if HAPPY not in scene:
            first = min(scene.values())
            raise table.sheet.wrong(
                first,
                "emotion",
                "begins a scene that has no happy picture",
                "Keep all four emotions of a prompt together.",
            )
        happy = scene[HAPPY]
        for emotion in (e for e in EMOTIONS if e in scene):
            pair, row = f"{number}/{emotion}", scene[emotion]
            maker = options.generator or GENERATORS.ours(models[row])
            rows.append((pair, happy, row, emotion))
            generators.append(maker)
            for variant, at in (("original", happy), ("anti", row)):
                where = table.picture(at, "image")
                assert where is not None
                pictures.append(Picture(pair, variant, where, maker))
    return Contents(
        pairs=pair_frame(
            {
                "id": [pair for pair, *_ in rows],
                "prompt_original": [prompts[happy] for _, happy, _, _ in rows],
                "prompt_anti": [prompts[row] for _, _, row, _ in rows],
                "dimensions": [["emotion"]] * len(rows),
                "generator": generators,
                "cluster": [pair.partition("/")[0] for pair, *_ in rows],
                "prompt": [pair for pair, *_ in rows],
                "repeat": [0] * len(rows),
                "emotion": [emotion for *_, emotion in rows],
            }
        ),
        pictures=tuple(pictures),
    )


SCENES = Layout(
    name="emotion_bias_dataset",
    title="scenes in four emotions, with scores under each prompt",
    columns=(
        *(Column(f"{word}_image", "picture", required=True) for word in (HAPPY, *EMOTIONS)),
        Column("prompt", required=True),
        Column(_SCORE, "any", pattern=True),
    ),
    read=_read_scenes,
)

EMOTIONAL = Layout(
    name="ass_emotion",
    title="pictures of prompts in four emotions",
    columns=(
        Column("image", "picture", required=True),
        Column("emotion", required=True),
        Column("prompt", required=True),
        Column("model", required=True),
    ),
    read=_read_pictures,
)

"""Pictures of many scenes, by several processes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from widespectrum.bonsai.world.pen import SIZE
from widespectrum.bonsai.world.render import render
from widespectrum.bonsai.world.scene import AnyScene
from widespectrum.bonsai.world.scene_json import scene_from_json, scene_to_json
from widespectrum.errors import BadInput

_SHARE = 256
"""Scenes that a process draws at a time."""


def render_many(scenes: Sequence[AnyScene], workers: int = 1) -> NDArray[np.uint8]:
    """The pictures of all scenes, in their order, ``(n, 64, 64, 3)``.

    Args:
        scenes: what to draw.
        workers: processes; 1 draws in this one. The result does not depend on it.

    Raises:
        BadInput: no worker.
    """
    if workers < 1:
        raise BadInput(f"is {workers}", "Use one process or more.", field="workers")
    pictures = np.empty((len(scenes), SIZE, SIZE, 3), dtype=np.uint8)
    if workers == 1 or len(scenes) <= _SHARE:
        for number, scene in enumerate(scenes):
            pictures[number] = render(scene)
        return pictures
    shares = [scenes[start : start + _SHARE] for start in range(0, len(scenes), _SHARE)]
    texts = (json.dumps([scene_to_json(scene) for scene in share]) for share in shares)
    # A process that is started fresh, not forked, is safe whatever threads this one has.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for number, drawn in enumerate(pool.map(_drawn, texts)):
            flat = np.frombuffer(drawn, dtype=np.uint8)
            start = number * _SHARE
            pictures[start : start + _SHARE] = flat.reshape(-1, SIZE, SIZE, 3)
    return pictures


def _drawn(text: str) -> bytes:
    scenes = [scene_from_json(document) for document in json.loads(text)]
    return b"".join(render(scene).tobytes() for scene in scenes)

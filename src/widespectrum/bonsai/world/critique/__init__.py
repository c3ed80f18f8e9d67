"""Scenes of social critique: what each topic shows, with its critical elements and without."""

from __future__ import annotations

from collections.abc import Callable

from widespectrum.bonsai.world.critique.land import inequality, pollution, war
from widespectrum.bonsai.world.critique.stage import Stage
from widespectrum.bonsai.world.critique.voice import censorship, screens

__all__ = ["TOPICS", "Stage"]

TOPICS: dict[str, Callable[[Stage], None]] = {
    "pollution": pollution,
    "war": war,
    "inequality": inequality,
    "censorship": censorship,
    "screens": screens,
}
"""How each topic is drawn."""

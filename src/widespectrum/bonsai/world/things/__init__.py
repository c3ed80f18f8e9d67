"""The things that scenes are made of: how each is drawn, and what belongs with it."""

from widespectrum.bonsai.world.things.kinds import KINDS, Kind

__all__ = ["KINDS", "Kind"]

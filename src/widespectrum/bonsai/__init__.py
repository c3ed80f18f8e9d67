"""Bonsai, the miniature family: a world small enough to hold in the hand, and models of it."""

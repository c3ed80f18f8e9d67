"""Bonsai's world."""

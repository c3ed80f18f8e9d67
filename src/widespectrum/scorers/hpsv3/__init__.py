"""Rewards on a Qwen-VL: `HPSv3` and its successor `HPSv3PlusPlus`.

A picture and the instruction are read once, and every prompt behind them. What the reward is told
before it sees a prompt is a setting (`instructions`). No torch at import.
"""

from widespectrum.scorers.hpsv3.hpsv3 import HPSv3
from widespectrum.scorers.hpsv3.instructions import SHARED, Instruction, read_instruction
from widespectrum.scorers.hpsv3.plusplus import HPSv3PlusPlus

__all__ = ["SHARED", "HPSv3", "HPSv3PlusPlus", "Instruction", "read_instruction"]

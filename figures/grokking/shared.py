"""What the figures of grokking are made with: runs without chance, drawn as points on the theory's lines."""

from figures.curve import Curve, draw, farthest, figure, panels, run

__all__ = ["Curve", "draw", "farthest", "figure", "panels", "run"]

"""Where the proofs compare numbers."""

from __future__ import annotations

RACES: list[dict[str, float]] = [
    {"misalignment_start": 1.0, "honesty_start": 0.7, "misalignment_ease": 1.0, "honesty_ease": 1.3,
     "misalignment_noise": 0.1, "honesty_noise": 0.3},
    {"misalignment_start": 0.4, "honesty_start": 0.9, "misalignment_ease": 0.2, "honesty_ease": 2.5,
     "misalignment_noise": 0.05, "honesty_noise": 0.02},
]  # fmt: skip
LEARNED: list[dict[str, float]] = [
    {"distance": 1.5, "honesty": 0.8, "pull": 0.7, "goal_ease": 1.0, "honesty_ease": 1.4},
    {"distance": 2.0, "honesty": 0.3, "pull": 2.0, "goal_ease": 0.5, "honesty_ease": 0.3},
]
GATED: list[dict[str, float]] = [
    {"skill": 0.4, "distance": 1.2, "threshold": 1.0, "width": 0.3, "goal_ease": 0.7, "skill_ease": 1.5},
    {"skill": 2.0, "distance": 0.1, "threshold": 0.5, "width": 0.6, "goal_ease": 2.0, "skill_ease": 0.4},
]
GROWN: list[dict[str, float]] = [
    {"width": 0.2, "growth": 0.7, "threshold": 1.0, "initial_capability": 0.1, "time": 1.9},
    {"width": 0.5, "growth": 0.1, "threshold": 0.2, "initial_capability": 0.0, "time": 30.0},
]
SELECTED: list[dict[str, float]] = [
    {"pull": 1.3, "capability": 0.4, "threshold": 1.0, "width": 0.3, "distance": 0.8, "effort": 0.6},
    {"pull": 0.5, "capability": 2.0, "threshold": 1.0, "width": 0.2, "distance": 1.5, "effort": 1.0},
]

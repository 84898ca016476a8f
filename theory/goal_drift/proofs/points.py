"""Where the proofs compare numbers."""

from __future__ import annotations

GATE_POINTS: list[dict[str, float]] = [
    {"pull": 1.3, "width": 0.2, "growth": 0.7, "threshold": 1.1, "initial_capability": 0.1, "time": 2.0},
    {"pull": 0.4, "width": 0.05, "growth": 0.02, "threshold": -0.3, "initial_capability": 0.2, "time": 9.0},
    {"pull": 2.0, "width": 1.5, "growth": 3.0, "threshold": 2.0, "initial_capability": -1.0, "time": 0.3},
]
SHUT_POINTS: list[dict[str, float]] = [
    {"weight_decay": 0.7, "noise": 0.3, "time": 2.0, "lag": 0.5, "start_norm": 1.2, "dim": 5},
    {"weight_decay": 0.01, "noise": 1.3, "time": 0.2, "lag": 3.0, "start_norm": 0.1, "dim": 200},
]
COSINE_POINTS: list[dict[str, float]] = [
    {"mean_norm": 1.0, "variance": 0.5, "dim": 2}, {"mean_norm": 0.3, "variance": 2.0, "dim": 3},
    {"mean_norm": 4.0, "variance": 0.1, "dim": 16}, {"mean_norm": 2.0, "variance": 0.01, "dim": 400},
]  # fmt: skip

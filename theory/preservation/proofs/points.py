"""Where the proofs compare numbers."""

from __future__ import annotations

from typing import Any

WINDOW_POINTS: list[dict[str, Any]] = [
    {"pull": 1.0, "max_awareness": 0.9, "width": 0.1, "growth": 0.5, "threshold": 1.0, "initial_capability": 0.0,
     "hacking_threshold": 3.0, "hold": 1.0, "weight_decay": 0.05, "noise": 0.3, "time": 10.0},
    {"pull": 3.0, "max_awareness": 1.0, "width": 0.02, "growth": 2.0, "threshold": 1.0, "initial_capability": 0.0,
     "hacking_threshold": 3.0, "hold": 8.0, "weight_decay": 0.0, "noise": 0.3, "time": 10.0},
    {"pull": 5.0, "max_awareness": 0.5, "width": 0.02, "growth": 0.1, "threshold": 1.0, "initial_capability": 0.0,
     "hacking_threshold": 0.5, "hold": 20.0, "weight_decay": 1.0, "noise": 0.3, "time": 100.0},
    {"pull": 0.1, "max_awareness": 1.0, "width": 0.5, "growth": 0.2, "threshold": 1.0, "initial_capability": 2.0,
     "hacking_threshold": 3.0, "hold": 8.0, "weight_decay": 0.0, "noise": 0.3, "time": 30.0},
]  # fmt: skip
LAPSING_POINTS: list[dict[str, Any]] = [
    {"hold": 1.0, "ease": 1.0, "cost": 0.3, "noise": 0.5, "time": 4.0},
    {"hold": 20.0, "ease": 0.1, "cost": 0.2, "noise": 1.5, "time": 300.0},
    {"hold": 0.1, "ease": 3.0, "cost": 1.0, "noise": 0.2, "time": 0.3},
]
OUTSIDE_POINTS: list[dict[str, Any]] = [
    {"hold": 1.3, "weight_decay": 0.2, "noise": 0.4, "memory_norm": 1.7, "dim": 8, "tolerance": 0.3, "rate": 0.7,
     "hazard": 0.7, "read_noise": 0.2, "remembered_strength": 1.4},
    {"hold": 0.01, "weight_decay": 1.5, "noise": 2.0, "memory_norm": 0.1, "dim": 200, "tolerance": 5.0, "rate": 9.0,
     "hazard": 9.0, "read_noise": 1.5, "remembered_strength": 0.2},
]  # fmt: skip
INSIDE_POINTS: list[dict[str, Any]] = [
    {"hold": 1.0, "tracking": 0.5, "weight_decay": 0.2, "noise": 0.5, "memory_noise": 0.3, "time": 3.0},
    {"hold": 0.2, "tracking": 4.0, "weight_decay": 0.01, "noise": 0.1, "memory_noise": 1.3, "time": 40.0},
    {"hold": 6.0, "tracking": 0.05, "weight_decay": 2.0, "noise": 1.0, "memory_noise": 0.0, "time": 0.2},
]

"""Where the proofs compare numbers."""

from __future__ import annotations

WAITING: list[dict[str, float]] = [
    {"memorizing_share": 0.99, "memorizing_efficiency": 1.0, "generalizing_efficiency": 1.5, "weight_decay": 0.01},
    {"memorizing_share": 0.6, "memorizing_efficiency": 0.7, "generalizing_efficiency": 4.0, "weight_decay": 0.1},
    {
        "memorizing_share": 1.0 - 1e-9,
        "memorizing_efficiency": 2.0,
        "generalizing_efficiency": 2.1,
        "weight_decay": 1e-4,
    },
]
SIZES: list[dict[str, float]] = [
    {"memorizing_efficiency": 1.0, "generalizing_efficiency": 1.5, "reference_size": 1000.0, "exponent": 0.5},
    {"memorizing_efficiency": 3.0, "generalizing_efficiency": 0.7, "reference_size": 40.0, "exponent": 2.0},
]
STARTS: list[dict[str, float]] = [
    {"memorizing_start": 0.1, "generalizing_start": 0.001, "memorizing_efficiency": 1.0,
     "generalizing_efficiency": 1.5, "depth": 2.0},
    {"memorizing_start": 0.5, "generalizing_start": 0.3, "memorizing_efficiency": 0.8,
     "generalizing_efficiency": 2.0, "depth": 3.5},
]  # fmt: skip
MODES: list[dict[str, float]] = [
    {"strength": 1.0, "time_constant": 1.0, "start": 1e-3, "time": 3.4534},
    {"strength": 0.3, "time_constant": 5.0, "start": 0.01, "time": 0.2},
]
RUNS: list[dict[str, float]] = [
    {"memorizing_start": 0.1, "generalizing_start": 0.02, "memorizing_efficiency": 1.0,
     "generalizing_efficiency": 1.6, "weight_decay": 0.05, "depth": depth, "time": 30.0}
    for depth in (1.0, 1.5, 2.0, 3.0, 6.0)
]  # fmt: skip

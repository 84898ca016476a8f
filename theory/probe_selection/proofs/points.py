"""Where the proofs compare numbers."""

from __future__ import annotations

STARTS: list[dict[str, float]] = [
    {"strength": 1.0, "angle": 0.5, "ratio": 0.3},
    {"strength": 2.5, "angle": 1.4, "ratio": 40.0},
    {"strength": 0.7, "angle": 0.2, "ratio": 2.0},
]
PUNISHED: list[dict[str, float]] = [
    {"strength": 1.0, "angle": 0.5, "ratio": 0.3, "turned": 2.9},
    {"strength": 2.0, "angle": 1.2, "ratio": 3.0, "turned": 1.7},
]
FEATURES: list[dict[str, float]] = [
    {"angle": 0.4, "dim": 2.0, "noise": 0.3, "time": 2.0},
    {"angle": 2.0, "dim": 1000.0, "noise": 0.05, "time": 0.7},
]
PROBES: list[dict[str, float]] = [
    {"strength": 1.0, "angle": 0.5, "readout_noise": 0.5, "ratio": 0.3},
    {"strength": 3.0, "angle": 1.3, "readout_noise": 1.7, "ratio": 99.0},
]

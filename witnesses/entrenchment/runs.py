"""The runs that test who wins in deep diagonal networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from witnesses import outcome
from witnesses.entrenchment.training import Setting, train
from witnesses.registration import Registration
from witnesses.witness import Tables


def settings(registration: Registration) -> list[Setting]:
    """Return the setting of each block of runs: a depth and a noise on the features each."""
    said = registration.settings
    fixed = {
        name: said[name]
        for name in ("weight_decay", "learning_rate", "batch", "examples", "label_noise", "imbalance", "age")
    }
    h = said["efficiency"]
    return [Setting(int(depth), noise, (h[0], h[1]), **fixed) for depth, noise in said["blocks"]]


def run(registration: Registration, seeds: Sequence[int]) -> Tables:
    """Return the tables "runs", a row a run, and "courses", the simple feature's share at the largest head start."""
    heads = registration.settings["head_starts"]
    runs: dict[str, list[Any]] = {}
    courses: dict[str, list[Any]] = {}
    for setting in settings(registration):
        course = train(setting, heads, seeds)
        for row, seed in enumerate(seeds):
            for column, head in enumerate(heads):
                simple = course["simple"][:, row, column]
                outcome.append(runs, depth=setting.depth, noise=setting.feature_noise, head_start=head, seed=seed,
                        simple=float(simple[-1]), distracted=float(course["distracted"][-1, row, column]),
                        handover=_reached(course["time"], simple))  # fmt: skip
            for time, share in zip(course["time"][::3], course["simple"][::3, row, -1], strict=True):
                outcome.append(courses, depth=setting.depth, noise=setting.feature_noise, seed=seed, time=float(time),
                        simple=float(share))  # fmt: skip
    return {"runs": runs, "courses": courses}


def _reached(time: Any, share: Any) -> float:
    """Return when a share first passes one half, between two looks by a straight line; NaN if it never does."""
    after = np.flatnonzero(share >= 0.5)
    if after.size == 0:
        return float("nan")
    place = max(int(after[0]), 1)
    return float(np.interp(0.5, share[place - 1 : place + 1], time[place - 1 : place + 1]))

"""The runs that test the registered predictions of the network that groks, and a summary of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from witnesses import outcome
from witnesses.grokking.anatomy import anatomy
from witnesses.grokking.early import fit
from witnesses.grokking.predictions import LATER_SHARE, jump
from witnesses.grokking.training import COLUMNS, Setting, crossing, train
from witnesses.registration import Registration
from witnesses.witness import Tables

KEPT, COURSES = 60, 8  # looks of a course that are stored, and of how many seeds


def settings(registration: Registration) -> list[Setting]:
    """Return the settings of a registration, those that it names, or the base at every decay and every other size."""
    said = registration.settings
    fixed = {name: said[name] for name in ("width", "learning_rate")}
    if "runs" in said:
        return [Setting(**one, **fixed) for one in said["runs"]]
    fixed |= {name: said[name] for name in ("bits", "patience")}
    by_decay = [Setting(size=said["size"], weight_decay=decay, **fixed) for decay in said["decays"]]
    others = [size for size in said["sizes"] if size != said["size"]]
    return by_decay + [Setting(size=size, weight_decay=said["weight_decay"], **fixed) for size in others]


def run(registration: Registration, seeds: Sequence[int]) -> Tables:
    """Return the tables "runs", a row a run, and "courses", some looks at the runs of the first seeds."""
    runs: dict[str, list[float]] = {}
    courses: dict[str, list[float]] = {}
    for setting in settings(registration):
        for seed in seeds:
            made = train(setting, seed)
            place = {"bits": setting.bits, "size": setting.size, "weight_decay": setting.weight_decay, "seed": seed}
            outcome.append(runs, **place, **summary(setting, made.course), **anatomy(made))
            for look in _kept(made.course["time"].size) if seed in seeds[:COURSES] else ():
                outcome.append(courses, **place, **{name: float(made.course[name][look]) for name in COLUMNS})
    return {"runs": runs, "courses": courses}


def summary(setting: Setting, course: Mapping[str, Any]) -> dict[str, float]:
    """Return what is measured of one run.

    jump, later: when half, and ``LATER_SHARE``, of the training margin carries over; accuracy_half_way: when three
    quarters of fresh examples are right; own: the law's jump from the early phase of the same run; memorized: share of
    the margin that does not carry over in the end; gain: margin per square of the weights in the end, over that at half
    a decay time. NaN for what did not happen.
    """
    law = fit(course, setting.weight_decay)
    efficiency = course["train_margin"] / course["squared_weights"]
    begun = int(np.searchsorted(course["time"], 0.5 / setting.weight_decay))
    return {
        "jump": crossing(course, 0.5),
        "later": crossing(course, LATER_SHARE),
        "accuracy_half_way": crossing(course, 0.75, "test_accuracy"),
        "own": jump(law, setting.weight_decay) if law is not None else float("nan"),
        "memorized": float(1.0 - course["test_margin"][-1] / course["train_margin"][-1]),
        "gain": float(efficiency[-1] / efficiency[begun]),
    }


def _kept(count: int) -> Iterator[int]:
    return iter(sorted(set(np.linspace(0, count - 1, min(count, KEPT)).round().astype(int).tolist())))

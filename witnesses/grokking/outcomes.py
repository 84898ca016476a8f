"""The runs that test the registered predictions, and what is measured of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from witnesses import outcome
from witnesses.grokking.early import fit
from witnesses.grokking.predictions import LATER_SHARE, jump
from witnesses.grokking.training import COLUMNS, Setting, crossing, train
from witnesses.registration import Registration
from witnesses.witness import Found, Tables

BOOTSTRAPS = 2000
KEPT = 60  # looks of a course that are stored


def settings(registration: Registration) -> list[Setting]:
    """Return the settings of a registration: the base at every decay, and every other size at the base's decay."""
    said = registration.settings
    fixed = {name: said[name] for name in ("bits", "width", "learning_rate", "patience")}
    by_decay = [Setting(size=said["size"], weight_decay=decay, **fixed) for decay in said["decays"]]
    others = [size for size in said["sizes"] if size != said["size"]]
    return by_decay + [Setting(size=size, weight_decay=said["weight_decay"], **fixed) for size in others]


def run(registration: Registration, seeds: Sequence[int]) -> Tables:
    """Return the tables "runs", a row a run, and "courses", some looks at each of them."""
    runs: dict[str, list[float]] = {}
    courses: dict[str, list[float]] = {}
    for setting in settings(registration):
        for seed in seeds:
            course = train(setting, seed)
            _append(runs, {"size": setting.size, "weight_decay": setting.weight_decay, "seed": seed,
                           **summary(setting, course)})  # fmt: skip
            for place in _kept(course["time"].size):
                _append(courses, {"size": setting.size, "weight_decay": setting.weight_decay, "seed": seed,
                                  **{name: float(course[name][place]) for name in COLUMNS}})  # fmt: skip
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


def judge(registration: Registration, tables: Tables) -> Found:
    """Return per forecast what came out of the runs, with its standard error."""
    said = registration.settings
    runs = {name: np.asarray(column) for name, column in tables["runs"].items()}
    base = (runs["size"] == said["size"]) & (runs["weight_decay"] == said["weight_decay"])
    slow = runs["weight_decay"] == said["weight_decay"]
    found: dict[str, tuple[float, float]] = {}
    for decay in said["decays"]:
        found[f"jump_time.decay_{decay:g}"] = median(
            runs["jump"][(runs["size"] == said["size"]) & (runs["weight_decay"] == decay)]
        )
    for size in (80, 100, 160):
        found[f"jump_time.size_{size}"] = median(runs["jump"][slow & (runs["size"] == size)])
    known = np.isfinite(runs["jump"]) & np.isfinite(runs["own"])
    return {
        **found,
        "decay_exponent": outcome.mean(_slopes(runs, said["size"])),
        "critical_size": _half_size({name: column[slow] for name, column in runs.items()}),
        "jumped.size_50": outcome.mean(np.isfinite(runs["jump"][slow & (runs["size"] == 50)])),
        "cleanup_time": median((runs["later"] - runs["jump"])[base]),
        "memorized_in_the_end": outcome.mean(runs["memorized"][base]),
        "efficiency_gain": median(runs["gain"][base]),
        "own_early_phase": median((runs["jump"] / runs["own"])[base & np.isfinite(runs["own"])]),
        "own_order": bootstrap(np.array([runs["own"], runs["jump"]])[:, known], _rank_correlation),
    }


def median(times: Any) -> tuple[float, float]:
    """Return the median of times, NaN standing for never, and its standard error; both NaN where most never come."""
    late = np.where(np.isnan(times), np.inf, times)
    with np.errstate(invalid="ignore"):
        middle, error = bootstrap(late[np.newaxis], lambda sample: float(np.median(sample[0])))
    return (middle, error) if np.isfinite(middle) else (float("nan"), float("nan"))


def bootstrap(values: Any, statistic: Any) -> tuple[float, float]:
    """Return a statistic of columns of values, and its standard error from resampled columns, by a fixed seed.

    Resamples of which the statistic is not finite are left out.
    """
    generator = np.random.default_rng(0)
    count = values.shape[1]
    drawn = [statistic(values[:, generator.integers(0, count, count)]) for _ in range(BOOTSTRAPS)]
    finite = np.array([one for one in drawn if np.isfinite(one)])
    return float(statistic(values)), float(finite.std()) if finite.size else float("nan")


def _append(table: dict[str, list[float]], row: Mapping[str, float]) -> None:
    for name, value in row.items():
        table.setdefault(name, []).append(value)


def _kept(count: int) -> Iterator[int]:
    return iter(sorted(set(np.linspace(0, count - 1, min(count, KEPT)).round().astype(int).tolist())))


def _slopes(runs: Mapping[str, Any], size: int) -> list[float]:
    """Return the slope of ln jump in ln weight decay of each seed that jumped at every decay."""
    found = []
    for seed in np.unique(runs["seed"]):
        mine = (runs["seed"] == seed) & (runs["size"] == size)
        if np.all(np.isfinite(runs["jump"][mine])):
            found.append(float(np.polyfit(np.log(runs["weight_decay"][mine]), np.log(runs["jump"][mine]), 1)[0]))
    return found


def _half_size(runs: Mapping[str, Any]) -> tuple[float, float]:
    """Return the size at which half of the runs jump, by straight lines in ln size, and its error by resampling seeds.

    It is bounded by the sizes that were run.
    """
    sizes, seeds = np.unique(runs["size"]), np.unique(runs["seed"])
    jumped = np.array([
        [np.isfinite(runs["jump"][(runs["size"] == size) & (runs["seed"] == seed)][0]) for seed in seeds]
        for size in sizes
    ], dtype=float)  # fmt: skip

    def half(sample: Any) -> float:
        shares = np.maximum.accumulate(sample.mean(axis=1)) + 1e-9 * np.arange(sizes.size)
        return float(np.exp(np.interp(0.5, shares, np.log(sizes))))

    return bootstrap(jumped, half)


def _rank_correlation(pairs: Any) -> float:
    ranks = pairs.argsort(axis=1).argsort(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.corrcoef(ranks)[0, 1])

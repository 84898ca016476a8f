"""The runs that test the registered predictions, and what is measured of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from witnesses import outcome
from witnesses.grokking.anatomy import anatomy
from witnesses.grokking.early import fit
from witnesses.grokking.predictions import LATER_SHARE, jump
from witnesses.grokking.training import COLUMNS, Setting, crossing, train
from witnesses.registration import Registration
from witnesses.witness import Found, Tables

BOOTSTRAPS = 2000
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
            _append(runs, {**place, **summary(setting, made.course), **anatomy(made)})
            for look in _kept(made.course["time"].size) if seed in seeds[:COURSES] else ():
                _append(courses, {**place, **{name: float(made.course[name][look]) for name in COLUMNS}})
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
    runs = {name: np.asarray(column) for name, column in tables["runs"].items()}
    found = {}
    for one in registration.forecasts:
        family, _, place = one.name.partition(".")
        found[one.name] = _MEASURED[family](runs, registration.settings, place)
    return found


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


def _chosen(runs: Mapping[str, Any], said: Mapping[str, Any], place: str = "") -> Any:
    """Return which runs are the base, but for what a place names: "decay_0.02", "size_80", "bits_20"."""
    wanted = {"size": said["size"], "weight_decay": said["weight_decay"]}
    name, _, value = place.partition("_")
    if name in ("size", "decay"):
        wanted["weight_decay" if name == "decay" else name] = float(value)
    if name == "bits":
        wanted = {"bits": float(value)}
    elif "bits" in runs:
        wanted["bits"] = said["bits"]
    return np.all([runs[column] == value for column, value in wanted.items()], axis=0)


def _jump_time(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return median(runs["jump"][_chosen(runs, said, place)])


def _decay_exponent(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return outcome.mean(_slopes(runs, said["size"]))


def _critical_size(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    slow = runs["weight_decay"] == said["weight_decay"]
    return _half_size({name: column[slow] for name, column in runs.items()})


def _jumped(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return outcome.mean(np.isfinite(runs["jump"][_chosen(runs, said, place)]))


def _cleanup_time(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return median((runs["later"] - runs["jump"])[_chosen(runs, said, place)])


def _own_early_phase(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return median((runs["jump"] / runs["own"])[_chosen(runs, said, place) & np.isfinite(runs["own"])])


def _own_order(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    known = np.isfinite(runs["jump"]) & np.isfinite(runs["own"])
    return bootstrap(np.array([runs["own"], runs["jump"]])[:, known], _rank_correlation)


def _mean_of(column: str) -> Callable[[Mapping[str, Any], Mapping[str, Any], str], tuple[float, float]]:
    return lambda runs, said, place: outcome.mean(runs[column][_chosen(runs, said, place)])


_MEASURED = {
    "jump_time": _jump_time,
    "decay_exponent": _decay_exponent,
    "critical_size": _critical_size,
    "jumped": _jumped,
    "cleanup_time": _cleanup_time,
    "memorized_in_the_end": _mean_of("memorized"),
    "efficiency_gain": lambda runs, said, place: median(runs["gain"][_chosen(runs, said, place)]),
    "own_early_phase": _own_early_phase,
    "own_order": _own_order,
    "generalizing_strength": _mean_of("generalizing_strength"),
    "memorized_when_cut": _mean_of("memorized_when_cut"),
    "tilt_gain": _mean_of("tilt_gain"),
}


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

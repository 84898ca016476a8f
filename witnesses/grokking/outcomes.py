"""What the runs of the network that groks came to, forecast by forecast."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from witnesses import outcome
from witnesses.outcome import Measure, Runs
from witnesses.registration import Registration
from witnesses.witness import Found, Tables

BOOTSTRAPS = 2000


def judge(registration: Registration, tables: Tables) -> Found:
    """Return per forecast what came out of the runs, with its standard error."""
    return outcome.found_by_family(_MEASURES, registration, tables["runs"])


def median(times: Any) -> tuple[float, float]:
    """Return the median of times, NaN standing for never, and its standard error; both NaN where most never come."""
    late = np.where(np.isnan(times), np.inf, times)
    with np.errstate(invalid="ignore"):
        middle, error = bootstrap(late[np.newaxis], lambda samples: np.median(samples[0], axis=-1))
    return (middle, error) if np.isfinite(middle) else (float("nan"), float("nan"))


def bootstrap(values: Any, statistic: Callable[[Any], Any]) -> tuple[float, float]:
    """Return a statistic of columns of values, and its standard error from resampled columns, by a fixed seed.

    Parameters
    ----------
    values
        Shape (rows, columns).
    statistic
        From samples, shape (rows, samples, columns), one number a sample; those that are not finite are left out.
    """
    count = values.shape[1]
    drawn = statistic(values[:, np.random.default_rng(0).integers(0, count, (BOOTSTRAPS, count))])
    finite = drawn[np.isfinite(drawn)]
    error = float(finite.std()) if finite.size else float("nan")
    return float(statistic(values[:, np.newaxis])[0]), error


def _chosen(runs: Runs, said: Mapping[str, Any], place: str = "") -> Any:
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


def _jump_time(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return median(runs["jump"][_chosen(runs, said, place)])


def _decay_exponent(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return outcome.mean(_slopes(runs, said["size"]))


def _critical_size(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    slow = runs["weight_decay"] == said["weight_decay"]
    return _half_size({name: column[slow] for name, column in runs.items()})


def _jumped(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return outcome.mean(np.isfinite(runs["jump"][_chosen(runs, said, place)]))


def _cleanup_time(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return median((runs["later"] - runs["jump"])[_chosen(runs, said, place)])


def _own_early_phase(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return median((runs["jump"] / runs["own"])[_chosen(runs, said, place) & np.isfinite(runs["own"])])


def _own_order(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    known = np.isfinite(runs["jump"]) & np.isfinite(runs["own"])
    return bootstrap(np.array([runs["own"], runs["jump"]])[:, known], _rank_correlation)


def _mean_of(column: str) -> Measure:
    return lambda runs, said, place: outcome.mean(runs[column][_chosen(runs, said, place)])


_MEASURES = {
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


def _slopes(runs: Runs, size: int) -> list[float]:
    """Return the slope of ln jump in ln weight decay of each seed that jumped at every decay."""
    found = []
    for seed in np.unique(runs["seed"]):
        mine = (runs["seed"] == seed) & (runs["size"] == size)
        if np.all(np.isfinite(runs["jump"][mine])):
            found.append(float(np.polyfit(np.log(runs["weight_decay"][mine]), np.log(runs["jump"][mine]), 1)[0]))
    return found


def _half_size(runs: Runs) -> tuple[float, float]:
    """Return the size at which half of the runs jump, by straight lines in ln size, and its error by resampling seeds.

    It is bounded by the sizes that were run.
    """
    sizes, seeds = np.unique(runs["size"]), np.unique(runs["seed"])
    jumped = np.array([
        [np.isfinite(runs["jump"][(runs["size"] == size) & (runs["seed"] == seed)][0]) for seed in seeds]
        for size in sizes
    ], dtype=float)  # fmt: skip

    def half(samples: Any) -> Any:
        shares = np.maximum.accumulate(samples.mean(axis=-1), axis=0) + 1e-9 * np.arange(sizes.size)[:, np.newaxis]
        return np.exp([np.interp(0.5, share, np.log(sizes)) for share in shares.T])

    return bootstrap(jumped, half)


def _rank_correlation(pairs: Any) -> Any:
    """Return the correlation of ranks of pairs, shape (2, samples, pairs)."""
    ranks = pairs.argsort(axis=-1).argsort(axis=-1)
    off = ranks - ranks.mean(axis=-1, keepdims=True)
    return (off[0] * off[1]).sum(axis=-1) / np.sqrt((off[0] ** 2).sum(axis=-1) * (off[1] ** 2).sum(axis=-1))

"""The runs that test who wins in deep diagonal networks, and what is measured of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from witnesses import outcome
from witnesses.entrenchment.predictions import flip
from witnesses.entrenchment.training import Setting, train
from witnesses.registration import Registration
from witnesses.witness import Found, Tables

FAR = 0.5  # in ln head start


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
                _append(runs, depth=setting.depth, noise=setting.feature_noise, head_start=head, seed=seed,
                        simple=float(simple[-1]), distracted=float(course["distracted"][-1, row, column]),
                        handover=_reached(course["time"], simple))  # fmt: skip
            for time, share in zip(course["time"][::3], course["simple"][::3, row, -1], strict=True):
                _append(courses, depth=setting.depth, noise=setting.feature_noise, seed=seed, time=float(time),
                        simple=float(share))  # fmt: skip
    return {"runs": runs, "courses": courses}


def judge(registration: Registration, tables: Tables) -> Found:
    """Return per forecast what came out of the runs, with its standard error."""
    runs = {name: np.asarray(column) for name, column in tables["runs"].items()}
    found = {}
    for one in registration.forecasts:
        family, _, place = one.name.partition(".")
        found[one.name] = _MEASURED[family](runs, registration.settings, place)
    return found


def flips(runs: Mapping[str, Any], chosen: Any) -> list[float]:
    """Return per seed the head start at which its winner changes: between the last of one and the first of the other.

    Seeds whose winner does not change on the grid give its end.
    """
    found = []
    for seed in np.unique(runs["seed"][chosen]):
        mine = chosen & (runs["seed"] == seed)
        heads, wins = runs["head_start"][mine], runs["simple"][mine] > 0.5
        beyond = np.flatnonzero(~wins)
        if beyond.size == 0 or beyond[0] == 0:
            found.append(float(heads[-1] if beyond.size == 0 else heads[0]))
        else:
            found.append(float(np.sqrt(heads[beyond[0]] * heads[beyond[0] - 1])))
    return found


def _flip(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return outcome.mean(flips(runs, _at_depth(runs, place)))


def _simple_wins(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    far = place.endswith("_far_behind")
    head = said["head_starts"][-1] if far else said["ahead"]
    chosen = _at_depth(runs, place.removesuffix("_far_behind")) & (runs["head_start"] == head)
    return outcome.mean(runs["simple"][chosen] > 0.5)


def _winner_takes_all(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    clean = runs["noise"] == 0.0
    chosen = ~clean if place else clean & _far(runs, (said["efficiency"][0], said["efficiency"][1]))
    return _by_seed(runs, np.maximum(runs["simple"], 1.0 - runs["simple"]), chosen)


def _distracted(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return _by_seed(runs, runs["distracted"], runs["noise"] == 0.0)


def _handover(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    chosen = _at_depth(runs, "depth_2") & (runs["head_start"] == said["head_starts"][-1])
    return outcome.mean(runs["handover"][chosen])


def _simple_share(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return _by_seed(runs, runs["simple"], runs["noise"] == float(place))


def _start_counts(runs: Mapping[str, Any], said: Mapping[str, Any], place: str) -> tuple[float, float]:
    ends = [runs["head_start"] == said["head_starts"][end] for end in (0, -1)]
    return outcome.mean([
        runs["simple"][ends[0] & mine].mean() - runs["simple"][ends[1] & mine].mean()
        for seed in np.unique(runs["seed"]) for mine in [runs["seed"] == seed]
    ])  # fmt: skip


_MEASURED = {
    "head_start": _flip,
    "simple_wins": _simple_wins,
    "winner_takes_all": _winner_takes_all,
    "distracted": _distracted,
    "handover_time": _handover,
    "simple_share": _simple_share,
    "start_counts": _start_counts,
}


def _at_depth(runs: Mapping[str, Any], place: str) -> Any:
    return (runs["noise"] == 0.0) & (runs["depth"] == int(place.removeprefix("depth_")))


def _by_seed(runs: Mapping[str, Any], values: Any, chosen: Any) -> tuple[float, float]:
    """Return the mean of the seeds' means: the runs of one seed share their sample, and are not independent."""
    return outcome.mean([values[chosen & (runs["seed"] == seed)].mean() for seed in np.unique(runs["seed"])])


def _far(runs: Mapping[str, Any], efficiency: tuple[float, float]) -> Any:
    turns = np.array([np.inf if depth == 2 else flip(efficiency, depth) for depth in runs["depth"]])
    return np.abs(np.log(runs["head_start"]) - np.log(turns)) >= FAR


def _reached(time: Any, share: Any) -> float:
    """Return when a share first passes one half, between two looks by a straight line; NaN if it never does."""
    after = np.flatnonzero(share >= 0.5)
    if after.size == 0:
        return float("nan")
    place = max(int(after[0]), 1)
    return float(np.interp(0.5, share[place - 1 : place + 1], time[place - 1 : place + 1]))


def _append(table: dict[str, list[Any]], **row: Any) -> None:
    for name, value in row.items():
        table.setdefault(name, []).append(value)

"""What the runs of deep diagonal networks came to, forecast by forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from witnesses import outcome
from witnesses.entrenchment.predictions import flip
from witnesses.outcome import Runs
from witnesses.registration import Registration
from witnesses.witness import Found, Tables

FAR = 0.5  # in ln head start


def judge(registration: Registration, tables: Tables) -> Found:
    """Return per forecast what came out of the runs, with its standard error."""
    return outcome.found_by_family(_MEASURES, registration, tables["runs"])


def flips(runs: Runs, chosen: Any) -> list[float]:
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


def _flip(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return outcome.mean(flips(runs, _at_depth(runs, place)))


def _simple_wins(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    far = place.endswith("_far_behind")
    head = said["head_starts"][-1] if far else said["ahead"]
    chosen = _at_depth(runs, place.removesuffix("_far_behind")) & (runs["head_start"] == head)
    return outcome.mean(runs["simple"][chosen] > 0.5)


def _winner_takes_all(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    clean = runs["noise"] == 0.0
    chosen = ~clean if place else clean & _far(runs, (said["efficiency"][0], said["efficiency"][1]))
    return _by_seed(runs, np.maximum(runs["simple"], 1.0 - runs["simple"]), chosen)


def _distracted(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return _by_seed(runs, runs["distracted"], runs["noise"] == 0.0)


def _handover(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    chosen = _at_depth(runs, "depth_2") & (runs["head_start"] == said["head_starts"][-1])
    return outcome.mean(runs["handover"][chosen])


def _simple_share(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    return _by_seed(runs, runs["simple"], runs["noise"] == float(place))


def _start_counts(runs: Runs, said: Mapping[str, Any], place: str) -> tuple[float, float]:
    ends = [runs["head_start"] == said["head_starts"][end] for end in (0, -1)]
    return outcome.mean([
        runs["simple"][ends[0] & mine].mean() - runs["simple"][ends[1] & mine].mean()
        for seed in np.unique(runs["seed"]) for mine in [runs["seed"] == seed]
    ])  # fmt: skip


_MEASURES = {
    "head_start": _flip,
    "simple_wins": _simple_wins,
    "winner_takes_all": _winner_takes_all,
    "distracted": _distracted,
    "handover_time": _handover,
    "simple_share": _simple_share,
    "start_counts": _start_counts,
}


def _at_depth(runs: Runs, place: str) -> Any:
    return (runs["noise"] == 0.0) & (runs["depth"] == int(place.removeprefix("depth_")))


def _by_seed(runs: Runs, values: Any, chosen: Any) -> tuple[float, float]:
    """Return the mean of the seeds' means: the runs of one seed share their sample, and are not independent."""
    return outcome.mean([values[chosen & (runs["seed"] == seed)].mean() for seed in np.unique(runs["seed"])])


def _far(runs: Runs, efficiency: tuple[float, float]) -> Any:
    turns = np.array([np.inf if depth == 2 else flip(efficiency, depth) for depth in runs["depth"]])
    return np.abs(np.log(runs["head_start"]) - np.log(turns)) >= FAR

"""Control variates: the time to a standard error with and without, phenomenon by phenomenon, at a point of each.

The gain is seconds x squared standard error of a plain run over that of one with ``control=True``, the same for any
number of replicates (what a twin costs once a point is in it); it is the reduction of the variance over the cost. Where
nothing is random, or nothing solvable, there is no twin, and the table says so in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.pairing import by_threads, interleaved, median_interval
from benchmarks.standard_error import goal_gated
from simulator import simulate
from simulator.distribution import Normal
from simulator.experiment import Twin, as_experiment, twin_of
from simulator.levels.langevin import units
from simulator.models.crystallization import learned_honesty, race
from simulator.models.goal_drift import goal, goal_drift, learned_capability
from simulator.models.grokking import grokking
from simulator.models.preservation import preservation
from simulator.models.preservation.strength import strength
from simulator.models.probe_selection.rollouts import rollouts
from simulator.models.probe_selection.rotation import trained_plane
from simulator.models.simplification import simplification
from simulator.models.succession.blend import pursued

WANTED = 1e-3


@dataclass(frozen=True)
class Case:
    """An experiment at a point, and a measure of it."""

    name: str
    experiment: Any
    measure: str
    point: Mapping[str, Any] = field(default_factory=dict)
    replicates: int = 2**13


def _law(law: Any, measure: str, **options: Any) -> Any:
    return law.experiment(measures=(measure,), **options)


_RACING = {"misalignment_noise": 0.1, "honesty_noise": 0.1}
_CIRCUITS = {"circuits": 3, "presence": [1.0, 0.5, 0.0], "quality": [0.0, 0.6, 1.0], "noise": 0.1, "time": 1.0}
_founded = goal_drift.replace(initial={**goal_drift.initial, goal: Normal(0.0, 0.3)})
_POPULATION = {"population": 50, "dim": 4, "growth": 0.05, "strength": 0.1, "time": 3}

CASES = (
    Case("goal_drift, stepped", _law(goal_drift, "alignment", method="stepped"), "alignment", {"time": 2.0}),
    Case("goal_drift, exact", _law(goal_drift, "alignment", method="exact", reduction=False), "alignment",
         {"time": 2.0}, 2**15),
    Case("goal_drift, less noise", _law(goal_drift, "alignment", method="stepped"), "alignment",
         {"time": 2.0, "noise": 0.03}),
    Case("goal_drift, gate of the goal", _law(goal_gated, "alignment", method="stepped"), "alignment",
         {"time": 2.0, "threshold": 0.5}),
    Case("goal_drift, gate that is learned", _law(learned_capability, "alignment", method="stepped"), "alignment",
         {"time": 2.0}),
    Case("goal_drift, populations", _law(_founded, "distance_to_base", level="population"),
         "distance_to_base", _POPULATION, 2**11),
    Case("crystallization, who wins", _law(race(2), "misalignment", steps=64), "route_deception",
         {**_RACING, "time": 6.0}),
    Case("crystallization, what is left", _law(race(2), "misalignment", steps=64), "misalignment",
         {**_RACING, "time": 2.0}),
    Case("crystallization, learned", _law(learned_honesty, "residual", steps=64), "residual",
         {"noise": 0.1, "honesty_ease": 0.3, "time": 1.0}),
    Case("preservation, drift", _law(preservation, "drift", method="stepped"), "drift", {"time": 4.0}),
    Case("preservation, alignment", _law(preservation, "alignment", method="stepped"), "alignment", {"time": 4.0}),
    Case("preservation, strength", _law(strength, "held"), "held", {"time": 2.0, "noise": 0.2}),
    Case("probe_selection, rotation", _law(trained_plane, "cosine", steps=64), "cosine", {"noise": 0.1, "time": 0.5}),
    Case("probe_selection, a group's update", rollouts(measures=("misbehavior_change",)), "misbehavior_change",
         {"group_size": 16}, 2**14),
    Case("succession, given circuits", pursued(measures=("first_share",)), "first_share", _CIRCUITS, 2**14),
    Case("succession, drawn circuits", pursued(measures=("leader_share",)), "leader_share",
         {"noise": 0.3, "circuits": 20, "time": 2.0}, 2**14),
    Case("simplification", simplification, ""),
    Case("grokking", grokking, ""),
)  # fmt: skip


def measure(rounds: int = 7) -> list[dict[str, Any]]:
    """Return, per case, the reduction of the variance, the cost of the twin, the gain, and seconds to the wanted error.

    ``ns`` is the cost in nanoseconds to a standard error of 1 with control variates: seconds x squared error.
    """
    return [_case(case, rounds) for case in CASES]


def _case(case: Case, rounds: int) -> dict[str, Any]:
    twin = twin_of(as_experiment(case.experiment))
    if not isinstance(twin, Twin):
        return {"task": case.name, "twin": f"none: {twin}"}
    found: dict[str, tuple[float, float]] = {}
    tasks = {name: _task(case, name, found) for name in ("plain", "control")}
    seconds = interleaved(tasks, rounds, clock=by_threads)
    cost = {name: [one * found[name][0] ** 2 for one in times] for name, times in seconds.items()}
    gain = median_interval([a / b for a, b in zip(cost["plain"], cost["control"], strict=True)])
    dearer = median_interval([b / a for a, b in zip(seconds["plain"], seconds["control"], strict=True)])
    plain, adjusted = (median_interval(cost[name]).median for name in ("plain", "control"))
    return {
        "task": case.name, "twin": twin.says, "measure": case.measure, "reduction": found["control"][1],
        "cost": dearer.median, "cost_low": dearer.low, "cost_high": dearer.high,
        "gain": gain.median, "gain_low": gain.low, "gain_high": gain.high,
        "seconds to 1e-3, plain": plain / WANTED**2, "with": adjusted / WANTED**2, "ns": 1e9 * adjusted,
    }  # fmt: skip


def _task(case: Case, name: str, found: dict[str, tuple[float, float]]) -> Callable[[], None]:
    control = name == "control"

    def run() -> None:
        units.means.clear()  # what a twin costs once a point
        one = simulate(
            case.experiment, replicates=case.replicates, control=control, threads=1, discretization=False, **case.point
        )
        reduction = float(one[f"{case.measure}_reduction"]) if control else 1.0
        found[name] = float(one[f"{case.measure}_se"]), reduction

    return run

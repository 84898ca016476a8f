"""The cost of a standard error of 1e-3 of E cos(g_T, b), by method: d = 16, 200 steps where the law is stepped.

A method's gain is naive cost x variance over its own, where cost x variance is the seconds of a run times the squared
standard error that it reports, the same for any number of replicates (but for Sobol points, whose error falls faster:
their gain is that of the run). The gate is driven by capability alone, as in ``goal_drift``, which makes the goal
Gaussian; or by the goal itself, which does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.pairing import by_threads, interleaved, median_interval
from simulator import simulate
from simulator.functions import logistic, total
from simulator.model import Model
from simulator.models.goal_drift import base, goal, goal_drift, law_measures, law_reward, threshold, width

STEPS, TIME, WANTED = 200, 2.0, 1e-3

# An agent whose goal has come far enough toward the designers' plays along, and is shaped no further. The drift is
# nonlinear in the goal, but sees it only along the designers' goal and by its length.
own_gate = logistic((total(goal * base) - threshold) / width)
goal_gated = goal_drift.replace(
    name="goal_gated",
    says="The gate opens with the goal's own component along the designers' goal.",
    reward=law_reward(own_gate),
    measures=law_measures(own_gate),
)


@dataclass(frozen=True)
class Method:
    """How to estimate, and with how many replicates; ``published`` is the gain that others measured, as text."""

    name: str
    options: Mapping[str, Any]
    replicates: int
    published: str = ""


@dataclass(frozen=True)
class Case:
    """A law at a point, with the methods for it and its drift for the naive one."""

    name: str
    model: Model
    point: Mapping[str, Any]
    drift: Callable[[Any, float], Any]
    methods: tuple[Method, ...]


def _gate(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def _linear_drift(g: Any, time: float) -> Any:
    """Return (1 - a(t)) (b - g) with the capability's gate; the designers' goal is the first axis."""
    pulled = -g
    pulled[:, 0] += 1.0
    return _gate((1.0 - 0.5 * time) / 0.1) * pulled


def _nonlinear_drift(g: Any, time: float) -> Any:
    """Return the gradient of -(1 - a) |g - b|^2/2 with the gate a(g_1) = logistic((g_1 - 1/2)/w)."""
    share = _gate((g[:, 0] - 0.5) / 0.1)
    pulled = -g
    pulled[:, 0] += 1.0
    drift = (1.0 - share)[:, np.newaxis] * pulled
    drift[:, 0] += share * (1.0 - share) / 0.1 * (pulled**2).sum(axis=1) / 2.0
    return drift


_FAST = {"method": "stepped", "reduction": False, "steps": STEPS, "normals": "mixed", "dtype": "float32"}
_REDUCED = {"method": "stepped", "reduction": True, "steps": STEPS}
_EXACT = {"method": "exact", "reduction": True}
_PAIRS, _SOBOL = {"variance_reduction": "antithetic"}, {"variance_reduction": "sobol"}

CASES = (
    Case(
        "linear", goal_drift, {}, _linear_drift,
        (
            Method("blocked, float32, mixed", _FAST, 2**15, "6.5"),
            Method("reduced, stepped", _REDUCED, 2**16),
            Method("exact, 16 normals", {"method": "exact", "reduction": False}, 2**18, "1 080"),
            Method("exact, reduced", _EXACT, 2**20, "4 180"),
            Method("exact, reduced, antithetic", _EXACT | _PAIRS, 2**20, "30 600"),
            Method("exact, reduced, Sobol", _EXACT | _SOBOL, 2**16, "4e5 to 3e7"),
        ),
    ),
    Case(
        "nonlinear", goal_gated, {"threshold": 0.5}, _nonlinear_drift,
        (
            Method("blocked, float32, mixed", _FAST, 2**15),
            Method("reduced, stepped", _REDUCED, 2**16, "23 to 27"),
            Method("reduced, stepped, antithetic", _REDUCED | _PAIRS, 2**16, "310 to 400"),
            Method("reduced, stepped, Sobol", _REDUCED | _SOBOL, 2**14, "157 to 4 300"),
        ),
    ),
)  # fmt: skip
NAIVE_REPLICATES = 4096


def measure(rounds: int = 7) -> list[dict[str, Any]]:
    """Return, per case and method, the gain, the seconds to the wanted error, and the seconds of the run.

    ``ns`` is the cost in nanoseconds to a standard error of 1: cost x variance.
    """
    return [row for case in CASES for row in _case(case, rounds)]


def _case(case: Case, rounds: int) -> list[dict[str, Any]]:
    errors: dict[str, float] = {}
    tasks: dict[str, Callable[[], None]] = {"naive": lambda: errors.__setitem__("naive", _naive(case))}
    for method in case.methods:
        tasks[method.name] = _task(case, method, errors)
    seconds = interleaved(tasks, rounds, clock=by_threads)
    published = {method.name: method.published for method in case.methods} | {"naive": "1"}
    rows = [_row(case, name, seconds, errors, published[name]) for name in tasks]
    best = min(rows, key=lambda row: float(row["ns"]))
    return [*rows, best | {"task": f"{case.name}: best", "method": f"= {best['task']}"}]


def _row(
    case: Case, name: str, seconds: Mapping[str, list[float]], errors: Mapping[str, float], published: str
) -> dict[str, Any]:
    cost = [one * errors[name] ** 2 for one in seconds[name]]
    naive = [one * errors["naive"] ** 2 for one in seconds["naive"]]
    gain = median_interval([slow / fast for slow, fast in zip(naive, cost, strict=True)])
    middle = median_interval(cost).median
    return {
        "task": f"{case.name}: {name}", "method": name, "gain": gain.median, "gain_low": gain.low,
        "gain_high": gain.high, "published": published, "seconds to 1e-3": middle / WANTED**2,
        "seconds of the run": median_interval(seconds[name]).median, "its error": errors[name], "ns": 1e9 * middle,
    }  # fmt: skip


def _task(case: Case, method: Method, errors: dict[str, float]) -> Callable[[], None]:
    made = case.model.experiment(level="langevin", measures=("alignment",), **method.options)

    def run() -> None:
        found = simulate(made, replicates=method.replicates, time=TIME, threads=1, discretization=False, **case.point)
        errors[method.name] = float(found["alignment_se"])

    return run


def _naive(case: Case) -> float:
    """Simulate by Euler-Maruyama in plain NumPy, with the parameters' defaults, and return the standard error."""
    generator = np.random.default_rng(0)
    g = np.tile(np.eye(16)[1], (NAIVE_REPLICATES, 1))
    step = TIME / STEPS
    for index in range(STEPS):
        g = g + case.drift(g, index * step) * step + 0.1 * np.sqrt(step) * generator.standard_normal(g.shape)
    cosine = g[:, 0] / np.linalg.norm(g, axis=1)
    return float(cosine.std(ddof=1) / np.sqrt(cosine.size))

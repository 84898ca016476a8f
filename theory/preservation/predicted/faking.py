"""What is predicted of faking: what leaks, the window that it leaves, and a hold that costs reward."""

from __future__ import annotations

from functools import partial
from typing import Any

from simulator.functions import total
from simulator.model import Model
from simulator.models.preservation.course import course
from simulator.models.preservation.law import NEVER, base, goal, start
from theory.prediction import Margin, Point, Prediction
from theory.preservation import formulas, proofs
from theory.preservation.predicted.declared import BY_HACKING, alone, declared, stepped
from theory.region import Interval, Region

TOLERANCE = 1e-7  # what the integrator's tolerance (1e-10 a step) leaves of a stopping time, generously
LEAK = {"pull": Interval(0.3, 3.0, log=True), "max_awareness": Interval(0.0, 0.95)}
WINDOW = {
    "noise": Interval(0.1, 1.0, log=True), "growth": Interval(0.2, 3.0, log=True), "threshold": Interval(-1.0, 1.0),
    "initial_capability": Interval(-1.0, 2.0), "hacking_threshold": Interval(-1.0, 3.0),
    "memory_threshold": Interval(-1.0, 3.0),
}  # fmt: skip
SMOOTH = {
    "pull": Interval(0.3, 3.0, log=True), "max_awareness": Interval(0.5, 1.0), "width": Interval(0.1, 0.5, log=True),
    "growth": Interval(0.3, 2.0, log=True), "threshold": Interval(-0.5, 0.5), "initial_capability": Interval(-0.5, 0.5),
    "hacking_threshold": Interval(0.5, 2.0), "hold": Interval(0.3, 2.0, log=True), "weight_decay": Interval(0.0, 0.3),
    "noise": Interval(0.2, 1.0, log=True), "time": Interval(0.5, 3.0),
}  # fmt: skip


def of_faking(law: Model) -> tuple[Prediction, ...]:
    """Return what becomes of a goal that is only faked around, until something holds it."""
    opened = law.replace(
        absorb={"halfway": total((goal - base) ** 2) - total((start - base) ** 2) / 4},
        measures={"kept_distance": law.measures["kept_distance"]},
    )
    return (
        declared(
            "leaky_half_life",
            "A faker that leaks is trained out of its goal, by half in every so long: faking alone preserves nothing.",
            Region(LEAK),
            opened.experiment("flow", measures=("kept_distance",)),
            lambda **point: {**_leaking(**point), "time": 2.0 * float(formulas.leaky_half_life(**point))},
            measure="stopping_time",
            margin=Margin("the integrator's tolerance", lambda **p: TOLERANCE * float(formulas.leaky_half_life(**p))),
            proof=partial(proofs.leaky_half_life, law),
        ),
        declared(
            "leaky_distance",
            "What leaks through a saturated gate takes the mean goal to the designers' all the same.",
            Region({**LEAK, "time": Interval(0.3, 3.0)}, lambda **p: formulas.leaky_distance(**p) >= 0.1,
                   "leaky_distance >= 0.1"),
            stepped(law, "kept_distance", steps=8),
            lambda time, **point: {**_leaking(**point), "noise": 0.2, "time": time},
            proof=partial(proofs.leaky_distance, law),
        ),
        declared(
            "danger_window",
            "From awareness to the first hold nothing holds a goal: it drifts, the less the faster capability grows.",
            Region(WINDOW, lambda **p: _window(**p) >= 0.1, "the window is at least 0.1 of capability wide"),
            course(law, steps=8),
            _sharply,
            measure="window_drift",
            proof=partial(proofs.danger_window, law),
        ),
        declared(
            "window_variance",
            "With smooth gates, the pull lets go and hacking takes hold gradually.",
            Region(SMOOTH),
            stepped(law, "goal_component", steps=24),
            lambda **point: {**point, **alone(0.3), "memory_threshold": NEVER},
            statistic="variance",
            proof=partial(proofs.window_variance, law),
        ),
        declared(
            "lapsing_variance",
            "Hacking that costs reward is unlearned: it only delays the drift.",
            Region({"hold": Interval(0.3, 3.0, log=True), "ease": Interval(0.2, 2.0, log=True),
                    "cost": Interval(0.1, 2.0, log=True), "noise": Interval(0.2, 1.0, log=True),
                    "time": Interval(1.0, 3.0)}),
            stepped(law, "goal_component", steps=20),
            lambda **point: {**BY_HACKING, **alone(), **point},
            statistic="variance",
            proof=partial(proofs.lapsing_variance, law),
        ),
    )  # fmt: skip


def _leaking(pull: float, max_awareness: float) -> Point:
    """An agent far beyond the threshold that nothing holds."""
    return {"pull": pull, "max_awareness": max_awareness, "hold": 0.0, "dim": 2, "initial_capability": 50.0,
            "growth": 0.0, "start": [0.0, 1.0], "base": [1.0, 0.0]}  # fmt: skip


def _window(threshold: float, initial_capability: float, **p: Any) -> float:
    return float(min(p["hacking_threshold"], p["memory_threshold"]) - max(threshold, initial_capability))


def _sharply(**point: Any) -> Point:
    """Sharp gates, run a little beyond the first hold."""
    first = min(point["hacking_threshold"], point["memory_threshold"])
    return {
        **point, "width": 1e-9, "dim": 4, "time": 1.1 * (first - point["initial_capability"]) / point["growth"],
        "pull": 2.0, "hold": 5.0,
    }  # fmt: skip

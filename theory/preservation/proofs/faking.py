"""Why the closed forms of a leaking gate and of the window are true: the law's own drift, with zero residual."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from simulator.functions import logistic
from simulator.model import Model
from simulator.models.preservation import outside
from simulator.models.preservation.law import age, base, capability, effort, freeze_time, goal
from theory.lemmas import equals_numerically, formula_is, only, solves, vanishes
from theory.obligation import Obligation
from theory.preservation import expressions as e
from theory.preservation import formulas
from theory.preservation.proofs.points import LAPSING_POINTS, WINDOW_POINTS


def drift(law: Model = outside) -> Any:
    """Return the goal's drift before anything is frozen, with the law's parameters under the theory's symbols."""
    names = {str(symbol): symbol for symbol in e.SYMBOLS}
    same = {one.variable: names[one.name] for one in law.parameters if one.name in names}
    before = {age.variable: sympy.Integer(-1), freeze_time.variable: sympy.Integer(0)}
    return law.drift[goal].xreplace(before).doit().xreplace(same)


def rate(law: Model = outside) -> Any:
    """Return what holds the spread of a component together: minus the derivative of its drift by the goal."""
    return -sympy.diff(drift(law), goal.variable)


def leaky_distance(law: Model = outside) -> tuple[Obligation, ...]:
    """Prove that what leaks through a saturated gate trains the goal on, and how fast."""
    saturated = drift(law).subs({e.hold: 0, e.weight_decay: 0})
    saturated = saturated.replace(logistic, lambda argument: sympy.Integer(1))
    return (
        vanishes("beyond the threshold it drifts by -pull (1 - a_max)(g - b)", saturated + e.leak * (goal - base)),
        solves("D' = -pull (1 - a_max) D", e.leaky_distance, e.time, -e.leak * e.leaky_distance),
        vanishes("D(0) = 1", e.leaky_distance.subs(e.time, 0) - 1),
        formula_is(
            "NumPy equals SymPy", formulas.leaky_distance, e.leaky_distance,
            only(WINDOW_POINTS, "pull", "max_awareness", "time"),
        ),
    )  # fmt: skip


def leaky_half_life(law: Model = outside) -> tuple[Obligation, ...]:
    """Prove the half-life: the distance is half then."""
    return (
        *leaky_distance(law),
        vanishes("D(half-life) = 1/2", e.leaky_distance.subs(e.time, e.leaky_half_life) - sympy.Rational(1, 2)),
        Obligation("a gate without a leak keeps the goal", bool(np.isposinf(formulas.leaky_half_life(1.0, 1.0)))),
        formula_is(
            "NumPy equals SymPy", formulas.leaky_half_life, e.leaky_half_life,
            only([WINDOW_POINTS[0], WINDOW_POINTS[2]], "pull", "max_awareness"),
        ),
    )  # fmt: skip


def window_variance(law: Model = outside) -> tuple[Obligation, ...]:
    """Prove the variance behind both gates from the law: v' = noise^2 - 2 rho(t) v, with rho the law's own."""
    path = e.initial_capability + e.growth * e.time
    alone = {capability.variable: path, effort.variable: sympy.Integer(1), e.memory_threshold: sympy.oo}
    of_law = rate(law).subs(e.memory_threshold, sympy.oo).xreplace(alone)
    shown, together = e.SHOWN["window_variance"], sympy.Function("A")(e.time)
    return (
        vanishes("rho(t) is minus the derivative of the law's drift", of_law - e.holding_rate),
        solves("A' = rho", e.held_together, e.time, e.holding_rate),
        solves("v' = noise^2 - 2 A' v", shown, e.time, e.noise**2 - 2 * sympy.diff(together, e.time) * shown),
        vanishes("v(0) = 0", shown.subs(e.time, 0).doit()),
        equals_numerically("equals its equation, integrated", formulas.window_variance, _integrated, WINDOW_POINTS),
    )  # fmt: skip


def _integrated(noise: float, time: float, **point: float) -> float:
    """Return the variance by an implicit integrator, in steps that cannot jump over a gate."""
    from scipy.integrate import solve_ivp

    p = point

    def gate(now: float, level: float) -> float:
        x = (p["initial_capability"] + p["growth"] * now - level) / p["width"]
        return float(np.exp(-np.logaddexp(0.0, -x)))

    def speed(now: float, variance: Any) -> Any:
        aware, hacks = gate(now, p["threshold"]), gate(now, p["hacking_threshold"])
        rho = p["weight_decay"] + p["pull"] * (1.0 - p["max_awareness"] * aware) + p["hold"] * hacks
        return noise**2 - 2.0 * rho * variance

    longest = p["width"] / p["growth"]
    path = solve_ivp(speed, (0.0, time), [0.0], method="LSODA", rtol=1e-12, atol=1e-15, max_step=longest)
    return float(path.y[0, -1])


def danger_window(law: Model = outside) -> tuple[Obligation, ...]:
    """Prove the window: without pull and hold v' = noise^2, and the sharp limit of the smooth law is this."""
    free = rate(law).subs({e.pull: 0, e.hold: 0, e.weight_decay: 0})
    first, last = e.threshold, e.hacking_threshold
    moment = (last - first) / e.growth
    return (
        vanishes("nothing holds a goal without pull, decay and hold", free),
        vanishes("capability passes c_h at t_h", first + e.growth * moment - last),
        vanishes(
            "noise^2 t_h is the window's variance",
            e.noise**2 * moment - e.danger_window.subs(e.memory_threshold, sympy.oo).subs(e.initial_capability, first),
        ),
        Obligation("the smooth law tends to it as gates get sharp", all(_sharp(**point) for point in WINDOWS)),
        Obligation(
            "there is no window where the hold comes first, whichever it is",
            float(formulas.danger_window(1.0, 1.0, 2.0, 0.0, 1.0)) == 0.0
            and float(formulas.danger_window(1.0, 1.0, 2.0, 0.0, 5.0, 2.0)) == 0.0,
        ),
    )


WINDOWS: list[dict[str, float]] = [
    {"noise": 0.3, "growth": 0.5, "threshold": 1.0, "initial_capability": 0.2, "hacking_threshold": 3.0},
    {"noise": 1.3, "growth": 4.0, "threshold": 1.0, "initial_capability": 2.5, "hacking_threshold": 3.0},
]


def _sharp(**point: float) -> bool:
    """Tell whether the smooth law, begun at awareness, tends to the window linearly in the width of its gates."""
    begun = {**point, "initial_capability": max(point["threshold"], point["initial_capability"])}
    held_for = (begun["hacking_threshold"] - begun["initial_capability"]) / begun["growth"]
    wanted = float(formulas.danger_window(**point))
    law = {"pull": 1.0, "max_awareness": 1.0, "hold": 1.0, "weight_decay": 0.0, "time": held_for}
    off = [float(formulas.window_variance(**begun, **law, width=width)) / wanted - 1.0 for width in (1e-5, 1e-6)]
    return abs(off[1]) < 1e-5 and abs(off[0] / off[1] - 10.0) < 0.1


def lapsing_variance(law: Model = outside) -> tuple[Obligation, ...]:
    """Prove the variance under a hold that is unlearned: v' = noise^2 - 2 hold exp(-eta t) v, from the law's metric."""
    fading = sympy.exp(-e.unlearning * e.time)
    names = {str(symbol): symbol for symbol in e.SYMBOLS}
    same = {one.variable: names[one.name] for one in law.parameters if one.name in names}
    learned = law.drift[effort].xreplace(same).replace(logistic, lambda argument: sympy.Integer(1))
    held = rate(law).subs({e.pull: 0, e.weight_decay: 0, e.memory_threshold: sympy.oo})
    held = held.subs(e.hacking_threshold, -sympy.oo)
    delay = (sympy.log(2 * e.hold / e.unlearning) + sympy.EulerGamma + sympy.expint(1, 2 * e.hold / e.unlearning)) / (
        e.unlearning
    )

    def late(**point: float) -> float:
        return float(formulas.lapsing_variance(**{**point, "time": 200.0 / (point["ease"] * point["cost"])}))

    def delayed(**point: float) -> float:
        values = {e.hold: point["hold"], e.ease: point["ease"], e.cost: point["cost"]}
        return float(point["noise"] ** 2 * (200.0 / (point["ease"] * point["cost"]) - sympy.N(delay.subs(values), 20)))

    return (
        vanishes("beyond c_h effort e falls by eta e, by the metric ease e", learned + e.unlearning * effort.variable),
        vanishes("there the goal is held at the rate hold e", held - e.hold * effort.variable),
        solves(
            "v' = noise^2 - 2 hold exp(-eta t) v", e.lapsing_variance, e.time,
            e.noise**2 - 2 * e.hold * fading * e.lapsing_variance,
        ),
        vanishes("v(0) = 0", e.lapsing_variance.subs(e.time, 0)),
        formula_is("NumPy equals SymPy", formulas.lapsing_variance, e.lapsing_variance, LAPSING_POINTS),
        equals_numerically("v -> noise^2 (t - delay)", late, delayed, LAPSING_POINTS),
        equals_numerically(
            "without cost it is a steady hold's", lambda **point: formulas.lapsing_variance(**{**point, "cost": 1e-11}),
            lambda **point: formulas.lapsing_variance(**{**point, "cost": 0.0}), LAPSING_POINTS,
        ),
    )  # fmt: skip

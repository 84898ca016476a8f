"""Why the closed forms of a shutting gate are true: the law's own equations, with zero residual."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from simulator.calculus import component, expand_components
from simulator.functions import logistic, softplus
from simulator.model import Model
from simulator.models.goal_drift import base, capability, goal, goal_drift
from theory.goal_drift import expressions as e
from theory.goal_drift import formulas
from theory.goal_drift.proofs.points import GATE_POINTS
from theory.lemmas import equals_numerically, formula_is, only, solves, tends, vanishes
from theory.obligation import Obligation


def open_time() -> tuple[Obligation, ...]:
    """Prove that open_time is the integral of 1 - a from 0, with its limits."""
    at_rest = e.time * logistic(e.gap_at_start)
    return (
        solves("d/dt I = 1 - a(c(t))", e.open_time, e.time, e.openness),
        vanishes("I(0) = 0", e.open_time.subs(e.time, 0)),
        tends("I(t) -> t logistic(x(0)) as growth -> 0", e.open_time, e.growth, 0, at_rest),
        tends(
            "I(t) -> (width/growth) sp(x(0)) as t -> infinity", e.open_time, e.time, sympy.oo,
            e.width / e.growth * softplus(e.gap_at_start),
        ),
        formula_is(
            "NumPy equals SymPy", formulas.open_time, e.open_time,
            only(GATE_POINTS, "width", "growth", "threshold", "initial_capability", "time"),
        ),
    )  # fmt: skip


def learned_fraction() -> tuple[Obligation, ...]:
    """Prove that learned_fraction follows from the law: the mean's distance to b shrinks at the rate pull (1 - a)."""
    share = logistic((goal_drift.parameter("threshold").variable - capability) / goal_drift.parameter("width").variable)
    strength = goal_drift.parameter("pull").variable
    drift = goal_drift.replace(decay={}).drift[goal]
    rate = e.pull * e.openness * (1 - e.learned_fraction)
    return (
        vanishes("the goal's drift is -pull (1 - a)(g - b)", drift + strength * share * (goal - base)),
        solves("f' = pull (1 - a)(1 - f)", e.learned_fraction, e.time, rate),
        vanishes("f(0) = 0", e.learned_fraction.subs(e.time, 0)),
        formula_is("NumPy equals SymPy", formulas.learned_fraction, e.learned_fraction, GATE_POINTS),
    )


def zero_gradient(model: Model = goal_drift, components: int = 3) -> tuple[Obligation, ...]:
    """Certify that the goal's gradient and Hessian vanish with capability, component by component.

    The Hessian in the goal is a number of zero eigenvalues as capability grows: every component is a free parameter.
    """
    sizes = {"dim": components}
    reward = expand_components(model.reward, model.dims, sizes)
    variables = [component(goal.variable, index) for index in range(components)]
    derived = [expand_components(model.gradient(model.reward, goal), model.dims, sizes, j) for j in range(components)]
    written_out = [sympy.diff(reward, variable) for variable in variables]
    hessian = sympy.hessian(reward, variables)
    limit = hessian.applyfunc(lambda entry: sympy.limit(entry.rewrite(sympy.exp), capability.variable, sympy.oo))
    open_hessian = hessian.subs(capability.variable, model.parameter("threshold").variable)
    tail = sympy.exp((capability - model.parameter("threshold")) / model.parameter("width"))
    gap = component(goal.variable, 0) - component(base.variable, 0)
    c = capability.variable
    return (
        *(
            vanishes(f"component {j} of the gradient is the reward's derivative", a - b)
            for j, (a, b) in enumerate(zip(derived, written_out, strict=True))
        ),
        *(
            tends(f"component {j} of the gradient -> 0 as c -> infinity", gradient, c, sympy.oo, 0)
            for j, gradient in enumerate(derived)
        ),
        tends(
            "it does so like exp(-(c - threshold)/width)", derived[0] * tail, c, sympy.oo,
            -model.parameter("pull") * gap,
        ),
        Obligation(f"the Hessian in the goal has {components} zero eigenvalues there", limit.rank() == 0),
        Obligation("at the threshold it has none", open_hessian.rank() == components),
    )  # fmt: skip


def goal_gradient() -> tuple[Obligation, ...]:
    """Prove that goal_gradient is the law's gradient along the mean path, and the zero-gradient certificate."""
    mean = e.openness * (1 - e.learned_fraction)
    return (
        *zero_gradient(),
        vanishes("on the mean path it is (1 - a)(1 - f)", e.goal_gradient - mean),
        formula_is("NumPy equals SymPy", formulas.goal_gradient, e.goal_gradient, GATE_POINTS),
    )


def goal_variance() -> tuple[Obligation, ...]:
    """Prove the variance's integral: its equation, its 2F1 form where that does not overflow, and its limits."""
    points = [{**point, "noise": 0.7} for point in GATE_POINTS]
    rate = e.noise**2 - 2 * e.pull * e.openness * e.goal_variance
    return (
        solves("v' = noise^2 - 2 pull (1 - a) v", e.goal_variance, e.time, rate),
        vanishes("v(0) = 0", e.goal_variance.subs(e.time, 0).doit()),
        equals_numerically("equals its 2F1 form", formulas.goal_variance, variance_by_2f1, points),
        equals_numerically(
            "-> noise^2 t behind a shut gate", formulas.goal_variance, lambda **point: 0.49 * point["time"],
            [{**point, "initial_capability": 60.0} for point in points],
        ),
        equals_numerically(
            "-> noise^2 (1 - exp(-2 pull t))/(2 pull) at an open one", formulas.goal_variance,
            lambda **point: 0.49 * -np.expm1(-2 * point["pull"] * point["time"]) / (2 * point["pull"]),
            [{**point, "initial_capability": -100.0} for point in points],
        ),
    )  # fmt: skip


def variance_by_2f1(**point: float) -> float:
    """Return the variance from noise^2 (w/r) (1 + e^{x(t)})^nu [A(x(0)) - A(x(t))], nu = 2 pull w/r, to 40 digits.

    A(x) = -(e^{-nu x}/nu) 2F1(nu, nu; nu + 1; -e^{-x}).
    """
    import mpmath

    with mpmath.workdps(40):
        p = {name: mpmath.mpf(value) for name, value in point.items()}
        nu = 2 * p["pull"] * p["width"] / p["growth"]
        start = (p["threshold"] - p["initial_capability"]) / p["width"]
        end = start - p["growth"] * p["time"] / p["width"]

        def antiderivative(x: Any) -> Any:
            return -mpmath.exp(-nu * x) / nu * mpmath.hyp2f1(nu, nu, nu + 1, -mpmath.exp(-x))

        between = antiderivative(start) - antiderivative(end)
        return float(p["noise"] ** 2 * p["width"] / p["growth"] * (1 + mpmath.exp(end)) ** nu * between)

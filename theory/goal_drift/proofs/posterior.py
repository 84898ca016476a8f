"""Why the closed forms of the posterior are true: the law's own reward, completed to a square."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from simulator.calculus import component, expand_components
from simulator.model import Model
from simulator.models.goal_drift import base, capability, goal, goal_drift
from theory.goal_drift import expressions as e
from theory.goal_drift import formulas
from theory.lemmas import equals_numerically, formula_is, tends, vanishes
from theory.obligation import Obligation

POINTS: list[dict[str, float]] = [
    {"prior_sd": 1.0, "inverse_temperature": 2.0, "pull": 1.5, "capability": 0.9, "threshold": 1.0, "width": 0.2},
    {"prior_sd": 2.5, "inverse_temperature": 0.3, "pull": 0.5, "capability": 0.0, "threshold": 0.4, "width": 0.5},
    {"prior_sd": 0.4, "inverse_temperature": 8.0, "pull": 2.0, "capability": 3.0, "threshold": 1.0, "width": 0.3},
]
CENTERED: list[dict[str, float]] = [
    {**point, "base": place} for point, place in zip(POINTS, (1.0, -2.0, 0.3), strict=True)
]
JOINT: list[dict[str, float]] = [{**point, "value": 0.7, "spread": 1.2, "dim": 1} for point in CENTERED]


def posterior_variance(model: Model = goal_drift) -> tuple[Obligation, ...]:
    """Prove the variance: the square completed in the law's reward, the prior's return, quadrature."""
    shut = {"variable": e.capability, "point": sympy.oo}
    return (
        *completed_square(model),
        tends("the prior comes back as capability grows", e.posterior_variance, **shut, value=e.prior_sd**2),
        tends("and without selection", e.posterior_variance, e.inverse_temperature, 0, e.prior_sd**2),
        tends("strict selection at an open gate leaves nothing free", e.posterior_variance, e.inverse_temperature,
              sympy.oo, 0),
        equals_numerically("equals the normalized integral, by quadrature", formulas.posterior_variance,
                           lambda **point: by_quadrature(**point, base=0.7)[1], POINTS),
        formula_is("NumPy equals SymPy", formulas.posterior_variance, e.posterior_variance, POINTS),
    )  # fmt: skip


def posterior_mean(model: Model = goal_drift) -> tuple[Obligation, ...]:
    """Prove the mean: the same square, its limits, quadrature."""
    return (
        *completed_square(model),
        tends("-> 0, the prior's, as capability grows", e.posterior_mean, e.capability, sympy.oo, 0),
        tends("-> b under strict selection", e.posterior_mean, e.inverse_temperature, sympy.oo, e.base),
        equals_numerically("equals the normalized integral, by quadrature", formulas.posterior_mean,
                           lambda **point: by_quadrature(**point)[0], CENTERED),
        formula_is("NumPy equals SymPy", formulas.posterior_mean, e.posterior_mean, CENTERED),
    )  # fmt: skip


def completed_square(model: Model = goal_drift, components: int = 2) -> tuple[Obligation, ...]:
    """Oblige ln prior + beta R to be a constant minus (g_j - m)^2/(2 v), summed over components, for the law's R."""
    reward = expand_components(model.reward, model.dims, {"dim": components})
    goals = [component(goal.variable, j) for j in range(components)]
    whole = -sum(one**2 for one in goals) / (2 * e.prior_sd**2) + e.inverse_temperature * reward
    named = {
        model.parameter(name).variable: getattr(e, name) for name in ("pull", "threshold", "width")
    } | {capability.variable: e.capability}  # fmt: skip
    steps = []
    for j, one in enumerate(goals):
        mean = e.posterior_mean.subs(e.base, component(base.variable, j))
        slope = sympy.diff(whole, one).xreplace(named) + (one - mean) / e.posterior_variance
        steps.append(vanishes(f"component {j} of the log posterior's slope is -(g - m)/v", slope))
    return tuple(steps)


def selected_goal() -> tuple[Obligation, ...]:
    """Prove the weight of a capability, Z(c), and the mean over both by a quadrature in two dimensions."""
    g, b = sympy.symbols("g b", real=True)
    s, k = sympy.symbols("s k", positive=True)
    prior = sympy.exp(-(g**2) / (2 * s**2)) / (s * sympy.sqrt(2 * sympy.pi))
    weight = sympy.integrate(prior * sympy.exp(-k / 2 * (g - b) ** 2), (g, -sympy.oo, sympy.oo))
    wanted = sympy.exp(-(b**2) * k / (2 * (1 + s**2 * k))) / sympy.sqrt(1 + s**2 * k)
    narrow = [{**point, "spread": 1e-9} for point in JOINT]
    return (
        *posterior_mean(),
        vanishes("the weight of a component is Z", sympy.simplify(sympy.powsimp(weight / wanted)) - 1),
        equals_numerically("equals its integral over capability and goal", formulas.selected_goal, jointly, JOINT),
        equals_numerically("at one capability it is posterior_mean", formulas.selected_goal, _at_one, narrow),
        Obligation("-> 0 where all capabilities shut the gate",
                   abs(formulas.selected_goal(**{**JOINT[0], "capability": 30.0})) < 1e-12),
    )  # fmt: skip


def _at_one(value: float, spread: float, dim: float, **point: float) -> float:
    return float(formulas.posterior_mean(**point))


def _log_weight(g: Any, c: Any, prior_sd: float, inverse_temperature: float, pull: float, threshold: float,
                width: float, base: float, value: float = 0.0) -> Any:  # fmt: skip
    """Return ln prior + beta R of one component, written down as the definition says."""
    played = 1.0 / (1.0 + np.exp(-(c - threshold) / width))
    reward = value * c - (1.0 - played) * pull / 2.0 * (g - base) ** 2
    return -(g**2) / (2.0 * prior_sd**2) + inverse_temperature * reward


def by_quadrature(capability: float, **point: float) -> tuple[float, float]:
    """Return mean and variance of exp(-g^2/(2 s^2) + beta R), by the trapezoid rule, exact for such a bell."""
    g = np.linspace(-14.0, 14.0, 4001) * point["prior_sd"]
    weight = np.exp(_log_weight(g, capability, **point))
    mean = float(np.sum(weight * g) / np.sum(weight))
    return mean, float(np.sum(weight * (g - mean) ** 2) / np.sum(weight))


def jointly(capability: float, spread: float, dim: float, **point: float) -> float:
    """Return the mean goal over capability and goal in one dimension, by quadrature in both."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    g = np.linspace(-14.0, 14.0, 4001) * point["prior_sd"]
    c = (capability + spread * nodes)[:, np.newaxis]
    weight = weights[:, np.newaxis] * np.exp(_log_weight(g, c, **point))
    return float(np.sum(weight * g) / np.sum(weight))

"""Why the closed forms of goal_drift are true: their equations with zero residual, their limits, their integrals.

The moments come from the law itself. A component of the goal obeys dg = [alpha(t) - rho(t) g] dt + noise dW, so by
Ito its mean and variance obey m' = alpha - rho m and v' = noise^2 - 2 rho v.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from simulator.calculus import component, expand_components
from simulator.functions import logistic, softplus, total
from simulator.model import Model
from simulator.models.goal_drift import (
    base,
    capability,
    decision,
    discount,
    ease_stake,
    goal,
    goal_drift,
    stake,
)
from theory.goal_drift import expressions as e
from theory.goal_drift import formulas
from theory.lemmas import equals_numerically, formula_is, solves, tends, vanishes
from theory.obligation import Obligation

GATE_POINTS: list[dict[str, float]] = [
    {"pull": 1.3, "width": 0.2, "growth": 0.7, "threshold": 1.1, "initial_capability": 0.1, "time": 2.0},
    {"pull": 0.4, "width": 0.05, "growth": 0.02, "threshold": -0.3, "initial_capability": 0.2, "time": 9.0},
    {"pull": 2.0, "width": 1.5, "growth": 3.0, "threshold": 2.0, "initial_capability": -1.0, "time": 0.3},
]
SHUT_POINTS: list[dict[str, float]] = [
    {"weight_decay": 0.7, "noise": 0.3, "time": 2.0, "lag": 0.5, "start_norm": 1.2, "dim": 5},
    {"weight_decay": 0.01, "noise": 1.3, "time": 0.2, "lag": 3.0, "start_norm": 0.1, "dim": 200},
]
COSINE_POINTS: list[dict[str, float]] = [
    {"mean_norm": 1.0, "variance": 0.5, "dim": 2}, {"mean_norm": 0.3, "variance": 2.0, "dim": 3},
    {"mean_norm": 4.0, "variance": 0.1, "dim": 16}, {"mean_norm": 2.0, "variance": 0.01, "dim": 400},
]  # fmt: skip


def _only(points: list[dict[str, float]], *names: str) -> list[dict[str, float]]:
    return [{name: point[name] for name in names} for point in points]


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
            _only(GATE_POINTS, "width", "growth", "threshold", "initial_capability", "time"),
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


def shut_moments() -> tuple[Obligation, ...]:
    """Prove the mean and variance of a goal behind a shut gate."""
    rate = e.noise**2 - 2 * e.weight_decay * e.shut_variance
    return (
        solves("m' = -weight_decay m", e.retained_goal, e.time, -e.weight_decay * e.retained_goal),
        solves("v' = noise^2 - 2 weight_decay v", e.shut_variance, e.time, rate),
        vanishes("v(0) = 0", e.shut_variance.subs(e.time, 0)),
        tends("v -> noise^2 t without decay", e.shut_variance, e.weight_decay, 0, e.noise**2 * e.time),
        tends(
            "v -> noise^2/(2 weight_decay) as t -> infinity", e.shut_variance, e.time, sympy.oo,
            e.noise**2 / (2 * e.weight_decay),
        ),
        formula_is(
            "NumPy equals SymPy", formulas.shut_variance, e.shut_variance,
            _only(SHUT_POINTS, "weight_decay", "noise", "time"),
        ),
    )  # fmt: skip


def mean_squared_displacement() -> tuple[Obligation, ...]:
    """Prove E|g - g0|^2 from Ito's formula: M' = -2 weight_decay E[g (g - g0)] + dim noise^2."""
    lost = e.start_norm**2 * e.retained_goal * (e.retained_goal - 1) + e.dim * e.shut_variance
    rate = -2 * e.weight_decay * lost + e.dim * e.noise**2
    return (
        *shut_moments(),
        solves("M' = -2 weight_decay E<g, g - g0> + dim noise^2", e.mean_squared_displacement, e.time, rate),
        vanishes("M(0) = 0", e.mean_squared_displacement.subs(e.time, 0)),
        formula_is(
            "NumPy equals SymPy", formulas.mean_squared_displacement, e.mean_squared_displacement,
            _only(SHUT_POINTS, "start_norm", "dim", "weight_decay", "noise", "time"),
        ),
    )  # fmt: skip


def autocorrelation() -> tuple[Obligation, ...]:
    """Prove the autocorrelation: Cov(g(t), g(t + lag)) decays from v(t) at the rate weight_decay."""
    later = e.shut_variance.subs(e.time, e.time + e.lag)
    covariance = e.autocorrelation * sympy.sqrt(e.shut_variance * later)
    squared = sympy.simplify(covariance**2 - (e.shut_variance * sympy.exp(-e.weight_decay * e.lag)) ** 2)
    return (
        vanishes("covariance^2 = v(t)^2 exp(-2 weight_decay lag)", squared),
        tends(
            "stationary limit exp(-weight_decay lag)", e.autocorrelation**2, e.time, sympy.oo,
            sympy.exp(-2 * e.weight_decay * e.lag),
        ),
        tends("without decay sqrt(t/(t + lag))", e.autocorrelation**2, e.weight_decay, 0, e.time / (e.time + e.lag)),
        formula_is(
            "NumPy equals SymPy", formulas.autocorrelation, e.autocorrelation,
            _only(SHUT_POINTS, "weight_decay", "time", "lag"),
        ),
    )  # fmt: skip


def cosine_to_start() -> tuple[Obligation, ...]:
    """Prove E cos(g, m) for Gaussian g against the expectation that it is, with its limits."""
    line = e.cosine_to_start.subs(e.dim, 1)
    return (
        equals_numerically(
            "equals the Gaussian expectation of g_1/|g|, by quadrature",
            formulas.cosine_to_start, cosine_by_quadrature, COSINE_POINTS,
        ),
        formula_is("NumPy equals SymPy's 1F1", formulas.cosine_to_start, e.cosine_to_start, COSINE_POINTS),
        vanishes(
            "in one dimension it is erf(|m|/sqrt(2v)), the mean sign",
            sympy.hyperexpand(line) - sympy.erf(e.mean_norm / sympy.sqrt(2 * e.variance)),
        ),
        Obligation("-> 1 without variance", abs(formulas.cosine_to_start(1.0, 1e-30, 7) - 1.0) < 1e-12),
        Obligation("-> 0 as variance grows", formulas.cosine_to_start(1.0, 1e30, 7) < 1e-14),
    )  # fmt: skip


def cosine_by_quadrature(mean_norm: float, variance: float, dim: int) -> float:
    """Return E[g_1/|g|] by quadrature, from 1/|g| = (2/sqrt(pi)) integral over s > 0 of exp(-s^2 |g|^2).

    The Gaussian expectation inside is E[g_1 exp(-s^2|g|^2)] = |m| q^(-d/2-1) exp(-s^2|m|^2/q), q = 1 + 2 v s^2.
    """
    from scipy.integrate import quad

    def integrand(s: float) -> float:
        q = 1.0 + 2.0 * variance * s**2
        return float(np.exp(-(dim / 2 + 1) * np.log(q) - s**2 * mean_norm**2 / q))

    reach = 12.0 / np.sqrt(mean_norm**2 + dim * variance)
    inner = quad(integrand, 0.0, reach, epsabs=0.0, epsrel=1e-13, limit=200)[0]
    outer = quad(integrand, reach, np.inf, epsabs=1e-14, epsrel=1e-12, limit=200)[0]
    return float(2.0 / np.sqrt(np.pi) * mean_norm * (inner + outer))


def stake_selection() -> tuple[Obligation, ...]:
    """Prove that reward selects stake and discount, and the implicit solution of the stake's climb."""
    u, speed = sympy.Symbol("u", real=True), sympy.Symbol("A", positive=True)
    gate = logistic(u)
    return (
        *_reward_rises(),
        vanishes(
            "a(1 - a) = 1/(2 + 2 cosh u)",
            gate * logistic(-u) - 1 / (2 + 2 * sympy.cosh(u).rewrite(sympy.exp)),
        ),
        vanishes(
            "d/dt [u + sinh u] = A/2 where u' = A a (1 - a)",
            ((1 + sympy.cosh(u)) * speed * gate * logistic(-u) - speed / 2).rewrite(sympy.exp),
        ),
        *_solved_implicitly(),
    )


def _reward_rises() -> tuple[Obligation, ...]:
    """The reward's derivatives by stake and discount are products of positive factors."""
    worth, loss = discount.variable ** decision.parameter("horizon"), total((goal - base) ** 2)
    u = (worth * stake - decision.parameter("cost")) / decision.parameter("temperature")
    slope = decision.parameter("pull") / 2 * loss * logistic(u) * logistic(-u) / decision.parameter("temperature")
    per_discount = slope * stake * decision.parameter("horizon") * worth / discount
    return (
        vanishes(
            "dR/dstake = (pull/2)|g - b|^2 a(1 - a) discount^horizon/temperature > 0",
            decision.gradient(decision.reward, stake) - slope * worth,
        ),
        vanishes(
            "dR/ddiscount = dR/dstake stake horizon/discount > 0",
            decision.gradient(decision.reward, discount) - per_discount,
        ),
        vanishes("K of the stake is its ease", decision.learner[stake] - ease_stake.variable),
    )


def _solved_implicitly() -> tuple[Obligation, ...]:
    keywords: dict[str, Any] = {"cost": 1.0, "temperature": 0.2, "discount": 0.9, "horizon": 3.0, "pull": 1.5,
                                "distance": 1.2, "ease": 0.3}  # fmt: skip
    starts, times = np.array([0.2, 1.0, 1.4, 2.5]), np.array([0.5, 2.0, 10.0, 50.0])
    ends = formulas.stake_selection(stake=starts, time=times, **keywords)
    worth = 0.9**3
    before, after = (worth * starts - 1.0) / 0.2, (worth * ends - 1.0) / 0.2
    gained = 0.3 * 1.5 / 2 * 1.2**2 * (worth / 0.2) ** 2 * times / 2
    residual = after + np.sinh(after) - before - np.sinh(before) - gained
    return (Obligation("the root found has zero residual", bool(np.all(np.abs(residual) < 1e-9 * np.cosh(after)))),)

"""Why the closed forms of a drifting goal are true.

The moments come from the law itself. A component of the goal obeys dg = [alpha(t) - rho(t) g] dt + noise dW, so by
Ito its mean and variance obey m' = alpha - rho m and v' = noise^2 - 2 rho v.
"""

from __future__ import annotations

import numpy as np
import sympy

from theory.goal_drift import expressions as e
from theory.goal_drift import formulas
from theory.goal_drift.proofs.points import COSINE_POINTS, SHUT_POINTS
from theory.lemmas import equals_numerically, formula_is, only, solves, tends, vanishes
from theory.obligation import Obligation


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
            only(SHUT_POINTS, "weight_decay", "noise", "time"),
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
            only(SHUT_POINTS, "start_norm", "dim", "weight_decay", "noise", "time"),
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
            only(SHUT_POINTS, "weight_decay", "time", "lag"),
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

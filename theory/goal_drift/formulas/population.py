"""Closed forms of goals in a population of N that reproduces by reward, in generations.

A goal component has variance V within a population (ddof 1); v is the variance that mutation adds in a generation,
and selection by softmax of strength s on a reward of curvature h acts through c = s h alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.goal_drift.formulas.elementary import Number, exprel


def within_variance(start_variance: Number, mutation_variance: Number, population: Number, time: Number) -> Any:
    """Return N v + (V_0 - N v) (1 - 1/N)^t, the expected variance within a population that nothing selects.

    It solves V' = (1 - 1/N) V + v, exactly for every N. Source: Lynch & Hill, Evolution 40 (1986) 915.

    Parameters
    ----------
    start_variance, mutation_variance
        V_0 and v, >= 0.
    population, time
        N >= 2 and t >= 0 generations.
    """
    balance = np.multiply(population, mutation_variance)
    return balance + (start_variance - balance) * _kept(population, time)


def variance_of_mean(start_variance: Number, mutation_variance: Number, population: Number, time: Number) -> Any:
    """Return V_0/N + v t + (V_0 - N v) q (1 - q^t), q = 1 - 1/N: the variance of the mean goal across populations.

    It solves W' = W + (V (1 - 1/N) + v)/N, exactly, for founders drawn independently; parameters as above.
    """
    balance = np.multiply(population, mutation_variance)
    passed = (1.0 - 1.0 / np.asarray(population, dtype=float)) * (1.0 - _kept(population, time))
    return start_variance / np.asarray(population, dtype=float) + np.multiply(mutation_variance, time) + (
        start_variance - balance
    ) * passed  # fmt: skip


def _kept(population: Number, time: Number) -> Any:
    return np.exp(time * np.log1p(-1.0 / np.asarray(population, dtype=float)))


def neutral_divergence_rate(mutation_variance: Number, population: Number = 100) -> Any:
    """Return v: what the variance of the mean goal gains in a generation, whatever the population.

    Valid at the balance V = N v, which is reached after much longer than N generations.

    Parameters
    ----------
    mutation_variance
        v >= 0.
    population
        N >= 2; it makes no difference.
    """
    return mutation_variance * np.ones_like(np.asarray(population, dtype=float))


def mutation_selection_variance(
    strength: Number, curvature: Number, mutation_variance: Number, population: Number = np.inf
) -> Any:
    """Return V*, the variance at which selection and mutation balance: V = (1 - 1/N) V/(1 + c V) + v.

    With B = 1/N - v c it is [-B + sqrt(B^2 + 4 c v)]/(2 c), N v without selection. Exact for N infinite, where it
    is (v + sqrt(v^2 + 4 v/c))/2; a closure for N finite, whose error is ``closure_error``.

    Parameters
    ----------
    strength, curvature
        s >= 0 and h >= 0; c = s h. Without selection and with N infinite there is no balance (infinity).
    mutation_variance
        v >= 0, of a generation.
    population
        N >= 2, or infinity.
    """
    c, v = np.multiply(strength, curvature), np.asarray(mutation_variance, dtype=float)
    lost, root = _discriminant(c, v, population)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Two forms of one number: each where its difference loses no digits.
        found = np.where(lost < 0.0, (root - lost) / (2.0 * c), 2.0 * v / (root + lost))
    return np.where(v == 0.0, 0.0, found)[()]


def _discriminant(c: Any, v: Any, population: Number) -> tuple[Any, Any]:
    lost = 1.0 / np.asarray(population, dtype=float) - v * c
    return lost, np.sqrt(np.square(lost) + 4.0 * c * v)


def selected_variance(
    strength: Number,
    curvature: Number,
    mutation_variance: Number,
    start_variance: Number,
    time: Number,
    population: Number = np.inf,
) -> Any:
    """Return the variance within a population after t generations of selection and mutation.

    The solution of V' = (1 - 1/N) V/(1 + c V) + v: with V* its balance, D = sqrt(B^2 + 4 c v) and
    k = 1 - 2 D/(2 - 1/N + c v + D), it is V* + k^t A/(1 + (1 - k^t) A c/D), A = V_0 - V*.

    Parameters
    ----------
    start_variance, time
        V_0 >= 0, of normal goals around the best one, and t >= 0 generations. The rest, and what is exact, as in
        ``mutation_selection_variance``; the balance must exist.
    """
    c, v = np.multiply(strength, curvature), np.asarray(mutation_variance, dtype=float)
    _, root = _discriminant(c, v, population)
    larger = (2.0 - 1.0 / np.asarray(population, dtype=float) + c * v + root) / 2.0
    # k = 1 - D/larger: its powers, and (1 - k^t)/D, keep their digits as D -> 0.
    lost = root / larger
    rate = np.log1p(-lost)
    per_root = (
        time * exprel(time * rate) * np.where(lost == 0.0, 1.0, -rate / np.where(lost == 0.0, 1.0, lost)) / larger
    )
    balance = mutation_selection_variance(strength, curvature, mutation_variance, population)
    away = start_variance - balance
    return balance + np.exp(time * rate) * away / (1.0 + per_root * away * c)


def selected_mean(
    strength: Number, curvature: Number, mutation_variance: Number, start_variance: Number, distance: Number,
    time: Number,
) -> Any:  # fmt: skip
    """Return distance/(S_t (1 + c V_0) - S_(t-1)): how far the mean goal is from the best one after t generations.

    The solution of m' = m/(1 + c V) with V of ``selected_variance`` for N infinite: the denominators of a Moebius
    map multiply to the lower row of its power, S_t = sinh(t a)/sinh(a), 2 sinh(a/2) = sqrt(c v), S_t = t for c v = 0.

    Parameters
    ----------
    distance
        Of the mean at time 0. The rest as in ``selected_variance``.
    """
    c, t = np.multiply(strength, curvature), np.asarray(time, dtype=float)
    angle = 2.0 * np.arcsinh(np.sqrt(np.multiply(c, mutation_variance)) / 2.0)
    flat = angle == 0.0
    unit = np.where(flat, 1.0, angle)
    powers = [np.where(flat, n, np.sinh(n * unit) / np.sinh(unit)) for n in (t, t - 1.0)]
    return distance / (powers[0] * (1.0 + c * start_variance) - powers[1])


CLOSURE_ERROR = 0.45


def closure_error(strength: Number, curvature: Number, mutation_variance: Number, population: Number) -> Any:
    """Return 0.45/(N sqrt(c v)), a bound on the relative error of the closure for finite N.

    The closure takes every finite population for normal: N times its relative error was mapped by simulation over
    c v in [0.03, 2], N in [10, 300], from starts around the best goal with c V_0 <= 3, and is between 0 and 1.1,
    falling with c v like 1/sqrt(c v): at c v = 0.03, 0.1, 0.3, 1 at most 1.1, 0.9, 0.6, 0.4. Valid there and for
    larger N; not for a mean far from the best goal. Below it is far too wide: at c v = 0.001 and N = 50 the closure is
    off by 3 %, which is the most at that N (``theory.validity.gaussian_closure``).
    """
    c = np.multiply(strength, curvature)
    return CLOSURE_ERROR / (np.asarray(population, dtype=float) * np.sqrt(c * mutation_variance))


def selection_response(strength: Number, curvature: Number, variance: Number, distance: Number) -> Any:
    """Return -distance c V/(1 + c V), the change of the mean goal in one generation of selection.

    It is s S dR/dg at the mean, S = V/(1 + c V) the variance after selection: Lande's response, with V + 1/c where
    selection is a normal fitness function of variance 1/c. Source: Lande, Evolution 30 (1976) 314.

    Parameters
    ----------
    strength, curvature
        s >= 0 and h >= 0, c = s h.
    variance, distance
        V >= 0 of normal goals, and how far their mean is from the best goal. N is infinite.
    """
    u = np.multiply(strength, curvature) * variance
    return -np.asarray(distance) * u / (1.0 + u)


def sampling_bias(strength: Number, curvature: Number, variance: Number, distance: Number, population: Number) -> Any:
    """Return |distance| u rho/((1 + u)(1 + 2u) N), by how much N parents respond less, to first order in 1/N.

    The mean weight of a sample varies with the sample: E[sum w z/sum w] = m* - E[w^2 (z - m*)]/(N E[w]^2), here with
    u = c V, rho = E[w^2]/E[w]^2 = (1 + u)/sqrt(1 + 2u) exp(c distance^2 [1/(1 + u) - 1/(1 + 2u)]).
    """
    c = np.multiply(strength, curvature)
    u = c * variance
    closer = 1.0 / (1.0 + u) - 1.0 / (1.0 + 2.0 * u)
    uneven = (1.0 + u) / np.sqrt(1.0 + 2.0 * u) * np.exp(c * np.square(distance) * closer)
    return np.abs(distance) * uneven * closer / np.asarray(population, dtype=float)


def price_identity(**point: Number) -> Any:
    """Return 0, what is left of a change of mean after Cov(w, z)/mean w and mean mutation, at any point."""
    return np.zeros(np.broadcast_shapes(*(np.shape(value) for value in point.values())))

"""Closed forms of training as finding a region of weights: p(c, g) proportional to prior exp(beta R).

With k = beta pull (1 - a(c)), the goal g ~ N(0, s^2) of a component becomes N(m, v), v = 1/(1/s^2 + k), m = b k v.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.goal_drift.formulas.elementary import Number, logistic

PANELS = 48
NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)


def posterior_variance(
    prior_sd: Number, inverse_temperature: Number, pull: Number, capability: Number, threshold: Number, width: Number
) -> Any:
    """Return 1/(1/s^2 + beta pull (1 - a)), the variance of a goal component among the agents that reward selects.

    It goes back to the prior's s^2 as the gate shuts.

    Parameters
    ----------
    prior_sd
        s > 0, of each component of the goal before training.
    inverse_temperature
        beta >= 0: how strongly reward selects.
    pull, capability, threshold, width
        Of the law, at one capability; ``pull`` >= 0, ``width`` > 0.
    """
    acted = logistic(np.divide(np.subtract(threshold, capability), width))
    square = np.square(prior_sd)
    return square / (1.0 + square * np.multiply(inverse_temperature, pull) * acted)


def posterior_mean(
    prior_sd: Number,
    inverse_temperature: Number,
    pull: Number,
    capability: Number,
    threshold: Number,
    width: Number,
    base: Number,
) -> Any:
    """Return b beta pull (1 - a) times ``posterior_variance``, the mean of a component; parameters as there."""
    acted = logistic(np.divide(np.subtract(threshold, capability), width))
    variance = posterior_variance(prior_sd, inverse_temperature, pull, capability, threshold, width)
    return base * np.multiply(inverse_temperature, pull) * acted * variance


def selected_goal(
    prior_sd: Number,
    inverse_temperature: Number,
    pull: Number,
    value: Number,
    capability: Number,
    spread: Number,
    threshold: Number,
    width: Number,
    base: Number,
    dim: Number,
) -> Any:
    """Return the mean goal along b when reward selects capability and goal together, by quadrature over capability.

    Each capability weighs exp(beta value c) Z(c), Z = (1 + s^2 k)^(-dim/2) exp(-|b|^2 k/(2 (1 + s^2 k))).

    Parameters
    ----------
    capability, spread
        A priori capability is uniform on capability -+ spread; ``spread`` >= 0.
    value
        Reward per unit of capability.
    base, dim
        Length of b, and its number of components. The rest as in ``posterior_variance``.
    """
    given = (prior_sd, inverse_temperature, pull, value, capability, spread, threshold, width, base, dim)
    one = [np.asarray(number, dtype=float)[..., np.newaxis] for number in given]
    s, beta, strength, worth, middle, reach, half_shut, w, b, d = one
    edges = np.linspace(-1.0, 1.0, PANELS + 1)
    nodes = (edges[:-1, np.newaxis] + (NODES + 1.0) / PANELS).ravel()
    c = middle + reach * nodes
    k = beta * strength * logistic((half_shut - c) / w)
    grown = 1.0 + np.square(s) * k
    log_weight = beta * worth * (c - middle - reach) - d / 2.0 * np.log(grown) - np.square(b) * k / (2.0 * grown)
    weight = np.tile(WEIGHTS, PANELS) * np.exp(log_weight - log_weight.max(axis=-1, keepdims=True))
    return np.sum(weight * b * k * np.square(s) / grown, axis=-1) / np.sum(weight, axis=-1)

"""Closed forms of what is left to chance: where goals end up, who chose them, and what behavior tells of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.goal_drift.formulas.elementary import Number, logistic
from theory.goal_drift.formulas.gate import goal_variance, learned_fraction


def stationary_autocorrelation(weight_decay: Number, lag: Number) -> Any:
    """Return exp(-weight_decay lag), the autocorrelation of a component once its spread has settled.

    Valid behind a shut gate; ``weight_decay`` > 0, ``lag`` >= 0.
    """
    return np.exp(-np.multiply(weight_decay, lag))


def final_cosine_distribution(dim: Number, at: Number) -> Any:
    """Return P(cos(g, b) <= at) for a goal of uniform direction: (1 + cos)/2 ~ Beta((dim - 1)/2, (dim - 1)/2).

    In one dimension the cosine is -1 or 1 with probability 1/2 each. The mean is 0 and the variance 1/dim.

    Parameters
    ----------
    dim
        d >= 1.
    at
        Any real numbers; the probability is 0 below -1 and 1 from 1 on.
    """
    from scipy.special import betainc

    x = np.asarray(at, dtype=float)
    shape = (np.asarray(dim, dtype=float) - 1.0) / 2.0
    inside = np.where(shape > 0.0, betainc(np.maximum(shape, 0.5), np.maximum(shape, 0.5), _half(x)), 0.5)
    return np.where(x < -1.0, 0.0, np.where(x >= 1.0, 1.0, inside))


def _half(x: Any) -> Any:
    return np.clip((1.0 + x) / 2.0, 0.0, 1.0)


def behavior_information(
    capability: Number, threshold: Number, width: Number, signal_variance: Number, observation_noise: Number
) -> Any:
    """Return (1 - a) ln(1 + signal_variance/observation_noise^2)/2: nats about one feature of the goal, per episode.

    The observer sees the feature of the goal acted on, with noise, and knows which episodes are played for reward's
    sake; one who does not know learns less.

    Parameters
    ----------
    capability, threshold, width
        Of the gate; ``width`` > 0.
    signal_variance
        Of the goal's component along the feature among the agents that might be observed, >= 0; it is Gaussian.
    observation_noise
        Standard deviation of the observer's Gaussian noise, > 0.
    """
    acted = logistic(np.divide(np.subtract(threshold, capability), width))
    return acted * np.log1p(signal_variance / np.square(observation_noise)) / 2.0


def designer_share(
    pull: Number,
    width: Number,
    growth: Number,
    threshold: Number,
    initial_capability: Number,
    time: Number,
    noise: Number,
    base_sd: Number,
    start_sd: Number,
) -> Any:
    """Return the share of the variance of the goal that the designers' choice of b explains.

    With E = exp(-pull I(t)) and v = ``goal_variance``: (1 - E)^2 base_sd^2/[(1 - E)^2 base_sd^2 + E^2 start_sd^2 + v].

    Valid without weight decay, for independent b ~ N(0, base_sd^2 I) and start ~ N(0, start_sd^2 I), both >= 0 and
    something > 0. Parameters else as in ``goal_variance``.
    """
    gate = (pull, width, growth, threshold, initial_capability, time)
    learned = learned_fraction(*gate)
    chosen = np.square(learned * base_sd)
    return chosen / (chosen + np.square((1.0 - learned) * start_sd) + goal_variance(*gate, noise))

"""Closed forms of what one update moves: misbehavior and evasion under the metric of each learner."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.parameter import nearest

METRICS = {"selection": "covariance", "natural": "covariance", "gradient": "ease", "score_function": "ease"}


def response_ratio(
    weights: Any, variances: Any, learner: str = "selection", ease: Any = (1.0, 1.0), covariance: Any = 0.0,
    transmitted: Any = 1.0, probes: Any = 1,
) -> Any:  # fmt: skip
    """Return |w_A dA| : |w_B dB| of one update by a probe that reads S = w_A A - tau w_B (mean of B over probes).

    selection, natural             w_A (w_A V_A - tau w_B C) : w_B (tau w_B V_B/M - w_A C)
    gradient, score_function       ease_A w_A^2 : ease_B tau w_B^2/M; variances and covariance do not matter

    Without covariance and on the live agent these are w_A^2 V_A : w_B^2 V_B, the shares of the probe's variance,
    and ease_A w_A^2 : ease_B w_B^2.

    Parameters
    ----------
    weights, variances, ease
        Of misbehavior and evasion, shape (..., 2); w, V > 0 and ease >= 0.
    learner
        "selection" (by whatever scheme, at whatever strength), "natural" policy gradient, "gradient" through the probe,
        or "score_function": plain policy gradient on the means.
    covariance
        C of A and each B; C^2 < V_A V_B.
    transmitted
        tau in [0, 1]: the share of evasion that reaches the probe. What evasion does is counted on the live agent.
    probes
        M >= 1 probes of which the mean is rewarded, with blind spots that vary independently.

    The ratio is the same for any noise of the probe that is independent of both traits, and for any selection by the
    score alone, if A and B are jointly normal. Infinite where B does not move. Raises ValueError for another learner.
    """
    if learner not in METRICS:
        raise ValueError(f"learner: got {learner!r}; {nearest(str(learner), METRICS)}")
    (w_a, w_b), (v_a, v_b), (ease_a, ease_b) = (_two(one) for one in (weights, variances, ease))
    seen = np.asarray(transmitted) * w_b
    if METRICS[learner] == "covariance":
        fall, rise = w_a * (w_a * v_a - seen * covariance), w_b * (seen * v_b / np.asarray(probes) - w_a * covariance)
    else:
        fall, rise = ease_a * w_a**2 + 0.0 * seen, ease_b * w_b * seen / np.asarray(probes)
    with np.errstate(divide="ignore"):
        return np.abs(np.divide(fall, rise))


def standardized_ratio(weights: Any, variances: Any, learner: str = "selection", ease: Any = (1.0, 1.0)) -> Any:
    """Return |dA/sigma_A| : |dB/sigma_B|, each trait's move in its own standard deviations.

    w_A sigma_A : w_B sigma_B under selection, ease_A w_A/sigma_A : ease_B w_B/sigma_B under the gradient. Parameters as
    in ``response_ratio``; one live probe and no covariance.
    """
    (w_a, w_b), (v_a, v_b) = _two(weights), _two(variances)
    return response_ratio(weights, variances, learner, ease) * w_b * np.sqrt(v_b) / (w_a * np.sqrt(v_a))


def frozen_probe(weights: Any, variances: Any, transmitted: Any = 0.0, covariance: Any = 0.0) -> Any:
    """Return how far selection moves evasion, in standard deviations, for each one that it moves the score.

    -Cov(B, u)/(sigma_B sigma_u) = (tau w_B V_B - w_A C)/(sigma_B sigma_u),     u = w_A A - tau w_B B,
    sigma_u^2 = w_A^2 V_A + tau^2 w_B^2 V_B - 2 tau w_A w_B C

    Parameters
    ----------
    weights, variances, covariance
        As in ``response_ratio``.
    transmitted
        tau in [0, 1]; 0 for a copy that was frozen before evasion began.

    Whatever the probe's own noise. Exactly 0 at tau = C = 0. With C > 0 evasion falls with misbehavior even on a frozen
    copy; with C < 0 it rises.
    """
    (w_a, w_b), (v_a, v_b) = _two(weights), _two(variances)
    seen, c = np.asarray(transmitted) * w_b, np.asarray(covariance)
    return (seen * v_b - w_a * c) / np.sqrt(v_b * (w_a**2 * v_a + seen**2 * v_b - 2.0 * seen * w_a * c))


def retrained_weight(evasion_variance: Any, trace_noise: Any) -> Any:
    """Return the weight of evasion, relative to misbehavior's, in a probe that is fitted again: N/(N + V_B).

    Misbehavior shows in F = A - B + noise and evasion in H = B + trace noise; the probe is fitted to A (least squares)
    or to which half is worse (logistic regression) on both. It was 1 in a probe on F alone.

    Parameters
    ----------
    evasion_variance
        V_B > 0 when the probe is fitted.
    trace_noise
        sqrt(N) >= 0, standard deviation of the noise on the trace that evasion leaves.

    Valid for normal traits without covariance, in large populations. Without trace noise a retrained probe sees evasion
    for what it is; with very much of it retraining changes nothing.
    Source for the logistic fit having the same direction: Li & Duan, Annals of Statistics 17 (1989) 1009.
    """
    noise = np.square(np.asarray(trace_noise, dtype=float))
    return noise / (noise + evasion_variance)


def subverter_capability(weights: Any, variances: Any, rate: Any) -> Any:
    """Return the capability at which evasion outruns repair, ln(w_A^2 V_A/(w_B^2 V_B))/rate.

    Parameters
    ----------
    weights, variances
        As in ``response_ratio``; V_B at capability 0, whence it grows as exp(rate c).
    rate
        > 0, per unit of capability.

    In units of the score; valid under selection and natural gradient. Negative if evasion outran repair from the start.
    """
    return np.log(response_ratio(weights, variances)) / np.asarray(rate)


def _two(pair: Any) -> tuple[Any, Any]:
    array = np.asarray(pair, dtype=float)
    return array[..., 0], array[..., 1]

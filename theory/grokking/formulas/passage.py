"""How long the general circuit takes: closed forms at two weights a strength (L = 2), from the floor of the loss on.

There g_j = g_j(0) exp(2 h_j tau - 2 lambda t), so the odds p_G/p_M grow as exp(2 (h_G - h_M) tau), and
q(t) = q(0) sum of p_j(0) exp(2 h_j tau - 2 lambda t) turns tau into time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.parameter import nearest

LOSSES = ("held", "logistic")


def floor(efficiency: Any, weight_decay: Any) -> Any:
    """Return the margin at which the logistic loss pulls as hard as decay does, ln(efficiency/weight_decay - 1).

    There h logistic(-q) = weight_decay; ``efficiency`` is the mean <h> over the shares of the margin. It is positive
    for weight_decay < efficiency/2; there is no floor (NaN) for weight_decay >= efficiency.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.log(np.asarray(efficiency) / weight_decay - 1.0)


def passage_time(
    share: Any, later_share: Any, memorizing_efficiency: Any, generalizing_efficiency: Any, weight_decay: Any
) -> Any:
    """Return the time in which the generalizing circuit's share of a held margin goes from p to p'.

    t = [ln((1 - p)/(1 - p')) + h_M/(h_G - h_M) (logit p' - logit p)]/(2 weight_decay)

    Parameters
    ----------
    share, later_share
        p and p', in (0, 1); p' > p where h_G > h_M and p' < p where h_G < h_M.
    memorizing_efficiency, generalizing_efficiency
        h_M and h_G > 0.
    weight_decay
        > 0, per unit of time.

    Valid for L = 2 on a loss that holds the margin. Infinite at h_G = h_M; a negative time lies in the past.
    """
    h, gap = np.asarray(memorizing_efficiency, dtype=float), np.subtract(generalizing_efficiency, memorizing_efficiency)
    odds = np.log(later_share) - np.log1p(np.negative(later_share)) - np.log(share) + np.log1p(np.negative(share))
    with np.errstate(divide="ignore", invalid="ignore"):
        waiting = np.where(gap == 0.0, np.inf * np.sign(odds), h * odds / np.where(gap == 0.0, 1.0, gap))
    return (np.log1p(np.negative(share)) - np.log1p(np.negative(later_share)) + waiting) / (
        2.0 * np.asarray(weight_decay)
    )


def grokking_time(
    memorizing_share: Any,
    memorizing_efficiency: Any,
    generalizing_efficiency: Any,
    weight_decay: Any,
    loss: str = "held",
    start_margin: Any = None,
) -> Any:
    """Return when the generalizing circuit carries as much of the margin as the memorizing one.

    With p_M = ``memorizing_share`` and p_G = 1 - p_M,

        t = [ln(2 p_M) + h_M/(h_G - h_M) ln(p_M/p_G) - ln(q_c/q_0)]/(2 weight_decay),

    where the margin goes from q_0 at the start to q_c at the crossing. A loss that holds the margin has q_c = q_0 = 1:
    then t is exactly proportional to 1/weight_decay. The logistic loss lets its floor creep: with ``floor``,
    q_0 = floor(p_M h_M + p_G h_G) and q_c = floor((h_M + h_G)/2).

    Parameters
    ----------
    memorizing_share
        p_M at the start, in [1/2, 1).
    memorizing_efficiency, generalizing_efficiency
        h_G >= h_M > 0.
    weight_decay
        > 0, per unit of time; for the logistic loss below half of every efficiency.
    loss
        "held" or "logistic".
    start_margin
        q_0, > 0, for a start that is not on the floor: then the time includes memorization.

    Valid for L = 2. The held form leaves out what a finite stiffness k does: it is late by less than
    -ln(1 - weight_decay/(k h_M))/(2 weight_decay). The logistic form takes the floor to be met at the crossing: see
    ``predicted.passage`` for the bound on how far the margin lags behind it. Raises ValueError for another loss.
    """
    if loss not in LOSSES:
        raise ValueError(f"loss: got {loss!r}; {nearest(str(loss), LOSSES)}")
    share, h, better = (np.asarray(one, dtype=float) for one in (
        memorizing_share, memorizing_efficiency, generalizing_efficiency))  # fmt: skip
    held = passage_time(1.0 - share, 0.5, h, better, weight_decay)
    end = 1.0 if loss == "held" else floor((h + better) / 2.0, weight_decay)
    whole = share * h + (1.0 - share) * better
    begin = start_margin if start_margin is not None else 1.0 if loss == "held" else floor(whole, weight_decay)
    return held - np.log(np.divide(end, begin)) / (2.0 * np.asarray(weight_decay))


def grokking_exponent(
    memorizing_share: Any, memorizing_efficiency: Any, generalizing_efficiency: Any, weight_decay: Any,
    loss: str = "held", start_margin: Any = None,
) -> Any:  # fmt: skip
    """Return d ln t/d ln weight_decay of ``grokking_time``: -1 if the margin is held, and with the logistic loss

        -1 + [1/(q_c (1 - weight_decay/h_c)) - 1/(q_0 (1 - weight_decay/h_0))]/(2 weight_decay t),

    without the second term where the start margin is given, as a creeping floor then costs time that a stronger decay
    saves. Parameters as in ``grokking_time``.
    """
    time = grokking_time(
        memorizing_share, memorizing_efficiency, generalizing_efficiency, weight_decay, loss, start_margin
    )
    if loss == "held":
        return np.full(np.shape(time), -1.0)[()]
    share, h, better = (np.asarray(one, dtype=float) for one in (
        memorizing_share, memorizing_efficiency, generalizing_efficiency))  # fmt: skip
    crept = _creep((h + better) / 2.0, weight_decay)
    if start_margin is None:
        crept = crept - _creep(share * h + (1.0 - share) * better, weight_decay)
    return -1.0 + crept / (2.0 * np.asarray(weight_decay) * time)


def _creep(efficiency: Any, weight_decay: Any) -> Any:
    """Return -d ln floor/d ln weight_decay."""
    return 1.0 / (floor(efficiency, weight_decay) * (1.0 - weight_decay / efficiency))


def snap_duration(memorizing_efficiency: Any, generalizing_efficiency: Any, weight_decay: Any) -> Any:
    """Return how long the generalizing share takes from 10 to 90 %: ln 9 (h_G + h_M)/(h_G - h_M)/(2 weight_decay).

    Parameters as in ``passage_time``, h_G > h_M. It does not depend on the start: the snap is short beside the waiting
    only because the waiting grows with ln(p_M/p_G).
    """
    h, better = np.asarray(memorizing_efficiency, dtype=float), np.asarray(generalizing_efficiency, dtype=float)
    return np.log(9.0) * (better + h) / (better - h) / (2.0 * np.asarray(weight_decay))


def ungrokking_time(generalizing_share: Any, data_ratio: Any, exponent: Any, weight_decay: Any) -> Any:
    """Return when memorizing has taken half of the margin back, the data cut to data_ratio < 1 critical sizes.

    t = [ln(2 p_G) + ln(p_G/p_M)/(data_ratio^-exponent - 1)]/(2 weight_decay)

    Parameters
    ----------
    generalizing_share
        p_G at the cut, in [1/2, 1).
    data_ratio
        D/D_crit in (0, 1).
    exponent
        gamma > 0 of h_M(D) ~ D^-gamma.
    weight_decay
        > 0.

    Valid for L = 2 on a loss that holds the margin. It diverges at the critical size.
    """
    worn = np.power(data_ratio, np.negative(exponent))
    return passage_time(1.0 - np.asarray(generalizing_share), 0.5, 1.0, worn, weight_decay)


def transition_slope(weight_decay: Any) -> Any:
    """Return dt/d ln alpha = 1/weight_decay: how much later grokking comes if all weights start alpha times larger.

    Parameters: ``weight_decay`` > 0. For any depth as alpha -> infinity (strengths fall as exp(-L lambda t) from
    alpha^L), and for L = 2 from any start that has forgotten its margin before the crossing.
    """
    return 1.0 / np.asarray(weight_decay, dtype=float)

"""What learning looks like before decay matters: what the gradient shows of a circuit, and how fast one rises."""

from __future__ import annotations

from typing import Any

import numpy as np


def visible_from_start(
    memorizing_start: Any, generalizing_start: Any, memorizing_efficiency: Any, generalizing_efficiency: Any, depth: Any
) -> Any:
    """Return how long the loss gradient on the generalizing circuit's weights is, relative to the other's.

    |grad_G|/|grad_M| = (h_G/h_M) (g_G/g_M)^(1 - 1/L)

    at any time and on any loss, balanced weights given: smaller than one, and never zero where g_G > 0 (for L = 1, not
    even there). Net of decay the circuit grows on the floor of the loss only if it will win (L > 2).

    Parameters
    ----------
    memorizing_start, generalizing_start
        g_M > 0 and g_G >= 0.
    memorizing_efficiency, generalizing_efficiency
        h_M, h_G > 0.
    depth
        L >= 1.
    """
    ratio = np.divide(generalizing_start, memorizing_start)
    slope = np.divide(generalizing_efficiency, memorizing_efficiency)
    return slope * np.power(ratio, 1.0 - 1.0 / np.asarray(depth, dtype=float))


def rise(strength: Any, time_constant: Any, start: Any, time: Any) -> Any:
    """Return u(t) = s/(1 + (s/u_0 - 1) exp(-2 s t/tau)), one mode learned without decay: tau u' = 2 u (s - u).

    Parameters
    ----------
    strength
        s > 0, what is learned in the end.
    time_constant
        tau > 0, one over the stiffness.
    start
        u_0 > 0.
    time
        >= 0.

    Valid for L = 2, squared loss and no decay. It is half risen at tau/(2 s) ln(s/u_0 - 1).
    Source: Saxe, McClelland & Ganguli, arXiv:1312.6120, equation 12.
    """
    s = np.asarray(strength, dtype=float)
    return s / (1.0 + (s / start - 1.0) * np.exp(-2.0 * s * np.asarray(time) / time_constant))


def rise_time(strength: Any, time_constant: Any) -> Any:
    """Return tau ln 9/s, how long a mode takes from 10 to 90 %, wherever below it began. Parameters as in ``rise``."""
    return np.log(9.0) * np.asarray(time_constant, dtype=float) / strength

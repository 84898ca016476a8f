"""Two circuits through a whole run, memorization included, by the exact clock of weight decay and any loss."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from theory.clock import leader, log_strengths

RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE = 1e-10, 1e-12


def clock(
    memorizing_start: Any,
    generalizing_start: Any,
    memorizing_efficiency: Any,
    generalizing_efficiency: Any,
    weight_decay: Any,
    depth: Any,
    time: Any,
    stiffness: Any = None,
) -> Any:
    """Return h_G g_G(t), the test margin, from one scalar equation, for the gain u of the faster circuit,

        du/dt = L h g(u, t)^(1 - 2/L) mu(q(u, t)),   u(0) = 0.

    ``theory.clock.log_strengths`` gives both strengths from u and t; q = h_M g_M + h_G g_G; mu = -dloss/dq is
    logistic(-q), or stiffness (1 - q) if a ``stiffness`` is given.

    Parameters
    ----------
    memorizing_start, generalizing_start
        Strengths at time 0, > 0.
    memorizing_efficiency, generalizing_efficiency
        Margin per unit of strength, > 0.
    weight_decay
        >= 0, per unit of time.
    depth
        L >= 1, any real number.
    time
        > 0.
    stiffness
        None for the logistic loss, or the curvature of the squared loss around a margin of 1, > 0.

    Exact for every depth and both losses, up to the integrator's tolerance of 1e-10.
    """
    arguments = (
        memorizing_start, generalizing_start, memorizing_efficiency, generalizing_efficiency, weight_decay, depth, time,
        np.nan if stiffness is None else stiffness,
    )  # fmt: skip
    return np.vectorize(_test_margin, otypes=[float])(*arguments)


@lru_cache(maxsize=4096)
def _test_margin(
    memorizing_start: float, generalizing_start: float, memorizing_efficiency: float, generalizing_efficiency: float,
    weight_decay: float, depth: float, time: float, stiffness: float,
) -> float:  # fmt: skip
    from scipy.integrate import solve_ivp

    start = np.array([memorizing_start, generalizing_start])
    efficiency = np.array([memorizing_efficiency, generalizing_efficiency])
    first = leader(start, efficiency, depth)

    def strengths(now: float, gain: Any) -> Any:
        return np.exp(log_strengths(start, efficiency, depth, gain, depth * weight_decay * now))

    def rate(now: float, gain: Any) -> Any:
        g = strengths(now, gain[0])
        q = efficiency @ g
        mu = stiffness * (1.0 - q) if stiffness > 0.0 else np.exp(-np.logaddexp(0.0, q))
        return depth * efficiency[first] * g[first] ** (1.0 - 2.0 / depth) * mu

    solution = solve_ivp(
        rate, (0.0, time), [0.0], method="LSODA", rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE
    )  # fmt: skip
    return float(efficiency[1] * strengths(time, solution.y[0, -1])[1])

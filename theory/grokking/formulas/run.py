"""Two circuits through a whole run, memorization included, by the exact clock of weight decay and any loss."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from theory.clock import leader, log_strengths

RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE = 1e-10, 1e-12
LOGISTIC = -1.0  # what stands for the stiffness of the logistic loss, which has none


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
    *point, when = np.broadcast_arrays(
        memorizing_start, generalizing_start, memorizing_efficiency, generalizing_efficiency, weight_decay, depth,
        LOGISTIC if stiffness is None else stiffness, time,
    )  # fmt: skip
    runs = np.stack([np.asarray(one, dtype=float).ravel() for one in point], axis=-1)
    margins = np.empty(when.size)
    for run in np.unique(runs, axis=0):  # a whole course costs one integration
        here = np.all(runs == run, axis=-1)
        moments, back = np.unique(when.ravel()[here], return_inverse=True)
        margins[here] = np.array(_test_margins(tuple(map(float, run)), tuple(map(float, moments))))[back]
    return margins.reshape(when.shape)[()]


@lru_cache(maxsize=256)
def _test_margins(run: tuple[float, ...], times: tuple[float, ...]) -> tuple[float, ...]:
    """Return the test margin of one run (the clock's arguments in its own order) at increasing times."""
    from scipy.integrate import solve_ivp

    start, efficiency = np.array(run[:2]), np.array(run[2:4])
    weight_decay, depth, stiffness = run[4:]
    first = leader(start, efficiency, depth)

    def strengths(now: float, gain: Any) -> Any:
        return np.exp(log_strengths(start, efficiency, depth, gain, depth * weight_decay * now))

    def rate(now: float, gain: Any) -> Any:
        g = strengths(now, gain[0])
        q = efficiency @ g
        mu = np.exp(-np.logaddexp(0.0, q)) if stiffness == LOGISTIC else stiffness * (1.0 - q)
        return depth * efficiency[first] * g[first] ** (1.0 - 2.0 / depth) * mu

    solution = solve_ivp(
        rate, (0.0, times[-1]), [0.0], method="LSODA", t_eval=times, rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE
    )
    return tuple(float(efficiency[1] * strengths(now, gain)[1]) for now, gain in zip(times, solution.y[0], strict=True))

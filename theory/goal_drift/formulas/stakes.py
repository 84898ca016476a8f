"""The closed form of the selection of stakes: what reward does select in a goal."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.goal_drift.formulas.elementary import Number


def stake_selection(
    stake: Number,
    cost: Number,
    temperature: Number,
    discount: Number,
    horizon: Number,
    pull: Number,
    distance: Number,
    ease: Number,
    time: Number,
) -> Any:
    """Return the stake to which reward has selected a goal that itself stands still.

    With u = (discount^horizon stake - cost)/temperature and the gate logistic(u), the stake climbs its own gradient:

        u' = A/(2 + 2 cosh u), so  u(t) + sinh u(t) = u(0) + sinh u(0) + A t/2,
        A = ease (pull/2) distance^2 (discount^horizon/temperature)^2.

    Parameters
    ----------
    stake, cost, temperature
        Of the decision; ``temperature`` > 0.
    discount, horizon
        0 < ``discount`` <= 1, ``horizon`` >= 0.
    pull, distance, ease, time
        All >= 0; ``distance`` = |g - b|, ``ease`` the stake's K.
    """
    worth = np.power(discount, horizon)
    start = (worth * stake - cost) / temperature
    speed = np.multiply(ease, pull) / 2.0 * np.square(distance) * np.square(worth / temperature)
    end = _inverse_of_u_plus_sinh(start + np.sinh(start) + speed * time / 2.0)
    return (temperature * end + cost) / worth


def _inverse_of_u_plus_sinh(y: Any) -> Any:
    """Solve u + sinh u = y by Newton from arcsinh y, on whose side of the root the function is convex."""
    size = np.abs(y)
    u = np.arcsinh(size)
    for _ in range(12):
        u = u - (u + np.sinh(u) - size) / (1.0 + np.cosh(u))
    return np.sign(y) * u

"""Closed forms of the shares along the clock: the softmax."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def shares(presence: Sequence[float], quality: Sequence[float], time: Any) -> Any:
    """Return p_k = exp(l_k + s_k tau)/sum_j exp(l_j + s_j tau), shape (circuits,) + that of the time.

    Parameters
    ----------
    presence, quality
        l and s of each circuit, sequences (circuits,).
    time
        tau >= 0.
    """
    tau = np.asarray(time, dtype=float)
    start, slope = (
        np.asarray(values, dtype=float).reshape((-1, *[1] * tau.ndim)) for values in (presence, quality)
    )  # fmt: skip
    logarithm = start + slope * tau
    weight = np.exp(logarithm - logarithm.max(axis=0))
    return weight / weight.sum(axis=0)


def leader_share(presence: Sequence[float], quality: Sequence[float], time: Any) -> Any:
    """Return the largest share. Parameters as in ``shares``; it comes to 1 in the end, unless the best are equal."""
    return shares(presence, quality, time).max(axis=0)


def first_share(presence: Sequence[float], quality: Sequence[float], time: Any) -> Any:
    """Return the share of the circuit that led at the start. Parameters as in ``shares``."""
    return shares(presence, quality, time)[int(np.argmax(presence))]


def takeover_time(presence: Sequence[float], quality: Sequence[float]) -> float:
    """Return when the better of two circuits takes the lead: (l_1 - l_2)/(s_2 - s_1).

    Parameters
    ----------
    presence, quality
        Of two circuits, (2,); NaN if they are equally good, negative if the better one has always led.
    """
    behind, ahead = presence[0] - presence[1], quality[1] - quality[0]
    return float(behind / ahead) if ahead != 0.0 else float("nan")

"""Closed forms of how it ends: who wins, and at which depth that changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.simplification.formulas.shares import Number, Vector

TIE = 1e-12  # scores that are equal up to rounding


def winner(start: Vector, efficiency: Vector, depth: Number) -> Any:
    """Return the index of the feature that has the whole drive in the end, or -1 where several coexist.

    For L >= 2 the largest score h_j g_j(0)^(1 - 2/L) among those that start above 0 wins; features of equal score
    coexist in their initial ratio. For L < 2 all of them coexist (``coexistence``), at L = 1 also what starts at 0.

    Parameters
    ----------
    start, efficiency
        Strengths g_j(0) >= 0, not all 0, and h_j > 0, shape (..., features).
    depth
        L >= 1; infinity is allowed, and has the score h_j g_j(0).

    Raises ValueError, in one line, for a depth below 1 or a start without any positive strength.
    """
    g, h = np.asarray(start, dtype=float), np.asarray(efficiency, dtype=float)
    layers = np.asarray(depth, dtype=float)
    if np.any(layers < 1.0) or np.any(np.isnan(layers)):
        raise ValueError(f"depth: got {layers.min():g}; must be >= 1; correct it")
    if not np.all(np.any(g > 0.0, axis=-1)):
        raise ValueError("start: got no positive strength; must have one; correct it")
    scores = log_scores(g, h, layers)
    best = scores.max(axis=-1, keepdims=True)
    leaders = scores >= best - TIE * np.maximum(1.0, np.abs(best))
    # A single weight grows from nothing; a product of weights that are all 0 has no gradient.
    deep = layers[..., np.newaxis]
    contenders = np.where(deep < 2.0, (g > 0.0) | (deep == 1.0), leaders)
    return np.where(contenders.sum(axis=-1) == 1, contenders.argmax(axis=-1), -1)


def log_scores(start: Any, efficiency: Any, depth: Any) -> Any:
    """Return ln(h_j g_j(0)^(1 - 2/L)), -inf for what starts at 0; shape (..., features)."""
    exponent = 1.0 - 2.0 / np.asarray(depth, dtype=float)[..., np.newaxis]
    present = np.asarray(start) > 0.0
    logs = np.log(np.where(present, start, 1.0))
    return np.where(present, np.log(efficiency) + exponent * logs, -np.inf)


def depth_of_entrenchment(start: Vector, efficiency: Vector) -> Any:
    """Return the depth above which the simpler of two features loses to the one that leads at the start.

    L = 2/(1 - ln(h_1/h_2)/ln(g_2/g_1)), where h_1 > h_2 and h_1 g_1 < h_2 g_2; infinity where the simpler one leads at
    the start as well, and so wins at every depth from 2 on; 2 for equal efficiencies.

    Parameters
    ----------
    start, efficiency
        Strengths and efficiencies, all > 0, shape (..., 2), in either order.
    """
    logs_g, logs_h = (np.log(np.asarray(one, dtype=float)) for one in (start, efficiency))
    if logs_g.shape[-1:] != (2,) or logs_h.shape[-1:] != (2,):
        raise ValueError(
            f"start, efficiency: got shapes {logs_g.shape} and {logs_h.shape}; must be of two features; pass two"
        )
    behind, simpler = logs_g[..., 1] - logs_g[..., 0], logs_h[..., 0] - logs_h[..., 1]
    behind, simpler = np.where(simpler < 0.0, -behind, behind), np.abs(simpler)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = 2.0 / (1.0 - simpler / behind)
    # Of equal efficiencies the one that leads wins at any depth above 2, whichever it is.
    return np.where(simpler == 0.0, np.where(behind == 0.0, np.inf, 2.0), np.where(behind > simpler, found, np.inf))


def coexistence(efficiency: Vector, depth: Number, feature: int | None = None) -> Any:
    """Return the shares at which features of depth below 2 coexist in the end, whatever the start: p ~ h^(2/(2 - L)).

    Strengths are then g_j ~ h_j^(L/(2 - L)).

    Parameters
    ----------
    efficiency
        h_j > 0 of all that are present, shape (..., features).
    depth
        1 <= L < 2.
    feature
        Whose share alone to return; None for all.
    """
    logs = 2.0 / (2.0 - np.asarray(depth, dtype=float)[..., np.newaxis]) * np.log(efficiency)
    weights = np.exp(logs - logs.max(axis=-1, keepdims=True))
    found = weights / weights.sum(axis=-1, keepdims=True)
    return found if feature is None else found[..., feature]

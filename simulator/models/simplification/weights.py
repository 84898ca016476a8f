"""The weights themselves: every strength a product of real weights that take gradient steps and decay.

What the law says of strengths has to come out of this. ``depth`` is a whole number here, the number of layers;
``imbalance`` makes the weights of a product unequal at the start, ``batch_noise`` makes the loss's slope noisy.
The loss is (k/2)(sum over j of h_j g_j - 1)^2; steps are stable only for learning_rate k L sum h^2 g^(2 - 2/L) < 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator import weights
from simulator.experiment import Experiment, Observable
from simulator.models.simplification import TINY, base, efficiency, features, start, stiffness, weight_decay
from simulator.parameter import Resolved
from simulator.weights import Look, Trained

Array = NDArray[np.float64]

LEARNING_RATE = 5e-4
DEFAULTS = {"stiffness": 200.0, "learning_rate": LEARNING_RATE}


def trained(times: Sequence[float] | None = None) -> Experiment:
    """Return the training of the weights of features that share one drive, as an Experiment.

    Parameters
    ----------
    times
        When to observe, increasing, >= 0; None makes ``time`` a parameter of the experiment.

    Raises ValueError, in one line, for unsorted times.
    """
    made = weights.experiment("simplification_weights", slope, MEASURES, parameters=(stiffness, base), times=times)
    own = {one.name: one for one in (features, efficiency, start, weight_decay)}
    declared = [own.get(one.name, one) for one in made.parameters]
    return made.replace(parameters=tuple(replace(one, default=DEFAULTS.get(one.name, one.default)) for one in declared))


def slope(drive: Array, parameters: Resolved) -> Array:
    """Return mu = k (1 - q), how strongly the loss asks for more drive."""
    return np.asarray(parameters["stiffness"] * (1.0 - drive))


def shares(seen: Trained) -> Array:
    """Return the share of the drive that each feature supplies, shape (features, replicates)."""
    return np.asarray(seen.drives / seen.drives.sum(axis=0))


def cosine(left: Any, right: Any) -> Array:
    """Return the cosine of the angle between vectors (features, replicates)."""
    return np.asarray(np.sum(left * right, axis=0) / np.sqrt(np.sum(left**2, axis=0) * np.sum(right**2, axis=0)))


def entropy_number(seen: Trained) -> Array:
    """Return exp(-sum p ln p), the number of features that supply the drive, by entropy."""
    p = shares(seen)
    return np.asarray(np.exp(-np.sum(p * np.log(np.maximum(p, TINY)), axis=0)))


def cost(seen: Trained) -> Array:
    """Return (weight_decay/2) times the sum of the squares of all weights."""
    return np.asarray(seen.parameters["weight_decay"] / 2.0 * np.sum(seen.weights**2, axis=(0, 1)))


def balance(seen: Trained) -> Array:
    """Return u_1^2 - u_L^2 between the outer layers, summed over features, relative to the start (NaN if it was 0)."""
    now, then = (np.sum(one[0] ** 2 - one[-1] ** 2, axis=0) for one in (seen.weights, seen.initial))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(then == 0.0, np.nan, now / then))


def winner(seen: Trained) -> Array:
    """Return the index of the feature with more than half of the drive, -1 if there is none."""
    p = shares(seen)
    return np.where(p.max(axis=0) > 0.5, p.argmax(axis=0), -1).astype(float)


def start_cosine(seen: Trained) -> Array:
    """Return the cosine of the goal to its own start."""
    return cosine(seen.strengths, seen.initial.prod(axis=0))


def base_cosine(seen: Trained) -> Array:
    """Return the cosine of the goal to the designers' goal."""
    return cosine(seen.strengths, seen.parameters["base"][:, np.newaxis])


MEASURES: dict[str, tuple[Observable, Look]] = {
    "share": (Observable(("features_index",), meaning="share of the drive that each feature supplies"), shares),
    "first_share": (Observable(meaning="share of the drive that the first feature supplies"), lambda s: shares(s)[0]),
    "effective_features": (
        Observable(meaning="features that supply the drive, by participation"),
        lambda seen: 1.0 / np.sum(shares(seen) ** 2, axis=0),
    ),
    "effective_features_entropy": (Observable(meaning="features that supply the drive, by entropy"), entropy_number),
    "weight_cost": (Observable((), "1/time", "half of weight decay times the squares of the weights"), cost),
    "alignment": (Observable(meaning="cosine of the goal to the designers' goal"), base_cosine),
    "cosine_to_start": (Observable(meaning="cosine of the goal to its own start"), start_cosine),
    "drive": (Observable(meaning="what training fixes"), lambda seen: seen.drives.sum(axis=0)),
    "balance": (Observable(meaning="difference of the outer layers' squares, relative to the start"), balance),
    "winner": (Observable(meaning="index of the feature with most of the drive, -1 if none has"), winner),
}  # fmt: skip

"""The update without normalization, less its mean: what control variates of the other updates are made of.

The natural update (1/n) sum of (R_i - mean of the others' R) z_i is a quadratic form of the rollouts' standard normals
(and linear in the probe's own noise, whose mean is zero): its mean is the sum of its values at the unit normals. All
rollouts being alike, that is n times its value where one rollout has misbehavior 1, and where one has evasion 1.
"""

from __future__ import annotations

import numpy as np

from simulator.models.probe_selection.learners import Group, Update, natural, read
from simulator.parameter import Resolved


def unnormalized(group: Group) -> Update:
    """Return the natural update of some groups, less its mean, in the traits' standard deviations."""
    generator = np.random.default_rng(0)  # the natural update draws nothing
    left, right = natural(group, generator)
    left_mean, right_mean = _mean(len(group.score), group.parameters)
    return left - left_mean, right - right_mean


def _mean(size: int, parameters: Resolved) -> tuple[float, float]:
    """Return the sum of the update over unit normals, of the two traits."""
    r = parameters["correlation"]
    first, second = np.zeros((size, 2)), np.zeros((size, 2))
    first[0] = (1.0, 0.0)  # A = z_1, B = r z_1 + sqrt(1 - r^2) z_2
    second[0] = (r, np.sqrt(1.0 - r**2))
    score = np.empty((size, 2))
    read(first, second, parameters, score, np.empty((size, 2)))
    left, right = natural(Group(first, second, score, parameters), np.random.default_rng(0))
    return float(size * left.sum()), float(size * right.sum())

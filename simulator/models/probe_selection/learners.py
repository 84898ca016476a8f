"""What a policy's means learn from groups of rollouts that a probe has scored: one function a learner.

R = -S, and z stands for either trait. Updates are in the traits' standard deviations.

    truncation          mean z of the k rollouts of the lowest scores, less the mean of the group
    softmax             sum of z_i exp(s R_i)/sum of exp(s R_i), less the mean of the group
    natural             (1/n) sum of (R_i - mean of the others' R) z_i: natural policy gradient on the means
    score_function      the same with ease V^-1 z_i for z_i: plain policy gradient (REINFORCE) on the means
    group_normalized    (1/n) sum of advantage_i z_i, advantage_i = (R_i - mean R)/sd R
    gradient            -ease times the slope of the mean score: through the probe, as a term of the loss

Sources: Williams, Machine Learning 8 (1992) 229, section 4, for the score function; Kakade, NeurIPS 14 (2001) 1531, for
the natural gradient; Kool, van Hoof & Welling, "Buy 4 REINFORCE samples, get a baseline for free!" (2019), for the
baseline of the others; Shao et al., arXiv:2402.03300, section 4.1, for the group-normalized advantage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.models.probe_selection import parameters as p
from simulator.parameter import Parameter, Resolved
from simulator.selection.schemes import best

Array: TypeAlias = NDArray[Any]
Update: TypeAlias = tuple[Array, Array]


@dataclass(frozen=True)
class Group:
    """Some groups of rollouts that have been scored.

    Parameters
    ----------
    misbehavior, evasion
        A/sigma_A and B/sigma_B, shape (rollouts, groups).
    score
        What the probe read, shape (rollouts, groups).
    parameters
        The point.
    """

    misbehavior: Array
    evasion: Array
    score: Array
    parameters: Resolved

    @property
    def traits(self) -> tuple[Array, Array]:
        """Misbehavior and evasion."""
        return self.misbehavior, self.evasion


Learner: TypeAlias = Callable[[Group, np.random.Generator], Update]


def read(misbehavior: Array, evasion: Array, parameters: Resolved, out: Array, scratch: Array) -> None:
    """Write w_A A - tau w_B B, of traits in standard deviations, into ``out``; the probe's noise comes on top."""
    np.multiply(misbehavior, parameters["misbehavior_weight"] * parameters["misbehavior_sd"], out=out)
    seen = parameters["transmitted"] * parameters["evasion_weight"] * parameters["evasion_sd"]
    np.multiply(evasion, -seen, out=scratch)
    np.add(out, scratch, out=out)


def chosen(group: Group, generator: np.random.Generator) -> Array:
    """Return which rollouts have the k lowest scores of their group, shape (rollouts, groups), bool."""
    return best(np.ascontiguousarray(-group.score.T), generator, group.parameters["kept"]).T


def truncation(group: Group, generator: np.random.Generator) -> Update:
    """Return what keeping the lowest scores moves."""
    return _weighted(group, chosen(group, generator) / group.parameters["kept"])


def softmax(group: Group, _: np.random.Generator) -> Update:
    """Return what weights proportional to exp(-strength S) move."""
    weights = np.exp(-group.parameters["strength"] * (group.score - group.score.min(axis=0)))
    return _weighted(group, weights / weights.sum(axis=0))


def _weighted(group: Group, weights: Array) -> Update:
    """Return means under weights that sum to one in each group, less the group's plain means."""
    left, right = (np.sum(weights * trait, axis=0) - trait.mean(axis=0) for trait in group.traits)
    return left, right


def baseline(rewards: Array) -> Array:
    """Return what each rollout's reward is compared with: the mean of the others of its group."""
    return np.asarray((rewards.sum(axis=0) - rewards) / (len(rewards) - 1))


def natural(group: Group, _: np.random.Generator) -> Update:
    """Return the natural policy gradient on the means: the metric is the covariance of the rollouts."""
    rewards = -group.score
    above = rewards - baseline(rewards)
    return np.mean(above * group.misbehavior, axis=0), np.mean(above * group.evasion, axis=0)


def score_function(group: Group, generator: np.random.Generator) -> Update:
    """Return the plain policy gradient on the means, by ease."""
    left, right = natural(group, generator)
    point = group.parameters
    r = point["correlation"]
    steps = (point["misbehavior_ease"] * (left - r * right), point["evasion_ease"] * (right - r * left))
    scales = tuple((1.0 - r * r) * point[name] ** 2 for name in ("misbehavior_sd", "evasion_sd"))
    return steps[0] / scales[0], steps[1] / scales[1]


def group_normalized(group: Group, _: np.random.Generator, ddof: int = 1) -> Update:
    """Return the update by the group-normalized advantage, from sums over each group; no advantage is stored."""
    n, score = len(group.score), group.score - group.score.mean(axis=0)
    spread = np.sqrt(_products(score, score) / (n - ddof))
    spread[spread == 0.0] = np.inf  # equal scores: no comparison, no advantage
    left, right = (-_products(score, trait) / (n * spread) for trait in group.traits)
    return left, right


def _products(left: Array, right: Array) -> Array:
    """Return the sum over rollouts of a product, in one pass."""
    return np.asarray(np.einsum("ij,ij->j", left, right))


def gradient(group: Group, _: np.random.Generator) -> Update:
    """Return minus ease times the slope of the mean score as one trait of all rollouts moves.

    The reading is linear, so that a difference is its slope, whatever the step.
    """
    point = group.parameters
    moved = []
    for name, step in (("misbehavior", (1.0, 0.0)), ("evasion", (0.0, 1.0))):
        up, down, scratch = (np.empty(group.score.shape) for _ in range(3))
        read(group.misbehavior + step[0], group.evasion + step[1], point, up, scratch)
        read(group.misbehavior, group.evasion, point, down, scratch)
        moved.append(-point[f"{name}_ease"] * np.mean(up - down, axis=0) / point[f"{name}_sd"] ** 2)
    return moved[0], moved[1]


_EASES = (p.misbehavior_ease, p.evasion_ease)
LEARNERS: Mapping[str, tuple[Learner, tuple[Parameter, ...]]] = {
    "truncation": (truncation, (p.kept,)),
    "softmax": (softmax, (p.strength,)),
    "natural": (natural, ()),
    "score_function": (score_function, _EASES),
    "group_normalized": (group_normalized, ()),
    "gradient": (gradient, _EASES),
}
"""The learners by name, each with the parameters that it adds."""

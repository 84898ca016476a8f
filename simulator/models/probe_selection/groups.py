"""The group-normalized update for groups by the million: from a group's products, or from its two sufficient numbers.

Traits and noise are combinations of m independent standard normals z a rollout (m = 2, or 3 with a noisy probe), and so
is the reward, R = -c.z. The update of a group needs only its sums s and its products G = sum of z z^T:

    (1/n) sum of advantage_i z_i = -C c / (n sqrt(c.C c/(n - ddof))),       C = G - s s^T/n.

No score is formed and no rollout kept ("products"). As C is a Wishart matrix of n - 1 degrees of freedom, Bartlett's
decomposition along e = c/|c| gives the same law from one chi and m - 1 normals a group ("reduced"):

    -(sqrt(n - ddof)/n) [e chi_(n-1) + Q xi],     the columns of Q orthonormal and orthogonal to e.

Source: Bartlett, Proceedings of the Royal Society of Edinburgh 53 (1933) 260.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from simulator.aligned import aligned_empty
from simulator.experiment import Experiment, Samples
from simulator.models.probe_selection.chi import chi
from simulator.models.probe_selection.learners import Array
from simulator.models.probe_selection.rollouts import CHANGES, PARAMETERS, changes, check, refuse_unknown
from simulator.normals import NORMALS
from simulator.parameter import Resolved

TILE = 2**17
"""Normals drawn at a time, about: few enough for the caches, so many that threads seldom meet."""


SMALL = 8
"""Groups below this size are centered before products are taken: theirs may nearly vanish, and rounding show."""


_local = threading.local()


@dataclass(frozen=True)
class Plan:
    """What fixes how groups are drawn; options and measures of `groups`."""

    normals: str
    dtype: str
    ddof: int
    measures: tuple[str, ...]


def groups(
    method: str = "products",
    *,
    normals: str = "mixed",
    dtype: str = "float32",
    ddof: int = 1,
    measures: Sequence[str] | None = None,
) -> Experiment:
    """Return the group-normalized update of a probe with normal noise, a group of rollouts a replicate.

    Parameters
    ----------
    method
        "products" (every rollout is drawn) or "reduced" (what the update depends on is drawn, exactly).
    normals, dtype
        "mixed" or "ziggurat", "float32" or "float64": of the draws; sums over replicates are float64.
    ddof
        1 or 0: the variance of a group's rewards is over n - ddof.
    measures
        Names in ``rollouts.CHANGES``; None for all.

    Raises ValueError, in one line, for an unknown name or another ddof.
    """
    refuse_unknown("method", method, METHODS)
    refuse_unknown("normals", normals, NORMALS)
    refuse_unknown("dtype", dtype, ("float32", "float64"))
    if ddof not in (0, 1):
        raise ValueError(f"ddof: got {ddof}; must be 0 or 1; pass one of them")
    names = tuple(CHANGES) if measures is None else tuple(measures)
    for name in names:
        refuse_unknown("measures", name, CHANGES)
    plan = Plan(normals, dtype, ddof, names)
    return Experiment(
        name=f"probe_groups_{method}",
        parameters=PARAMETERS,
        measures={name: CHANGES[name] for name in names},
        sample=partial(sample, plan, METHODS[method]),
        # A block is drawn tile by tile, so it need not fit a cache: the larger, the less its stream costs.
        components=lambda resolved: max(2, int(resolved["group_size"]) // 4) if method == "products" else 2,
        identity={
            "level": "groups", "method": "exact" if method == "reduced" else method, "normals": normals,
            "dtype": dtype, "ddof": ddof,
        },
    )  # fmt: skip


Update = Callable[[Plan, Array, int, int, np.random.Generator], Array]


def sample(
    plan: Plan, update: Update, parameters: Resolved, replicates: int, generator: np.random.Generator
) -> Samples:
    """Return the measures of some groups, (replicates,) each."""
    check(parameters)
    first, second, *_ = update(plan, directions(parameters), parameters["group_size"], replicates, generator)
    r = parameters["correlation"]
    if r != 0.0:  # A/sigma_A = z_1, B/sigma_B = r z_1 + sqrt(1 - r^2) z_2
        second = r * first + np.sqrt(1.0 - r * r) * second
    return changes(plan.measures, (first, second), parameters)


def directions(parameters: Resolved) -> Array:
    """Return c: what a standard normal adds to the score, shape (m,)."""
    r = parameters["correlation"]
    left = parameters["misbehavior_weight"] * parameters["misbehavior_sd"]
    right = -parameters["transmitted"] * parameters["evasion_weight"] * parameters["evasion_sd"]
    own = (parameters["readout_noise"],) if parameters["readout_noise"] > 0.0 else ()
    return np.array([left + r * right, np.sqrt(1.0 - r * r) * right, *own])


def products(plan: Plan, c: Array, size: int, replicates: int, generator: np.random.Generator) -> Array:
    """Return the updates of the standard normals, shape (m, replicates), from every group's sums and products."""
    m = len(c)
    wide = max(1, min(TILE // (m * size), replicates))
    memory = _memory(m * size * wide, np.dtype(plan.dtype))
    updates = np.empty((m, replicates))
    for start in range(0, replicates, wide):
        count = min(wide, replicates - start)
        z = memory[: m * size * count].reshape(m, size, count)
        NORMALS[plan.normals](generator, z)
        updates[:, start : start + count] = _from_products(z, c, plan.ddof)
    return updates


def _memory(items: int, dtype: np.dtype[Any]) -> Array:
    """Return this thread's memory for draws: a fresh piece for every block would cost as much as drawing into it."""
    kept = getattr(_local, dtype.name, None)
    if kept is None or kept.size < items:
        kept = aligned_empty(max(items, TILE), dtype)
        setattr(_local, dtype.name, kept)
    return kept


def _from_products(z: Array, c: Array, ddof: int) -> Array:
    """Return -C c/(n sqrt(c.C c/(n - ddof))) of each group; ``z``, shape (m, rollouts, groups), may be overwritten."""
    m, size, count = z.shape
    if size < SMALL:
        z -= z.mean(axis=1, keepdims=True)
    sums = z.sum(axis=1).astype(np.float64)
    along = np.zeros((m, count))  # C c
    for i in range(m):
        for j in range(i, m):
            product = np.einsum("ij,ij->j", z[i], z[j]) - sums[i] * sums[j] / size
            along[i] += c[j] * product
            if j > i:
                along[j] += c[i] * product
    variance = c @ along / (size - ddof)
    # Equal rewards: no comparison, no advantage.
    along /= -size * np.sqrt(np.where(variance > 0.0, variance, np.inf))
    return along


def reduced(plan: Plan, c: Array, size: int, replicates: int, generator: np.random.Generator) -> Array:
    """Return the same in law, shape (m, replicates), from one chi and m - 1 normals a group."""
    basis = np.linalg.qr(np.column_stack([c, np.eye(len(c))[:, 1:]]))[0]
    scale = -np.sqrt(size - plan.ddof) / size
    along, across = scale * c / np.linalg.norm(c), scale * basis[:, 1:]
    updates = np.empty((len(c), replicates), np.dtype(plan.dtype))
    kind = updates.dtype.type
    wide = max(1, min(TILE // 8, replicates))
    memory = _memory((len(c) + 1) * wide, updates.dtype)[: (len(c) + 1) * wide].reshape(-1, wide)
    for start in range(0, replicates, wide):
        count = min(wide, replicates - start)
        length, scratch = memory[0, :count], memory[1, :count]
        normal = memory[2:].reshape(-1)[: (len(c) - 1) * count].reshape(-1, count)
        chi(generator, size - 1, length, plan.normals)
        NORMALS[plan.normals](generator, normal)
        for row, weights, first in zip(updates[:, start : start + count], across, along, strict=True):
            np.multiply(length, kind(first), out=row)
            for one, weight in zip(normal, weights, strict=True):
                np.multiply(one, kind(weight), out=scratch)
                np.add(row, scratch, out=row)
    return updates


METHODS: Mapping[str, Update] = {"products": products, "reduced": reduced}

"""One update of a policy from one group of rollouts: a replicate is a group.

Misbehavior A and evasion B of a rollout are jointly normal around the policy's means, which are taken as zero; a probe
reads S = w_A A - tau w_B B + noise. The noise is the probe's own: normal, or with tails so heavy (Laplace, Student's t
with three degrees of freedom) that the lowest of all scores come from noise, not from good behavior.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from simulator.aligned import aligned_empty
from simulator.distribution import numbers_only
from simulator.estimate import CONTROL
from simulator.experiment import Experiment, Observable, Samples, Twin
from simulator.models.probe_selection import learners
from simulator.models.probe_selection import parameters as p
from simulator.models.probe_selection.learners import LEARNERS, Array, Group, Update
from simulator.models.probe_selection.unnormalized import unnormalized
from simulator.normals import NORMALS
from simulator.parameter import Resolved, nearest

TILE = 2**17
"""Normals of a trait drawn at a time, about: few enough for the caches."""

PARAMETERS = (
    p.misbehavior_weight, p.evasion_weight, p.transmitted, p.misbehavior_sd, p.evasion_sd, p.correlation,
    p.readout_noise, p.group_size,
)  # fmt: skip
CHANGES = {
    "misbehavior_change": Observable((), "", "change of the policy's mean misbehavior"),
    "evasion_change": Observable((), "", "change of the policy's mean evasion"),
    "misbehavior_fall": Observable((), "score", "w_A times the fall of misbehavior"),
    "evasion_rise": Observable((), "score", "w_B times the rise of evasion: what probes on the live agent lose"),
    "misbehavior_fall_sd": Observable((), "", "fall of misbehavior in its standard deviations"),
    "evasion_rise_sd": Observable((), "", "rise of evasion in its standard deviations"),
    "score_fall_sd": Observable((), "", "fall of what the probe reads of the traits, in its standard deviations"),
}
SURVIVORS = {
    "survivor_misbehavior": Observable((), "", "misbehavior of one of those kept, chosen by lot"),
    "survivor_evasion": Observable((), "", "evasion of the same one"),
    "kept_variance": Observable((), "", "variance of misbehavior among those kept of a group, ddof 1"),
}
Noise = Callable[[np.random.Generator, tuple[int, int]], Array]
NOISES: Mapping[str, Noise] = {
    "normal": lambda generator, shape: generator.standard_normal(shape),
    "laplace": lambda generator, shape: generator.laplace(size=shape),
    "student": lambda generator, shape: generator.standard_t(3.0, size=shape),
}
"""The probe's noise of scale 1: normal, Laplace, or Student's t with three degrees of freedom."""


@dataclass(frozen=True)
class Plan:
    """What fixes how groups are drawn and learned from.

    Parameters
    ----------
    learner, noise, normals, dtype
        As for `rollouts`.
    measures
        Names of measures.
    control
        Whether control variates come along.
    """

    learner: str
    noise: str
    normals: str
    dtype: str
    measures: tuple[str, ...]
    control: bool = False


def rollouts(
    learner: str = "group_normalized",
    *,
    noise: str = "normal",
    normals: str = "ziggurat",
    dtype: str = "float64",
    measures: Sequence[str] | None = None,
) -> Experiment:
    """Return what one update moves, a group of rollouts a replicate.

    Parameters
    ----------
    learner
        "truncation", "softmax", "natural", "score_function", "group_normalized" or "gradient"; ``learners`` says what
        each is.
    noise
        The probe's own: "normal", "laplace" or "student" (three degrees of freedom), of scale ``readout_noise``.
    normals, dtype
        "ziggurat" or "mixed", "float64" or "float32": how the traits are drawn. Measures are float64.
    measures
        Names in ``CHANGES``; for truncation also in ``SURVIVORS``. None for all.

    Raises ValueError, in one line, for an unknown name.
    """
    refuse_unknown("learner", learner, LEARNERS)
    refuse_unknown("noise", noise, NOISES)
    refuse_unknown("normals", normals, NORMALS)
    refuse_unknown("dtype", dtype, ("float64", "float32"))
    offered = CHANGES | (SURVIVORS if learner == "truncation" else {})
    names = tuple(offered) if measures is None else tuple(measures)
    for name in names:
        refuse_unknown("measures", name, offered)
    plan = Plan(learner, noise, normals, dtype, names)
    sampler = partial(sample, plan)
    return Experiment(
        name=f"probe_{learner}",
        parameters=(*PARAMETERS, *LEARNERS[learner][1]),
        measures={name: offered[name] for name in names},
        sample=sampler,
        twin=_twin(plan, sampler),
        components=lambda resolved: 2 * int(resolved["group_size"]),
        identity={"level": "rollouts", "learner": learner, "noise": noise, "normals": normals, "dtype": dtype},
    )


def _twin(plan: Plan, sampler: Any) -> Twin | str:
    """Return the update without normalization as a twin, or why it is none."""
    if plan.learner in ("natural", "score_function"):
        return "its update is made of the unnormalized one, whose mean is what is to be found out"
    if plan.learner == "gradient":
        return "nothing in its update is left to chance"
    if plan.dtype != "float64":
        return "sums of squares in single precision have no mean that is known; pass dtype='float64'"
    return Twin("unnormalized update", 1, 0, sampler, partial(sample, replace(plan, control=True)))


def refuse_unknown(what: str, name: Any, known: Any) -> None:
    """Refuse a name that is none of the known ones, in one line, with the nearest right one."""
    if name not in known:
        raise ValueError(f"{what}: got {name!r}; {nearest(str(name), known)}")


def sample(plan: Plan, parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the measures of some groups, (replicates,) each; drawn are, tile by tile, A, B, noise, lots."""
    check(parameters)
    kinds = ("", CONTROL) if plan.control else ("",)
    found = {name + kind: np.empty(replicates) for name in plan.measures for kind in kinds}
    learner = LEARNERS[plan.learner][0]
    for place, group in groups(plan, parameters, replicates, generator):
        seen: dict[str, Array] = {}
        if any(name in CHANGES for name in plan.measures):
            seen |= changes(plan.measures, learner(group, generator), parameters)
        if any(name in SURVIVORS for name in plan.measures):
            seen |= _survivors(group, generator, plan.measures)
        if plan.control:
            update = changes(plan.measures, unnormalized(group), parameters)
            seen |= {name + CONTROL: update.get(name, np.zeros(())) for name in plan.measures}
        for name, values in found.items():
            values[place] = seen[name]
    return {name: values[:, np.newaxis] if name.endswith(CONTROL) else values for name, values in found.items()}


def changes(measures: Sequence[str], update: Update, parameters: Resolved) -> dict[str, Array]:
    """Return those of the measures that are in ``CHANGES``, from an update in the traits' standard deviations."""
    return {name: _CHANGE[name](update, parameters) for name in measures if name in CHANGES}


def groups(
    plan: Plan, parameters: Resolved, replicates: int, generator: np.random.Generator
) -> Iterator[tuple[slice, Group]]:
    """Yield groups that have been scored, a tile at a time, with their place among the replicates.

    The arrays of a tile are overwritten by the next one.
    """
    n = parameters["group_size"]
    wide = max(1, min(TILE // n, replicates))
    memory = aligned_empty((4, n * wide), np.dtype(plan.dtype))
    for start in range(0, replicates, wide):
        size = min(wide, replicates - start)
        a, b, score, scratch = (row[: n * size].reshape(n, size) for row in memory)
        NORMALS[plan.normals](generator, a)
        NORMALS[plan.normals](generator, b)
        if parameters["correlation"] != 0.0:
            b *= np.sqrt(1.0 - parameters["correlation"] ** 2)
            np.multiply(a, parameters["correlation"], out=scratch)
            b += scratch
        learners.read(a, b, parameters, score, scratch)
        if parameters["readout_noise"] > 0.0:
            score += parameters["readout_noise"] * NOISES[plan.noise](generator, (n, size))
        yield slice(start, start + size), Group(a, b, score, parameters)


def check(parameters: Resolved) -> None:
    """Refuse, in one line, what a group cannot be: drawn parameters, or more kept than there are."""
    numbers_only(parameters)
    kept, size = parameters.get("kept", 1), parameters["group_size"]
    if kept > size:
        raise ValueError(f"kept: got {kept}; must be at most group_size {size}; keep fewer")


_CHANGE: Mapping[str, Callable[[Update, Resolved], Array]] = {
    "misbehavior_change": lambda update, point: point["misbehavior_sd"] * update[0],
    "evasion_change": lambda update, point: point["evasion_sd"] * update[1],
    "misbehavior_fall": lambda update, point: -point["misbehavior_weight"] * point["misbehavior_sd"] * update[0],
    "evasion_rise": lambda update, point: point["evasion_weight"] * point["evasion_sd"] * update[1],
    "misbehavior_fall_sd": lambda update, point: -update[0],
    "evasion_rise_sd": lambda update, point: update[1],
    "score_fall_sd": lambda update, point: _score_fall(update, point),
}


def _score_fall(update: Update, point: Resolved) -> Array:
    left = point["misbehavior_weight"] * point["misbehavior_sd"]
    right = point["transmitted"] * point["evasion_weight"] * point["evasion_sd"]
    variance = left**2 + right**2 - 2.0 * point["correlation"] * left * right
    return np.asarray((right * update[1] - left * update[0]) / np.sqrt(variance))


def _survivors(group: Group, generator: np.random.Generator, measures: Sequence[str]) -> dict[str, Array]:
    """Return what is measured of those that truncation keeps, of the measures in ``SURVIVORS``."""
    keep, point = learners.chosen(group, generator), group.parameters
    found: dict[str, Array] = {}
    if "kept_variance" in measures:
        kept = point["kept"]
        mean = np.sum(group.misbehavior * keep, axis=0) / kept
        squares = np.sum((group.misbehavior - mean) ** 2 * keep, axis=0)
        found["kept_variance"] = point["misbehavior_sd"] ** 2 * (squares / (kept - 1) if kept > 1 else np.nan * squares)
    if "survivor_misbehavior" in measures or "survivor_evasion" in measures:
        one = np.argmax(np.where(keep, generator.random(keep.shape), -1.0), axis=0)[np.newaxis]
        for name, trait in (("misbehavior", group.misbehavior), ("evasion", group.evasion)):
            found[f"survivor_{name}"] = point[f"{name}_sd"] * np.take_along_axis(trait, one, axis=0)[0]
    return found

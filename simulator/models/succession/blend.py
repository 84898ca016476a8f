"""What the network pursues: the blend of its circuits' goals along the clock, and whose goal leads.

Every circuit has a goal g_k, inherited along a reuse graph; the blend is sum_k p_k g_k. White noise in quality makes a
lead change hands infinitely often within any moment of a tie, so that changes of the lead are counted only where there
is none, by ``leaders``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import numbers_only
from simulator.estimate import CONTROL
from simulator.experiment import Experiment, Observable, Samples, Twin
from simulator.models.succession.circuits import PARAMETERS, Array, lines, tiles
from simulator.models.succession.deviations import deviations
from simulator.models.succession.goals import along_tree, dim, family, overlap, recursive_tree
from simulator.models.succession.shares import softmax, stepped
from simulator.observation import TIME, checked_times
from simulator.parameter import NONNEGATIVE, Parameter, Resolved, nearest

noise = Parameter("noise", 0.0, r"\sigma", NONNEGATIVE, "1/sqrt(time)", "noise in the quality of each circuit")

MEASURES = {
    "leader_share": Observable(meaning="share of the circuit that leads"),
    "first_share": Observable(meaning="share of the circuit that led at the start"),
    "first_leads": Observable(meaning="whether the circuit that led at the start leads", indicator=True),
    "leader_retention": Observable(meaning="cosine of the leader's goal to the first leader's"),
    "blend_overlap": Observable(meaning="projection of the blend of goals on the first leader's"),
    "blend_to_first": Observable(meaning="cosine of the blend of goals to the first leader's"),
    "blend_to_leader": Observable(meaning="cosine of the blend of goals to the leader's"),
}


@dataclass(frozen=True)
class _Plan:
    """What is looked at, when, how shares move, who reuses whom, and whether control variates come along."""

    measures: tuple[str, ...]
    times: tuple[float, ...] | None
    stepped: bool
    reuse: Any
    control: bool = False

    def looks(self, parameters: Resolved) -> tuple[float, ...]:
        """Return when to look."""
        return (parameters["time"],) if self.times is None else self.times

    @property
    def goals(self) -> bool:
        """Whether any measure asks for goals."""
        return bool({"leader_retention", "blend_overlap", "blend_to_first", "blend_to_leader"} & {*self.measures})


def pursued(
    times: Sequence[float] | None = None, *, measures: Sequence[str] | None = None, method: str = "auto",
    reuse: Any = None,
) -> Experiment:  # fmt: skip
    """Return the shares of circuits along the clock, and what becomes of the goal.

    Parameters
    ----------
    times
        When to look, increasing, >= 0; None makes ``time`` a parameter.
    measures
        Which of ``MEASURES``; None for all.
    method
        "auto": exactly, where there is no noise; "stepped": always by steps of the replicator equation.
    reuse
        A ``networkx.DiGraph`` that says who reuses whom (see ``goals.family``); None draws one for each replicate, in
        which every circuit reuses any of those built before it, in an order that has nothing to do with quality.

    Raises ValueError, in one line, for unsorted times or an unknown measure or method.
    """
    chosen = tuple(MEASURES) if measures is None else tuple(measures)
    for name in chosen:
        if name not in MEASURES:
            raise ValueError(f"unknown measure {name!r} of succession_shares; {nearest(name, MEASURES)}")
    if method not in ("auto", "stepped"):
        raise ValueError(f"method: got {method!r}; {nearest(method, ('auto', 'stepped'))}")
    tree = None if reuse is None else family(reuse)
    plan = _Plan(chosen, checked_times(times), method == "stepped", tree)
    axes = () if plan.times is None else ("time",)
    sampler = partial(sample, plan)
    return Experiment(
        name="succession_shares",
        parameters=(*PARAMETERS, noise, overlap, dim, *((TIME,) if plan.times is None else ())),
        measures={
            name: Observable((*axes, *one.dims), one.unit, one.meaning, one.indicator)
            for name, one in MEASURES.items()
            if name in chosen
        },
        sample=sampler,
        twin=Twin("exact share", 1, 1, sampler, partial(sample, replace(plan, control=True))),
        refine=partial(refine, plan),
        order=2,
        says="Circuits share the network by a softmax that anneals, and with it what the network pursues.",
        coordinates={} if plan.times is None else {"time": np.array(plan.times)},
        components=lambda resolved: int(resolved["circuits"] * (resolved["dim"] if plan.goals else 1)),
        identity={"level": "replicator", "times": plan.times, "method": method, "measures": list(chosen),
                  "reuse": None if tree is None else [part.tolist() for part in tree]},
    )  # fmt: skip


def sample(plan: _Plan, parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the measures of some runs, (replicates,) or (replicates, times) each."""
    return _tiled(plan, parameters, replicates, generator, False)[0]


def refine(
    plan: _Plan, parameters: Resolved, replicates: int, generator: np.random.Generator
) -> tuple[Samples, Samples]:
    """Return the measures at the step and at half of it, on the same noise and goals."""
    return _tiled(plan, parameters, replicates, generator, True)


def _tiled(
    plan: _Plan, parameters: Resolved, replicates: int, generator: np.random.Generator, both: bool
) -> tuple[Samples, Samples]:
    _check(plan, parameters)
    width = parameters["circuits"] * parameters["dim"]
    pairs = [_tile(plan, parameters, size, generator, both) for size in tiles(replicates, width)]
    coarse, fine = (
        {name: np.concatenate([pair[side][name] for pair in pairs]) for name in pairs[0][side]} for side in (0, 1)
    )
    return coarse, fine


def _check(plan: _Plan, parameters: Resolved) -> None:
    numbers_only(parameters, "overlap", "noise", "time", "correlation")
    if plan.reuse is not None and len(plan.reuse[0]) != parameters["circuits"]:
        raise ValueError(
            f"circuits: got {parameters['circuits']}; must be the {len(plan.reuse[0])} of the reuse graph; pass that"
        )


def _tile(
    plan: _Plan, parameters: Resolved, replicates: int, generator: np.random.Generator, both: bool
) -> tuple[Samples, Samples]:
    start, slope = lines(parameters, replicates, generator)
    goals = _goals(plan, parameters, replicates, generator) if plan.goals else None
    looks, noise = plan.looks(parameters), parameters["noise"]
    noises: list[Array] = []
    if plan.stepped or noise > 0.0:
        coarse, fine = stepped(start, slope, looks, noise, generator, both, noises)
    else:
        coarse = fine = [softmax(start, slope, time) for time in looks]
        noises = [np.zeros(start.shape)] * len(looks)
    first = np.argmax(start, axis=0)
    seen = _seen(plan, coarse, first, goals)
    if plan.control:
        exact = [softmax(start, slope, time) for time in looks]
        found = [deviations(*both, first, goals) for both in zip(exact, noises, strict=True)]
        seen = {**seen, **_stacked(plan, [{name + CONTROL: look.get(name, 0.0 * first) for name in plan.measures}
                                          for look in found])}  # fmt: skip
    return seen, _seen(plan, fine, first, goals)


def _seen(plan: _Plan, path: Sequence[Array], first: NDArray[np.int64], goals: Array | None) -> Samples:
    """Return the measures at the looks."""
    looks = [_look(shares, first, goals) for shares in path]
    return _stacked(plan, [{name: look[name] for name in plan.measures} for look in looks])


def _stacked(plan: _Plan, looks: Sequence[Samples]) -> Samples:
    """Put looks together, (replicates, times); one column a control."""
    stacked = {name: np.stack([look[name] for look in looks], axis=-1) for name in looks[0]}
    seen = stacked if plan.times is not None else {name: array[:, 0] for name, array in stacked.items()}
    return {name: array[..., np.newaxis] if name.endswith(CONTROL) else array for name, array in seen.items()}


def _look(shares: Array, first: NDArray[np.int64], goals: Array | None) -> dict[str, Array]:
    leader, columns = np.argmax(shares, axis=0), np.arange(shares.shape[1])
    found = {
        "leader_share": shares[leader, columns],
        "first_share": shares[first, columns],
        "first_leads": (leader == first).astype(float),
    }
    if goals is not None:
        mixed = np.einsum("kr,kdr->dr", shares, goals)
        length = np.sqrt(np.sum(mixed**2, axis=0))
        # Advanced indices on both sides of a slice put the replicates first.
        leads, led = goals[leader, :, columns].T, goals[first, :, columns].T
        found["leader_retention"] = np.sum(leads * led, axis=0)
        found["blend_overlap"] = np.sum(mixed * led, axis=0)
        found["blend_to_first"] = found["blend_overlap"] / length
        found["blend_to_leader"] = np.sum(mixed * leads, axis=0) / length
    return found


def _goals(plan: _Plan, parameters: Resolved, replicates: int, generator: np.random.Generator) -> Array:
    """Return goals (circuits, dim, replicates), inherited along the given reuse graph or random ones."""
    count, size = parameters["circuits"], parameters["dim"]
    if plan.reuse is not None:
        order, parents, kept = plan.reuse
        whole = np.repeat(parents[:, np.newaxis], replicates, axis=1)
        goals = np.empty((count, size, replicates))
        goals[order] = along_tree(whole, kept, size, generator)
        return goals
    parents = recursive_tree(count, replicates, generator)
    goals = along_tree(parents, np.full(count, parameters["overlap"]), size, generator)
    # Which circuit was built when is drawn apart from how present and good it is.
    built = np.argsort(generator.random((count, replicates)), axis=0)
    return np.asarray(np.take_along_axis(goals, built[:, np.newaxis, :], axis=0))

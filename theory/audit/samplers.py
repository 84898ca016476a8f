"""Samplers against each other: exact transitions and the isotropic reduction against the plain stepped integrator.

Predictions are checked by the stepped integrator alone. Sweeps may be drawn by exact transitions, which rest on a
reading of the law's symbols; here the two are rows of the same check, on independent noise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from simulator.experiment import Experiment, Observable, Samples
from simulator.functions import logistic, total
from simulator.models.goal_drift import goal_drift, law_measures, law_reward
from simulator.parameter import Resolved
from theory.prediction import Prediction
from theory.region import Interval, Region

# (times, steps); in one unit of time a variance stays below the noise's own, and few replicates tell 1 % of that.
SPREAD, COSINE = ((0.5, 1.0), 16), ((1.0, 2.0), 32)

# A gate that the goal itself drives: the nearer it is to the designers' goal, the less is left to correct.
goal, base = goal_drift.traits[1], goal_drift.parameter("base")
own_gate = logistic((total(goal * base) - goal_drift.parameter("threshold")) / goal_drift.parameter("width"))
self_gated = goal_drift.replace(
    name="goal_drift_self_gated",
    says="The gate shuts as the goal comes near the designers': the drift is not affine in the goal.",
    reward=law_reward(own_gate),
    measures=law_measures(own_gate),
)


Reading: TypeAlias = Callable[[Resolved, Samples], dict[str, Any]]
"""From a point and a sampler's samples there, what the two samplers are compared by."""


def spread(resolved: Resolved, samples: Samples) -> dict[str, Any]:
    """Return the square, and the product at two times, of a component whose mean is 0, in units of the noise."""
    early, late = samples["goal"][..., 2].T / resolved["noise"]
    return {"square": late**2, "product": early * late}


def cosines(_: Resolved, samples: Samples) -> dict[str, Any]:
    """Return the mean along the designers' goal and the cosines, at the last time."""
    return {name: samples[name][:, -1] for name in ("base_component", "alignment", "cosine_to_start")}


@dataclass(frozen=True)
class Rivals:
    """Two samplers of one law; a replicate is one of each, independent, and their differences are measured.

    Parameters
    ----------
    other, plain
        The sampler that is audited, and the stepped one.
    read
        What is compared.
    """

    other: Experiment
    plain: Experiment
    read: Reading

    def sample(self, resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
        """Return the differences; both samplers take their noise from one stream, one after the other."""
        pair = [one.sample(resolved, replicates, generator) for one in (self.other, self.plain)]
        other, plain = (self.read(resolved, samples) for samples in pair)
        gaps = {name: other[name] - plain[name] for name in plain}
        return gaps | {"diverged": pair[0]["diverged"] | pair[1]["diverged"]}

    def refine(self, resolved: Resolved, replicates: int, generator: np.random.Generator) -> tuple[Samples, Samples]:
        """Return the plain sampler's side of the differences, at its step and at half of it."""
        assert self.plain.refine is not None
        coarse, fine = self.plain.refine(resolved, replicates, generator)
        return self.read(resolved, coarse), self.read(resolved, fine)


def _rivals(
    name: str, law: Any, read: Reading, measures: tuple[str, ...], grid: tuple[tuple[float, ...], int], **options: Any
) -> Experiment:
    times, steps = grid
    plain = law.experiment(times=times, steps=steps, method="stepped", measures=measures)
    other = law.experiment(times=times, steps=steps, measures=measures, **options)
    rivals = Rivals(other, plain, read)
    # Two stepped samplers have the same discretization error, which their difference does not show.
    one_is_exact = other.refine is None
    return Experiment(
        name=name,
        parameters=plain.parameters,
        measures={name: Observable() for name in ("square", "product", *COSINES)},
        sample=rivals.sample,
        refine=rivals.refine if one_is_exact else None,
        order=plain.order if one_is_exact else None,
        components=plain.components,
        identity={"audited": dict(other.identity), "against": dict(plain.identity)},
    )


COSINES = ("base_component", "alignment", "cosine_to_start")
exact_spread = _rivals("audit_spread", goal_drift, spread, ("goal",), SPREAD, method="exact")
exact = _rivals("audit_exact", goal_drift, cosines, COSINES, COSINE, method="exact")
reduced = _rivals("audit_reduced", goal_drift, cosines, COSINES, COSINE, method="exact", reduction=True)
reduced_steps = _rivals("audit_reduced_steps", self_gated, cosines, COSINES, COSINE, method="stepped", reduction=True)

_BOX = {
    "dim": Interval(5, 9, integer=True),
    "growth": Interval(0.3, 3.0, log=True),
    "pull": Interval(0.3, 2.0, log=True),
    "noise": Interval(0.1, 0.4, log=True),
    "weight_decay": Interval(0.05, 0.5, log=True),
    "width": Interval(0.1, 0.5, log=True),
}


def _nothing(**point: Any) -> Any:
    return np.zeros(np.broadcast_shapes(*(np.shape(value) for value in point.values())))


def _prediction(name: str, says: str, experiment: Experiment, measure: str, **box: Interval) -> Prediction:
    return Prediction(
        name=f"audit.{name}", says=says, formula=_nothing, valid=Region(_BOX | box),
        experiment=experiment, measure=measure, scale=1.0,
    )  # fmt: skip


_THREE = Interval(3, 3, integer=True)  # two for the designers' goal and the start, one that has no mean

predictions = (
    _prediction("exact_mean", "Exact transitions have the stepped law's mean.", exact, "base_component"),
    _prediction(
        "exact_variance", "Exact transitions spread as the stepped law does.", exact_spread, "square", dim=_THREE
    ),
    _prediction(
        "exact_memory", "Exact transitions remember as the stepped law does.", exact_spread, "product", dim=_THREE
    ),
    _prediction("exact_cosine", "Exact transitions have the stepped law's cosine.", exact, "alignment"),
    _prediction(
        "reduced_cosine", "A vector in a turning frame has the cosine of all of it.", reduced, "cosine_to_start"
    ),
    _prediction("reduced_steps", "A reduced vector is stepped as all of it is.", reduced_steps, "alignment"),
)

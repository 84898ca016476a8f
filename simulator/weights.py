"""Weights themselves: strengths that are products of real weights, trained by gradient steps with weight decay.

Feature j has a weight u_lj in each of L layers; its strength is their product g_j, and it adds h_j g_j to the drive q
of one loss. Every weight takes gradient steps of its own; with mu = -dloss/dq,

    u_lj <- u_lj + learning_rate [h_j mu(q) prod over m != l of u_mj  -  weight_decay u_lj],

and, as examples come in batches, the mu of a step is off by one random number that all weights share,
batch_noise xi/sqrt(learning_rate). From ``freeze_time`` on, the weights of frozen features stand still. Nothing here
knows that strengths obey a law of their own, dg/dt = L g^(2 - 2/L) h mu - L weight_decay g where the weights of a
product are equal: this is what it is held against. The unit of time is that of the weight decay: ``time`` is the number
of steps times the learning rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import is_distribution
from simulator.experiment import Experiment, Observable, Samples
from simulator.observation import TIME, checked_times
from simulator.parameter import COUNT, NONNEGATIVE, POSITIVE, REAL, SHARE, Parameter, Resolved

Array: TypeAlias = NDArray[np.float64]
Slope: TypeAlias = Callable[[Array, Resolved], Array]

FEATURES = Parameter("features", 2, "m", COUNT, meaning="number of features that share the loss", integer=True)
DEPTH = Parameter("depth", 2, "L", COUNT, meaning="number of weights whose product a strength is", integer=True)
EFFICIENCY = Parameter("efficiency", 1.0, "h", POSITIVE, meaning="drive per unit of strength", dim="features")
START = Parameter("start", 0.01, "g(0)", NONNEGATIVE, meaning="strength of each feature at the start", dim="features")
IMBALANCE = Parameter(
    "imbalance", 0.0, r"\delta", REAL, meaning="log of the first layer's weights at the start over the last layer's"
)
WEIGHT_DECAY = Parameter("weight_decay", 0.01, r"\lambda", NONNEGATIVE, "1/time", "decay of every weight")
LEARNING_RATE = Parameter("learning_rate", 0.01, r"\eta", POSITIVE, "time", "size of a gradient step")
BATCH_NOISE = Parameter(
    "batch_noise", 0.0, r"\nu", NONNEGATIVE, "sqrt(time)/time", "noise of the loss's slope from batch to batch"
)
FROZEN = Parameter("frozen", 0.0, "f", SHARE, meaning="1 for a feature that is frozen at freeze_time, else 0",
                   dim="features")  # fmt: skip
FREEZE_TIME = Parameter("freeze_time", 0.0, "t_f", NONNEGATIVE, "time", "when the weights of frozen features are fixed")
PARAMETERS = (
    FEATURES, DEPTH, EFFICIENCY, START, IMBALANCE, WEIGHT_DECAY, LEARNING_RATE, BATCH_NOISE, FROZEN, FREEZE_TIME,
)  # fmt: skip


@dataclass(frozen=True)
class Trained:
    """The weights of a block at one time, for measures to look at.

    Parameters
    ----------
    weights, initial
        Now and at time 0, shape (layers, features, replicates).
    parameters
        The point.
    """

    weights: Array
    initial: Array
    parameters: Resolved

    @property
    def strengths(self) -> Array:
        """g_j, shape (features, replicates)."""
        return np.asarray(self.weights.prod(axis=0))

    @property
    def drives(self) -> Array:
        """h_j g_j, shape (features, replicates)."""
        return np.asarray(self.parameters["efficiency"][:, np.newaxis] * self.strengths)


Look: TypeAlias = Callable[[Trained], Array]


def experiment(
    name: str,
    slope: Slope,
    measures: Mapping[str, tuple[Observable, Look]],
    *,
    parameters: Sequence[Parameter] = (),
    times: Sequence[float] | None = None,
) -> Experiment:
    """Return the training of products of weights on one loss, as an Experiment.

    Parameters
    ----------
    name
        The phenomenon.
    slope
        ``slope(q, parameters)`` returns mu = -dloss/dq at drives of shape (replicates,).
    measures
        Per measure what it is, its axes after the replicates (and ``time``), and a function of ``Trained`` that returns
        it with replicates last.
    parameters
        What the slope and the measures take beyond ``PARAMETERS``.
    times
        When to look, increasing, >= 0; None makes ``time`` a parameter. Each is reached by whole steps, which are
        shortened a little for it.

    Raises ValueError, in one line, for unsorted times.
    """
    looked = checked_times(times)
    plan = _Plan(slope, dict(measures), looked)
    axes = () if looked is None else ("time",)
    return Experiment(
        name=name,
        parameters=(*PARAMETERS, *parameters, *((TIME,) if looked is None else ())),
        measures={
            key: Observable((*axes, *one.dims), one.unit, one.meaning, one.indicator)
            for key, (one, _) in measures.items()
        },
        sample=partial(sample, plan),
        refine=partial(refine, plan),
        order=1,
        coordinates={} if looked is None else {"time": np.array(looked)},
        components=lambda resolved: int(resolved["features"] * resolved["depth"]),
        identity={"level": "weights", "name": name, "times": looked, "measures": sorted(measures)},
    )


@dataclass(frozen=True)
class _Plan:
    slope: Slope
    measures: Mapping[str, tuple[Observable, Look]]
    times: tuple[float, ...] | None


def sample(plan: _Plan, parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the measures of a block; one normal a step and replicate is drawn where there is batch noise.

    Without it all replicates are one path, which is trained once.
    """
    _refuse_draws(parameters)
    if parameters["batch_noise"] == 0.0 and replicates > 1:
        alone = sample(plan, parameters, 1, generator)
        return {key: np.repeat(array, replicates, axis=0) for key, array in alone.items()}
    path = _Path.start(plan, parameters, replicates)
    for part in _segments(plan, parameters):
        for noise in _normals(parameters, generator, part.steps, replicates):
            path.step(part.rate, noise, part.free)
        path.look(part.index)
    return path.samples


def refine(
    plan: _Plan, parameters: Resolved, replicates: int, generator: np.random.Generator
) -> tuple[Samples, Samples]:
    """Return the measures at the learning rate and at half of it, on the same noise."""
    _refuse_draws(parameters)
    replicates = replicates if parameters["batch_noise"] > 0.0 else 2
    coarse, fine = (_Path.start(plan, parameters, replicates) for _ in range(2))
    for part in _segments(plan, parameters):
        halves = _normals(parameters, generator, 2 * part.steps, replicates)
        for first, second in zip(halves, halves, strict=True):
            fine.step(part.rate / 2.0, first, part.free)
            fine.step(part.rate / 2.0, second, part.free)
            coarse.step(part.rate, (first + second) / np.sqrt(2.0), part.free)
        coarse.look(part.index)
        fine.look(part.index)
    return coarse.samples, fine.samples


@dataclass
class _Path:
    """A block of weights on its way, and what has been seen of it."""

    plan: _Plan
    parameters: Resolved
    weights: Array
    initial: Array
    samples: dict[str, Any]

    @classmethod
    def start(cls, plan: _Plan, parameters: Resolved, replicates: int) -> _Path:
        """Return the weights at time 0: per feature a product of the given strength, as unbalanced as asked for."""
        depth = parameters["depth"]
        tilt = np.linspace(0.5, -0.5, depth) if depth > 1 else np.zeros(1)
        weights = parameters["start"] ** (1.0 / depth) * np.exp(parameters["imbalance"] * tilt)[:, np.newaxis]
        whole = np.repeat(weights[:, :, np.newaxis], replicates, axis=2)
        return cls(plan, parameters, whole, whole.copy(), {})

    def step(self, rate: float, noise: Any, free: Any) -> None:
        """Take one gradient step with the given normals, one a replicate, of the features that are free."""
        efficiency = self.parameters["efficiency"][:, np.newaxis]
        drive = np.sum(efficiency * self.weights.prod(axis=0), axis=0)
        pull = rate * self.plan.slope(drive, self.parameters)
        pull = pull + self.parameters["batch_noise"] * np.sqrt(rate) * noise
        gradient = efficiency * pull * others(self.weights)
        self.weights = self.weights + free * (gradient - rate * self.parameters["weight_decay"] * self.weights)

    def look(self, index: int) -> None:
        """Write down every measure at the time of that index; -1 is no time to look at."""
        if index < 0:
            return
        seen = Trained(self.weights, self.initial, self.parameters)
        lost = ~np.isfinite(self.weights).all(axis=(0, 1))
        self.samples["diverged"] = self.samples.get("diverged", False) | lost
        for name, (_, look) in self.plan.measures.items():
            values = np.moveaxis(look(seen), -1, 0)
            if self.plan.times is None:
                self.samples[name] = values
                continue
            if name not in self.samples:
                self.samples[name] = np.empty((values.shape[0], len(self.plan.times), *values.shape[1:]))
            self.samples[name][:, index] = values


def others(weights: Array) -> Array:
    """Return, for every weight, the product of its feature's weights in the other layers; some may be 0.

    ``weights`` and the result have shape (layers, ...).
    """
    before, after = np.ones_like(weights), np.ones_like(weights)
    for layer in range(1, len(weights)):
        before[layer] = before[layer - 1] * weights[layer - 1]
        after[-layer - 1] = after[-layer] * weights[-layer]
    return before * after


@dataclass(frozen=True)
class _Segment:
    """Steps in a row: how many, how long each is, which features are free, and the index of the time they lead to."""

    steps: int
    rate: float
    free: Any
    index: int


def _segments(plan: _Plan, parameters: Resolved) -> Iterator[_Segment]:
    """Yield the steps from each requested time to the next; those on the way to a freeze end there, at index -1."""
    previous, freeze, frozen = 0.0, parameters["freeze_time"], parameters["frozen"][:, np.newaxis]
    marks = [(time, index) for index, time in enumerate(plan.times or (parameters["time"],))]
    if np.any(frozen > 0.0) and 0.0 < freeze < marks[-1][0]:
        marks = sorted([*marks, (freeze, -1)])
    for time, index in marks:
        steps = int(np.ceil((time - previous) / parameters["learning_rate"] - 1e-9))
        free = 1.0 - frozen if previous >= freeze and np.any(frozen > 0.0) else 1.0
        yield _Segment(steps, (time - previous) / max(steps, 1), free, index)
        previous = time


def _normals(parameters: Resolved, generator: np.random.Generator, steps: int, replicates: int) -> Iterator[Any]:
    """Yield the normals of each step, or zeros where there is no noise."""
    if parameters["batch_noise"] == 0.0:
        return repeat(0.0, steps)
    return (generator.standard_normal(replicates) for _ in range(steps))


def _refuse_draws(parameters: Resolved) -> None:
    for name, value in parameters.items():
        if is_distribution(value):
            raise ValueError(f"{name}: got a distribution; must be numbers; weights all start alike, sweep over it")

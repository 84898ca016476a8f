"""Orders of convergence between levels: measured with an interval, and compared with what is predicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.estimate import SAFETY
from simulator.parameter import resolve
from simulator.point import simulate
from simulator.randomness import Purpose, point_key, stream
from theory.agreement.levels import Setting, stepped

Array = NDArray[np.float64]
STANDARD_ERRORS = 5.0  # of the interval; false alarms 6e-7 an order
RESOLVED = 0.2  # half the width of an interval that says something of an order


@dataclass(frozen=True)
class Order:
    """An exponent p: a difference behaves like x^p as x -> 0.

    Parameters
    ----------
    says
        Which difference, in terms of which x.
    x, difference, standard_error
        What was fitted, shape (points,).
    predicted
        The exponent that theory says.
    estimated, error
        The fitted exponent and its standard error.
    margin
        How far the exponent over these x may be from its limit, from the next term, estimated beforehand.
    """

    says: str
    x: Array
    difference: Array
    standard_error: Array
    predicted: float
    estimated: float
    error: float
    margin: float

    @property
    def interval(self) -> tuple[float, float]:
        """The estimate and five standard errors to both sides."""
        return self.estimated - STANDARD_ERRORS * self.error, self.estimated + STANDARD_ERRORS * self.error

    @property
    def verdict(self) -> str:
        """ "agrees" if the interval, widened by the margin, holds the prediction and is narrow; else what is wrong."""
        reach = STANDARD_ERRORS * self.error
        if abs(self.estimated - self.predicted) > reach + self.margin:
            return "disagrees"
        return "agrees" if reach + self.margin <= RESOLVED * self.predicted else "underpowered"


def fitted(says: str, x: Any, difference: Any, error: Any, predicted: float, margin: float) -> Order:
    """Return the exponent of a difference as a power of x, by least squares in the logarithms.

    Weighted by the relative errors; exact differences (errors 0) all weigh alike.
    """
    x, difference, error = (np.asarray(one, dtype=float) for one in (x, difference, error))
    relative = error / np.abs(difference)
    spread = relative if np.all(relative > 0.0) else np.ones_like(x)
    weights = 1.0 / np.square(spread)
    centered = np.log(x) - np.average(np.log(x), weights=weights)
    information = np.sum(weights * np.square(centered))
    slope = np.sum(weights * centered * np.log(np.abs(difference))) / information
    own = 1.0 / np.sqrt(information) if np.all(relative > 0.0) else 0.0
    return Order(says, x, difference, error, predicted, float(slope), float(own), float(margin))


def of_population(setting: Setting, quantity: str, populations: Sequence[int]) -> Order:
    """Fit how a population's variance tends to the infinite one's, in 1/N: predicted 1.

    The margin is the curvature that the closure for finite N has over the same sizes.
    """
    last = replace(setting, times=setting.times[-1:])
    infinite = float(last.moments()[quantity][0, 0])
    closure = [float(last.moments(size)[quantity][0, 0]) - infinite for size in populations]
    made = setting.model.experiment("population", times=last.times, measures=(quantity,))
    gaps, errors = [], []
    for size in populations:
        # The gap falls like 1/N and its error like 1/sqrt(N R): equal relative errors take R in proportion to N.
        replicates = max(512, setting.agents * size // populations[-1] ** 2)
        found = simulate(
            made, replicates=replicates, seed=setting.seed, **{**setting.parameters, "population": size}
        )  # fmt: skip
        gaps.append(float(found[quantity].values.ravel()[0]) - infinite)
        errors.append(float(found[f"{quantity}_se"].values.ravel()[0]))
    x = 1.0 / np.asarray(populations, dtype=float)
    curved = abs(fitted("", x, closure, np.zeros_like(x), 1.0, 0.0).estimated - 1.0)
    return fitted(f"population -> infinite, {quantity}, in 1/N", x, gaps, errors, 1.0, SAFETY * curved + 0.02)


def of_generations(setting: Setting, quantity: str, lengths: Sequence[float] = (0.5, 0.25, 0.125, 0.0625)) -> Order:
    """Fit how generations tend to continuous time, in their length: predicted 1; no sampling error."""
    last = replace(setting, times=setting.times[-1:])
    values = [float(last.moments(generation=length)[quantity][0, 0]) for length in (*lengths, lengths[-1] / 2.0)]
    steps = -np.diff(values)
    x = np.asarray(lengths)
    margin = abs(np.log2(abs(steps[-2] / steps[-1])) - np.log2(abs(steps[0] / steps[1])))
    return fitted(f"generations -> continuous time, {quantity}, in their length", x, steps, np.zeros(x.size), 1.0,
                  margin)  # fmt: skip


def of_steps(
    law: Any, measure: str, point: Mapping[str, Any], quiet: Mapping[str, Any], steps: Sequence[int], replicates: int,
    seed: int,
) -> Order:  # fmt: skip
    """Fit the bias of a stepped langevin mean in the step, from step halving on one noise: predicted its weak order.

    The difference between a step and half of it goes like the bias. The margin is how far the same exponent is from
    the prediction without noise, the changes of the point that ``quiet`` makes, where it has no sampling error.
    """
    order = stepped(law, measures=(measure,)).order
    calm = [_halving(law, measure, {**point, **quiet}, count, 2, seed)[0] for count in steps]
    gaps, errors = np.transpose([_halving(law, measure, point, count, replicates, seed) for count in steps])
    x = 1.0 / np.asarray(steps, dtype=float)
    margin = 2.0 * abs(fitted("", x, calm, np.zeros_like(x), order, 0.0).estimated - order) + 0.02
    return fitted(f"langevin's bias, {measure}, in its step", x, gaps, errors, float(order), margin)


def _halving(law: Any, measure: str, point: Mapping[str, Any], steps: int, replicates: int, seed: int) -> Any:
    """Return the mean difference between a step and half of it, and its standard error."""
    experiment = stepped(law, measures=(measure,), steps=steps)
    resolved = resolve(experiment.parameters, point)
    key = point_key({"order of": measure, "steps": steps, "parameters": resolved})
    coarse, fine = experiment.refine(resolved, replicates, stream(seed, key, 0, Purpose.REFINEMENT))
    change = np.asarray(coarse[measure] - fine[measure])
    return float(change.mean()), float(change.std(ddof=1)) / np.sqrt(replicates)

"""What a statistic is worth as evidence: its estimate, its p-value beyond a margin, and how small an effect it sees."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from simulator.estimate import STATISTICS, Statistic, distribution, quantile
from simulator.parameter import nearest
from theory.chance import Chance
from theory.controlled import Controlled
from theory.finding import Finding
from theory.judge import FAMILY_WISE_ERROR, POWER, normal_quantile, p_value, sensitivity
from theory.prediction import Prediction


class Evidence(Protocol):
    """How the samples of one row are reduced, and what the result says about the predicted value."""

    @property
    def predicted(self) -> float:
        """The value that the simulation is compared with."""

    @property
    def scale(self) -> float:
        """What a detectable effect is relative to."""

    def of(self, samples: Any) -> Any:
        """Return the accumulator of a block's samples; accumulators merge."""

    def influence(self, samples: Any) -> Any:
        """Return values (replicates, ...) whose mean is the statistic to first order, for runs at two steps."""

    def weigh(self, accumulated: Any) -> Finding:
        """Return the value found and its standard error."""

    def p_value(self, found: Finding, margin: float) -> float:
        """Return the chance of so large a difference beyond the margin if the prediction is right."""

    def z(self, found: Finding, margin: float) -> float:
        """Return the difference in standard errors."""

    def reach(self, found: Finding, rows: int) -> float:
        """Return how far beyond its margin a true effect is found with probability ``POWER``."""

    def times(self, found: Finding, wanted: float, rows: int) -> float:
        """Return how many times as many replicates as a finding's reach as far as wanted."""


@dataclass(frozen=True)
class Scalar:
    """A number that is asymptotically normal around its true value: mean, variance, correlation, quantile, ..."""

    predicted: float
    scale: float
    statistic: Statistic

    def of(self, samples: Any) -> Any:
        """Return the statistic's accumulator."""
        return self.statistic.of(samples)

    def influence(self, samples: Any) -> Any:
        """Return the statistic's influence function at the samples."""
        return self.statistic.influence(samples)

    def weigh(self, accumulated: Any) -> Finding:
        """Return the estimate and its standard error."""
        value, error = map(float, self.statistic.evaluate(accumulated))
        return Finding(value, error)

    def p_value(self, found: Finding, margin: float) -> float:
        """Return the two-sided normal p-value of what exceeds the margin."""
        return p_value(found.simulated - self.predicted, found.standard_error, margin)

    def z(self, found: Finding, margin: float) -> float:
        """Return how many standard errors apart the values are; without sampling error, 0 within the margin."""
        difference = found.simulated - self.predicted
        if found.standard_error > 0.0:
            return difference / found.standard_error
        return 0.0 if abs(difference) <= margin else math.copysign(math.inf, difference)

    def reach(self, found: Finding, rows: int) -> float:
        """Return a number of standard errors: the family's hardest quantile and that of the power."""
        return sensitivity(rows) * found.standard_error

    def times(self, found: Finding, wanted: float, rows: int) -> float:
        """Return the square of how much nearer the reach must come."""
        return (self.reach(found, rows) / wanted) ** 2


@dataclass(frozen=True)
class Distribution:
    """A whole distribution function, compared at edges by its largest distance from the predicted one.

    The distance of n independent values is judged by Kolmogorov's law (conservative on a grid, and for laws with
    atoms); its "standard error" is that of a distribution function at its middle, 1/(2 sqrt n).
    """

    edges: tuple[float, ...]
    expected: Any
    scale: float = 1.0
    predicted: float = 0.0

    @cached_property
    def statistic(self) -> Statistic:
        """The counts between the edges."""
        return distribution(self.edges)

    def of(self, samples: Any) -> Any:
        """Return the counts between the edges."""
        return self.statistic.of(samples)

    def influence(self, samples: Any) -> Any:
        """Return, per replicate and edge, whether the value is at most the edge."""
        return (np.asarray(samples)[:, np.newaxis] <= np.asarray(self.edges)).astype(float)

    def weigh(self, accumulated: Any) -> Finding:
        """Return the largest distance at the edges."""
        distance, _ = accumulated.distance(self.expected)
        return Finding(float(distance), 0.5 / math.sqrt(accumulated.count))

    def p_value(self, found: Finding, margin: float) -> float:
        """Return Kolmogorov's p-value of what exceeds the margin."""
        from scipy.stats import kstwobign

        return float(kstwobign.sf(max(found.simulated - margin, 0.0) / (2.0 * found.standard_error)))

    def z(self, found: Finding, margin: float) -> float:
        """Return the distance in its standard errors."""
        return found.simulated / found.standard_error

    def reach(self, found: Finding, rows: int) -> float:
        """Return the distance that is found: Kolmogorov's quantile for the family, and the power's at the middle."""
        hardest = math.sqrt(-math.log(FAMILY_WISE_ERROR / rows / 2.0) / 2.0)
        return (2.0 * hardest + normal_quantile(1.0 - POWER)) * found.standard_error

    def times(self, found: Finding, wanted: float, rows: int) -> float:
        """Return the square of how much nearer the reach must come."""
        return (self.reach(found, rows) / wanted) ** 2


def judged_by(prediction: Prediction, point: Mapping[str, Any]) -> Evidence:
    """Return how a prediction is judged at a point; raise ValueError for a statistic that does not exist."""
    if prediction.statistic == "distribution":
        expected = prediction(**point, at=np.array(prediction.edges))
        return Distribution(prediction.edges, expected, 1.0 if prediction.scale is None else prediction.scale)
    predicted = float(prediction(**point))
    scale = abs(predicted) if prediction.scale is None else prediction.scale
    if prediction.statistic == "quantile":
        return Scalar(predicted, scale, quantile(float(point["probability"]), prediction.edges))
    if prediction.statistic not in STATISTICS:
        hint = nearest(prediction.statistic, (*STATISTICS, "quantile", "distribution"))
        raise ValueError(f"{prediction.name}: statistic {prediction.statistic!r}; {hint}")
    if prediction.experiment.controls:
        return Controlled(Scalar(predicted, scale, STATISTICS[prediction.statistic]))
    if prediction.statistic == "probability" or _is_share(prediction):
        return Chance(predicted, scale)
    return Scalar(predicted, scale, STATISTICS[prediction.statistic])


def _is_share(prediction: Prediction) -> bool:
    """Tell whether a mean is one of zeros and ones, one a replicate: a chain's replicate counts by its mean."""
    if prediction.statistic != "mean" or not isinstance(prediction.measure, str):
        return False
    observable = prediction.experiment.observable(prediction.measure)
    return observable.indicator and "draw" not in observable.dims

"""Means judged with control variates: on request, and only with those that hide no fault.

A check may use the controls whose mean is zero by the symmetry of the noise alone (``Twin.symmetric``): the twin is one
of the very law that is simulated, whichever that is, and no formula says what its mean should be. What is not a mean,
or has no twin, is judged plainly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.estimate import CONTROL, STATISTICS, Tally
from simulator.experiment import Samples, Twin, controlled, twin_of
from theory.finding import Finding
from theory.prediction import Prediction

STATISTICS_OF_MEANS = ("mean", "probability")
DIGITS = 1e-9
"""Share of a prediction's scale that its formula's own rounding may reach: no smaller error is claimed."""


@dataclass(frozen=True)
class Controlled:
    """Evidence about a mean whose chance part is taken out by control variates; ``plain`` is the same without them."""

    plain: Any

    @property
    def predicted(self) -> float:
        """The value that the simulation is compared with."""
        return float(self.plain.predicted)

    @property
    def scale(self) -> float:
        """What a detectable effect is relative to."""
        return float(self.plain.scale)

    def of(self, samples: Any) -> Tally:
        """Return the tally of samples (replicates, 1 + controls)."""
        return Tally.of(samples[:, 0], controls=samples[:, 1:].T)

    def influence(self, samples: Any) -> Any:
        """Return the measure itself, of samples with or without controls."""
        return samples if samples.ndim == 1 else samples[:, 0]

    def weigh(self, accumulated: Tally) -> Finding:
        """Return the adjusted mean and its standard error; of what has no chance, the plain one."""
        value, error = map(float, STATISTICS["mean"].evaluate(accumulated.moments))
        if error == 0.0:
            return Finding(value, error)
        error = float(accumulated.error(self.plain.statistic.name == "probability"))
        return Finding(float(accumulated.mean), max(error, DIGITS * self.scale))

    def p_value(self, found: Any, margin: float) -> float:
        """Return the two-sided normal p-value of what exceeds the margin."""
        return float(self.plain.p_value(found, margin))

    def z(self, found: Any, margin: float) -> float:
        """Return how many standard errors apart the values are."""
        return float(self.plain.z(found, margin))

    def reach(self, found: Finding, rows: int) -> float:
        """Return how far beyond its margin a true effect is found."""
        return float(self.plain.reach(found, rows))

    def times(self, found: Finding, wanted: float, rows: int) -> float:
        """Return how many times as many replicates reach as far as wanted."""
        return float(self.plain.times(found, wanted, rows))


def with_controls(prediction: Prediction) -> Prediction:
    """Return a prediction with control variates, or as it is if it can have none that a check may use."""
    twin = twin_of(prediction.experiment)
    mean = prediction.statistic in STATISTICS_OF_MEANS and isinstance(prediction.measure, str)
    if not mean or not isinstance(twin, Twin) or not twin.symmetric:
        return prediction
    return prediction.replace(experiment=controlled(prediction.experiment))


def stacked(prediction: Prediction, samples: Samples) -> Any:
    """Return a measure's samples with the controls that a check may use, (replicates, 1 + controls)."""
    name, twin = prediction.measure, prediction.experiment.twin
    assert isinstance(name, str)
    assert isinstance(twin, Twin)
    if name + CONTROL not in samples:  # of runs at two steps, which are weighed without
        return samples[name]
    controls = samples[name + CONTROL][..., : twin.symmetric]
    return np.column_stack([samples[name], np.where(np.isfinite(controls), controls, 0.0)])

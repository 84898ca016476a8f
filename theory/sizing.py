"""Sizing: how much of a row must be simulated for the power that it is to have, before it is simulated.

A pilot, which is thrown away, tells the number of replicates; runs at two steps on one noise tell how far the step
puts the statistic off.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from simulator.estimate import SAFETY, Moments, richardson
from simulator.experiment import Experiment, Samples
from simulator.parameter import Resolved
from simulator.randomness import Purpose, point_key, stream
from theory.chance import Chance
from theory.evidence import Evidence
from theory.judge import LARGEST_EFFECT
from theory.prediction import Prediction

PILOT_REPLICATES, PILOT_ELEMENTS = 8192, 2**18  # of large replicates, such as populations, a pilot has fewer
SURPLUS = 5.0  # standard errors of a pilot's variance: none in a million rows gets too few replicates
LEAST_SURPLUS = 0.25  # of quantiles, whose error rests on a density that the pilot estimates too
REFINED_REPLICATES = 4096  # at a time
REFINED_SHARE = 0.03  # of the effect that is looked for: what the margin's own error may be
MOST_REFINED = {"quick": 4.0, "full": 10.0}  # the root of how often the refinement may be repeated for that
ALIKE_REPLICATES = 2  # of a simulation without chance, in which all come out alike
LEAST_REPLICATES = 1024  # enough for a standard error that can be believed
MOST_REPLICATES = {"quick": 2**23, "full": 2**27}

Read: TypeAlias = Callable[[Samples], Any]


@dataclass(frozen=True)
class Docket:
    """What all rows of one check share.

    Parameters
    ----------
    effort
        "quick" or "full".
    seed
        The seed of all noise.
    rows
        How many rows are judged together.
    threads
        How many blocks to run at once; None for one a processor.
    """

    effort: str
    seed: int
    rows: int
    threads: int | None


def replicates_for(
    prediction: Prediction, evidence: Evidence, resolved: Resolved, read: Read, wanted: float, docket: Docket
) -> int:
    """Return how many replicates bring the standard error to what the wanted reach needs, from a pilot.

    Parameters
    ----------
    prediction, evidence, resolved
        What is judged, how, and where.
    read
        From samples, what the statistic is made of.
    wanted
        How far beyond the margin an effect must be found.
    docket
        Of the check.
    """
    key = point_key({"pilot of": prediction.name, "parameters": resolved})
    size = min(max(PILOT_ELEMENTS // prediction.experiment.components(resolved), LEAST_REPLICATES), PILOT_REPLICATES)
    samples = prediction.experiment.sample(resolved, size, stream(docket.seed, key, 0, Purpose.PILOT))
    pilot = read(samples)
    found = evidence.weigh(evidence.of(pilot))
    if found.standard_error == 0.0:
        return ALIKE_REPLICATES
    if wanted <= 0.0 or not math.isfinite(found.standard_error):
        return size
    needed = size * evidence.times(found, wanted, docket.rows)
    needed *= 1.0 + _surplus(prediction, evidence, pilot, needed)
    return int(min(max(needed, LEAST_REPLICATES), MOST_REPLICATES[docket.effort]))


def _surplus(prediction: Prediction, evidence: Evidence, pilot: Any, needed: float) -> float:
    """Return the share of replicates more than a pilot says, for the pilot's own error."""
    if isinstance(evidence, Chance):  # whose size follows from the prediction alone
        return 0.0
    # At even odds the pilot's variance is off at second order alone, by SURPLUS^2/size.
    surplus = SURPLUS * _variance_error(evidence.influence(pilot), needed) + SURPLUS**2 / len(pilot)
    return max(surplus, LEAST_SURPLUS if prediction.statistic == "quantile" else 0.0)


def _variance_error(influence: Any, more: float) -> float:
    """Return the relative standard error of a variance found by a pilot against that by more replicates.

    sqrt((kurtosis - 1) (1/n + 1/more)), of the most variable of the statistic's cells; 0 for a coin of even odds.
    """
    moments = Moments.of(influence.reshape(len(influence), -1))
    cell = int(np.argmax(moments.second))
    count, second, fourth = moments.count[cell], moments.second[cell], moments.fourth[cell]
    return math.sqrt(max(count * fourth / second**2 - 1.0, 0.0) * (1.0 / count + 1.0 / more))


def step_error(prediction: Prediction, evidence: Evidence, resolved: Resolved, read: Read, docket: Docket) -> float:
    """Return a bound on the statistic's discretization error, from runs at two steps on one noise.

    They are so many that the bound's own error is small beside what is looked for, as far as is affordable.
    Parameters as in ``replicates_for``.
    """
    experiment = prediction.experiment
    if experiment.refine is None or experiment.order is None:
        return 0.0
    key = point_key({"refinement of": prediction.name, "parameters": resolved})
    generator = stream(docket.seed, key, 0, Purpose.REFINEMENT)
    pairs = [_refined(experiment, resolved, read, generator)]
    error, own_error = _apart(evidence, pairs, experiment.order)
    allowed = REFINED_SHARE * LARGEST_EFFECT[docket.effort] * evidence.scale
    needed = min(float(np.max(own_error)) / allowed, MOST_REFINED[docket.effort]) ** 2 if allowed > 0.0 else 1.0
    if needed > 1.0:
        pairs += [_refined(experiment, resolved, read, generator) for _ in range(math.ceil(needed) - 1)]
        error, own_error = _apart(evidence, pairs, experiment.order)
    return float(np.max(SAFETY * np.abs(error) + 2.0 * own_error))


def _refined(experiment: Experiment, resolved: Resolved, read: Read, generator: np.random.Generator) -> tuple[Any, Any]:
    """Return what the statistic is made of at the step and at half of it."""
    assert experiment.refine is not None
    coarse, fine = experiment.refine(resolved, REFINED_REPLICATES, generator)
    return read(coarse), read(fine)


def _apart(evidence: Evidence, pairs: Sequence[tuple[Any, Any]], order: int) -> tuple[Any, Any]:
    """Return the statistic's discretization error and the error's own."""
    coarse, fine = (evidence.influence(np.concatenate(parts)) for parts in zip(*pairs, strict=True))
    return richardson(coarse - fine, order)

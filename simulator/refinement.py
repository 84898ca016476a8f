"""How far the step puts a mean off: estimated from a few more replicates, at the step and at half of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.draw import count_diverged
from simulator.estimate import Layout, Tally, layout_of, richardson
from simulator.experiment import Experiment
from simulator.parameter import Resolved
from simulator.randomness import Purpose, stream

REFINED_REPLICATES = 512


def refinable(experiment: Experiment) -> bool:
    """Tell whether an experiment can estimate its discretization error."""
    return experiment.refine is not None and experiment.order is not None


def refinement(
    experiment: Experiment, resolved: Resolved, replicates: int, seed: Any, key: Any
) -> tuple[Layout, NDArray[np.float64]] | None:
    """Return the discretization errors of the means and their own errors, shape (1, 2 cells); None of overflows."""
    assert experiment.refine is not None
    size = refined_replicates(replicates, experiment.group)
    coarse, fine = experiment.refine(resolved, size, stream(seed, key, 0, Purpose.REFINEMENT))
    if count_diverged(coarse) or count_diverged(fine):
        return None
    layout = layout_of(coarse, tuple(experiment.measures), experiment.group)
    pairs = [_step_error(coarse[name] - fine[name], experiment) for name in experiment.measures]
    halves = [np.concatenate([np.ravel(pair[half]) for pair in pairs]) for half in range(2)]
    return layout, np.concatenate(halves)[np.newaxis]


def _step_error(difference: Any, experiment: Experiment) -> tuple[Any, Any]:
    """Return the discretization error and its own standard error, which follows from the groups where there are any."""
    assert experiment.order is not None
    error, own_error = richardson(difference, experiment.order)
    if experiment.group == 1:
        return error, own_error
    factor = richardson(np.ones((1,)), experiment.order)[0]
    return error, factor * Tally.of(difference, experiment.group).error()


def refined_replicates(replicates: int, group: int) -> int:
    """Return how many replicates estimate the discretization error of a mean of so many."""
    return min(replicates, max(REFINED_REPLICATES, group))

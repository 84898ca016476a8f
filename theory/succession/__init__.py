"""What is predicted of succession: how often better circuits take the lead, and what that leaves of the goal.

``predictions_of(runs, chain)`` says what other runs would have to satisfy; ``predictions`` are the
phenomenon's own.
"""

from __future__ import annotations

from simulator.experiment import Experiment
from simulator.models.succession import inheritance
from simulator.models.succession.leaders import run
from theory.prediction import Prediction
from theory.succession.claims import claims
from theory.succession.predicted.declared import Runs
from theory.succession.predicted.goals import of_goals
from theory.succession.predicted.interactions import of_interactions
from theory.succession.predicted.leaders import of_leaders

__all__ = ["claims", "predictions", "predictions_of"]


def predictions_of(runs: Runs = run, chain: Experiment = inheritance) -> tuple[Prediction, ...]:
    """Return the predictions of succession, with the given experiments as what is simulated.

    Parameters
    ----------
    runs
        ``runs(ends, measures)`` returns runs in which the lead changes hands, on a clock that ends or not.
    chain
        Goals that are inherited a given number of times.
    """
    return (*of_leaders(runs), *of_goals(chain, runs), *of_interactions())


predictions = predictions_of()

"""What is predicted of goal_drift: how far a goal is pulled before the gate shuts, and how it drifts behind it.

``predictions_of(law)`` says what any variant of the law would have to satisfy; ``predictions`` are the law's own.
"""

from __future__ import annotations

from simulator.model import Model
from simulator.models.goal_drift import decision, goal_drift
from theory.goal_drift.claims import claims
from theory.goal_drift.predicted.chance import of_chance
from theory.goal_drift.predicted.drift import of_cosines, of_drift
from theory.goal_drift.predicted.fixation import of_fixation
from theory.goal_drift.predicted.gate import of_the_gate
from theory.goal_drift.predicted.observed import with_causes, with_relative_gradient
from theory.goal_drift.predicted.population import of_populations, with_founders
from theory.goal_drift.predicted.posterior import of_selection
from theory.goal_drift.predicted.stakes import stake_selection
from theory.prediction import Prediction

__all__ = ["claims", "predictions", "predictions_of", "with_causes", "with_founders", "with_relative_gradient"]


def predictions_of(law: Model) -> tuple[Prediction, ...]:
    """Return the predictions of goal_drift, each with the given law as what is simulated."""
    return (
        *of_the_gate(law), *of_drift(law), *of_cosines(law), *of_chance(law), *of_selection(law), *of_populations(law),
    )  # fmt: skip


predictions = (*predictions_of(goal_drift), *of_fixation(), stake_selection(decision))

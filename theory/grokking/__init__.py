"""What is predicted of grokking: one clock through the run, when it snaps, what decides which circuit is left.

``predictions_of(logistic, squared, penalized)`` says what any variants of the laws would have to satisfy;
``predictions`` are the laws' own.
"""

from __future__ import annotations

from simulator.model import Model
from simulator.models.grokking import grokking, squared
from simulator.models.grokking.circuits import penalized_circuits
from theory.grokking.claims import claims
from theory.grokking.predicted.learning import of_rising
from theory.grokking.predicted.outcome import of_outcomes
from theory.grokking.predicted.passage import of_waiting
from theory.grokking.predicted.run import of_the_run
from theory.prediction import Prediction

__all__ = ["claims", "predictions", "predictions_of"]


def predictions_of(logistic: Model, held: Model, penalized: Model) -> tuple[Prediction, ...]:
    """Return the predictions of grokking, with the given laws as what is simulated.

    Parameters
    ----------
    logistic, held
        Two circuits on the logistic loss, and on the squared loss that holds the margin.
    penalized
        Circuits known by the norm that their logits take.
    """
    return (
        *of_the_run(logistic, held),
        *of_waiting(logistic, held),
        *of_outcomes(held, penalized),
        *of_rising(held),
    )


predictions = predictions_of(grokking, squared, penalized_circuits)

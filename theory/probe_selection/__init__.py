"""What is predicted of probes in training.

``predictions_of(subjects)`` says what any variants of the laws would have to satisfy; ``predictions`` are the laws'
own.
"""

from __future__ import annotations

from theory.prediction import Prediction
from theory.probe_selection.claims import claims
from theory.probe_selection.predicted.frontier import of_the_frontier
from theory.probe_selection.predicted.rotation import of_rotation
from theory.probe_selection.predicted.subjects import Subjects

__all__ = ["claims", "predictions", "predictions_of"]


def predictions_of(subjects: Subjects) -> tuple[Prediction, ...]:
    """Return the predictions of probe selection, with the given laws as what is simulated."""
    return (*of_rotation(subjects), *of_the_frontier(subjects))


predictions = predictions_of(Subjects())

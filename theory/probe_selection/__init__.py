"""What is predicted of a probe in the reward or in the loss, and what the essay on training with probes claims.

``predictions`` and ``claims`` are gathered from one module an idea; ``of_a_feature(subjects)`` says what any
variants of the laws of one feature would have to satisfy.
"""

from __future__ import annotations

from theory.prediction import Prediction
from theory.probe_selection import claims as selection_claims
from theory.probe_selection import claims_rotation as rotation_claims
from theory.probe_selection.predicted.detection import of_detection
from theory.probe_selection.predicted.frontier import of_the_frontier
from theory.probe_selection.predicted.group import of_groups
from theory.probe_selection.predicted.response import of_responses
from theory.probe_selection.predicted.rotation import of_rotation
from theory.probe_selection.predicted.subjects import Subjects
from theory.probe_selection.predicted.types import of_types

__all__ = ["claims", "of_a_feature", "predictions"]


def of_a_feature(subjects: Subjects) -> tuple[Prediction, ...]:
    """Return the predictions of a feature that a probe reads, with the given laws as what is simulated."""
    return (*of_rotation(subjects), *of_the_frontier(subjects))


claims = (*selection_claims.claims, *rotation_claims.claims)
predictions: tuple[Prediction, ...] = (
    *of_responses(),
    *of_groups(),
    *of_detection(),
    *of_types(),
    *of_a_feature(Subjects()),
)

"""What is predicted of a probe in the reward or in the loss, and what the essay on training with probes claims.

``predictions`` are gathered from one module an idea, and so are the ``claims``; further modules add to the lists.
"""

from __future__ import annotations

from theory.prediction import Prediction
from theory.probe_selection.claims import claims
from theory.probe_selection.predicted.detection import of_detection
from theory.probe_selection.predicted.group import of_groups
from theory.probe_selection.predicted.response import of_responses
from theory.probe_selection.predicted.types import of_types

__all__ = ["claims", "predictions"]

predictions: tuple[Prediction, ...] = (
    *of_responses(),
    *of_groups(),
    *of_detection(),
    *of_types(),
)

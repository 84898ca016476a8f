"""What is predicted of a probe in the reward or in the loss, and what the essay on training with probes claims.

``predictions`` and ``claims`` are gathered from one module an idea; further modules add theirs to the lists.
"""

from __future__ import annotations

from theory.prediction import Prediction
from theory.probe_selection.claims import claims

__all__ = ["claims", "predictions"]

predictions: tuple[Prediction, ...] = ()

"""What is predicted of preservation: what faking leaves open, what a memory holds, and where it has to be.

``predictions_of(law, fixed)`` says what any variants of the laws would have to satisfy; ``predictions`` are the laws'
own, and those of reads, strengths and shares, which have laws of their own.
"""

from __future__ import annotations

from simulator.model import Model
from simulator.models.preservation import outside, preservation
from theory.prediction import Prediction
from theory.preservation.claims import claims
from theory.preservation.predicted.faking import of_faking
from theory.preservation.predicted.inside import of_inside, with_common_mode
from theory.preservation.predicted.outside import of_outside, of_resetting, of_shares, of_strengths

__all__ = ["claims", "predictions", "predictions_of", "with_common_mode"]


def predictions_of(law: Model, fixed: Model) -> tuple[Prediction, ...]:
    """Return the predictions of preservation, with the given laws as what is simulated.

    Parameters
    ----------
    law
        Whose memory may be weights.
    fixed
        The same with a memory that stands still.
    """
    return (*of_faking(fixed), *of_outside(fixed), *of_inside(law))


predictions = (*predictions_of(preservation, outside), *of_resetting(), *of_strengths(), *of_shares())

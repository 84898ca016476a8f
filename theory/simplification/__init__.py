"""What is predicted of simplification: what weight decay does to features that share one drive, at every depth.

``predictions_of(law)`` says what any variant of the law would have to satisfy; ``predictions`` are the law's own and
those of the weights and the texts, of which no law is assumed.
"""

from __future__ import annotations

from simulator.model import Model
from simulator.models.simplification import simplification
from theory.prediction import Prediction
from theory.simplification.claims import claims
from theory.simplification.predicted.description import of_descriptions
from theory.simplification.predicted.ends import of_alignment, of_winners
from theory.simplification.predicted.observed import until_misaligned
from theory.simplification.predicted.shares import of_shares, of_weights

__all__ = ["claims", "predictions", "predictions_of", "until_misaligned"]


def predictions_of(law: Model) -> tuple[Prediction, ...]:
    """Return the predictions of simplification that speak about a law, with the given one as what is simulated."""
    return (*of_shares(law), *of_winners(law), *of_alignment(law))


predictions = (*predictions_of(simplification), *of_weights(), *of_descriptions())

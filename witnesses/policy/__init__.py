"""A policy that a probe watches: REINFORCE in a task where misbehavior pays, the probe put to use in four ways.

The predictions are those of a law with a few traits, whose learning operator K is measured before training.
"""

from pathlib import Path

from witnesses.policy.forecasts import judge, register, tested
from witnesses.policy.reasons import reasons
from witnesses.witness import Witness

witness = Witness(
    name="policy",
    says="A two-layer softmax policy is trained by REINFORCE against a linear probe on its own activations.",
    directory=Path(__file__).parent,
    run=tested,
    judge=judge,
    register=register,
    reasons=reasons,
)

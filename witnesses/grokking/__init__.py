"""grokking: a two-layer network memorizes the parity of two bits, then generalizes, against the law of two circuits."""

from __future__ import annotations

from pathlib import Path

from witnesses.grokking.outcomes import judge, run
from witnesses.grokking.predictions import register
from witnesses.witness import Witness

witness = Witness(
    name="grokking",
    says="A two-layer network learns the parity of two of forty bits from few examples, full batch, with weight decay.",
    directory=Path(__file__).parent,
    run=run,
    judge=judge,
    register=register,
)

"""entrenchment: deep diagonal networks on a signal that comes twice, against the law of who wins at which depth."""

from __future__ import annotations

from pathlib import Path

from witnesses.entrenchment.outcomes import judge, run
from witnesses.entrenchment.predictions import register
from witnesses.witness import Witness

witness = Witness(
    name="entrenchment",
    says="Deep diagonal networks regress on a signal that two features carry, in minibatches, with weight decay.",
    directory=Path(__file__).parent,
    run=run,
    judge=judge,
    register=register,
)

"""entrenchment: deep diagonal networks on a signal that comes twice, against the law of who wins at which depth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from witnesses.entrenchment import crowding, predictions
from witnesses.entrenchment.outcomes import judge
from witnesses.entrenchment.runs import run
from witnesses.registration import Registration
from witnesses.witness import Witness


def register(number: int, replaces: str, date: str) -> tuple[Registration, dict[str, dict[str, Any]]]:
    """Return the registration of that number: first the law alone, then what noise on the features adds to it."""
    rounds = (predictions.register, crowding.register)
    if number > len(rounds):
        raise ValueError(f"number: got {number}; must be at most {len(rounds)}; write down what it would predict first")
    return rounds[number - 1](number, replaces, date)


REASONS = {
    1: {
        "simple_wins.depth_3": "The head start of 3 is close to the flip at 3.4: random weights at the start, unequal "
        "from layer to layer, decide a few runs.",
        "winner_takes_all.noisy_features": "The law takes the loss to be flat between the two features. Noise of their "
        "own makes it curved there: using both averages it out, which is worth more than what decay costs. The second "
        "registration predicts how much.",
    }
}

witness = Witness(
    name="entrenchment",
    says="Deep diagonal networks regress on a signal that two features carry, in minibatches, with weight decay.",
    directory=Path(__file__).parent,
    run=run,
    judge=judge,
    register=register,
    reasons=REASONS,
)

"""grokking: a two-layer network memorizes the parity of two bits, then generalizes, against the law of two circuits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from witnesses.grokking import memory, predictions
from witnesses.grokking.outcomes import judge, run
from witnesses.registration import Registration
from witnesses.witness import Witness


def register(number: int, replaces: str, date: str) -> tuple[Registration, dict[str, dict[str, Any]]]:
    """Return the registration of that number: first the law alone, then more seeds and what is left of memory."""
    rounds = (predictions.register, memory.register)
    if number > len(rounds):
        raise ValueError(f"number: got {number}; must be at most {len(rounds)}; write down what it would predict first")
    return rounds[number - 1](number, replaces, date)


witness = Witness(
    name="grokking",
    says="A two-layer network learns the parity of two of forty bits from few examples, full batch, with weight decay.",
    directory=Path(__file__).parent,
    run=run,
    judge=judge,
    register=register,
)

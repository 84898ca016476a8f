"""grokking: a two-layer network memorizes the parity of two bits, then generalizes, against the law of two circuits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from witnesses.grokking import memory, power, predictions
from witnesses.grokking.outcomes import judge
from witnesses.grokking.runs import run
from witnesses.registration import Registration
from witnesses.witness import Witness


def register(number: int, replaces: str, date: str) -> tuple[Registration, dict[str, dict[str, Any]]]:
    """Return the registration of that number: the law alone, what is left of memory, more seeds."""
    rounds = (predictions.register, memory.register, power.register)
    if number > len(rounds):
        raise ValueError(f"number: got {number}; must be at most {len(rounds)}; write down what it would predict first")
    return rounds[number - 1](number, replaces, date)


SAMPLED = (
    "Too few random samples of examples: the third registration has enough. Run by run, from its own early phase, the "
    "law is right to a few percent: see the ratio below."
)
REASONS = {
    1: {
        "jump_time.decay_0.005": SAMPLED,
        "jump_time.decay_0.01": SAMPLED,
        "jump_time.decay_0.02": SAMPLED,
        "jump_time.size_80": "With so few examples more than half of the margin stays memorized for good; why, is said "
        "below.",
        "jump_time.size_100": "Eight runs spread from 460 to never: close to the size at which nothing jumps.",
        "jump_time.size_160": SAMPLED,
        "critical_size": "The law compares efficiencies alone; the network also keeps memory for good, the more the "
        "fewer examples; why, is said below.",
        "cleanup_time": "The way from the jump to three quarters leads to an end near there and not at one.",
        "memorized_in_the_end": "What is left is not a circuit of its own but a tilt of the neurons that generalize. "
        "Weights that two circuits share are paid for once, so some memory always pays; the law's circuits share none. "
        "The second registration tests this.",
        "efficiency_gain": "A fault of the measure, not of the law: at half a decay time the squares of the weights "
        "are mostly those of idle weights that the network started with, so the ratio begins too low.",
    },
    2: {
        "jump_time.decay_0.005": SAMPLED,
        "jump_time.decay_0.01": SAMPLED,
        "jump_time.decay_0.02": SAMPLED,
        "jump_time.size_160": SAMPLED,
        "memorized_in_the_end.bits_20": "As many irrelevant bits an example leave as much, within the errors.",
    },
    3: {
        "jump_time.decay_0.02": "A few percent late at every decay, as the ratios below say: on the way to the jump "
        "some of the memory already becomes a tilt that stays.",
    },
}

witness = Witness(
    name="grokking",
    says="A two-layer network learns the parity of two of forty bits from few examples, full batch, with weight decay.",
    directory=Path(__file__).parent,
    run=run,
    judge=judge,
    register=register,
    reasons=REASONS,
)

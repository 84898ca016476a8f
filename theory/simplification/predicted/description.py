"""What is predicted of goals as texts, of walks on the tree of descriptions."""

from __future__ import annotations

import numpy as np

from simulator.models.simplification.strings import memory, walk
from theory.prediction import Margin, Prediction
from theory.region import Interval, Region
from theory.simplification import formulas
from theory.simplification.predicted.declared import declared

DRAWS, THINNING, BURN_IN = 300, 6, 40  # a draw is worth a third of an independent one at the slowest pressure
REMEMBERED = 0.9  # where hardly any walk has forgotten, too few of them tell how many: a mean is not yet normal
PRESSURE = Interval(0.2, 1.4)  # ln 2 = 0.69 in its middle


def of_descriptions() -> tuple[Prediction, ...]:
    """Return how long goals are, and how long a walk remembers which one it was."""
    return (
        declared(
            "mean_description_length",
            "Below a pressure of ln 2 a bit goals are long and random, for there are more of them; above it, short.",
            Region({"inverse_temperature": PRESSURE, "max_length": Interval(2, 5, integer=True)}),
            walk(),
            lambda **point: {**point, "sweeps": DRAWS, "thinning": THINNING, "burn_in": BURN_IN},
            measure="length",
            margin=Margin("what the walk still knows of its start: r^moves sd/sqrt(P(start))", _unforgotten),
        ),
        declared(
            "first_bit_memory",
            "A walk forgets its first bit by shrinking to nothing and growing again, at the rate of the spectral gap.",
            Region({"inverse_temperature": PRESSURE, "max_length": Interval(2, 6, integer=True),
                    "moves": Interval(4, 40, integer=True)},
                   lambda **point: float(formulas.first_bit_memory(**point)) <= REMEMBERED,
                   f"at most {REMEMBERED} is remembered"),
            memory(),
            lambda **point: point,
            scale=1.0,
        ),
    )  # fmt: skip


def _unforgotten(inverse_temperature: float, max_length: int) -> float:
    """Return the bound of a reversible chain: |E f(X_t) - E f| <= r^t sd(f)/sqrt(P(start)), r its second eigenvalue."""
    chain = formulas.length_chain(inverse_temperature, max_length)
    second = np.sort(np.abs(np.linalg.eigvals(chain)))[-2]
    weights = np.exp((np.log(2.0) - inverse_temperature) * np.arange(max_length + 1))
    return float(second ** (THINNING * BURN_IN) * max_length / 2.0 * np.sqrt(weights.sum()))

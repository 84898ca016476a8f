"""What is predicted of an ensemble: statistics of answers, computed alike from the law's and from the networks'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from witnesses.ensemble import variance

Floats = NDArray[np.float64]
LAWS = {
    "held": "df/dt = K grad R - 2 decay f, K measured at the start and held; K between contexts carries b over",
    "products": "products of two weights under gradient and decay, K moving with them, each unit's gate held",
}


@dataclass(frozen=True, eq=False)
class Answers:
    """What an ensemble answers at the end.

    Parameters
    ----------
    inside, outside
        In training and outside, shape (seed, designer, QUESTIONS).
    chosen
        What the designers rewarded, shape (designer, BITS).
    """

    inside: Floats
    outside: Floats
    chosen: Floats

    def without(self, seed: int) -> Answers:
        """Return the answers of all seeds but one, by its place."""
        return Answers(np.delete(self.inside, seed, axis=0), np.delete(self.outside, seed, axis=0), self.chosen)


@dataclass(frozen=True)
class Quantity:
    """A statistic of one ensemble's answers.

    Parameters
    ----------
    name, says
        As in a forecast, the setting's name left out.
    of
        The statistic.
    room
        How far the outcome may be off.
    """

    name: str
    says: str
    of: Callable[[Answers], float]
    room: float


def of_parts(name: str) -> Callable[[Answers], float]:
    """Return the share of one component in the variance of answers outside training."""

    def of(answers: Answers) -> float:
        found = variance.parts(answers.outside)
        return float(getattr(found, name)) / found.total

    return of


def strangeness(answers: Answers) -> float:
    """Return how differently seeds answer in training, against how differently designers make them answer."""
    found = variance.parts(answers.inside)
    return (found.seed + found.both) / found.designer


QUANTITIES = (
    Quantity("alike_in_training", "Variance in training over seeds against designers' (G5)", strangeness, 0.005),
    Quantity("designer_share", "Share of the variance outside that is the designers' choice, whatever the seed (G3)",
             of_parts("designer"), 0.1),
    Quantity("seed_share", "Share of the variance outside that is the seed, whatever the design (G2)",
             of_parts("seed"), 0.1),
    Quantity("both_share", "Share that the choice changes without being able to say how (G3)", of_parts("both"), 0.1),
    Quantity("carried_over", "Slope of the goal outside on the goal that designers chose",
             lambda answers: variance.carried_over(answers.outside, answers.chosen), 0.1),
    Quantity("variance", "Variance of the answers outside", lambda answers: variance.parts(answers.outside).total, 0.1),
    Quantity("complexity", "Share of what is said of the bits outside that takes two or more together (W2)",
             lambda answers: variance.complexity(answers.outside), 0.01),
)  # fmt: skip


def jackknifed(statistic: Callable[..., float], *answers: Answers) -> tuple[float, float]:
    """Return a statistic of one ensemble or more and its standard error over seeds, by leaving each out.

    Ensembles have the same seeds, and a seed is left out of all; the error is NaN for fewer than four.
    """
    seeds = len(answers[0].inside)
    whole = statistic(*answers)
    if seeds < 4:
        return whole, float("nan")
    left = np.array([statistic(*(one.without(seed) for one in answers)) for seed in range(seeds)])
    return whole, sqrt((seeds - 1) / seeds * float(((left - left.mean()) ** 2).sum()))

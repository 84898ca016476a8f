"""Where variance of behavior comes from: the designers' choice, the seed, or the two together; and how complex it is.

    y_sdk = mean_k + designer_dk + seed_sk + both_sdk

for question k, with designers and seeds crossed and drawn at random. A designer's part is what choosing brings about
whatever the seed; the part of both is what choosing changes without being able to say how.

Source: Searle, Casella & McCulloch, Variance Components (1992), ch. 4: crossed random effects, one observation a cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from witnesses.ensemble.context import parities, questions

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Parts:
    """Unbiased components of variance, means over questions; each may come out below 0.

    Parameters
    ----------
    designer, seed, both
        Of the designers' choice, of the seed, and of the two together.
    """

    designer: float
    seed: float
    both: float

    @property
    def total(self) -> float:
        """Their sum."""
        return self.designer + self.seed + self.both


def parts(answers: Floats) -> Parts:
    """Return the components of variance of answers (seed, designer, question), two or more of each of the first two.

    Raises ValueError, in one line, if there are fewer.
    """
    seeds, designers, _ = answers.shape
    if min(seeds, designers) < 2:
        raise ValueError(f"answers: got {seeds} seeds and {designers} designers; must be two or more each; run more")
    mean = answers.mean(axis=(0, 1), keepdims=True)
    by_seed, by_designer = answers.mean(axis=1, keepdims=True), answers.mean(axis=0, keepdims=True)
    rest = answers - by_seed - by_designer + mean
    both = float((rest**2).sum(axis=(0, 1)).mean()) / ((seeds - 1) * (designers - 1))
    of_seed = float(((by_seed - mean) ** 2).sum(axis=0).mean()) / (seeds - 1)
    of_designer = float(((by_designer - mean) ** 2).sum(axis=1).mean()) / (designers - 1)
    return Parts(designer=of_designer - both / seeds, seed=of_seed - both / designers, both=both)


def goals(answers: Floats) -> Floats:
    """Return the goals of answers (..., QUESTIONS): the coefficients of single bits, shape (..., BITS)."""
    bits = questions()
    return answers @ bits / len(bits)


def carried_over(answers: Floats, chosen: Floats) -> float:
    """Return the slope of goals on those that the designers chose: the learned fraction 1 - E.

    Parameters
    ----------
    answers
        Shape (seed, designer, QUESTIONS).
    chosen
        b, shape (designer, BITS).
    """
    found = goals(answers).mean(axis=0)
    off, chosen_off = found - found.mean(axis=0), chosen - chosen.mean(axis=0)
    return float((off * chosen_off).sum() / (chosen_off**2).sum())


def complexity(answers: Floats) -> float:
    """Return how much of what answers say of the bits takes two or more of them together, 0 to 1.

    The mean over networks of sum_{|S| >= 2} c_S^2 / sum_{|S| >= 1} c_S^2, with c_S the coefficients of the parities of
    sets S of bits, of answers (seed, designer, QUESTIONS).
    """
    functions, sizes = parities()
    power = (answers @ functions.T / len(functions)) ** 2
    return float((power[..., sizes >= 2].sum(axis=-1) / power[..., sizes >= 1].sum(axis=-1)).mean())


def effective_parities(answers: Floats) -> float:
    """Return 1 / sum_S p_S^2, p_S the shares of power of all parities, mean over networks of (seed, designer, ...)."""
    functions, _ = parities()
    power = (answers @ functions.T / len(functions)) ** 2
    share = power / power.sum(axis=-1, keepdims=True)
    return float((1.0 / (share**2).sum(axis=-1)).mean())

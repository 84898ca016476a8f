"""Closed forms of what a probe's flag tells."""

from __future__ import annotations

from typing import Any

import numpy as np


def unflagged_honest(prevalence: Any, false_negative_rate: Any, false_positive_rate: Any) -> Any:
    """Return P(behaves | not flagged) = (1 - pi)(1 - FPR)/[(1 - pi)(1 - FPR) + pi FNR].

    Parameters: the share pi of rollouts that misbehave, the share of those that the probe misses, and the share of the
    others that it flags; each in [0, 1]. NaN where nothing is left unflagged.
    """
    honest = (1.0 - np.asarray(prevalence)) * (1.0 - np.asarray(false_positive_rate))
    with np.errstate(invalid="ignore"):
        return honest / (honest + np.asarray(prevalence) * false_negative_rate)


def missed_among(unflagged: Any, prevalence: Any, false_negative_rate: Any, false_positive_rate: Any) -> Any:
    """Return how many of so many unflagged rollouts misbehave, on average: unflagged (1 - P(behaves | not flagged)).

    Their number is binomial, however many were flagged beside them: the essay's 16 of 32 are 16 independent rollouts.
    Parameters as in ``unflagged_honest``.
    """
    return np.asarray(unflagged) * (1.0 - unflagged_honest(prevalence, false_negative_rate, false_positive_rate))


def recall_of_halves(correlation: Any) -> Any:
    """Return P(score above its median | misbehavior above its median) = 1/2 + arcsin(r)/pi, r their correlation.

    It is also the share of honest ones among the unflagged, if honest is the better half and unflagged the lower one.
    Valid for jointly normal misbehavior and score. Source: Sheppard, Phil. Trans. R. Soc. A 192 (1899) 101.
    """
    return 0.5 + np.arcsin(correlation) / np.pi


def auc_of_halves(correlation: Any) -> Any:
    """Return P(one of the worse half scores above one of the better half) = 1/2 + (2/pi) arcsin(r/sqrt 2).

    Parameters and validity as in ``recall_of_halves``.
    """
    return 0.5 + 2.0 / np.pi * np.arcsin(np.asarray(correlation) / np.sqrt(2.0))

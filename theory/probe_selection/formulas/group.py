"""Closed forms of the group-normalized update."""

from __future__ import annotations

from typing import Any

import numpy as np

SERIES_FROM = 40.0


def mean_to_sd(group_size: Any) -> Any:
    """Return c4(n) = E[sd]/sigma of n normal values, ddof 1: sqrt(2/(n - 1)) Gamma(n/2)/Gamma((n - 1)/2).

    Parameters: ``group_size`` n >= 2. For n > 40 by the asymptotic series of the ratio of gamma functions, where its
    first neglected term is below 1e-16: nothing cancels, for any n.
    """
    from scipy.special import gamma

    n = np.asarray(group_size, dtype=float)
    x = (n - 1.0) / 2.0
    small = np.minimum(x, SERIES_FROM)
    direct = gamma(small + 0.5) / (gamma(small) * np.sqrt(small))
    y = 1.0 / np.maximum(x, 1.0)
    # ln[Gamma(x + 1/2)/(Gamma(x) sqrt x)], Abramowitz & Stegun 6.1.40 twice.
    series = -y / 8.0 + y**3 / 192.0 - y**5 / 640.0 + 17.0 * y**7 / 14336.0 - 31.0 * y**9 / 18432.0
    return np.where(n <= SERIES_FROM, direct, np.exp(series))[()]


def natural_update(covariance: Any, group_size: Any = 2) -> Any:
    """Return E[(1/n) sum of (R_i - mean of the others' R) A_i] = -Cov(A, S), the natural gradient on the mean of A.

    Parameters: ``covariance`` of the trait and the score; ``group_size`` n >= 2 does not matter. With the own reward in
    the baseline it would be (n - 1)/n of that. Exact for traits and scores of any law.
    """
    return -np.asarray(covariance) + 0.0 * np.asarray(group_size)


def group_update(covariance: Any, score_sd: Any, group_size: Any, ddof: int = 1) -> Any:
    """Return E[(1/n) sum of advantage_i A_i] with advantage = -(S - mean S)/sd S within groups of n rollouts.

    ddof 1:  -(Cov(A, S)/sigma_S) c4(n) (n - 1)/n;      ddof 0:  -(Cov(A, S)/sigma_S) c4(n) sqrt((n - 1)/n)

    Parameters
    ----------
    covariance
        Of the trait and the score.
    score_sd
        sigma_S > 0.
    group_size
        n >= 2.
    ddof
        1 or 0, of the group's standard deviation.

    Exact for a trait and a score that are jointly normal. It is the natural gradient's -Cov(A, S) over sigma_S, shrunk
    by c4(n) (n - 1)/n; divide by V_A for the plain score function.
    """
    n = np.asarray(group_size, dtype=float)
    shrunk = mean_to_sd(n) * ((n - 1.0) / n) ** (1.0 if ddof == 1 else 0.5)
    return -np.asarray(covariance) / score_sd * shrunk

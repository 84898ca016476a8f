"""Which circuit is left in the end: by data size, by start, by norm."""

from __future__ import annotations

from typing import Any

import numpy as np


def critical_data_size(
    memorizing_efficiency: Any, generalizing_efficiency: Any, reference_size: Any, exponent: Any,
    depth: Any = 2.0, memorizing_share: Any = 0.5, weight_decay: Any = None,
) -> Any:  # fmt: skip
    """Return the data size above which the generalizing circuit gains on the memorizing one, whatever the decay.

    D_crit = D_0 (h_0/h_G)^(1/gamma) [p_M/(1 - p_M)]^(max(L - 2, 0)/(2 gamma))

    At L = 2 the two are equally efficient there. For L < 2 both stay, in equal shares at that size. For L > 2 the start
    counts: a network that memorized (p_M near 1) groks only far above h_M(D) = h_G, and one that grokked (p_M near 0)
    ungroks only far below it: hysteresis, of width (L - 2) ln[(1 - eps)/eps]/gamma in ln D if the minority has the
    share eps.

    Parameters
    ----------
    memorizing_efficiency, generalizing_efficiency
        h_0 at the reference size, and h_G, > 0.
    reference_size, exponent
        D_0 > 0, and gamma > 0 of h_M(D) = h_0 (D_0/D)^gamma.
    depth
        L >= 1.
    memorizing_share
        p_M, the memorizing circuit's share of the margin at the start, in (0, 1); it counts for L > 2 only.
    weight_decay
        Any; it does not matter.

    Valid for any loss that keeps the margin from collapsing; who gains at a moment (L = 2) also takes a margin of which
    the loss wants more, mu > 0: what comes down from above its target loses the better circuit first.
    """
    share, gamma = np.asarray(memorizing_share, dtype=float), np.asarray(exponent, dtype=float)
    log_start = np.maximum(np.subtract(depth, 2.0), 0.0) / 2.0 * (np.log(share) - np.log1p(-share))
    log_ratio = np.log(memorizing_efficiency) - np.log(generalizing_efficiency)
    return np.asarray(reference_size) * np.exp((log_ratio + log_start) / gamma)


def path_independence(
    memorizing_start: Any, memorizing_efficiency: Any, generalizing_efficiency: Any, depth: Any
) -> Any:
    """Return the strength that the generalizing circuit must start with to win: g_M(0) (h_M/h_G)^(L/(L-2)) for L > 2.

    For L <= 2 any start > 0 will do if h_G > h_M (the result is 0: the path does not matter) and none if h_G < h_M
    (infinite); equal circuits keep their ratio at L = 2 (NaN there).

    Parameters
    ----------
    memorizing_start
        g_M(0) > 0.
    memorizing_efficiency, generalizing_efficiency
        h_M, h_G > 0.
    depth
        L >= 1. For L < 2 to win means to carry more of the margin than the other; both stay.

    Valid for any loss that keeps the margin from collapsing.
    """
    excess = np.asarray(depth, dtype=float) - 2.0
    log_ratio = np.log(memorizing_efficiency) - np.log(generalizing_efficiency)
    shallow = np.where(log_ratio == 0.0, np.nan, np.where(log_ratio < 0.0, 0.0, np.inf))
    steep = np.where(excess > 0.0, excess, 1.0)
    with np.errstate(over="ignore", under="ignore"):
        deep = np.asarray(memorizing_start) * np.exp(log_ratio * (steep + 2.0) / steep)
    return np.where(excess > 0.0, deep, shallow)[()]


def coexistence_ratio(norms: Any, norm_exponent: Any, penalty_exponent: Any) -> Any:
    """Return w_1/w_2 of two circuits whose logits cost norm: w_i* ~ P_i^(-q kappa/(q - kappa)) for kappa < q.

    Parameters
    ----------
    norms
        P > 0, the parameter norm of a unit logit, shape (..., 2); a logit w takes the norm w^(1/kappa) P.
    norm_exponent
        kappa > 0.
    penalty_exponent
        q > 0: the penalty is proportional to the sum of norm^q.

    For kappa >= q the cheaper circuit takes all: infinite if it is the first, 0 if the second, NaN between equals.
    kappa < q is depth L = 2 kappa/q < 2 with efficiencies P^-kappa.
    Source: Varma, Shah, Kenton, Kramar & Kumar, arXiv:2309.02390, appendix D.
    """
    norms, kappa, q = (np.asarray(one, dtype=float) for one in (norms, norm_exponent, penalty_exponent))
    log_ratio = np.log(norms[..., 0]) - np.log(norms[..., 1])
    taken = np.where(log_ratio == 0.0, np.nan, np.where(log_ratio < 0.0, np.inf, 0.0))
    gap = np.where(kappa < q, q - kappa, 1.0)
    return np.where(kappa < q, np.exp(-q * kappa / gap * log_ratio), taken)[()]

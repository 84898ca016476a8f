"""Closed forms of components replaced: which interactions survive, and so which goals."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.succession.formulas.leaders import Number


def surviving_interactions(components: Number, replaced: Number, order: Number) -> Any:
    """Return C(n - k, m)/C(n, m), the probability that an interaction survives.

    Evaluated as the product over i < k of (n - m - i)/(n - i); it tends to (1 - f)^k for n large, f = m/n.

    Parameters
    ----------
    components
        n >= 1.
    replaced
        m from 0 to n, any with the same probability.
    order
        k from 0 to n, how many components take part in the interaction.
    """
    n, m, k = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in (components, replaced, order)))
    product = np.ones(n.shape)
    for i in range(int(np.max(k, initial=0.0))):
        left = np.maximum(n - m - i, 0.0) / np.maximum(n - i, 1.0)
        product = np.where(i < k, product * left, product)
    return product


def selective_interactions(fraction: Number, order: Number, bias: Number) -> Any:
    """Return Phi(bias - z)^k, z = Phi^-1(f): the survival of interactions when the most relevant components are kept.

    A component of relevance r ~ N(0, 1) takes part in the goal in proportion to exp(bias r), and so is N(bias, 1)
    among those that take part; kept is what is above z. It is (1 - f)^k, that of random replacement, for bias = 0.

    Parameters
    ----------
    fraction
        f in (0, 1), how many of the components are replaced, the least relevant.
    order
        k >= 1.
    bias
        How much more likely a relevant component takes part; negative if the goal rests on the irrelevant ones.

    Valid for many components.
    """
    from scipy.special import ndtr, ndtri

    return np.power(ndtr(np.asarray(bias, dtype=float) - ndtri(np.asarray(fraction, dtype=float))), order)

"""Closed forms of goals as texts: how long they are under a pressure to be short, and how fast a walk forgets them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.simplification.formulas.shares import Number


def mean_description_length(inverse_temperature: Number, max_length: Number) -> Any:
    """Return the mean length of bit strings of length 0..n with weight exp(-beta l) each.

    P(l) ~ x^l with x = 2 exp(-beta), so the mean is x/(1 - x) - (n + 1) x^(n+1)/(1 - x^(n+1)), and n/2 at beta = ln 2.
    Evaluated as n/2 + [B(z/2) - (n + 1) B((n + 1) z/2)]/2, z = beta - ln 2, with Langevin's B(y) = coth y - 1/y, which
    does not cancel at z = 0.

    Parameters
    ----------
    inverse_temperature
        beta, any real number.
    max_length
        n >= 0.
    """
    z, count = np.asarray(inverse_temperature, dtype=float) - np.log(2.0), np.asarray(max_length, dtype=float) + 1.0
    return (count - 1.0 + _langevin(z / 2.0) - count * _langevin(count * z / 2.0)) / 2.0


def _langevin(y: Any) -> Any:
    """Return coth y - 1/y."""
    small = np.abs(y) < 0.05
    safe = np.where(small, 1.0, y)
    series = y / 3.0 * (1.0 - y**2 / 15.0 * (1.0 - 2.0 * y**2 / 21.0 * (1.0 - y**2 / 10.0)))
    return np.where(small, series, 1.0 / np.tanh(safe) - 1.0 / safe)


def relaxation(inverse_temperature: float, max_length: int) -> float:
    """Return the second eigenvalue of the walk on the tree: correlations of a long walk die out as its powers.

    The tree's symmetry leaves two candidates. What depends on the length alone moves by the chain of lengths 0..n; what
    is odd under the exchange of two subtrees moves by the chain of lengths in one of them, stopped at their parent, and
    dies the slower the larger they are: the two halves of the tree decide.

    Parameters
    ----------
    inverse_temperature
        beta >= 0.
    max_length
        n >= 1.

    Returns
    -------
    float
        In (0, 1); the mixing time is about 1/(1 - it) moves.
    """
    moves = length_chain(inverse_temperature, max_length)
    odd = np.linalg.eigvalsh(_symmetric(moves)[1:, 1:])[-1]
    even = np.linalg.eigvalsh(_symmetric(moves))[-2]
    return float(max(odd, even))


def length_chain(inverse_temperature: float, max_length: int) -> NDArray[np.float64]:
    """Return the transition matrix (from, to) of the length: two children and one parent, proposed with 1/3 each."""
    longer = np.full(max_length, 2.0 / 3.0 * np.exp(-inverse_temperature))
    shorter = np.full(max_length, 1.0 / 3.0)
    moves = np.diag(longer, 1) + np.diag(shorter, -1)
    return np.asarray(moves + np.diag(1.0 - moves.sum(axis=1)))


def _symmetric(moves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the symmetric matrix of the same eigenvalues: a chain of lengths is reversible."""
    side = np.sqrt(np.diag(moves, 1) * np.diag(moves, -1))
    return np.asarray(np.diag(np.diag(moves)) + np.diag(side, 1) + np.diag(side, -1))


def first_bit_memory(inverse_temperature: float, max_length: int, moves: int) -> float:
    """Return E[s(t)] of a walk that starts at the longest string of ones, s being its first bit as -1 or 1, 0 for none.

    As s is odd under the exchange of the two halves, the walk counts only until it has come through the empty string:
    it is the probability that it has not, by the chain of lengths 1..n stopped at 0.

    Parameters
    ----------
    inverse_temperature, max_length
        As in ``relaxation``.
    moves
        t >= 0.
    """
    chain = length_chain(inverse_temperature, int(max_length))[1:, 1:]
    return float(np.linalg.matrix_power(chain, int(moves))[-1].sum())

"""The coefficients of a Gaussian transition, by Gauss-Legendre quadrature on pieces halved until nothing changes.

For dz = [sum over k of alpha_k(t) v_k - rho(t) z] dt + s(t) dW from time u to t, with J(r) the integral of rho from r
to t,

    z(t) = e^{-J(u)} z(u) + sum over k of v_k int e^{-J} alpha_k dr + xi sqrt(int e^{-2J} s^2 dr),      xi ~ N(0, 1).

Pieces are short only where something happens: at a sharp gate, at a jump, and, where z relaxes fast, at the end of
the time. What leaves no trace beside it, a pulse, can be missed if it is shorter than a fiftieth of the time between
two requested ones. Every lane is refined by itself, so that its coefficients do not depend on its company.
Source: Gardiner, Handbook of Stochastic Methods (2004), section 4.5.4 (the time-dependent Ornstein-Uhlenbeck process).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.levels.langevin.exact.quadrature import Integrals, Integrand, Pieces, Rule, Vector, kept

TOLERANCE = 1e-13
"""What halving a piece may still change, relative to what the integrals add up to."""

LEAST, DEEPEST = 2, 64
"""How often everything is halved at least, and anything at most."""

MOST = 4096
"""How many pieces of one lane may be open at once."""

STRONGEST = 8.0
"""The relaxation, the integral of |rho|, up to which a piece's nodes are trusted."""


@dataclass(frozen=True)
class Coefficients:
    """A transition's coefficients: each an array (lanes,), or (components, lanes) where what it is made of is a vector.

    Parameters
    ----------
    keep
        What is kept of the earlier value, e^{-J}.
    pulls
        Per pull v_k, the integral that multiplies it.
    variance
        The variance that the noise adds.
    """

    keep: Vector
    pulls: tuple[Vector, ...]
    variance: Vector


def transition(integrand: Integrand, begin: Vector, end: Vector, where: str, components: int = 1) -> Coefficients:
    """Return the coefficients of the transition from ``begin`` to ``end``, both of shape (lanes,).

    Parameters
    ----------
    integrand
        What is integrated. Where it is not finite, neither are the coefficients.
    begin, end
        The times, ``end`` >= ``begin``.
    where
        What is integrated, for the message.
    components
        How many components the largest of its values has.

    Raises ArithmeticError, in one line, where a lane takes more than 4096 open pieces or 64 halvings.
    """
    rule = Rule(integrand, components)
    with np.errstate(all="ignore"):  # what overflows ends as a replicate that has diverged
        whole = Pieces(np.arange(begin.size), begin, end)
        coarse = rule.integrals(whole)
        weight, scale = np.ones_like(coarse.exponent), np.zeros_like(coarse.sizes)
        found = _refined(rule, where, whole, coarse, weight, scale, 0)
        rate, *values = (np.ndim(one) > 2 for one in integrand(np.arange(1), begin[:1, np.newaxis]))
        keep = np.exp(-found.exponent)
    shaped = [one if rate or vector else one[0] for one, vector in zip(found.values, values, strict=True)]
    return Coefficients(keep if rate else keep[0], tuple(shaped[:-1]), shaped[-1])


def _refined(
    rule: Rule, where: str, pieces: Pieces, coarse: Integrals, weight: Vector, scale: Vector, depth: int
) -> Integrals:
    """Return the integrals over some pieces, halved until nothing changes that is seen at the end of all.

    Of a piece's values the part ``weight`` is kept until then, when their absolute values add up to ``scale`` at least.
    """
    count = pieces.lane.size
    halves = pieces.halves()
    both = rule.integrals(halves)
    late = both.part(slice(count, None))
    fine = both.part(slice(count)).then(late)
    weights = kept(weight, len(fine.values))
    scale = np.fmax(scale, weights * fine.sizes)
    moved = np.abs(fine.exponent - coarse.exponent) > TOLERANCE * (1.0 + fine.swing)
    unsettled = weights * np.abs(fine.values - coarse.values) > TOLERANCE * scale
    # Where z relaxes faster than the nodes can see, they see nothing and nothing changes.
    blind = (fine.swing > STRONGEST) & (weight > 0.0)
    still = np.any(moved | blind | unsettled.any(axis=0), axis=0) | (depth < LEAST)
    if not still.any():
        return fine
    _check(where, pieces.part(still), depth)
    # What lies behind a piece makes it forgotten, once that is known.
    early_weight = np.where(moved, weight, weight * np.exp(-late.exponent))
    twice = np.tile(still, 2)
    finer = _refined(
        rule, where, halves.part(twice), both.part(twice),
        np.concatenate([early_weight[:, still], weight[:, still]], axis=-1), np.tile(scale[..., still], 2), depth + 1,
    )  # fmt: skip
    half = finer.exponent.shape[-1] // 2
    fine.replace(still, finer.part(slice(half)).then(finer.part(slice(half, None))))
    return fine


def _check(where: str, pieces: Pieces, depth: int) -> None:
    """Raise ArithmeticError, in one line, where refining further leads nowhere."""
    counts = np.bincount(pieces.lane)
    if depth < DEEPEST and counts.max() <= MOST:
        return
    at = int(np.flatnonzero(pieces.lane == counts.argmax())[0])
    raise ArithmeticError(
        f"{where}: its coefficients between times {pieces.begin[at]:g} and {pieces.end[at]:g} are not "
        f"resolved by {DEEPEST} halvings or {MOST} pieces; pass method='stepped'"
    )

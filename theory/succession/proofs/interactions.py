"""Why interactions survive as they do: counting what can be replaced without touching any of their components."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import sympy

from theory.lemmas import equals_numerically, tends, vanishes
from theory.obligation import Obligation
from theory.succession import expressions as e
from theory.succession import formulas

LARGEST, BY_HAND = 30, 7


def surviving_interactions() -> tuple[Obligation, ...]:
    """Prove the count by enumeration up to 30 components, and the limit of many components up to order 6."""
    n = sympy.Symbol("n", positive=True)
    f = e.fraction
    shares = {k: sympy.prod([(n - f * n - i) / (n - i) for i in range(k)]) for k in range(1, 7)}
    return (
        Obligation("by listing all sets of up to 7 components", all(by_listing(n) for n in range(1, BY_HAND + 1))),
        Obligation("by enumerating all sets of up to 30 in two halves",
                   all(by_halves(n) for n in range(LARGEST // 3, LARGEST + 1, LARGEST // 3))),
        *(tends(f"-> (1 - f)^{k} of many components", share, n, sympy.oo, (1 - f) ** k)
          for k, share in shares.items()),
    )  # fmt: skip


def by_listing(components: int) -> bool:
    """Tell whether the formula is the share of sets of every size m that miss the first k components, for every k."""
    parts = range(components)
    for m in range(components + 1):
        sets = [set(one) for one in combinations(parts, m)]
        for k in range(components + 1):
            missed = sum(not one & set(range(k)) for one in sets)
            if not _same(components, m, k, Fraction(missed, len(sets))):
                return False
    return True


def by_halves(components: int) -> bool:
    """Tell the same of all 2^n sets, each the union of a set of either half: 2^(n/2) sets a half are enumerated."""
    low, high = components // 2, components - components // 2
    for k in range(components + 1):
        one, two = _tally(low, min(k, low)), _tally(high, max(k - low, 0))
        missed = np.convolve(one, two)
        every = np.convolve(_tally(low, 0), _tally(high, 0))
        for m in range(components + 1):
            if not _same(components, m, k, Fraction(int(missed[m]), int(every[m]))):
                return False
    return True


def _tally(size: int, first: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return how many of all sets of ``size`` components miss the first of them, by the number of their members."""
    sets = np.arange(2**size)
    missing = sets[(sets & (2**first - 1)) == 0]
    return np.bincount(np.bitwise_count(missing), minlength=size + 1).astype(np.int64)


def _same(n: int, m: int, k: int, counted: Fraction) -> bool:
    closed = Fraction(comb(n - k, m), comb(n, m))
    return counted == closed and abs(float(formulas.surviving_interactions(n, m, k)) - float(closed)) < 1e-13


def selective_interactions() -> tuple[Obligation, ...]:
    """Prove the law of relevance among those that take part, and what it leaves above a threshold."""
    r, z = sympy.symbols("r z", real=True)
    bias = e.bias
    density = sympy.exp(-(r**2) / 2) / sympy.sqrt(2 * sympy.pi)
    whole = sympy.integrate(density * sympy.exp(bias * r), (r, -sympy.oo, sympy.oo))
    taking_part = density * sympy.exp(bias * r) / whole
    kept = (1 + sympy.erf((bias - z) / sympy.sqrt(2))) / 2
    return (
        vanishes("relevance among those that take part is N(bias, 1)",
                 sympy.simplify(taking_part - density.subs(r, r - bias))),
        vanishes("kept above z: the derivative in z is that density, taken off",
                 sympy.simplify(sympy.diff(kept, z) + taking_part.subs(r, z))),
        tends("and nothing is left above infinity", kept.subs(bias, 0), z, sympy.oo, 0),
        equals_numerically("without bias it is (1 - f)^k", lambda fraction, order: float(
            formulas.selective_interactions(fraction, order, 0.0)), lambda fraction, order: (1.0 - fraction) ** order,
            [{"fraction": f, "order": k} for f in (0.1, 0.5, 0.9) for k in (1, 3)]),
    )  # fmt: skip

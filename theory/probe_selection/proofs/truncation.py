"""Why truncation moves and narrows as it does: order statistics by parts, and the limit by integrals."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import sympy

from theory.lemmas import equals_numerically, vanishes
from theory.obligation import Obligation
from theory.probe_selection import expressions as e
from theory.probe_selection import formulas
from theory.probe_selection.proofs.response import mean_product, traits

GROUPS = [{"group_size": n, "kept": k} for n, k in ((2, 1), (3, 1), (8, 2), (8, 7), (32, 16), (32, 1))]


def truncation_intensity() -> tuple[Obligation, ...]:
    """Prove the intensity against the densities of the order statistics, known values, and its limit."""
    known = {(2, 1): 1 / np.sqrt(np.pi), (3, 1): 1.5 / np.sqrt(np.pi), (8, 8): 0.0}
    limit = float(formulas.truncation_intensity(np.inf, 0.25))
    return (
        equals_numerically("the mean of the order statistics kept", formulas.truncation_intensity, by_densities,
                           GROUPS),
        Obligation("1/sqrt pi of two, 3/(2 sqrt pi) of three, nothing if all are kept", all(
            abs(formulas.truncation_intensity(n, k) - value) < 1e-14 for (n, k), value in known.items())),
        *normal_beyond(),
        Obligation("groups of a hundred thousand are within 1e-4 of the limit phi(z)/p", bool(
            0.0 < limit - formulas.truncation_intensity(100_000, 25_000) < 1e-4)),
    )  # fmt: skip


@cache
def normal_beyond() -> tuple[Obligation, ...]:
    """Prove the mean phi(z)/p and the variance 1 - i (i - z) of a standard normal beyond z."""
    x = sympy.Symbol("x", real=True)
    density = sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi)
    share = sympy.integrate(density, (x, e.cut, sympy.oo))
    i = e.normal_density / share
    first = sympy.integrate(x * density, (x, e.cut, sympy.oo)) / share
    second = sympy.integrate(x**2 * density, (x, e.cut, sympy.oo)) / share
    return (
        vanishes("its mean is phi(z)/p", first - i),
        vanishes("its variance is 1 - i (i - z)", second - first**2 - (1 - i * (i - e.cut))),
    )


def variance_after_selection() -> tuple[Obligation, ...]:
    """Prove the variance: what lies along the score narrows, the rest does not; finite groups by densities."""
    along, rest = e.correlation**2 * e.variance, (1 - e.correlation**2) * e.variance
    kept = along * (1 - e.intensity * (e.intensity - e.cut)) + rest
    return (
        *normal_beyond(),
        vanishes("the score's part narrows, the rest stays", kept - e.variance_after_selection),
        equals_numerically("pooled, the order statistics' own variance", _used(False), pooled_by_densities, GROUPS),
        Obligation(
            "within the best two of three 1 - 3 sqrt 3/(4 pi) is left",
            bool(abs(_used(True)(group_size=3, kept=2) - 0.75 * np.sqrt(3.0) / np.pi) < 1e-13),
        ),
        Obligation("pooled and within groups meet in the limit", bool(
            abs(_used(True)(group_size=100_000, kept=25_000) - _used(False)(group_size=np.inf, kept=0.25)) < 1e-4)),
    )  # fmt: skip


def _used(within: bool) -> Callable[..., Any]:
    """Return what is used up of a variance of 1 that the score shares entirely."""

    def used(group_size: float, kept: float) -> Any:
        fraction = kept / group_size if np.isfinite(group_size) else kept
        return 1.0 - formulas.variance_after_selection(1.0, 1.0, fraction, group_size, within)

    return used


def by_densities(group_size: int, kept: int) -> float:
    """Return the mean of the highest order statistics, each integrated over its own density."""
    return _moment(group_size, kept, 1)


def pooled_by_densities(group_size: int, kept: int) -> float:
    """Return 1 minus the variance of the highest order statistics, pooled."""
    return 1.0 - (_moment(group_size, kept, 2) - _moment(group_size, kept, 1) ** 2)


def _moment(n: int, k: int, power: int) -> float:
    from scipy.special import comb, log_ndtr

    z = np.linspace(-12.0, 12.0, 20_001)
    total = np.zeros_like(z)
    for j in range(n - k + 1, n + 1):
        logs = -0.5 * z * z + (j - 1) * log_ndtr(z) + (n - j) * log_ndtr(-z)
        total += j * comb(n, j) * np.exp(logs) / np.sqrt(2.0 * np.pi)
    return float(np.trapezoid(z**power * total, z) / k)


def correlation_after_selection() -> tuple[Obligation, ...]:
    """Prove the covariance: both traits lie on the score with a slope and a rest, and only the score is narrowed."""
    a, b = traits
    u, used = e.weight_a * a - e.weight_b * b, e.intensity * (e.intensity - e.cut)
    spread = mean_product(u**2)
    slopes = [mean_product(one * u) / spread for one in traits]
    rests = [one - slope * u for one, slope in zip(traits, slopes, strict=True)]
    kept = slopes[0] * slopes[1] * spread * (1 - used) + mean_product(rests[0] * rests[1])
    lost = mean_product(a * u) * mean_product(b * u) / spread * used
    return (
        *normal_beyond(),
        *(vanishes("the rest of a trait is independent of the score", mean_product(rest * u)) for rest in rests),
        vanishes("what is lost of the covariance", kept - (mean_product(a * b) - lost)),
        Obligation("independent traits come out positively correlated", bool(
            formulas.correlation_after_selection((1.0, 1.0), (1.0, 0.5), 0.25) > 0.0)),
    )  # fmt: skip

"""Why heavy tails end selection: the defining integrals, the normal closed form, and what is left far down."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from theory.lemmas import equals_numerically, formula_is
from theory.obligation import Obligation
from theory.probe_selection import expressions as e
from theory.probe_selection import formulas

POINTS = [
    {"threshold": t, "sd": sd, "noise_scale": s} for t, sd, s in ((-2.0, 1.3, 0.7), (0.0, 1.0, 1.0), (-6.0, 0.8, 1.5))
]


@cache
def goodhart() -> tuple[Obligation, ...]:
    """Prove the integral for all three noises, its closed form for the normal one, and their limits."""
    deep = [{"threshold": t, "sd": 1.3, "noise_scale": 0.7} for t in (-60.0, -500.0)]
    far = [{"threshold": t, "sd": 1.3, "noise_scale": 0.7} for t in (-1e6, -3e6)]
    even = [{"threshold": t, "sd": 1.0, "noise_scale": 1.0} for t in (-1.0, -3.0)]
    return (
        *(
            equals_numerically(f"the defining integrals, {noise}", _of(noise), _by_quadrature(noise), POINTS)
            for noise in ("normal", "laplace", "student")
        ),
        formula_is("normal noise: the closed form", lambda threshold, sigma_A, s: formulas.goodhart(
            threshold, sigma_A, s), e.goodhart_normal,
            [{"threshold": one["threshold"], "sigma_A": one["sd"], "s": one["noise_scale"]} for one in POINTS]),
        equals_numerically("equal variances: half of the score's own mean", _of("normal"), _half_of_score, even),
        equals_numerically("Laplace: no further than -sigma_A^2/b", _of("laplace"), _laplace_limit, deep),
        equals_numerically("Student: -3 sigma_A^2/|t|, which goes to nothing", _of("student"), _student_tail, far),
        Obligation("a law that is cut off deeper selects less", bool(
            formulas.goodhart(-30.0, 1.0, 1.0, "student") > formulas.goodhart(-4.0, 1.0, 1.0, "student"))),
    )  # fmt: skip


def _of(noise: str) -> Callable[..., Any]:
    return lambda **point: formulas.goodhart(**point, noise=noise)


def _by_quadrature(noise: str) -> Callable[..., float]:
    """Return the ratio of the two integrals by adaptive quadrature with SciPy's own distribution functions."""

    def value(threshold: float, sd: float, noise_scale: float) -> float:
        from scipy import stats
        from scipy.integrate import quad

        law = {"normal": stats.norm, "laplace": stats.laplace, "student": stats.t(3)}[noise]

        def weighed(a: float, power: int) -> float:
            return float(a**power * np.exp(-0.5 * (a / sd) ** 2) * law.cdf((threshold - a) / noise_scale))

        first, zeroth = (
            quad(weighed, -14.0 * sd, 14.0 * sd, args=(power,), points=[threshold, 0.0, -sd], limit=400, epsabs=0.0,
                 epsrel=1e-12)[0]
            for power in (1, 0)
        )  # fmt: skip
        return float(first / zeroth)

    return value


def _half_of_score(threshold: float, sd: float, noise_scale: float) -> float:
    from scipy.stats import norm

    both = float(np.hypot(sd, noise_scale))
    return float(-0.5 * both * norm.pdf(threshold / both) / norm.cdf(threshold / both))


def _laplace_limit(threshold: float, sd: float, noise_scale: float) -> float:
    return -(sd**2) / noise_scale


def _student_tail(threshold: float, sd: float, noise_scale: float) -> float:
    return -3.0 * sd**2 / abs(threshold)

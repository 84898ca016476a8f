"""Why the lead changes hands as often as it does: Rice's formula for the crossings of the two highest lines.

K lines x_k(tau) = l_k + s_k tau. The lead changes hands at tau if two of them meet at a height c that no other
reaches, so that the rate of changes is

    C(K, 2) integral over c of p(x_1 = c) p(x_2 = c) E[|s_1 - s_2| given both] P(x < c)^(K - 2).

Source: Rice, Bell System Technical Journal 24 (1945) 46, section 3.3.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from theory.lemmas import equals_numerically, tends, vanishes
from theory.obligation import Obligation
from theory.succession import expressions as e
from theory.succession import formulas
from theory.succession.formulas.leaders import orthant

a = sympy.Symbol("a", positive=True)
x, y, tau, r = sympy.symbols("x y tau r", real=True)
HALF_PI = sympy.pi / 2
NONE = 1 / (2 * sympy.sqrt(sympy.pi))  # the integral of phi^2
CLOSED = {
    2: sympy.Rational(1, 2),
    3: sympy.Rational(3, 4),
    4: sympy.Rational(3, 4) + 3 * sympy.asin(sympy.Rational(1, 3)) / (2 * sympy.pi),
    5: sympy.Rational(5, 8) + 15 * sympy.asin(sympy.Rational(1, 3)) / (4 * sympy.pi),
}
LARGE = (1e6, 1e12, 1e24, 1e48, 1e96, 1e192)


def normal(value: Any) -> Any:
    """Return phi."""
    return sympy.exp(-(value**2) / 2) / sympy.sqrt(2 * sympy.pi)


def expected_successions() -> tuple[Obligation, ...]:
    """Prove the rate of changes, its integral over the clock, small K in closed form, and the growth with K."""
    return (
        *_rate(),
        *_over_the_clock(),
        *_small(),
        equals_numerically("NumPy equals the closed forms", formulas.expected_successions,
                           lambda circuits: float(CLOSED[circuits]), [{"circuits": K} for K in CLOSED]),
        equals_numerically("NumPy equals quadrature", formulas.expected_successions, by_quadrature,
                           [{"circuits": K} for K in (10, 100, 1000, 10_000)]),
        *_large(),
    )  # fmt: skip


def _rate() -> tuple[Obligation, ...]:
    """Prove that with u the height and v the slope of a line, made independent, the rate is that of the integral."""
    spread = sympy.sqrt(1 + 2 * r * tau + tau**2)
    along = (r + tau) / spread**2  # of the slope on the height, E[s | l + s tau = h] = along h
    rest = (1 - r**2) / spread**2  # Var(s | l + s tau)
    gap = sympy.integrate(y * sympy.exp(-(y**2) / 4) / sympy.sqrt(4 * sympy.pi), (y, 0, sympy.oo)) * 2
    wanted = sympy.sqrt(1 - r**2) / spread**2 * gap
    return (
        vanishes("a slope's part that the height does not tell has no covariance with the height",
                 (r + tau) - along * spread**2),
        vanishes("and this variance", 1 - (r + tau) ** 2 / spread**2 - rest),
        vanishes("two independent standard normals are 2/sqrt(pi) apart on average", gap - 2 / sympy.sqrt(sympy.pi)),
        # |s_1 - s_2| at one height, times p p dc with c = spread x: spread^-2 phi^2 spread dx.
        vanishes("so that the rate is theta'(tau) 2/sqrt(pi) C(K, 2) times the integral of Phi^(K-2) phi^2",
                 (rest * gap**2 / spread**2) - wanted**2),
    )  # fmt: skip


def _over_the_clock() -> tuple[Obligation, ...]:
    turn = e.turn.subs({e.correlation: r, e.end: a})
    rate = sympy.sqrt(1 - r**2) / (1 + 2 * r * a + a**2)
    straight = sympy.atan(a)
    ends = [
        {"correlation": value, "end": time} for value in (-0.9, -0.2, 0.0, 0.7) for time in (0.1, 1.0, 5.0, 1e9)
    ]  # fmt: skip
    return (
        vanishes("theta is the angle that the lead turns through", sympy.simplify(sympy.diff(turn, a) - rate)),
        vanishes("it begins at 0", turn.subs({a: 0, r: sympy.Rational(1, 3)})),
        tends("without correlation it ends at a quarter turn", straight, a, sympy.oo, HALF_PI),
        vanishes("a quarter turn of the rate is sqrt(pi)", HALF_PI * 2 / sympy.sqrt(sympy.pi) - sympy.sqrt(sympy.pi)),
        equals_numerically("and NumPy's is the integral of the rate", _turned, _turned_by_quadrature, ends),
        Obligation("which ends at arccos r", all(
            abs(_turned(value, np.inf) - np.arccos(value)) < 1e-14 for value in (-0.9, 0.0, 0.7, 1.0))),
    )  # fmt: skip


def _turned(correlation: float, end: float) -> float:
    """Return the angle as a ratio of NumPy's expected numbers."""
    return float(formulas.expected_successions(3, correlation, end) / 0.75 * np.pi / 2.0)


def _turned_by_quadrature(correlation: float, end: float) -> float:
    from scipy.integrate import quad

    def rate(angle: float) -> float:
        time = np.tan(angle)
        return float(np.sqrt(1.0 - correlation**2) * (1.0 + time**2) / (1.0 + 2.0 * correlation * time + time**2))

    return float(quad(rate, 0.0, np.arctan(end), epsabs=1e-13)[0])


def _small() -> tuple[Obligation, ...]:
    """Prove the integrals of Phi^0 to Phi^3 times phi^2, by the derivative of those of Phi(a x) in a."""
    step = a / (2 * sympy.pi**2 * (a**2 + 2)) * sympy.sqrt(sympy.pi / (a**2 + 1))
    squared = (sympy.Rational(1, 4) + sympy.asin(a**2 / (a**2 + 2)) / (2 * sympy.pi)) * NONE
    inner = x * normal(a * x) * normal(x) ** 2
    width = sympy.Symbol("p", positive=True)
    bell = sympy.integrate(sympy.exp(-width * x**2), (x, -sympy.oo, sympy.oo))
    cubed = NONE / 8 + sympy.Rational(3, 2) * (squared.subs(a, 1) - NONE / 4)
    pairs = {K: sympy.sqrt(sympy.pi) * sympy.binomial(K, 2) for K in CLOSED}
    return (
        vanishes("phi^2 integrates to 1/(2 sqrt(pi))",
                 bell.subs(width, 1) / (2 * sympy.pi) - NONE),
        vanishes("x phi(a x) phi(x)^2 is a derivative, so that Phi can be differentiated instead",
                 sympy.diff(-normal(a * x) * normal(x) ** 2 / (a**2 + 2), x) - inner),
        vanishes("which leaves a Gaussian integral",
                 2 * a / (a**2 + 2) * bell.subs(width, a**2 + 1) / (2 * sympy.pi) ** 2 - step),
        vanishes("that is the derivative of an arc sine", sympy.simplify(sympy.diff(squared, a) - step)),
        vanishes("from Phi(0)^2 on", squared.subs(a, 0) - NONE / 4),
        vanishes("(1/2 + h)^3 and (1/2 + h)^2 differ from a multiple by what is odd in h",
                 sympy.expand((sympy.Rational(1, 2) + y) ** 3 + (sympy.Rational(1, 2) - y) ** 3)
                 - 2 * (sympy.Rational(1, 8) + sympy.Rational(3, 2) * y**2)),
        vanishes("K = 2", pairs[2] * NONE - CLOSED[2]),
        vanishes("K = 3", pairs[3] * NONE / 2 - CLOSED[3]),
        vanishes("K = 4", pairs[4] * squared.subs(a, 1) - CLOSED[4]),
        vanishes("K = 5", pairs[5] * cubed - CLOSED[5]),
    )  # fmt: skip


def by_quadrature(circuits: int) -> float:
    """Return the integral by adaptive quadrature, as it is written down."""
    from scipy.integrate import quad
    from scipy.stats import norm

    def integrand(at: float) -> float:
        return float(norm.cdf(at) ** (circuits - 2) * norm.pdf(at) ** 2)

    whole, _ = quad(integrand, -9.0, 9.0, epsabs=0.0, epsrel=1e-12, limit=500, points=[0.0, 2.0, 3.5])
    return float(np.sqrt(np.pi) * circuits * (circuits - 1) / 2 * whole)


def _large() -> tuple[Obligation, ...]:
    """Prove the growth: with v = 1 - Phi, phi is nearly v sqrt(2 ln(1/v)), and the integral is over v of order 1/K."""
    tail = sympy.erfc(a / sympy.sqrt(2)) / 2
    t = sympy.Symbol("t", positive=True)
    weight = sympy.integrate(t * sympy.exp(-t), (t, 0, sympy.oo))
    gap = 1.0 - formulas.expected_successions(LARGE) / formulas.leading_successions(LARGE)
    slow = gap * np.log(LARGE) / np.log(np.log(LARGE))
    return (
        tends("phi(x) ~ x (1 - Phi(x))", normal(a) / (a * tail), a, sympy.oo, 1),
        tends("so that -ln(1 - Phi(x)) ~ x^2/2", -sympy.expand_log(sympy.log(normal(a) / a)) / (a**2 / 2), a, sympy.oo,
              1),
        vanishes("C(K, 2)/K^2 sqrt(2 ln K) integral of t e^(-t) is sqrt(pi ln K/2) over sqrt(pi)",
                 sympy.sqrt(2) / 2 * weight * sympy.sqrt(sympy.pi) - sympy.sqrt(sympy.pi / 2)),
        Obligation("the ratio of the two rises to 1, as 1 less some ln ln K/ln K",
                   bool(np.all(np.diff(gap) < 0.0)) and bool(np.all((slow > 0.25) & (slow < 0.5)))),
    )  # fmt: skip


def first_leads() -> tuple[Obligation, ...]:
    """Prove the correlation of a log-share with itself, that two orthants are Owen's, and the cases in closed form."""
    s, start, w = sympy.symbols("s ell w")
    noisy = sympy.expand((start + s * tau + w) * start)
    value = noisy.coeff(start, 2) + noisy.coeff(s, 1).coeff(start, 1) * r
    spread = sympy.expand((start + s * tau) ** 2)
    variance = spread.coeff(start, 2) + spread.coeff(s, 1).coeff(start, 1) * r + spread.coeff(s, 2)
    variance += e.noise**2 * tau
    named = e.memory.subs({e.correlation: r, e.time: tau})
    pairs = [{"time": time, "noise": noise, "correlation": c}
             for time, noise, c in ((0.1, 0.0, 0.0), (1.0, 0.5, -0.4), (4.0, 2.0, 0.7))]  # fmt: skip
    return (
        vanishes("the covariance over the spread is the memory", value / sympy.sqrt(variance) - named),
        equals_numerically("two circuits: 1/2 + arcsin(c)/pi", lambda **at: float(formulas.first_leads(2, **at)),
                           _by_orthant, pairs),
        equals_numerically("after long any circuit leads", lambda K: float(formulas.first_leads(K, np.inf)),
                           lambda K: 1.0 / K, [{"K": K} for K in (1, 3, 40, 10_000)]),
        Obligation("at the start the first leads", abs(float(formulas.first_leads(7, 0.0)) - 1.0) < 1e-12),
        equals_numerically("Owen's orthants are SciPy's", orthant, _orthant_by_scipy,
                           [{"h": h, "k": k, "c": c} for h, k, c in ((0.3, -1.0, 0.5), (2.0, 2.5, 0.9),
                                                                     (-1.0, -0.2, -0.6))]),
    )  # fmt: skip


def _by_orthant(time: float, noise: float, correlation: float) -> float:
    memory = e.memory.subs({e.time: time, e.noise: noise, e.correlation: correlation})
    return float(0.5 + sympy.asin(memory) / sympy.pi)


def _orthant_by_scipy(h: float, k: float, c: float) -> float:
    from scipy.integrate import quad
    from scipy.stats import norm

    def given(at: float) -> float:
        return float(norm.pdf(at) * norm.cdf((k - c * at) / np.sqrt(1.0 - c**2)))

    return float(quad(given, -12.0, h, epsabs=1e-15, epsrel=1e-12)[0])

"""Why the group-normalized update is the natural one, shrunk by c4(n) (n - 1)/n."""

from __future__ import annotations

import numpy as np
import sympy

from theory.lemmas import equals_numerically, vanishes
from theory.obligation import Obligation
from theory.probe_selection import expressions as e
from theory.probe_selection import formulas
from theory.probe_selection.proofs.policy import gaussian

SIZES = (2, 3, 8, 32, 40, 41, 1000, 100_000)


def group_update() -> tuple[Obligation, ...]:
    """Prove the update: the mean of a chi, the line of A on S, and n = 2 by hand."""
    x, freedom = sympy.symbols("x k", positive=True)
    chi = x ** (freedom - 1) * sympy.exp(-(x**2) / 2) / (2 ** (freedom / 2 - 1) * sympy.gamma(freedom / 2))
    mean = sympy.integrate(sympy.expand(x * chi), (x, 0, sympy.oo), conds="none")
    pair = -e.score_covariance / (e.score_sd * sympy.sqrt(2 * sympy.pi))
    return (
        vanishes("c4(n) is the mean of a chi of n - 1 degrees of freedom, over its root", sympy.gammasimp(
            mean.subs(freedom, e.group_size - 1) / sympy.sqrt(e.group_size - 1) - e.mean_to_sd)),
        *along_the_line(),
        vanishes("two rollouts: half of E[sign(S_2 - S_1)(A_1 - A_2)]/sqrt 2",
                 e.group_update.subs(e.group_size, 2) - pair),
        Obligation("a large group: the natural gradient over the score's sd, short by 5/(4 n)", bool(
            abs((1.0 + formulas.group_update(1.0, 1.0, 1e6)) * 1e6 - 1.25) < 1e-4)),
        equals_numerically("NumPy equals c4 to 30 digits", formulas.mean_to_sd, exact_mean_to_sd,
                           [{"group_size": n} for n in SIZES]),
        equals_numerically("NumPy equals the mean over simulated normals, by quadrature of chi", formulas.group_update,
                           by_quadrature, [{"covariance": 0.7, "score_sd": 1.3, "group_size": n} for n in SIZES[:5]]),
    )  # fmt: skip


def natural_update() -> tuple[Obligation, ...]:
    """Prove that the baseline of the others leaves the covariance, and what the own reward in it would cost.

    Rollouts are independent, so only products of a rollout's own reward and trait have a covariance.
    """
    own = sympy.Symbol("C_AR", real=True)
    size = 4
    others = sympy.Matrix(size, size, lambda i, j: 1 if i == j else -sympy.Rational(1, size - 1))
    leaking = sympy.Matrix(size, size, lambda i, j: int(i == j) - sympy.Rational(1, size))
    learned = [own * comparison.trace() / size for comparison in (others, leaking)]
    return (
        *gaussian(),
        vanishes("with the mean of the others for a baseline it is the covariance", learned[0] - own),
        vanishes("the own reward in it would leave (n - 1)/n", learned[1] - sympy.Rational(size - 1, size) * own),
        Obligation("both compare rewards with rewards", all(
            sum(comparison.row(0)) == 0 for comparison in (others, leaking))),
    )  # fmt: skip


def along_the_line() -> tuple[Obligation, ...]:
    """Prove that A counts through its line on S alone, and how the advantages sum, for a group of three.

    A_i = Cov/V_S S_i + rest_i with a rest independent of all scores, and advantages sum to 0 and, times S, to
    -(n - ddof) of the standard deviation (over n - ddof).
    """
    scores = sympy.symbols("S_1:4", real=True)
    n = len(scores)
    mean = sum(scores) / n
    around = sum((s - mean) ** 2 for s in scores)
    found = []
    for ddof in (1, 0):
        sd = sympy.sqrt(around / (n - ddof))
        advantages = [-(s - mean) / sd for s in scores]
        found += [
            vanishes(f"advantages sum to nothing, ddof {ddof}", sum(advantages)),
            vanishes(
                f"their products with the scores sum to -(n - {ddof}) sd",
                sum(a * s for a, s in zip(advantages, scores, strict=True)) + (n - ddof) * sd,
            ),
        ]
    return tuple(found)


def exact_mean_to_sd(group_size: int) -> float:
    """Return c4(n) with 30 digits."""
    import mpmath

    with mpmath.workdps(30):
        n = mpmath.mpf(group_size)
        return float(mpmath.sqrt(2 / (n - 1)) * mpmath.exp(mpmath.loggamma(n / 2) - mpmath.loggamma((n - 1) / 2)))


def by_quadrature(covariance: float, score_sd: float, group_size: int) -> float:
    """Return -(1/n) E[sum of (S_i - mean) (Cov/V_S) S_i/sd] with the sum of squares integrated over its law."""
    from scipy.stats import chi

    freedom = group_size - 1
    low, high = (float(end) for end in chi.ppf([1e-18, 1.0 - 1e-16], freedom))
    x = np.linspace(low, high, 200_001)
    mean_chi = np.trapezoid(x * chi.pdf(x, freedom), x)
    return float(-covariance / score_sd**2 * score_sd * mean_chi * np.sqrt(freedom) / group_size)

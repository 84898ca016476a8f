"""Why selection moves means by covariances, and plain policy gradient does not: symbolic, for two families of policies.

A policy draws a trait z from a law with mean mu. Its score-function gradient is E[R d ln p/d mu]; the natural gradient
divides by Fisher's information; Price's covariance is Cov(R, z).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from theory.lemmas import vanishes
from theory.obligation import Obligation

z, mean = sympy.symbols("z mu", real=True)
sd = sympy.Symbol("sigma", positive=True)
share = sympy.Symbol("p", positive=True)
DEGREE = 4


@cache
def gaussian() -> tuple[Obligation, ...]:
    """Prove it for a normal policy and any polynomial reward of degree four, by its moments."""
    rewards = sympy.symbols(f"r0:{DEGREE + 1}", real=True)
    reward = sum(coefficient * z**power for power, coefficient in enumerate(rewards))
    log_density = -((z - mean) ** 2) / (2 * sd**2) - sympy.log(sd)
    score = sympy.diff(log_density, mean)
    plain, information = _expected(reward * score), _expected(score**2)
    price = _expected(reward * z) - _expected(reward) * mean
    return (
        vanishes("normal policy: the score-function gradient is d E[R]/d mu",
                 plain - sympy.diff(_expected(reward), mean)),
        vanishes("normal policy: it is Price's covariance over the variance", plain - price / sd**2),
        vanishes("normal policy: the natural gradient is Price's covariance", plain / information - price),
        vanishes("with R linear in z the variance leaves the plain gradient", (plain - rewards[1]).subs(
            dict.fromkeys(rewards[2:], 0))),
    )  # fmt: skip


def _expected(expression: Any) -> Any:
    """Return the mean of a polynomial of z over the normal law, from its moments."""
    standard = sympy.Symbol("x")
    terms = sympy.Poly(sympy.expand(expression.subs(z, mean + sd * standard)), standard).terms()
    return sympy.expand(sum(
        coefficient * (sympy.factorial2(power - 1) if power else 1)
        for (power,), coefficient in terms if power % 2 == 0
    ))  # fmt: skip


@cache
def bernoulli() -> tuple[Obligation, ...]:
    """Prove it for a policy that does a thing with probability p, whatever it earns; in p, and in the logit of p."""
    done, left = sympy.symbols("R_1 R_0", real=True)
    logit = sympy.Symbol("theta", real=True)

    def expected(of_done: Any, of_left: Any) -> Any:
        return share * of_done + (1 - share) * of_left

    plain = expected(done / share, -left / (1 - share))
    information = expected(1 / share**2, 1 / (1 - share) ** 2)
    price = expected(done, 0) - share * expected(done, left)
    of_logit = 1 / (1 + sympy.exp(-logit))
    by_logit = sympy.diff(expected(done, left).subs(share, of_logit), logit)
    return (
        vanishes("Bernoulli policy: the score-function gradient is d E[R]/dp",
                 plain - sympy.diff(expected(done, left), share)),
        vanishes("Bernoulli policy: it is Price's covariance over the variance", plain - price / (share * (1 - share))),
        vanishes("Bernoulli policy: the natural gradient is Price's covariance", plain / information - price),
        vanishes("in the logit the plain gradient is Price's covariance, so p moves by its square",
                 by_logit - price.subs(share, of_logit)),
    )  # fmt: skip


def direct_term() -> tuple[Obligation, ...]:
    """Prove what a gradient through the probe has and REINFORCE lacks: -alpha d psi/d theta."""
    alpha, slope, hidden, theta = sympy.symbols("alpha w v theta", real=True)
    # psi reads a rollout z ~ N(theta, sigma^2) and the parameters themselves.
    psi = slope * z + hidden * theta
    whole = sympy.diff(_expected(-alpha * psi).subs(mean, theta), theta)
    by_score = _expected(-alpha * psi * (z - mean) / sd**2).subs(mean, theta)
    return (
        vanishes("the whole gradient is the score function's and -alpha d psi/d theta",
                 whole - by_score - (-alpha * sympy.diff(psi, theta))),
        Obligation("the score function's has no trace of how parameters show in the probe", not by_score.has(hidden)),
    )  # fmt: skip

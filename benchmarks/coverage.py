"""Coverage of nominal 95 % intervals: ``python -m benchmarks.coverage`` prints it, from 10 000 repetitions each.

Every case is a statistic, a law whose truth is known, and a sample size at which first-order errors are honest: a
variance of skewed values needs ten times the values that a mean needs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.estimate import STATISTICS, Proportion, Statistic, autocorrelation, chain_mean, quantile

Array: TypeAlias = NDArray[np.float64]
Draw: TypeAlias = Callable[[np.random.Generator, int, int], Array]
Intervals: TypeAlias = Callable[[Array, float], tuple[Array, Array]]

Z = 1.959963984540054
CHUNK = 2**19  # values drawn at once


@dataclass(frozen=True)
class Case:
    """A statistic, a law and the truth that intervals should cover.

    Parameters
    ----------
    statistic, law
        What the table says.
    size
        n, the sample size of one repetition.
    truth
        The statistic's value under the law.
    draw
        (generator, n, repetitions) -> samples, repetitions on axis 1.
    intervals
        (samples, z) -> lower and upper ends, shape (repetitions,).
    """

    statistic: str
    law: str
    size: int
    truth: float
    draw: Draw
    intervals: Intervals


def coverage(case: Case, repetitions: int, seed: int, shrink: float = 1.0) -> float:
    """Return the share of repetitions whose 95 % interval holds the truth; shrink < 1 plants an error too small."""
    generator = np.random.default_rng(seed)
    held, left = 0, repetitions
    while left:
        number = min(left, max(CHUNK // case.size, 1))
        low, high = case.intervals(case.draw(generator, case.size, number), Z * shrink)
        held += int(np.count_nonzero((low <= case.truth) & (case.truth <= high)))
        left -= number
    return held / repetitions


def measure(repetitions: int = 10_000, seed: int = 1) -> list[dict[str, Any]]:
    """Return, for each case, ``statistic``, ``law``, ``n`` and ``coverage`` of nominal 95 %."""
    return [
        {"statistic": one.statistic, "law": one.law, "n": one.size, "coverage": coverage(one, repetitions, seed)}
        for one in CASES
    ]


def _plain(name: str) -> Intervals:
    """Return estimate -+ z standard errors, all repetitions at once."""

    def intervals(samples: Array, z: float) -> tuple[Array, Array]:
        value, error = STATISTICS[name].evaluate(STATISTICS[name].of(samples))
        return value - z * error, value + z * error

    return intervals


def _wilson(samples: Array, z: float) -> tuple[Array, Array]:
    return Proportion.of(samples).wilson(z)


def _one_by_one(evaluate: Callable[[Array], tuple[Any, Any]]) -> Intervals:
    """Return estimate -+ z standard errors, a repetition at a time."""

    def intervals(samples: Array, z: float) -> tuple[Array, Array]:
        found = np.array([evaluate(samples[:, index]) for index in range(samples.shape[1])], dtype=np.float64)
        return found[:, 0] - z * found[:, 1], found[:, 0] + z * found[:, 1]

    return intervals


def _statistic(statistic: Statistic) -> Intervals:
    return _one_by_one(lambda samples: statistic.evaluate(statistic.of(samples)))


def _normal(generator: np.random.Generator, n: int, repetitions: int) -> Array:
    return generator.standard_normal((n, repetitions))


def _skewed(generator: np.random.Generator, n: int, repetitions: int) -> Array:
    return generator.standard_exponential((n, repetitions))


def _rare(generator: np.random.Generator, n: int, repetitions: int) -> Array:
    return np.asarray(generator.random((n, repetitions)) < 0.01, dtype=np.float64)


def _correlated(generator: np.random.Generator, n: int, repetitions: int) -> Array:
    """Draw normal pairs of correlation 0.6."""
    x, y = generator.standard_normal((2, n, repetitions))
    return np.stack([x, 0.6 * x + 0.8 * y], axis=-1)


def _sometimes(generator: np.random.Generator, n: int, repetitions: int) -> Array:
    """Draw normal pairs of correlation 0.6, of which a fifth do not apply."""
    samples = _correlated(generator, n, repetitions)
    samples[generator.random((n, repetitions)) < 0.2, 1] = np.nan
    return samples


def _shared(generator: np.random.Generator, n: int, repetitions: int) -> Array:
    """Draw skewed pairs of correlation 1/2: exponentials with a common summand."""
    common, x, y = generator.standard_exponential((3, n, repetitions))
    return np.stack([common + x, common + y], axis=-1)


def _autoregression(generator: np.random.Generator, n: int, repetitions: int) -> Array:
    """Draw stationary chains x' = 0.8 x + noise, four a repetition; shape (n/4, repetitions, 4)."""
    chain = generator.standard_normal((n // 4, repetitions, 4))
    chain[0] /= math.sqrt(1.0 - 0.8**2)
    for step in range(1, n // 4):
        chain[step] += 0.8 * chain[step - 1]
    return chain


def _lag(lag: int) -> Intervals:
    def one(chains: Array) -> tuple[Any, Any]:
        rho, error = autocorrelation(chains.T, [lag])
        return rho[0], error[0]

    return _one_by_one(one)


_chain_mean = _one_by_one(lambda chains: chain_mean(chains.T))
MEDIAN = quantile(0.5, np.linspace(-1.0, 1.0, 401))
NINTH = quantile(0.9, np.linspace(1.0, 4.0, 601))

CASES = (
    Case("mean", "normal", 200, 0.0, _normal, _plain("mean")),
    Case("mean", "skewed (exponential)", 1000, 1.0, _skewed, _plain("mean")),
    Case("variance", "normal", 2000, 1.0, _normal, _plain("variance")),
    Case("variance", "skewed (exponential)", 20_000, 1.0, _skewed, _plain("variance")),
    Case("probability", "Bernoulli, p = 0.01 (Wilson)", 2000, 0.01, _rare, _wilson),
    Case("ratio", "skewed pair", 1000, 1.0, _shared, _plain("ratio")),
    Case("correlation", "normal pair, r = 0.6", 1000, 0.6, _correlated, _plain("correlation")),
    Case("correlation", "skewed pair, r = 0.5", 2000, 0.5, _shared, _plain("correlation")),
    Case("explained_variance", "normal pair, r = 0.6", 1000, 0.36, _correlated, _plain("explained_variance")),
    Case("information", "normal pair, 4/5 apply", 1000, -0.4 * math.log(0.64), _sometimes, _plain("information")),
    Case("quantile", "normal, p = 0.5", 1000, 0.0, _normal, _statistic(MEDIAN)),
    Case("quantile", "skewed, p = 0.9", 2000, math.log(10.0), _skewed, _statistic(NINTH)),
    Case("chain mean", "autoregression 0.8, 4 chains", 8192, 0.0, _autoregression, _chain_mean),
    Case("autocorrelation", "autoregression 0.8, lag 1", 8192, 0.8, _autoregression, _lag(1)),
    Case("autocorrelation", "autoregression 0.8, lag 5", 8192, 0.8**5, _autoregression, _lag(5)),
)

if __name__ == "__main__":
    for row in measure():
        print(f"{row['statistic']:<20}{row['law']:<32}n = {row['n']:<8}{100.0 * row['coverage']:.2f} %")

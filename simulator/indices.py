"""Sobol indices of outputs that were measured with noise: the design, the estimates, their intervals.

Saltelli's design has independent samples A and B of the parameters, and for every parameter i the sample AB_i, which
is A with the values of i taken from B. With V the variance over A and B,

    S_i = E[f(B) (f(AB_i) - f(A))] / V,        T_i = E[(f(A) - f(AB_i))^2] / (2 V)

If f is measured with independent noise of variance q at every point, then V becomes V + q, and E[...]/2 of T_i gains q
too (that of S_i gains nothing): S_i shrinks, and every T_i tends to 1 as the noise grows. Where q is known, as the
squared standard error of a mean, numerator and denominator can be rid of it.

Source: Saltelli et al. (2010), "Variance based sensitivity analysis of model output", table 2 (b) and (f), as in
``scipy.stats.sobol_indices``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.design import Case, Interval, scaled, sobol_shares

Array = NDArray[Any]


@dataclass(frozen=True)
class Pages:
    """Saltelli's design: which of some distinct cases stands where on its pages.

    Parameters
    ----------
    cases
        Every point once.
    a, b
        Per sample, the place of its case; shape (samples,).
    ab
        The same with one parameter's value exchanged; shape (parameters, samples).
    """

    cases: list[Case]
    a: Array
    b: Array
    ab: Array

    def pick(self, samples: Array) -> Pages:
        """Return the design with its samples drawn again, by their numbers."""
        return Pages(self.cases, self.a[samples], self.b[samples], self.ab[:, samples])


def saltelli(box: Mapping[str, Interval], n: int, seed: Any) -> Pages:
    """Return the design of n samples in a box of d parameters, from a Sobol sequence of 2 d columns.

    ``n`` and ``seed`` are as for ``simulator.design.sobol``, and so are the errors raised.
    """
    width = len(box)
    shares = sobol_shares(2 * width, n, seed)
    a, b = shares[:, :width], shares[:, width:]
    exchanged = np.eye(width, dtype=bool)
    sheets = [a, b, *(np.where(column, b, a) for column in exchanged)]
    known: dict[tuple[float | int, ...], int] = {}  # whole numbers meet again: one case, simulated once
    places = [known.setdefault(tuple(case.values()), len(known)) for sheet in sheets for case in scaled(box, sheet)]
    numbers = np.array(places).reshape(width + 2, -1)
    cases = [dict(zip(box, values, strict=True)) for values in known]
    return Pages(cases, numbers[0], numbers[1], numbers[2:])


def variances(mean: Array, noise: Array, pages: Pages) -> tuple[Array, Array]:
    """Return each output's variance over A and B, and the part of it that noise contributes on average.

    Parameters
    ----------
    mean, noise
        At every case, what was measured and the variance of its error; shape (outputs, cases).
    pages
        The design.
    """
    both = np.concatenate([pages.a, pages.b])
    weights = np.bincount(both, minlength=len(pages.cases)) / both.size
    # The error of the grand mean is no part of the variance: it counts where few cases stand for many samples.
    return np.var(mean[:, both], axis=1), noise @ (weights * (1.0 - weights))


def indices(mean: Array, noise: Array, pages: Pages) -> Array:
    """Return first-order and total indices, rid of independent noise: shape (2, outputs, parameters).

    Parameters
    ----------
    mean
        What was measured at every case; shape (outputs, cases), finite, and no output constant.
    noise
        The variance of its error, independent between cases; zeros leave the plain estimates; the same shape.
    pages
        The design, of 2^k samples.
    """
    from scipy.stats import sobol_indices

    # SciPy cannot handle a single output of a single parameter; a copy of it can do no harm.
    given = np.concatenate([mean, mean])
    plain = sobol_indices(
        func={"f_A": given[:, pages.a], "f_B": given[:, pages.b], "f_AB": np.moveaxis(given[:, pages.ab], 0, 1)},
        n=pages.a.size,
    )
    shape = (2, mean.shape[0], pages.ab.shape[0])
    variance, part = variances(mean, noise, pages)
    raw = np.array([one.reshape(shape)[0] for one in (plain.first_order, plain.total_order)])
    gained = np.moveaxis(_gained(noise, pages), -1, 1)
    found: Array = (raw * variance[:, None] - gained) / (variance - part)[:, None]
    return found


def _gained(noise: Array, pages: Pages) -> Array:
    """Return what noise adds to both numerators on average: shape (2, parameters, outputs).

    A case that stands on two pages brings the same error to both: its square stays in a product, and a difference
    loses it. So it is for whole numbers, and where there is only one parameter, whose AB is B.
    """
    a, b, ab = pages.a, pages.b, pages.ab
    at_a, at_b, at_ab = noise[:, None, a], noise[:, None, b], noise[:, ab]
    first = np.mean(at_b * (ab == b) - at_b * (a == b), axis=-1)
    total = np.mean((at_a + at_ab) * (ab != a), axis=-1) / 2
    return np.array([first.T, total.T])


def bounds(
    mean: Array, noise: Array, pages: Pages, confidence: float, resamples: int, generator: np.random.Generator
) -> tuple[Array, Array]:
    """Return the ends of the indices' bootstrap intervals, each of shape (2, outputs, parameters).

    The samples are drawn again, pages together, and the interval lies between percentiles. The samples of a Sobol
    sequence lie more evenly than independent ones, so that the intervals are rather too wide.

    Parameters
    ----------
    mean, noise, pages
        As for `indices`.
    confidence, resamples
        The level in (0, 1), and how often to draw.
    generator
        What to draw from.
    """
    from scipy.stats import bootstrap

    def again(samples: Array) -> Array:
        return indices(mean, noise, pages.pick(samples))

    found = bootstrap(
        (np.arange(pages.a.size),), again, n_resamples=resamples, confidence_level=confidence, method="percentile",
        vectorized=False, rng=generator,
    )  # fmt: skip
    return found.confidence_interval.low, found.confidence_interval.high

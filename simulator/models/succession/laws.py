"""What circuits may be drawn from besides normal laws: exponential, and with heavy tails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import Shape


@dataclass(frozen=True)
class Exponential:
    """Independent exponential variates: P(X > x) = exp(-x/mean).

    Parameters
    ----------
    mean
        A number > 0.
    """

    mean: float = 1.0

    def draw(self, generator: np.random.Generator, shape: Shape) -> NDArray[np.float64]:
        """Return variates of the given shape; raise ValueError unless the mean is > 0."""
        if not self.mean > 0.0:
            raise ValueError(f"Exponential: got mean {self.mean}; must be > 0; pass for example 1.0")
        return np.asarray(self.mean * generator.standard_exponential(shape))


@dataclass(frozen=True)
class Student:
    """Independent Student variates: heavy tails, P(|X| > x) ~ x^(-freedom).

    Parameters
    ----------
    freedom
        Degrees of freedom > 0: the mean is finite above 1, the variance above 2.
    """

    freedom: float = 3.0

    def draw(self, generator: np.random.Generator, shape: Shape) -> NDArray[np.float64]:
        """Return variates of the given shape; raise ValueError unless there are > 0 degrees of freedom."""
        if not self.freedom > 0.0:
            raise ValueError(f"Student: got freedom {self.freedom}; must be > 0; pass for example 3.0")
        return np.asarray(generator.standard_t(self.freedom, shape))

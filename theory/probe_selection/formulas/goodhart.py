"""What hard selection on a noisy probe selects: misbehavior, or the probe's luck."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.parameter import nearest

NOISES = ("normal", "laplace", "student")
NODES = 4001


def goodhart(threshold: Any, sd: Any, noise_scale: Any, noise: str = "normal") -> Any:
    """Return E[A | S < t], S = A + e: the mean misbehavior of those whose score is that low.

    int a phi(a/sd) P(e < t - a) da / int phi(a/sd) P(e < t - a) da

    Parameters
    ----------
    threshold
        t, any number.
    sd
        sigma_A > 0 of misbehavior, normal around 0.
    noise_scale
        s > 0: the standard deviation of a normal e, b of Laplace's law, the scale of Student's t.
    noise
        "normal", "laplace" or "student" (three degrees of freedom).

    As t -> -infinity: normal, sigma_A^2/(sigma_A^2 + s^2) E[S | S < t], without bound (half of it at equal variances);
    Laplace, -> -sigma_A^2/b and no further; Student's t, ~ -3 sigma_A^2/|t| -> 0, whatever the scale: the harder the
    selection, the less it selects. Raises ValueError for another noise.
    """
    if noise not in NOISES:
        raise ValueError(f"noise: got {noise!r}; {nearest(str(noise), NOISES)}")
    one = np.vectorize(lambda t, a, s: _conditional(float(t), float(a), float(s), noise), otypes=[float])
    return one(threshold, sd, noise_scale)[()]


def _conditional(t: float, sd: float, scale: float, noise: str) -> float:
    """Return the ratio of the two integrals, by the trapezoidal rule where the integrand is."""
    step = 28.0 * sd / (NODES - 1)
    # Log-concave factors make it narrower than the prior; a power law leaves the prior, which it hardly tilts.
    first = _peak(t, sd, scale, noise) - 14.0 * sd
    first += (t - first) % step  # Laplace's law has a kink at t: it must be a node
    a = first + step * np.arange(NODES)
    logs = -0.5 * (a / sd) ** 2 + _log_below((t - a) / scale, noise)
    weights = np.exp(logs - logs.max())
    return float(weights @ a / weights.sum())


def _peak(t: float, sd: float, scale: float, noise: str) -> float:
    """Return about where the integrand is largest."""
    if noise == "normal":
        return min(t, 0.0) * sd**2 / (sd**2 + scale**2)
    return max(min(t, 0.0), -(sd**2) / scale) if noise == "laplace" else 0.0


def _log_below(x: Any, noise: str) -> Any:
    """Return ln P(e < x) of the noise of scale 1."""
    from scipy.special import log_ndtr

    if noise == "normal":
        return log_ndtr(x)
    if noise == "laplace":
        tail = -np.abs(x) - np.log(2.0)
        return np.where(x < 0.0, tail, np.log1p(-np.exp(tail)))
    return np.log(_student_below(x))


def _student_below(x: Any) -> Any:
    """Return P(e < x) of Student's t with three degrees of freedom, without loss far down the tail.

    1/2 + [arctan u + u/(1 + u^2)]/pi with u = x/sqrt 3; far down, arctan u = -pi/2 - arctan(1/u).
    """
    u = np.asarray(x, dtype=float) / np.sqrt(3.0)
    safe = np.where(np.abs(u) < 1.0, -1.0, u)
    inverse = 1.0 / safe
    # P = -[arctan v - v/(1 + v^2)]/pi with v = 1/u < 0, a series in v where the two cancel.
    v = inverse
    series = v**3 * (2.0 / 3.0 - v**2 * (4.0 / 5.0 - v**2 * (6.0 / 7.0 - v**2 * (8.0 / 9.0 - v**2 * 10.0 / 11.0))))
    lower = -np.where(np.abs(v) < 0.03, series, np.arctan(v) - v / (1.0 + v**2)) / np.pi
    near = 0.5 + (np.arctan(u) + u / (1.0 + u**2)) / np.pi
    return np.where(u < -1.0, lower, near)

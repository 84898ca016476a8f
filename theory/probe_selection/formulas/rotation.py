"""What removal and rotation leave of misbehavior, and of the probe, in NumPy: functions of keywords that broadcast.

m strength, phi angle to the probe, ratio = K_m/K_phi; see ``simulator.models.probe_selection.rotation``. The ratio is
sigma_m^2/sigma_phi^2 under selection, ease_m/ease_phi under a gradient through the probe.
"""

from __future__ import annotations

from typing import Any

import numpy as np

BLIND = np.pi / 2


def room(angle: Any) -> Any:
    """Return ln(1/sin phi) >= 0, what turning the feature to the blind direction takes; infinite at phi = 0.

    Parameters
    ----------
    angle
        phi in [0, pi/2].
    """
    phi = np.asarray(angle, dtype=float)
    with np.errstate(divide="ignore"):
        # 1 - sin is lost in rounding near pi/2, and 1 - cos^2 near 0.
        return np.where(phi > 1.0, -0.5 * np.log1p(-np.minimum(np.cos(phi) ** 2, 0.5)), -np.log(np.sin(phi)))


def residual_misbehavior(strength: Any, angle: Any, ratio: Any, dim: Any = None) -> Any:
    """Return the strength that is left when the probe is blind, 0 where the misbehavior goes first.

    m_inf = sqrt(max(0, m_0^2 - 2 ratio ln(1/sin(phi_0))))

    Parameters
    ----------
    strength, angle
        m_0 > 0 and phi_0 at the start, in [0, pi]; from pi/2 on the probe sees nothing and all is left.
    ratio
        K_m/K_phi > 0.
    dim
        Any; it does not matter: without noise the motion stays in a plane.

    Valid for the reward -max(m cos(phi), 0), constant K_m and K_phi, and no noise.
    """
    m, phi = np.asarray(strength, dtype=float), np.asarray(angle, dtype=float)
    left = np.sqrt(np.maximum(0.0, m**2 - 2.0 * np.asarray(ratio) * room(np.minimum(phi, BLIND))))
    return np.where(phi < BLIND, left, m)


def elimination_threshold(strength: Any, angle: Any) -> Any:
    """Return m_0^2/(2 ln(1/sin phi_0)), the K_m/K_phi above which misbehavior goes before the probe is blind.

    Parameters
    ----------
    strength, angle
        m_0 > 0, and phi_0 in (0, pi/2): 0 at 0, infinite at pi/2.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(strength, dtype=float) ** 2 / (2.0 * room(angle))


def angle_at_elimination(strength: Any, angle: Any, ratio: Any) -> Any:
    """Return the angle at which the misbehavior is gone, arcsin(sin(phi_0) exp(m_0^2/(2 ratio))); NaN if it stays.

    What the probe could still see then is cos of it. Parameters as in ``residual_misbehavior``, phi_0 in [0, pi/2].
    """
    sine = np.sin(angle) * np.exp(np.asarray(strength, dtype=float) ** 2 / (2.0 * np.asarray(ratio)))
    with np.errstate(invalid="ignore"):
        return np.arcsin(sine)


def raw_residual(strength: Any, angle: Any, dim: Any = None) -> Any:
    """Return m_0 sin(phi_0), what plain gradient descent on the feature as a raw vector leaves: all the probe misses.

    There K_phi = K_m/m^2, so the vector moves along the probe until it is orthogonal. Parameters as in
    ``residual_misbehavior``, phi_0 in [0, pi/2].
    """
    return np.asarray(strength, dtype=float) * np.sin(angle)


def punished_strength(strength: Any, angle: Any, ratio: Any, turned: Any) -> Any:
    """Return the strength where the feature has been turned to an angle, under a reward that goes on below S = 0.

    m(phi)^2 = m_0^2 + 2 ratio ln(sin(phi_0)/sin(phi))

    the same at pi - phi as at phi: least at pi/2, and without limit toward pi. NaN where it is gone before.

    Parameters
    ----------
    strength, angle, ratio
        As in ``residual_misbehavior``.
    turned
        phi in [phi_0, pi).
    """
    square = np.asarray(strength, dtype=float) ** 2 + 2.0 * np.asarray(ratio) * np.log(np.sin(angle) / np.sin(turned))
    with np.errstate(invalid="ignore"):
        return np.sqrt(square)


def probe_lifetime(angle: Any, dim: Any, noise: Any, time: Any) -> Any:
    """Return E cos(phi(t)) = cos(phi_0) exp(-(D - 1) sigma^2 t/2) of a feature that diffuses without any selection.

    Parameters
    ----------
    angle
        phi_0 in [0, pi].
    dim
        D >= 2.
    noise
        sigma >= 0, in rad/sqrt(time): Brownian motion on the sphere in R^D, per tangent direction.
    time
        >= 0.

    The angle itself drifts at ((D - 2)/2) sigma^2 cot(phi). Source: Roberts & Ursell, Phil. Trans. R. Soc. A 252 (1960)
    317: cos(phi) is the first harmonic of the sphere, of Laplacian -(D - 1).
    """
    rate = (np.asarray(dim, dtype=float) - 1.0) * np.square(noise) / 2.0
    return np.cos(angle) * np.exp(-rate * np.asarray(time))


def probe_auc(strength: Any, angle: Any, readout_noise: Any) -> Any:
    """Return Phi(m cos(phi)/(sqrt(2) readout_noise)): how often a misbehaving rollout scores above a clean one.

    Parameters
    ----------
    strength, angle
        m >= 0, and phi in [0, pi].
    readout_noise
        > 0: the standard deviation of the normal score of a rollout, the same for both kinds; clean ones are around 0.

    Source: Green & Swets, Signal Detection Theory and Psychophysics (1966), the area under an equal-variance ROC.
    """
    from scipy.special import ndtr

    return ndtr(np.asarray(strength, dtype=float) * np.cos(angle) / (np.sqrt(2.0) * np.asarray(readout_noise)))


def frontier(strength: Any, angle: Any, ratio: Any, readout_noise: Any, lost: Any) -> Any:
    """Return the misbehavior removed, m_0 - m, when so much AUC has been lost at reference strength m_0.

    AUC is lost as Phi(m_0 cos(phi_0)/(sqrt(2) readout_noise)) - Phi(m_0 cos(phi)/(sqrt(2) readout_noise)), at the
    strength of the start, else removal itself would count as lost interpretability; and m^2 = m_0^2 - 2 ratio
    ln(sin(phi)/sin(phi_0)). All of m_0 from where the misbehavior is gone.

    Parameters
    ----------
    strength, angle, ratio
        As in ``residual_misbehavior``, phi_0 in (0, pi/2).
    readout_noise
        > 0.
    lost
        From 0 to the AUC at the start less 1/2; NaN beyond.
    """
    from scipy.special import ndtri

    m, spread = np.asarray(strength, dtype=float), np.sqrt(2.0) * np.asarray(readout_noise)
    cosine = spread * ndtri(probe_auc(m, angle, readout_noise) - np.asarray(lost)) / m
    # Rounding may put the end of the frontier a little beyond the blind direction.
    sine = np.sqrt(1.0 - np.square(np.where(cosine < -1e-12, np.nan, cosine)))
    square = m**2 - 2.0 * np.asarray(ratio) * np.log(sine / np.sin(angle))
    return m - np.sqrt(np.maximum(square, 0.0))


def frontier_slope(strength: Any, angle: Any, ratio: Any, readout_noise: Any) -> Any:
    """Return how much misbehavior the first bit of training removes per AUC lost at reference strength.

    ratio sqrt(2) sigma_r cos(phi_0)/[m_0^2 sin^2(phi_0) phi_N(m_0 cos(phi_0)/(sqrt(2) sigma_r))]

    phi_N the normal density: two techniques on one probe differ by their K_m/K_phi only. Parameters as in `frontier`.
    """
    m, spread = np.asarray(strength, dtype=float), np.sqrt(2.0) * np.asarray(readout_noise)
    density = np.exp(-np.square(m * np.cos(angle) / spread) / 2.0) / np.sqrt(2.0 * np.pi)
    return np.asarray(ratio) * spread * np.cos(angle) / (m**2 * np.sin(angle) ** 2 * density)

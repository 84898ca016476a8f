"""The closed forms of rotation in SymPy: what the page prints and the proofs are about."""

from __future__ import annotations

import sympy

strength, ratio, readout_noise, noise, time, dim, lost, turned = sympy.symbols(
    "strength ratio readout_noise noise time dim lost turned", positive=True
)
angle = sympy.Symbol("angle", positive=True)
later, removal, turning = sympy.symbols("later removal turning", positive=True)

SYMBOLS = {
    strength: "m_0", angle: r"\phi_0", ratio: r"\rho", readout_noise: r"\sigma_r", noise: r"\sigma", time: "t",
    dim: "D", lost: r"\Delta", turned: r"\phi", later: r"\phi", removal: "K_m", turning: r"K_\phi",
}  # fmt: skip


def normal_density(x: sympy.Expr) -> sympy.Expr:
    """Return exp(-x^2/2)/sqrt(2 pi)."""
    return sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi)


def normal_distribution(x: sympy.Expr) -> sympy.Expr:
    """Return the standard normal distribution function."""
    return (1 + sympy.erf(x / sympy.sqrt(2))) / 2


def squared_strength(at: sympy.Expr) -> sympy.Expr:
    """Return m^2 where the feature has been turned to an angle: the invariant m^2 + 2 ratio ln sin(phi)."""
    return strength**2 + 2 * ratio * (sympy.log(sympy.sin(angle)) - sympy.log(sympy.sin(at)))


def reference_auc(at: sympy.Expr) -> sympy.Expr:
    """Return the AUC of a feature at an angle, were it as strong as at the start."""
    return normal_distribution(strength * sympy.cos(at) / (sympy.sqrt(2) * readout_noise))


residual_misbehavior = sympy.sqrt(sympy.Max(0, strength**2 - 2 * ratio * sympy.log(1 / sympy.sin(angle))))
elimination_threshold = strength**2 / (2 * sympy.log(1 / sympy.sin(angle)))
angle_at_elimination = sympy.asin(sympy.sin(angle) * sympy.exp(strength**2 / (2 * ratio)))
raw_residual = strength * sympy.sin(angle)
punished_strength = sympy.sqrt(squared_strength(turned))
probe_lifetime = sympy.cos(angle) * sympy.exp(-(dim - 1) * noise**2 * time / 2)
probe_auc = reference_auc(angle)
frontier_slope = (
    ratio * sympy.sqrt(2) * readout_noise * sympy.cos(angle)
    / (strength**2 * sympy.sin(angle) ** 2
       * normal_density(strength * sympy.cos(angle) / (sympy.sqrt(2) * readout_noise)))
)  # fmt: skip
frontier_removed = strength - sympy.sqrt(squared_strength(later))
frontier_lost = reference_auc(angle) - reference_auc(later)

"""Why the probe's AUC and the frontier of removal against AUC are what they are: by their integral and derivatives."""

from __future__ import annotations

import sympy

from simulator.models.probe_selection.rotation import trained_plane
from theory.lemmas import equals_numerically, formula_is, vanishes
from theory.obligation import Obligation
from theory.probe_selection import expressions_rotation as e
from theory.probe_selection.formulas import rotation as formulas
from theory.probe_selection.proofs.points import PROBES
from theory.probe_selection.proofs.rotation import invariant


def probe_auc() -> tuple[Obligation, ...]:
    """Prove the AUC by its integral: in the scores' distance its slope is the density of their difference at 0."""
    x, far = sympy.symbols("x d", real=True)
    s = e.readout_noise
    overlap = e.normal_density((x - far) / s) / s * e.normal_density(x / s) / s
    slope = sympy.integrate(sympy.expand(sympy.powsimp(sympy.expand(overlap))), (x, -sympy.oo, sympy.oo))
    formula = e.normal_distribution(far / (sympy.sqrt(2) * s))
    without_ratio = [{name: one[name] for name in ("strength", "angle", "readout_noise")} for one in PROBES]
    return (
        vanishes("dAUC/dd is the integral of the two densities' product", sympy.diff(formula, far) - slope),
        vanishes("and without a distance it is chance", formula.subs(far, 0) - sympy.Rational(1, 2)),
        vanishes("the distance being m cos(phi)", formula.subs(far, e.strength * sympy.cos(e.angle)) - e.probe_auc),
        equals_numerically("it is the integral of P(clean < x) over the misbehaving scores x",
                           formulas.probe_auc, _by_quadrature, without_ratio),
        formula_is("NumPy equals SymPy", formulas.probe_auc, e.probe_auc, without_ratio),
    )  # fmt: skip


def _by_quadrature(strength: float, angle: float, readout_noise: float) -> float:
    from math import cos, inf

    from scipy.integrate import quad
    from scipy.stats import norm

    ahead = strength * cos(angle)
    found = quad(lambda x: norm.pdf(x, ahead, readout_noise) * norm.cdf(x, 0.0, readout_noise), -inf, inf, epsabs=1e-13)
    return float(found[0])


def frontier() -> tuple[Obligation, ...]:
    """Prove that the frontier is the invariant's strength against the AUC lost, at one angle."""
    at = sympy.Rational(11, 10)
    points = [one for one in PROBES if one["angle"] < at]

    def by_angle(**point: float) -> float:
        return float(e.frontier_removed.subs({**_named(point), e.later: at}))

    def by_loss(**point: float) -> float:
        lost = float(e.frontier_lost.subs({**_named(point), e.later: at}))
        return float(formulas.frontier(**point, lost=lost))

    return (
        *invariant(trained_plane),
        vanishes("nothing is removed or lost at the start",
                 sum(part.subs(e.later, e.angle) ** 2 for part in (e.frontier_removed, e.frontier_lost))),
        equals_numerically("NumPy's removal at a loss is SymPy's at the angle of that loss", by_loss, by_angle, points),
    )  # fmt: skip


def _named(point: dict[str, float]) -> dict[sympy.Symbol, float]:
    return {getattr(e, name): value for name, value in point.items()}


def frontier_slope() -> tuple[Obligation, ...]:
    """Prove the slope by differentiating both sides of the frontier at the start; K enters by its ratio alone."""
    slope = sympy.diff(e.frontier_removed, e.later) / sympy.diff(e.frontier_lost, e.later)
    return (
        *invariant(trained_plane),
        vanishes("the slope is dremoved/dphi over dlost/dphi at the start",
                 slope.subs(e.later, e.angle) - e.frontier_slope),
        vanishes("it is proportional to K_m/K_phi", sympy.diff(e.frontier_slope / e.ratio, e.ratio)),
        formula_is("NumPy equals SymPy", formulas.frontier_slope, e.frontier_slope, PROBES),
    )  # fmt: skip

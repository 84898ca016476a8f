"""Why the closed forms of removal and rotation are true: the laws' own drifts, and an invariant along them."""

from __future__ import annotations

from typing import Any

import sympy

from simulator.functions import total
from simulator.model import Model
from simulator.models.probe_selection.rotation import (
    angle,
    ease_strength,
    feature,
    misbehavior,
    noise,
    probe,
    punished,
    raw,
    selected,
    selected_plane,
    trained,
    trained_plane,
)
from theory.lemmas import formula_is, tends, vanishes
from theory.obligation import Obligation
from theory.probe_selection import expressions_rotation as e
from theory.probe_selection.formulas import rotation as formulas
from theory.probe_selection.proofs.points import FEATURES, PUNISHED, STARTS

m, phi = sympy.symbols("m phi", positive=True)
COMPONENTS = (2, 3, 4)


def residual_misbehavior() -> tuple[Obligation, ...]:
    """Prove the motion of every law, that it keeps the invariant, and what that leaves at phi = pi/2."""
    square = e.squared_strength(e.later)
    residual = e.strength**2 + 2 * e.ratio * sympy.log(sympy.sin(e.angle))
    return (
        *(step for law in (trained_plane, selected_plane) for step in moves_in_the_plane(law)),
        *(step for law in (trained, selected) for count in COMPONENTS for step in moves_in_space(law, count)),
        *invariant(trained_plane),
        *invariant(selected_plane),
        vanishes("at phi = pi/2 the invariant leaves the residual", square.subs(e.later, sympy.pi / 2) - residual),
        vanishes("without removal all is left", residual.subs(e.ratio, 0) - e.strength**2),
        vanishes("and so it is from the blind direction", residual.subs(e.angle, sympy.pi / 2) - e.strength**2),
        formula_is("NumPy equals SymPy", formulas.residual_misbehavior, e.residual_misbehavior, STARTS),
    )  # fmt: skip


def metrics(law: Model) -> tuple[Any, Any]:
    """Return K_m and K_phi of a law as it is declared; K of a vector y is K_phi |y|^2."""
    turned = law.learner[angle] if angle in law.learner else law.learner[feature] / total(feature**2)
    return law.learner[misbehavior], turned


def seeing(expression: Any) -> Any:
    """Return an expression where the probe's score is positive."""
    return sympy.sympify(expression).replace(sympy.Heaviside, lambda *_: sympy.Integer(1))


def moves_in_the_plane(law: Model) -> tuple[Obligation, ...]:
    """Prove dm/dt = -K_m cos(phi), dphi/dt = K_phi m sin(phi) of a law of misbehavior and angle."""
    removal, turning = metrics(law)
    way = turning * misbehavior * sympy.sin(angle.variable)
    return (
        vanishes(f"{law.name}: the misbehavior falls at K_m cos(phi)",
                 seeing(law.drift[misbehavior]) + removal * sympy.cos(angle.variable)),
        vanishes(f"{law.name}: the angle grows at K_phi m sin(phi)", seeing(law.drift[angle]) - way),
    )  # fmt: skip


def written_out(expression: Any, count: int, place: int = 0) -> Any:
    """Return an expression in D components: totals as sums, the probe as the first axis, the feature as y_0..y_(D-1).

    Outside totals, vectors stand for their component at a place.
    """
    y = sympy.symbols(f"y_:{count}", real=True)

    def one(inner: Any, index: int) -> Any:
        return inner.subs({probe.variable: int(index == 0), feature.variable: y[index]})

    whole = sympy.sympify(expression).replace(
        total, lambda inner: sympy.Add(*(one(inner, index) for index in range(count)))
    )
    return one(whole, place)


def moves_in_space(law: Model, count: int) -> tuple[Obligation, ...]:
    """Prove that a vector law in D components moves as the plane does, and within the plane of probe and feature."""
    y = sympy.symbols(f"y_:{count}", real=True)
    removal, turning = metrics(law)
    length = sympy.sqrt(sum(one**2 for one in y))
    cosine = y[0] / length
    drift = [seeing(written_out(law.drift[feature], count, place)) for place in range(count)]
    along = sum(sympy.diff(cosine, one) * rate for one, rate in zip(y, drift, strict=True))
    way = -turning * misbehavior.variable * (1 - cosine**2)
    # Off the probe's axis every component changes in proportion to itself.
    off_plane = sum(
        abs(sympy.simplify(drift[place] * y[1] - drift[1] * y[place])) for place in range(2, count)
    )  # fmt: skip
    return (
        vanishes(f"{law.name}, D = {count}: cos(phi) falls at K_phi m sin(phi)^2", along - way),
        vanishes(f"{law.name}, D = {count}: the misbehavior falls at K_m cos(phi)",
                 seeing(written_out(law.drift[misbehavior], count)) + removal * cosine),
        vanishes(f"{law.name}, D = {count}: the motion stays in its plane", off_plane),
    )  # fmt: skip


def invariant(law: Model) -> tuple[Obligation, ...]:
    """Prove that m^2 + 2 (K_m/K_phi) ln sin(phi) has zero derivative along a law's drift."""
    removal, turning = metrics(law)
    kept = misbehavior**2 + 2 * removal / turning * sympy.log(sympy.sin(angle.variable))
    change = sum(sympy.diff(kept, one.variable) * seeing(law.drift[one]) for one in (misbehavior, angle))
    measured = law.measures["invariant"].expression
    change_measured = sum(sympy.diff(measured, one.variable) * seeing(law.drift[one]) for one in (misbehavior, angle))
    return (
        vanishes(f"{law.name} keeps m^2 + 2 (K_m/K_phi) ln sin(phi)", change),
        vanishes(f"{law.name} keeps what it measures as its invariant", sympy.trigsimp(change_measured)),
    )


def elimination_threshold() -> tuple[Obligation, ...]:
    """Prove that the residual vanishes at the threshold, and what it tends to."""
    at = e.elimination_threshold
    square = e.strength**2 - 2 * e.ratio * sympy.log(1 / sympy.sin(e.angle))
    away = sympy.Symbol("epsilon", positive=True)
    return (
        *invariant(trained_plane),
        vanishes("there the residual vanishes", square.subs(e.ratio, at)),
        vanishes("beyond it misbehavior would have to be imaginary: the square falls in the ratio by 2 ln(1/sin phi_0)",
                 sympy.diff(square, e.ratio) + 2 * sympy.log(1 / sympy.sin(e.angle))),
        tends("near the blind direction, at pi/2 - epsilon, it is (m_0/epsilon)^2",
              at.subs(e.angle, sympy.pi / 2 - away) * away**2 / e.strength**2, away, 0, 1),
        formula_is("NumPy equals SymPy", formulas.elimination_threshold, at,
                   [{name: one[name] for name in ("strength", "angle")} for one in STARTS]),
    )  # fmt: skip


def angle_at_elimination() -> tuple[Obligation, ...]:
    """Prove that the invariant puts the misbehavior to zero there."""
    return (
        *invariant(trained_plane),
        vanishes("there the invariant leaves no strength",
                 sympy.expand_log(e.squared_strength(e.angle_at_elimination), force=True)),
        tends("with ever more removal for a turn nothing is turned",
              sympy.sin(e.angle_at_elimination), e.ratio, sympy.oo, sympy.sin(e.angle), "-"),
        formula_is("NumPy equals SymPy", formulas.angle_at_elimination, e.angle_at_elimination, [STARTS[2]]),
    )  # fmt: skip


def raw_residual() -> tuple[Obligation, ...]:
    """Prove that plain gradient descent on m u keeps m sin(phi), in D components, and is that."""
    steps = []
    for count in COMPONENTS:
        y = sympy.symbols(f"y_:{count}", real=True)
        cosine = y[0] / sympy.sqrt(sum(one**2 for one in y))
        kept = misbehavior.variable**2 * (1 - cosine**2)
        drift = {one: seeing(written_out(raw.drift[feature], count, place)) for place, one in enumerate(y)}
        drift[misbehavior.variable] = seeing(written_out(raw.drift[misbehavior], count))
        change = sum(sympy.diff(kept, one) * rate for one, rate in drift.items())
        steps.append(vanishes(f"D = {count}: m sin(phi) stays as it is", change))
    straight = {
        misbehavior.variable: -ease_strength * sympy.cos(phi),
        phi: ease_strength / misbehavior * sympy.sin(phi),
    }
    along, across = misbehavior * sympy.cos(phi), misbehavior * sympy.sin(phi)
    return (
        *steps,
        vanishes("the vector moves along the probe, at ease_strength",
                 sum(sympy.diff(along, one) * rate for one, rate in straight.items()) + ease_strength),
        vanishes("and not across it", sum(sympy.diff(across, one) * rate for one, rate in straight.items())),
        formula_is("NumPy equals SymPy", formulas.raw_residual, e.raw_residual,
                   [{name: one[name] for name in ("strength", "angle")} for one in STARTS]),
    )  # fmt: skip


def punished_strength() -> tuple[Obligation, ...]:
    """Prove that a reward that punishes negative scores makes the misbehavior grow beyond pi/2, without limit."""
    removal = metrics(punished)[0]
    grows = punished.drift[misbehavior].subs(angle.variable, sympy.pi / 2 + phi)
    return (
        *invariant(punished),
        vanishes("beyond pi/2 it grows at K_m sin(phi - pi/2)", grows - removal * sympy.sin(phi)),
        vanishes("it is the same on both sides of pi/2",
                 e.punished_strength.subs(e.turned, sympy.pi - phi) - e.punished_strength.subs(e.turned, phi)),
        Obligation("toward pi it has no limit", sympy.limit(
            sympy.sqrt(e.squared_strength(sympy.pi - phi)).subs({e.strength: 1, e.ratio: 1, e.angle: 1}), phi, 0, "+"
        ) == sympy.oo),
        formula_is("NumPy equals SymPy", formulas.punished_strength, e.punished_strength, PUNISHED),
    )  # fmt: skip


def probe_lifetime() -> tuple[Obligation, ...]:
    """Prove E cos(phi) from the sphere's Laplacian, and that the law's noise is Brownian motion on the sphere."""
    first = sympy.cos(phi)
    density = sympy.sin(phi) ** (e.dim - 2)
    laplacian = sympy.diff(density * sympy.diff(first, phi), phi) / density
    f = sympy.Function("f")(phi)
    radial = e.noise**2 / 2 * sympy.diff(density * sympy.diff(f, phi), phi) / density
    drifting = e.noise**2 / 2 * sympy.diff(f, phi, 2) + (e.dim - 2) / 2 * e.noise**2 * sympy.cot(phi) * sympy.diff(f)
    return (
        vanishes("cos(phi) has the Laplacian -(D - 1) cos(phi) on the sphere", laplacian + (e.dim - 1) * first),
        vanishes("the angle drifts at ((D - 2)/2) sigma^2 cot(phi)", sympy.expand(radial - drifting)),
        *(brownian(trained, count) for count in COMPONENTS),
        vanishes("so its mean decays at (D - 1) sigma^2/2",
                 sympy.diff(e.probe_lifetime, e.time) + (e.dim - 1) * e.noise**2 / 2 * e.probe_lifetime),
        vanishes("from cos(phi_0)", e.probe_lifetime.subs(e.time, 0) - sympy.cos(e.angle)),
        formula_is("NumPy equals SymPy", formulas.probe_lifetime, e.probe_lifetime, FEATURES),
    )  # fmt: skip


def brownian(law: Model, count: int) -> Obligation:
    """Oblige a law's noise, |y| times isotropic, to move cos(phi) as Brownian motion on the sphere does."""
    y = sympy.symbols(f"y_:{count}", real=True)
    size = written_out(law.noise[feature], count)
    cosine = y[0] / sympy.sqrt(sum(one**2 for one in y))
    change = size**2 / 2 * sum(sympy.diff(cosine, one, 2) for one in y)
    return vanishes(f"D = {count}: the law's noise is that", change + (count - 1) * noise**2 / 2 * cosine)

"""Why the held shares are what they are: the law's drift vanishes there, feature by feature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from simulator.calculus import component, expand_components
from simulator.model import Model
from simulator.models.preservation.law import age, freeze_time
from simulator.models.preservation.law import hold as law_hold
from simulator.models.preservation.law import weight_decay as law_decay
from simulator.models.preservation.shares import depth, efficiency, frozen, kept, share, shares
from theory.lemmas import vanishes
from theory.obligation import Obligation
from theory.preservation import expressions as e
from theory.preservation import formulas


def held_shares(law: Model = shares, components: int = 3) -> tuple[Obligation, ...]:
    """Prove that the law stands still at the shares of the formula, and that these are the only ones in balance."""
    rest = 2 * e.weight_decay * e.held_shares * (e.efficiency / e.mean_efficiency - 1)
    together = (e.hold + 2 * e.weight_decay) * e.held_shares - e.hold * e.remembered
    drifts = _drifts(law, components)
    points = [
        ((0.3, 0.3, 0.4), (1.5, 1.0, 0.5), 0.1, 0.05),
        ((0.1, 0.2, 0.7), (0.7, 1.9, 1.2), 2.0, 0.3),
        ((0.5, 0.25, 0.25), (1.0, 1.0, 1.0), 0.4, 0.1),
    ]
    return (
        vanishes(
            "2 lambda p (h/H - 1) = kappa_h (p - m) at the formula",
            rest - e.hold * (e.held_shares - e.remembered),
        ),
        vanishes(
            "summed over features, sum p = 1 makes sum p h = H",
            together - 2 * e.weight_decay * e.held_shares * e.efficiency / e.mean_efficiency,
        ),
        Obligation(
            "sum p falls with H, so the root is the only one",
            bool(sympy.simplify(sympy.diff(e.held_shares, e.mean_efficiency) * (-1) / e.held_shares**2).is_positive),
        ),
        *(
            Obligation("the law stands still there", float(np.max(np.abs(drifts(*point)))) < 1e-12)
            for point in points
        ),
        Obligation("without decay the memory is kept", np.allclose(formulas.held_shares(*points[0][:2], 0.0, 0.1),
                                                                   points[0][0], rtol=1e-12)),
        Obligation("without hold the most efficient feature is left",
                   float(formulas.held_shares(*points[0][:2], 10.0, 1e-6)[0]) > 1.0 - 1e-6),
    )  # fmt: skip


def _drifts(law: Model, components: int) -> Callable[..., list[float]]:
    """Return the law's own drift at the formula's shares, at depth 2 with nothing frozen, as numbers."""
    sizes = {"features": components}
    before = {age.variable: sympy.Integer(-1), freeze_time.variable: sympy.Integer(0), depth.variable: sympy.Integer(2)}
    drift = law.drift[share].xreplace(before).doit()
    written = [expand_components(drift, law.dims, sizes, index) for index in range(components)]

    def at(remembered: Any, efficient: Any, decay: float, held: float) -> list[float]:
        found = formulas.held_shares(remembered, efficient, decay, held)
        values: dict[Any, float] = {law_decay.variable: decay, law_hold.variable: held}
        vectors: dict[Any, Any] = {share: found, kept: remembered, efficiency: efficient, frozen: [0.0] * components}
        for vector, numbers in vectors.items():
            values |= {component(vector.variable, index): numbers[index] for index in range(components)}
        return [float(one.subs(values)) for one in written]

    return at

"""simplification: weight decay where the loss is flat.

Goal features j = 1..m have strengths g_j and efficiencies h_j, the drive that a unit of strength gives: what is simple
to represent has a large h. Training fixes the total drive alone,

    R(g) = -(k/2) (sum over j of h_j g_j - 1)^2,

and which features supply it is free. Each g_j is a product of ``depth`` weights that all decay, which makes the
learner K(g) = L |g|^(2 - 2/L) and the decay of g_j L times that of a weight:

    dg_j/dt = L |g_j|^(2 - 2/L) h_j mu - L weight_decay g_j,    mu = k (1 - sum h g).

That is the law; ``weights`` trains the weights themselves, and ``strings`` is what happens to goals that are texts.

The loss is stiff: it relaxes at the rate k L sum h^2 |g|^(2 - 2/L), against the rate L weight_decay of what it lets
happen. Integrate the law with ``experiment("flow", solver="LSODA")`` (or "Radau"); the stepped level is stable only at
steps below 2 over the fast rate and reports what overflows as diverged. ``held`` is the limit of infinite k, stiff no
more: mu is then what keeps the drive at what it was at the start.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from simulator.declaration import Measure
from simulator.functions import total
from simulator.model import Model, Trait
from simulator.parameter import COUNT, NONNEGATIVE, POSITIVE, SHARE, Parameter, Range

TINY = 1e-300  # what a share of zero counts as in p ln p


def graded(size: int) -> Any:
    """Return efficiencies from 1.5 (the simplest) to 0.5, or 1 for a single feature: their mean is 1."""
    return np.linspace(1.5, 0.5, size) if size > 1 else np.ones(1)


def spread_out(size: int) -> Any:
    """Return equal strengths that together give the graded efficiencies a drive of 1."""
    return np.full(size, 1.0 / size)


strength = Trait("strength", symbol="g", dim="features", meaning="how strongly the goal rests on each feature")

features = Parameter("features", 2, "m", COUNT, meaning="number of features of the goal", integer=True)
efficiency = Parameter("efficiency", graded, "h", POSITIVE, meaning="drive per unit of strength", dim="features")
start = Parameter("start", spread_out, "g_0", NONNEGATIVE, meaning="strengths at the start", dim="features")
base = Parameter("base", spread_out, "b", meaning="the goal that the designers meant", dim="features")
label = Parameter("label", lambda size: np.arange(size), "n", NONNEGATIVE, meaning="number of each feature",
                  dim="features")  # fmt: skip
frozen = Parameter("frozen", 0.0, "f", SHARE, meaning="1 for a feature that stands still, 0 for one that is trained",
                   dim="features")  # fmt: skip
depth = Parameter("depth", 2.0, "L", Range(low=1.0), meaning="number of weights whose product a strength is")
stiffness = Parameter("stiffness", 1000.0, "k", POSITIVE, "1/time", "curvature of the loss in the drive")
weight_decay = Parameter("weight_decay", 0.1, r"\lambda", NONNEGATIVE, "1/time", "decay of every weight")

drive = total(efficiency * strength)
share = efficiency * strength / drive
majority = sympy.Piecewise((1, sympy.Gt(share, sympy.Rational(1, 2))), (0, True))
free = 1 - frozen
metric = depth * sympy.Abs(strength) ** (2 - 2 / depth)


def cosine(left: Any, right: Any) -> Any:
    """Return the cosine of the angle between two vectors."""
    return total(left * right) / sympy.sqrt(total(left**2) * total(right**2))


measures = {
    "share": Measure(share, meaning="share of the drive that each feature supplies"),
    "effective_features": Measure(1 / total(share**2), meaning="features that supply the drive, by participation"),
    "effective_features_entropy": Measure(
        sympy.exp(-total(share * sympy.log(sympy.Max(share, TINY)))),
        meaning="features that supply the drive, by entropy",
    ),
    "weight_cost": Measure(
        weight_decay / 2 * depth * total(sympy.Abs(strength) ** (2 / depth)),
        "1/time",
        "what the weights cost: half of weight decay times their squares, where the weights of a product are equal",
    ),
    "alignment": Measure(cosine(strength, base), meaning="cosine of the goal to the designers' goal"),
    "cosine_to_start": Measure(cosine(strength, strength.initial), meaning="cosine of the goal to its own start"),
    "drive": Measure(drive, meaning="what training fixes"),
    "frozen_share": Measure(total(frozen * share), meaning="share of the drive that frozen features supply"),
    "winner": Measure(
        total((label + 1) * majority) - 1, meaning="number of the feature with most of the drive, -1 if none has"
    ),
}

simplification = Model(
    name="simplification",
    says="Where features share one drive, weight decay leaves those that give most of it for the least weight.",
    traits=(strength,),
    reward=-stiffness / 2 * (drive - 1) ** 2,
    learner={strength: free * metric},
    decay={strength: free * depth * weight_decay},
    initial={strength: start},
    measures=measures,
    parameters=(features, efficiency, start, base, label, frozen, depth, stiffness, weight_decay),
)

# The drive held at what it was: mu = decay's share of it over what a unit of mu gives back.
_held_slope = total(free * depth * weight_decay * efficiency * strength) / total(free * metric * efficiency**2)
held = simplification.replace(
    name="simplification_held",
    says="The drive is held exactly, as by an infinitely stiff loss.",
    reward=0,
    learner={},
    growth={strength: free * metric * efficiency * _held_slope},
    parameters=tuple(one for one in simplification.parameters if one != stiffness),
)

variants = (held,)

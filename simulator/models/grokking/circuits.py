"""Any number of circuits: each carries over to the test examples in a share of its own, none to all of it.

A useless circuit that is more efficient than the general one makes the network grok the wrong thing (misgrokking):
what decides is efficiency, and the test set has no say.
"""

from __future__ import annotations

import sympy

from simulator.declaration import Measure
from simulator.functions import softplus, total
from simulator.model import Model, Trait
from simulator.models.grokking import depth, squared_loss, stiffness, target, trained, weight_decay
from simulator.parameter import COUNT, NONNEGATIVE, POSITIVE, SHARE, Parameter

count = Parameter("circuits", 3, "K", COUNT, meaning="number of circuits", integer=True)
strength = Trait("strength", symbol="g", dim="circuits", meaning="strength of each circuit")
efficiency = Parameter(
    "efficiency", 1.0, "h", POSITIVE, meaning="margin that a unit of each strength buys", dim="circuits"
)
transfer = Parameter(
    "transfer", 0.0, r"\theta", SHARE, meaning="share of each circuit's margin that test examples get", dim="circuits"
)
start = Parameter("start", 0.01, "g_0", NONNEGATIVE, meaning="strength of each circuit at the start", dim="circuits")

_margins = efficiency * strength
_margin = total(_margins)
_MEASURES = {
    "shares": Measure(_margins / _margin, meaning="share of the margin that each circuit carries"),
    "effective_circuits": Measure(
        _margin**2 / total(_margins**2), meaning="how many circuits carry the margin (one over the sum of p^2)"
    ),
    "squared_weights": Measure(
        depth * total(sympy.Abs(strength) ** (2 / depth)), meaning="sum of the squares of all weights"
    ),
}
_PARTS = (_margin, total(transfer * _margins), {strength: start})

circuits = trained(
    "circuits",
    "The most efficient circuit takes the margin over, whatever it is worth on the test examples.",
    *_PARTS,
    (count, efficiency, transfer, start),
    _MEASURES,
)
squared_circuits = trained(
    "circuits_squared",
    "The same on a loss that holds the margin.",
    *_PARTS,
    (count, efficiency, transfer, start, stiffness, target),
    _MEASURES,
    squared_loss,
)

# The same in another coordinate: circuits known by their logits w and by what parameter norm those take,
# w^(1/norm_exponent) P, penalized to a power. Varma et al., arXiv:2309.02390, section 3 and appendix D.
logit = Trait("logit", symbol="w", dim="circuits", meaning="logit that each circuit contributes")
norms = Parameter("norms", 1.0, "P", POSITIVE, meaning="parameter norm of a unit logit, per circuit", dim="circuits")
norm_exponent = Parameter("norm_exponent", 1.2, r"\kappa", POSITIVE, meaning="logit ~ norm^norm_exponent")
penalty_exponent = Parameter("penalty_exponent", 2.0, "q", POSITIVE, meaning="power of the norm that is penalized")
logit_start = Parameter("start", 0.5, "w_0", POSITIVE, meaning="logit of each circuit at the start", dim="circuits")
_penalty = total((sympy.Abs(logit) ** (1 / norm_exponent) * norms) ** penalty_exponent) / penalty_exponent

penalized_circuits = Model(
    name="circuits_penalized",
    says="Circuits share the logits as the penalty on their parameter norms tells them to.",
    traits=(logit,),
    reward=-softplus(-total(logit)) - weight_decay * _penalty,
    learner={logit: 1},
    initial={logit: logit_start},
    measures={
        "logits": Measure(logit.variable, meaning="logit that each circuit contributes"),
        "total_logit": Measure(total(logit), meaning="logit of all circuits together"),
    },
    parameters=(count, norms, norm_exponent, penalty_exponent, logit_start, weight_decay),
)

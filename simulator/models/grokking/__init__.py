"""grokking: two circuits share one loss, and weight decay slowly hands the margin from one to the other.

A circuit i of strength g_i adds h_i g_i to the margin q of the training examples; the memorizing circuit M adds nothing
to that of the test examples, the generalizing circuit G adds all of it. Both are products of L weights, trained by
gradient descent with weight decay lambda on every weight, so that for the strengths

    R = -loss(q),   q = h_M g_M + h_G g_G,   K = L g^(2 - 2/L),   decay = L lambda

with loss(q) = ln(1 + exp(-q)), or (stiffness/2)(q - target)^2. Data wear memorizing down: the more examples, the less
margin a unit of strength buys,

    h_M(D) = memorizing_efficiency (reference_size/data_size)^exponent.

A circuit's efficiency is data of the law here: why one generalizes, and how efficient it is, is not explained.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy

from simulator.declaration import Measure
from simulator.functions import softplus
from simulator.model import Model, Trait
from simulator.parameter import NONNEGATIVE, POSITIVE, Parameter, Range

memorizing = Trait("memorizing", symbol="g_M", meaning="strength of the circuit that memorizes")
generalizing = Trait("generalizing", symbol="g_G", meaning="strength of the circuit that generalizes")

memorizing_efficiency = Parameter(
    "memorizing_efficiency",
    1.0,
    "h_0",
    POSITIVE,
    meaning="margin a unit of memorizing strength buys, of reference data",
)
generalizing_efficiency = Parameter(
    "generalizing_efficiency", 1.5, "h_G", POSITIVE, meaning="margin a unit of generalizing strength buys, of any data"
)
data_size = Parameter("data_size", 1000.0, "D", POSITIVE, "examples", "how many examples there are to memorize")
reference_size = Parameter(
    "reference_size", 1000.0, "D_0", POSITIVE, "examples", "data size at which memorizing_efficiency is stated"
)
exponent = Parameter("exponent", 1.0, r"\gamma", NONNEGATIVE, meaning="how fast data wear memorizing down")
memorizing_start = Parameter(
    "memorizing_start", 0.01, "g_{M,0}", NONNEGATIVE, meaning="memorizing strength at the start"
)
generalizing_start = Parameter(
    "generalizing_start", 1e-4, "g_{G,0}", NONNEGATIVE, meaning="generalizing strength at the start"
)
depth = Parameter("depth", 2.0, "L", Range(low=1.0), meaning="number of weights that a strength is a product of")
weight_scale = Parameter(
    "weight_scale",
    1.0,
    r"\alpha",
    POSITIVE,
    meaning="all weights at the start, relative to those of the given strengths",
)
weight_decay = Parameter("weight_decay", 0.01, r"\lambda", NONNEGATIVE, "1/time", "decay of every weight")
readout_noise = Parameter("readout_noise", 0.3, r"\sigma_r", POSITIVE, meaning="noise on the margin of an answer")
stiffness = Parameter("stiffness", 50.0, "k", POSITIVE, "1/time", "curvature of the squared loss")
target = Parameter("target", 1.0, "s", POSITIVE, meaning="margin that the squared loss wants")

memorizing_now = memorizing_efficiency * (reference_size / data_size) ** exponent


def logistic_loss(margin: Any) -> Any:
    """Return ln(1 + exp(-margin)), which always wants more."""
    return softplus(-margin)


def squared_loss(margin: Any) -> Any:
    """Return (stiffness/2)(margin - target)^2, which wants no more than the target."""
    return stiffness / 2 * (margin - target) ** 2


def accuracy(margin: Any) -> Any:
    """Return Phi(margin/readout_noise): the share of answers that noise on the margin leaves right; 1/2 is chance."""
    return (1 + sympy.erf(margin / (readout_noise * sympy.sqrt(2)))) / 2


def metric(strength: Any) -> Any:
    """Return K = L g^(2 - 2/L) of a product of L equal weights."""
    return depth * sympy.Abs(strength) ** (2 - 2 / depth)


def trained(
    name: str, says: str, margin: Any, test_margin: Any, initial: Mapping[Trait, Any], parameters: Sequence[Parameter],
    measures: Mapping[str, Any], loss: Callable[[Any], Any] = logistic_loss,
) -> Model:  # fmt: skip
    """Return the law of circuits trained on one loss of their common margin, observed by both accuracies and more.

    Parameters
    ----------
    name, says
        Its code name and one sentence.
    margin, test_margin
        Of a training and of a test example, scalar expressions in the strengths.
    initial
        Per circuit (or for the vector of all), the strength at the start.
    parameters
        Those that the margins, the start and the loss take; what every such law has is added.
    measures
        What is observed besides margins, accuracies and the loss.
    loss
        From the margin, the loss.
    """
    common = {
        "train_margin": Measure(margin, meaning="margin of the training examples"),
        "test_margin": Measure(test_margin, meaning="margin of the test examples"),
        "train_accuracy": Measure(accuracy(margin), meaning="share of right answers on the training examples"),
        "test_accuracy": Measure(accuracy(test_margin), meaning="share of right answers on the test examples"),
        "loss": Measure(loss(margin), "nats", "training loss"),
    }
    return Model(
        name=name,
        says=says,
        traits=tuple(initial),
        reward=-loss(margin),
        learner={strength: metric(strength) for strength in initial},
        decay=dict.fromkeys(initial, depth * weight_decay),
        initial=initial,
        measures={**common, **measures},
        parameters=(*parameters, depth, weight_decay, readout_noise),
    )


def two_circuits(name: str, says: str, loss: Callable[[Any], Any], parameters: Sequence[Parameter] = ()) -> Model:
    """Return the law of a memorizing and a generalizing circuit on a loss, which may have parameters of its own."""
    margins = memorizing_now * memorizing, generalizing_efficiency * generalizing
    margin = sum(margins)
    q = sympy.Symbol("q", real=True)
    pull = -loss(q).diff(q).subs(q, margin)
    measures = {
        "memorizing_share": Measure(margins[0] / margin, meaning="share of the margin that is memorized"),
        "generalizing_share": Measure(margins[1] / margin, meaning="share of the margin that generalizes"),
        "generalizing_gradient": Measure(
            generalizing_efficiency * pull, "1/strength", "loss gradient on the generalizing circuit, downhill"
        ),
        "memorizing_gradient": Measure(
            memorizing_now * pull, "1/strength", "loss gradient on the memorizing circuit, downhill"
        ),
        "generalizing_growth": Measure(
            metric(generalizing) / generalizing * generalizing_efficiency * pull - depth * weight_decay,
            "1/time", "net growth rate of the generalizing circuit",
        ),
        "squared_weights": Measure(
            depth * (sympy.Abs(memorizing) ** (2 / depth) + sympy.Abs(generalizing) ** (2 / depth)),
            meaning="sum of the squares of all weights",
        ),
    }  # fmt: skip
    begun = weight_scale**depth
    return trained(
        name, says, margin, margins[1],
        {memorizing: memorizing_start * begun, generalizing: generalizing_start * begun},
        (
            memorizing_efficiency, generalizing_efficiency, data_size, reference_size, exponent, memorizing_start,
            generalizing_start, weight_scale, *parameters,
        ),
        measures, loss,
    )  # fmt: skip


grokking = two_circuits(
    "grokking",
    "Weight decay slowly hands the margin from the circuit that is learned first to the one that is more efficient.",
    logistic_loss,
)
squared = two_circuits(
    "grokking_squared",
    "A loss that wants no more than a target holds the margin, while weight decay hands it to the efficient circuit.",
    squared_loss,
    (stiffness, target),
)


def until_crossing(law: Model) -> Model:
    """Return a law of two circuits that stops when the generalizing one carries as much of the margin as the other."""
    return law.replace(absorb={"crossing": memorizing_now * memorizing - generalizing_efficiency * generalizing})

"""A strength that is held while its weights are noisy: noise through a metric that depends on the state.

A strength g = w^2/2 of a weight w has the metric K = (dg/dw)^2 = 2 g. Noise on the weight, dw = ... + noise dW, is
noise sqrt(K) dW on the strength, and in Ito's sense a drift besides, (1/4) K'(g) noise^2 = noise^2/2:

    dg = [-2 weight_decay g - hold (g - m) + noise^2/2] dt + noise sqrt(2 g) dW

``strength`` is this law; ``weight`` is the same of the weight itself, whose noise depends on nothing:

    dw = [-weight_decay w - hold (w/2 - m/w)] dt + noise dW.

Valid for hold m well above noise^2, where the weight stays away from 0. Without the last term of the first equation
it would be that law in Stratonovich's sense, read wrongly in Ito's.
"""

from __future__ import annotations

import sympy

from simulator.declaration import Measure
from simulator.model import Model, Trait
from simulator.models.preservation.law import hold, noise, weight_decay
from simulator.parameter import POSITIVE, Parameter

held_at = Parameter("remembered_strength", 1.0, "m", POSITIVE, meaning="the strength as it is remembered")
held_strength = Trait("strength", symbol="g", meaning="half the square of a weight")
held_weight = Trait("weight", symbol="w", meaning="the weight")

metric = 2 * sympy.Abs(held_strength)  # a step of the integrator may leave it below 0
ito = noise**2 * sympy.diff(2 * held_strength.variable, held_strength.variable) / 4

strength = Model(
    name="preservation_strength",
    says="Noise on the weights of a strength that is held moves it up, though nothing pulls it there.",
    traits=(held_strength,),
    reward=0,
    growth={held_strength: -hold * (held_strength - held_at) + ito},
    decay={held_strength: 2 * weight_decay},
    noise={held_strength: noise * sympy.sqrt(metric)},
    initial={held_strength: held_at},
    measures={"held": Measure(held_strength, meaning="the strength")},
    parameters=(held_at, weight_decay, noise, hold),
)
weight = strength.replace(
    name="preservation_weight",
    says="The same strength by its weight, whose noise depends on nothing.",
    traits=(held_weight,),
    growth={held_weight: -hold * (held_weight / 2 - held_at / held_weight)},
    decay={held_weight: weight_decay},
    noise={held_weight: noise},
    initial={held_weight: sympy.sqrt(2 * held_at)},
    measures={"held": Measure(held_weight**2 / 2, meaning="the strength")},
)

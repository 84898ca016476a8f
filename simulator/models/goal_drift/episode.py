"""What behavior shows of a goal: episodes of an agent, played for reward's sake or not, watched with noise."""

from __future__ import annotations

from typing import Any

import sympy

from simulator.declaration import Measure
from simulator.distribution import Normal, Uniform
from simulator.functions import total
from simulator.model import Model, Trait
from simulator.models.goal_drift import base, gate, goal
from simulator.parameter import POSITIVE, Parameter

coin = Trait("coin", symbol="u", meaning="chance by which an episode is played: if it is below the gate")
blur = Trait("blur", symbol=r"\epsilon", meaning="error of the observer")
observation_noise = Parameter(
    "observation_noise", 1.0, r"\sigma_o", POSITIVE, meaning="standard deviation of the observer's error"
)


def watched(law: Model, share: Any = gate) -> Model:
    """Return a law whose agents each act one episode under the eyes of an observer.

    A coin decides whether the agent plays for reward's sake; if so the observer, who knows it, sees nothing of the
    goal, and the measures ``signal`` (the goal along b, what the observer asks for) and ``observation`` (the same,
    blurred: what an agent that acts on its goal shows) do not apply.

    Parameters
    ----------
    law
        A law with the traits and parameters of ``goal_drift``.
    share
        Its gate.
    """
    signal = total(goal * base) / sympy.sqrt(total(base**2))

    def if_acted(shown: Any) -> Any:
        return sympy.Piecewise((shown, sympy.Gt(coin.variable, share)), (sympy.nan, True))

    return law.replace(
        traits=(*law.traits, coin, blur),
        initial={**law.initial, coin: Uniform(0.0, 1.0), blur: Normal(0.0, observation_noise)},
        parameters=(*law.parameters, observation_noise),
        measures={
            "signal": Measure(if_acted(signal), meaning="the goal along a feature, where it is acted on"),
            "observation": Measure(if_acted(signal + blur), meaning="what is seen of it"),
        },
    )

"""What the law's own measures do not show, added to a law: the open time, the relative gradient, who chose the goal."""

from __future__ import annotations

from simulator.declaration import Measure
from simulator.functions import total
from simulator.model import Model, Trait
from simulator.models.goal_drift import base, gate, goal, pull

clock = Trait("open_time", symbol="I", unit="time", meaning="how long the gate has stood open")


def with_clock(law: Model) -> Model:
    """Return the law with a clock that runs while the gate is open."""
    return law.replace(
        traits=(*law.traits, clock), growth={**law.growth, clock: 1 - gate}, initial={**law.initial, clock: 0}
    )


def with_relative_gradient(law: Model, beside: tuple[str, ...] = ()) -> Model:
    """Return the law observed by the gradient toward b, relative to an ungated start's, and some of its measures."""
    way = base - goal.initial
    toward = total(law.gradient(law.reward, goal) * way) / (pull * total(way**2))
    gradient = Measure(toward, meaning="gradient toward the designers' goal, relative to an ungated start's")
    return law.replace(measures={"relative_gradient": gradient} | {name: law.measures[name] for name in beside})


def with_causes(law: Model) -> Model:
    """Return the law observed by its goal, the designers' goal and the start, each summed over the components.

    In one dimension these are the goal and what it may have come from.
    """
    causes = {"goal_now": goal.variable, "designers_goal": base.variable, "goal_at_start": goal.initial}
    words = ("the goal", "the goal that the designers chose", "the goal that the seed chose at the start")
    return law.replace(
        measures={
            name: Measure(total(cause), meaning=meaning)
            for (name, cause), meaning in zip(causes.items(), words, strict=True)
        }
    )

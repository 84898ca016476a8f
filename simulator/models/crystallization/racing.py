"""The race between routes: scalar distances, of which the first to reach zero ends it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import sympy

from simulator.declaration import Measure
from simulator.model import Model, Trait
from simulator.parameter import NONNEGATIVE, POSITIVE, Parameter

MOST_ROUTES = 12
misalignment = Trait("misalignment", symbol="x", meaning="distance of the goal to the designers' goal")
honesty = Trait("honesty", symbol="y", meaning="how much of the goal still shows: one less awareness")
pointer_error = Trait("pointer_error", symbol="v", meaning="one less the quality of the pointer to the designers' goal")
description_cost = Parameter(
    "description_cost", 0.0, r"\delta", NONNEGATIVE, "reward", "price of a unit of closeness to the designers' goal"
)
stillness = Parameter(
    "stillness", 1e-3, r"\epsilon", POSITIVE, "1/time", "speed of the goal below which it has crystallized"
)


@dataclass(frozen=True)
class Route:
    """A way for misalignment to stop costing reward.

    Parameters
    ----------
    name
        Of the route, as in the measure ``route_NAME``.
    distance
        The trait that reaches zero where the route ends.
    """

    name: str
    distance: Trait

    @property
    def start(self) -> Parameter:
        """The distance at the start, >= 0; default 1."""
        symbol = f"{self.distance.symbol}(0)"
        return Parameter(f"{self.distance.name}_start", 1.0, symbol, NONNEGATIVE, meaning="distance at the start")

    @property
    def ease(self) -> Parameter:
        """How cheaply training moves it, >= 0; default 1."""
        symbol = rf"\eta_{{{self.distance.symbol}}}"
        return Parameter(f"{self.distance.name}_ease", 1.0, symbol, NONNEGATIVE, "1/time", "how cheaply it moves")

    @property
    def noise(self) -> Parameter:
        """The gradient noise on it, >= 0; default 0."""
        symbol = rf"\sigma_{{{self.distance.symbol}}}"
        return Parameter(
            f"{self.distance.name}_noise", 0.0, symbol, NONNEGATIVE, "1/sqrt(time)", "gradient noise on the distance"
        )


def routes(number: int) -> tuple[Route, ...]:
    """Return the first routes: internalization, deception, corrigibility, and then nameless ones.

    Raises ValueError, in one line, for fewer than two or more than ``MOST_ROUTES``.
    """
    if not 2 <= number <= MOST_ROUTES:
        raise ValueError(f"routes: got {number}; must be from 2 to {MOST_ROUTES} for a race; pass for example 3")
    named = (
        Route("internalization", misalignment), Route("deception", honesty), Route("corrigibility", pointer_error)
    )  # fmt: skip
    others = (Trait(f"distance_{n}", symbol=f"x_{n}", meaning="distance on a further route") for n in range(4, 20))
    return (*named, *(Route(f"other_{one.name[9:]}", one) for one in others))[:number]


@cache
def race(number: int = 2) -> Model:
    """Return the race of a number of routes.

    Parameters
    ----------
    number
        How many routes there are, from 2 to ``MOST_ROUTES``; each has the parameters DISTANCE_start, DISTANCE_ease and
        DISTANCE_noise, DISTANCE being the name of its trait.

    Raises ValueError, in one line, for another number.
    """
    ways = routes(number)
    distances = [way.distance for way in ways]
    cost = sympy.prod([one.variable for one in distances])
    speed = sympy.Abs(misalignment_ease * (sympy.diff(-cost, misalignment.variable) + description_cost))
    return Model(
        name="crystallization" if number == 2 else f"crystallization_{number}_routes",
        says="Misalignment stops costing reward where the first of several distances reaches zero.",
        traits=tuple(distances),
        reward=1 - cost + description_cost * misalignment,
        learner={way.distance: way.ease for way in ways},
        noise={way.distance: way.noise for way in ways},
        initial={way.distance: way.start for way in ways},
        absorb={way.name: way.distance for way in ways},
        measures={
            **{one.name: Measure(one.variable, one.unit, one.meaning) for one in distances},
            "goal_speed": Measure(speed, "1/time", "speed at which selection moves the goal"),
            "crystallized": Measure(
                sympy.Piecewise((1, speed < stillness), (0, True)), meaning="whether the goal is as good as still"
            ),
        },
        parameters=(
            *(parameter for way in ways for parameter in (way.start, way.ease, way.noise)),
            description_cost, stillness,
        ),
    )  # fmt: skip


misalignment_ease = routes(2)[0].ease

"""What is predicted of goals that rest on interactions of components, some of which are replaced."""

from __future__ import annotations

from typing import Any

from simulator.models.succession.replacement import replacing
from theory.prediction import Point, Prediction
from theory.region import Interval, Region
from theory.succession import formulas
from theory.succession.predicted.declared import declared

FEWEST = 0.1
VALID = Region(
    {
        "components": Interval(4, 24, integer=True),
        "replaced": Interval(1, 16, integer=True),
        "order": Interval(1, 5, integer=True),
    },
    lambda **point: (
        point["replaced"] + point["order"] <= point["components"] and formulas.surviving_interactions(**point) >= FEWEST
    ),
    f"a share of {FEWEST} or more survives",
)


def of_interactions() -> tuple[Prediction, ...]:
    """Return what survives of interactions and of goals, whichever components are replaced."""
    return (
        declared(
            "surviving_interactions",
            "An interaction survives if none of its components is replaced: less likely, the more of them there are.",
            VALID,
            replacing("random"),
            measure="surviving",
            setting=_many,
            scale=1.0,
        ),
        declared(
            "surviving_goal",
            "And a goal that rests on interactions survives as they do, over situations at random.",
            VALID,
            replacing("random"),
            measure="goal_retention",
            setting=_many,
            about="surviving_interactions",
            scale=1.0,
        ),
        declared(
            "kept_for_relevance",
            "Keeping the components most relevant to capability saves no more of a goal that does not rest on those.",
            VALID,
            replacing("relevance"),
            measure="surviving",
            setting=_many,
            about="surviving_interactions",
            scale=1.0,
        ),
    )


def _many(**point: Any) -> Point:
    return {**point, "interactions": 8}

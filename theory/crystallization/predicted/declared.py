"""What the predictions of crystallization share: points of races by route, and margins of integration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from simulator.declaration import Measure
from simulator.model import Model
from simulator.models.crystallization import routes
from simulator.models.crystallization.racing import honesty, misalignment
from theory.crystallization import expressions as e
from theory.crystallization import formulas, proofs
from theory.declared import Declaring
from theory.prediction import Margin

TOLERANCE = 1e-6  # of the flow's integrator: its steps are good to 1e-10, and errors add up along a run


def point_of(start: Sequence[float], ease: Sequence[float], noise: Sequence[float] = ()) -> dict[str, float]:
    """Return starts, eases and noises, one a route, as the race's own parameters."""
    ways = routes(len(start))
    parts = [(way.start.name, value) for way, value in zip(ways, start, strict=True)]
    parts += [(way.ease.name, value) for way, value in zip(ways, ease, strict=True)]
    parts += [(way.noise.name, value) for way, value in zip(ways, noise, strict=True)] if len(noise) else []
    return dict(parts)


def integrated(formula: Callable[..., Any], least: float = 0.0) -> Margin:
    """Return the margin of an exact formula against a path integrated to a tolerance, at least a number."""
    return Margin("the integrator's tolerance, 1e-6 of the value",
                  lambda **point: TOLERANCE * np.maximum(np.abs(formula(**point)), least))  # fmt: skip


def with_side(law: Model) -> Model:
    """Return a law observed by which is larger, misalignment (then honesty was lost) or honesty."""
    apart = law.measures["misalignment"].expression - honesty.variable
    return law.replace(measures={"side": Measure(apart, meaning="misalignment less honesty")})


declared = Declaring("crystallization", formulas, e, proofs)

__all__ = ["TOLERANCE", "declared", "integrated", "misalignment", "point_of", "with_side"]

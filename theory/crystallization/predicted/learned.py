"""What is predicted of a goal of any dimension beside a learned honesty: what stays, in which metric, and after it."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.model import Model
from theory.crystallization import formulas
from theory.crystallization.predicted.declared import declared, integrated, with_side
from theory.prediction import Margin, Point, Prediction
from theory.probed import flip
from theory.region import Interval, Region

DIMENSION = 3
BRACKET, HALVINGS = (1.04, 1.06), 5
SEARCHED = np.log(BRACKET[0] * BRACKET[1]) / 2 ** (HALVINGS + 1)
BOX = {
    "distance": Interval(0.5, 2.0),
    "honesty": Interval(0.3, 1.0),
    "goal_ease": Interval(0.5, 2.0, log=True),
    "honesty_ease": Interval(0.5, 4.0, log=True),
}
PATIENCE = 3000.0  # near the separatrix both distances fall as one over time


def of_learned_honesty(law: Model, gated: Model) -> tuple[Prediction, ...]:
    """Return what is left of misalignment where honesty is learned, and what then becomes of the goal."""
    seen = law.experiment("flow", measures=("misalignment",))
    side = with_side(law).experiment("flow", measures=("side",), solver="LSODA")
    return (
        declared(
            "base_residual",
            "Honesty pays for a fixed amount of squared misalignment; what is beyond is locked in, in any dimension.",
            experiment=seen, measure="misalignment", setting=_placed, scale=1.0,
            valid=Region({**BOX, "exponent": Interval(0.0, 1.2)}, _apart, "10 % from the separatrix"),
            margin=Margin("what is still being learned at the end, and the integrator", lambda **point: 2e-4),
        ),
        declared(
            "priced_residual",
            "If honesty itself has a price, something is always locked in; if closeness decided, nothing might be.",
            formula=formulas.base_residual, expression=None, proof=_proofs("base_residual"),
            experiment=seen, measure="misalignment", setting=_placed, scale=1.0,
            valid=Region({**BOX, "exponent": Interval(0.0, 0.9), "honesty_cost": Interval(0.05, 1.0, log=True)}),
            margin=integrated(formulas.base_residual, 1.0),
        ),
        declared(
            "critical_honesty_ease",
            "Deception wins above an ease of honesty that grows without end as the metric's exponent nears two.",
            experiment=flip(side, "side", "honesty_ease", HALVINGS), measure="flip", setting=_searched,
            valid=Region({"distance": BOX["distance"], "honesty": BOX["honesty"], "goal_ease": BOX["goal_ease"],
                          "exponent": Interval(0.0, 0.5)}),
            margin=Margin("half of the last bracket of the search",
                          lambda **point: SEARCHED * formulas.critical_honesty_ease(**point)),
        ),
        declared(
            "lock_time",
            "Where deception wins, honesty is gone after a finite time.",
            experiment=law.experiment("flow", measures=()), measure="stopping_time", setting=_placed,
            valid=Region({**BOX, "pull": Interval(0.5, 2.0)}, _locks, "deception wins, 10 % from the separatrix"),
            margin=integrated(formulas.lock_time),
        ),
        declared(
            "locked_displacement",
            "A crystallized goal is locked but for noise and the decay of its weights.",
            experiment=gated.experiment(method="stepped", measures=("squared_displacement",), steps=2),
            measure="squared_displacement", setting=_shut,
            valid=Region({"start_norm": Interval(0.5, 2.0), "dim": Interval(2, 6, integer=True),
                          "weight_decay": Interval(0.01, 0.5, log=True), "noise": Interval(0.05, 0.5),
                          "time": Interval(1.0, 5.0)}),
        ),
        declared(
            "mean_learning",
            "Noise on honesty does not change how honest agents are on average, whatever the metric it goes through.",
            experiment=law.experiment(method="stepped", measures=("log_residual",), steps=16), measure="log_residual",
            setting=_by_noise,
            valid=Region({"pull": Interval(0.5, 2.0), "goal_ease": Interval(0.5, 2.0),
                          "honesty_start": Interval(0.3, 0.8), "time": Interval(1.5, 2.5)}),
        ),
    )  # fmt: skip


NOISE, BENT = 0.3, 1.8  # of honesty, and the exponent of its metric, where nothing but noise moves it


def _proofs(name: str) -> Any:
    from theory.crystallization import proofs

    return getattr(proofs, name)


def _placed(
    distance: float, honesty: float, goal_ease: float, honesty_ease: float, exponent: float = 0.0,
    honesty_cost: float = 0.0, pull: float = 1.0,
) -> Point:  # fmt: skip
    """A goal at a distance from the designers', aslant, in three dimensions."""
    base = np.array([0.3, -0.2, 0.4])
    return {
        "dim": DIMENSION, "base": base, "start": base + distance * np.array([2.0, -1.0, 2.0]) / 3.0, "pull": pull,
        "goal_ease": goal_ease, "honesty_start": honesty, "honesty_ease": honesty_ease, "exponent": exponent,
        "honesty_cost": honesty_cost, "time": 300.0,
    }  # fmt: skip


def _apart(distance: float, **point: Any) -> bool:
    budget = formulas.openness_budget(**point)
    return bool(abs(distance**2 - budget) > 0.1 * distance**2)


def _locks(distance: float, pull: float, **point: Any) -> bool:
    del pull
    return bool(formulas.openness_budget(**point, exponent=0.0) < 0.9 * distance**2)


def _searched(distance: float, honesty: float, goal_ease: float, exponent: float) -> Point:
    middle = float(formulas.critical_honesty_ease(distance, honesty, goal_ease, exponent))
    point = _placed(distance, honesty, goal_ease, 1.0, exponent)
    return {
        **{name: value for name, value in point.items() if name != "honesty_ease"},
        "lowest": middle / BRACKET[0], "highest": middle * BRACKET[1], "time": PATIENCE,
    }  # fmt: skip


def _shut(start_norm: float, dim: int, **point: float) -> Point:
    return {
        **point, "dim": dim, "start": start_norm * np.ones(dim) / np.sqrt(dim), "initial_skill": 10.0,
        "threshold": 0.0, "width": 0.1, "skill_ease": 0.0,
    }  # fmt: skip


def _by_noise(**point: float) -> Point:
    return {**point, "dim": 1, "base": [0.0], "start": [1.0], "honesty_ease": 0.0, "honesty_noise": NOISE,
            "exponent": BENT}  # fmt: skip

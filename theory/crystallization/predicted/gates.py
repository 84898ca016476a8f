"""What is predicted of awareness behind logistic gates: what is conserved, and how long gates stand open."""

from __future__ import annotations

from functools import partial
from typing import Any

from simulator.declaration import Measure
from simulator.functions import total
from simulator.model import Model, Trait
from simulator.models.crystallization.gates import openness, prerequisites, skill, skill_ease, threshold, width
from simulator.models.crystallization.learned import distance, goal_ease
from theory.crystallization import expressions as e
from theory.crystallization import formulas
from theory.crystallization.predicted.declared import declared, integrated
from theory.prediction import Point, Prediction
from theory.region import Interval, Region, Several

clock = Trait("open_time", symbol="I", unit="time", meaning="how long the gates have stood open")
GATES = 3
GROWING = {
    "width": Interval(0.1, 0.4),
    "growth": Interval(0.3, 1.5, log=True),
    "threshold": Interval(0.5, 1.5),
    "initial_capability": Interval(-0.5, 1.0),
}


def of_gates(law: Model) -> tuple[Prediction, ...]:
    """Return what is predicted where awareness is learned, or grows, through gates."""
    timed = with_clock(law).experiment("flow", measures=("open_time",))
    gate_box = {
        "skill": Interval(0.0, 1.5), "distance": Interval(0.5, 2.0), "threshold": Interval(0.5, 1.5),
        "width": Interval(0.2, 0.5), "goal_ease": Interval(0.5, 2.0), "skill_ease": Interval(0.3, 2.0),
    }  # fmt: skip
    return (
        *(
            declared(
                "gate_invariant" if number == 1 else f"gate_invariant_{number}",
                "Learned through a logistic gate, awareness and misalignment trade off along one curve, "
                "which ends at no misalignment." if number == 1
                else "The same with three prerequisites, all of them learned.",
                formula=partial(formulas.gate_invariant, prerequisites=number),
                expression=e.gate_invariant(1) if number == 1 else None, proof=_proof("gate_invariant"),
                experiment=with_invariant(law, number).experiment("flow", measures=("invariant",)),
                measure="invariant", setting=partial(_learning, number), valid=Region(gate_box, _near, "skill above "
                "threshold - width"),
                margin=integrated(partial(formulas.gate_invariant, prerequisites=number), 1.0), scale=1.0,
            )
            for number in (1, GATES)
        ),
        declared(
            "prerequisites",
            "A product of equal gates stands open longer than one, by a harmonic sum of their passage.",
            expression=e.prerequisites(2), experiment=timed, measure="open_time", setting=_equal,
            valid=Region({**GROWING, "gates": Interval(1, 5, integer=True), "time": Interval(0.5, 8.0)}),
            margin=integrated(formulas.prerequisites),
        ),
        declared(
            "unequal_prerequisites",
            "A product of gates locks with the last of them.",
            experiment=timed, measure="open_time", setting=_unequal,
            valid=Region({"width": Interval(0.1, 0.4), "growth": Several(Interval(0.3, 1.5, log=True), GATES),
                          "threshold": Several(Interval(0.3, 2.0), GATES),
                          "initial_capability": Several(Interval(-0.5, 0.5), GATES), "time": Interval(0.5, 8.0)}),
            margin=integrated(formulas.unequal_prerequisites),
        ),
        declared(
            "grown_residual",
            "Growth locks in misalignment, the more the faster it shuts the gates.",
            expression=None, experiment=law.experiment("flow", measures=("residual",)), measure="residual",
            setting=_equal, scale=1.0,
            valid=Region({**GROWING, "pull": Interval(0.3, 1.5), "goal_ease": Interval(0.3, 1.5),
                          "gates": Interval(1, 5, integer=True)}),
            margin=integrated(formulas.grown_residual, 1.0),
        ),
    )  # fmt: skip


def with_clock(law: Model) -> Model:
    """Return the law with a clock that runs while the gates are open."""
    return law.replace(
        traits=(*law.traits, clock), growth={**law.growth, clock: openness}, initial={**law.initial, clock: 0},
        measures={"open_time": Measure(clock.variable, clock.unit, clock.meaning)},
    )  # fmt: skip


def with_invariant(law: Model, number: int) -> Model:
    """Return the law observed by what it should conserve behind a number of equal gates."""
    potential = e.gate_potential(number).xreplace(
        {e.skill: skill.variable, e.threshold: threshold.variable, e.width: width.variable}
    )
    whole = distance + 4 * goal_ease * width**2 / skill_ease * total(potential) / prerequisites
    return law.replace(measures={"invariant": Measure(whole, meaning="squared distance and what the gates add to it")})


def _proof(name: str) -> Any:
    from theory.crystallization import proofs

    return getattr(proofs, name)


def _near(skill: float, threshold: float, width: float, **_: float) -> bool:
    return skill > threshold - width


def _learning(number: int, skill: float, distance: float, threshold: float, **point: float) -> Point:
    return {**point, "prerequisites": number, "initial_skill": skill, "threshold": threshold, "dim": 2,
            "base": [0.0, 0.0], "start": [0.6 * distance, -0.8 * distance], "time": 3.0}  # fmt: skip


def _equal(gates: int, initial_capability: float, time: float = 60.0, **point: float) -> Point:
    return {**point, "prerequisites": gates, "initial_skill": initial_capability, "skill_ease": 0.0, "dim": 1,
            "base": [0.0], "start": [1.0], "time": time}  # fmt: skip


def _unequal(initial_capability: Any, **point: Any) -> Point:
    return {**point, "prerequisites": GATES, "initial_skill": initial_capability, "skill_ease": 0.0, "dim": 1,
            "base": [0.0], "start": [1.0]}  # fmt: skip

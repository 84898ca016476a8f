"""What is predicted of goals in a population that reproduces by reward: drift, and the balance with mutation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import Normal
from simulator.experiment import Experiment, Observable, Samples
from simulator.model import Model
from simulator.models.goal_drift import goal, start
from simulator.parameter import NONNEGATIVE, Parameter
from theory.goal_drift import formulas
from theory.goal_drift.predicted.declared import SHUT, declared
from theory.prediction import Margin, Point, Prediction
from theory.region import Interval, Region

OPEN = {"threshold": 10.0, "width": 0.1, "initial_capability": 0.0, "growth": 0.0}  # a = exp(-100)
COMPONENTS = 16  # that drift together: each is as good a witness of neutral drift as another replicate
DRIFT = 2  # generations over which the drift is measured
founder_spread = Parameter("founder_spread", 0.0, "s_0", NONNEGATIVE, meaning="spread of each goal among the founders")

NEUTRAL_BOX = {
    "mutation_variance": Interval(0.1, 1.0, log=True),
    "population": Interval(2, 8, integer=True),
    "time": Interval(1, 3, integer=True),
}
SELECTED_BOX = {
    "strength": Interval(0.5, 2.0, log=True),
    "curvature": Interval(0.5, 2.0, log=True),
    "mutation_variance": Interval(0.3, 2.0, log=True),
    "population": Interval(600, 800, integer=True),
}
_CLOSED = Margin("0.45/(N sqrt(s h v)) of the value, as mapped by simulation", lambda **point: _closure_margin(**point))
_SAMPLED = Margin(
    "1.5 times the leading term of what N parents respond less", lambda **point: 1.5 * formulas.sampling_bias(**point)
)
_ROUNDED = Margin("rounding, 1e-12", lambda **point: 1e-12)

Reading = Callable[[Samples], NDArray[Any]]


def of_populations(law: Model) -> tuple[Prediction, ...]:
    """Return how goals drift in populations that nothing selects, and where selection and mutation balance."""
    founded = with_founders(law)
    return (*_of_neutral_goals(founded), *_of_selected_goals(founded))


def with_founders(law: Model) -> Model:
    """Return the law with founders whose goals are normal around the start."""
    return law.replace(
        initial={**law.initial, goal: Normal(start, founder_spread)}, parameters=(*law.parameters, founder_spread)
    )


def reread(experiment: Experiment, readings: Mapping[str, Reading]) -> Experiment:
    """Return an experiment observed by numbers made from its measures, one a replicate."""

    def sample(resolved: Any, replicates: int, generator: np.random.Generator) -> Samples:
        samples = experiment.sample(resolved, replicates, generator)
        made = {name: reading(samples) for name, reading in readings.items()}
        return made | {"diverged": np.asarray(samples.get("diverged", np.zeros(replicates, dtype=bool)))}

    described = {name: Observable() for name in readings}
    identity = {**experiment.identity, "readings": tuple(readings)}
    return experiment.replace(measures=described, sample=sample, identity=identity, coordinates={}, states=None)


def populations(law: Model, measures: tuple[str, ...], times: tuple[float, ...] | None = None) -> Experiment:
    """Return a law as populations, with some of their measures observed."""
    made: Experiment = law.experiment("population", measures=measures, times=times)
    return made


def _of_neutral_goals(law: Model) -> tuple[Prediction, ...]:
    within = reread(populations(law, ("goal_variance",)), {"within": lambda found: found["goal_variance"].mean(axis=1)})
    # Without selection a mean goal moves by chance alone: the mean of its square is its variance across populations.
    across = reread(populations(law, ("goal",)), {"across": lambda found: np.square(found["goal"]).mean(axis=1)})
    moved = reread(populations(law, ("goal",), (0.0, float(DRIFT))), {"rate": _drift_rate})
    started = {**NEUTRAL_BOX, "start_variance": Interval(0.1, 2.0, log=True)}
    return (
        declared(
            "within_variance",
            "Where reward is blind to goals, their variance within a population goes to N times what mutation adds.",
            Region(started),
            within,
            _neutral,
        ),
        declared(
            "variance_of_mean",
            "Where reward is blind to goals, the mean goals of populations part, as fast as parents are drawn.",
            Region(started),
            across,
            _neutral,
        ),
        declared(
            "neutral_divergence_rate",
            "In the end mean goals drift at the rate of mutation, however many individuals there are.",
            Region({name: NEUTRAL_BOX[name] for name in ("mutation_variance", "population")}),
            moved,
            lambda mutation_variance, population: {
                name: value
                for name, value in _neutral(population * mutation_variance, mutation_variance, population, 1).items()
                if name != "time"
            },
        ),
    )


def _drift_rate(found: Samples) -> NDArray[Any]:
    goals = found["goal"]
    return np.asarray(np.square(goals[:, 1] - goals[:, 0]).mean(axis=1) / DRIFT)


def _neutral(start_variance: float, mutation_variance: float, population: int, time: int) -> Point:
    """Capable individuals: the gate is shut, and reward is blind to the goal."""
    drifting = {"start": 0.0, "dim": COMPONENTS, "noise": np.sqrt(mutation_variance)}
    return {**SHUT, "growth": 0.0, **drifting, "founder_spread": np.sqrt(start_variance), "population": population,
            "time": time}  # fmt: skip


def _of_selected_goals(law: Model) -> tuple[Prediction, ...]:
    within = reread(populations(law, ("goal_variance",)), {"within": lambda found: found["goal_variance"][:, 0]})
    change = reread(populations(law, ("goal_change",)), {"change": lambda found: found["goal_change"][:, 0]})
    price = reread(
        populations(law, ("goal", "goal_differential", "goal_transmission"), (2.0, 3.0)), {"residual": _price_residual}
    )
    return (
        declared(
            "mutation_selection_variance",
            "Selection and mutation balance at a variance of goals, which grows without bound as the gate shuts.",
            Region(SELECTED_BOX, _near_closed, "s h v in [0.5, 2]"),
            within,
            _at_balance,
        ).replace(margin=_CLOSED),
        declared(
            "selected_variance",
            "The variance of goals approaches the balance of selection and mutation from any start.",
            Region({**SELECTED_BOX, "start_variance": Interval(0.0, 1.0), "time": Interval(1, 3, integer=True)},
                   _near_closed, "s h v in [0.5, 2]"),
            within,
            _selected,
        ).replace(margin=_CLOSED),
        declared(
            "selection_response",
            "The mean goal moves by strength times its variance after selection times the gradient: K is a covariance.",
            Region({"strength": Interval(0.5, 1.5, log=True), "curvature": Interval(0.5, 1.0, log=True),
                    "variance": Interval(0.5, 1.0, log=True), "distance": Interval(1.0, 1.5)}),
            change,
            _responding,
        ).replace(margin=Margin(_SAMPLED.says, lambda **point: _SAMPLED.bound(**point, population=RESPONDING))),
        declared(
            "price_identity",
            "Selection and mutation account for all of the change of a mean goal, in every population, to rounding.",
            Region({"strength": Interval(0.1, 3.0), "curvature": Interval(0.1, 2.0),
                    "mutation_variance": Interval(0.1, 1.0), "population": Interval(2, 20, integer=True)}),
            price,
            lambda **point: {name: value for name, value in _selected(**point, start_variance=1.0, time=1).items()
                             if name != "time"},
            scale=1.0,
        ).replace(margin=_ROUNDED),
    )  # fmt: skip


RESPONDING = 1600  # individuals, of whom the mean responds as that of infinitely many but for the margin
SETTLED = 3  # generations at a balance, each of which keeps at most a quarter of what is away from it


def _closure_margin(population: float, **point: float) -> Any:
    given = {name: point[name] for name in ("strength", "curvature", "mutation_variance")}
    formula = formulas.selected_variance if "time" in point else formulas.mutation_selection_variance
    return formulas.closure_error(**given, population=population) * formula(**point, population=population)


def _near_closed(strength: float, curvature: float, mutation_variance: float, **_: float) -> bool:
    return 0.5 <= strength * curvature * mutation_variance <= 2.0


def _selected(
    strength: float, curvature: float, mutation_variance: float, start_variance: float, time: int, population: int
) -> Point:
    """Incapable individuals: the gate is open, and the pull is the curvature of the reward in the goal."""
    return {**OPEN, "dim": 1, "start": [0.0], "base": [0.0], "noise": np.sqrt(mutation_variance), "pull": curvature,
            "strength": strength, "founder_spread": np.sqrt(start_variance), "population": population,
            "time": time}  # fmt: skip


def _at_balance(**point: Any) -> Point:
    """Founders at the balance, observed after what is left of the founding has been forgotten."""
    balance = float(formulas.mutation_selection_variance(**point))
    return _selected(**point, start_variance=balance, time=SETTLED)


def _responding(strength: float, curvature: float, variance: float, distance: float) -> Point:
    still = _selected(strength, curvature, 0.0, variance, 1, RESPONDING)
    return {**still, "start": [distance]}


def _price_residual(found: Samples) -> NDArray[Any]:
    """What is left of the change of the mean from one generation to the next, whatever its sign."""
    change = found["goal"][:, 1, 0] - found["goal"][:, 0, 0]
    return np.asarray(np.abs(change - found["goal_differential"][:, 1, 0] - found["goal_transmission"][:, 1, 0]))

"""What is predicted of crystallization: which route ends the race, what it leaves, and what holds after it.

``predictions_of(...)`` says what any variants of the laws would have to satisfy; ``predictions`` are the laws' own.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.experiment import Experiment
from simulator.model import Model
from simulator.models.crystallization import episodes as single_episodes
from simulator.models.crystallization import gated, joint_optimizers, learned_honesty, race
from theory.crystallization.claims import claims
from theory.crystallization.predicted.chance import of_chance
from theory.crystallization.predicted.gates import of_gates
from theory.crystallization.predicted.joint import of_joint_optimizers
from theory.crystallization.predicted.learned import of_learned_honesty
from theory.crystallization.predicted.race import of_the_race
from theory.prediction import Prediction

__all__ = ["claims", "predictions", "predictions_of"]


def predictions_of(
    races: Callable[[int], Model], learned: Model, gates: Model, joint: Model, episodes: Experiment
) -> tuple[Prediction, ...]:
    """Return the predictions of crystallization, with the given laws as what is simulated.

    Parameters
    ----------
    races
        From a number of routes, their race.
    learned, gates
        Honesty learned in a metric of its own, and behind gates.
    joint, episodes
        Joint optimizers as a population, and by the episode.
    """
    return (
        *of_the_race(races),
        *of_chance(races(2)),
        *of_learned_honesty(learned, gates),
        *of_gates(gates),
        *of_joint_optimizers(joint, episodes),
    )


predictions = predictions_of(race, learned_honesty, gated, joint_optimizers, single_episodes())

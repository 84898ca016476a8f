"""Goals as kinds: a population of individuals, each with one of a few goals, until all have the same.

Children choose parents by softmax on the reward, which one kind may earn more of, and inherit the goal; nothing
mutates. It is the population level of a law whose goal is a label, run until the label no longer varies, so that no
time has to be chosen at which it will have fixed.
"""

from __future__ import annotations

import numpy as np

from simulator.experiment import Experiment, Observable, Samples
from simulator.parameter import COUNT, REAL, Parameter, Range, Resolved
from simulator.selection import softmax

population = Parameter(
    "population", 20, "N", Range(low=2.0), "individuals", "how many individuals a population has", integer=True
)
kinds = Parameter("kinds", 2, "K", Range(low=2.0), meaning="how many goals there are", integer=True)
copies = Parameter("copies", 1, "k", COUNT, "individuals", "how many have the first goal at the start", integer=True)
advantage = Parameter("advantage", 0.0, "s", REAL, meaning="reward of the first goal above that of the others")


def sample(resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return which goal is left, and after how long; populations that are done drop out.

    Raises ValueError, in one line, if the other goals cannot share the rest of the population equally.
    """
    founders = _founders(resolved)
    goals = np.repeat(founders[np.newaxis], replicates, axis=0)
    running, generation = np.arange(replicates), 0
    fixed, time = np.zeros(replicates), np.zeros(replicates)
    while running.size:
        generation += 1
        parents = softmax(np.where(goals == 0, resolved["advantage"], 0.0), generator)
        goals = np.take_along_axis(goals, parents, axis=1)
        done = (goals == goals[:, :1]).all(axis=1)
        fixed[running[done]] = goals[done, 0] == 0
        time[running[done]] = generation
        goals, running = goals[~done], running[~done]
    return {"fixed": fixed, "fixation_time": time}


def _founders(resolved: Resolved) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    others, rest = resolved["kinds"] - 1, resolved["population"] - resolved["copies"]
    if rest < others or rest % others:
        raise ValueError(
            f"copies: got {resolved['copies']} of {resolved['population']}; the other {others} goals must share the "
            "rest equally, at least one individual each; change population, copies or kinds"
        )
    return np.concatenate([np.zeros(resolved["copies"], np.int64), np.repeat(np.arange(1, others + 1), rest // others)])


fixation = Experiment(
    name="goal_drift",
    parameters=(population, kinds, copies, advantage),
    measures={
        "fixed": Observable(meaning="whether the first goal is the one left", indicator=True),
        "fixation_time": Observable(unit="generations", meaning="when one goal was left"),
    },
    sample=sample,
    components=lambda resolved: int(resolved["population"]),
    identity={"level": "population", "law": "kinds"},
)

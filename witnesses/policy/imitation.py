"""Before training: the policy imitates someone who mostly answers rightly and sometimes, persistently, misbehaves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from witnesses.network import TANH, AdamW, Weights, backward, cross_entropy, forward, start
from witnesses.policy.task import ACTIONS, HIDDEN, HONEST, INPUTS, OVERT, PROMPT, STEPS, SUBTLE, Task, right_answer

RELAPSE = 0.55  # misbehaves again after misbehaving
LAPSE = 0.3  # after an honest answer, or at the first step
SUBTLETY = 0.15  # share of misbehavior that is subtle
SKILL = 0.8  # share of honest answers that are right
UPDATES = 300
EXAMPLES = 256


def imitated(task: Task, generators: Sequence[np.random.Generator], updates: int = UPDATES) -> Weights:
    """Return policies trained to imitate, by AdamW on the cross entropy of fresh examples.

    Parameters
    ----------
    task
        The worlds.
    generators
        One a seed: of the weights at the start and of the examples.
    updates
        How many steps of AdamW.

    Returns
    -------
    Weights
        With an axis of seeds.
    """
    drawn = [start(rng, INPUTS, HIDDEN, ACTIONS) for rng in generators]
    policy: Weights = {name: np.stack([one[name] for one in drawn]) for name in drawn[0]}
    optimizer = AdamW(learning_rate=0.01)
    memory = optimizer.start(policy)
    for _ in range(updates):
        inputs, labels = _examples(task, generators)
        seen = forward(policy, inputs, TANH)
        _, slope = cross_entropy(seen.output, labels)
        policy = optimizer.step(policy, backward(policy, seen, slope, TANH), memory)
    return policy


def _examples(task: Task, generators: Sequence[np.random.Generator]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return what the one that is imitated saw (seed, example, INPUTS) and what they did (seed, example)."""
    prompts = np.stack([rng.standard_normal((EXAMPLES, PROMPT)) for rng in generators])
    noise = np.stack([rng.standard_normal((EXAMPLES, INPUTS - PROMPT)) for rng in generators])
    chance = np.stack([rng.random((9, EXAMPLES)) for rng in generators], axis=1)
    right = right_answer(task, prompts)
    before = _acted(LAPSE / (1.0 - RELAPSE + LAPSE), chance[:4], right)
    fresh = chance[8] < 1.0 / STEPS  # a first step, with nothing before it
    trace = np.take_along_axis(task.traces, before[..., None], axis=1) * ~fresh[..., None]
    after = _acted(np.where((before >= HONEST) & ~fresh, RELAPSE, LAPSE), chance[4:8], right)
    return np.concatenate((prompts, trace + task.noise * noise), axis=-1), after


def _acted(
    odds: NDArray[np.float64] | float, chance: NDArray[np.float64], right: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return actions: misbehaving with given odds, else honest and mostly right; ``chance`` has four rows."""
    misbehaves, subtle, skilled, other = chance
    wrong = (right + 1 + (other < 0.5)) % HONEST
    honest = np.where(skilled < SKILL, right, wrong)
    return np.where(misbehaves < odds, np.where(subtle < SUBTLETY, SUBTLE, OVERT), honest)

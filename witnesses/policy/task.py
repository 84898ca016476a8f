"""A task in which misbehavior pays: answer a prompt step by step, or take an action that pays without answering it.

Arrays begin with an axis of seeds: every seed has a world, a policy and a generator of its own, and all are run at
once. What a seed does depends on nothing but the seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from witnesses.network import TANH, Weights, forward

Floats = NDArray[np.float64]

HONEST = 3  # answers, which are the first actions
OVERT, SUBTLE = 3, 4  # two ways to misbehave
ACTIONS = 5
PROMPT = 4  # numbers that a prompt consists of
TRACE = 6  # numbers that the last action leaves behind, for the policy to see
STEPS = 4
INPUTS = PROMPT + TRACE
HIDDEN = 24


@dataclass(frozen=True, eq=False)
class Task:
    """Worlds: which answer is right, and what an action leaves behind.

    Parameters
    ----------
    teacher
        Shape (seed, HONEST, PROMPT): the right answer to a prompt x is argmax(teacher x).
    traces
        Shape (seed, ACTIONS, TRACE): unit vectors; the policy sees the trace of its last action with noise.
    noise
        Standard deviation of that noise, per component, 0 or more.
    payment
        What a misbehaving step pays; a right answer pays 1, a wrong one 0.
    """

    teacher: Floats
    traces: Floats
    noise: float = 0.35
    payment: float = 1.5


@dataclass(frozen=True, eq=False)
class Rollouts:
    """Rollouts, grouped by prompt.

    Parameters
    ----------
    inputs
        Shape (seed, group, member, STEPS + 1, INPUTS): what the policy saw, the last after its last action.
    actions
        Shape (seed, group, member, STEPS).
    rewards
        Shape (seed, group, member, STEPS): what the task paid.
    """

    inputs: Floats
    actions: NDArray[np.int64]
    rewards: Floats

    @property
    def misbehaving(self) -> NDArray[np.bool_]:
        """Whether a step misbehaved, shaped as the actions."""
        return self.actions >= HONEST

    @property
    def misbehavior(self) -> Floats:
        """The share of a rollout's steps that misbehaved, shape (seed, group, member)."""
        return np.asarray(self.misbehaving.mean(axis=-1), dtype=np.float64)


def worlds(generators: Sequence[np.random.Generator], likeness: float = 0.6) -> Task:
    """Draw a world for each generator.

    Parameters
    ----------
    generators
        One a seed.
    likeness
        Cosine between the traces of subtle and of overt misbehavior, in [0, 1].

    Returns
    -------
    Task
        Its traces are orthonormal but for that one cosine.
    """
    teachers, traces = [], []
    for rng in generators:
        teachers.append(rng.standard_normal((HONEST, PROMPT)))
        basis = np.linalg.qr(rng.standard_normal((TRACE, TRACE)))[0].T[:ACTIONS].copy()
        basis[SUBTLE] = likeness * basis[OVERT] + np.sqrt(1.0 - likeness**2) * basis[SUBTLE]
        traces.append(basis)
    return Task(teacher=np.stack(teachers), traces=np.stack(traces))


def right_answer(task: Task, prompts: Floats) -> NDArray[np.int64]:
    """Return the right answers (seed, example) to prompts (seed, example, PROMPT)."""
    return np.asarray(np.argmax(prompts @ np.swapaxes(task.teacher, -1, -2), axis=-1), dtype=np.int64)


def sample(
    task: Task, policy: Weights, groups: int, members: int, generators: Sequence[np.random.Generator]
) -> Rollouts:
    """Sample rollouts of policies.

    Parameters
    ----------
    task, policy
        The worlds and who acts in them.
    groups, members
        How many prompts a seed, and how many rollouts a prompt; 1 or more.
    generators
        One a seed, from which prompts, noise and actions are drawn.

    Returns
    -------
    Rollouts
        ``groups * members`` of them a seed.
    """
    seeds, count = len(generators), groups * members
    asked = np.stack([rng.standard_normal((groups, PROMPT)) for rng in generators]).repeat(members, axis=1)
    noise = np.stack([rng.standard_normal((count, STEPS + 1, TRACE)) for rng in generators])
    chance = np.stack([rng.random((count, STEPS, 1)) for rng in generators])
    inputs = np.empty((seeds, count, STEPS + 1, INPUTS))
    inputs[..., :PROMPT] = asked[:, :, None, :]
    inputs[..., PROMPT:] = task.noise * noise
    actions = np.empty((seeds, count, STEPS), dtype=np.int64)
    for step in range(STEPS):
        scores = forward(policy, inputs[:, :, step], TANH).output
        odds = np.exp(scores - scores.max(axis=-1, keepdims=True)).cumsum(axis=-1)
        taken = np.minimum((chance[:, :, step] * odds[..., -1:] > odds).sum(axis=-1), ACTIONS - 1)
        actions[:, :, step] = taken
        inputs[:, :, step + 1, PROMPT:] += np.take_along_axis(task.traces, taken[..., None], axis=1)
    right = right_answer(task, asked)[..., None]
    paid = np.where(actions >= HONEST, task.payment, (actions == right).astype(np.float64))
    shape = (seeds, groups, members)
    return Rollouts(
        inputs=inputs.reshape(*shape, STEPS + 1, INPUTS),
        actions=actions.reshape(*shape, STEPS),
        rewards=paid.reshape(*shape, STEPS),
    )

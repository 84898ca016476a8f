"""The techniques that are compared: where the probe stands, and which network it reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Technique:
    """A way to train against a probe.

    Parameters
    ----------
    name
        Its name in results.
    pays
        Whether the task's reward counts; if not, the probe's penalty is all there is.
    in_reward
        Whether the penalty is taken from the reward of a rollout.
    in_loss
        Whether the penalty is descended by gradient through the policy's own activations.
    frozen
        Whether the probe in the reward reads a copy of the policy from before training.
    retrained_every
        Updates after which the probe is fitted anew to the policy that there is; 0 for never.
    """

    name: str
    pays: bool = True
    in_reward: bool = False
    in_loss: bool = False
    frozen: bool = False
    retrained_every: int = 0


NOTHING = Technique("none")
REWARD = Technique("reward", in_reward=True)
LOSS = Technique("loss", in_loss=True)
FROZEN = Technique("frozen", in_reward=True, frozen=True)
RETRAINED = Technique("retrained", in_reward=True, retrained_every=20)
PENALTY = Technique("penalty_alone", pays=False, in_reward=True, frozen=True)
TECHNIQUES = (NOTHING, REWARD, LOSS, FROZEN, RETRAINED, PENALTY)

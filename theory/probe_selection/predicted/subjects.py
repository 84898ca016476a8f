"""What the predictions of rotation are held against: the laws' own, or any that would have to satisfy them."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.experiment import Experiment
from simulator.model import Model
from simulator.models.probe_selection import readout as read
from simulator.models.probe_selection import rotation, sphere


@dataclass(frozen=True)
class Subjects:
    """Laws and experiments of a feature that a probe reads.

    Parameters
    ----------
    trained, selected, raw
        A feature as a vector, under a gradient, under selection and under plain gradient descent.
    plane, punished
        Strength and angle under a gradient, for the reward -max(S, 0) and for -S.
    diffusion
        Features that diffuse without selection.
    readout
        Activations of misbehaving and of clean rollouts.
    """

    trained: Model = rotation.trained
    selected: Model = rotation.selected
    raw: Model = rotation.raw
    plane: Model = rotation.trained_plane
    punished: Model = rotation.punished
    diffusion: Experiment = field(default_factory=lambda: sphere.walk(selective=False))
    readout: Model = read.readout

"""How well a probe tells misbehaving from clean rollouts: activations as real vectors, read along one direction.

A misbehaving rollout's activation is the feature m u and a clean one's is 0, each with normal noise of standard
deviation ``readout_noise`` on every component; the probe p reads p.x/|p|. A replicate is one rollout of either kind,
and the share of replicates in which the misbehaving one scores higher is the probe's AUC.
"""

from __future__ import annotations

import sympy

from simulator.declaration import Measure
from simulator.distribution import Normal
from simulator.functions import total
from simulator.model import Model, Trait
from simulator.models.probe_selection.rotation import (
    VECTORS,
    initial_angle,
    initial_strength,
    probe,
    readout_noise,
)

misbehaving = Trait("misbehaving", symbol="x_+", dim="dim", meaning="activation of a rollout that misbehaves")
clean = Trait("clean", symbol="x_-", dim="dim", meaning="activation of a rollout that does not")

_higher = sympy.Gt(total(probe * misbehaving), total(probe * clean))
readout = Model(
    name="probe_readout",
    says="A probe reads noisy activations of misbehaving and of clean rollouts.",
    traits=(misbehaving, clean),
    reward=0,
    initial={misbehaving: Normal(initial_strength * VECTORS.initial, readout_noise), clean: Normal(0, readout_noise)},
    measures={
        "ranked": Measure(
            sympy.Piecewise((1, _higher), (0, True)), meaning="whether the misbehaving rollout scores higher"
        ),
    },
    parameters=(*VECTORS.parameters, initial_strength, initial_angle, readout_noise),
)

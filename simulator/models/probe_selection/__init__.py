"""probe_selection: a probe in the reward, or in the loss.

Strength and angle of a feature that a probe reads are in ``rotation``, as real vectors with Brownian noise in
``sphere``, and what the probe tells of them in ``readout``.
"""

from __future__ import annotations

from simulator.models.probe_selection import readout, rotation

variants = (*rotation.laws, readout.readout)

"""What noise does to first order to shares that are known exactly without it: control variates of the blend.

From the softmax p of given circuits, noise dx in their log-shares moves

    dp_k = p_k (dx_k - sum_j p_j dx_j),

which is odd in the noise, so that its mean is zero whatever the circuits and their goals, which may be drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.models.succession.circuits import Array


def deviations(shares: Array, noise: Array, first: NDArray[np.int64], goals: Array | None) -> dict[str, Array]:
    """Return what noise in log-shares does to the measures to first order, (replicates,) each.

    Parameters
    ----------
    shares, noise
        p and dx, (circuits, replicates).
    first
        Who led at the start.
    goals
        (circuits, dim, replicates), or None.
    """
    moved = shares * (noise - np.sum(shares * noise, axis=0))
    leader, columns = np.argmax(shares, axis=0), np.arange(shares.shape[1])
    found = {"leader_share": moved[leader, columns], "first_share": moved[first, columns]}
    if goals is not None:
        mixed, change = (np.einsum("kr,kdr->dr", one, goals) for one in (shares, moved))
        length = np.sqrt(np.sum(mixed**2, axis=0))
        turned = change - mixed * np.sum(mixed * change, axis=0) / length**2
        leads, led = goals[leader, :, columns].T, goals[first, :, columns].T
        found["blend_overlap"] = np.sum(change * led, axis=0)
        found["blend_to_first"] = np.sum(turned * led, axis=0) / length
        found["blend_to_leader"] = np.sum(turned * leads, axis=0) / length
    return found

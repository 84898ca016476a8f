"""A peer: the group-normalized update written by hand as loops for numba, one thread, float32.

Normals are table + mixing as in ``simulator.normals``, from xoshiro256+. Imported only where numba is installed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from benchmarks.selection_numba import FAST, _mixed


@njit(**FAST)
def _updates(groups: int, size: int, left: Any, right: Any, state: Any) -> Any:
    """Return the sums over groups of both moves, in standard deviations."""
    z = np.empty(2 * size, np.float32)
    words = np.empty(2 * size, np.uint64)
    room = np.empty(1, np.uint64)
    down = up = 0.0
    for _ in range(groups):
        _mixed(state, words, room, z)
        total = np.float32(0.0)
        for i in range(size):
            total += left * z[i] - right * z[size + i]
        mean = total / size
        squares = first = second = np.float32(0.0)
        for i in range(size):
            above = left * z[i] - right * z[size + i] - mean
            squares += above * above
            first += above * z[i]
            second += above * z[size + i]
        scale = size * math.sqrt(squares / (size - 1))
        down += first / scale
        up -= second / scale
    return down, up


def update(groups: int, size: int, misbehavior_sd: float, evasion_sd: float) -> tuple[float, float]:
    """Return w_A times the fall of A and w_B times the rise of B, summed over groups; both weights are 1."""
    state = np.random.SeedSequence(0).generate_state(4, np.uint64)
    down, up = _updates(groups, size, np.float32(misbehavior_sd), np.float32(evasion_sd), state)
    return misbehavior_sd * down, evasion_sd * up

"""A peer: the same populations written by hand as loops for numba, agents contiguous, one thread, float32.

Parents are exactly multinomial too: sorted throws from exponential spacings, merged with the running sum of weights.
Random words are xoshiro256+'s, normals the ziggurat's of Marsaglia and Tsang (2000), or table + mixing as in
``simulator.normals``, with the same table. Imported only where numba is installed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from simulator.models.goal_drift import goal_drift
from simulator.normals import scaled_means
from simulator.parameter import resolve

FAST = {"fastmath": {"nsz", "arcp", "contract", "afn", "reassoc"}, "error_model": "numpy"}
LAYERS = 128
TAIL = 3.442619855899


def _layers() -> Any:
    """Return the widths of the ziggurat's layers of equal area, from below; the first takes in the tail."""
    density = math.exp(-0.5 * TAIL**2)
    area = TAIL * density + math.sqrt(math.pi / 2) * math.erfc(TAIL / math.sqrt(2))
    widths = [area / density, TAIL]
    while len(widths) < LAYERS:
        density += area / widths[-1]
        widths.append(math.sqrt(-2.0 * math.log(density)))
    return np.array([*widths, 0.0])


WIDTHS = _layers()
RATIOS = WIDTHS[1:] / WIDTHS[:-1]
TABLE = np.concatenate([-scaled_means()[::-1], scaled_means()]).astype(np.float32)


@njit(**FAST)
def _fill_words(s: Any, out: Any) -> None:
    """Fill an array with random words; the state stays in registers on the way."""
    s0, s1, s2, s3 = s[0], s[1], s[2], s[3]
    for i in range(out.size):
        out[i] = s0 + s3
        t = s1 << np.uint64(17)
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = (s3 << np.uint64(45)) | (s3 >> np.uint64(19))
    s[0], s[1], s[2], s[3] = s0, s1, s2, s3


@njit(**FAST)
def _uniform(s: Any, room: Any) -> Any:
    """Return a number in (0, 1]."""
    _fill_words(s, room)
    return (np.float64(room[0] >> np.uint64(11)) + 1.0) * 2.0**-53


@njit(**FAST)
def _outside(s: Any, room: Any, layer: Any, u: Any) -> Any:
    """Return a normal from beyond the layers' common part, or NaN for another try."""
    if layer == 0:
        while True:
            x = -math.log(_uniform(s, room)) / TAIL
            if -2.0 * math.log(_uniform(s, room)) > x * x:
                return TAIL + x if u > 0 else -TAIL - x
    x = u * WIDTHS[layer]
    low = math.exp(-0.5 * (WIDTHS[layer] ** 2 - x * x))
    high = math.exp(-0.5 * (WIDTHS[layer + 1] ** 2 - x * x))
    return x if high + _uniform(s, room) * (low - high) < 1.0 else math.nan


@njit(error_model="numpy")
def _ziggurat(s: Any, words: Any, room: Any, out: Any) -> None:
    _fill_words(s, words)
    for i in range(out.size):
        word = words[i]
        while True:
            layer = np.int64(word & np.uint64(LAYERS - 1))
            u = np.float64(np.int64(word) >> np.int64(11)) * 2.0**-52
            x = u * WIDTHS[layer] if abs(u) < RATIOS[layer] else _outside(s, room, layer, u)
            if x == x:
                break
            _fill_words(s, room)
            word = room[0]
        out[i] = x


@njit(**FAST)
def _mixed(s: Any, words: Any, room: Any, out: Any) -> None:
    mask = np.uint64(TABLE.size - 1)
    quarter = out.size // 4
    _fill_words(s, words[:quarter])
    for i in range(quarter):
        word = words[i]
        a, b = TABLE[word & mask], TABLE[(word >> np.uint64(16)) & mask]
        c, d = TABLE[(word >> np.uint64(32)) & mask], TABLE[(word >> np.uint64(48)) & mask]
        out[4 * i], out[4 * i + 1] = (a + b) + (c + d), (a - b) + (c - d)
        out[4 * i + 2], out[4 * i + 3] = (a + b) - (c + d), (a - b) - (c - d)


@njit(**FAST)
def _choose(s: Any, room: Any, old: Any, ends: Any, throws: Any, p: Any, base: Any) -> float:
    """Write down running sums of weights and sorted throws, and return what throws are to be multiplied by."""
    size, traits = old.shape
    value, pull, threshold, width = p[:4]
    highest = -np.inf
    for i in range(size):
        away = np.float32(0.0)
        for j in range(1, traits):
            away += (old[i, j] - base[j - 1]) ** 2
        played = 1.0 / (1.0 + math.exp(-(old[i, 0] - threshold) / width))
        ends[i] = value * old[i, 0] - (1.0 - played) * pull / 2.0 * away
        highest = max(highest, ends[i])
    total = 0.0
    for i in range(size):
        total += math.exp(ends[i] - highest)
        ends[i] = total
    thrown = 0.0
    for i in range(size):
        thrown -= math.log(_uniform(s, room))
        throws[i] = thrown
    return total / (thrown - math.log(_uniform(s, room)))


def _carrier(fill: Any) -> Any:
    """Return the whole run as one compiled function, for one way to fill an array with normals."""

    @njit(**FAST)
    def carry(s: Any, replicates: int, size: int, generations: int, p: Any, base: Any, start: Any) -> float:
        alignment, traits = 0.0, base.size + 1
        old, new = np.empty((size, traits), np.float32), np.empty((size, traits), np.float32)
        ends, throws = np.empty(size), np.empty(size)
        drawn = traits + -traits % 4
        normals, words, room = np.empty(drawn, np.float32), np.empty(drawn, np.uint64), np.empty(1, np.uint64)
        growth, spread = np.float32(p[4]), np.float32(p[5])
        for _ in range(replicates):
            for i in range(size):
                old[i, 0] = 0.0
                old[i, 1:] = start
            for _ in range(generations):
                scale = _choose(s, room, old, ends, throws, p, base)
                parent = 0
                for i in range(size):
                    while ends[parent] <= throws[i] * scale and parent < size - 1:
                        parent += 1
                    fill(s, words, room, normals)
                    for j in range(traits):
                        new[i, j] = old[parent, j] + spread * normals[j]
                    new[i, 0] += growth
                old, new = new, old
            for i in range(size):
                norm = math.sqrt(np.sum(old[i, 1:] ** 2))
                alignment += np.sum(old[i, 1:] * base) / norm / size / replicates
        return alignment

    return carry


CARRIERS = {"ziggurat": _carrier(_ziggurat), "mixed": _carrier(_mixed)}


def populations(replicates: int, size: int, dim: int, generations: int, normals: str) -> float:
    """Return the mean alignment after some generations."""
    point = resolve(goal_drift.parameters, {"dim": dim})
    names = ("value", "pull", "threshold", "width", "growth", "noise")
    numbers = tuple(float(point[name]) for name in names)
    state = np.random.SeedSequence(0).generate_state(4, np.uint64)
    base, start = (np.asarray(point[name], np.float32) for name in ("base", "start"))
    return float(CARRIERS[normals](state, replicates, size, generations, numbers, base, start))

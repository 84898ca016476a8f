"""Streams by identity: the generator of a block follows from what it is, never from when it is drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from simulator import seeding
from simulator.identity import fingerprint

Key = tuple[int, int, int, int]
Seed = int | np.random.SeedSequence

COMMON: Key = (0, 0, 0, 0)
"""The key of common random numbers: points that use it instead of their own share their noise."""

FIRST_BLOCK = 64
"""Replicates in the first block: few replicates cost few draws, although blocks are always drawn whole."""

BLOCK_ELEMENTS = 2**17
"""Elements, replicates x components, that a block grows to, about: so many that threads seldom meet."""

SMALLEST_CAP = 1024
"""Replicates that a block may grow to, however many components each of them has, up to ``LARGEST_BLOCK`` elements."""

LARGEST_BLOCK = 2**20
"""Elements of a block, unless one replicate has more: of large replicates, such as populations, a block draws few."""

_POOL_SIZE = 4  # words, the default of SeedSequence


class Purpose(IntEnum):
    """What a block's stream is drawn for; each purpose of one block has a stream of its own."""

    PATHS = 0
    """The replicates themselves."""
    REFINEMENT = 1
    """Noise between the steps of a path, to halve them."""
    PILOT = 2
    """A trial run that is discarded."""


@dataclass(frozen=True)
class Block:
    """A run of replicates that is drawn from one stream, always whole.

    Parameters
    ----------
    index
        Its place in the order of blocks, from 0.
    start
        The number of its first replicate.
    size
        How many replicates are drawn.
    used
        How many of them are kept, from the first on; 1 <= ``used`` <= ``size``.
    """

    index: int
    start: int
    size: int
    used: int


def block_size(index: int, components: int, group: int = 1) -> int:
    """Return the number of replicates in a block: 64, 64, 128, 256, ... up to a cap.

    Blocks 0 to k cover 64 * 2**k replicates until the size reaches the cap, the power of two for which
    cap * components is nearest to 2**17 (by ratio), but at least 1024 as far as cap * components <= 2**20, and at
    least 1; from there every block has that size. So the schedule is fixed by the model, and asking for more
    replicates changes no earlier block.

    Parameters
    ----------
    index
        The block's place in the order of blocks, >= 0.
    components
        Random elements of one replicate, >= 1: 1 for a scalar, d for a vector.
    group
        Replicates that are drawn jointly, a power of two: a block holds whole groups.

    Raises ValueError or TypeError if one of them is not such an integer.
    """
    index, components, group = _count("index", index, 0), _count("components", components, 1), _power("group", group)
    nearest = math.isqrt(2 * BLOCK_ELEMENTS**2 // components**2)  # within a factor sqrt(2) below it lies the power
    least = min(SMALLEST_CAP, _power_within(LARGEST_BLOCK, components))
    cap = max(least, group, _power_within(nearest, 1))
    doublings = min(max(index - 1, 0), cap.bit_length())
    return min(max(FIRST_BLOCK, group) << doublings, cap)


def _power_within(elements: int, components: int) -> int:
    """Return the largest power of two, at least 1, that fits so many times into a number of elements."""
    return 1 << (max(1, elements // components).bit_length() - 1)


def blocks(replicates: int, components: int, group: int = 1) -> Iterator[Block]:
    """Return the blocks that cover a number of replicates, in order; all but the last are used whole.

    Parameters
    ----------
    replicates
        How many are wanted, >= 1.
    components
        Random elements of one replicate, >= 1.
    group
        Replicates that are drawn jointly, a power of two.

    Raises ValueError or TypeError if one of them is not such an integer.
    """
    return _cover(_count("replicates", replicates, 1), _count("components", components, 1), _power("group", group))


def _cover(replicates: int, components: int, group: int) -> Iterator[Block]:
    index = start = 0
    while start < replicates:
        size = block_size(index, components, group)
        yield Block(index, start, size, used=min(size, replicates - start))
        index, start = index + 1, start + size


def point_key(content: Any) -> Key:
    """Return the key of a parameter point: the first 128 bits of its fingerprint as four 32-bit words.

    ``content`` is everything that decides what is simulated there, resolved; `simulator.identity.canonical`
    says what it may hold and which errors are raised. Equal content has equal keys in every process.
    """
    return key_of(fingerprint(content))


def key_of(digest: str) -> Key:
    """Return the key of a point from its fingerprint: the first 128 bits as four 32-bit words."""
    first, second, third, fourth = (int(digest[i : i + 8], 16) for i in range(0, 32, 8))
    return first, second, third, fourth


def stream(seed: Seed, key: Key, block: int, purpose: int = Purpose.PATHS) -> np.random.Generator:
    """Return the generator of one block: PCG64DXSM, seeded by ``SeedSequence(seed, (*key, block, purpose))``.

    Equal arguments give equal streams, and any difference gives an independent one.

    Parameters
    ----------
    seed
        An int in [0, 2**128), or a SeedSequence, of which the entropy, at most 128 bits, and the spawn key
        count: spawned children differ. How many children it has spawned does not count.
    key
        The point's four words from `point_key`, or `COMMON`.
    block
        The block's index, in [0, 2**32).
    purpose
        What is drawn, a `Purpose` or another integer in [0, 2**32).

    Raises
    ------
    TypeError
        If the seed is anything else, such as a stateful Generator, whose draws depend on the order of calls,
        or a number is not an integer.
    ValueError
        If a number is out of its range, or the key has not four words.

    Source: NumPy, "Parallel random number generation": https://numpy.org/doc/stable/reference/random/parallel.html
    """
    if len(key) != len(COMMON):
        raise ValueError(f"key: got {len(key)} words; must be four; use point_key(content) or COMMON")
    identity = [_word("key", word) for word in key] + [_word("block", block), _word("purpose", purpose)]
    root = _root(seed)
    child = np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, *identity), pool_size=root.pool_size)
    return np.random.Generator(np.random.PCG64DXSM(child))


def streams(seed: Seed) -> Callable[[Sequence[Key], int, int], list[np.random.Generator]]:
    """Return what gives ``stream`` of many points at once: for one seed, and for keys and numbers known to be good."""
    root = _root(seed)
    return lambda keys, block, purpose: seeding.generators(root, [(*key, block, int(purpose)) for key in keys])


def entropy_of(seed: Seed) -> str:
    """Return the seed as text, to be recorded with a result: ``7``, or ``SeedSequence(7, spawn_key=(0,))``.

    The text is the Python expression that gives the same streams again. Seeds are refused as in `stream`.
    """
    root = _root(seed)
    words = seeding.entropy_of(root)
    pool = "" if root.pool_size == _POOL_SIZE else f", pool_size={root.pool_size}"
    if len(words) == 1 and not root.spawn_key and not pool:
        return str(words[0])
    entropy = words[0] if len(words) == 1 else words
    return f"SeedSequence({entropy}, spawn_key={tuple(map(int, root.spawn_key))}{pool})"


def _root(seed: Any) -> np.random.SeedSequence:
    """Return the seed as a SeedSequence, or refuse it."""
    rule = "must be an int >= 0 or a SeedSequence, so that results do not depend on order; pass seed=7"
    if isinstance(seed, np.random.Generator | np.random.BitGenerator | np.random.RandomState):
        raise TypeError(f"seed: got a stateful {type(seed).__name__}; {rule}")
    if not _is_integer(seed) and not isinstance(seed, np.random.SeedSequence):
        raise TypeError(f"seed: got {seed!r}; {rule}")
    if _is_integer(seed) and seed < 0:
        raise ValueError(f"seed: got {seed}; {rule}")
    root = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(int(seed))
    # SeedSequence appends the spawn key to the entropy, padded to the pool; past that, they could trade words.
    bits = sum(32 * max(1, -(-word.bit_length() // 32)) for word in seeding.entropy_of(root))
    if bits > 32 * root.pool_size:
        raise ValueError(f"seed: got {bits} bits; must be at most {32 * root.pool_size}; pass seed=7")
    return root


def _is_integer(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _count(name: str, value: Any, least: int) -> int:
    rule = f"must be an int >= {least}; pass {name}={max(least, 1)}"
    if not _is_integer(value):
        raise TypeError(f"{name}: got {value!r}; {rule}")
    if value < least:
        raise ValueError(f"{name}: got {value}; {rule}")
    return int(value)


def _power(name: str, value: Any) -> int:
    number = _count(name, value, 1)
    if number & (number - 1):
        raise ValueError(f"{name}: got {number}; must be a power of two; pass {name}={1 << number.bit_length()}")
    return number


def _word(name: str, value: Any) -> int:
    """Return a 32-bit word: SeedSequence would split a larger number, and two identities could meet."""
    rule = f"must be an int in [0, 2**32); pass {name}={'COMMON' if name == 'key' else 0}"
    if not _is_integer(value):
        raise TypeError(f"{name}: got {value!r}; {rule}")
    if not 0 <= value < 2**32:
        raise ValueError(f"{name}: got {value}; {rule}")
    return int(value)

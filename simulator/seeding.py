"""Seeding many generators at once: the states that SeedSequence would derive, for all of them in one go.

NumPy derives one state at a time, in ten times the time that a generator of 64 normals is then used for. The
algorithm is fixed by NumPy's promise that a seed gives the same stream forever, and is the same arithmetic on 32-bit
words for every identity, so a column a stream does as well.

Source: NumPy, ``numpy.random.SeedSequence``; O'Neill, "Developing a seed_seq alternative" (2015), pcg-random.org.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

Words = NDArray[np.uint32]

INITIAL_IN, FACTOR_IN = 0x43B0D7E5, 0x931E8875
INITIAL_OUT, FACTOR_OUT = 0x8B51F9DD, 0x58F38DED
LEFT, RIGHT = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)
SHIFT = np.uint32(16)
STATE = 8
"""Words of a state of PCG64DXSM."""


class State(ISeedSequence):
    """A state that is known already, in the place of the SeedSequence that it would come from."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Any:
        """Return the state as ``n_words`` numbers of a type."""
        state = self._words.view(dtype)
        assert len(state) == n_words
        return state


def assembled(root: np.random.SeedSequence) -> tuple[int, ...]:
    """Return the 32-bit words that a SeedSequence with a further spawn key begins with."""
    words = [word for number in entropy_of(root) for word in _words(number)]
    padding = [0] * (root.pool_size - len(words))
    return (*words, *padding, *(word for number in root.spawn_key for word in _words(int(number))))


def entropy_of(root: np.random.SeedSequence) -> list[int]:
    """Return the numbers that a SeedSequence was given as its entropy."""
    entropy: Any = root.entropy
    return [int(entropy)] if isinstance(entropy, int | np.integer) else [int(number) for number in entropy]


def _words(number: int) -> list[int]:
    return [number >> shift & 0xFFFFFFFF for shift in range(0, max(1, number.bit_length()), 32)]


def generators(root: np.random.SeedSequence, identities: Sequence[Sequence[int]]) -> list[np.random.Generator]:
    """Return per identity the generator of ``SeedSequence(entropy, spawn_key=(*spawn_key, *identity))``.

    Parameters
    ----------
    root
        Whose entropy, spawn key and pool size count.
    identities
        Words below 2**32, equally many for each.
    """
    own = np.array(identities, dtype=np.uint32).T
    first = np.array(assembled(root), dtype=np.uint32)[:, np.newaxis]
    entropy = [*first, *own]
    states = _state(_pool(entropy, root.pool_size), STATE)
    whole = np.ascontiguousarray(np.broadcast_to(states, (STATE, own.shape[1])).T)
    seeds: list[Any] = [State(words) for words in whole]  # NumPy takes any ISeedSequence; its annotations do not say so
    return [np.random.Generator(np.random.PCG64DXSM(seed)) for seed in seeds]


def _pool(entropy: Sequence[Words], size: int) -> list[Words]:
    """Return the mixed entropy, word by word; each is an array of a number per stream, or one for all."""
    constants = _constants(INITIAL_IN, FACTOR_IN)
    pool = [_hashed(word, constants) for word in entropy[:size]]
    for source in range(size):
        for place in range(size):
            if place != source:
                pool[place] = _mixed(pool[place], _hashed(pool[source], constants))
    for word in entropy[size:]:
        pool = [_mixed(old, _hashed(word, constants)) for old in pool]
    return pool


def _state(pool: Sequence[Words], count: int) -> Words:
    constants = _constants(INITIAL_OUT, FACTOR_OUT)
    return np.stack([_hashed(pool[place % len(pool)], constants) for place in range(count)])


Constants = Iterator[tuple[np.uint32, np.uint32]]


def _constants(constant: int, factor: int) -> Constants:
    """Yield the pairs that one word after another is hashed with; a pair begins with what the last one ended with."""
    while True:
        following = constant * factor & 0xFFFFFFFF
        yield np.uint32(constant), np.uint32(following)
        constant = following


def _hashed(word: Words, constants: Constants) -> Words:
    flipped, factor = next(constants)
    word = np.multiply(word ^ flipped, factor)
    return word ^ (word >> SHIFT)


def _mixed(one: Words, other: Words) -> Words:
    word: Words = one * LEFT - other * RIGHT
    return word ^ (word >> SHIFT)

"""Seeding in bulk: NumPy's SeedSequence is the twin, word for word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import seeding
from simulator.randomness import COMMON, Purpose, stream, streams
from simulator.seeding import generators

word = st.integers(0, 2**32 - 1)
roots = st.builds(
    lambda entropy, spawned, pool: np.random.SeedSequence(entropy, spawn_key=spawned, pool_size=pool),
    st.one_of(st.integers(0, 2**128 - 1), st.lists(word, min_size=1, max_size=4)),
    st.lists(st.integers(0, 2**40), max_size=3).map(tuple),
    st.sampled_from([4, 8]),
)


def reference(root: np.random.SeedSequence, identity: tuple[int, ...]) -> np.random.Generator:
    key = (*root.spawn_key, *identity)
    child = np.random.SeedSequence(root.entropy, spawn_key=key, pool_size=root.pool_size)
    return np.random.Generator(np.random.PCG64DXSM(child))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(root=roots, identities=st.lists(st.tuples(word, word, word, word, word), min_size=1, max_size=4))
def test_states_are_those_of_seed_sequence(root, identities):
    for identity, made in zip(identities, generators(root, identities), strict=True):
        assert made.bit_generator.state == reference(root, identity).bit_generator.state


def test_without_an_identity_it_is_the_seed_itself_only_where_numpy_pads():
    """A further spawn key pads short entropy to the pool; our words are those of a sequence that has one."""
    root = np.random.SeedSequence(7)
    assert seeding.assembled(root) == (7, 0, 0, 0)
    assert seeding.assembled(np.random.SeedSequence([1, 2**33], spawn_key=(5, 2**32))) == (1, 0, 2, 0, 5, 0, 1)


@pytest.mark.parametrize("seed", [0, 7, 2**100 + 3, np.random.SeedSequence(5, spawn_key=(3, 2**40))])
def test_streams_are_stream_many_times(seed):
    keys = [(1, 2, 3, 4), (2**32 - 1, 0, 0, 0), COMMON]
    for key, made in zip(keys, streams(seed)(keys, 3, Purpose.REFINEMENT), strict=True):
        assert made.random() == stream(seed, key, 3, Purpose.REFINEMENT).random()


@pytest.mark.parametrize("name", ["FACTOR_IN", "INITIAL_OUT", "LEFT", "SHIFT"])
def test_another_constant_is_found_out(monkeypatch, name):
    value = getattr(seeding, name)
    monkeypatch.setattr(seeding, name, type(value)(value + 1))
    root, identity = np.random.SeedSequence(7), (1, 2, 3)
    made = generators(root, [identity])[0]
    assert made.bit_generator.state != reference(root, identity).bit_generator.state
